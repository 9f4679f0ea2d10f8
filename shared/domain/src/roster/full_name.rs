//! Splits a whole name in one cell into given name and family name.

use super::NameOrder;

/// Suffixes that may follow a name and are not a given name.
const SUFFIXES: [&str; 8] = ["jr", "jr.", "sr", "sr.", "ii", "iii", "iv", "v"];

/// Particles that begin a family name of several words.
const PARTICLES: [&str; 28] = [
    "van", "von", "der", "den", "de", "del", "della", "di", "da", "das", "do", "dos", "du", "la",
    "le", "las", "los", "bin", "binti", "ibn", "al", "el", "ter", "ten", "zu", "zum", "st.", "mc",
];

/// Returns the order of the names in a column; `None` when the cells do not show it.
///
/// `Lee, Ann` shows it: the family name is before the comma. `Ann Lee` may have either order.
#[expect(single_use_lifetimes, reason = "an anonymous lifetime is not stable here")]
pub(super) fn order_of<'a>(cells: impl Iterator<Item = &'a str>) -> Option<NameOrder> {
    let mut cells = cells.map(str::trim).filter(|cell| !cell.is_empty()).peekable();
    cells.peek()?;
    let has_comma = |cell: &str| cell.contains(',') && split(cell, NameOrder::LastFirst).is_some();
    cells.all(has_comma).then_some(NameOrder::LastFirst)
}

/// Splits a whole name into given and family name; `None` when it does not have this order.
///
/// A single word is a given name: the student has only one name.
pub(super) fn split(name: &str, order: NameOrder) -> Option<(String, String)> {
    let parts: Vec<&str> = name.split(',').map(str::trim).collect();
    let is_suffix = |part: &str| SUFFIXES.contains(&part.to_lowercase().as_str());
    match (order, parts.as_slice()) {
        (_, [one]) => split_words(one, order),
        (NameOrder::LastFirst, [family, given]) if !is_suffix(given) => {
            Some(((*given).to_owned(), (*family).to_owned()))
        }
        (NameOrder::LastFirst, [family, suffix, given]) if is_suffix(suffix) => {
            Some(((*given).to_owned(), format!("{family} {suffix}")))
        }
        (NameOrder::LastFirst, [family, given, suffix]) if is_suffix(suffix) => {
            Some(((*given).to_owned(), format!("{family} {suffix}")))
        }
        (NameOrder::FirstLast, [name, suffix]) if is_suffix(suffix) => {
            let (given, family) = split_words(name, order)?;
            Some((given, format!("{family} {suffix}").trim().to_owned()))
        }
        (NameOrder::LastFirst | NameOrder::FirstLast, _) => None,
    }
}

/// Splits a name without a comma. The order decides which words are the family name.
fn split_words(name: &str, order: NameOrder) -> Option<(String, String)> {
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_suffix = |word: &str| SUFFIXES.contains(&word.to_lowercase().as_str());
    let is_particle = |word: &&&str| PARTICLES.contains(&word.to_lowercase().as_str());
    let family_words = match order {
        NameOrder::LastFirst => words.iter().take_while(is_particle).count() + 1,
        NameOrder::FirstLast => {
            let suffixes =
                usize::from(words.len() > 2 && words.last().is_some_and(|w| is_suffix(w)));
            let before = words.iter().rev().skip(1 + suffixes);
            1 + suffixes + before.take_while(is_particle).count()
        }
    };
    match (order, words.len()) {
        (_, 0) => None,
        (_, 1) => Some((words.concat(), String::new())),
        (NameOrder::LastFirst, count) => {
            let (family, given) = words.split_at(family_words.min(count - 1));
            Some((given.join(" "), family.join(" ")))
        }
        (NameOrder::FirstLast, count) => {
            let (given, family) = words.split_at(count - family_words.min(count - 1));
            Some((given.join(" "), family.join(" ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(name: &str, order: NameOrder) -> Option<(String, String)> {
        split(name, order)
    }

    #[test]
    fn a_whole_name_is_split_in_its_order() {
        for (name, order, given, family) in [
            ("Lee, Ann", NameOrder::LastFirst, "Ann", "Lee"),
            ("Smith, Jr., John", NameOrder::LastFirst, "John", "Smith Jr."),
            ("Lee Ann", NameOrder::LastFirst, "Ann", "Lee"),
            ("Suharto", NameOrder::LastFirst, "Suharto", ""),
            ("Ann Lee", NameOrder::FirstLast, "Ann", "Lee"),
            ("Ann Marie van der Berg", NameOrder::FirstLast, "Ann Marie", "van der Berg"),
            ("John Smith Jr.", NameOrder::FirstLast, "John", "Smith Jr."),
            ("Suharto", NameOrder::FirstLast, "Suharto", ""),
            ("van der Berg", NameOrder::FirstLast, "van", "der Berg"),
        ] {
            assert_eq!(parts(name, order), Some((given.into(), family.into())), "{name}");
        }
        for name in ["Lee, Ann, Bob", ""] {
            assert_eq!(parts(name, NameOrder::LastFirst), None, "{name}");
        }
        assert_eq!(parts("Lee, Ann", NameOrder::FirstLast), None);
    }

    #[test]
    fn an_order_is_taken_only_from_cells_written_alike() {
        let order = |cells: &[&str]| order_of(cells.iter().copied());
        assert_eq!(order(&["Lee, Ann", "Day, Bob", ""]), Some(NameOrder::LastFirst));
        assert_eq!(order(&["Ann Lee", "Bob Day"]), None);
        assert_eq!(order(&["Lee, Ann", "Bob Day"]), None);
        assert_eq!(order(&[]), None);
    }
}
