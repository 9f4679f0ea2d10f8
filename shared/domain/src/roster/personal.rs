//! Detects unneeded personal data in columns where it does not belong.

/// Returns whether the value contains a United States social security number: `###-##-####`.
///
/// Nine digits in a row do not count, because state student ids look like that.
pub(super) fn holds_social_security_number(value: &str) -> bool {
    triples(value).any(|[first, second, third]| {
        [first.digits, second.digits, third.digits] == [3, 2, 4]
            && matches!(first.then, Some('-' | ' ' | '\u{2010}'..='\u{2015}'))
            && first.then == second.then
    })
}

/// Returns whether the value contains a whole date, in digits or with the month as a word (English, Spanish).
///
/// A school year (`2026-2027`), a class (`3/4`) and eight digits in a row (`20140912`, a common form of ids) do not
/// count.
pub(super) fn holds_date(value: &str) -> bool {
    triples(value).any(is_date) || holds_date_in_words(value)
}

/// Returns whether a spreadsheet turned the value into a date: `2-Jan` was `1-2` or `2-1`, `Nov-12` was `11-12`.
pub(super) fn is_eaten_by_a_date(value: &str) -> bool {
    let is_short = |text: &str| {
        (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_year = |text: &str| text.len() == 4 && is_year_word(text);
    let mut parts = value.split(['-', '.', '/', ' ']).filter(|part| !part.is_empty());
    let is_day_and_month = match (parts.next(), parts.next(), parts.next()) {
        (Some(day), Some(month), None) if is_short(day) => is_short_month(month),
        (Some(month), Some(day), None) if is_short(day) || is_year(day) => is_short_month(month),
        _ => false,
    };
    is_day_and_month || is_whole_date(value)
}

/// Returns whether the value is only a date, with or without a time.
fn is_whole_date(value: &str) -> bool {
    let is_of_a_date =
        |c: char| c.is_ascii_digit() || matches!(c, '-' | '/' | '.' | ' ' | ':' | 'T');
    value.chars().all(is_of_a_date) && holds_date(value)
}

/// Returns whether a word is a month as spreadsheets shorten it.
///
/// In English, Spanish, French, German, Portuguese and Italian.
fn is_short_month(word: &str) -> bool {
    const MONTHS: [&str; 37] = [
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
        "ene", "abr", "ago", "dic", "fev", "fév", "févr", "janv", "avr", "mai", "juin", "juil",
        "aou", "aoû", "août", "déc", "mrz", "mär", "okt", "dez", "set", "out", "gen", "mag",
    ];
    MONTHS.contains(&word.to_lowercase().as_str())
}

/// A run of digits, and the single character between it and the next run.
#[derive(Clone, Copy)]
struct Run {
    digits: usize,
    value: u32,
    then: Option<char>,
}

/// Returns every three runs of digits that follow each other with one character between them.
fn triples(value: &str) -> impl Iterator<Item = [Run; 3]> {
    // Most values are names without digits, so skip the work for them.
    let count = value.bytes().filter(u8::is_ascii_digit).count();
    let runs = if count < 4 { Vec::new() } else { runs(value) };
    let starts = 0..runs.len().saturating_sub(2);
    starts.filter_map(move |at| match runs.get(at..at + 3) {
        Some(&[a, b, c]) if a.then.is_some() && b.then.is_some() => Some([a, b, c]),
        _ => None,
    })
}

fn runs(value: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut between: Vec<char> = Vec::new();
    let mut in_run = false;
    for c in value.chars() {
        let Some(digit) = c.to_digit(10) else {
            in_run = false;
            between.push(c);
            continue;
        };
        if !in_run {
            if let (Some(last), [only]) = (runs.last_mut(), between.as_slice()) {
                last.then = Some(*only);
            }
            between.clear();
            runs.push(Run { digits: 0, value: 0, then: None });
            in_run = true;
        }
        if let Some(run) = runs.last_mut() {
            run.digits += 1;
            run.value = run.value.saturating_mul(10).saturating_add(digit);
        }
    }
    runs
}

fn is_date([first, second, third]: [Run; 3]) -> bool {
    let same_sign = first.then == second.then;
    let short = |run: Run| (1..=2).contains(&run.digits);
    let month_and_day = |a: Run, b: Run| {
        short(a)
            && short(b)
            && ((is_month(a) && is_day_of_month(b)) || (is_day_of_month(a) && is_month(b)))
    };
    let year_first = is_year(first) && month_and_day(second, third);
    let year_last = is_year(third) && month_and_day(first, second);
    // A year of two digits counts only between slashes: `10-11-12` may be a number of the school.
    let short_year = third.digits == 2 && first.then == Some('/') && month_and_day(first, second);
    same_sign
        && matches!(first.then, Some('/' | '-' | '.'))
        && (year_first || year_last || short_year)
}

fn is_month(run: Run) -> bool {
    (1..=12).contains(&run.value)
}

fn is_day_of_month(run: Run) -> bool {
    (1..=31).contains(&run.value)
}

fn is_year(run: Run) -> bool {
    run.digits == 4 && (1900..=2099).contains(&run.value)
}

/// Returns whether the value contains a date in words: `12 Sep 2014`, `September 12th, 2014`, `12 de septiembre de
/// 2014`.
fn holds_date_in_words(value: &str) -> bool {
    if !value.bytes().any(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let words: Vec<String> = value
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty() && !matches!(*word, "de" | "del" | "of"))
        .map(str::to_lowercase)
        .collect();
    words.windows(3).any(|three| match three {
        [a, b, year] => {
            is_year_word(year)
                && ((is_day_word(a) && is_month_word(b)) || (is_month_word(a) && is_day_word(b)))
        }
        _ => false,
    })
}

fn is_year_word(word: &str) -> bool {
    word.len() == 4 && word.parse().is_ok_and(|year: u32| (1900..=2099).contains(&year))
}

fn is_day_word(word: &str) -> bool {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let after = word.strip_prefix(digits).unwrap_or_default();
    matches!(after, "" | "st" | "nd" | "rd" | "th")
        && digits.len() <= 2
        && digits.parse().is_ok_and(|day: u32| (1..=31).contains(&day))
}

fn is_month_word(word: &str) -> bool {
    const MONTHS: [&str; 23] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "noviembre",
        "diciembre",
    ];
    word.len() >= 3 && MONTHS.iter().any(|month| month.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn social_security_numbers_are_seen_and_student_ids_are_not() {
        for value in
            ["123-45-6789", "Ann 123-45-6789", "123 45 6789", "123–45–6789", "(078-05-1120)"]
        {
            assert!(holds_social_security_number(value), "{value}");
        }
        for value in
            ["123456789", "1234-56-7890", "123-456-7890", "12-345-6789", "123-45", "0042", ""]
        {
            assert!(!holds_social_security_number(value), "{value}");
        }
    }

    #[test]
    fn classes_that_became_dates_are_seen() {
        for value in
            ["2-Jan", "Mar-04", "Nov-12", "02. Jan", "1/2/2026", "2026-01-02 00:00:00", "3-ene"]
        {
            assert!(is_eaten_by_a_date(value), "{value}");
        }
        for value in
            ["1-2", "3A", "11-12", "Mar", "May Smith", "Room 12", "12", "2026-2027", "Jan-B"]
        {
            assert!(!is_eaten_by_a_date(value), "{value}");
        }
    }

    #[test]
    fn birth_dates_are_seen_and_classes_and_years_are_not() {
        for value in [
            "2014-09-12",
            "9/12/2014",
            "12.09.2014",
            "12-09-2014",
            "09/12/14",
            "Ann (3/4/2012)",
            "12 Sep 2014",
            "September 12th, 2014",
            "12 de septiembre de 2014",
            "2014/9/1",
        ] {
            assert!(holds_date(value), "{value}");
        }
        for value in [
            "2026-2027",
            "3/4",
            "3A",
            "20140912",
            "10-11-12",
            "Room 101",
            "Grade 5 2026",
            "1/2/3",
            "99/99/2014",
            "May Smith",
            "Class of 2027",
            "2026-27-A",
        ] {
            assert!(!holds_date(value), "{value}");
        }
    }
}
