//! Numbers and names of the protocol's enums.
//!
//! Messages hold enums as numbers, and an agent may send a number that this version of the protocol
//! doesn't define. Such a number has the name [`UNRECOGNIZED`].

use serde::{Deserialize, Deserializer};

/// A name of the protocol. serde takes a reference for borrowed data, but not this alias.
pub(crate) type Name = &'static str;

/// The name of a number that the protocol doesn't define.
pub(crate) const UNRECOGNIZED: &str = "UNRECOGNIZED";

pub(crate) const ENTRY: i32 = 0;
pub(crate) const EXIT: i32 = 1;
pub(crate) const LOCAL: i32 = 2;
pub(crate) const LAYER_DATABASE: i32 = 1;
pub(crate) const LAYER_RPC: i32 = 2;
pub(crate) const LAYER_HTTP: i32 = 3;
pub(crate) const LAYER_MQ: i32 = 4;
pub(crate) const LAYER_CACHE: i32 = 5;
pub(crate) const LAYER_FAAS: i32 = 6;
pub(crate) const LAYER_GENAI: i32 = 7;
pub(crate) const CROSS_PROCESS: i32 = 0;
pub(crate) const CROSS_THREAD: i32 = 1;

/// Returns the name of a span type.
pub(crate) fn span_type(number: i32) -> &'static str {
    match number {
        ENTRY => "Entry",
        EXIT => "Exit",
        LOCAL => "Local",
        _ => UNRECOGNIZED,
    }
}

/// Returns the name of a span layer.
pub(crate) fn span_layer(number: i32) -> &'static str {
    match number {
        0 => "Unknown",
        LAYER_DATABASE => "Database",
        LAYER_RPC => "RPCFramework",
        LAYER_HTTP => "Http",
        LAYER_MQ => "MQ",
        LAYER_CACHE => "Cache",
        LAYER_FAAS => "FAAS",
        LAYER_GENAI => "GenAI",
        _ => UNRECOGNIZED,
    }
}

/// Returns the name of a type of reference.
pub(crate) fn ref_type(number: i32) -> &'static str {
    match number {
        CROSS_PROCESS => "CrossProcess",
        CROSS_THREAD => "CrossThread",
        _ => UNRECOGNIZED,
    }
}

/// Reads the name of a span type.
pub(crate) fn read_span_type<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    read(from, span_type)
}

/// Reads the name of a span layer.
pub(crate) fn read_span_layer<'de, D: Deserializer<'de>>(
    from: D,
) -> Result<&'static str, D::Error> {
    read(from, span_layer)
}

/// Reads the name of a type of reference.
pub(crate) fn read_ref_type<'de, D: Deserializer<'de>>(from: D) -> Result<&'static str, D::Error> {
    read(from, ref_type)
}

/// Reads a name and returns the same name of the protocol, or [`UNRECOGNIZED`].
fn read<'de, D: Deserializer<'de>>(
    from: D,
    name: impl Fn(i32) -> &'static str,
) -> Result<&'static str, D::Error> {
    let read = String::deserialize(from)?;
    Ok((0..8).map(name).find(|known| *known == read).unwrap_or(UNRECOGNIZED))
}

#[cfg(test)]
mod tests {
    use skywalking_proto::v3;

    use super::*;

    #[test]
    fn names_equal_those_of_the_protocol() {
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
}
