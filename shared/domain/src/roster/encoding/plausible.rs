//! Measures how much a text looks like names. Encodings are compared by this measure.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use super::known_words::KNOWN;

/// Points of a word that cannot be a name.
const WORST: i32 = -100;
/// Maximum number of words in the measure.
const MOST_WORDS: usize = 2_000;
/// Bonus when all letters beyond ASCII belong to the alphabet of one language.
const ONE_LANGUAGE: i32 = 20;

static KNOWN_WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| KNOWN.split_whitespace().collect());

/// Lower-case letters beyond ASCII in languages with Latin letters.
const ALPHABETS: [&str; 13] = [
    "áéíóúñüªº",
    "àâæçéèêëîïôœùûüÿ",
    "äöüßé",
    "áâãàçéêíóôõúü",
    "àèéìíòóùú",
    "åäöæøéüðþáíóúý",
    "ąćęłńóśźż",
    "áäčďéěíĺľňóôŕřšťúůýž",
    "áéíóöőúüű",
    "ăâîşţșț",
    "čćđšž",
    "çğıöşüâîû",
    "āčēģīķļņšūžąęėįųöäõ",
];

/// Returns the points of a text, from -100 to 120; `None` without a word beyond ASCII.
///
/// The value is the mean of the words with letters beyond ASCII, plus the bonus.
pub(super) fn points(text: &str) -> Option<i32> {
    let mut sum = 0;
    let mut count = 0;
    let mut letters = BTreeSet::new();
    for word in words(text).take(MOST_WORDS) {
        sum += points_of_word(word);
        count += 1;
        letters.extend(word.chars().filter(|c| !c.is_ascii()).flat_map(char::to_lowercase));
    }
    if count == 0 {
        return None;
    }
    let is_of_one = |alphabet: &&str| {
        letters.iter().filter(|c| c.is_alphabetic()).all(|c| alphabet.contains(*c))
    };
    let bonus = if ALPHABETS.iter().any(is_of_one) { ONE_LANGUAGE } else { 0 };
    Some(sum / count + bonus)
}

/// Returns the words with a character beyond ASCII.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| {
        c.is_ascii_whitespace() || matches!(c, ',' | ';' | '|' | '"' | '-' | '/' | '(' | ')')
    })
    .filter(|word| !word.is_ascii() && word.len() < 100)
}

/// Returns whether a word has a sign in its middle that no name has. A class has its ordinal at the end (`5º`).
pub(super) fn has_odd_sign(text: &str) -> bool {
    words(text).take(MOST_WORDS).any(|word| {
        let inner = word.trim_matches(|c: char| !c.is_alphanumeric());
        let is_odd = |c: char| {
            !c.is_ascii() && !c.is_alphabetic() && !matches!(c, '’' | 'ʼ' | '‘' | '–' | '°')
        };
        inner.chars().any(is_odd)
            || inner.contains('°') && !inner.starts_with(|c: char| c.is_ascii_digit())
    })
}

/// The script of a letter, as far as the measure needs it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Script {
    Latin,
    Cyrillic,
    Greek,
    Hebrew,
    Arabic,
    Thai,
    EastAsian,
    Other,
}

fn script(c: char) -> Script {
    match c {
        'A'..='Z'
        | 'a'..='z'
        | '\u{AA}'
        | '\u{BA}'
        | '\u{C0}'..='\u{24F}'
        | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}' => Script::Cyrillic,
        '\u{590}'..='\u{5FF}' => Script::Hebrew,
        '\u{600}'..='\u{6FF}' => Script::Arabic,
        '\u{E00}'..='\u{E7F}' => Script::Thai,
        '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}' | '\u{20000}'..='\u{3FFFF}' => {
            Script::EastAsian
        }
        _ => Script::Other,
    }
}

fn points_of_word(word: &str) -> i32 {
    let word = word.trim_matches(|c: char| {
        matches!(c, '’' | '‘' | '“' | '”' | '«' | '»' | '–' | '.' | ':' | '\'' | '\u{A0}')
    });
    let lower = word.to_lowercase();
    if KNOWN_WORDS.contains(lower.as_str()) && has_usual_case(word) {
        return 100;
    }
    let mut worst = 50;
    let mut scripts: Option<Script> = None;
    let mut beyond_ascii_in_a_row = 0;
    for c in word.chars() {
        let points = points_of_char(c);
        if points < 0 {
            return points;
        }
        if !c.is_ascii() {
            worst = worst.min(points);
        }
        if c.is_alphabetic() {
            let of = script(c);
            if scripts.is_some_and(|before| before != of && before != Script::EastAsian) {
                return WORST;
            }
            scripts = Some(of);
        }
        let is_latin_beyond = !c.is_ascii() && c.is_alphabetic() && script(c) == Script::Latin;
        beyond_ascii_in_a_row = if is_latin_beyond { beyond_ascii_in_a_row + 1 } else { 0 };
        match beyond_ascii_in_a_row {
            0 | 1 => {}
            2 => worst = worst.min(10),
            _ => return -60,
        }
    }
    if has_usual_case(word) { worst } else { -60 }
}

/// Returns the points of one character in a name.
fn points_of_char(c: char) -> i32 {
    const COMMON: &str = "áéíóúñüöäçèêëàâîôûïãõåÁÉÍÓÚÑÜÖÄÇÈÊËÀÂÎÔÛÏÃÕÅß";
    const LESS_COMMON: &str =
        "øæœìòùÿýŷðþØÆŒÌÒÙÝÐÞąćęłńśźżčďěňřšťůžľőűășțşţđğıİĄĆĘŁŃŚŹŻČĎĚŇŘŠŤŮŽĽŐŰĂȘȚŞŢĐĞ";
    if c.is_ascii() {
        return if c.is_ascii_control() { WORST } else { 0 };
    }
    if COMMON.contains(c) {
        return 45;
    }
    if LESS_COMMON.contains(c) {
        return 30;
    }
    match c {
        // An apostrophe inside a name, and the ordinal of a class: `5º B`.
        '’' | 'ʼ' | 'º' | 'ª' | '°' | '\u{300}'..='\u{36F}' => 20,
        '‘' | '–' | '·' => 5,
        _ => match script(c) {
            Script::Latin => 10,
            Script::Cyrillic if is_of_russian_or_ukrainian(c) => 40,
            Script::Cyrillic | Script::Arabic => 15,
            Script::Greek | Script::Hebrew | Script::Thai => 35,
            Script::EastAsian => 30,
            Script::Other => WORST,
        },
    }
}

fn is_of_russian_or_ukrainian(c: char) -> bool {
    matches!(c, '\u{410}'..='\u{44F}' | 'ё' | 'Ё' | 'і' | 'І' | 'ї' | 'Ї' | 'є' | 'Є' | 'ґ' | 'Ґ')
}

/// Returns whether capitals are where names have them: first, everywhere, or after a prefix (`McÉwan`).
///
/// A wrong encoding turns `é` into a capital (`JosŽ`) or a capital into a small letter (`PEçA`).
fn has_usual_case(word: &str) -> bool {
    let letters: Vec<char> =
        word.chars().filter(|c| c.is_uppercase() || c.is_lowercase()).collect();
    let capitals = letters.iter().filter(|c| c.is_uppercase()).count();
    if capitals == 0 || capitals == letters.len() {
        return true;
    }
    // Reject a capital beyond ASCII after a small letter, and a small letter beyond ASCII among capitals.
    letters.windows(2).enumerate().all(|(at, pair)| match pair {
        [before, c] => {
            let is_late_capital = before.is_lowercase() && c.is_uppercase() && !c.is_ascii();
            let is_small_among = before.is_uppercase()
                && c.is_lowercase()
                && !c.is_ascii()
                && (at > 0 && letters.get(at - 1).is_some_and(|c| c.is_uppercase()));
            let is_double_capital = before.is_uppercase()
                && c.is_uppercase()
                && (!before.is_ascii() || !c.is_ascii())
                && letters.get(at + 2).is_some_and(|c| c.is_lowercase());
            !is_late_capital && !is_small_among && !is_double_capital
        }
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_names_have_more_points_than_wrong_ones() {
        for (right, wrong) in [
            ("José", "JosŽ"),
            ("José", "JosÈ"),
            ("José", "Jos‚"),
            ("José", "JosÃ©"),
            ("PEÑA", "PE„A"),
            ("D’Arcy", "DÕArcy"),
            ("Łukasz", "£ukasz"),
            ("Dvořák", "Dvoøák"),
            ("Иван", "Èâàí"),
            ("Иван", "хБЮМ"),
            ("Kovačić", "Kovaèiæ"),
            ("Müller", "M¸ller"),
            ("Œuvre", "¼uvre"),
        ] {
            assert!(
                points(right) > points(wrong),
                "{right} {:?} {wrong} {:?}",
                points(right),
                points(wrong)
            );
        }
        assert_eq!(points("Ann Lee"), None);
    }
}
