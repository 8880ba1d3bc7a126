// Pan and zoom of the map by wheel, drag and two fingers.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { first, fit, panned, zoomed } from "./viewport.js";

/** A shorter movement is a click, in px. */
const CLICK = 4;

/**
 * Returns `{ view, size, box, dragged, zoom, pan, reset, reveal }`. The drawing follows the size of
 * the window until the user moves it. `box` is a ref for the element. `dragged()` returns whether
 * the last press moved the drawing. `reveal(view)` shows another part until `reveal(null)`.
 */
export function useMotion(drawing) {
  const box = useRef(null);
  const [size, setSize] = useState({ width: 0, height: 0 });
  const [own, setOwn] = useState(null);
  const [revealing, setRevealing] = useState(null);
  const view = revealing ?? own ?? first(drawing, size);
  const latest = useRef({});
  latest.current = { view, drawing, size };
  const wasDragged = useRef(false);

  useLayoutEffect(() => {
    const element = box.current;
    const measure = () => setSize({ width: element.clientWidth, height: element.clientHeight });
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const pan = (dx, dy) => {
    const { view: from, drawing: all, size: window } = latest.current;
    latest.current.view = panned(from, dx, dy, all, window);
    setOwn(latest.current.view);
    setRevealing(null);
  };
  const zoom = (factor, at) => {
    const { view: from, size: { width, height } } = latest.current;
    latest.current.view = zoomed(from, factor, at ?? { x: width / 2, y: height / 2 });
    setOwn(latest.current.view);
    setRevealing(null);
  };
  const reset = () => {
    setOwn(fit(drawing, size));
    setRevealing(null);
  };
  useEffect(() => listen(box.current, { pan, zoom, wasDragged }), []);
  return {
    box, view, size, pan, zoom, reset, reveal: setRevealing,
    dragged: () => wasDragged.current,
  };
}

function listen(element, { pan, zoom, wasDragged }) {
  const fingers = new Map();
  const local = (event) => {
    const { left, top } = element.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  };
  const spread = () => {
    const [a, b] = [...fingers.values()];
    return { length: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
  };
  const handlers = {
    wheel(event) {
      event.preventDefault();
      const lines = event.deltaMode === 1 ? 24 : 1;
      zoom(Math.exp(-Math.max(-240, Math.min(240, event.deltaY * lines)) / 400), local(event));
    },
    pointerdown(event) {
      if (event.button !== 0) return;
      fingers.set(event.pointerId, local(event));
      if (fingers.size === 1) wasDragged.current = false;
    },
    pointermove(event) {
      const from = fingers.get(event.pointerId);
      if (!from) return;
      const to = local(event);
      if (!wasDragged.current && Math.hypot(to.x - from.x, to.y - from.y) < CLICK) return;
      if (!wasDragged.current) {
        wasDragged.current = true;
        element.setPointerCapture(event.pointerId);
      }
      if (fingers.size === 2) {
        const before = spread();
        fingers.set(event.pointerId, to);
        const after = spread();
        if (before.length > 0) zoom(after.length / before.length, after);
        pan(after.x - before.x, after.y - before.y);
      } else {
        fingers.set(event.pointerId, to);
        pan(to.x - from.x, to.y - from.y);
      }
    },
    pointerup: (event) => fingers.delete(event.pointerId),
    pointercancel: (event) => fingers.delete(event.pointerId),
  };
  for (const [name, run] of Object.entries(handlers)) {
    element.addEventListener(name, run, { passive: false });
  }
  return () => {
    for (const [name, run] of Object.entries(handlers)) element.removeEventListener(name, run);
  };
}
