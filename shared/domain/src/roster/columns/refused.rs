//! Detects columns with unneeded personal data by the words of their header.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{RefusedColumnReason, names};

/// Splits a header like `studentDOB` or `Home Phone #1` into lower-case words.
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut after_small = false;
    for c in name.nfkd().filter(|c| !is_combining_mark(*c)) {
        let starts_word = !c.is_alphabetic() || (after_small && c.is_uppercase());
        if starts_word {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_alphabetic(), words.last_mut()) {
            word.extend(c.to_lowercase());
        }
        after_small = c.is_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// Returns why a column is refused: for a word of its header, or for a stem anywhere in it.
pub(super) fn reason(name: &str, squeezed: &str) -> Option<RefusedColumnReason> {
    let words = words(name);
    let says = |known: &str| squeezed == known || words.iter().any(|word| word == known);
    let refused = names::REFUSED.iter().find(|refused| {
        refused.stems.split_whitespace().any(|stem| squeezed.contains(stem))
            || refused.words.split_whitespace().any(says)
    });
    refused.map(|refused| refused.why)
}
