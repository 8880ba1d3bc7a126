//! Invisible characters. Two names that look the same may differ in one of them.

use std::ops::RangeInclusive;

/// Control and format characters, blanks other than the space, letters without a glyph, and the
/// characters that Unicode calls default-ignorable. Sorted.
const INVISIBLE: [RangeInclusive<char>; 33] = [
    '\u{80}'..='\u{a0}', // C1 controls (U+009B is ESC [ in some terminals) and no-break space
    '\u{ad}'..='\u{ad}', // soft hyphen
    '\u{34f}'..='\u{34f}',
    '\u{61c}'..='\u{61c}',
    '\u{115f}'..='\u{1160}', // Hangul fillers
    '\u{1680}'..='\u{1680}', // a blank in many fonts
    '\u{17b4}'..='\u{17b5}',
    '\u{180b}'..='\u{180f}',
    '\u{2000}'..='\u{200f}', // spaces, joiners, direction marks
    '\u{2028}'..='\u{202f}', // breaks, embeddings, overrides
    '\u{205f}'..='\u{206f}',
    '\u{2800}'..='\u{2800}', // blank Braille pattern
    '\u{3000}'..='\u{3000}',
    '\u{3164}'..='\u{3164}', // Hangul filler
    '\u{fe00}'..='\u{fe0f}', // variation selectors
    '\u{feff}'..='\u{feff}',
    '\u{ffa0}'..='\u{ffa0}', // Hangul filler
    '\u{fff0}'..='\u{fffb}',
    '\u{fffe}'..='\u{ffff}',
    '\u{13430}'..='\u{1345f}', // hieroglyph joiners
    '\u{16fe4}'..='\u{16fe4}',
    '\u{1bca0}'..='\u{1bca3}', // shorthand
    '\u{1d159}'..='\u{1d159}', // null notehead
    '\u{1d173}'..='\u{1d17a}', // beams and slurs
    '\u{1fffe}'..='\u{1ffff}',
    '\u{2fffe}'..='\u{2ffff}',
    '\u{3fffe}'..='\u{3ffff}',
    '\u{4fffe}'..='\u{4ffff}',
    '\u{5fffe}'..='\u{5ffff}',
    '\u{6fffe}'..='\u{6ffff}',
    '\u{7fffe}'..='\u{7ffff}',
    '\u{8fffe}'..='\u{dffff}',
    '\u{e0000}'..='\u{e0fff}', // tags and more variation selectors
];

/// Returns whether the character is invisible or changes how others are shown.
pub(super) fn is_invisible(character: char) -> bool {
    let after = INVISIBLE.partition_point(|range| *range.end() < character);
    INVISIBLE.get(after).is_some_and(|range| range.contains(&character))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_sorted_and_disjoint() {
        assert!(INVISIBLE.windows(2).all(|pair| pair[0].end() < pair[1].start()));
        assert!(INVISIBLE.iter().all(|range| range.start() <= range.end()));
    }

    #[test]
    fn characters_without_a_glyph_are_invisible() {
        for character in "\u{9b}\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{1160}\u{17b4}\u{180e}\u{2003}\u{200b}\u{200d}\u{200e}\u{2028}\
            \u{202e}\u{2060}\u{2066}\u{2800}\u{3000}\u{3164}\u{fe00}\u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{ffff}\u{1d159}\u{1d173}\u{e0001}\
            \u{e0061}\u{e01ef}"
            .chars()
        {
            assert!(is_invisible(character), "{character:?}");
        }
        for character in "aé数🦀ß-_/ \u{301}\u{1100}\u{3131}\u{fffd}…→±¡®".chars() {
            assert!(!is_invisible(character), "{character:?}");
        }
    }
}
