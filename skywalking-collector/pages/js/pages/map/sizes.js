// The sizes of texts on the map. In a smaller drawing they are larger, so that they stay readable.

/** Returns a size in the drawing that is `least` px on the screen, from `usual` to `most`. */
const sized = (usual, least, most) => (scale) =>
  Math.round(Math.min(most, Math.max(usual, least / scale)) * 10) / 10;

/** The name of a node. Without numbers below it, there is space for a larger one. */
export const nameSize = (scale, isOverview) =>
  (isOverview ? Math.min(24, Math.round(11 / scale)) : sized(13, 11.5, 14)(scale));

/** The numbers of a node. */
export const numbersSize = sized(11.5, 10.5, 13);

/** The label of an edge. */
export const labelSize = sized(11, 10.5, 13.5);
