// Topologies as `/api/topology` returns them.

/** Returns the id of a node, made like the collector's. */
export const idOf = (name, isReal = true) =>
  `${Buffer.from(name).toString("base64")}.${isReal ? 1 : 0}`;

export function node(name, kind = "service", numbers = {}) {
  const isReal = kind === "service";
  return {
    id: idOf(name, isReal), name, kind, isReal, type: "Rust", layer: "GENERAL",
    calls: 100, errors: 0, perMinute: 20, p50: 5, p95: 12, p99: 20, ...numbers,
  };
}

export function call(source, target, numbers = {}) {
  return {
    id: `${source.id}-${target.id}`, source: source.id, target: target.id,
    detectPoints: ["client", "server"], component: "Rust",
    calls: 100, errors: 0, perMinute: 20, p50: 5, p95: 12, p99: 20, ...numbers,
  };
}

const user = node("User", "user");

/** `User` calls a service, which calls a database. */
export function three() {
  const [shop, orders] = [node("shop"), node("orders:5432", "database")];
  return { nodes: [user, shop, orders], calls: [call(user, shop), call(shop, orders)] };
}

/** Two services that call each other, and one of them itself. */
export function cycle() {
  const [a, b] = [node("a"), node("b")];
  return { nodes: [a, b, user], calls: [call(user, a), call(a, b), call(b, a), call(b, b)] };
}

/** Layers of services; every third has a database or a cache. The same at each call. */
export function generated(count) {
  const layers = [];
  const nodes = [user];
  const calls = [];
  let seed = 7;
  const random = (below) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const numbers = () => {
    const total = 1 + random(50_000);
    const errors = random(4) === 0 ? random(total / 5) : 0;
    const p50 = 1 + random(200);
    return { calls: total, errors, perMinute: total / 15, p50, p95: p50 * 3, p99: p50 * 5 };
  };
  const names = ["checkout", "inventory", "payments", "search", "users", "mail", "billing", "ads"];
  while (nodes.length < count) {
    const at = nodes.length;
    if (at % 3 === 0 && layers.length > 1) {
      const kind = ["database", "cache", "queue", "http"][random(4)];
      const owners = layers.flat();
      const owner = owners[random(owners.length)];
      const store = node(`${kind}-${at}.internal:5432`, kind, numbers());
      nodes.push(store);
      calls.push(call(owner, store, numbers()));
      continue;
    }
    if (layers.length === 0 || layers[layers.length - 1].length >= count / 6) layers.push([]);
    const service = node(`${names[at % names.length]}-service-${at}`, "service", numbers());
    const above = layers.length > 1 ? layers[layers.length - 2] : [user];
    const callers = new Set([above[random(above.length)], above[random(above.length)]]);
    for (const caller of callers) calls.push(call(caller, service, numbers()));
    layers[layers.length - 1].push(service);
    nodes.push(service);
  }
  const last = layers[layers.length - 1][0];
  calls.push(call(last, layers[0][0], numbers()), call(last, last, numbers()));
  return { nodes, calls };
}
