//! One cell: the cleaning of its text.

use crate::text;

/// Maximum size of a raw cell, in bytes. Longer cells are not cleaned; no field takes a tenth of it.
pub(super) const MAX_RAW_BYTES: usize = 4_000;

/// Cleans a cell: no tags, no control characters, single spaces inside, none around, NFC.
///
/// [`text::clean`] defines tags. Everything else stays: `O'Brien`, `Łukasz`, `李`, `=cmd()`, leading zeros.
pub(super) fn clean(raw: &str) -> String {
    if is_plain(raw) {
        return raw.to_owned();
    }
    let raw = without_quotes_around(raw);
    let mut before = None;
    let mut kept = String::with_capacity(raw.len());
    for c in raw.chars() {
        if is_unseen(c) || (is_joiner(c) && !before.is_some_and(is_joined)) {
            continue;
        }
        kept.push(if c.is_whitespace() { ' ' } else { c });
        before = Some(c);
    }
    while kept.ends_with(is_joiner) {
        kept.pop();
    }
    let kept = text::clean(&kept);
    let mut spaced = String::with_capacity(kept.len());
    for word in kept.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

/// Returns whether the cell has deceiving characters: hidden ones, or ones that change the display order.
pub(super) fn has_deceiving(raw: &str) -> bool {
    // All of them are beyond ASCII, except the control characters.
    let deceives = |c: char| {
        matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{AD}' | '\u{E0000}'..='\u{E007F}')
            || is_blank_letter(c)
            || matches!(c, '\u{200B}' | '\u{2060}')
            || (c.is_control() && !c.is_whitespace())
    };
    let mut before = None;
    raw.chars().any(|c| {
        let is_odd_joiner = is_joiner(c) && !before.is_some_and(is_joined);
        before = Some(c);
        deceives(c) || is_odd_joiner
    })
}

/// Returns whether a word mixes Latin letters with similar letters of another script.
pub(super) fn mixes_scripts(text: &str) -> bool {
    if text.is_ascii() {
        return false;
    }
    text.split(|c: char| !c.is_alphabetic()).any(|word| {
        let is_latin =
            |c: char| matches!(c, 'A'..='Z' | 'a'..='z' | 'À'..='ɏ' | '\u{1E00}'..='\u{1EFF}');
        let looks_latin = |c: char| matches!(c, '\u{370}'..='\u{52F}' | '\u{13A0}'..='\u{13FF}');
        word.chars().any(is_latin) && word.chars().any(looks_latin)
    })
}

/// Returns whether the text has replacement characters or private-use characters, which programs read differently.
pub(super) fn is_unreadable(text: &str) -> bool {
    let is_lost = |c: char| {
        c == char::REPLACEMENT_CHARACTER
            || matches!(c, '\u{E000}'..='\u{F8FF}' | '\u{F0000}'.. | '\u{FFF0}'..='\u{FFFC}')
    };
    text.contains(is_lost)
}

/// Returns whether a question mark is next to a letter: `Jos?` was `José` before a program lost the letter.
pub(super) fn has_lost_letter(text: &str) -> bool {
    let is_beside = |c: Option<char>| c.is_some_and(|c| c.is_alphabetic() || c == '?');
    text.char_indices().filter(|(_, c)| *c == '?').any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + 1..).and_then(|text| text.chars().next());
        is_beside(before) || is_beside(after)
    })
}

/// Removes typographic quotes around a cell: a program that writes `“Ann”` means plain quotes.
fn without_quotes_around(raw: &str) -> &str {
    let trimmed = raw.trim();
    let pairs = [('“', '”'), ('„', '“'), ('«', '»'), ('”', '”')];
    let inside = pairs.iter().find_map(|(open, close)| {
        let inside = trimmed.strip_prefix(*open)?.strip_suffix(*close)?;
        (!inside.contains([*open, *close])).then_some(inside)
    });
    inside.unwrap_or(raw)
}

/// Returns whether the cell has typographic quotes around it.
pub(super) fn has_quotes_around(raw: &str) -> bool {
    !raw.is_ascii() && without_quotes_around(raw) != raw
}

/// Returns whether the cell needs no cleaning, as nearly all: printable ASCII, no `<`, no extra spaces.
fn is_plain(raw: &str) -> bool {
    let mut before = b' ';
    for &byte in raw.as_bytes() {
        if !(b' '..=b'~').contains(&byte) || byte == b'<' || (byte == b' ' && before == b' ') {
            return false;
        }
        before = byte;
    }
    raw.is_empty() || before != b' '
}

/// Returns whether a character is invisible and makes equal names differ: zero-width spaces, direction marks.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}' | '\u{AD}' | '\u{61C}' | '\u{E0000}'
            ..='\u{E007F}'
    ) || is_blank_letter(c)
}

/// Returns whether a letter is drawn as nothing.
fn is_blank_letter(c: char) -> bool {
    matches!(c, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}' | '\u{2800}' | '\u{180E}')
}

/// Returns whether the character is the zero-width joiner or non-joiner.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Returns whether joiners may follow this character: in Arabic, Syriac, Indic and related scripts, and emoji.
fn is_joined(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{8FF}' | '\u{900}'..='\u{DFF}' | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{18AF}' | '\u{FB50}'..='\u{FEFC}' | '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_through_unharmed() {
        for name in [
            "O'Brien",
            "Łukasz",
            "李",
            "=cmd()",
            "0042",
            "a > b",
            "Ann & Bob",
            "Nguyễn Văn A",
            "مریم\u{200C}السادات",
            "@SUM(1)",
            "+1",
            "-",
            "",
        ] {
            assert_eq!(clean(name), name);
        }
    }

    #[test]
    fn tags_go_and_their_text_stays() {
        assert_eq!(clean("<b>Ann</b>"), "Ann");
        assert_eq!(clean("<<b>script>Ann<</b>/script>"), "Ann");
        assert_eq!(clean("Ann<!-- x --><br/>Lee"), "AnnLee");
        assert_eq!(clean("Ann <img src=x onerror=alert(1)>"), "Ann");
        assert_eq!(clean("a < b <i>c</i>"), "a ‹ b c");
    }

    #[test]
    fn space_and_what_cannot_be_seen_is_put_in_order() {
        assert_eq!(clean("  Ann\u{a0} \t Lee\r\nSmith "), "Ann Lee Smith");
        assert_eq!(clean("\u{feff}Ann\u{202e}\u{200b}\u{7}"), "Ann");
        assert_eq!(clean("<\u{7}b>Ann"), "Ann");
        assert_eq!(clean("Zoe\u{308}"), "Zoë");
        assert_eq!(clean("“Ann”"), "Ann");
        assert_eq!(clean("Robert “Bob”"), "Robert “Bob”");
    }

    #[test]
    fn joiners_stay_where_a_script_writes_them() {
        for name in ["مریم\u{200C}السادات", "ක්\u{200D}රිෂ්ණ", "क्\u{200D}ष"]
        {
            assert_eq!(clean(name), name);
            assert!(!has_deceiving(name));
        }
        assert_eq!(clean("An\u{200D}n\u{200C}"), "Ann");
        assert!(has_deceiving("An\u{200D}n") && has_deceiving("Ann\u{202E}eeL"));
        assert!(has_deceiving("A\u{3164}") && !has_deceiving("Zoë O’Brien"));
    }

    #[test]
    fn letters_that_look_alike_and_lost_letters_are_noticed() {
        assert!(mixes_scripts("\u{410}nn") && mixes_scripts("Le\u{3b5}"));
        assert!(!mixes_scripts("Анна Lee") && !mixes_scripts("Łukasz"));
        assert!(has_lost_letter("Jos?") && has_lost_letter("N??ez") && has_lost_letter("?ukasz"));
        assert!(!has_lost_letter("Ann") && !has_lost_letter("3 ?"));
        assert!(
            is_unreadable("Jos\u{fffd}") && is_unreadable("\u{e000}") && !is_unreadable("José")
        );
    }
}
