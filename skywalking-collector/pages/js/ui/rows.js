// A list of rows that grows at its top. New rows never move what is under the pointer, the focus or
// the view.
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { useKeys } from "../keys.js";
import { isReturn } from "../router.js";
import { useAnchor } from "./anchor.js";
import { reveal, useVirtual } from "./virtual.js";

/** The positions of the lists that were shown last, for the back button. */
const tops = new Map();

/**
 * Returns `{ view, padding, props }`: the rows in view, a height below them, and properties of the
 * scrolling element. `items` are the rows and `idOf` their ids; a row has the attributes `data-id`
 * and `data-index`, and a link or button. `more` reads further rows, or is null.
 */
export function useRows({ name, noun, items, idOf, row, head, more }) {
  const scroller = useRef(null);
  const pointer = useRef(null);
  const following = useRef(false);
  const view = useVirtual(scroller, items.length, row, head);
  const ids = useMemo(() => items.map(idOf), [items]);
  const { remember, padding, release } = useAnchor(scroller, ids, pointer,
    { row, head, body: ".list-body" });
  useLayoutEffect(() => {
    if (isReturn()) scroller.current.scrollTop = tops.get(name) ?? 0;
  }, []);
  useEffect(() => {
    if (more && view.end >= items.length - 10) more();
  }, [view.end, items.length, more !== null]);

  const over = (event) => {
    const id = event.target.closest("[data-id]")?.dataset.id ?? null;
    if (pointer.current === null && id) following.current = scroller.current.scrollTop === 0;
    pointer.current = id;
    remember();
  };
  const leave = () => {
    pointer.current = null;
    if (following.current) scroller.current.scrollTop = 0;
    following.current = false;
    release();
    remember();
  };
  const scrolled = () => {
    tops.set(name, scroller.current.scrollTop);
    if (pointer.current === null) following.current = false;
    remember();
  };
  const wheel = () => {
    following.current = false;
  };
  const step = (by) => () => {
    const element = scroller.current;
    const focused = document.activeElement?.closest?.("[data-id]");
    const first = Number.isFinite(by) ? Math.ceil(element.scrollTop / row) : 0;
    const at = focused ? Number(focused.dataset.index) + by : first;
    const index = Math.max(0, Math.min(items.length - 1, at));
    reveal(element, index, row, head);
    // The row may be rendered only after the scroll.
    requestAnimationFrame(() => requestAnimationFrame(() => {
      element.querySelector(`[data-index="${index}"] :is(a, .row-link)`)
        ?.focus({ preventScroll: true });
    }));
  };
  useKeys(name, {
    ArrowDown: { label: `Next ${noun}`, run: step(1) },
    j: { label: `Next ${noun}`, run: step(1) },
    ArrowUp: { label: `Previous ${noun}`, run: step(-1) },
    k: { label: `Previous ${noun}`, run: step(-1) },
    Home: { label: `First ${noun}`, run: step(-Infinity) },
  });
  const props = {
    ref: scroller, onPointerOver: over, onPointerLeave: leave, onScroll: scrolled, onWheel: wheel,
  };
  return { view, padding, props };
}
