// The spans of a trace grouped by service, operation and type.

import { FLAG } from "./model.js";

/**
 * Groups spans. `total` adds up the durations of all spans of a group, so nested spans of one group
 * count twice. `share` is the self time as a share of the self time of all spans.
 *
 * @returns {{service: number, name: number, type: number, count: number, errors: number,
 *   total: number, self: number, longest: number, longestRow: number, share: number}[]}
 */
export function summarize(trace) {
  const groups = new Map();
  let selfOfAll = 0;
  for (let row = 0; row < trace.count; row++) {
    const service = trace.service[row];
    const name = trace.name[row];
    const type = trace.type[row];
    const key = (service * trace.names.length + name) * 4 + type;
    let group = groups.get(key);
    if (!group) {
      group = {
        service, name, type, count: 0, errors: 0, total: 0, self: 0, longest: -1, longestRow: row,
        share: 0,
      };
      groups.set(key, group);
    }
    group.count++;
    if (trace.flags[row] & FLAG.error) group.errors++;
    group.total += trace.duration[row];
    group.self += trace.self[row];
    if (trace.duration[row] > group.longest) {
      group.longest = trace.duration[row];
      group.longestRow = row;
    }
    selfOfAll += trace.self[row];
  }
  const list = [...groups.values()];
  for (const group of list) group.share = selfOfAll > 0 ? group.self / selfOfAll : 0;
  return list.sort((a, b) => b.self - a.self || b.total - a.total || a.longestRow - b.longestRow);
}

/** Returns the services in the order of their first span, with spans, errors and self time. */
export function summarizeServices(trace) {
  const services = new Map();
  for (let row = 0; row < trace.count; row++) {
    const index = trace.service[row];
    let service = services.get(index);
    if (!service) {
      service = { service: index, count: 0, errors: 0, self: 0 };
      services.set(index, service);
    }
    service.count++;
    if (trace.flags[row] & FLAG.error) service.errors++;
    service.self += trace.self[row];
  }
  return [...services.values()];
}
