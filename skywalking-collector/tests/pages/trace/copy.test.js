import assert from "node:assert/strict";
import { test } from "node:test";

import { curlOfApi, curlOfSpan, quote } from "../../../pages/js/pages/trace/curl.js";
import { formatSql } from "../../../pages/js/pages/trace/sql.js";

const tags = (url, method) => [
  { key: "url", value: url },
  ...(method === undefined ? [] : [{ key: "http.method", value: method }]),
];

test("curl repeats the method and quotes the URL", () => {
  assert.equal(curlOfSpan(tags("http://a/b?c=1&d='", "POST")),
    "curl --request POST 'http://a/b?c=1&d='\\'''");
  assert.equal(curlOfSpan(tags("https://a/b", "get")), "curl 'https://a/b'");
  assert.equal(curlOfSpan(tags("https://a/b", "HEAD")), "curl --head 'https://a/b'");
  assert.equal(curlOfSpan(tags("https://a/{b}[1]")), "curl --globoff 'https://a/{b}[1]'");
});

test("curl completes a path with the peer", () => {
  assert.equal(curlOfSpan(tags("/b"), "host:80"), "curl 'http://host:80/b'");
  assert.equal(curlOfSpan(tags("/b"), ""), null);
  assert.equal(curlOfSpan(tags("/b"), "a;b"), null);
  assert.equal(curlOfSpan(tags("//evil/b"), "host"), null);
});

test("curl refuses what is not a web address", () => {
  const urls = [
    "", "file:///etc/passwd", "-o x", "http://a/\nrm", "http://a/\u001b[0m", "http://a b",
  ];
  for (const url of urls) assert.equal(curlOfSpan(tags(url)), null, JSON.stringify(url));
  assert.equal(curlOfSpan([]), null);
});

test("curl leaves out a method that is not a word", () => {
  assert.equal(curlOfSpan(tags("http://a", "X; rm")), "curl 'http://a'");
});

test("curl of the API names the token by a variable", () => {
  assert.equal(curlOfApi("http://127.0.0.1:12800", "/api/traces/a'b"),
    "curl --silent 'http://127.0.0.1:12800/api/traces/a'\\''b'");
  assert.match(curlOfApi("http://h", "/x", true),
    /--header "authentication: \$SW_COLLECTOR_TOKEN"/);
});

test("quotes hold for a shell", () => {
  assert.equal(quote("a'b"), "'a'\\''b'");
});

test("SQL breaks before clauses", () => {
  assert.equal(
    formatSql("SELECT a, b FROM t LEFT OUTER JOIN u ON t.id = u.id WHERE x = 1 "
      + "AND y BETWEEN 1 AND 2 OR z IN (SELECT q FROM r WHERE s = 'from where') "
      + "GROUP BY a ORDER BY b LIMIT 5"),
    [
      "SELECT a, b", "FROM t", "LEFT OUTER JOIN u ON t.id = u.id", "WHERE x = 1",
      "  AND y BETWEEN 1 AND 2", "  OR z IN (", "  SELECT q", "  FROM r",
      "  WHERE s = 'from where')", "GROUP BY a", "ORDER BY b", "LIMIT 5",
    ].join("\n"),
  );
  assert.equal(formatSql("insert into t (a) values (?) on duplicate key update a = values(a)"),
    "insert into t (a)\nvalues (?) on duplicate key update a = values(a)");
  assert.equal(formatSql("update t set a = 1, b = left(c, 2) where extract(year from d) = 1"),
    "update t\nset a = 1, b = left(c, 2)\nwhere extract(year from d) = 1");
  assert.equal(formatSql("delete from t where a is distinct from b"),
    "delete from t\nwhere a is distinct from b");
});

test("SQL with dialects, line breaks or open quotes is unchanged", () => {
  for (const text of [
    "SELECT 'it\\'s' FROM t WHERE 1",
    "SELECT $$a from b$$ FROM t", "SELECT 1 # from x",
    "SELECT 'open FROM t", "SELECT 1\nFROM t", "SELECT 5--3 FROM t", "GET key from cache", "",
    "constructor from where",
  ]) assert.equal(formatSql(text), text);
});

test("SQL keeps everything but white space", () => {
  const words = ["SELECT", "FROM", "where", "AND", "between", "(", ")", "'a from  b'", '"x"',
    "a.from", ",", "1", "/* or */", "JOIN", "left", "ORDER", "BY", "values", "-- x", "é", "😀",
    "constructor"];
  let state = 7;
  for (let round = 0; round < 2000; round++) {
    const parts = ["SELECT"];
    for (let at = 0; at < 14; at++) {
      state = (state * 1103515245 + 12345) % 2147483648;
      parts.push(words[state % words.length]);
    }
    const text = parts.join(" ");
    const bare = (one) => one.replace(/\s+(?=(?:[^']*'[^']*')*[^']*$)/g, "");
    assert.equal(bare(formatSql(text)), bare(text), text);
  }
});
