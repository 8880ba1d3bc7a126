//! Masks values whose key shows that they are secret: `key=value` in query strings and connection
//! strings, `"key": "value"` in JSON, header lines, and the token after `Bearer`.

use std::borrow::Cow;

use super::part;
use super::standard::MASK;

/// Keys with secret values, in lower case and with underscores.
const SECRET: [&str; 20] = [
    "access_key",
    "access_token",
    "api_key",
    "apikey",
    "auth_token",
    "authorization",
    "client_secret",
    "cookie",
    "credentials",
    "id_token",
    "passwd",
    "password",
    "private_key",
    "proxy_authorization",
    "pwd",
    "refresh_token",
    "secret",
    "secret_key",
    "set_cookie",
    "token",
];
/// Suffixes of longer keys with secret values.
const ENDINGS: [&str; 7] =
    ["_access_key", "_api_key", "_authorization", "_password", "_secret", "_secret_key", "_token"];
/// Keys that are secret before a colon too, where other keys may be words of a sentence.
const HEADERS: [&str; 7] = [
    "api_key",
    "authorization",
    "auth_token",
    "cookie",
    "password",
    "proxy_authorization",
    "set_cookie",
];

/// Returns the last part of a key, in lower case and with underscores.
fn last_part(key: &str) -> String {
    let last = key.rsplit('.').next().unwrap_or(key);
    last.chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
}

/// Returns true if the value of this key is secret.
pub(super) fn is_secret(key: &str) -> bool {
    let part = last_part(key);
    SECRET.contains(&part.as_str()) || ENDINGS.iter().any(|ending| part.ends_with(ending))
}

fn is_secret_header(key: &str) -> bool {
    let part = last_part(key);
    if part.contains('_') && is_secret(&part) {
        // Not a word of a sentence.
        return true;
    }
    HEADERS.iter().any(|header| {
        part == *header || part.strip_suffix(header).is_some_and(|before| before.ends_with('_'))
    })
}

/// Masks each secret value in a text.
pub(super) fn without_values(text: &str) -> Cow<'_, str> {
    if !text.contains(['=', ':']) && !text.contains(['b', 'B']) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    let mut copied = 0;
    let mut at = 0;
    while let Some(found) = text.get(at..).and_then(|rest| rest.find(['=', ':', ' ', '\t'])) {
        let mark = at + found;
        at = mark + 1;
        if let Some((from, to)) = value_behind(text, mark).filter(|(from, _)| *from >= copied) {
            out.push_str(part(text, copied..from));
            out.push_str(MASK);
            copied = to;
            at = to;
        }
    }
    if copied == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(part(text, copied..));
    Cow::Owned(out)
}

/// Returns the position of the secret value after this mark, if there is one. Skips empty and
/// masked values.
fn value_behind(text: &str, mark: usize) -> Option<(usize, usize)> {
    let (before, behind) = text.split_at_checked(mark)?;
    let sign = behind.chars().next()?;
    let behind = part(behind, 1..);
    let quoted = before.trim_end().ends_with(['"', '\'']);
    // Quotes in a nested text have backslashes before them.
    let key = before.trim_end().trim_end_matches(['"', '\'', '\\']);
    let begin = key
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .map_or(0, |at| at + width(key, at));
    let (around, key) = key.split_at(begin);
    let blanks = behind.len() - behind.trim_start_matches([' ', '\t']).len();
    let value = part(behind, blanks..);
    let from = mark + 1 + blanks;
    // A field in `Debug` output follows another field or the name of its type.
    let is_field = || around.trim_end_matches([' ', '\t']).ends_with(['{', '(', ',', '\n']);
    if sign == ':' && (quoted || is_field()) || sign == '=' {
        let wrapped = value.strip_prefix("Some(").unwrap_or(value);
        if let Some((opening, length)) = quoted_text(wrapped).or_else(|| list(wrapped))
            && is_secret(key)
        {
            let from = from + (value.len() - wrapped.len()) + opening;
            return is_shown(text, from, length);
        }
    }
    let ends: fn(char) -> bool = match sign {
        // In a query, characters that separate pairs elsewhere may be part of the value.
        '=' if is_secret(key) && around.ends_with(['?', '&']) => {
            |c| c.is_whitespace() || matches!(c, '&' | '#' | '"' | '\'')
        }
        '=' if is_secret(key) => {
            |c| c.is_whitespace() || matches!(c, '&' | ';' | ',' | '"' | '\'' | ')' | '}')
        }
        ':' if quoted && is_secret(key) => |c| c.is_whitespace() || matches!(c, ',' | '}' | ']'),
        // The rest of the line: a scheme and a token, or several cookies.
        ':' if is_secret_header(key) => |c| matches!(c, '\r' | '\n' | '"'),
        ' ' | '\t' if key.eq_ignore_ascii_case("bearer") => {
            |c| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_' | '~' | '+' | '/' | '='))
        }
        _ => return None,
    };
    let (opening, length) =
        quoted_text(value).unwrap_or_else(|| (0, value.find(ends).unwrap_or(value.len())));
    is_shown(text, from + opening, length)
}

/// Returns the position, unless the value is empty or masked already.
fn is_shown(text: &str, from: usize, length: usize) -> Option<(usize, usize)> {
    let to = from + length;
    (length > 0 && text.get(from..to) != Some(MASK)).then_some((from, to))
}

/// Returns the length of the opening quote, and of the text up to the closing quote or to the end
/// of a cut text. A quote after a backslash, or a double quote, is part of the text. In a nested
/// text, quotes have backslashes before them, and escaped characters have more.
fn quoted_text(value: &str) -> Option<(usize, usize)> {
    let escapes = value.bytes().take_while(|byte| *byte == b'\\').count();
    let quote = *value.as_bytes().get(escapes).filter(|quote| matches!(quote, b'"' | b'\''))?;
    let inner = value.get(escapes + 1..)?.as_bytes();
    let (mut backslashes, mut at) = (0, 0);
    while let Some(byte) = inner.get(at) {
        if *byte == quote && backslashes % (2 * (escapes + 1)) == escapes {
            if escapes > 0 || inner.get(at + 1) != Some(&quote) {
                return Some((escapes + 1, at - escapes));
            }
            at += 1;
        }
        backslashes = if *byte == b'\\' { backslashes + 1 } else { 0 };
        at += 1;
    }
    Some((escapes + 1, inner.len()))
}

/// Does the same for a list in brackets, without the brackets.
fn list(value: &str) -> Option<(usize, usize)> {
    let inner = value.strip_prefix('[')?;
    let mut at = 0;
    while let Some(rest) = inner.get(at..).filter(|rest| !rest.is_empty()) {
        at += match quoted_text(rest) {
            Some((opening, length)) => 2 * opening + length,
            None if rest.starts_with(']') => return Some((1, at)),
            None => width(rest, 0),
        };
    }
    Some((1, inner.len()))
}

/// Returns the bytes of the character at this index.
fn width(text: &str, at: usize) -> usize {
    part(text, at..).chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_match_in_every_spelling() {
        for key in [
            "Authorization",
            "http.request.header.X-Api-Key",
            "db_password",
            "DB-PASSWORD",
            "x-auth-token",
            "set-cookie",
            "pwd",
        ] {
            assert!(is_secret(key), "{key}");
        }
        for key in [
            "token.usage",
            "gen_ai.usage.input_tokens",
            "passwords.length",
            "author",
            "keyboard",
            "",
        ] {
            assert!(!is_secret(key), "{key}");
        }
    }

    #[test]
    fn values_are_masked_to_their_end() {
        for (text, expected) in [
            ("a=1&token=abc&b=2", "a=1&token=***&b=2"),
            ("/a?password=a,b;c)d&x=1,2", "/a?password=***&x=1,2"),
            ("/a?x=1&token=a,b#top", "/a?x=1&token=***#top"),
            ("host=db password=p w", "host=db password=*** w"),
            ("Server=db;Pwd=p;x=1", "Server=db;Pwd=***;x=1"),
            ("password='p w' x", "password='***' x"),
            ("password=\"cut of", "password=\"***"),
            ("{\"password\": \"p\\\\\", \"a\": 1}", "{\"password\": \"***\", \"a\": 1}"),
            ("{\"password\": \"p\\\"w\", \"a\": \"\"}", "{\"password\": \"***\", \"a\": \"\"}"),
            ("{\"password\": \"\", \"a\": \"b\"}", "{\"password\": \"\", \"a\": \"b\"}"),
            ("{\"cookie\": [\"a=1]\", \"b=2\"], \"c\": 3}", "{\"cookie\": [***], \"c\": 3}"),
            (
                "\"{\\\"token\\\": \\\"p, \\\\\\\"w\\\", \\\"a\\\": 1}\"",
                "\"{\\\"token\\\": \\\"***\\\", \\\"a\\\": 1}\"",
            ),
            ("Pwd='p''w';x=1", "Pwd='***';x=1"),
            (
                "Login { user: \"me\", token: \"t\", secret: Some(\"s\") }",
                "Login { user: \"me\", token: \"***\", secret: Some(\"***\") }",
            ),
            ("Login {\n    token: \"t\",\n}", "Login {\n    token: \"***\",\n}"),
            ("unexpected token: \"}\"", "unexpected token: \"}\""),
            ("x-amz-security-token: abc", "x-amz-security-token: ***"),
            ("bEaReR\tabc", "bEaReR\t***"),
            ("{'api_key':17}", "{'api_key':***}"),
            ("Authorization: Basic eDp5\r\nAccept: x", "Authorization: ***\r\nAccept: x"),
            ("got bearer abc.def-_~+/= twice", "got bearer *** twice"),
            ("Bearer  abc", "Bearer  ***"),
            ("token=", "token="),
            ("unexpected token: x", "unexpected token: x"),
            ("clé=1&pwd=é&x=1", "clé=1&pwd=***&x=1"),
        ] {
            assert_eq!(without_values(text), expected);
        }
    }
}
