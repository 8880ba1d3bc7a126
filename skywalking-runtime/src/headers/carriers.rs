//! Provided carriers: text of lines, maps and lists of pairs, and byte strings.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use crate::headers::carrier::{Extract, Inject};
use crate::headers::sw8;
use crate::headers::w3c::is_printable;
use crate::util::diagnostics::{self, Diagnostic};
use sealed::Value;

/// Reads headers from text: lines of `key:value`, split at the first colon, with names in any case.
/// Blanks around a value are skipped. A text of one word without a colon is the value of `sw8`.
///
/// [`Inject`] writes a plain trace as exactly `sw8:VALUE`, without a line end.
impl Extract for str {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        let line = self.lines().find_map(|line| value_of(line, key));
        line.or_else(|| if key == sw8::HEADER { bare_value(self) } else { None }).map(Cow::Borrowed)
    }
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let value = line.get(key.len()..)?.strip_prefix(':')?;
    line.get(..key.len()).filter(|name| name.eq_ignore_ascii_case(key)).map(|_| value.trim_ascii())
}

/// Trims a text, but keeps a line end before it: it distinguishes a line from a value.
pub(super) fn bare_text(text: &str) -> &str {
    text.trim_ascii_end().trim_start_matches([' ', '\t'])
}

/// Returns the text if it is a value of `sw8` without a name. An invalid value is returned too, so
/// that the reader rejects and counts it.
fn bare_value(text: &str) -> Option<&str> {
    let value = bare_text(text);
    let is_word =
        !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b':');
    is_word.then_some(value)
}

impl Extract for String {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.as_str().header(key)
    }
}

/// Returns true if a header can hold the value: visible ASCII. Counts other values.
pub(super) fn is_holdable(value: &str) -> bool {
    // Without an early return, so that the compiler vectorizes the loop.
    let holdable = !value.is_empty()
        && value.bytes().fold(true, |so_far, byte| so_far & byte.is_ascii_graphic());
    if !holdable {
        diagnostics::count(Diagnostic::HeaderRefused);
    }
    holdable
}

/// Returns true if the value can be added as a header of other tracers: visible ASCII and blanks.
/// Counts other values.
pub(super) fn is_addable(value: &str) -> bool {
    let addable = !value.is_empty() && is_printable(value);
    if !addable {
        diagnostics::count(Diagnostic::HeaderRefused);
    }
    addable
}

/// Removes the lines of a header. Returns true if there was one.
fn remove_lines(text: &mut String, key: &str) -> bool {
    let is_removed = text.lines().any(|line| value_of(line, key).is_some());
    if is_removed {
        let kept: Vec<_> = text.lines().filter(|line| value_of(line, key).is_none()).collect();
        *text = kept.join("\n");
    }
    is_removed
}

impl Inject for String {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if !is_holdable(value) {
            return;
        }
        if let Some(value) = bare_value(self) {
            // A second header follows, so the first one needs a name.
            *self = format!("{}:{value}", sw8::HEADER);
        }
        remove_lines(self, key);
        if !self.is_empty() && !self.ends_with('\n') {
            self.push('\n');
        }
        self.push_str(key);
        self.push(':');
        self.push_str(value);
    }

    fn remove_header(&mut self, key: &'static str) {
        if bare_value(self).is_some() {
            if key == sw8::HEADER {
                self.clear();
            }
            return;
        }
        if remove_lines(self, key) && bare_value(self).is_some() {
            // A line that is not a header must not become the value of `sw8`.
            self.insert(0, '\n');
        }
    }

    fn __empty() -> Option<Self> {
        Some(Self::new())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// The value type of a map or a list of pairs that is a carrier: `String`, or `Vec<u8>` or `Bytes`
/// as in Kafka and AMQP. Sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the value of a header",
    label = "expected `String`, `Vec<u8>` or `Bytes`",
    note = "for another type, write a closure: `skywalking_runtime::propagation::getter(|name| ..)` or `setter(|name, value| ..)`"
)]
pub trait PairValue: sealed::Value {}

mod sealed {
    use std::borrow::Cow;

    pub trait Value: Sized {
        fn as_text(&self) -> Cow<'_, str>;
        fn from_text(text: &str) -> Self;
    }
}

impl PairValue for String {}
impl PairValue for Vec<u8> {}
impl PairValue for bytes::Bytes {}

impl Value for String {
    fn as_text(&self) -> Cow<'_, str> {
        Cow::from(self)
    }

    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

impl Value for Vec<u8> {
    fn as_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }

    fn from_text(text: &str) -> Self {
        text.as_bytes().to_vec()
    }
}

impl Value for bytes::Bytes {
    fn as_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }

    fn from_text(text: &str) -> Self {
        Self::copy_from_slice(text.as_bytes())
    }
}

/// Implements both traits for a map. The maps of std have the same methods, but no common trait.
macro_rules! map {
    ($map:ty $(, $hasher:ident: $read:path, $write:path)?) => {
        impl<V: PairValue $(, $hasher: $read)?> Extract for $map {
            fn header(&self, key: &str) -> Option<Cow<'_, str>> {
                // Most names are in lower case. Of several other spellings the first in order is
                // used, which is the same in every process.
                let other = || self.iter().filter(|(name, _)| name.eq_ignore_ascii_case(key)).min_by_key(|(name, _)| *name);
                self.get(key).or_else(|| other().map(|(_, value)| value)).map(Value::as_text)
            }

            fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
                self.header(key)
            }
        }

        impl<V: PairValue $(, $hasher: $read + $write)?> Inject for $map {
            fn set_header(&mut self, key: &'static str, value: &str) {
                if is_holdable(value) {
                    self.remove_header(key);
                    self.insert(key.to_owned(), V::from_text(value));
                }
            }

            fn remove_header(&mut self, key: &'static str) {
                self.retain(|name, _| !name.eq_ignore_ascii_case(key));
            }

            fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
                // The program may write names in any case.
                let added = is_addable(value) && !self.keys().any(|name| name.eq_ignore_ascii_case(key));
                if added {
                    self.insert(key.to_owned(), V::from_text(value));
                }
                added
            }

            fn __empty() -> Option<Self> {
                Some(Self::default())
            }

            fn __is_empty(&self) -> bool {
                self.is_empty()
            }
        }
    };
}
map!(HashMap<String, V, S>, S: BuildHasher, Default);
map!(BTreeMap<String, V>);

impl<V: PairValue> Extract for Vec<(String, V)> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(key))
            .map(|(_, value)| value.as_text())
    }

    fn other_header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.header(key)
    }
}

impl<V: PairValue> Inject for Vec<(String, V)> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if is_holdable(value) {
            self.remove_header(key);
            self.push((key.to_owned(), V::from_text(value)));
        }
    }

    fn remove_header(&mut self, key: &'static str) {
        self.retain(|(name, _)| !name.eq_ignore_ascii_case(key));
    }

    fn add_other_header(&mut self, key: &'static str, value: &str) -> bool {
        let added =
            is_addable(value) && !self.iter().any(|(name, _)| name.eq_ignore_ascii_case(key));
        if added {
            self.push((key.to_owned(), V::from_text(value)));
        }
        added
    }

    fn __empty() -> Option<Self> {
        Some(Self::new())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}

#[cfg(test)]
mod tests;
