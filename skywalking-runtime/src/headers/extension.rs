//! The header `sw8-x` (`docs/protocol.md#header-sw8-x`): optional fields joined by `-`. Two of
//! them have a meaning.
//!
//! The first is the tracing mode. `1` excludes the trace from metrics, and is propagated. The
//! second is the time at which a producer sent a message, in milliseconds since 1970. The consumer
//! records the latency. Further fields are ignored.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::util::diagnostics::{self, Diagnostic};

pub(crate) use crate::config::storage::LATENCY;

/// The header's name.
pub(crate) const HEADER: &str = "sw8-x";

/// The longest header that is read. Two fields need less than twenty characters.
pub(crate) const LIMIT: usize = 256;

/// The fields of the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Extension {
    /// Whether the OAP stores the trace without metrics.
    pub(crate) skip_analysis: bool,
    /// When the message was sent, in milliseconds since 1970.
    pub(crate) sent: Option<u64>,
}

impl Extension {
    /// Reads a header. An invalid field is left out and counted; the other one is used.
    pub(crate) fn read(header: &str) -> Self {
        let (extension, unreadable) = Self::parse(header);
        if unreadable > 0 {
            diagnostics::count_many(Diagnostic::ExtensionField, unreadable);
        }
        extension
    }

    /// Reads a header, and returns the number of invalid fields.
    pub(crate) fn parse(header: &str) -> (Self, u64) {
        let mut extension = Self::default();
        if header.len() > LIMIT {
            return (extension, 1);
        }
        // The Java agent writes a blank for an absent field.
        let mut fields = header.split('-').map(str::trim);
        let mut unreadable = 0;
        match fields.next().unwrap_or_default() {
            "" | "0" => {}
            "1" => extension.skip_analysis = true,
            _ => unreadable += 1,
        }
        match fields.next().unwrap_or_default() {
            "" => {}
            time => match milliseconds(time) {
                Some(time) => extension.sent = Some(time),
                None => unreadable += 1,
            },
        }
        (extension, unreadable)
    }

    /// Returns the header's value, or an empty text if all fields are absent.
    pub(crate) fn write(self) -> String {
        let mode = if self.skip_analysis { '1' } else { '0' };
        match self.sent {
            Some(time) => format!("{mode}-{time}"),
            None if self.skip_analysis => "1-".to_owned(),
            None => String::new(),
        }
    }

    /// Returns the latency of the message in milliseconds, or 0 if the sender's clock is ahead.
    pub(crate) fn latency(self) -> Option<u64> {
        self.sent.zip(now()).map(|(sent, now)| now.saturating_sub(sent))
    }
}

/// Parses a time: digits only, and not 0. It fits an `i64`, which the OAP and the Java agent use.
fn milliseconds(field: &str) -> Option<u64> {
    let digits = field.bytes().all(|byte| byte.is_ascii_digit());
    field.parse().ok().filter(|time| digits && *time > 0 && i64::try_from(*time).is_ok())
}

pub(crate) fn now() -> Option<u64> {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| u64::try_from(since.as_millis()).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(skip_analysis: bool, sent: Option<u64>) -> (Extension, u64) {
        (Extension { skip_analysis, sent }, 0)
    }

    #[test]
    fn fields_can_be_absent_blank_or_unknown() {
        assert_eq!(Extension::parse(""), read(false, None));
        assert_eq!(Extension::parse("0- "), read(false, None));
        assert_eq!(Extension::parse("0-"), read(false, None));
        assert_eq!(Extension::parse("-"), read(false, None));
        assert_eq!(Extension::parse("1"), read(true, None));
        assert_eq!(Extension::parse("1- "), read(true, None));
        assert_eq!(Extension::parse("-1700000000000"), read(false, Some(1_700_000_000_000)));
        assert_eq!(Extension::parse("0-1700000000000"), read(false, Some(1_700_000_000_000)));
        assert_eq!(
            Extension::parse("1-1700000000000-later-fields"),
            read(true, Some(1_700_000_000_000))
        );
    }

    #[test]
    fn invalid_field_is_left_out_and_the_other_one_used() {
        assert_eq!(Extension::parse("2-5"), (Extension { skip_analysis: false, sent: Some(5) }, 1));
        for time in ["x", "1.5", "+5", "0", "9223372036854775808", "99999999999999999999", "１"] {
            assert_eq!(
                Extension::parse(&format!("1-{time}")),
                (Extension { skip_analysis: true, sent: None }, 1),
                "{time}"
            );
        }
        assert_eq!(Extension::parse("true-now"), (Extension::default(), 2));
        assert_eq!(
            Extension::parse(&format!("1-5-{}", "x".repeat(LIMIT))),
            (Extension::default(), 1)
        );
    }

    #[test]
    fn time_in_the_future_gives_zero_latency() {
        let late = Extension { skip_analysis: false, sent: Some(u64::MAX / 2) };
        assert_eq!(late.latency(), Some(0));
        assert_eq!(Extension::default().latency(), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(header in ".{0,40}|[01-9-]{0,40}") {
            Extension::parse(&header);
        }

        #[test]
        fn fields_survive_a_round_trip(skip_analysis: bool, sent in proptest::option::of(1..=i64::MAX.cast_unsigned())) {
            let extension = Extension { skip_analysis, sent };
            let header = extension.write();
            prop_assert!(header.bytes().all(|byte| byte.is_ascii_graphic()));
            prop_assert_eq!(Extension::parse(&header), (extension, 0));
        }
    }
}
