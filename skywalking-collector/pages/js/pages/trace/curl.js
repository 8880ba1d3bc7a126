// Commands to copy: the request of a span, and requests to the collector's API.

/** Quotes a text for a POSIX shell. */
export function quote(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/**
 * Returns the request of a span as a curl command, or null if its tags don't name a URL.
 *
 * Reads the tags `url` and `http.method`. Completes a URL without a host with `peer`. A URL with
 * control characters returns null, since a terminal could run what follows them.
 */
export function curlOfSpan(tags, peer = "") {
  const value = (key) => tags.find((tag) => tag.key === key)?.value ?? "";
  const url = absolute(value("url").trim(), peer.trim());
  if (!url || /[\u0000-\u0020\u007f-\u009f\u2028\u2029]/.test(url)) return null;
  const method = value("http.method").trim().toUpperCase();
  const parts = ["curl"];
  if (method === "HEAD") parts.push("--head");
  else if (method !== "GET" && /^[A-Z]{1,20}$/.test(method)) parts.push("--request", method);
  // curl expands these characters in URLs without this option.
  if (/[[\]{}]/.test(url)) parts.push("--globoff");
  return [...parts, quote(url)].join(" ");
}

function absolute(url, peer) {
  if (/^https?:\/\/./i.test(url)) return url;
  const isPath = url.startsWith("/") && !url.startsWith("//");
  return isPath && /^[\w.:[\]-]+$/.test(peer) ? `http://${peer}${url}` : null;
}

/** Returns a request to the collector's API as a curl command. */
export function curlOfApi(origin, path, tokenRequired = false) {
  const parts = ["curl", "--silent"];
  if (tokenRequired) parts.push("--header", '"authentication: $SW_COLLECTOR_TOKEN"');
  return [...parts, quote(origin + path)].join(" ");
}
