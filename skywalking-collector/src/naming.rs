//! Names and ids of services, as the OAP stores them (`docs/protocol.md#names-and-ids`).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The longest name of a service or an instance, in UTF-16 units.
const MAX_NAME_UNITS: usize = 70;
/// The longest name of an endpoint, in UTF-16 units.
const MAX_ENDPOINT_UNITS: usize = 150;
/// The name of the node for an unknown caller.
pub(crate) const USER: &str = "User";
/// The name that the OAP uses in place of a blank one.
const BLANK: &str = "_blank";

/// Whether a service reports itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum ServiceKind {
    /// Derived from the peer of a call. It never reports.
    Guessed,
    /// Reports, or is expected to report.
    Normal,
}

/// Returns the name cut to the OAP's limit. Stored segments keep the whole name.
pub(crate) fn truncated(name: &str) -> &str {
    cut(name, MAX_NAME_UNITS)
}

/// Returns the text cut to a number of UTF-16 units.
pub(crate) fn cut(text: &str, max_units: usize) -> &str {
    // A text has at least as many bytes as UTF-16 units, so most texts return here.
    if text.len() <= max_units {
        return text;
    }
    let mut units = 0;
    for (at, character) in text.char_indices() {
        units += character.len_utf16();
        if units > max_units {
            return &text[..at];
        }
    }
    text
}

/// Returns the name of an endpoint that is shown: cut to the OAP's limit, or `_blank` if it is
/// blank.
pub(crate) fn endpoint_name(name: &str) -> &str {
    if name.trim().is_empty() { BLANK } else { cut(name, MAX_ENDPOINT_UNITS) }
}

/// Returns the name that is shown: cut to the OAP's limit, or `_blank` if it is blank.
pub(crate) fn display_name(name: &str) -> &str {
    if name.trim().is_empty() { BLANK } else { truncated(name) }
}

/// Returns a service's id: the Base64 of its name, then `.1` for a normal service or `.0` for a
/// guessed one.
pub(crate) fn service_id(name: &str, kind: ServiceKind) -> String {
    let mut id = STANDARD.encode(name);
    id.push_str(match kind {
        ServiceKind::Normal => ".1",
        ServiceKind::Guessed => ".0",
    });
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_cut_to_70_utf16_units_between_characters() {
        assert_eq!(truncated("RTS_Test"), "RTS_Test");
        assert_eq!(truncated(&"a".repeat(71)), "a".repeat(70));
        assert_eq!(truncated(&"ü".repeat(70)), "ü".repeat(70));
        assert_eq!(truncated(&"🦀".repeat(36)), "🦀".repeat(35));
        assert_eq!(truncated(&format!("a{}", "🦀".repeat(36))), format!("a{}", "🦀".repeat(34)));
    }

    #[test]
    fn ids_equal_those_of_the_oap() {
        assert_eq!(service_id("User", ServiceKind::Guessed), "VXNlcg==.0");
        assert_eq!(service_id("RTS_Test", ServiceKind::Normal), "UlRTX1Rlc3Q=.1");
        assert_eq!(display_name("  "), "_blank");
    }
}
