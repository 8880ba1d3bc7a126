// Numbers and times as people read them. The exact value belongs into the title.

/** Removes zeros at the end of a decimal fraction. */
const trim = (text) => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);

/** A duration in ms: 0 ms, 312 ms, 1.24 s, 2 min 5 s, 3 h 10 min. */
export function duration(ms) {
  if (ms === null || ms === undefined || Number.isNaN(ms)) return "–";
  if (ms < 0) return `−${duration(-ms)}`;
  if (ms < 9.95) return `${trim(ms.toFixed(1))} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${trim((ms / 1000).toFixed(ms < 9995 ? 2 : 1))} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return join(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return join(Math.floor(minutes / 60), "h", minutes % 60, "min");
  return join(Math.floor(minutes / 1440), "d", Math.floor((minutes % 1440) / 60), "h");
}

const join = (a, unitA, b, unitB) => (b ? `${a} ${unitA} ${b} ${unitB}` : `${a} ${unitA}`);

/** A count: 950, 12.4 k, 3.1 M. */
export function count(n) {
  if (n === null || n === undefined) return "–";
  if (Math.abs(n) < 10_000) return `${Math.round(n)}`;
  if (Math.abs(n) < 999_950) return `${trim((n / 1000).toFixed(1))} k`;
  return `${trim((n / 1e6).toFixed(1))} M`;
}

/** A rate or another small number: 0, 0.4, 12, 1 240, 12.4 k. */
export function rate(n) {
  if (n === null || n === undefined) return "–";
  if (n === 0) return "0";
  if (n < 0.1) return "< 0.1";
  return n < 10 ? trim(n.toFixed(1)) : count(n);
}

/** A value of any size: 0, 0.125, 12.4, 950, 12.4 k, 3.1 M, 1.2e+12. */
export function value(n) {
  if (n === null || n === undefined) return "–";
  const size = Math.abs(n);
  if (size !== 0 && (size < 0.001 || size >= 1e9)) return n.toExponential(1);
  return size < 100 ? trim(n.toFixed(size < 1 ? 3 : 1)) : count(n);
}

/** A number of bytes: 0 B, 512 B, 1.5 KiB, 12 MiB. */
export function bytes(n) {
  if (n === null || n === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
  const size = Math.abs(n);
  const step = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  const scaled = n / 1024 ** step;
  return `${trim(scaled.toFixed(step > 0 && Math.abs(scaled) < 100 ? 1 : 0))} ${units[step]}`;
}

/** A share of 0 to 1: 0 %, < 0.1 %, 3.4 %, 12 %. */
export function percent(share) {
  if (share === null || share === undefined || Number.isNaN(share)) return "–";
  const value = share * 100;
  if (value > 0 && value < 0.1) return "< 0.1 %";
  return `${value < 10 ? trim(value.toFixed(1)) : Math.round(value)} %`;
}

/** A count with its unit: plural(1, "span") is "1 span". */
export const plural = (n, unit) => `${count(n)} ${unit}${n === 1 ? "" : "s"}`;

/** How long ago: now, 12 s ago, 4 min ago, 2 h ago, 3 d ago. */
export function relative(time, now = Date.now()) {
  const seconds = Math.floor((now - time) / 1000);
  if (seconds < -1) return `in ${duration(-seconds * 1000)}`;
  if (seconds < 2) return "now";
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

const two = (n) => String(n).padStart(2, "0");
const three = (n) => String(n).padStart(3, "0");

/** The time of day in the reader's zone: 14:03:09, with `ms` 14:03:09.120. */
export function clock(time, { ms = false } = {}) {
  const t = new Date(time);
  const text = `${two(t.getHours())}:${two(t.getMinutes())}:${two(t.getSeconds())}`;
  return ms ? `${text}.${three(t.getMilliseconds())}` : text;
}

/** Date and time in the reader's zone, with the zone: 2026-11-30 14:03:09.120 UTC+01:00. */
export function exact(time) {
  const t = new Date(time);
  if (Number.isNaN(t.getTime())) return String(time);
  const offset = -t.getTimezoneOffset();
  const zone = offset === 0 ? "UTC" : `UTC${offset < 0 ? "−" : "+"}${two(
    Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const date = `${t.getFullYear()}-${two(t.getMonth() + 1)}-${two(t.getDate())}`;
  return `${date} ${clock(time, { ms: true })} ${zone}`;
}

/** Cuts a long text in the middle. The whole text belongs into the title. */
export function middle(text, length = 60) {
  const characters = text.length > length ? Array.from(text) : null;
  if (!characters || characters.length <= length) return text;
  const head = Math.ceil((length - 1) * 0.6);
  const tail = length - 1 - head;
  return `${characters.slice(0, head).join("")}…${characters.slice(-tail).join("")}`;
}
