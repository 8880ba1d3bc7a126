//! The limits of the OAP's SQL storage, and how texts are shortened to fit.
//!
//! The OAP stores names as parts of ids. An id is Base64 of UTF-8, so the length in **bytes** counts:
//! a service is `b64(service).1`, an endpoint `b64(service).1_b64(endpoint)`, an instance likewise.
//! The database refuses a row that does not fit its column, together with its whole batch, which has
//! rows of other services. The OAP has answered the report with success before.
//!
//! The column lengths are those of an OAP 10.4 on PostgreSQL:
//!
//! | column | characters | limit |
//! | --- | --- | --- |
//! | a service's id | 200 | a service has at most 147 bytes |
//! | an endpoint or an instance in a relation | 250 | see [`name_bytes`] |
//! | an endpoint in a segment, or as the subject of a metric | 512 | see [`endpoint_bytes`] |
//! | the address of an alias, and its id | 200, 512 | see [`peer_fits`] |
//! | a slow statement | 2000 | see [`tag_limit`] |
//!
//! Elasticsearch and `BanyanDB` have no such limits.
//!
//! ```
//! use skywalking_proto::storage;
//!
//! assert_eq!(storage::name_bytes("web".len()), 180);
//! let name = "键".repeat(61);
//! let stored = storage::shorten(&name, 150, storage::name_bytes("web".len()));
//! assert_eq!(stored, format!("{}-433d9d96", "键".repeat(57)));
//! ```

use std::borrow::Cow;

mod logic_endpoint;

pub use logic_endpoint::LogicEndpoint;

/// The maximum length of a service name in bytes. Its id has at most 200 characters.
pub const SERVICE_BYTES: usize = 147;

/// The column of an endpoint or an instance, on either side of a relation.
const RELATION_ID: usize = 250;
/// The column of any other id.
const ID: usize = 512;
/// The OAP cuts the names of services and instances to this length. A character outside of the BMP
/// counts as two units.
const CUT_UNITS: usize = 70;
/// The maximum length of an address in UTF-16 units.
const ADDRESS_UNITS: usize = 200;
/// The length of `-` and eight hexadecimal digits.
const HASH: usize = 9;

/// Returns the maximum length in bytes of the name of an endpoint or instance whose service has
/// `service` bytes.
#[inline]
pub const fn name_bytes(service: usize) -> usize {
    within(RELATION_ID, service)
}

/// Returns the maximum length in bytes of the name of an endpoint that has no relations.
#[inline]
pub const fn endpoint_bytes(service: usize) -> usize {
    within(ID, service)
}

/// Returns the bytes, before Base64, that fit in an id after `b64(service).1_`.
const fn within(id: usize, service: usize) -> usize {
    id.saturating_sub(service.div_ceil(3) * 4 + ".1_".len()) / 4 * 3
}

/// The maximum length in bytes of a peer that always fits: as a service, as the instance of that
/// service, and as an address.
pub const PEER_BYTES: usize = {
    // `b64(peer).0_b64(peer)` is the instance of a peer that has no alias.
    let half = (RELATION_ID - ".0_".len()) / 2;
    half / 4 * 3
};

/// Returns true if the peer can be stored as an address, as a service and as an instance. The OAP
/// cuts the latter two to 70 UTF-16 units.
#[inline]
pub fn peer_fits(peer: &str) -> bool {
    peer.len() <= PEER_BYTES || long_peer_fits(peer)
}

fn long_peer_fits(peer: &str) -> bool {
    let is_short = peer.len() <= ID / 4 * 3 && cut(peer, ADDRESS_UNITS).len() == peer.len();
    is_short && cut(peer, CUT_UNITS).len() <= PEER_BYTES
}

/// The limit of a tag value that the OAP turns into a name or a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TagLimit {
    /// Bytes of a value that becomes part of a name. The OAP itself cuts longer ASCII values.
    Bytes(usize),
    /// UTF-16 units of a value that becomes part of a statement.
    Units(usize),
}

/// Returns the limit of the tag's value, or `None` if the key has none.
pub fn tag_limit(key: &str) -> Option<TagLimit> {
    match key {
        // The OAP joins them with a blank into a slow statement, and does not cut it.
        "cache.cmd" => Some(TagLimit::Units(98)),
        "cache.key" => Some(TagLimit::Units(1_900)),
        // The OAP joins them with `/` into an endpoint of the peer.
        "mq.topic" | "mq.queue" => Some(TagLimit::Bytes(endpoint_bytes(PEER_BYTES) / 2 - 1)),
        // The OAP appends `-local` for the service of a cache without a peer.
        "cache.type" => Some(TagLimit::Bytes(SERVICE_BYTES - "-local".len())),
        "gen_ai.provider.name" => Some(TagLimit::Bytes(SERVICE_BYTES)),
        _ => None,
    }
}

impl TagLimit {
    /// Returns true if the value fits.
    pub fn holds(self, value: &str) -> bool {
        match self {
            Self::Bytes(bytes) => value.len() <= bytes || value.is_ascii(),
            Self::Units(units) => cut(value, units).len() == value.len(),
        }
    }

    /// Shortens the value until it fits.
    pub fn fit(self, value: &str) -> Cow<'_, str> {
        match self {
            _ if self.holds(value) => Cow::Borrowed(value),
            Self::Bytes(bytes) => shorten(value, usize::MAX, bytes),
            Self::Units(units) => Cow::Borrowed(cut(value, units)),
        }
    }
}

/// Returns the text if it fits both limits. Otherwise returns its beginning, cut at a character,
/// and a hash of the whole text. Different names stay different, and every process shortens a name
/// to the same result.
#[inline]
pub fn shorten(text: &str, units: usize, bytes: usize) -> Cow<'_, str> {
    let fits = text.len() <= bytes && cut(text, units).len() == text.len();
    if fits { Cow::Borrowed(text) } else { Cow::Owned(hashed(text, units, bytes)) }
}

/// Returns the peer, shortened if it does not fit.
#[inline]
pub fn shorten_peer(peer: &str) -> Cow<'_, str> {
    if peer_fits(peer) { Cow::Borrowed(peer) } else { shorten(peer, ADDRESS_UNITS, PEER_BYTES) }
}

#[cold]
fn hashed(text: &str, units: usize, bytes: usize) -> String {
    let beginning = cut_bytes(cut(text, units.saturating_sub(HASH)), bytes.saturating_sub(HASH));
    format!("{beginning}-{:08x}", fnv1a(text.as_bytes()))
}

/// FNV-1a of 32 bits. The standard hasher does not promise the same result in every process and
/// version.
fn fnv1a(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Returns the longest beginning of `text` that has at most `limit` UTF-16 units.
#[inline]
pub fn cut(text: &str, limit: usize) -> &str {
    // A character has at least as many bytes as UTF-16 units.
    if text.len() <= limit { text } else { cut_long(text, limit) }
}

#[cold]
fn cut_long(text: &str, limit: usize) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > limit
    });
    end.and_then(|(at, _)| text.get(..at)).unwrap_or(text)
}

/// Returns the longest beginning of `text` that has at most `limit` bytes.
pub fn cut_bytes(text: &str, limit: usize) -> &str {
    let end = (0..=limit.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}

/// Replaces a character that storage rejects.
pub const REPLACEMENT: char = char::REPLACEMENT_CHARACTER;

/// Returns true for U+0000, the only character that a text in `PostgreSQL` cannot contain. The
/// database rejects a row with it together with its batch. It stores all other control characters.
/// Text in UTF-8 has no lone surrogates.
#[inline]
pub const fn is_refused(c: char) -> bool {
    c == '\0'
}

/// Returns true if storage accepts each character of the text.
///
/// Most texts are keys and values of tags, with 4 to 20 bytes. Reading them word by word takes a
/// third of the instructions of `contains` and of the crate `memchr`, which read single bytes below
/// 16.
#[inline]
pub fn is_storable(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.len() {
        ..8 => bytes.iter().all(|byte| *byte != 0),
        8..64 => {
            let (words, _) = bytes.as_chunks::<8>();
            let last = bytes.last_chunk::<8>();
            words.iter().chain(last).all(|word| !has_zero(u64::from_le_bytes(*word)))
        }
        _ => !bytes.contains(&0),
    }
}

/// Returns true if one of the bytes is 0 (Mycroft's test).
const fn has_zero(word: u64) -> bool {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    word.wrapping_sub(ONES) & !word & (ONES << 7) != 0
}

/// Returns the text with each rejected character replaced.
#[inline]
pub fn storable(text: &str) -> Cow<'_, str> {
    if is_storable(text) { Cow::Borrowed(text) } else { Cow::Owned(replaced(text)) }
}

#[cold]
fn replaced(text: &str) -> String {
    text.chars().map(|c| if is_refused(c) { REPLACEMENT } else { c }).collect()
}

#[cfg(test)]
mod tests;
