// How the edges look: width by calls a minute, colour by errors, path through their points.

const THIN = 1.25;
const THICK = 6;

/** Returns the width in px. Logarithmic: one busy call must not make all others equal. */
export function widthOf(perMinute, most) {
  if (!(perMinute > 0) || !(most > 0)) return THIN;
  const share = Math.min(1, Math.log1p(perMinute) / Math.log1p(most));
  return Math.round((THIN + share * (THICK - THIN)) * 100) / 100;
}

/** Returns the share of calls with an error, 0 to 1. */
export const errorShare = ({ calls, errors }) => (calls > 0 ? Math.min(1, errors / calls) : 0);

/** Returns the class of a share: `none`, `few` (under 1 %), `some` (under 10 %) or `many`. */
export function errorLevel(share) {
  if (!(share > 0)) return "none";
  if (share < 0.01) return "few";
  return share < 0.1 ? "some" : "many";
}

/** Returns the `d` of a curve through the points, parallel to the layers' axis at each of them. */
export function pathOf({ form, points }, direction) {
  const [first, ...rest] = points;
  const start = `M${first.x} ${first.y}`;
  if (form === "loop") {
    const [a, b, end] = rest;
    return `${start}C${a.x} ${a.y} ${b.x} ${b.y} ${end.x} ${end.y}`;
  }
  let from = first;
  return start + rest.map((to) => {
    const curve = direction === "right"
      ? middle(from.x, to.x, (x) => `${x} ${from.y}`, (x) => `${x} ${to.y}`)
      : middle(from.y, to.y, (y) => `${from.x} ${y}`, (y) => `${to.x} ${y}`);
    from = to;
    return `C${curve} ${to.x} ${to.y}`;
  }).join("");
}

function middle(from, to, first, second) {
  const half = Math.round((from + to) * 5) / 10;
  return `${first(half)} ${second(half)}`;
}

/** Returns the arc of a ring from the top, clockwise, as `d`; empty for a share of 0. */
export function ringOf(share, radius) {
  if (!(share > 0)) return "";
  // A full circle has no distinct end, so it is an arc that ends just before its start.
  const angle = Math.min(share, 0.9999) * 2 * Math.PI;
  const x = Math.round(Math.sin(angle) * radius * 100) / 100;
  const y = Math.round(-Math.cos(angle) * radius * 100) / 100;
  return `M0 ${-radius}A${radius} ${radius} 0 ${share > 0.5 ? 1 : 0} 1 ${x} ${y}`;
}
