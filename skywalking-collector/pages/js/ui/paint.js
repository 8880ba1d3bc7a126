// The first paint of the page. Work that it does not need runs after it.

let painted = false;
let waiting = [];

/** Returns true once the page was painted. */
export const isPainted = () => painted;

/** Runs a function after the first paint: at once if it is over. */
export function afterPaint(run) {
  if (painted) run();
  else waiting.push(run);
}

/** Begins to wait for the first paint. Called once, when the first page is in the document. */
export function startPaint() {
  // The next frame is painted before the message arrives.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => {
    port1.close();
    painted = true;
    const all = waiting;
    waiting = [];
    all.forEach((run) => run());
  };
  requestAnimationFrame(() => port2.postMessage(null));
}
