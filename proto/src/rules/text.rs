//! How texts are counted, and how a stranger's text is quoted.

/// Trace and segment ids are columns of this many characters in the OAP's SQL storage.
pub(super) const ID_CHARACTERS: usize = 150;
/// Services and instances, in UTF-16 units as all below: what agents keep to. The OAP cuts at 70.
pub(super) const NAME_UNITS: usize = 50;
/// Operation names and endpoints.
pub(super) const OPERATION_UNITS: usize = 150;
/// Addresses.
pub(super) const PEER_UNITS: usize = 200;
/// Values of tags.
pub(super) const TAG_UNITS: usize = 2_048;
/// The field `stack` of a log.
pub(super) const STACK_UNITS: usize = 4_000;

/// The length in UTF-16 units, as the OAP counts.
pub(super) fn units(text: &str) -> usize {
    // Bytes are never fewer than UTF-16 units, so nearly every text is counted here.
    if text.len() <= NAME_UNITS { text.len() } else { text.encode_utf16().count() }
}

/// The length in characters, as SQL columns count.
pub(super) fn characters(text: &str) -> usize {
    text.chars().count()
}

pub(super) fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

pub(super) fn is_visible_ascii(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Quoted, escaped, and no longer than a line can bear.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 60;
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{:?}", format!("{}…", &text[..at])),
        None => format!("{text:?}"),
    }
}

/// At most so many characters.
pub(super) fn short(text: &str, characters: usize) -> String {
    text.char_indices().nth(characters).map_or(text, |(at, _)| &text[..at]).to_owned()
}
