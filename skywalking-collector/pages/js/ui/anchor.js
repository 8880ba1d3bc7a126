// Keeps a row of a list in place when rows are added above it.
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/**
 * Keeps the row under the pointer, with the focus, or at the top of the view in place. `ids` are
 * those of the rows, `data-id` in the document, and `pointer` is a reference to the id under the
 * pointer. Returns `{ remember, padding, release }`: `remember` is called after each change of the
 * view, `padding` is a height in px below the rows, which `release` removes.
 */
export function useAnchor(scroller, ids, pointer, { row, head, body }) {
  const anchor = useRef(null);
  const [padding, setPadding] = useState(0);
  const remember = () => {
    const element = scroller.current;
    const focused = element.contains(document.activeElement)
      ? document.activeElement.closest("[data-id]")?.dataset.id : null;
    const first = ids[Math.ceil(element.scrollTop / row)];
    const id = pointer.current ?? focused ?? (element.scrollTop > 0 ? first : null);
    const index = id ? ids.indexOf(id) : -1;
    anchor.current = index < 0 ? null : { id, offset: index * row - element.scrollTop };
  };
  useLayoutEffect(() => {
    const element = scroller.current;
    const kept = anchor.current;
    const index = kept ? ids.indexOf(kept.id) : -1;
    if (index >= 0) {
      const top = index * row - kept.offset;
      const needed = top + element.clientHeight - head - ids.length * row;
      if (needed > 0) {
        element.querySelector(body).style.minHeight = `${ids.length * row + needed}px`;
      }
      element.scrollTop = top;
      setPadding(Math.max(0, needed));
    } else {
      setPadding(0);
    }
  }, [ids]);
  useEffect(remember);
  return { remember, padding, release: () => setPadding(0) };
}
