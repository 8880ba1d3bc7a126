//! Limits of text: lengths are counted as the OAP counts them, in UTF-16 units, and cut at a
//! character.

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

/// What stands in the place of a value whose own formatting panicked.
pub(crate) const PANICKED: &str = "<panicked>";

/// The length of `text` in UTF-16 units.
pub(crate) fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// True if a name is empty or blank. The backend treats both as missing.
#[inline]
pub(crate) fn is_blank(name: &str) -> bool {
    name.chars().all(char::is_whitespace)
}

/// `name`, cut to `limit` and with control characters replaced by `_`: a name ends up in headers,
/// on pages and in terminals.
pub(crate) fn clean(name: &str, limit: usize) -> Cow<'_, str> {
    let name = cut(name, limit);
    // The control characters beyond ASCII begin with the byte c2. Without an early way out the loop
    // is one over whole vectors of bytes.
    if name.bytes().fold(false, |so_far, byte| so_far | matches!(byte, ..0x20 | 0x7f | 0xc2)) {
        Cow::Owned(name.chars().map(|c| if c.is_control() { '_' } else { c }).collect())
    } else {
        Cow::Borrowed(name)
    }
}

/// The name in at most so many UTF-16 units and bytes, shortened by [`storage::shorten`] if it has
/// more.
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

/// Formats `args` to the end of `out`, stopping its writer at `limit`. A panic in the value's own
/// code stays here and is counted.
pub(crate) fn format_into(out: &mut String, args: fmt::Arguments<'_>, limit: usize) {
    let from = out.len();
    if let Some(text) = args.as_str() {
        return out.push_str(cut(text, limit));
    }
    let mut writer = Limited { out: &mut *out, left: limit };
    // An error is the limit's, or the value's own: either way what stands there is good.
    if catch_panic(|| writer.write_fmt(args)).is_none() {
        diagnostics::count(Diagnostic::FormatPanicked);
        out.truncate(from);
        out.push_str(PANICKED);
    }
}

/// The same as a text of its own.
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
    fn control_characters_do_not_stay_in_a_name() {
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
    fn a_panic_while_formatting_stays_here() {
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
