//! Tests combinations of what office software writes: encodings × separators × quirks, each "right" or "said".
//!
//! A combination is right when exactly the students of the file are read, as they are meant. It is said when every
//! difference is reported: as a refused or skipped row, a warning, an error, or a choice of encodings. No difference
//! may be silent.

use std::collections::BTreeMap;

use crate::roster::text_encoding::TextEncoding;
use crate::roster::{ReadOptions, read};

/// A region: its name, three students with given and family name, and labels of encodings.
type Region = (&'static str, [[&'static str; 2]; 3], &'static [&'static str]);

/// Students with the letters of one region, and the encodings that its computers write.
const REGIONS: [Region; 8] = [
    (
        "west",
        [["José", "Peña"], ["Zoë", "Müller"], ["Chloé", "Françoise"]],
        &["windows-1252", "macintosh", "IBM850"],
    ),
    (
        "poland",
        [["Łukasz", "Wiśniewski"], ["Małgorzata", "Dąbrowska"], ["Paweł", "Żak"]],
        &["windows-1250", "ISO-8859-2"],
    ),
    (
        "czech",
        [["Tomáš", "Dvořák"], ["Šárka", "Němcová"], ["Jiří", "Růžička"]],
        &["windows-1250", "ISO-8859-2"],
    ),
    (
        "cyrillic",
        [["Иван", "Петров"], ["Анна", "Кузнецова"], ["Юлия", "Щербакова"]],
        &["windows-1251", "KOI8-U", "IBM866"],
    ),
    (
        "greek",
        [["Γιώργος", "Παπαδόπουλος"], ["Ελένη", "Ιωάννου"], ["Νίκος", "Γεωργίου"]],
        &["windows-1253"],
    ),
    ("turkish", [["Ayşe", "Yıldız"], ["Gökhan", "Çelik"], ["Işıl", "Doğan"]], &["windows-1254"]),
    ("hebrew", [["דוד", "כהן"], ["שרה", "לוי"], ["משה", "פרץ"]], &["windows-1255"]),
    ("arabic", [["محمد", "احمد"], ["فاطمة", "حسن"], ["علي", "خالد"]], &["windows-1256"]),
];

/// Encodings with every letter.
const UNICODE: [&str; 6] =
    ["UTF-8", "UTF-8 mark", "UTF-16LE mark", "UTF-16BE mark", "UTF-16LE", "UTF-16BE"];

/// The quirk of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Quirk {
    None,
    SepLine,
    TitleAbove,
    CtrlZ,
    ReturnOnly,
    BlankLines,
    SecondHeader,
    Footer,
    QuotesInside,
    OddQuotes,
    Apostrophe,
    AsFormula,
    PointZero,
    NoneId,
    Rounded,
    DateClass,
    OneName,
    LastFirst,
    ContactFirst,
    Roles,
    BrokenOnce,
    LostLetter,
    SurplusCell,
    OpenQuote,
    SameId,
    MergedClass,
    GermanHeader,
    ZeroWidth,
    TwoScripts,
    Enrolment,
}

const QUIRKS: [Quirk; 30] = [
    Quirk::None,
    Quirk::SepLine,
    Quirk::TitleAbove,
    Quirk::CtrlZ,
    Quirk::ReturnOnly,
    Quirk::BlankLines,
    Quirk::SecondHeader,
    Quirk::Footer,
    Quirk::QuotesInside,
    Quirk::OddQuotes,
    Quirk::Apostrophe,
    Quirk::AsFormula,
    Quirk::PointZero,
    Quirk::NoneId,
    Quirk::Rounded,
    Quirk::DateClass,
    Quirk::OneName,
    Quirk::LastFirst,
    Quirk::ContactFirst,
    Quirk::Roles,
    Quirk::BrokenOnce,
    Quirk::LostLetter,
    Quirk::SurplusCell,
    Quirk::OpenQuote,
    Quirk::SameId,
    Quirk::MergedClass,
    Quirk::GermanHeader,
    Quirk::ZeroWidth,
    Quirk::TwoScripts,
    Quirk::Enrolment,
];

/// A student as the file means it: id, given name, family name, class.
type Child = [String; 4];

/// Returns the text of a file with a quirk, and the students it means.
#[expect(clippy::too_many_lines, reason = "one arm per quirk")]
fn file(children: &[[&str; 2]; 3], separator: char, quirk: Quirk) -> (String, Vec<Child>) {
    let mut header = vec!["Student ID", "First Name", "Last Name", "Class"];
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut meant = Vec::new();
    for (number, [given, family]) in children.iter().enumerate() {
        let id = format!("0{}", number + 41);
        rows.push(vec![id.clone(), (*given).to_owned(), (*family).to_owned(), "1A".to_owned()]);
        meant.push([id, (*given).to_owned(), (*family).to_owned(), "1A".to_owned()]);
    }
    let [first, second, _] = children;
    match quirk {
        Quirk::QuotesInside => {
            rows[0][1] = format!("\"{} \"X\"\"", first[0]);
            meant[0][1] = format!("{} \"X\"", first[0]);
        }
        Quirk::OddQuotes => rows[0][1] = format!(" \"{}\" ", first[0]),
        Quirk::Apostrophe => rows[0][0] = "'041".to_owned(),
        Quirk::AsFormula => rows[0][0] = "=\"041\"".to_owned(),
        Quirk::PointZero => {
            rows[0][0] = "41.0".to_owned();
            meant[0][0] = "41".to_owned();
        }
        Quirk::NoneId => rows[0][0] = "#N/A".to_owned(),
        Quirk::Rounded => rows[0][0] = "1.23457E+11".to_owned(),
        Quirk::DateClass => {
            rows[0][3] = "2-Jan".to_owned();
            // The text before the spreadsheet turned it into a date.
            meant[0][3] = "1/2".to_owned();
        }
        Quirk::OneName => {
            rows[0][2] = String::new();
            meant[0][2] = String::new();
        }
        Quirk::LastFirst => {
            header = vec!["Student ID", "Student Name", "Class"];
            for row in &mut rows {
                let name = format!("\"{}, {}\"", row[2], row[1]);
                row.splice(1..3, [name]);
            }
        }
        Quirk::ContactFirst => {
            header.splice(0..0, ["Contact 1", "First Name", "Last Name"]);
            for row in &mut rows {
                row.splice(0..0, ["Mother", "Mary", "Other"].map(str::to_owned));
            }
            header[4] = "Student First Name";
            header[5] = "Student Last Name";
        }
        Quirk::Roles => {
            header.push("Role");
            for (row, role) in rows.iter_mut().zip(["student", "teacher", "student"]) {
                row.push(role.to_owned());
            }
            meant.remove(1);
        }
        Quirk::BrokenOnce => {
            let broken = TextEncoding::Windows1252.decode(second[0].as_bytes()).into_owned();
            rows[1][1] = broken;
        }
        Quirk::LostLetter => rows[0][1] = "Jos?".to_owned(),
        Quirk::SurplusCell => rows[0].push("surplus".to_owned()),
        Quirk::OpenQuote => rows[0][1] = format!("\"{}", first[0]),
        Quirk::SameId => {
            rows[1][0] = "041".to_owned();
            meant[1][0] = "041".to_owned();
        }
        Quirk::MergedClass => {
            // The class is in the first column, and only where it changes.
            header.rotate_right(1);
            for (row, class) in rows.iter_mut().zip(["1A", "", "1B"]) {
                row.rotate_right(1);
                row[0] = class.to_owned();
            }
            let mut fourth = rows[0].clone();
            fourth[0] = String::new();
            fourth[1] = "044".to_owned();
            rows.push(fourth);
            let [given, family] = first;
            meant.push(["044", given, family, "1B"].map(str::to_owned));
            meant[2][3] = "1B".to_owned();
        }
        Quirk::GermanHeader => {
            header = vec!["Nachname", "Vorname", "Klasse"];
            for (row, child) in rows.iter_mut().zip(&mut meant) {
                *row = [2, 1, 3].map(|at| row[at].clone()).into();
                child[0] = String::new();
            }
        }
        Quirk::ZeroWidth => rows[0][1] = format!("{}\u{200b}", first[0]),
        Quirk::TwoScripts => {
            rows[0][1] = "\u{410}nna".to_owned();
            meant[0][1] = "Anna".to_owned();
        }
        Quirk::Enrolment => {
            // OneRoster: all people of the school in one file, including those who have left.
            header.extend(["Role", "Status"]);
            let people =
                [("student", "active"), ("student", "tobedeleted"), ("guardian", "active")];
            for (row, (role, status)) in rows.iter_mut().zip(people) {
                row.extend([role, status].map(str::to_owned));
            }
            for (role, id) in [("administrator", "051"), ("teacher", "052"), ("student", "053")] {
                let [given, family] = second;
                let row = [id, given, family, "1A", role, "active"].map(str::to_owned);
                rows.push(row.into());
            }
            meant.truncate(1);
            meant.push(["053", second[0], second[1], "1A"].map(str::to_owned));
        }
        Quirk::None
        | Quirk::SepLine
        | Quirk::TitleAbove
        | Quirk::CtrlZ
        | Quirk::ReturnOnly
        | Quirk::BlankLines
        | Quirk::SecondHeader
        | Quirk::Footer => {}
    }
    let join = |cells: &[String]| cells.join(&separator.to_string());
    let header = join(&header.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let mut lines: Vec<String> = rows.iter().map(|row| join(row)).collect();
    if quirk == Quirk::SecondHeader {
        lines.insert(2, header.clone());
    } else if quirk == Quirk::Footer {
        lines.push(format!("Total{separator}3"));
    } else if quirk == Quirk::BlankLines {
        lines.insert(1, String::new());
    }
    lines.insert(0, header);
    if quirk == Quirk::SepLine {
        lines.insert(0, format!("sep={separator}"));
    } else if quirk == Quirk::TitleAbove {
        lines.insert(0, "Oak School".to_owned());
    }
    let end = if quirk == Quirk::ReturnOnly { "\r" } else { "\r\n" };
    let mut text = lines.join(end) + end;
    if quirk == Quirk::CtrlZ {
        text.push('\u{1A}');
    }
    (text, meant)
}

fn encoded(text: &str, encoding: &str) -> Option<Vec<u8>> {
    let wide = |mark: bool, bytes: fn(u16) -> [u8; 2]| {
        let mark = if mark { "\u{feff}" } else { "" };
        Some(format!("{mark}{text}").encode_utf16().flat_map(bytes).collect())
    };
    match encoding {
        "UTF-8" => Some(text.as_bytes().to_vec()),
        "UTF-8 mark" => Some(format!("\u{feff}{text}").into_bytes()),
        "UTF-16LE mark" => wide(true, u16::to_le_bytes),
        "UTF-16BE mark" => wide(true, u16::to_be_bytes),
        "UTF-16LE" => wide(false, u16::to_le_bytes),
        "UTF-16BE" => wide(false, u16::to_be_bytes),
        _ => {
            let encoding = TextEncoding::parse(encoding)?;
            let byte_of: BTreeMap<char, u8> = (0..=255)
                .filter_map(|byte| Some((encoding.decode(&[byte]).chars().next()?, byte)))
                .collect();
            text.chars().map(|c| byte_of.get(&c).copied()).collect()
        }
    }
}

/// Returns `right` or `said`; an error when a difference is silent.
fn judge(bytes: &[u8], meant: &[Child]) -> Result<&'static str, String> {
    let Ok(roster) = read(bytes, &ReadOptions::default()) else { return Ok("said") };
    let read: Vec<Child> = roster
        .rows
        .iter()
        .map(|row| {
            let id = row.school_issued_id.clone().unwrap_or_default();
            let class = row.class.clone().unwrap_or_default();
            [id, row.given_name.clone(), row.family_name.clone(), class]
        })
        .collect();
    if read == meant && roster.encoding.as_ref().is_some_and(|encoding| encoding.is_certain) {
        return Ok("right");
    }
    if roster.encoding.as_ref().is_some_and(|encoding| !encoding.is_certain) {
        return Ok("said");
    }
    for (row, child) in roster.rows.iter().zip(&read) {
        if !meant.contains(child) && row.warnings.is_empty() {
            return Err(format!("{child:?} in row {}", row.row));
        }
    }
    // Missing students must be in refused or skipped rows.
    let lost = meant.len().saturating_sub(read.len());
    let said = roster.refused.len() + roster.skipped.len();
    if lost > said { Err(format!("{lost} children lost, {said} rows said")) } else { Ok("said") }
}

#[test]
fn every_cell_of_the_table_is_right_or_said() {
    let mut right = 0;
    let mut said: BTreeMap<Quirk, usize> = BTreeMap::new();
    let mut silent = Vec::new();
    for (region, children, encodings) in &REGIONS {
        for encoding in UNICODE.iter().chain(*encodings) {
            for separator in [',', ';', '\t', '|'] {
                for quirk in QUIRKS {
                    let (text, meant) = file(children, separator, quirk);
                    let Some(bytes) = encoded(&text, encoding) else { continue };
                    match judge(&bytes, &meant) {
                        Ok("right") => right += 1,
                        Ok(_) => *said.entry(quirk).or_default() += 1,
                        Err(why) => silent
                            .push(format!("{region} {encoding} {separator:?} {quirk:?}: {why}")),
                    }
                }
            }
        }
    }
    println!("right {right}, said {said:?}, silent {}", silent.len());
    assert!(silent.is_empty(), "{silent:#?}");
    // Plain Western files and everything in Unicode must be right, not only said.
    assert!(right > said.values().sum::<usize>() * 2, "right {right}, said {said:?}");
}

#[test]
fn same_id_in_two_rows_is_a_conflict_in_every_encoding() {
    let (text, _) = file(&REGIONS[0].1, ',', Quirk::SameId);
    for encoding in UNICODE.iter().chain(REGIONS[0].2) {
        let roster = read(&encoded(&text, encoding).unwrap(), &ReadOptions::default()).unwrap();
        let preview =
            crate::roster::compare::<u32>(&[], &roster, &crate::roster::CompareOptions::default());
        assert_eq!((preview.conflicts.len(), preview.added.len()), (2, 1), "{encoding}");
    }
}
