// The waterfall: a tree of spans with bars over time. Only the rows in view are in the document.

import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { reveal, useVirtual } from "../../ui/virtual.js";
import { MARGIN } from "./bar.js";
import { keyOf, positionAtMost } from "./model.js";
import { Row, ROW_HEIGHT } from "./row.js";
import { Ruler, TickLines } from "./ruler.js";
import { pan, zoom } from "./scale.js";
import { Splitter } from "../../ui/splitter.js";

const HEAD = 28;
const NARROWEST = 120;

/** Returns the width of an element in px. */
export function useWidth(ref) {
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.floor(entry.contentRect.width)));
    observer.observe(element);
    setWidth(element.clientWidth);
    return () => observer.disconnect();
  }, [ref.current]);
  return width;
}

/** Keeps the topmost row in its place when another version of the trace arrives. */
function useAnchor(scroller, trace, rows) {
  const before = useRef(null);
  useLayoutEffect(() => {
    const old = before.current;
    const element = scroller.current;
    if (old && element && old.trace !== trace && element.scrollTop > 0) {
      const top = Math.floor(element.scrollTop / ROW_HEIGHT);
      const key = top < old.rows.length ? keyOf(old.trace, old.rows[top]) : null;
      const now = rows.findIndex((row) => keyOf(trace, row) === key);
      if (key !== null && now >= 0) element.scrollTop += (now - top) * ROW_HEIGHT;
    }
    before.current = { trace, rows };
  }, [trace, rows]);
}

/** Zooms with Ctrl and the wheel, and moves the range with Shift or a horizontal wheel. */
function useWheel(scroller, range, length, left, onZoom) {
  const latest = useRef(null);
  latest.current = { range, length, left, onZoom };
  useEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const wheel = (event) => {
      const now = latest.current;
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const box = element.getBoundingClientRect();
        const width = box.width - now.left - MARGIN;
        const share = Math.min(1, Math.max(0, (event.clientX - box.left - now.left) / width));
        const at = now.range.from + share * (now.range.to - now.range.from);
        now.onZoom(zoom(now.range, Math.exp(event.deltaY * 0.004), at, now.length));
      } else if (Math.abs(sideways) > Math.abs(event.shiftKey ? 0 : event.deltaY)) {
        event.preventDefault();
        now.onZoom(pan(now.range, sideways / 800, now.length));
      }
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [scroller.current]);
}

/** After a jump, rows are complete when the view was quiet for this time, in ms. */
const QUIET = 80;

/** Returns whether the rows in view are all new. They are then drawn without their details. */
function useJump(view) {
  const last = useRef(view.start);
  const [, settle] = useState(0);
  const jumped = Math.abs(view.start - last.current) >= view.end - view.start;
  useEffect(() => {
    last.current = view.start;
    if (!jumped) return undefined;
    const timer = setTimeout(() => settle((n) => n + 1), QUIET);
    return () => clearTimeout(timer);
  });
  return jumped;
}

/**
 * `shown` is the result of `visibleRows`, `selected` a row or -1, `target` grows when the selected
 * row must come into view. `onZoom(range, isLast)`, `onSelect(row)`, `onToggle(row)`.
 */
export function Waterfall({ trace, shown, collapsed, filtered, selected, range, target, gaps,
  logs, nameWidth, onNameWidth, onZoom, onSelect, onToggle, onDepth }) {
  const scroller = useRef(null);
  const { rows, depth, passes } = shown;
  const width = useWidth(scroller);
  const widest = Math.max(NARROWEST, Math.floor(width * 0.55));
  const names = Math.min(nameWidth, widest);
  const track = Math.max(1, width - names - MARGIN);
  const view = useVirtual(scroller, rows.length, ROW_HEIGHT, HEAD);
  const plain = useJump(view);
  useAnchor(scroller, trace, rows);
  useWheel(scroller, range, trace.length, names, (next) => onZoom(next, false));
  useLayoutEffect(() => {
    const at = positionAtMost(rows, selected);
    if (scroller.current && at >= 0 && rows[at] === selected) {
      reveal(scroller.current, at, ROW_HEIGHT, HEAD);
    }
  }, [target]);

  // As many row elements as were ever in view. Scrolling changes their content.
  const pool = useRef(1);
  pool.current = Math.max(pool.current, view.end - view.start);
  const inView = [];
  for (let index = view.start; index < view.end; index++) {
    const row = rows[index];
    inView.push(html`<${Row} key=${index % pool.current} trace=${trace} row=${row} index=${index}
      top=${HEAD + index * ROW_HEIGHT} depth=${depth[row]} collapsed=${collapsed[row] === 1}
      selected=${row === selected} context=${filtered && passes[row] === 0} nameWidth=${names}
      plain=${plain} track=${track} range=${range} gaps=${gaps} logs=${logs.get(row)}
      onSelect=${onSelect}
      onToggle=${onToggle} />`);
  }
  const at = positionAtMost(rows, selected);
  const active = at >= view.start && at < view.end && rows[at] === selected;
  const widths = { "--names": `${names}px`, "--margin": `${MARGIN}px` };
  return html`<div class="waterfall" style=${widths}>
    <${Splitter} label="Width of the names" class="split-names" value=${names} min=${NARROWEST}
      max=${widest} onChange=${onNameWidth} />
    <div class="rows" ref=${scroller} tabindex="0" role="treegrid" aria-label="Spans"
      aria-rowcount=${rows.length + 1} aria-activedescendant=${active ? `row-${selected}` : null}>
      <div class="rows-inner" role="presentation" style=${{ height: `${view.total}px` }}>
        <div class="rows-head" role="row" aria-rowindex="1">
          <div class="head-name" role="columnheader">Span
            <button type="button" class="quiet level" onClick=${() => onDepth(-1)}
              title="Collapse one level (-)" aria-label="Collapse one level">−</button>
            <button type="button" class="quiet level" onClick=${() => onDepth(1)}
              title="Expand one level (+)" aria-label="Expand one level">+</button>
          </div>
          <div class="head-bar" role="columnheader" aria-label="Time">
            <${Ruler} range=${range} track=${track} onZoom=${(next) => onZoom(next, true)} />
          </div>
        </div>
        <${TickLines} range=${range} track=${track} />
        ${inView}
      </div>
    </div>
  </div>`;
}
