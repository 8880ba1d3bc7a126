// The Logs page: filters, and the list with its live tail.
import { useEffect, useMemo, useState } from "preact/hooks";
import { html } from "../../html.js";
import { useGet } from "../../api.js";
import { useKeys } from "../../keys.js";
import { RANGES, link, setParams, timeRange } from "../../router.js";
import { useRemembered } from "../../store.js";
import { count, plural } from "../../format.js";
import { Empty, Failure, Skeleton } from "../../ui/failure.js";
import { LiveButton } from "../../ui/live-button.js";
import { Range } from "../../ui/range.js";
import { Splitter } from "../../ui/splitter.js";
import { Bar } from "./bar.js";
import { Details } from "./details.js";
import { useFeed } from "./feed.js";
import { apiFilters, withoutAll } from "./filters.js";
import { FirstLog } from "./first-log.js";
import { List } from "./list.js";

export const style = ["/assets/style/logs.css"];

const NO_FILTER = () => ({ ...withoutAll(), range: null, from: null, to: null });

function Nothing() {
  return html`<${Empty} title="No log matches">
    <p>No stored log matches these filters in this time range.
      ${" "}New ones appear here when they arrive.</p>
    <button type="button" onClick=${() => setParams(NO_FILTER())}>Show all logs</button>
  <//>`;
}

/** The number of the log whose details are shown, or null. */
function selectedOf(params) {
  const number = params.get("log");
  return /^\d{1,15}$/.test(number ?? "") ? Number(number) : null;
}

export default function Logs({ params }) {
  const [paused, setPaused] = useState(false);
  const [width, setWidth] = useRemembered("logs.details", 420);
  const services = useGet("/api/services").data ?? [];
  const live = !params.get("to");
  const key = link("", { ...apiFilters(params), range: params.get("range"),
    from: params.get("from"), to: params.get("to") });
  const query = () => ({ ...apiFilters(params), ...timeRange(params) });
  const feed = useFeed({ key, query, live, paused });
  const logs = useMemo(() => {
    const minutes = RANGES[params.get("range")];
    const from = Date.now() - minutes * 60_000;
    return minutes ? feed.logs.filter(({ time }) => time >= from) : feed.logs;
  }, [feed.logs, key]);
  const selected = selectedOf(params);
  const select = (number) =>
    setParams({ log: number === selected ? null : number }, { replace: true });
  const toggle = () => {
    if (paused && feed.waiting) feed.reload();
    setPaused(!paused);
  };
  const detail = () => {
    const focused = document.activeElement?.closest?.("[data-id]")?.dataset.id;
    if (focused) select(Number(focused));
    else if (logs.length > 0 && selected === null) select(logs[0].number);
  };
  useEffect(() => {
    document.title = "Logs · SkyWalking collector";
  }, []);
  useKeys("Logs", {
    Space: { label: "Pause or resume the live list", run: () => live && toggle() },
    d: { label: "Show or hide the details", run: detail },
    Escape: { label: "Close the details", run: () => setParams({ log: null }, { replace: true }) },
  });

  const filtered = Object.keys(apiFilters(params)).length > 0;
  const ranged = ["range", "from", "to"].some((name) => params.has(name));
  // Without an answer, or without a token, the frame of the page shows what to do.
  const failed = feed.stale && feed.error && ![0, 401].includes(feed.error.status);
  const first = feed.key === null && !failed;
  const nothing = !feed.stale && logs.length === 0;
  if (nothing && !filtered && !ranged) return html`<${FirstLog} />`;
  return html`<div class="logs-page">
    <div class="traces-head">
      <h1>Logs</h1>
      <span class="dim number" role="status" title=${`${feed.matched} logs`}>
        ${feed.stale ? "" : plural(feed.matched, "log")}</span>
      <span class="spacer" />
      <${LiveButton} paused=${paused} live=${live} stream=${feed.stream} toggle=${toggle}
        what="logs" />
      <${Range} params=${params} />
    </div>
    <${Bar} params=${params} services=${services} />
    ${feed.waiting > 0 && html`<button type="button" class="waiting" onClick=${feed.reload}>
      ${count(feed.waiting)} new ${feed.waiting === 1 ? "log" : "logs"}: show
    </button>`}
    ${failed && html`<${Failure} title="The search failed" text=${feed.error.message}
      retry=${feed.reload} />`}
    ${first && html`<${Skeleton} rows=${12} />`}
    <div class="logs-body" style=${{ "--details": `${width}px` }}>
      ${nothing && html`<${Nothing} />`}
      ${!failed && logs.length > 0 && html`<${List} logs=${logs} stale=${feed.stale}
        more=${feed.next && !feed.stale ? feed.more : null} selected=${selected}
        onSelect=${select} />`}
      ${selected !== null && html`<${Splitter} label="Width of the details" class="split-log"
          value=${width} min=${280} max=${900} direction=${-1} onChange=${setWidth} />
        <${Details} key=${selected} number=${selected}
          onClose=${() => setParams({ log: null }, { replace: true })} />`}
    </div>
  </div>`;
}
