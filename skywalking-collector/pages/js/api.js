// Requests to /api: the token, errors as readable texts, and the state of the connection.
import { useEffect, useRef, useState } from "preact/hooks";
import { learnColors } from "./colors.js";
import { link } from "./router.js";
import { store, useStore } from "./store.js";
import { afterPaint } from "./ui/paint.js";

const TOKEN = "skywalking.token";

/** Whether the collector answers: `ok`, `gone` or `token` (it needs one). */
export const connection = store("ok");

/** Grows when everything should be read again: with a new token, or when the collector returns. */
const generation = store(0);

/** An error with a text for the user. `status` is 0 if the collector did not answer. */
class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const token = () => sessionStorage.getItem(TOKEN);

/** Whether the user entered a token. */
export const hasToken = () => token() !== null;

/** Keeps the token for this tab and reads everything again. */
export function setToken(value) {
  sessionStorage.setItem(TOKEN, value);
  connection.set("ok");
  generation.set(generation.get() + 1);
}

/** Reads everything again. */
const refresh = () => generation.set(generation.get() + 1);

/** Returns the number that grows with `refresh`, to use as a dependency of effects. */
export const useGeneration = () => useStore(generation);

async function errorOf(response) {
  let text = `The collector answered with status ${response.status}.`;
  try {
    const { error } = await response.json();
    if (typeof error === "string") text = error;
  } catch {
    // Not JSON: keep the status.
  }
  return new ApiError(response.status, text);
}

/** Returns the response that first.js asked for, once. */
function takeFirst(address) {
  const first = window.firstTraces;
  if (first?.address !== address) return null;
  window.firstTraces = null;
  return first.answer;
}

/** Sends a request. Later requests of the first page wait for the paint of its first traces. */
async function send(address, options) {
  const first = takeFirst(address);
  if (first) return first;
  if (window.firstTraces === null) await new Promise(afterPaint);
  return fetch(address, options);
}

/** Sends a GET request with the token. Throws an `ApiError`, or an `AbortError` if aborted. */
export async function request(path, params, signal) {
  // The user is being asked for the token. `setToken` reads everything again.
  if (connection.get() === "token") throw new ApiError(401, "The collector needs a token.");
  const headers = token() ? { authentication: token() } : {};
  const address = link(path, params);
  let response;
  try {
    response = await send(address, { headers, signal, cache: "no-store" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    connection.set("gone");
    throw new ApiError(0, "The collector does not answer. Start it again; this page reconnects.");
  }
  if (response.status === 401) connection.set("token");
  if (!response.ok) throw await errorOf(response);
  if (connection.get() === "gone") {
    connection.set("ok");
    refresh();
  }
  return response;
}

/** Reads JSON: `await get("/api/traces", { limit: 50 }, signal)`. */
export async function get(path, params, signal) {
  const response = await request(path, params, signal);
  try {
    const answer = await response.json();
    learnColors(answer);
    return answer;
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError(response.status, "The response of the collector is not complete.");
  }
}

/**
 * Reads JSON in a component: `const { data, error, loading, reload } = useGet(path, params)`.
 * Reads again when path or params change, every `every` ms while the tab is visible, and when the
 * collector returns. Keeps the old data meanwhile. A null path reads nothing.
 */
export function useGet(path, params = {}, { every = 0 } = {}) {
  const [state, setState] = useState({ data: null, error: null, loading: true, key: null });
  const [round, setRound] = useState(0);
  const renewed = useGeneration();
  const key = path === null ? null : link(path, params);
  const latest = useRef(key);
  latest.current = key;
  useEffect(() => {
    if (key === null) return undefined;
    const abort = new AbortController();
    setState((old) => ({ ...old, loading: true }));
    get(path, params, abort.signal)
      .then((data) => setState({ data, error: null, loading: false, key }))
      .catch((error) => {
        if (error.name === "AbortError") return;
        setState((old) => ({ ...old, error, loading: false }));
      });
    return () => abort.abort();
  }, [key, round, renewed]);
  useEffect(() => {
    if (!every) return undefined;
    const timer = setInterval(() => {
      if (!document.hidden) setRound((n) => n + 1);
    }, every);
    return () => clearInterval(timer);
  }, [every]);
  return { ...state, stale: state.key !== key, reload: () => setRound((n) => n + 1) };
}
