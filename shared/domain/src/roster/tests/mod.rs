//! Tests with whole files, from bytes to the preview.

mod matrix;
mod programs;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;

/// Options for a file with all students.
const WHOLE: CompareOptions = CompareOptions {
    scope: RosterScope::Whole,
    keep_known_ids: true,
    decisions: std::collections::BTreeMap::new(),
};

fn roster(text: &str) -> Roster {
    read(text.as_bytes(), &ReadOptions::default()).unwrap()
}

fn known(key: u32, given: &str, family: &str, id: Option<&str>, class: Option<&str>) -> Known<u32> {
    Known {
        key,
        given_name: given.into(),
        family_name: family.into(),
        school_issued_id: id.map(Into::into),
        class: class.map(Into::into),
        grade: None,
        teacher: None,
    }
}

/// Checks that every row and every student is counted exactly once.
fn assert_accounted<K: Ord>(existing: &[Known<K>], roster: &Roster, preview: &Preview<'_, K>) {
    let counts = preview.counts();
    assert_eq!(
        counts.added
            + counts.changed
            + counts.unchanged
            + counts.duplicates
            + counts.conflicts
            + counts.refused
            + counts.skipped,
        roster.data_rows()
    );
    let students: BTreeSet<&K> = preview
        .changed
        .iter()
        .map(|changed| changed.key)
        .chain(preview.unchanged.iter().map(|unchanged| unchanged.key))
        .chain(preview.left.iter().copied())
        .chain(preview.stays.iter().copied())
        .chain(preview.unsure.iter().copied())
        .collect();
    assert_eq!(students.len(), existing.len());
    assert_eq!(
        counts.changed
            + counts.unchanged
            + counts.left
            + preview.stays.len()
            + preview.unsure.len(),
        existing.len()
    );
}

#[test]
fn difficult_values_come_through_unharmed_in_every_encoding_and_separator() {
    let names = [
        ("Seán", "O'Brien"),
        ("Łukasz", "Żółć"),
        ("李", "小龙"),
        ("=cmd()", "@x"),
        ("Zoë", "Núñez"),
    ];
    for separator in [',', ';', '\t'] {
        let mut text = ["Firstname", "Lastname", "Student ID"].join(&separator.to_string());
        for (number, (given, family)) in names.iter().enumerate() {
            write!(text, "\r\n{given}{separator}\"{family}\"{separator}00{number}").unwrap();
        }
        let utf_16: Vec<u8> = [0xFF, 0xFE]
            .into_iter()
            .chain(text.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        let with_mark = format!("\u{feff}{text}").into_bytes();
        for file in [text.clone().into_bytes(), with_mark, utf_16] {
            let roster = read(&file, &ReadOptions::default()).unwrap();
            let read: Vec<(&str, &str)> = roster
                .rows
                .iter()
                .map(|r| (r.given_name.as_str(), r.family_name.as_str()))
                .collect();
            assert_eq!(read, names);
            assert_eq!(roster.rows[2].school_issued_id.as_deref(), Some("002"));
            assert_eq!(roster.rows[0].row, 2);
        }
    }
    let windows_1252 = b"Nombre;Apellidos\nJos\xE9;Nu\xF1ez\nAna;O\x92Brien\n";
    let roster = read(windows_1252, &ReadOptions::default()).unwrap();
    assert_eq!(roster.rows[0].family_name, "Nuñez");
    assert_eq!(roster.rows[1].family_name, "O’Brien");
}

#[test]
fn refused_columns_are_named_and_their_cells_never_kept() {
    let roster = roster("First,Last,DOB,SSN,Shoe size\nAnn,Lee,2014-09-12,123-45-6789,34\n");
    let refused: Vec<_> = roster.refused_columns().collect();
    assert_eq!(
        refused,
        [("DOB", RefusedColumnReason::BirthDate), ("SSN", RefusedColumnReason::GovernmentNumber)]
    );
    assert_eq!(roster.ignored_columns().collect::<Vec<_>>(), ["Shoe size"]);
    assert_eq!(roster.rows.len(), 1);
    assert_eq!(
        roster.mapping().0.into_iter().collect::<Vec<_>>(),
        [
            ("First".to_owned(), MapTo::Field(Field::GivenName)),
            ("Last".to_owned(), MapTo::Field(Field::FamilyName)),
            ("Shoe size".to_owned(), MapTo::Ignore),
        ]
    );
}

#[test]
fn refused_rows_are_named_with_row_field_and_reason() {
    let long = "x".repeat(101);
    let text = format!(
        "First,Last,ID,Class,Teacher\n\
         Ann,Lee,1,3A,Ms Fox\n\
         ,,2,,\n\
         Bob,,3,,\n\
         \n\
         Cy,Doe,123-45-6789,,\n\
         Di,Eve,4,\"born 12/31/2014\",\n\
         {long},Fox,5,,\n\
         Ed,#REF!,10,,\n\
         Flo,Hall,6,3A,Ms Fox,surplus\n\
         Gus\u{fffd},Ives,7,,\n\
         <b></b>,Jay,8,,\n\
         Kim,\"Lang,\nLeo\",9,,\n"
    );
    let roster = roster(&text);
    let refused: Vec<_> = roster.refused.iter().map(|r| (r.row, r.field, r.reason)).collect();
    assert_eq!(
        refused,
        [
            (3, Some(Field::GivenName), RowReason::Missing),
            (6, Some(Field::SchoolIssuedId), RowReason::LooksLikeSocialSecurityNumber),
            (7, Some(Field::Class), RowReason::LooksLikeBirthDate),
            (8, Some(Field::GivenName), RowReason::TooLong),
            (9, Some(Field::FamilyName), RowReason::FormulaError),
            (10, None, RowReason::TooManyCells),
            (11, Some(Field::GivenName), RowReason::UnreadableCharacters),
            (13, Some(Field::FamilyName), RowReason::BrokenQuotes),
        ]
    );
    // A student with only one name is valid.
    assert_eq!(roster.rows.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 4, 12]);
    // Only the valid cells of a refused row are kept.
    assert_eq!(roster.refused[1].given_name.as_deref(), Some("Cy"));
    assert_eq!(roster.refused[1].school_issued_id, None);
}

#[test]
fn a_file_as_a_whole_is_refused_with_a_code() {
    let error = |bytes: &[u8]| read(bytes, &ReadOptions::default()).unwrap_err().code();
    assert_eq!(error(b"PK\x03\x04xl/workbook.xml"), "roster_spreadsheet_damaged");
    assert_eq!(error(b""), "roster_empty");
    assert_eq!(error(b"First,Last\n\n,,\n"), "roster_no_rows");
    assert_eq!(error(b"Title,Grade\nAnn Lee,3\n"), "roster_no_header");
    assert_eq!(error(b"Name,Grade\nAnn Lee,3\n"), "roster_choose_name_order");
    assert_eq!(error(&vec![b'a'; MAX_BYTES + 1]), "roster_too_large");
    let rows = |count| format!("First,Last\n{}", "Ann,Lee\n".repeat(count));
    assert_eq!(error(rows(MAX_ROWS + 1).as_bytes()), "roster_too_many_rows");
    assert_eq!(roster(&rows(MAX_ROWS)).data_rows(), MAX_ROWS);
}

#[test]
fn the_preview_says_added_changed_unchanged_left_and_duplicate() {
    let existing = [
        known(1, "Ann", "Lee", Some("0001"), Some("3A")),
        known(2, "Bob", "Ray", Some("0002"), Some("3A")),
        known(3, "Cy", "Doe", None, Some("3B")),
        known(4, "Di", "Fox", Some("0004"), Some("3B")),
    ];
    let roster = roster(
        "First,Last,ID,Class\n\
         Ann,Lee,0001,3A\n\
         Bobby,Ray,0002,4A\n\
         CY,Dôe,0003,3B\n\
         Eve,New,0005,3A\n\
         Eve,New,0005,3A\n\
         ann,lee,,3A\n",
    );
    let preview = compare(&existing, &roster, &WHOLE);
    assert_accounted(&existing, &roster, &preview);
    assert_eq!(preview.unchanged.iter().map(|u| *u.key).collect::<Vec<_>>(), [1]);
    let changed: Vec<_> = preview
        .changed
        .iter()
        .map(|c| (*c.key, c.changes.iter().map(|change| change.field).collect::<Vec<_>>()))
        .collect();
    assert_eq!(
        changed,
        [
            (2, vec![Field::GivenName, Field::Class]),
            (3, vec![Field::GivenName, Field::FamilyName, Field::SchoolIssuedId]),
        ]
    );
    assert_eq!(preview.changed[0].changes[1].before, Some("3A"));
    assert_eq!(preview.changed[0].changes[1].after, Some("4A"));
    assert_eq!(preview.added.iter().map(|row| row.row).collect::<Vec<_>>(), [5]);
    let duplicates: Vec<_> =
        preview.duplicates.iter().map(|d| (d.row.row, d.same_as, d.reason)).collect();
    assert_eq!(duplicates, [(6, 5, DuplicateReason::SameId), (7, 2, DuplicateReason::SameName)]);
    assert_eq!(preview.left, [&4]);
}

#[test]
fn a_student_is_never_guessed() {
    // No match by name for another class, another id, or two students of the same name.
    let existing = [
        known(1, "Ann", "Lee", None, Some("3A")),
        known(2, "Bob", "Ray", Some("7"), Some("3A")),
        known(3, "Cy", "Doe", None, Some("3B")),
        known(4, "Cy", "Doe", Some("9"), Some("3B")),
    ];
    let roster =
        roster("First,Last,ID,Class\nAnn,Lee,,4A\nBob,Ray,8,3A\nCy,Doe,,3B\nCy,Doe,10,3B\n");
    let preview = compare(&existing, &roster, &WHOLE);
    assert_accounted(&existing, &roster, &preview);
    assert_eq!(preview.added.iter().map(|row| row.row).collect::<Vec<_>>(), [2, 3, 5]);
    assert_eq!(preview.duplicates[0].row.row, 4);
    assert!(preview.changed.is_empty() && preview.unchanged.is_empty());
}

#[test]
fn who_could_be_either_of_two_is_refused_and_neither_has_left() {
    let existing = [known(1, "Cy", "Doe", Some("8"), None), known(2, "Cy", "Doe", Some("9"), None)];
    let roster = roster("First,Last\nCy,Doe\n");
    let preview = compare(&existing, &roster, &WHOLE);
    assert_accounted(&existing, &roster, &preview);
    assert_eq!(preview.refused[0].reason, RowReason::Ambiguous);
    assert_eq!(preview.unsure, [&1, &2]);
}

#[test]
fn the_student_of_a_refused_row_has_not_left() {
    let existing = [
        known(1, "Ann", "Lee", Some("1"), Some("3A")),
        known(2, "Bob", "Ray", None, Some("3A")),
        known(3, "Cy", "Doe", Some("3"), Some("3A")),
    ];
    let roster = roster(
        "First,Last,ID,Class,Teacher\n123,Lee,1,3A,Fox\nBob,Ray,,3A,123-45-6789\nEve,New,5,3A,Fox\n",
    );
    let preview = compare(&existing, &roster, &WHOLE);
    assert_accounted(&existing, &roster, &preview);
    assert_eq!(preview.unsure, [&1, &2]);
    assert_eq!(preview.left, [&3]);
}

#[test]
fn what_the_file_has_no_column_for_does_not_change() {
    let mut ann = known(1, "Ann", "Lee", Some("1"), Some("3A"));
    ann.grade = Some("3".into());
    ann.teacher = Some("Fox".into());
    let existing = [ann];
    let with_class = roster("First,Last,ID,Class\nAnn,Lee,1,\n");
    let preview = compare(&existing, &with_class, &WHOLE);
    assert_eq!(preview.changed[0].changes.len(), 1);
    assert_eq!(preview.changed[0].changes[0].after, None);
    let without_id = roster("First,Last,Class,ID\nAnn,Lee,3A,\n");
    assert_eq!(compare(&existing, &without_id, &WHOLE).unchanged.len(), 1);
}

#[test]
fn an_id_that_now_names_another_child_is_pointed_out() {
    let existing =
        [known(1, "Ann", "Lee", Some("1"), None), known(2, "Bob", "Ray", Some("2"), None)];
    let roster = roster("First,Last,ID\nCy,Doe,1\nRobert,Ray,2\n");
    let preview = compare(&existing, &roster, &WHOLE);
    let flagged: Vec<_> = preview.changed.iter().map(|c| c.is_another_name).collect();
    assert_eq!(flagged, [true, false]);
}

#[test]
fn a_hundred_thousand_rows_are_read_and_compared_at_once() {
    let mut text = "First Name,Last Name,Student ID,Grade,Homeroom,Teacher,DOB\r\n".to_owned();
    let mut existing = Vec::new();
    for number in 1..=MAX_ROWS {
        let class = number % 700;
        write!(text, "Łukasz{number},\"O'Brien, Jr\",{number:07},3,{class},Ms Fox,2014-01-01\r\n")
            .unwrap();
        if number % 2 == 0 {
            let given = format!("Łukasz{number}");
            let id = format!("{number:07}");
            existing.push(known(0, &given, "Old", Some(&id), Some("1")));
        }
    }
    let start = std::time::Instant::now();
    let roster = roster(&text);
    let read = start.elapsed();
    let preview = compare(&existing, &roster, &WHOLE);
    let compared = start.elapsed().saturating_sub(read);
    println!("read {} bytes in {read:?}, compared in {compared:?}", text.len());
    assert_eq!(preview.counts().added, MAX_ROWS / 2);
    assert_eq!(preview.counts().changed, MAX_ROWS / 2);
    // A generous limit for a busy machine. It detects quadratic time (ten minutes); it is not a benchmark.
    assert!(read + compared < std::time::Duration::from_mins(3));
}

/// Text that resembles a roster, so that the interesting code paths run.
fn nearly_a_roster() -> impl Strategy<Value = String> {
    let cell = prop_oneof![
        "[A-C]",
        "[0-3]",
        Just(String::new()),
        Just("\"a,b\"".to_owned()),
        Just("\"a\r\nb\"".to_owned()),
        Just("\"".to_owned()),
        Just("123-45-6789".to_owned()),
        "[ -~é李\u{300}<>]{0,6}",
    ];
    let row = proptest::collection::vec(cell, 0..6).prop_map(|cells| cells.join(","));
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    (proptest::collection::vec(row, 0..30), end)
        .prop_map(|(rows, end)| format!("First,Last,ID,Class{end}{}", rows.join(end)))
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        drop(read(&bytes, &ReadOptions::default()));
    }

    #[test]
    fn every_row_and_every_student_is_accounted_for_once(
        old in nearly_a_roster(),
        new in nearly_a_roster(),
    ) {
        let existing: Vec<Known<usize>> = read(old.as_bytes(), &ReadOptions::default())
            .map(|roster| roster.rows)
            .unwrap_or_default()
            .into_iter()
            .enumerate()
            .map(|(key, row)| Known {
                key,
                given_name: row.given_name,
                family_name: row.family_name,
                school_issued_id: row.school_issued_id,
                class: row.class,
                grade: row.grade,
                teacher: row.teacher,
            })
            .collect();
        if let Ok(roster) = read(new.as_bytes(), &ReadOptions::default()) {
            assert_accounted(&existing, &roster, &compare(&existing, &roster, &WHOLE));
            // Row numbers are unique and lie below the header.
            let numbers: BTreeSet<u32> = roster.rows.iter().map(|row| row.row)
                .chain(roster.refused.iter().map(|row| row.row))
                .chain(roster.skipped.iter().map(|row| row.row)).collect();
            prop_assert_eq!(numbers.len(), roster.data_rows());
            prop_assert!(numbers.iter().all(|row| *row > 1));
        }
    }

    #[test]
    fn the_same_file_twice_changes_nothing(text in nearly_a_roster()) {
        let Ok(roster) = read(text.as_bytes(), &ReadOptions::default()) else { return Ok(()) };
        let first = compare::<usize>(&[], &roster, &WHOLE);
        let existing: Vec<Known<u32>> = first.added.iter().map(|row| Known {
            key: row.row,
            given_name: row.given_name.clone(),
            family_name: row.family_name.clone(),
            school_issued_id: row.school_issued_id.clone(),
            class: row.class.clone(),
            grade: row.grade.clone(),
            teacher: row.teacher.clone(),
        }).collect();
        let second = compare(&existing, &roster, &WHOLE).counts();
        prop_assert_eq!((second.added, second.changed, second.left), (0, 0, 0));
        prop_assert_eq!(second.unchanged, first.added.len());
        prop_assert_eq!(second.duplicates, first.duplicates.len());
    }
}
