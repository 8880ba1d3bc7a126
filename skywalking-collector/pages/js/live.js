// Reads a stream of JSON lines. It is closed while the tab is hidden, since a browser has only six
// connections to an origin, and it reconnects with growing delays.
import { useEffect, useState } from "preact/hooks";
import { request } from "./api.js";
import { learnColors } from "./colors.js";

const FIRST_DELAY = 500;
const LONGEST_DELAY = 8000;
/** New items are added in steps of this time in ms, so that a list stays readable. */
const FLUSH = 250;
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
function openLive(path, params, onMessage, onState = () => {}) {
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

/**
 * Reads the stream of a list while `live`, and returns its state. `query()` returns the filters.
 * `message[item]` is the item of a message of this type. `take(items, omitted)` gets what arrived
 * since the last step. `reread(arrive)` reads the newest items again when the stream starts: some
 * may have arrived between the list and the stream. `inputs` restart the stream.
 */
export function useStream({ path, item, live, query, take, reread }, inputs) {
  const [stream, setStream] = useState("off");
  useEffect(() => {
    if (!live) {
      setStream("off");
      return undefined;
    }
    let arrived = [];
    let omitted = 0;
    let cursor = null;
    const arrive = (items) => arrived.push(...items);
    const flush = () => {
      if (!arrived.length && !omitted) return;
      const [added, missing] = [arrived, omitted];
      [arrived, omitted] = [[], 0];
      take(added, missing);
    };
    const receive = (message) => {
      if (message.type === item) arrived.push(message[item]);
      else if (message.type === "gap") omitted += message.omitted;
      else if (message.type === "stats") cursor = message.cursor;
    };
    const opened = (next) => {
      setStream(next);
      if (next === "open" && cursor === null) reread(arrive).catch(() => {});
    };
    const timer = setInterval(flush, FLUSH);
    const close = openLive(path, () => ({ ...query(), cursor }), receive, opened);
    return () => {
      clearInterval(timer);
      close();
    };
  }, [live, ...inputs]);
  return stream;
}
