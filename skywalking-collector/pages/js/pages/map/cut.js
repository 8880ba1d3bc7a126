// Cuts a name in the middle so that it fits a width.

/** A longer name is cut to this many characters before it is measured. */
const LONGEST = 200;

/** `measure(text)` returns the width of a text. Returns at least the first character and `…`. */
export function cutTo(text, width, measure) {
  const all = Array.from(text.length > 2 * LONGEST ? ends(text) : text);
  const whole = all.length === text.length || all.join("") === text;
  if (whole && measure(text) <= width) return text;
  let [least, most] = [1, all.length - 1];
  while (least < most) {
    const length = Math.ceil((least + most) / 2);
    if (measure(joined(all, length)) <= width) least = length;
    else most = length - 1;
  }
  return joined(all, least);
}

const ends = (text) => text.slice(0, LONGEST) + text.slice(-LONGEST);

/** Keeps `length` characters: the first ones and the last ones. */
function joined(all, length) {
  const tail = Math.floor(length * 0.4);
  return `${all.slice(0, length - tail).join("")}…${tail ? all.slice(-tail).join("") : ""}`;
}

/**
 * Breaks a name into two lines that fit a width: after a separator near the middle, or in the
 * middle. Returns one line if the name fits.
 */
export function twoLines(text, width, measure) {
  if (text.length <= LONGEST && measure(text) <= width) return [text];
  const half = text.length / 2;
  let at = Math.round(half);
  for (const { index } of text.slice(0, LONGEST).matchAll(/[-._/:@ ]/g)) {
    const place = index + 1;
    if (place < text.length && Math.abs(place - half) <= Math.min(half / 2, Math.abs(at - half)
      + (/[-._/:@ ]/.test(text[at - 1]) ? 0 : half))) at = place;
  }
  return [text.slice(0, at), text.slice(at)].map((line) => cutTo(line, width, measure));
}

let context = null;
const known = new Map();

export const FAMILY = "system-ui, -apple-system, \"Segoe UI\", \"Noto Sans\", \"DejaVu Sans\", "
  + "sans-serif";

function measured(text, font) {
  context ??= document.createElement("canvas").getContext("2d");
  context.font = font;
  return context.measureText(text).width;
}

/** Returns the width of the widest line in an SVG. */
export const widest = (lines, font) => Math.max(...lines.map((line) => measured(line, font)));

/** Returns the lines of a name for an SVG with the font, such as `500 13px sans-serif`. */
export function linesFor(text, width, font, lines) {
  const key = `${font}\n${width} ${lines}\n${text}`;
  if (!known.has(key)) {
    const measure = (part) => measured(part, font);
    if (known.size > 2000) known.clear();
    known.set(key, lines === 1 ? [cutTo(text, width, measure)] : twoLines(text, width, measure));
  }
  return known.get(key);
}
