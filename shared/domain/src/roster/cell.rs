//! One cell: what is taken off it before it is kept.

use crate::text;

/// Bytes of a cell beyond which it is not even cleaned: no field takes a tenth of it.
pub(super) const MAX_RAW_BYTES: usize = 4_000;

/// The cell as it is kept: no tags, no control characters, single spaces inside, none around, composed (NFC).
///
/// What a tag is says [`text::clean`]. Everything else stays: `O'Brien`, `Łukasz`, `李`, `=cmd()`, leading zeros.
pub(super) fn clean(raw: &str) -> String {
    if is_plain(raw) {
        return raw.to_owned();
    }
    let mut kept: String = raw
        .chars()
        .filter(|c| !is_zero_width(*c))
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    // Until nothing changes: `<<b>script>` is a tag again once its inner tag is gone.
    loop {
        let cleaner = text::clean(&kept);
        if cleaner == kept {
            break;
        }
        kept = cleaner;
    }
    let mut spaced = String::with_capacity(kept.len());
    for word in kept.split_whitespace() {
        if !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.push_str(word);
    }
    spaced
}

/// Nothing to do, which is nearly always: printable ASCII, no `<`, no spaces around or doubled.
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

/// Characters that nobody sees and that make two equal names differ: zero-width spaces, marks of direction.
/// Joiners (U+200C, U+200D) stay: Persian and Indian names are written with them.
fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}')
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
    }
}
