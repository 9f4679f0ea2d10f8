//! Tests of ids, conflicts, scopes and decisions when a file is compared with a school.

use super::*;
use crate::roster::{ReadOptions, WarningReason, read};

fn known(key: u32, given: &str, family: &str, id: &str) -> Known<u32> {
    Known {
        key,
        given_name: given.into(),
        family_name: family.into(),
        school_issued_id: Some(id.into()).filter(|id: &String| !id.is_empty()),
        class: Some("1A".into()),
        grade: None,
        teacher: None,
    }
}

/// A roster of rows `id,given,family`, all in class 1A.
fn roster(rows: &[&str]) -> Roster {
    let rows: Vec<String> = rows.iter().map(|row| format!("{row},1A\n")).collect();
    let text = format!("Student ID,First Name,Last Name,Class\n{}", rows.concat());
    read(text.as_bytes(), &ReadOptions::default()).unwrap()
}

fn school() -> [Known<u32>; 4] {
    [
        known(1, "Ann", "Lee", "00041"),
        known(2, "Bob", "Day", "00042"),
        known(3, "Cy", "Fox", "00043"),
        known(4, "Di", "Gray", "0044"),
    ]
}

fn whole() -> CompareOptions {
    CompareOptions { scope: RosterScope::Whole, ..CompareOptions::default() }
}

#[test]
fn students_outside_a_partial_file_stay() {
    let school = school();
    let file = roster(&["00041,Ann,Lee"]);
    let partial = compare(&school, &file, &CompareOptions::default());
    assert_eq!((partial.left.len(), partial.stays.len()), (0, 3));
    assert!(!partial.left_share().must_be_confirmed());

    let whole = compare(&school, &file, &whole());
    assert_eq!((whole.left.len(), whole.stays.len()), (3, 0));
    assert_eq!(whole.left_share(), LeftShare { left: 3, students: 4 });
    assert!(whole.left_share().must_be_confirmed());
}

#[test]
fn a_share_is_confirmed_above_five_percent() {
    for (left, students, asks) in [(5, 100, false), (6, 100, true), (0, 0, false), (1, 10, true)] {
        assert_eq!(LeftShare { left, students }.must_be_confirmed(), asks);
    }
}

#[test]
fn one_id_with_two_names_is_a_conflict() {
    let file = roster(&["7,Ann,Lee", "8,Bob,Day", "7,Cy,Fox", "7,Ann,Lee"]);
    let preview = compare::<u32>(&[], &file, &whole());
    let conflicts: Vec<(u32, Vec<u32>)> =
        preview.conflicts.iter().map(|c| (c.row.row, c.others.clone())).collect();
    assert_eq!(conflicts, [(2, vec![4, 5]), (4, vec![2, 5]), (5, vec![2, 4])]);
    assert_eq!(preview.added.len(), 1);
    assert!(preview.duplicates.is_empty());
}

#[test]
fn one_id_with_one_name_is_a_duplicate() {
    let file = roster(&["7,Ann,Lee", "7,ANN,Leé"]);
    let preview = compare::<u32>(&[], &file, &whole());
    assert_eq!(preview.duplicates[0].same_as, 2);
    assert_eq!(preview.added.len(), 1);
}

#[test]
fn a_conflict_leaves_the_known_student_alone() {
    let school = [known(1, "Ann", "Lee", "7"), known(2, "Bob", "Day", "8")];
    let file = roster(&["7,Ann,Lee", "7,Cy,Fox"]);
    let preview = compare(&school, &file, &whole());
    assert_eq!(preview.conflicts.len(), 2);
    assert_eq!(preview.conflicts[1].student, Some(&1));
    assert_eq!(preview.unsure, [&1]);
    assert_eq!(preview.left, [&2]);
}

#[test]
fn a_person_settles_a_conflict_row_by_row() {
    let file = roster(&["7,Ann,Lee", "7,Cy,Fox"]);
    let decided = |decisions: &[(u32, RowDecision)]| {
        let options = CompareOptions { decisions: decisions.iter().copied().collect(), ..whole() };
        compare::<u32>(&[], &file, &options).counts()
    };
    let both = decided(&[(2, RowDecision::Use), (3, RowDecision::UseWithoutId)]);
    assert_eq!((both.added, both.conflicts), (2, 0));
    let one = decided(&[(3, RowDecision::LeaveOut)]);
    assert_eq!((one.added, one.conflicts, one.skipped), (1, 0, 1));
    let half = decided(&[(2, RowDecision::Use)]);
    assert_eq!((half.added, half.conflicts), (1, 1));
    let twice = decided(&[(2, RowDecision::Use), (3, RowDecision::Use)]);
    assert_eq!((twice.added, twice.conflicts), (0, 2));
}

#[test]
fn zeros_that_a_spreadsheet_lost_change_no_student() {
    let school = school();
    let file = roster(&["41,Ann,Lee", "42,Bob,Day", "43,Cy,Fox", "44,Di,Gray"]);
    let kept = compare(&school, &file, &whole());
    assert_eq!(kept.unchanged.len(), 4);
    let rewrites: Vec<_> = kept.id_rewrites.iter().map(|r| (r.kind, r.is_kept)).collect();
    assert_eq!(rewrites, [(IdRewriteKind::LostZeros, true); 4]);

    let options = CompareOptions { keep_known_ids: false, ..whole() };
    let taken = compare(&school, &file, &options);
    assert_eq!(taken.changed.len(), 4);
    assert_eq!(taken.changed[0].changes[0].after, Some("41"));
}

#[test]
fn an_id_in_the_pattern_with_another_name_is_a_conflict() {
    let school = school();
    let file = roster(&["41,Ann,Lee", "42,Eve,New"]);
    let preview = compare(&school, &file, &whole());
    assert_eq!(preview.conflicts[0].reason, ConflictReason::LikeKnownIdOtherName);
    assert_eq!(preview.conflicts[0].student, Some(&2));
    assert_eq!(preview.unsure, [&2]);
    // Without the pattern, it is a new student with their own number.
    //
    let alone = roster(&["42,Eve,New"]);
    assert_eq!(compare(&school, &alone, &whole()).added.len(), 1);
}

#[test]
fn an_exact_id_wins_over_one_that_is_like_it() {
    let school = [known(1, "Ann", "Lee", "41"), known(2, "Ann", "Lee", "0041")];
    let file = roster(&["41,Ann,Lee", "0041,Ann,Lee"]);
    let preview = compare(&school, &file, &whole());
    assert_eq!(preview.unchanged.iter().map(|same| *same.key).collect::<Vec<_>>(), [1, 2]);
}

#[test]
fn an_id_that_was_damaged_before_is_made_whole() {
    let school = [
        known(1, "Ann", "Lee", "41"),
        known(2, "Bob", "Day", "'0042"),
        known(3, "Cy", "Fox", "123456.0"),
    ];
    let file = roster(&["0041,Ann,Lee", "0042,Bob,Day", "123456,Cy,Fox"]);
    let preview = compare(&school, &file, &whole());
    assert_eq!((preview.added.len(), preview.left.len()), (0, 0));
    let after: Vec<_> = preview.changed.iter().map(|c| c.changes[0].after).collect();
    assert_eq!(after, [Some("0041"), Some("0042"), Some("123456")]);
}

#[test]
fn a_rounded_id_finds_its_student_by_name() {
    let school = [known(1, "Ann", "Lee", "123456789012"), known(2, "Bob", "Day", "8")];
    let file = roster(&["1.23457e+11,Ann,Lee", "8,Bob,Day"]);
    assert_eq!(file.rows[0].warnings[0].reason, WarningReason::IdRounded);
    let preview = compare(&school, &file, &whole());
    assert_eq!(preview.unchanged.len(), 2);
    assert_eq!(preview.id_rewrites[0].kind, IdRewriteKind::Rounded);
}

#[test]
fn a_rounded_id_without_its_student_is_refused() {
    let school = [known(1, "Ann", "Lee", "999")];
    let file = roster(&["1.23457e+11,Ann,Lee", "8,Bob,Day"]);
    let preview = compare(&school, &file, &whole());
    assert_eq!(preview.refused[0].reason, RowReason::DamagedBySpreadsheet);
    assert_eq!(preview.unsure, [&1]);
    let options = CompareOptions {
        decisions: [(2, RowDecision::UseWithoutId)].into_iter().collect(),
        ..whole()
    };
    assert_eq!(compare(&school, &file, &options).refused.len(), 0);
}

#[test]
fn ids_that_mean_none_drop_no_child() {
    let file = roster(&["NULL,Ann,Lee", "NULL,Bob,Day", "0,Cy,Fox", "0,Di,Gray", "N/A,Eve,New"]);
    let preview = compare::<u32>(&[], &file, &whole());
    assert_eq!(preview.added.len(), 5);
    assert!(preview.added.iter().all(|row| row.school_issued_id.is_none()));
    assert!(file.rows.iter().all(|row| row.warnings[0].reason == WarningReason::IdMeansNone));
}

#[test]
fn one_name_only_is_the_same_student_again() {
    let school = [known(1, "Suharto", "", ""), known(2, "", "Teller", "")];
    let file = roster(&[",Suharto,", ",,Teller"]);
    let preview = compare(&school, &file, &whole());
    assert_eq!((preview.unchanged.len(), preview.left.len()), (2, 0));
}

#[test]
fn a_name_that_the_fonts_of_cards_lack_is_named() {
    let file = roster(&["1,สมชาย,Lee", "2,Zoë,O’Brien", "3,Ann 🦊,Day"]);
    let warned: Vec<Vec<&str>> = (file.rows.iter())
        .map(|row| row.warnings.iter().map(|warning| warning.reason.code()).collect())
        .collect();
    assert_eq!(warned, [vec!["will_not_print"], vec![], vec!["will_not_print"]]);
}
