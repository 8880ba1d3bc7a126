// Sorting of tables. Column and order are in the address.

/** A column is `{ id, name, value(row), text?: true, title? }`. Missing values come last. */
export function sorted(rows, column, order) {
  const sign = order === "asc" ? 1 : -1;
  const compare = column.text
    ? (a, b) => a.localeCompare(b, undefined, { numeric: true })
    : (a, b) => a - b;
  return rows
    .map((row, at) => ({ row, at, value: column.value(row) ?? null }))
    .sort((a, b) => {
      if (a.value === null || b.value === null) {
        return (a.value === null) - (b.value === null) || a.at - b.at;
      }
      return sign * compare(a.value, b.value) || a.at - b.at;
    })
    .map(({ row }) => row);
}

/** Texts start with the first letter, numbers with the largest. */
const firstOrder = (column) => (column.text ? "asc" : "desc");

/** Returns `{ column, order }` of the address. */
export function chosenSort(columns, params, fallback) {
  const id = params.get("sort") ?? fallback;
  const column = columns.find((each) => each.id === id && each.value)
    ?? columns.find((each) => each.id === fallback);
  const order = params.get("order");
  return { column, order: order === "asc" || order === "desc" ? order : firstOrder(column) };
}

/** Returns the parameters of the address after a click on the head of a column. */
export function nextSort(column, current) {
  if (column.id !== current.column.id) return { sort: column.id, order: null };
  return { sort: column.id, order: current.order === "asc" ? "desc" : "asc" };
}

/** Returns the rows whose text contains all words, in any case. */
export function matching(rows, text, textOf) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => {
    const whole = textOf(row).toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}
