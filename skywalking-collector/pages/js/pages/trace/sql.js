// Line breaks for SQL statements. Only white space changes.

const CLAUSE = new Set([
  "from", "where", "having", "limit", "returning", "values", "set", "union", "except", "intersect",
]);
const TWO_WORDS = new Map([["group", "by"], ["order", "by"]]);
const JOIN_START = new Set(["left", "right", "full", "inner", "cross", "natural", "join"]);
const JOIN_WORDS = new Set([...JOIN_START, "outer"]);
const TOKEN =
  /\s+|--\s[^\n]*|\/\*[^]*?\*\/|'(?:[^'\\]|'')*'|"(?:[^"\\]|"")*"|`[^`]*`|\w+|[^]/gu;

/**
 * Breaks a statement before its clauses, and before `AND` and `OR`.
 *
 * Returns the statement unchanged if it has line breaks already, or something that differs between
 * dialects: backslashes, dollar quotes, `#`, or quotes that don't end.
 */
export function formatSql(statement) {
  if (/[\n\r\\#]|\$\w*\$|--(?!\s)/.test(statement)) return statement;
  const tokens = statement.match(TOKEN) ?? [];
  if (tokens.some((token) => token === "'" || token === '"' || token === "`")) return statement;
  if (!/^\s*(select|insert|update|delete|with|merge|replace)\b/i.test(statement)) return statement;
  const words = tokens
    .map((text, at) => ({ at, word: text.toLowerCase() }))
    .filter(({ word }) => !/^\s/.test(word));
  const breaks = findBreaks(words);
  let out = "";
  tokens.forEach((text, at) => {
    const indent = breaks.get(at);
    if (indent !== undefined) out = `${out.trimEnd()}\n${"  ".repeat(indent)}`;
    out += text;
  });
  return out;
}

/** Returns the tokens that start a line, with their indent. */
function findBreaks(words) {
  const breaks = new Map();
  // One entry for each open parenthesis: whether it holds a query, and its indent.
  const open = [{ query: true, indent: 0, between: 0, clause: "", values: false }];
  words.forEach(({ at, word }, index) => {
    const before = words[index - 1]?.word ?? "";
    const after = words[index + 1]?.word ?? "";
    const level = open[open.length - 1];
    if (word === "(") {
      const query = after === "select" || after === "with";
      const indent = level.indent + (query ? 1 : 0);
      open.push({ query, indent, between: 0, clause: "", values: false });
      return;
    }
    if (word === ")") {
      if (open.length > 1) open.pop();
      return;
    }
    if (!level.query || before === "." || after === "." || index === 0) return;
    if (word === "between") level.between++;
    // `VALUES(column)` of an upsert is a function.
    if (word === "values" && level.values) return;
    if (word === "values") level.values = true;
    if (word === "and" && level.between > 0) level.between--;
    else if ((word === "and" || word === "or") && level.clause !== "") {
      breaks.set(at, level.indent + 1);
    } else if (startsClause(word, before, after)) {
      level.clause = word;
      breaks.set(at, level.indent);
    } else if (word === "select") {
      breaks.set(at, level.indent);
    }
  });
  return breaks;
}

function startsClause(word, before, after) {
  if (JOIN_WORDS.has(word)) {
    return JOIN_START.has(word) && !JOIN_WORDS.has(before) && after !== "(";
  }
  if (before === "delete" || before === "insert") return false;
  if (TWO_WORDS.has(word)) return TWO_WORDS.get(word) === after;
  return CLAUSE.has(word) && !(word === "from" && before === "distinct");
}
