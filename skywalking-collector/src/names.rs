//! Names as the OAP keeps them (`docs/protocol.md#names-and-ids`) and the wire's names of enums.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// Names of services and instances are cut to this many UTF-16 units.
const NAME_UNITS: usize = 70;
/// What a blank name is called inside ids.
const BLANK: &str = "_blank";

/// Whether a service reported itself (or stands for something that could), or was guessed from a
/// peer that never will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Nature {
    Guessed,
    Normal,
}

/// A name cut as the OAP cuts it. The stored segment keeps the uncut text.
pub(crate) fn cut(name: &str) -> &str {
    // Bytes are never fewer than UTF-16 units, so nearly every name is done here.
    if name.len() <= NAME_UNITS {
        return name;
    }
    let mut units = 0;
    for (at, character) in name.char_indices() {
        units += character.len_utf16();
        if units > NAME_UNITS {
            return &name[..at];
        }
    }
    name
}

/// A service's name as it is shown: cut, and `_blank` if there is none.
pub(crate) fn service(name: &str) -> &str {
    if name.trim().is_empty() { BLANK } else { cut(name) }
}

/// A service's id: Base64 of its name, then `.1` if it is a normal service, `.0` if not.
pub(crate) fn service_id(name: &str, nature: Nature) -> String {
    let mut id = STANDARD.encode(name);
    id.push_str(match nature {
        Nature::Normal => ".1",
        Nature::Guessed => ".0",
    });
    id
}

/// What enums are called whose number this protocol does not know.
pub(crate) const UNRECOGNIZED: &str = "UNRECOGNIZED";

pub(crate) const ENTRY: i32 = 0;
pub(crate) const EXIT: i32 = 1;
pub(crate) const LAYER_RPC: i32 = 2;
pub(crate) const LAYER_HTTP: i32 = 3;
pub(crate) const LAYER_MQ: i32 = 4;
pub(crate) const LAYER_CACHE: i32 = 5;
pub(crate) const LAYER_FAAS: i32 = 6;
pub(crate) const CROSS_PROCESS: i32 = 0;

pub(crate) fn span_type(number: i32) -> &'static str {
    match number {
        ENTRY => "Entry",
        EXIT => "Exit",
        2 => "Local",
        _ => UNRECOGNIZED,
    }
}

pub(crate) fn span_layer(number: i32) -> &'static str {
    match number {
        0 => "Unknown",
        1 => "Database",
        LAYER_RPC => "RPCFramework",
        LAYER_HTTP => "Http",
        LAYER_MQ => "MQ",
        LAYER_CACHE => "Cache",
        LAYER_FAAS => "FAAS",
        7 => "GenAI",
        _ => UNRECOGNIZED,
    }
}

pub(crate) fn ref_type(number: i32) -> &'static str {
    match number {
        CROSS_PROCESS => "CrossProcess",
        1 => "CrossThread",
        _ => UNRECOGNIZED,
    }
}

/// A stranger's text for a message: quoted, escaped, and no longer than a line can bear.
pub(crate) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    format!("{:?}", short(text, SHOWN))
}

/// At most so many characters of a text.
pub(crate) fn short(text: &str, shown: usize) -> String {
    match text.char_indices().nth(shown) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use skywalking_proto::v3;

    use super::*;

    #[test]
    fn names_are_cut_to_seventy_utf16_units_and_never_inside_a_character() {
        assert_eq!(cut("RTS_Test"), "RTS_Test");
        assert_eq!(cut(&"a".repeat(71)), "a".repeat(70));
        assert_eq!(cut(&"ü".repeat(70)), "ü".repeat(70));
        assert_eq!(cut(&"🦀".repeat(36)), "🦀".repeat(35));
        assert_eq!(cut(&format!("a{}", "🦀".repeat(36))), format!("a{}", "🦀".repeat(34)));
    }

    #[test]
    fn ids_are_those_of_the_oap() {
        assert_eq!(service_id("User", Nature::Guessed), "VXNlcg==.0");
        assert_eq!(service_id("RTS_Test", Nature::Normal), "UlRTX1Rlc3Q=.1");
        assert_eq!(service("  "), "_blank");
    }

    #[test]
    fn enums_are_called_as_on_the_wire() {
        for kind in [v3::SpanType::Entry, v3::SpanType::Exit, v3::SpanType::Local] {
            assert_eq!(span_type(kind as i32), kind.as_str_name());
        }
        for layer in 0..8 {
            let known = v3::SpanLayer::try_from(layer).expect("0..=7 are the layers");
            assert_eq!(span_layer(layer), known.as_str_name());
        }
        for kind in [v3::RefType::CrossProcess, v3::RefType::CrossThread] {
            assert_eq!(ref_type(kind as i32), kind.as_str_name());
        }
        assert_eq!(
            (span_type(3), span_layer(8), ref_type(-1)),
            (UNRECOGNIZED, UNRECOGNIZED, UNRECOGNIZED)
        );
    }

    #[test]
    fn a_strangers_text_is_quoted_escaped_and_short() {
        assert_eq!(quoted("a\x1b[31m"), r#""a\u{1b}[31m""#);
        assert_eq!(quoted(&"é".repeat(1_000_000)).chars().count(), 63);
    }
}
