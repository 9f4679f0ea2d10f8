//! Text that people type: cleaned once when it is parsed, and then safe to store and to show.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// One line of typed text: NFC, trimmed, without HTML tags and control characters, never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

/// Why a text is not a [`Line`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Nothing is left after trimming.
    #[error("the line is empty")]
    Empty,
    /// More than [`Line::MOST_CHARACTERS`].
    #[error("the line is too long")]
    TooLong,
}

impl LineError {
    /// Returns the stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
        }
    }
}

impl Line {
    /// Maximum length of a line, in characters. Names of schools and people are much shorter.
    pub const MOST_CHARACTERS: usize = 120;
    /// Maximum length of typed text, in bytes. It is larger, because tags and marks are removed.
    const MOST_TYPED_BYTES: usize = 4_000;

    /// Parses typed text and cleans it.
    ///
    /// # Errors
    ///
    /// When nothing is left, or too much.
    pub fn parse(typed: &str) -> Result<Self, LineError> {
        if typed.len() > Self::MOST_TYPED_BYTES {
            return Err(LineError::TooLong);
        }
        let line = clean(typed);
        if line.is_empty() {
            return Err(LineError::Empty);
        }
        if line.chars().count() > Self::MOST_CHARACTERS {
            return Err(LineError::TooLong);
        }
        Ok(Self(line))
    }

    /// Returns the cleaned text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Line {
    type Error = LineError;
    fn try_from(text: String) -> Result<Self, LineError> {
        Self::parse(&text)
    }
}
impl From<Line> for String {
    fn from(line: Line) -> Self {
        line.0
    }
}

/// Normalizes to NFC, removes control characters and HTML tags, and trims the text.
///
/// It takes one pass, however long the text is. Bidirectional overrides count as control characters. A tag is `<`
/// followed by a letter, `/`, `!` or `?`, up to the next `>`: `<b>Ann</b>` becomes `Ann`. Any other `<` becomes `‹`: `a
/// < b` stays readable, and the result cannot begin a tag.
pub fn clean(typed: &str) -> String {
    // Remove invisible characters first: `<` and `b>` with a control character between them become a tag.
    let seen = typed.chars().filter(|c| !is_invisible(*c)).nfc();
    // Two letters around a removed tag may compose to one.
    let kept: String = without_tags(seen).nfc().collect();
    kept.replace('<', "‹").trim().to_owned()
}

/// Removes all tags, including those that appear when others are removed (`<<b>script>`).
///
/// A `>` removes everything from the first open tag on. So each character is added once and removed at most once. A
/// loop until nothing changes took one minute of CPU time for 48 kB of `<` and `b>`.
fn without_tags(text: impl Iterator<Item = char>) -> std::vec::IntoIter<char> {
    let mut kept: Vec<char> = Vec::new();
    let mut first_open = None;
    for c in text {
        match first_open {
            Some(begins) if c == '>' => {
                kept.truncate(begins);
                first_open = None;
            }
            Some(_) => kept.push(c),
            None => {
                let begins_tag = c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?');
                if begins_tag && kept.last() == Some(&'<') {
                    first_open = Some(kept.len().saturating_sub(1));
                }
                kept.push(c);
            }
        }
    }
    kept.into_iter()
}

/// Returns whether a character is a control, or a mark that changes the reading order of the text.
fn is_invisible(c: char) -> bool {
    c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_text_stays() {
        assert_eq!(clean(" <b>Ann</b> "), "Ann");
        assert_eq!(clean("a < b > c"), "a ‹ b > c");
        assert_eq!(clean("O'Brien"), "O'Brien");
        assert_eq!(clean("=cmd()"), "=cmd()");
        assert_eq!(clean("<img src=x onerror=alert(1)>Li 李"), "Li 李");
        assert_eq!(clean("a\u{202e}b\u{0}c"), "abc");
    }

    #[test]
    fn d14_no_trick_leaves_a_tag() {
        assert_eq!(clean("<<b>script>alert(1)<</b>/script>"), "alert(1)");
        assert_eq!(clean("<\u{0}b>Ann"), "Ann");
        assert_eq!(clean("<\u{feff}/b>Ann"), "Ann");
        assert_eq!(clean("<?php x?>Ann"), "Ann");
        // Without an end, a browser would treat the rest of the page as part of the tag.
        assert_eq!(clean("<img src=x onerror=alert(1) "), "‹img src=x onerror=alert(1)");
    }

    /// The reference implementation: removes tag by tag until nothing changes.
    fn until_nothing_changes(typed: &str) -> String {
        let mut kept = typed.to_owned();
        while let Some(tag) = first_tag(&kept) {
            kept.replace_range(tag, "");
        }
        kept.replace('<', "‹").trim().to_owned()
    }

    fn first_tag(text: &str) -> Option<std::ops::Range<usize>> {
        text.match_indices('<').find_map(|(at, _)| {
            let (_, after) = text.split_at(at + 1);
            let is_tag = after.starts_with(|c: char| c.is_ascii_alphabetic() || "/!?".contains(c));
            let ends = after.find('>').filter(|_| is_tag)?;
            Some(at..at + 1 + ends + 1)
        })
    }

    /// One pass per nested tag would take an hour for the first of these texts.
    #[test]
    fn the_worst_texts_are_cleaned_in_one_pass() {
        const MANY: usize = 300_000;
        for (worst, clean_one) in [
            ("<".repeat(MANY) + &"b>".repeat(MANY), ""),
            ("<a".repeat(MANY) + &">".repeat(MANY), ">"),
            ("<".repeat(MANY), "‹"),
            ("<!".repeat(MANY), "‹!"),
            ("a\u{338}".repeat(MANY), "a\u{338}"),
        ] {
            assert!(clean(&worst).starts_with(clean_one));
        }
        assert_eq!(Line::parse(&"<b>".repeat(MANY)), Err(LineError::TooLong));
    }

    proptest::proptest! {
        #[test]
        fn d14_one_pass_takes_what_a_pass_for_each_tag_takes(typed in "[<>/!?a-c ]{0,60}") {
            proptest::prop_assert_eq!(clean(&typed), until_nothing_changes(&typed));
        }

        #[test]
        fn d14_what_is_kept_has_no_tag_and_is_kept_again_as_it_is(
            typed in proptest::prop_oneof![".*", "[<>/!?a-c \u{0}\u{feff}\u{338}]{0,60}"],
        ) {
            let once = clean(&typed);
            proptest::prop_assert!(!once.contains('<'), "{once}");
            proptest::prop_assert_eq!(clean(&once), once);
        }
    }

    #[test]
    fn an_empty_line_is_refused() {
        assert_eq!(Line::parse(" <i></i> "), Err(LineError::Empty));
        assert_eq!(Line::parse(&"x".repeat(121)), Err(LineError::TooLong));
    }
}
