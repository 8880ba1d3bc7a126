//! Writes JSON front to back into one buffer.

/// Which characters of a text are escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Escape {
    /// Characters that JSON requires: quotation marks, backslashes, control characters up to
    /// U+001F.
    #[cfg_attr(not(feature = "report-http"), allow(dead_code, reason = "for the HTTP reporter"))]
    Required,
    /// All control characters, since the text may end up in a terminal.
    Control,
}

/// Writes JSON, with commas where they are needed.
#[derive(Debug)]
pub(crate) struct Writer {
    out: Vec<u8>,
    escape: Escape,
}

impl Writer {
    /// Creates a writer with a buffer of `capacity` bytes.
    pub(super) fn new(escape: Escape, capacity: usize) -> Self {
        Self { out: Vec::with_capacity(capacity), escape }
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.out
    }

    /// Writes an object. `members` writes its members.
    pub(super) fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.out.push(b'{');
        members(self);
        self.out.push(b'}');
    }

    /// Writes the key of a member. The caller writes the value next. Keys need no escapes.
    pub(super) fn key(&mut self, key: &'static str) -> &mut Self {
        self.comma();
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        self
    }

    /// Writes the key of a member, with escapes where it needs them. The caller writes the value
    /// next.
    pub(super) fn any_key(&mut self, key: &str) -> &mut Self {
        self.comma();
        self.text(key);
        self.out.push(b':');
        self
    }

    /// Writes a list. `item` writes each of its items.
    pub(super) fn list<T>(&mut self, items: &[T], item: impl Fn(&mut Self, &T)) {
        self.out.push(b'[');
        for each in items {
            self.comma();
            item(self, each);
        }
        self.out.push(b']');
    }

    pub(super) fn switch(&mut self, value: bool) {
        self.out.extend_from_slice(if value { b"true" } else { b"false" });
    }

    pub(super) fn integer(&mut self, value: i64) {
        let mut digits = [0; 20];
        let (mut at, mut rest) = (digits.len(), value.unsigned_abs());
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
            at -= 1;
            if rest == 0 {
                break;
            }
        }
        if value < 0 {
            self.out.push(b'-');
        }
        self.out.extend_from_slice(digits.get(at..).unwrap_or_default());
    }

    /// Writes a finite number.
    pub(super) fn number(&mut self, value: f64) {
        self.out.extend_from_slice(value.to_string().as_bytes());
    }

    pub(super) fn text(&mut self, text: &str) {
        self.out.push(b'"');
        let bytes = text.as_bytes();
        // The text before this index was written.
        let mut written = 0;
        for (at, &byte) in bytes.iter().enumerate() {
            let (code, length) = match byte {
                ..b' ' | b'"' | b'\\' => (byte, 1),
                0x7f if self.escape == Escape::Control => (byte, 1),
                // U+0080 to U+009F are this byte and the byte of their number.
                0xc2 if self.escape == Escape::Control => match bytes.get(at + 1) {
                    Some(&code @ 0x80..=0x9f) => (code, 2),
                    _ => continue,
                },
                _ => continue,
            };
            self.out.extend_from_slice(bytes.get(written..at).unwrap_or_default());
            self.escaped(code);
            written = at + length;
        }
        self.out.extend_from_slice(bytes.get(written..).unwrap_or_default());
        self.out.push(b'"');
    }

    /// Writes a character as an escape.
    #[cold]
    fn escaped(&mut self, code: u8) {
        let letter = match code {
            b'"' | b'\\' => code,
            0x08 => b'b',
            b'\t' => b't',
            b'\n' => b'n',
            0x0c => b'f',
            b'\r' => b'r',
            _ => {
                let digit =
                    |number: u8| if number < 10 { b'0' + number } else { b'a' - 10 + number };
                let digits = [digit(code >> 4), digit(code & 0xf)];
                self.out.extend_from_slice(b"\\u00");
                return self.out.extend_from_slice(&digits);
            }
        };
        self.out.extend_from_slice(&[b'\\', letter]);
    }

    /// Writes a comma after an item or a member. No value ends in one of these two characters.
    fn comma(&mut self) {
        if !matches!(self.out.last(), Some(b'{' | b'[')) {
            self.out.push(b',');
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::*;

    fn written(escape: Escape, write: impl FnOnce(&mut Writer)) -> String {
        let mut writer = Writer::new(escape, 0);
        write(&mut writer);
        String::from_utf8(writer.into_bytes()).expect("UTF-8")
    }

    proptest! {
        #[test]
        fn text_and_integer_are_those_of_serde_json(text: String, number: i64) {
            let json = written(Escape::Required, |json| json.text(&text));
            prop_assert_eq!(json, serde_json::to_string(&text).unwrap());
            let json = written(Escape::Required, |json| json.integer(number));
            prop_assert_eq!(json, number.to_string());
        }
    }

    #[test]
    fn every_character_reads_back_and_controls_are_escaped() {
        for c in (0..0x300).chain([0xfffd, 0x1f600]).filter_map(char::from_u32) {
            let text = format!("{c}a{c}");
            for escape in [Escape::Required, Escape::Control] {
                let json = written(escape, |json| json.text(&text));
                assert_eq!(serde_json::from_str::<Value>(&json).unwrap(), text.as_str());
                assert!(escape == Escape::Required || !json.chars().any(char::is_control));
            }
        }
        for number in [0, 9, 10, -1, i64::MIN, i64::MAX] {
            assert_eq!(written(Escape::Required, |json| json.integer(number)), number.to_string());
        }
    }

    #[test]
    fn commas_separate_members_and_items_only() {
        let json = written(Escape::Required, |json| {
            json.object(|json| {
                json.key("a").list(&[1, 2], |json, n| json.integer(*n));
                json.key("b").list(&[], |json, n: &i64| json.integer(*n));
                json.key("c").object(|_| ());
                json.key("d").list(&["{", "["], |json, text| json.text(text));
                json.key("e").switch(true);
            });
        });
        assert_eq!(json, r#"{"a":[1,2],"b":[],"c":{},"d":["{","["],"e":true}"#);
    }
}
