//! Decides whether two names are the same name.

use unicode_normalization::UnicodeNormalization as _;

/// Returns the form for comparing names: lower case, without accents and apostrophes, with hyphens as spaces.
///
/// Only accents of Latin, Greek and Cyrillic letters are removed. Marks of other scripts are letters: without them,
/// different Hindi or Japanese names would become equal.
pub(crate) fn fold(name: &str) -> String {
    if name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ') {
        return name.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(name.len());
    for c in name.nfkd().flat_map(char::to_lowercase) {
        match c {
            '\u{300}'..='\u{36F}' | '\'' | '’' | '‘' | 'ʼ' | '`' | '´' => {}
            '-' | '‐' | '‑' | '–' | '—' => folded.push(' '),
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            c => folded.push(c),
        }
    }
    let words: Vec<&str> = folded.split_whitespace().collect();
    // A name of nothing but such signs is compared unchanged.
    if words.is_empty() { name.to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_accents_and_apostrophes_make_no_other_name() {
        for (one, other) in [
            ("O'Brien", "O’BRIEN"),
            ("Łukasz", "lukasz"),
            ("José-María", "Jose Maria"),
            ("Weiß", "WEISS"),
            ("Søren", "soren"),
            ("İpek", "ipek"),
        ] {
            assert_eq!(fold(one), fold(other));
        }
    }

    #[test]
    fn letters_of_other_scripts_stay_apart() {
        assert_ne!(fold("राम"), fold("रीम"));
        assert_ne!(fold("かな"), fold("がな"));
        assert_ne!(fold("李"), fold("王"));
        assert_ne!(fold("-"), fold("'"));
    }
}
