//! The characters that a camera card can show.
//!
//! The card fonts have the scripts below. A roster import reports other characters (Thai, Devanagari, emoji), before
//! cards with empty boxes are printed. A test beside the fonts keeps this table equal to the fonts.

/// Returns the characters of a text that will not print, each once, in their order.
///
/// Joiners are not reported: they belong to Persian and Indian names and are invisible. Characters that turn the
/// writing direction are reported: they are not printed, because they make one name look like another.
pub fn unprintable_characters(text: &str) -> Vec<char> {
    let mut found = Vec::new();
    for c in text.chars().filter(|c| !is_printable(*c) && !is_joiner(*c)) {
        if !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

/// Returns whether the character is an invisible joiner or non-joiner.
pub const fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

/// Returns whether the card fonts have this character.
pub fn is_printable(c: char) -> bool {
    let after = RANGES.partition_point(|(first, _)| *first <= c);
    after.checked_sub(1).and_then(|at| RANGES.get(at)).is_some_and(|(_, last)| c <= *last)
}

/// First and last characters of the ranges that both fonts have together, in ascending order.
///
/// Latin, Greek, Cyrillic, Armenian, Hebrew, Arabic, Georgian, Chinese, Japanese and Korean, with their punctuation.
#[rustfmt::skip]
pub const RANGES: [(char, char); 82] = [
    ('\u{20}', '\u{7e}'),
    ('\u{a0}', '\u{ac}'),
    ('\u{ae}', '\u{2e9}'),
    ('\u{2ec}', '\u{2ee}'),
    ('\u{2f3}', '\u{2f3}'),
    ('\u{2f7}', '\u{2f7}'),
    ('\u{300}', '\u{34f}'),
    ('\u{351}', '\u{353}'),
    ('\u{357}', '\u{358}'),
    ('\u{35a}', '\u{35a}'),
    ('\u{35c}', '\u{362}'),
    ('\u{370}', '\u{377}'),
    ('\u{37a}', '\u{37f}'),
    ('\u{384}', '\u{38a}'),
    ('\u{38c}', '\u{38c}'),
    ('\u{38e}', '\u{3a1}'),
    ('\u{3a3}', '\u{525}'),
    ('\u{531}', '\u{556}'),
    ('\u{559}', '\u{55f}'),
    ('\u{561}', '\u{587}'),
    ('\u{589}', '\u{58a}'),
    ('\u{5b0}', '\u{5c3}'),
    ('\u{5c6}', '\u{5c7}'),
    ('\u{5d0}', '\u{5ea}'),
    ('\u{5f0}', '\u{5f4}'),
    ('\u{606}', '\u{607}'),
    ('\u{609}', '\u{60a}'),
    ('\u{60c}', '\u{60c}'),
    ('\u{615}', '\u{615}'),
    ('\u{61b}', '\u{61b}'),
    ('\u{61f}', '\u{61f}'),
    ('\u{621}', '\u{63a}'),
    ('\u{640}', '\u{655}'),
    ('\u{657}', '\u{657}'),
    ('\u{65a}', '\u{65a}'),
    ('\u{660}', '\u{670}'),
    ('\u{674}', '\u{674}'),
    ('\u{679}', '\u{6bf}'),
    ('\u{6c6}', '\u{6c8}'),
    ('\u{6cb}', '\u{6cc}'),
    ('\u{6ce}', '\u{6ce}'),
    ('\u{6d0}', '\u{6d0}'),
    ('\u{6d5}', '\u{6d5}'),
    ('\u{6f0}', '\u{6f9}'),
    ('\u{10a0}', '\u{10c5}'),
    ('\u{10d0}', '\u{10fc}'),
    ('\u{1e00}', '\u{1efb}'),
    ('\u{1f00}', '\u{1f15}'),
    ('\u{1f18}', '\u{1f1d}'),
    ('\u{1f20}', '\u{1f45}'),
    ('\u{1f48}', '\u{1f4d}'),
    ('\u{1f50}', '\u{1f57}'),
    ('\u{1f59}', '\u{1f59}'),
    ('\u{1f5b}', '\u{1f5b}'),
    ('\u{1f5d}', '\u{1f5d}'),
    ('\u{1f5f}', '\u{1f7d}'),
    ('\u{1f80}', '\u{1fb4}'),
    ('\u{1fb6}', '\u{1fc4}'),
    ('\u{1fc6}', '\u{1fd3}'),
    ('\u{1fd6}', '\u{1fdb}'),
    ('\u{1fdd}', '\u{1fef}'),
    ('\u{1ff2}', '\u{1ff4}'),
    ('\u{1ff6}', '\u{1ffe}'),
    ('\u{2010}', '\u{2027}'),
    ('\u{2032}', '\u{2044}'),
    ('\u{3000}', '\u{3003}'),
    ('\u{3005}', '\u{3017}'),
    ('\u{301d}', '\u{301f}'),
    ('\u{3021}', '\u{3029}'),
    ('\u{3041}', '\u{3094}'),
    ('\u{3099}', '\u{309e}'),
    ('\u{30a1}', '\u{30f6}'),
    ('\u{30fb}', '\u{30fe}'),
    ('\u{3105}', '\u{3129}'),
    ('\u{3131}', '\u{318e}'),
    ('\u{4d00}', '\u{4d00}'),
    ('\u{4db5}', '\u{4db5}'),
    ('\u{4dc0}', '\u{9fc3}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{fa2d}'),
    ('\u{ff01}', '\u{ff5e}'),
    ('\u{ff61}', '\u{ff9f}'),];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_ascending_order() {
        assert!(RANGES.iter().all(|(first, last)| first <= last));
        assert!(RANGES.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn names_in_the_scripts_of_the_fonts_print() {
        for name in
            ["Łukasz Żółć", "Nguyễn Thị Ánh", "李小龙", "김민준", "محمد", "יוסף", "Ольга", "გიორგი"]
        {
            assert!(unprintable_characters(name).is_empty(), "{name}");
        }
    }

    #[test]
    fn what_will_not_print_is_named_once() {
        assert_eq!(unprintable_characters("สมชาย").first(), Some(&'ส'));
        assert_eq!(unprintable_characters("Ann 🦊🦊"), ['🦊']);
        assert!(!unprintable_characters("आरव").is_empty());
    }

    #[test]
    fn a_turned_direction_is_named_and_a_joiner_is_not() {
        assert_eq!(unprintable_characters("Ann\u{202e}eeL"), ['\u{202e}']);
        assert!(unprintable_characters("می\u{200c}نا").is_empty());
        assert_eq!(unprintable_characters("Ann\u{200b}"), ['\u{200b}']);
    }
}
