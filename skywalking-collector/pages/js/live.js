// Reads a stream of JSON lines. It is closed while the tab is hidden, since a browser has only six
// connections to an origin, and it reconnects with growing delays.
import { request } from "./api.js";
import { learnColors } from "./colors.js";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 8000;
/** A longer line is not a message of the collector. */
const LONGEST_LINE = 1 << 20;

async function readLines(response, onMessage) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    if (rest.length > LONGEST_LINE) throw new Error("a line of the stream is too long");
    for (const line of lines) if (line.trim()) onMessage(JSON.parse(line));
  }
}

/**
 * Opens a stream and returns a function that closes it. `params()` is called for each connection.
 * `onState` gets `open`, `hidden` or `waiting`.
 */
export function openLive(path, params, onMessage, onState = () => {}) {
  let closed = false;
  let abort = null;
  let timer = 0;
  let delay = FIRST_DELAY;

  async function connect() {
    if (closed || abort || document.hidden) return;
    const own = new AbortController();
    abort = own;
    try {
      const response = await request(path, params(), own.signal);
      onState("open");
      await readLines(response, (message) => {
        delay = FIRST_DELAY;
        learnColors(message);
        if (!own.signal.aborted) onMessage(message);
      });
    } catch {
      // Reported by `request`. Reconnect below.
    }
    if (abort === own) abort = null;
    if (closed || document.hidden) return;
    onState("waiting");
    timer = setTimeout(connect, delay);
    delay = Math.min(delay * 2, LONGEST_DELAY);
  }

  function disconnect() {
    clearTimeout(timer);
    abort?.abort();
    abort = null;
  }

  function visibilityChanged() {
    disconnect();
    if (document.hidden) onState("hidden");
    else connect();
  }

  document.addEventListener("visibilitychange", visibilityChanged);
  connect();
  return () => {
    closed = true;
    document.removeEventListener("visibilitychange", visibilityChanged);
    disconnect();
  };
}
