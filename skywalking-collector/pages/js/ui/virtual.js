// Virtual rows: only those in view are in the document.
import { useLayoutEffect, useState } from "preact/hooks";
import { afterPaint, isPainted } from "./paint.js";

/** Rows above and below the view, so that scrolling does not show a gap. */
const OVERSCAN = 8;

/** The rows that are rendered before the page is painted for the first time. */
const FIRST_ROWS = 10;

/**
 * Returns the rows in view of a scrolling element: `{ start, end, top, total }` with `end`
 * exclusive and `top` and `total` in px. `header` is the height of a sticky head in the element.
 */
export function useVirtual(scroller, rows, rowHeight, header = 0) {
  const [view, setView] = useState(() => (
    { first: 0, height: isPainted() ? 800 : FIRST_ROWS * rowHeight, isPart: !isPainted() }));
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let frame = 0;
    const measure = () => {
      frame = 0;
      const first = Math.floor(element.scrollTop / rowHeight);
      const height = element.clientHeight;
      setView((old) => (old.first === first && old.height === height && !old.isPart ? old
        : { first, height, isPart: false }));
    };
    const schedule = () => {
      frame ||= requestAnimationFrame(measure);
    };
    afterPaint(measure);
    element.addEventListener("scroll", schedule, { passive: true });
    const observer = new ResizeObserver(() => afterPaint(schedule));
    observer.observe(element);
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", schedule);
      observer.disconnect();
    };
  }, [scroller.current, rowHeight]);
  const visible = Math.ceil(view.height / rowHeight);
  const overscan = view.isPart ? 0 : OVERSCAN;
  const end = Math.min(rows, view.first + visible + overscan);
  const start = Math.max(0, Math.min(view.first, end - visible) - overscan);
  return { start, end, top: start * rowHeight, total: rows * rowHeight + header };
}

/** Scrolls so that a row is in view, below a sticky head of `header` px. */
export function reveal(element, row, rowHeight, header = 0) {
  const top = row * rowHeight;
  const shown = element.clientHeight - header;
  if (top < element.scrollTop) element.scrollTop = top;
  else if (top + rowHeight > element.scrollTop + shown) {
    element.scrollTop = top + rowHeight - shown;
  }
}
