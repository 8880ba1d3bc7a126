//! SQL without its literals. No dialect is known here, so where dialects differ the safe reading is
//! taken: what might be a literal goes.

use super::part;

/// The statement with `?` in the place of each literal, and without comments.
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
            // A parameter by its number.
            ':' => Some(copy(&mut out, rest, 1 + run(part(rest, 1..), |c| c.is_ascii_digit()))),
            _ if c.is_ascii_digit() => Some(number(&mut out, rest)),
            _ if is_of_word(c) => {
                // `table.1` is no number.
                let length = run(rest, |c| is_of_word(c) || c == '.');
                Some(copy(&mut out, rest, length))
            }
            _ => Some(copy(&mut out, rest, c.len_utf8())),
        };
        // It has no end: it was cut, or it is read in another way than it was written.
        let Some(taken) = taken else { break };
        rest = rest.get(taken..).unwrap_or_default();
    }
    out
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many bytes at the beginning are such characters.
fn run(text: &str, of: impl Fn(char) -> bool) -> usize {
    text.find(|c| !of(c)).unwrap_or(text.len())
}

fn copy(out: &mut String, rest: &str, length: usize) -> usize {
    out.push_str(part(rest, ..length));
    length
}

/// A text in quotes, in which a quote stands twice. None if it has no end, or if a backslash makes
/// that doubtful.
fn literal(out: &mut String, rest: &str, quote: char) -> Option<usize> {
    out.push('?');
    let mut at = 1;
    loop {
        at += part(rest, at..).find(quote)?;
        let backslashes = part(rest, ..at).bytes().rev().take_while(|byte| *byte == b'\\').count();
        if backslashes % 2 == 1 {
            // Escaped for one dialect, and the end for another.
            return None;
        }
        at += 1;
        if !part(rest, at..).starts_with(quote) {
            return Some(at);
        }
        at += 1;
    }
}

/// A name in the quotes of `MySQL`. One that holds other quotes is left out: elsewhere it is no
/// name.
fn name_in_quotes(out: &mut String, rest: &str) -> Option<usize> {
    let length = part(rest, 1..).find('`')? + 2;
    let name = part(rest, ..length);
    if name.contains(['\'', '"', '\\']) {
        out.push('?');
        return Some(length);
    }
    Some(copy(out, rest, length))
}

/// A text between tags in dollars, or a parameter by its number.
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

/// What stands in brackets is a name for `SQL Server` and an expression for others. None if an odd
/// quote there would be read in two ways.
fn bracket(out: &mut String, rest: &str) -> Option<usize> {
    let inner = rest.split_once(']').map_or("", |(inner, _)| inner);
    if ['\'', '"'].iter().any(|quote| inner.matches(*quote).count() % 2 == 1) {
        out.push('?');
        return None;
    }
    Some(copy(out, rest, 1))
}

/// Where Oracle's `q'[` begins here, what follows the opening bracket, and what ends the text.
fn own_quotes(rest: &str) -> Option<(&str, char)> {
    let rest = rest.strip_prefix(['n', 'N']).unwrap_or(rest);
    let mut inner = rest.strip_prefix(['q', 'Q'])?.strip_prefix('\'')?.chars();
    let ends = match inner.next()? {
        '[' => ']',
        '(' => ')',
        '{' => '}',
        '<' => '>',
        // A text of another dialect, that a name of one character stands before.
        c if c.is_alphanumeric() || c.is_whitespace() || c == '\'' => return None,
        c => c,
    };
    Some((inner.as_str(), ends))
}

/// A text in quotes that it chose itself.
fn text_in_own_quotes(out: &mut String, rest: &str) -> Option<usize> {
    out.push('?');
    let (inner, ends) = own_quotes(rest)?;
    let length = inner.find(&format!("{ends}'"))? + ends.len_utf8() + 1;
    Some(rest.len() - inner.len() + length)
}

/// A line that `MySQL` takes for a comment: neither an operator of `PostgreSQL` nor a temporary
/// table.
fn is_comment(rest: &str) -> bool {
    !part(rest, 1..).starts_with(|c: char| matches!(c, '>' | '-' | '=') || is_of_word(c))
}

/// A comment in the middle of a line. A blank stays, so that what stood around it does not become
/// one. None if it holds the beginning of another one: for some dialects both have to end.
fn block(out: &mut String, rest: &str) -> Option<usize> {
    out.push(' ');
    let end = part(rest, 2..).find("*/")?;
    (!part(rest, 2..2 + end).contains("/*")).then_some(end + 4)
}

fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// A number, with all that may belong to one.
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
    fn literals_become_question_marks_and_all_else_stays() {
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

    /// A literal of the standard, of `MySQL` or of `PostgreSQL`, with the secret in it.
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
        fn no_text_makes_it_panic_and_no_quote_of_a_literal_is_left(sql in ".{0,80}|['\"`$\\\\a1.:#/*\n -]{0,40}") {
            let left = without_literals(&sql);
            prop_assert!(!left.contains(['\'', '"']), "{}", left);
        }

        #[test]
        fn no_secret_in_a_literal_is_left(literals in proptest::collection::vec(literal_with_a_secret(), 1..5)) {
            let sql = format!("SELECT a FROM b WHERE c IN ({})", literals.join(", "));
            prop_assert!(!without_literals(&sql).contains("S3CRET"), "{}", without_literals(&sql));
        }
    }
}
