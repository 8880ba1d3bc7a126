// Groups of equal statements.

/**
 * Groups equal statements to the same peer. Each group is its first member, with the number of
 * members as `times`.
 */
export function grouped(statements) {
  const groups = new Map();
  for (const item of statements) {
    const key = JSON.stringify([item.kind, item.peer, item.statement]);
    const group = groups.get(key);
    if (group) group.times += 1;
    else groups.set(key, { ...item, times: 1 });
  }
  return [...groups.values()];
}
