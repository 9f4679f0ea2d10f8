//! Repairs text that an earlier conversion broke: UTF-8 that was decoded wrongly and saved again.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::roster::text_encoding::TextEncoding;

/// Maximum number of conversions that can be undone.
const MOST_TIMES: usize = 3;

/// Repairs a line; `None` when it shows no sign of such a conversion.
///
/// `JosÃ©` is `José` decoded as Windows-1252, and `Jos√©` is the same decoded as `MacRoman`. A run of characters beyond
/// ASCII is repaired only when all of it becomes letters of names, so that correct text stays unchanged.
pub(super) fn repaired(line: &str) -> Option<String> {
    let mut best: Option<String> = None;
    for _ in 0..MOST_TIMES {
        let text = best.as_deref().unwrap_or(line);
        let once = [TextEncoding::Windows1252, TextEncoding::Macintosh]
            .into_iter()
            .find_map(|read_as| repaired_once(text, read_as));
        match once {
            Some(once) => best = Some(once),
            None => break,
        }
    }
    // Control characters appear in the middle of a repair, never in its result.
    best.filter(|line| !line.contains(|c| matches!(c, '\u{80}'..='\u{9F}')))
}

fn repaired_once(line: &str, read_as: TextEncoding) -> Option<String> {
    if line.is_ascii() {
        return None;
    }
    let mut repaired = String::with_capacity(line.len());
    let mut rest = line;
    let mut is_changed = false;
    while let Some(start) = rest.find(|c: char| !c.is_ascii()) {
        let (before, from_run) = rest.split_at_checked(start)?;
        repaired.push_str(before);
        let length = from_run.find(|c: char| c.is_ascii()).unwrap_or(from_run.len());
        let (run, after) = from_run.split_at_checked(length)?;
        match run_as_utf_8(run, read_as) {
            Some(text) => {
                repaired.push_str(&text);
                is_changed = true;
            }
            None => repaired.push_str(run),
        }
        rest = after;
    }
    repaired.push_str(rest);
    is_changed.then_some(repaired)
}

/// Decodes a run as UTF-8 again; `None` when it is invalid UTF-8 or has characters unusual in names.
fn run_as_utf_8(run: &str, read_as: TextEncoding) -> Option<String> {
    // A multi-byte character of UTF-8 starts with 0xC2 or above; most correct text stops here.
    if byte_of(run.chars().next()?, read_as).is_none_or(|byte| byte < 0xC2) {
        return None;
    }
    let bytes: Option<Vec<u8>> = run.chars().map(|c| byte_of(c, read_as)).collect();
    let text = String::from_utf8(bytes?).ok()?;
    let is_fit = text.chars().all(is_of_names)
        && !(text.chars().count() == 1
            && text.chars().any(|c| c > '\u{24F}' && !is_punctuation(c) && !is_viet(c)));
    // A byte order mark inside the text, or a no-break space (`Â `), counts too.
    is_fit.then_some(text)
}

/// Returns the byte of a character in the encoding.
fn byte_of(c: char, encoding: TextEncoding) -> Option<u8> {
    static WINDOWS: LazyLock<BTreeMap<char, u8>> =
        LazyLock::new(|| bytes_of(TextEncoding::Windows1252));
    static MAC: LazyLock<BTreeMap<char, u8>> = LazyLock::new(|| bytes_of(TextEncoding::Macintosh));
    let bytes = if encoding == TextEncoding::Macintosh { &MAC } else { &WINDOWS };
    bytes.get(&c).copied()
}

/// Returns the bytes beyond ASCII of an encoding, by character.
fn bytes_of(encoding: TextEncoding) -> BTreeMap<char, u8> {
    // Windows-1252 leaves five bytes undefined; they decode to the character with the same number.
    (0x80..=0xFF)
        .filter_map(|byte| Some((encoding.decode(&[byte]).chars().next()?, byte)))
        .collect()
}

/// Returns whether names or headers contain this character, or text that was broken before, or punctuation.
fn is_of_names(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{24F}' | '\u{300}'..='\u{36F}' | '\u{370}'..='\u{52F}' | '\u{590}'..='\u{6FF}'
        | '\u{900}'..='\u{DFF}' | '\u{E00}'..='\u{E7F}' | '\u{1E00}'..='\u{1EFF}' | '\u{3040}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
        || is_punctuation(c)
}

fn is_viet(c: char) -> bool {
    matches!(c, '\u{1E00}'..='\u{1EFF}' | '\u{3400}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7AF}')
}

fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '\u{2010}'
            ..='\u{2026}'
                | '\u{200C}'
                | '\u{200D}'
                | '\u{FEFF}'
                | '\u{20AC}'
                | '\u{2122}'
                | '\u{192}'
                | '\u{2C6}'
                | '\u{2DC}'
                | '\u{2030}'
                | '\u{2039}'
                | '\u{203A}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(name: &str, read_as: TextEncoding) -> String {
        name.bytes()
            .map(|byte| match (read_as, byte) {
                (_, 0..=0x7F) | (TextEncoding::Windows1252, 0x81 | 0x8D | 0x8F | 0x90 | 0x9D) => {
                    char::from(byte)
                }
                (encoding, byte) => encoding.decode(&[byte]).chars().next().unwrap(),
            })
            .collect()
    }

    #[test]
    fn a_broken_name_is_repaired_however_often_it_was_broken() {
        for name in [
            "José",
            "Peña",
            "Zoë",
            "Müller",
            "Łukasz",
            "Nguyễn",
            "Ángel",
            "D’Arcy",
            "Иван",
            "李小龙",
            "Ñuñez",
        ] {
            for read_as in [TextEncoding::Windows1252, TextEncoding::Macintosh] {
                let once = broken(name, read_as);
                assert_eq!(repaired(&once).as_deref(), Some(name), "{once}");
            }
            let twice = broken(&broken(name, TextEncoding::Windows1252), TextEncoding::Windows1252);
            assert_eq!(repaired(&twice).as_deref(), Some(name), "{twice}");
        }
    }

    #[test]
    fn a_right_name_is_left_alone() {
        for name in [
            "José",
            "ANDRÉ’S",
            "Óscar",
            "Łódź",
            "Ängström",
            "Åse",
            "Ñandú",
            "Îles",
            "Nguyễn",
            "Иван",
            "李",
            "Straße",
            "ÖÇÜ",
            "5º B",
            "São",
            "JOÃO",
            "Êñigo",
            "ÀÉÈ",
            "“Ann”",
            "É–L",
        ] {
            assert_eq!(repaired(name), None, "{name}");
        }
    }
}
