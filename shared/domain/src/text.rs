//! Text that people type: cleaned once, at the door, and then safe to keep and to show.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// One line a person typed: NFC, trimmed, without HTML tags and control characters, never empty.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Line(String);

/// Why a text is not a [`Line`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Nothing is left after trimming.
    #[error("empty")]
    Empty,
    /// More than [`Line::MOST_CHARACTERS`].
    #[error("too long")]
    TooLong,
}

impl LineError {
    /// The stable code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong => "too_long",
        }
    }
}

impl Line {
    /// Characters in a line at the most; a name of a school or a person fits many times.
    pub const MOST_CHARACTERS: usize = 120;

    /// Cleans what was typed.
    ///
    /// # Errors
    ///
    /// When nothing is left or too much.
    pub fn parse(typed: &str) -> Result<Self, LineError> {
        let line = clean(typed);
        if line.is_empty() {
            return Err(LineError::Empty);
        }
        if line.chars().count() > Self::MOST_CHARACTERS {
            return Err(LineError::TooLong);
        }
        Ok(Self(line))
    }

    /// The cleaned text.
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

/// NFC, control characters (bidirectional overrides too) removed, HTML tags removed, trimmed.
///
/// A tag is `<` followed by a letter, `/`, `!` or `?`, up to the next `>`: `<b>Ann</b>` becomes `Ann`. A `<` that
/// begins no tag becomes `‹`: `a < b` stays readable, and nothing that is kept can begin a tag anywhere.
pub fn clean(typed: &str) -> String {
    // First what nobody sees: `<` and `b>` with a control character between them are a tag afterwards.
    let mut kept: String = typed.chars().filter(|c| !is_invisible(*c)).nfc().collect();
    // Until nothing changes: `<<b>script>` is a tag again once its inner tag is gone, and letters that a tag
    // stood between may be one letter.
    loop {
        let cleaner: String = without_tags(&kept).nfc().collect();
        if cleaner == kept {
            return kept.replace('<', "‹").trim().to_owned();
        }
        kept = cleaner;
    }
}

fn without_tags(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, from_tag)) = rest.split_once('<') {
        kept.push_str(before);
        let is_tag =
            from_tag.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'));
        match from_tag.split_once('>') {
            Some((_, after)) if is_tag => rest = after,
            Some(_) | None => {
                kept.push('<');
                rest = from_tag;
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// Controls, and the marks that make text read in another order than it is stored.
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
        // No end: a browser would take the rest of the page for it.
        assert_eq!(clean("<img src=x onerror=alert(1) "), "‹img src=x onerror=alert(1)");
    }

    proptest::proptest! {
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
