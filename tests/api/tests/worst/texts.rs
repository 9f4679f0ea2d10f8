//! Texts that are expensive for a careless reader.

/// Units that are repeated up to the length, each with its kind.
const REPEATED: [(&str, &str); 16] = [
    ("letters", "a"),
    ("one long word of another script", "\u{1100}\u{1161}"),
    ("beginnings of tags", "<"),
    ("tags", "<b>"),
    ("comments without an end", "<!--"),
    ("ends of tags", "b>"),
    ("marks above and below one letter, out of order", "\u{0301}\u{0316}"),
    ("letters that become three in NFC", "\u{fb2c}"),
    ("joiners between pictures", "\u{1f469}\u{200d}"),
    ("spaces", " "),
    ("digits", "9"),
    ("dots", "."),
    ("labels of a domain", "xn--a."),
    ("quotes", "\""),
    ("percent signs", "%25"),
    ("brackets", "(("),
];

/// Returns worst-case texts of about this many bytes, each with its kind.
pub(crate) fn worst(bytes: usize) -> Vec<(&'static str, String)> {
    let repeated = REPEATED.iter().map(|(kind, unit)| (*kind, unit.repeat(bytes / unit.len())));
    let halves = |one: &str, two: &str| {
        format!("{}{}", one.repeat(bytes / 2 / one.len()), two.repeat(bytes / 2 / two.len()))
    };
    let mixed = [
        // 48 kB of this once took a minute of processor time.
        ("as many beginnings of tags as ends", halves("<", "b>")),
        ("a letter with marks behind spaces", format!("{}x", halves(" ", "\u{0301}"))),
        ("an address with a long name", format!("{}@a.example", "a".repeat(bytes))),
        ("an address with a long domain", format!("a@{}example", "a.".repeat(bytes / 2))),
        ("conditions in brackets", halves("(a eq \"b\" and ", ")")),
        ("a list in lists", halves("[", "]")),
    ];
    repeated.chain(mixed).collect()
}
