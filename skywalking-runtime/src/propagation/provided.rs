//! Carriers that are provided: text of lines, maps and lists of pairs, byte strings, and `http::HeaderMap`.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use super::carrier::{Extract, Inject};
use crate::trace::tally::{self, Reason};

/// Headers as text: lines of `key:value`, split at the first colon. A plain trace is exactly `sw8:VALUE`, without a line end.
impl Extract for str {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.lines().find_map(|line| value_of(line, key)).map(Cow::Borrowed)
    }
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    line.strip_prefix(key)?.strip_prefix(':')
}

impl Extract for String {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.as_str().header(key)
    }
}

/// True if a header can hold the value: visible ASCII. Counts if not.
fn is_holdable(value: &str) -> bool {
    // Without an early way out the loop is one over whole vectors of bytes.
    let holdable = !value.is_empty() && value.bytes().fold(true, |so_far, byte| so_far & byte.is_ascii_graphic());
    if !holdable {
        tally::count(Reason::HeaderRefused);
    }
    holdable
}

impl Inject for String {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if !is_holdable(value) {
            return;
        }
        self.remove_header(key);
        if !self.is_empty() && !self.ends_with('\n') {
            self.push('\n');
        }
        self.push_str(key);
        self.push(':');
        self.push_str(value);
    }

    fn remove_header(&mut self, key: &'static str) {
        if self.header(key).is_none() {
            return;
        }
        let kept: Vec<_> = self.lines().filter(|line| value_of(line, key).is_none()).collect();
        *self = kept.join("\n");
    }

    fn __empty() -> Option<Self> {
        Some(Self::new())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl<S: BuildHasher> Extract for HashMap<String, String, S> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.get(key).map(Cow::from)
    }
}

impl<S: BuildHasher + Default> Inject for HashMap<String, String, S> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if is_holdable(value) {
            self.insert(key.to_owned(), value.to_owned());
        }
    }

    fn remove_header(&mut self, key: &'static str) {
        self.remove(key);
    }

    fn __empty() -> Option<Self> {
        Some(Self::default())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}

impl Extract for BTreeMap<String, String> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.get(key).map(Cow::from)
    }
}

impl Inject for BTreeMap<String, String> {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if is_holdable(value) {
            self.insert(key.to_owned(), value.to_owned());
        }
    }

    fn remove_header(&mut self, key: &'static str) {
        self.remove(key);
    }

    fn __empty() -> Option<Self> {
        Some(Self::new())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}

/// A value that a list of pairs holds: text, or bytes as Kafka and AMQP have them.
pub trait PairValue: Sized {
    #[doc(hidden)]
    fn as_text(&self) -> Cow<'_, str>;
    #[doc(hidden)]
    fn from_text(text: &str) -> Self;
}

impl PairValue for String {
    fn as_text(&self) -> Cow<'_, str> {
        Cow::from(self)
    }

    fn from_text(text: &str) -> Self {
        text.to_owned()
    }
}

impl PairValue for Vec<u8> {
    fn as_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }

    fn from_text(text: &str) -> Self {
        text.as_bytes().to_vec()
    }
}

impl PairValue for bytes::Bytes {
    fn as_text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(self)
    }

    fn from_text(text: &str) -> Self {
        Self::copy_from_slice(text.as_bytes())
    }
}

impl<V: PairValue> Extract for Vec<(String, V)> {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.iter().find(|(k, _)| k == key).map(|(_, value)| value.as_text())
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
        self.retain(|(k, _)| k != key);
    }

    fn __empty() -> Option<Self> {
        Some(Self::new())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}

#[cfg(feature = "carrier-http")]
impl Extract for http::HeaderMap {
    fn header(&self, key: &str) -> Option<Cow<'_, str>> {
        self.get(key).map(|value| String::from_utf8_lossy(value.as_bytes()))
    }
}

#[cfg(feature = "carrier-http")]
impl Inject for http::HeaderMap {
    fn set_header(&mut self, key: &'static str, value: &str) {
        if !is_holdable(value) {
            return;
        }
        match (http::HeaderName::from_bytes(key.as_bytes()), http::HeaderValue::from_str(value)) {
            (Ok(name), Ok(value)) => {
                self.insert(name, value);
            }
            _ => tally::count(Reason::HeaderRefused),
        }
    }

    fn remove_header(&mut self, key: &'static str) {
        self.remove(key);
    }

    fn __empty() -> Option<Self> {
        Some(Self::new())
    }

    fn __is_empty(&self) -> bool {
        self.is_empty()
    }
}
