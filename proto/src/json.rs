//! A strict reader of JSON for small values.
//!
//! It is written by hand: without features the crate has no dependency, and a JSON library would
//! build a tree of a value of any length.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Reads a flat JSON object: its values are strings, numbers, `true` or `false`. Returns the members
/// in their order, each value as text.
///
/// # Errors
///
/// Returns the byte offset of the first place that is something else.
///
/// ```
/// use skywalking_proto::json::flat_object;
///
/// let members = flat_object(r#"{"team": "blue \u0026 co", "zone": 3}"#).unwrap();
/// assert_eq!(members, [("team".into(), "blue & co".into()), ("zone".into(), "3".into())]);
/// assert_eq!(flat_object(r#"{"team": []}"#), Err(9));
/// ```
pub fn flat_object(text: &str) -> Result<Vec<(String, String)>, usize> {
    let mut reader = Reader::new(text);
    let mut members = Vec::new();
    reader.skip_blanks();
    let object = reader.object(1, |reader, key| {
        let from = reader.at;
        let value = if reader.peek() == Some(b'"') {
            let value = unescape(reader.string()?).map(Cow::into_owned);
            if value.is_none() {
                reader.at = from;
            }
            value?
        } else {
            // Without depth there is no object and no array. `null` is not a text.
            (reader.peek() != Some(b'n')).then_some(())?;
            reader.value(0)?;
            text.get(from..reader.at)?.to_owned()
        };
        members.push((key.to_owned(), value));
        Some(())
    });
    reader.skip_blanks();
    if object.is_some() && reader.at == text.len() { Ok(members) } else { Err(reader.at) }
}

/// Removes the escapes of a JSON string. Returns `None` if it has half of a surrogate pair.
pub(crate) fn unescape(text: &str) -> Option<Cow<'_, str>> {
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    let mut units = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let c = if c == '\\' {
            chars.next()?
        } else {
            units.extend(c.encode_utf16(&mut [0; 2]).iter());
            continue;
        };
        units.push(match c {
            'b' => 0x08,
            'f' => 0x0c,
            'n' => u16::from(b'\n'),
            'r' => u16::from(b'\r'),
            't' => u16::from(b'\t'),
            'u' => {
                let (digits, rest) = chars.as_str().split_at_checked(4)?;
                chars = rest.chars();
                u16::from_str_radix(digits, 16).ok()?
            }
            other => u16::try_from(u32::from(other)).ok()?,
        });
    }
    String::from_utf16(&units).ok().map(Cow::Owned)
}

/// Escapes a text for JSON.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c >= ' ' && c != '"' && c != '\\';
    if text.chars().all(is_plain) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' | '\\' => escaped.extend(['\\', c]),
            c if is_plain(c) => escaped.push(c),
            // Writing to a string can't fail.
            c => _ = write!(escaped, "\\u{:04x}", u32::from(c)),
        }
    }
    Cow::Owned(escaped)
}

/// A strict reader of JSON. Each method reads one element, and returns `None` if there is a
/// different one.
pub(crate) struct Reader<'a> {
    text: &'a str,
    pub(crate) at: usize,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Reads this byte if it is the next one.
    fn eat(&mut self, byte: u8) -> bool {
        let is_next = self.peek() == Some(byte);
        self.at += usize::from(is_next);
        is_next
    }

    fn skip(&mut self, accept: impl Fn(u8) -> bool) -> usize {
        let start = self.at;
        while self.peek().is_some_and(&accept) {
            self.at += 1;
        }
        self.at - start
    }

    pub(crate) fn skip_blanks(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    pub(crate) fn value(&mut self, depth: usize) -> Option<()> {
        match self.peek()? {
            b'{' => self.object(depth, |reader, _| reader.value(depth.checked_sub(1)?)),
            b'[' => self.array(depth),
            b'"' => self.string().map(drop),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => self.number(),
        }
    }

    /// Reads an object, and calls `member` with each key to read its value.
    pub(crate) fn object(
        &mut self,
        depth: usize,
        mut member: impl FnMut(&mut Self, &str) -> Option<()>,
    ) -> Option<()> {
        self.list(depth, b'{', b'}', |reader| {
            let key = reader.string()?;
            reader.skip_blanks();
            reader.eat(b':').then_some(())?;
            reader.skip_blanks();
            member(reader, &unescape(key).unwrap_or_default())
        })
    }

    fn array(&mut self, depth: usize) -> Option<()> {
        self.list(depth, b'[', b']', |reader| reader.value(depth.checked_sub(1)?))
    }

    fn list(
        &mut self,
        depth: usize,
        open: u8,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Option<()>,
    ) -> Option<()> {
        if depth == 0 || !self.eat(open) {
            return None;
        }
        self.skip_blanks();
        if self.eat(close) {
            return Some(());
        }
        loop {
            item(self)?;
            self.skip_blanks();
            if self.eat(close) {
                return Some(());
            }
            self.eat(b',').then_some(())?;
            self.skip_blanks();
        }
    }

    /// Reads a string. Returns the text between the quotation marks.
    pub(crate) fn string(&mut self) -> Option<&'a str> {
        self.eat(b'"').then_some(())?;
        let start = self.at;
        loop {
            self.skip(|byte| byte >= b' ' && byte != b'"' && byte != b'\\');
            if self.eat(b'"') {
                return self.text.get(start..self.at - 1);
            }
            self.eat(b'\\').then_some(())?;
            match self.peek()? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => self.at += 1,
                b'u' => {
                    self.at += 1;
                    let digits = self.text.as_bytes().get(self.at..self.at + 4)?;
                    digits.iter().all(u8::is_ascii_hexdigit).then_some(())?;
                    self.at += 4;
                }
                _ => return None,
            }
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        self.text.get(self.at..)?.starts_with(word).then_some(())?;
        self.at += word.len();
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        self.eat(b'-');
        if !self.eat(b'0') {
            self.digits()?;
        }
        if self.eat(b'.') {
            self.digits()?;
        }
        if self.eat(b'e') || self.eat(b'E') {
            let _ = self.eat(b'+') || self.eat(b'-');
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        (self.skip(|byte| byte.is_ascii_digit()) > 0).then_some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flat_object_keeps_the_order_and_the_texts_of_values() {
        let text = r#" {"a":"x\ny","b" : -1.5e3 , "c":true,"d":false,"":""} "#;
        let expected = [("a", "x\ny"), ("b", "-1.5e3"), ("c", "true"), ("d", "false"), ("", "")];
        assert_eq!(
            flat_object(text).unwrap(),
            expected.map(|(key, value)| (key.to_owned(), value.to_owned()))
        );
        assert_eq!(flat_object("{}"), Ok(Vec::new()));
    }

    #[test]
    fn error_is_the_place_of_what_is_not_flat() {
        for (text, place) in [
            ("", 0),
            ("[]", 0),
            ("\"a\"", 0),
            (r#"{"a":null}"#, 5),
            (r#"{"a":{}}"#, 5),
            (r#"{"a":[1]}"#, 5),
            (r#"{"a":1,}"#, 7),
            (r#"{"a" 1}"#, 5),
            (r#"{"a":1} x"#, 8),
            (r#"{"a":1"#, 6),
            (r#"{"a":"\ud800"}"#, 5),
        ] {
            assert_eq!(flat_object(text), Err(place), "{text}");
        }
    }

    #[test]
    fn flat_object_agrees_with_serde_json_on_each_prefix() {
        let text = r#"{"k\u00e9y": "a\"b", "n": 12, "t": true, "e": 1e5}"#;
        for end in 0..=text.len() {
            let Some(prefix) = text.get(..end) else { continue };
            let is_valid = serde_json::from_str::<serde_json::Value>(prefix).is_ok();
            assert_eq!(flat_object(prefix).is_ok(), is_valid, "{prefix}");
        }
    }
}
