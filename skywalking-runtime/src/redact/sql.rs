//! Removes literals from SQL. The dialect is unknown: where dialects differ, everything that may be
//! a literal is removed.

use super::part;

/// Replaces each literal of a statement by `?`, and removes comments.
pub(super) fn without_literals(sql: &str) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut rest = sql;
    while let Some(c) = rest.chars().next() {
        let taken = match c {
            '\'' | '"' => literal(&mut out, rest, c),
            '`' => name_in_quotes(&mut out, rest),
            '$' => dollar(&mut out, rest),
            '[' => bracket(&mut out, rest),
            'q' | 'Q' | 'n' | 'N' if own_quotes(rest).is_some() => {
                text_in_own_quotes(&mut out, rest)
            }
            '-' if rest.starts_with("--") => Some(line(rest)),
            '#' if is_comment(rest) => Some(line(rest)),
            '/' if rest.starts_with("/*") => block(&mut out, rest),
            '.' if part(rest, 1..).starts_with(|c: char| c.is_ascii_digit()) => {
                Some(number(&mut out, rest))
            }
            // A numbered parameter.
            ':' => Some(copy(&mut out, rest, 1 + run(part(rest, 1..), |c| c.is_ascii_digit()))),
            _ if c.is_ascii_digit() => Some(number(&mut out, rest)),
            _ if is_of_word(c) => {
                // `table.1` is not a number.
                let length = run(rest, |c| is_of_word(c) || c == '.');
                Some(copy(&mut out, rest, length))
            }
            _ => Some(copy(&mut out, rest, c.len_utf8())),
        };
        // Without an end the text was cut, or its quotes are ambiguous.
        let Some(taken) = taken else { break };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns how many bytes at the beginning are such characters.
fn run(text: &str, of: impl Fn(char) -> bool) -> usize {
    text.find(|c| !of(c)).unwrap_or(text.len())
}

fn copy(out: &mut String, rest: &str, length: usize) -> usize {
    out.push_str(part(rest, ..length));
    length
}

/// Replaces a quoted text, in which a quote is written twice. Returns `None` if it has no end, or
/// if a backslash makes the end ambiguous.
fn literal(out: &mut String, rest: &str, quote: char) -> Option<usize> {
    out.push('?');
    let mut at = 1;
    loop {
        at += part(rest, at..).find(quote)?;
        let backslashes = part(rest, ..at).bytes().rev().take_while(|byte| *byte == b'\\').count();
        if backslashes % 2 == 1 {
            // An escaped quote for one dialect, and the end of the text for another.
            return None;
        }
        at += 1;
        if !part(rest, at..).starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}

/// Copies a name in the quotes of `MySQL`. Removes one that contains other quotes: in other
/// dialects it is not a name.
fn name_in_quotes(out: &mut String, rest: &str) -> Option<usize> {
    let length = part(rest, 1..).find('`')? + 2;
    let name = part(rest, ..length);
    if name.contains(['\'', '"', '\\']) {
        out.push('?');
        return Some(length);
    }
    Some(copy(out, rest, length))
}

/// Replaces a dollar-quoted text, or copies a numbered parameter.
fn dollar(out: &mut String, rest: &str) -> Option<usize> {
    let tag = 1 + run(part(rest, 1..), is_of_word);
    if part(rest, tag..).starts_with('$')
        && !part(rest, 1..).starts_with(|c: char| c.is_ascii_digit())
    {
        out.push('?');
        let tag = part(rest, ..=tag);
        let end = part(rest, tag.len()..).find(tag)?;
        return Some(end + 2 * tag.len());
    }
    Some(copy(out, rest, tag))
}

/// Copies text in brackets, a name for `SQL Server` and an expression for others. Returns `None` if
/// an odd quote in it is ambiguous.
fn bracket(out: &mut String, rest: &str) -> Option<usize> {
    let inner = rest.split_once(']').map_or("", |(inner, _)| inner);
    if ['\'', '"'].iter().any(|quote| inner.matches(*quote).count() % 2 == 1) {
        out.push('?');
        return None;
    }
    Some(copy(out, rest, 1))
}

/// Returns the text after Oracle's `q'[` and the closing delimiter, if a literal of this kind
/// begins here.
fn own_quotes(rest: &str) -> Option<(&str, char)> {
    let rest = rest.strip_prefix(['n', 'N']).unwrap_or(rest);
    let mut inner = rest.strip_prefix(['q', 'Q'])?.strip_prefix('\'')?.chars();
    let ends = match inner.next()? {
        '[' => ']',
        '(' => ')',
        '{' => '}',
        '<' => '>',
        // A text of another dialect, after a name of one character.
        c if c.is_alphanumeric() || c.is_whitespace() || c == '\'' => return None,
        c => c,
    };
    Some((inner.as_str(), ends))
}

/// Replaces a text with its own delimiters.
fn text_in_own_quotes(out: &mut String, rest: &str) -> Option<usize> {
    out.push('?');
    let (inner, ends) = own_quotes(rest)?;
    let length = inner.find(&format!("{ends}'"))? + ends.len_utf8() + 1;
    Some(rest.len() - inner.len() + length)
}

/// Returns true if `MySQL` treats the line as a comment, unless it is an operator of `PostgreSQL`
/// or a temporary table.
fn is_comment(rest: &str) -> bool {
    !part(rest, 1..).starts_with(|c: char| matches!(c, '>' | '-' | '=') || is_of_word(c))
}

/// Replaces a comment within a line by a blank, so that the tokens around it stay separate. Returns
/// `None` if it contains the beginning of another comment, since dialects differ on its end.
fn block(out: &mut String, rest: &str) -> Option<usize> {
    out.push(' ');
    let end = part(rest, 2..).find("*/")?;
    (!part(rest, 2..2 + end).contains("/*")).then_some(end + 4)
}

fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// Replaces a number, with all characters that may belong to it.
fn number(out: &mut String, rest: &str) -> usize {
    out.push('?');
    let mut length = 0;
    loop {
        length += run(part(rest, length..), |c| is_of_word(c) || c == '.');
        let exponent = part(rest, ..length).ends_with(['e', 'E']) && !rest.starts_with("0x");
        if !(exponent && part(rest, length..).starts_with(['+', '-'])) {
            return length;
        }
        length += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn literals_become_question_marks_and_the_rest_stays() {
        for (sql, expected) in [
            (
                "SELECT * FROM t1 WHERE a = 'x' AND b IN (1, 2.5, -3e-7, 0xFF, .5)",
                "SELECT * FROM t1 WHERE a = ? AND b IN (?, ?, -?, ?, ?)",
            ),
            (
                "INSERT INTO t VALUES ('it''s', N'x', \"y\"\"z\", NULL, TRUE)",
                "INSERT INTO t VALUES (?, N?, ?, NULL, TRUE)",
            ),
            ("SELECT `a 1`, t2.c3, x.1y FROM `b`", "SELECT `a 1`, t2.c3, x.1y FROM `b`"),
            (
                "SELECT a FROM b WHERE c = $1 AND d = :2 AND e = :name AND f = @v AND g = ?",
                "SELECT a FROM b WHERE c = $1 AND d = :2 AND e = :name AND f = @v AND g = ?",
            ),
            ("SELECT $$it's$$, $tag$ a $$ b $tag$, 5", "SELECT ?, ?, ?"),
            (
                "SELECT 1 -- it's\nFROM a /* 'b */ # don't\nWHERE c #>> '{x}' = d::int4",
                "SELECT ? \nFROM a   \nWHERE c #>> ? = d::int4",
            ),
            ("SELECT * FROM #temp WHERE a = 'x'", "SELECT * FROM #temp WHERE a = ?"),
            ("SELECT 'a\\\\' , 'secret'", "SELECT ? , ?"),
            ("SELECT 'a\\' , 'secret' FROM t", "SELECT ?"),
            ("SELECT 'cut of", "SELECT ?"),
            ("SELECT '键' FROM 表1 WHERE 列 = '值'", "SELECT ? FROM 表1 WHERE 列 = ?"),
            ("CALL p(`a'b`, x'1f', 12abc)", "CALL p(?, x?, ?)"),
            ("SELECT 1 /* cut", "SELECT ?  "),
            ("SELECT 1 /* a /* b */ secret */", "SELECT ?  "),
            ("SELECT [it's] FROM t WHERE a = 'secret'", "SELECT ?"),
            (
                "SELECT [a b], c['d']['e'], ARRAY['x', 'y'] FROM t",
                "SELECT [a b], c[?][?], ARRAY[?, ?] FROM t",
            ),
            ("SELECT q'[it's secret]', nQ'!it's!', Q'{x}' FROM q", "SELECT ?, ?, ? FROM q"),
            ("SELECT q'a', q, no FROM n WHERE q'[cut of", "SELECT q?, q, no FROM n WHERE ?"),
            ("", ""),
        ] {
            assert_eq!(without_literals(sql), expected);
        }
    }

    /// A literal of standard SQL, `MySQL` or `PostgreSQL` that contains the secret.
    fn literal_with_a_secret() -> impl Strategy<Value = String> {
        let noise = "[a-z ,;=()-]{0,6}";
        (noise, noise, 0..6_u8).prop_map(|(before, behind, kind)| match kind {
            0 => format!("'{before}S3CRET{behind}'"),
            1 => format!("'{before}''S3CRET{behind}'"),
            2 => format!("'{before}\\'S3CRET{behind}'"),
            3 => format!("\"{before}S3CRET{behind}\""),
            4 => format!("q'[{before}'S3CRET{behind}]'"),
            _ => format!("$q${before}'S3CRET{behind}$q$"),
        })
    }

    proptest! {
        #[test]
        fn any_text_loses_its_quotes_without_panic(sql in ".{0,80}|['\"`$\\\\a1.:#/*\n -]{0,40}") {
            let left = without_literals(&sql);
            prop_assert!(!left.contains(['\'', '"']), "{}", left);
        }

        #[test]
        fn secrets_in_literals_are_removed(literals in proptest::collection::vec(literal_with_a_secret(), 1..5)) {
            let sql = format!("SELECT a FROM b WHERE c IN ({})", literals.join(", "));
            prop_assert!(!without_literals(&sql).contains("S3CRET"), "{}", without_literals(&sql));
        }
    }
}
