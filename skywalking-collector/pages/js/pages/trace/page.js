// The page of a trace that is loaded: head, overview, filter, one of three views, details.

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { useKeys } from "../../keys.js";
import { useRemembered } from "../../store.js";
import { Tabs, tabId } from "../../ui/tabs.js";
import { actionsOf } from "./actions.js";
import { useAddress } from "./address.js";
import { Details } from "./details.js";
import { Filters } from "./filters.js";
import { findGaps } from "./gaps.js";
import { Groups } from "./groups.js";
import { Head } from "./head.js";
import { traceKeys } from "./keys.js";
import { Minimap } from "./minimap.js";
import { collapsedRows, keyOf, matchText, rowOf, visibleRows } from "./model.js";
import { Notes } from "./notes.js";
import { useReportedLogs } from "./reported-logs.js";
import { Splitter } from "../../ui/splitter.js";
import { isFiltered, NO_FILTER, rangeOf, readState } from "./state.js";
import { Table, tableRows } from "./table.js";
import { Waterfall } from "./waterfall.js";

const TABS = [
  { id: "waterfall", name: "Waterfall" },
  { id: "table", name: "Table" },
  { id: "summary", name: "Summary" },
];

/** The rows that the collector finds by tags and logs. */
function useSearch(trace, text) {
  const path = `/api/traces/${encodeURIComponent(trace.traceId)}/search`;
  const { data, stale, loading, reload } = useGet(text ? path : null, { text });
  useEffect(() => {
    if (text) reload();
  }, [trace]);
  return { found: text && data && !stale ? data.rows : null, searching: Boolean(text) && loading };
}

/** Keeps rows that were collapsed by hand when another version of the trace arrives. */
function useToggledRows(trace, toggled, change) {
  const before = useRef(null);
  useEffect(() => {
    const old = before.current;
    if (old && old.trace !== trace && old.toggled.length > 0) {
      const rows = old.toggled.filter((row) => row < old.trace.count)
        .map((row) => rowOf(trace, keyOf(old.trace, row))).filter((row) => row >= 0);
      change({ toggled: rows.join(".") });
    }
    before.current = { trace, toggled };
  }, [trace, toggled]);
}

/** The rows to show, and everything that depends on the filter. */
function useShown(trace, state, collapsed, found) {
  const { text, share, errors, critical, hidden } = state;
  const match = useMemo(() => {
    const all = text ? matchText(trace, text, found ?? []) : null;
    if (!critical) return all;
    const onPath = new Uint8Array(trace.count);
    for (const row of trace.critical.keys()) if (!all || all[row]) onPath[row] = 1;
    return onPath;
  }, [trace, text, found, critical]);
  const hiddenKey = hidden.join("\n");
  const services = useMemo(
    () => new Set(hidden.map((name) => trace.services.indexOf(name))), [trace, hiddenKey]);
  return useMemo(
    () => visibleRows(trace, {
      match, collapsed, hidden: services, errorsOnly: errors,
      minDuration: (trace.length * share) / 100,
    }),
    [trace, match, collapsed, services, errors, share]);
}

/** `<${Loaded} trace params error />` */
export function Loaded({ trace, params, error }) {
  const [merged, change] = useAddress(params);
  const state = useMemo(() => readState(merged), [merged]);
  const [target, setTarget] = useState(0);
  const [closed, setClosed] = useState([]);
  const [nameWidth, setNameWidth] = useRemembered("trace.names", 380);
  const [detailsWidth, setDetailsWidth] = useRemembered("trace.details", 420);
  const input = useRef(null);

  const { found, searching } = useSearch(trace, state.text);
  const filtered = isFiltered(state);
  useEffect(() => setClosed([]),
    [state.text, state.share, state.errors, state.critical, state.hidden.join("\n")]);
  useToggledRows(trace, state.toggled, change);
  const toggledKey = state.toggled.join(".");
  const collapsed = useMemo(
    () => (filtered ? collapsedRows(trace, null, closed)
      : collapsedRows(trace, state.depth, state.toggled)),
    [trace, filtered, filtered ? closed : toggledKey, state.depth]);
  const shown = useShown(trace, state, collapsed, found);
  const isTable = state.view === "table";
  const list = useMemo(
    () => (isTable ? tableRows(trace, shown.passes, state.sort, state.order) : shown.rows),
    [trace, isTable, shown, state.sort, state.order]);
  const selected = useMemo(() => rowOf(trace, state.selected), [trace, state.selected]);
  const range = rangeOf(state, trace.length);
  const gaps = useMemo(() => findGaps(trace), [trace]);
  const logs = useReportedLogs(trace);
  const reveal = () => setTarget((n) => n + 1);
  // A link to a span shows it, also if it is far down.
  useEffect(reveal, []);

  const actions = actionsOf({
    trace, state, selected, shown, collapsed, filtered, list, range, closed, setClosed, change,
    reveal,
  });
  useKeys("Trace", traceKeys({ actions, trace, state, change, input, page: 20 }));
  const onSort = (sort, order) => change({ sort, order }, { push: false });
  const openGroup = (group) => {
    change({ view: null, sort: null, order: null }, { push: true });
    actions.select(group.longestRow, { open: true });
  };
  const showError = () => {
    if (state.view === "summary") change({ view: null, sort: null, order: null }, { push: true });
    actions.error(1);
  };
  const view = {
    waterfall: () => html`<${Waterfall} trace=${trace} shown=${shown} collapsed=${collapsed}
      filtered=${filtered} selected=${selected} range=${range} target=${target} gaps=${gaps}
      logs=${logs.byRow} nameWidth=${nameWidth} onNameWidth=${setNameWidth}
      onZoom=${actions.setZoom}
      onSelect=${actions.open} onToggle=${actions.toggleRow} onDepth=${actions.setDepth} />`,
    table: () => html`<${Table} trace=${trace} list=${list} sort=${state.sort} order=${state.order}
      selected=${selected} target=${target} onSort=${onSort} onSelect=${actions.open} />`,
    summary: () => html`<${Groups} trace=${trace} sort=${state.sort} order=${state.order}
      onSort=${onSort} onOpen=${openGroup} />`,
  }[state.view];
  const hasDetails = selected >= 0 && state.details;
  return html`<div class="trace">
    <${Head} trace=${trace} logs=${logs} hidden=${state.hidden} onHide=${actions.hideService}
      onError=${showError} />
    <${Notes} trace=${trace} error=${error} />
    <${Minimap} trace=${trace} range=${range} onZoom=${(next) => actions.setZoom(next, true)} />
    <div class="trace-bar">
      <${Tabs} label="Views of the trace" tabs=${TABS} selected=${state.view} panel="trace-view"
        onSelect=${(id) => change({
          view: id === "waterfall" ? null : id, sort: null, order: null }, { push: true })} />
      <${Filters} state=${state} trace=${trace} matched=${shown.matched} input=${input}
        searching=${searching} onChange=${change}
        onClear=${() => change(NO_FILTER, { push: true })} />
    </div>
    <div class="trace-body" style=${{ "--details": `${detailsWidth}px` }}>
      <div class="trace-view" id="trace-view" role="tabpanel"
        aria-labelledby=${tabId("trace-view", state.view)}>
        ${view()}
        ${list.length === 0 && state.view !== "summary" && html`<p class="nothing">
          No span matches the filter.</p>`}
      </div>
      ${hasDetails && html`<${Splitter} label="Width of the details" class="split-details"
          value=${detailsWidth} min=${280} max=${900} direction=${-1} onChange=${setDetailsWidth} />
        <${Details} trace=${trace} row=${selected} gaps=${gaps} logs=${logs.byRow.get(selected)}
          onClose=${actions.escape} />`}
    </div>
  </div>`;
}
