//! Decodes standard Base64 (RFC 4648, section 4).
//!
//! The parts of `sw8` are short, and each request has six of them, so this avoids the setup of a
//! general engine. Only the canonical form is accepted: whole groups of four, padding at the end,
//! spare bits zero. Encoding is done elsewhere.

/// The bits of each character at each position of its group of 24 bits.
#[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
static BITS: [[u32; 256]; 4] = {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut table = [[NONE; 256]; 4];
    let mut bits = 0;
    while bits < 64 {
        let character = alphabet[bits as usize] as usize;
        table[0][character] = bits << 18;
        table[1][character] = bits << 12;
        table[2][character] = bits << 6;
        table[3][character] = bits;
        bits += 1;
    }
    table
};

/// Marks an invalid character. The bit is above those of a group, and survives a bitwise or.
const NONE: u32 = 1 << 31;

/// What the decoded bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bytes {
    /// Visible ASCII.
    Visible,
    Other,
}

/// Decodes a group to three bytes. Contains `NONE` if a character is invalid.
#[inline]
#[expect(clippy::indexing_slicing, reason = "each table has a place for each byte")]
fn three_bytes([a, b, c, d]: [u8; 4]) -> u32 {
    let [first, second, third, fourth] = &BITS;
    first[usize::from(a)] | second[usize::from(b)] | third[usize::from(c)] | fourth[usize::from(d)]
}

/// Splits a text into its whole groups and the last one: its bytes from the top of 24 bits, and
/// their number.
#[inline]
fn groups(text: &[u8]) -> Option<(&[[u8; 4]], u32, usize)> {
    let (groups, rest) = text.as_chunks::<4>();
    let (last, whole) = groups.split_last()?;
    let (last, length) = match *last {
        [a, b, b'=', b'='] => ([a, b, b'A', b'A'], 1),
        [a, b, c, b'='] => ([a, b, c, b'A'], 2),
        all => (all, 3),
    };
    let bytes = three_bytes(last);
    let spare = bytes & (0xff_ffff >> (8 * length));
    (rest.is_empty() && bytes & NONE == 0 && spare == 0).then_some((whole, bytes, length))
}

/// Returns true if the text is canonical Base64.
pub(crate) fn is_canonical(text: &[u8]) -> bool {
    text.is_empty()
        || groups(text).is_some_and(|(whole, ..)| {
            whole.iter().fold(0, |all, group| all | three_bytes(*group)) & NONE == 0
        })
}

/// Classifies the decoded bytes. Returns `None` if the text is not canonical Base64.
pub(crate) fn look(text: &[u8]) -> Option<Bytes> {
    let (whole, last, length) = groups(text)?;
    // Missing bytes of the last group, and a missing group of the last pair, are replaced by
    // visible characters.
    let last = last | (0x21_2121 & (0xff_ffff >> (8 * length)));
    let (pairs, single) = whole.as_chunks::<2>();
    let single = single.first().map_or(last, |group| three_bytes(*group));
    let mut seen = Seen::of(last, single);
    for [first, second] in pairs {
        seen.add(Seen::of(three_bytes(*first), three_bytes(*second)));
    }
    seen.what()
}

/// The findings about the six bytes of two groups, in one integer.
#[derive(Clone, Copy)]
struct Seen {
    all: u64,
    above: u64,
    not_below: u64,
}

impl Seen {
    /// The shift of the second group. It leaves space for a sum of the first group, and for the
    /// [`NONE`] of both.
    const APART: u32 = 32;
    const NONE: u64 = NONE as u64 | (NONE as u64) << Self::APART;
    const TOPS: u64 = Self::both(0x80_8080);

    const fn both(bytes: u64) -> u64 {
        bytes | bytes << Self::APART
    }

    #[inline]
    fn of(first: u32, second: u32) -> Self {
        let all = u64::from(first) | u64::from(second) << Self::APART;
        // The top bit of each byte whose lower bits are above `~`, or are `!` or above. No sum
        // overflows into the next byte.
        let low = all & Self::both(0x7f_7f7f);
        Self { all, above: low + Self::both(0x01_0101), not_below: low + Self::both(0x5f_5f5f) }
    }

    #[inline]
    fn add(&mut self, more: Self) {
        self.all |= more.all;
        self.above |= more.above;
        self.not_below &= more.not_below;
    }

    fn what(self) -> Option<Bytes> {
        if self.all & Self::NONE != 0 {
            return None;
        }
        let odd = (self.all | self.above | !self.not_below) & Self::TOPS;
        Some(if odd == 0 { Bytes::Visible } else { Bytes::Other })
    }
}

/// Appends the decoded bytes. Returns false and appends nothing if the text is not canonical
/// Base64.
pub(crate) fn decode(text: &[u8], out: &mut Vec<u8>) -> bool {
    if text.is_empty() {
        return true;
    }
    let Some((whole, last, length)) = groups(text) else { return false };
    let before = out.len();
    out.resize(before + whole.len() * 3, 0);
    let mut all = 0;
    let (places, _) = out.get_mut(before..).unwrap_or_default().as_chunks_mut::<3>();
    for (group, place) in whole.iter().zip(places) {
        let bytes = three_bytes(*group);
        all |= bytes;
        let [_, a, b, c] = bytes.to_be_bytes();
        *place = [a, b, c];
    }
    if all & NONE != 0 {
        out.truncate(before);
        return false;
    }
    let [_, last @ ..] = last.to_be_bytes();
    out.extend_from_slice(last.get(..length).unwrap_or_default());
    true
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    fn ours(text: &str) -> Option<Vec<u8>> {
        let mut out = vec![7];
        let sound = decode(text.as_bytes(), &mut out);
        assert_eq!(sound, is_canonical(text.as_bytes()), "{text}");
        assert_eq!((out[0], sound || out.len() == 1), (7, true), "{text}");
        sound.then(|| out[1..].to_vec())
    }

    fn looked(bytes: &[u8]) -> Option<Bytes> {
        let visible = bytes.iter().all(u8::is_ascii_graphic);
        (!bytes.is_empty()).then_some(if visible { Bytes::Visible } else { Bytes::Other })
    }

    #[test]
    fn each_byte_at_each_position_is_classified() {
        for byte in 0..=u8::MAX {
            for length in 1..=7 {
                for at in 0..length {
                    let mut bytes = vec![b'!'; length];
                    bytes[at] = byte;
                    let text = STANDARD.encode(&bytes);
                    assert_eq!(look(text.as_bytes()), looked(&bytes), "{bytes:?}");
                    assert_eq!(ours(&text), Some(bytes));
                }
            }
        }
    }

    #[test]
    fn each_character_at_each_position_matches_the_standard() {
        for character in 0..128_u8 {
            for length in 1..=8 {
                for at in 0..length {
                    let mut text = vec![b'A'; length];
                    text[at] = character;
                    let text = String::from_utf8(text).expect("ASCII");
                    assert_eq!(ours(&text), STANDARD.decode(&text).ok(), "{text}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn any_text_decodes_like_the_standard(text in "[AQgw+/=]{0,12}|[A-Za-z0-9+/=]{0,40}|.{0,40}") {
            let theirs = STANDARD.decode(&text).ok();
            prop_assert_eq!(look(text.as_bytes()), theirs.as_deref().and_then(looked));
            prop_assert_eq!(ours(&text), theirs);
        }

        #[test]
        fn bytes_survive_a_round_trip(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let text = STANDARD.encode(&bytes);
            prop_assert_eq!(look(text.as_bytes()), looked(&bytes));
            prop_assert_eq!(ours(&text), Some(bytes));
        }
    }
}
