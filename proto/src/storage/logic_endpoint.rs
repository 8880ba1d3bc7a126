//! The value of the tag `x-le`: a JSON object that may contain the name of an endpoint.
//!
//! It is read by hand: without features the crate has no dependency, and a JSON library would build
//! a tree of a value of any length.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The maximum nesting that is read.
const DEPTH: usize = 128;

/// The value of the tag `x-le`, which marks a Local span as a logic endpoint.
///
/// ```
/// use skywalking_proto::storage::LogicEndpoint;
///
/// let value = LogicEndpoint::parse(r#"{"name":"caf\u00e9","status":true}"#).unwrap();
/// assert_eq!(value.name(), Some("café"));
/// assert_eq!(value.renamed("tea \"cups\""), r#"{"name":"tea \"cups\"","status":true}"#);
/// assert!(LogicEndpoint::parse("yes").is_none());
/// ```
#[derive(Clone, Debug)]
pub struct LogicEndpoint<'a> {
    value: &'a str,
    /// The last member `name`, if its value is a string.
    name: Option<Name<'a>>,
}

/// The value of a member `name`, and what surrounds it.
#[derive(Clone, Debug)]
struct Name<'a> {
    before: &'a str,
    text: Cow<'a, str>,
    after: &'a str,
}

impl<'a> LogicEndpoint<'a> {
    /// Reads a value. Returns `None` if it is not a single JSON object, or if its nesting exceeds
    /// 128.
    ///
    /// Stores only the name, so a value of megabytes needs no additional memory.
    pub fn parse(value: &'a str) -> Option<Self> {
        let mut reader = Reader { text: value, at: 0 };
        reader.skip_blanks();
        let mut name = None;
        reader.object(DEPTH, |reader, key| {
            if key != "name" {
                return reader.value(DEPTH - 1);
            }
            let before = value.get(..reader.at)?;
            if reader.peek() == Some(b'"') {
                let text = unescape(reader.string()?);
                let after = value.get(reader.at..)?;
                name = text.map(|text| Name { before, text, after });
            } else {
                reader.value(DEPTH - 1)?;
                name = None;
            }
            Some(())
        })?;
        reader.skip_blanks();
        (reader.at == value.len()).then_some(Self { value, name })
    }

    /// Returns the name of the endpoint if the object has one that is a string.
    pub fn name(&self) -> Option<&str> {
        self.name.as_ref().map(|name| &*name.text)
    }

    /// Replaces the name in the value.
    pub fn renamed(&self, name: &str) -> String {
        match &self.name {
            Some(Name { before, after, .. }) => {
                [*before, "\"", &escape(name), "\"", *after].concat()
            }
            None => self.value.to_owned(),
        }
    }
}

/// Removes the escapes of a JSON string. Returns `None` if it has half of a surrogate pair.
fn unescape(text: &str) -> Option<Cow<'_, str>> {
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
fn escape(text: &str) -> Cow<'_, str> {
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
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<u8> {
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

    fn skip_blanks(&mut self) {
        self.skip(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
    }

    fn value(&mut self, depth: usize) -> Option<()> {
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
    fn object(
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
    fn string(&mut self) -> Option<&'a str> {
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
    use serde_json::Value;

    fn name(value: &str) -> Option<String> {
        LogicEndpoint::parse(value).expect("an object").name().map(str::to_owned)
    }

    #[test]
    fn accepts_the_same_objects_as_serde_json() {
        let deep = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        let (fits, too_deep) = (deep(126), deep(128));
        for text in [
            "{}",
            " { } ",
            "{\"a\":1}",
            "{\"a\":[1,-2.5e+3,0.1E-2,true,false,null,\"x\",{}]}",
            "{\"a\":{\"name\":\"x\"}}",
            "{\"\\u00e9\\n\\/\":\"\\ud83d\\ude00\"}",
            "{\"键\":\"键\"}",
            "",
            " ",
            "null",
            "[]",
            "1",
            "{",
            "}",
            "{}{}",
            "{} x",
            "{'a':1}",
            "{\"a\":}",
            "{\"a\"}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\":01}",
            "{\"a\":1.}",
            "{\"a\":.5}",
            "{\"a\":-}",
            "{\"a\":+1}",
            "{\"a\":1e}",
            "{\"a\":tru}",
            "{\"a\":[1,]}",
            "{\"a\":[1}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":\"\\u12\"}",
            "{\"a\":\"\n\"}",
            "{\"a\":\"",
            "{\"a\" 1}",
            "\u{feff}{}",
            "{\"a\":\"\\",
            "{\"a\":NaN}",
            "{\"a\":\u{a0}1}",
            &fits,
            &too_deep,
        ] {
            let expected = serde_json::from_str::<Value>(text).is_ok_and(|value| value.is_object());
            assert_eq!(LogicEndpoint::parse(text).is_some(), expected, "{text}");
        }
    }

    #[test]
    fn name_is_the_last_string_of_that_key_at_top_level() {
        assert_eq!(name("{}"), None);
        assert_eq!(name(r#"{"name":1}"#), None);
        assert_eq!(name(r#"{"a":{"name":"inner"}}"#), None);
        assert_eq!(name(r#"{"name":"first","name":"last"}"#).as_deref(), Some("last"));
        assert_eq!(name(r#"{"\u006eame":"\ud83d\ude00\t\u0000"}"#).as_deref(), Some("😀\t\0"));
        assert_eq!(name(r#"{"name":"\ud83d"}"#), None);
    }

    #[test]
    fn renamed_value_changes_only_the_name() {
        for new in ["tea", "a \"b\" \\ c", "\u{1}\n\u{7f}", "键", ""] {
            let value =
                LogicEndpoint::parse(r#"{ "b" : [1, 2], "name" : "old", "a" : 0 }"#).unwrap();
            let mut expected = serde_json::json!({ "b": [1, 2], "a": 0 });
            expected["name"] = new.into();
            let renamed = value.renamed(new);
            assert_eq!(serde_json::from_str::<Value>(&renamed).unwrap(), expected, "{renamed}");
        }
        assert_eq!(LogicEndpoint::parse(r#"{"a":1}"#).unwrap().renamed("x"), r#"{"a":1}"#);
    }

    #[test]
    fn renamed_value_keeps_text_of_several_bytes_around_the_name() {
        let value = "{\"键\":\"é\",\"name\":\"\\u952e😀\",\"é\":\"😀\"}";
        let endpoint = LogicEndpoint::parse(value).unwrap();
        assert_eq!(endpoint.name(), Some("键😀"));
        assert_eq!(endpoint.renamed("é\""), "{\"键\":\"é\",\"name\":\"é\\\"\",\"é\":\"😀\"}");
    }

    #[test]
    fn each_prefix_of_a_value_is_refused() {
        let value = "{\"name\":\"a\\u952eé\\\"\"}";
        for (end, _) in value.char_indices() {
            assert!(LogicEndpoint::parse(&value[..end]).is_none(), "{end}");
        }
        assert_eq!(name(value).as_deref(), Some("a键é\""));
    }
}
