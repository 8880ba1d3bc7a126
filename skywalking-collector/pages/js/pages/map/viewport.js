// Pan and zoom: a viewport is `{x, y, scale}`; a point p of the drawing is at `p * scale + (x, y)`.

const MIN_SCALE = 0.1;
const MAX_SCALE = 3;
/** A small graph is not blown up beyond this. */
const FIT_SCALE = 1.2;

const limited = (value, least, most) => Math.min(most, Math.max(least, value));

/** Returns the viewport that shows the whole drawing in the middle. */
export function fit(drawing, size) {
  if (!(drawing.width > 0) || !(size.width > 0)) return { x: 0, y: 0, scale: 1 };
  const scale = limited(
    Math.min(size.width / drawing.width, size.height / drawing.height), MIN_SCALE, FIT_SCALE);
  return {
    x: (size.width - drawing.width * scale) / 2,
    y: (size.height - drawing.height * scale) / 2,
    scale,
  };
}

/** In a smaller scale not even names are readable. */
const READABLE = 0.38;
const FIRST_SCALE = 0.85;

/** Returns the first viewport: the whole drawing, or if that is unreadable, the part at a node. */
export function first(drawing, size) {
  const whole = fit(drawing, size);
  const [start] = drawing.nodes;
  if (whole.scale >= READABLE || !start) return whole;
  const margin = 110 * FIRST_SCALE;
  const x = drawing.direction === "right" ? margin : size.width / 2;
  const y = drawing.direction === "right" ? size.height / 2 : margin;
  return { x: x - start.x * FIRST_SCALE, y: y - start.y * FIRST_SCALE, scale: FIRST_SCALE };
}

/** Zooms by a factor; the point `at` of the screen stays. */
export function zoomed(view, factor, at) {
  const scale = limited(view.scale * factor, MIN_SCALE, MAX_SCALE);
  const real = scale / view.scale;
  return { x: at.x - (at.x - view.x) * real, y: at.y - (at.y - view.y) * real, scale };
}

/** Moves the drawing, but keeps a part of it visible. */
export function panned(view, dx, dy, drawing, size) {
  const edge = 60;
  return {
    x: limited(view.x + dx, edge - drawing.width * view.scale, size.width - edge),
    y: limited(view.y + dy, edge - drawing.height * view.scale, size.height - edge),
    scale: view.scale,
  };
}

/** Moves the drawing so that a point of it is inside the screen by `margin` px. */
export function revealed(view, point, size, margin) {
  const x = point.x * view.scale + view.x;
  const y = point.y * view.scale + view.y;
  return {
    x: view.x + limited(x, margin.x, Math.max(margin.x, size.width - margin.x)) - x,
    y: view.y + limited(y, margin.y, Math.max(margin.y, size.height - margin.y)) - y,
    scale: view.scale,
  };
}
