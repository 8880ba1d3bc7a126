//! Limits and lengths of texts, and quotes of untrusted texts in messages.

/// The length of the columns for trace and segment ids in the OAP's SQL storage.
pub(super) const ID_CHARACTERS: usize = 150;
/// The limit of agents for services and instances, in UTF-16 units, as all limits below. The OAP
/// cuts at 70.
pub(super) const NAME_UNITS: usize = 50;
/// The limit of operation names and endpoints.
pub(super) const OPERATION_UNITS: usize = 150;
/// The limit of peers.
pub(super) const PEER_UNITS: usize = 200;
/// The limit of tag values.
pub(super) const TAG_UNITS: usize = 2_048;
/// The limit of the field `stack` of a log.
pub(super) const STACK_UNITS: usize = 4_000;

/// Returns the length in UTF-16 units, as the OAP counts.
pub(super) fn units(text: &str) -> usize {
    // A text never has fewer bytes than UTF-16 units, so most texts need no count.
    if text.len() <= NAME_UNITS { text.len() } else { text.encode_utf16().count() }
}

/// Returns the length in characters, as SQL columns count.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

pub(super) fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

pub(super) fn is_visible_ascii(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Returns the text quoted, escaped and cut to 60 characters.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{:?}", format!("{}…", &text[..at])),
        None => format!("{text:?}"),
    }
}

/// Returns at most this many characters.
pub(super) fn short(text: &str, characters: usize) -> String {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at]).to_owned()
}
