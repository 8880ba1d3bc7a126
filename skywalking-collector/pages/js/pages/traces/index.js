// The Traces page: histogram, search line and the list with its live tail.
import { useEffect, useMemo, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useKeys } from "../../keys.js";
import { RANGES, link, setParams, timeRange } from "../../router.js";
import { count, plural } from "../../format.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";
import { LiveButton } from "../../ui/live-button.js";
import { Range } from "../../ui/range.js";
import { useFeed } from "./feed.js";
import { apiFilters, withoutAll } from "./filters.js";
import { FirstSteps } from "./first-steps.js";
import { Histogram } from "./histogram.js";
import { List } from "./list.js";
import { Search } from "./search.js";

const SORTS = ["start", "duration"];

/** What is shown instead of an empty list. */
function Nothing({ filtered, ranged }) {
  if (!filtered && !ranged) return html`<${FirstSteps} />`;
  const clear = () => setParams({ ...withoutAll(), range: null, from: null, to: null });
  return html`<${Empty} title="No trace matches">
    <p>No stored trace matches these filters in this time range.
      ${" "}New ones appear here when they arrive.</p>
    <button type="button" onClick=${clear}>Show all traces</button>
  <//>`;
}

export default function Traces({ params }) {
  const [paused, setPaused] = useState(false);
  const sort = SORTS.includes(params.get("sort")) ? params.get("sort") : "start";
  const order = params.get("order") === "asc" ? "asc" : "desc";
  const live = !params.get("to");
  const key = link("", { ...apiFilters(params), sort, order, range: params.get("range"),
    from: params.get("from"), to: params.get("to") });
  const query = () => ({ ...apiFilters(params), ...timeRange(params) });
  const feed = useFeed({ key, query, sort, order, live, paused });
  const traces = useMemo(() => {
    const minutes = RANGES[params.get("range")];
    if (!minutes) return feed.traces;
    const from = Date.now() - minutes * 60_000;
    return feed.traces.filter(({ startTime }) => startTime >= from);
  }, [feed.traces, key]);
  const toggle = () => {
    if (paused && feed.waiting) feed.reload();
    setPaused(!paused);
  };
  useEffect(() => {
    document.title = "Traces · SkyWalking collector";
  }, []);
  useKeys("Traces", {
    Space: { label: "Pause or resume the live list", run: () => live && toggle() },
    s: { label: "Sort by time or duration",
      run: () => setParams({ sort: sort === "start" ? "duration" : null, order: null }) },
  });

  const filtered = Object.keys(apiFilters(params)).length > 0;
  const ranged = ["range", "from", "to"].some((name) => params.has(name));
  // Without an answer, or without a token, the frame of the page shows what to do.
  const failed = feed.stale && feed.error && ![0, 401].includes(feed.error.status);
  const first = feed.key === null && !failed;
  const nothing = !feed.stale && traces.length === 0;
  if (nothing && !filtered && !ranged) return html`<${FirstSteps} />`;
  return html`<div class="traces">
    <div class="traces-head">
      <h1>Traces</h1>
      <span class="dim number" role="status" title=${`${feed.matched} traces`}>
        ${feed.stale ? "" : plural(feed.matched, "trace")}</span>
      <span class="spacer" />
      <${LiveButton} paused=${paused} live=${live} stream=${feed.stream} toggle=${toggle}
        what="traces" />
      <${Range} params=${params} />
    </div>
    <${Search} params=${params} />
    <${Histogram} params=${params} live=${live && !paused} />
    ${feed.waiting > 0 && html`<button type="button" class="waiting" onClick=${feed.reload}>
      ${count(feed.waiting)} new or changed ${feed.waiting === 1 ? "trace" : "traces"}: show
    </button>`}
    ${failed && html`<${Failure} title="The search failed" text=${feed.error.message}
      retry=${feed.reload} />`}
    ${first && html`<${Skeleton} rows=${12} />`}
    ${nothing && html`<${Nothing} filtered=${filtered} ranged=${ranged} />`}
    ${!failed && traces.length > 0 && html`<${List} traces=${traces} sort=${sort} order=${order}
      stale=${feed.stale} more=${feed.next && !feed.stale ? feed.more : null} />`}
  </div>`;
}
