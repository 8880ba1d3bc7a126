//! Limits of text. Lengths are counted in UTF-16 units, as in the OAP, and texts are cut between
//! characters.

use std::borrow::Cow;
use std::fmt::{self, Write};

use skywalking_proto::storage;
pub(crate) use skywalking_proto::storage::{cut, cut_bytes};

use crate::util::catch_panic::catch_panic;
use crate::util::diagnostics::{self, Diagnostic};

/// Limits in UTF-16 units (`docs/protocol.md#name-limits`).
pub(crate) const NAME_LIMIT: usize = 150;
pub(crate) const PEER_LIMIT: usize = 200;
pub(crate) const TAG_LIMIT: usize = 2_048;
pub(crate) const STACK_LIMIT: usize = 4_000;
/// The body of a reported log.
pub(crate) const LOG_LIMIT: usize = 1_000_000;
pub(crate) const EVENT_TEXT_LIMIT: usize = 200;
pub(crate) const EVENT_MESSAGE_LIMIT: usize = 2_000;
/// The parameters of an event as JSON.
#[cfg_attr(not(feature = "agent"), allow(dead_code))]
pub(crate) const EVENT_PARAMETERS_LIMIT: usize = 4_000;

/// The replacement of a value that panicked while it was formatted.
pub(crate) const PANICKED: &str = "<panicked>";

/// Returns the length of `text` in UTF-16 units.
pub(crate) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// Returns true if a name is empty or blank. The backend treats both as missing.
#[inline]
pub(crate) fn is_blank(name: &str) -> bool {
    name.chars().all(char::is_whitespace)
}

/// Cuts a name to `limit` and replaces control characters by `_`, since a name ends up in headers,
/// on pages and in terminals.
pub(crate) fn clean(name: &str, limit: usize) -> Cow<'_, str> {
    let name = cut(name, limit);
    // Control characters beyond ASCII begin with the byte c2. The loop has no early return, so that
    // the compiler vectorizes it.
    if name.bytes().fold(false, |so_far, byte| so_far | matches!(byte, ..0x20 | 0x7f | 0xc2)) {
        Cow::Owned(name.chars().map(|c| if c.is_control() { '_' } else { c }).collect())
    } else {
        Cow::Borrowed(name)
    }
}

/// Shortens a name with [`storage::shorten`] if it has more UTF-16 units or bytes than this.
#[inline]
pub(crate) fn within(name: Cow<'_, str>, units: usize, bytes: usize) -> Cow<'_, str> {
    match storage::shorten(&name, units, bytes) {
        Cow::Borrowed(_) => name,
        Cow::Owned(short) => Cow::Owned(short),
    }
}

/// Appends the cleaned name.
pub(crate) fn push_name(out: &mut String, name: &str, limit: usize) {
    out.push_str(&clean(name, limit));
}

/// Appends formatted `args` to `out`, up to `limit`. A panic of the value's code is caught and
/// counted.
pub(crate) fn format_into(out: &mut String, args: fmt::Arguments<'_>, limit: usize) {
    let from = out.len();
    if let Some(text) = args.as_str() {
        return out.push_str(cut(text, limit));
    }
    let mut writer = Limited { out: &mut *out, left: limit };
    // An error comes from the limit or from the value itself. The text up to it is valid.
    if catch_panic(|| writer.write_fmt(args)).is_none() {
        diagnostics::count(Diagnostic::FormatPanicked);
        out.truncate(from);
        out.push_str(PANICKED);
    }
}

/// Appends the value of a field, up to `limit` UTF-16 units, or up to what fits in a tag if `limit`
/// is 0. For bridges from other tracing libraries.
pub fn format_value(out: &mut String, value: fmt::Arguments<'_>, limit: usize) {
    format_into(out, value, if limit == 0 { TAG_LIMIT } else { limit });
}

/// Formats a value to a new text.
pub(crate) fn formatted(value: &dyn fmt::Display, limit: usize) -> String {
    let mut out = String::new();
    format_into(&mut out, format_args!("{value}"), limit);
    out
}

struct Limited<'a> {
    out: &'a mut String,
    left: usize,
}

impl Write for Limited<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let fits = cut(text, self.left);
        self.out.push_str(fits);
        self.left -= if fits.is_ascii() { fits.len() } else { units(fits) }.min(self.left);
        if fits.len() == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_in_a_name_are_replaced() {
        let mut out = String::new();
        push_name(&mut out, "a\nb\u{1b}[0m\u{85}c 键", NAME_LIMIT);
        assert_eq!(out, "a_b_[0m_c 键");
    }

    #[test]
    fn formatting_stops_at_the_limit() {
        struct Endless;
        impl fmt::Display for Endless {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                loop {
                    f.write_str("0123456789")?;
                }
            }
        }
        let mut out = String::from("> ");
        format_into(&mut out, format_args!("{Endless}"), 25);
        assert_eq!(out, "> 0123456789012345678901234");
    }

    #[test]
    fn panic_while_formatting_is_caught() {
        struct Bad;
        impl fmt::Display for Bad {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("half")?;
                panic!("on purpose")
            }
        }
        let mut out = String::from("> ");
        format_into(&mut out, format_args!("{Bad}"), 100);
        assert_eq!(out, "> <panicked>");
    }
}
