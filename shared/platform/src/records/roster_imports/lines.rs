//! Converts a comparison into the lines of a preview. Nothing is stored here.

use std::collections::BTreeSet;

use domain::ids::StudentId;
use domain::roster::{
    Changed, CompareOptions, Conflict, Field, Preview, Roster, Row, RowWarning, compare,
};
use domain::student::{Enrolment, StudentDetails};

use crate::records::roster_imports::line::{
    Line, LineConflict, LineWarning, RowKind, ShownStudent, Target, Turn,
};
use crate::records::roster_imports::residents::{Resident, known};
use crate::records::roster_imports::targets::{
    details_of, place_of, target_of_known, target_of_new, without_id,
};

/// Builds the lines of a roster for a school, in file order; students who left come last.
///
/// `new_id` returns the id of the student that a row adds.
pub(super) fn lines(
    residents: &[Resident],
    roster: &Roster,
    options: &CompareOptions,
    new_id: impl Fn(u32) -> StudentId,
) -> Vec<Line> {
    let known = known(residents);
    let preview = compare(&known, roster, options);
    let mut lines = Vec::new();
    let resident = |key: &usize| residents.get(*key);

    let kept = preview.id_rewrites.iter().filter(|rewrite| rewrite.is_kept);
    let kept: BTreeSet<u32> = kept.map(|rewrite| rewrite.row.row).collect();
    lines.extend(preview.added.iter().map(|row| added(row, new_id(row.row))));
    for changed in &preview.changed {
        let Some(student) = resident(changed.key) else { continue };
        lines.push(match &student.place {
            // One id, two children: the first child's pictures would be shown to the second child's family.
            Some(place) if changed.is_another_name => {
                let used = rewritten(student, place, changed);
                another_child(student, changed.row, used, new_id(changed.row.row))
            }
            Some(place) => rewritten(student, place, changed),
            // A former student's id with a very different name: more likely an id that was issued again.
            None if changed.is_another_name => added(changed.row, new_id(changed.row.row)),
            None => returning(student, changed.row, kept.contains(&changed.row.row)),
        });
    }
    for same in &preview.unchanged {
        let Some(student) = resident(same.key) else { continue };
        lines.push(match student.place {
            Some(_) => of_row(RowKind::Unchanged, same.row),
            None => returning(student, same.row, kept.contains(&same.row.row)),
        });
    }
    let changed = preview.changed.iter().map(|changed| *changed.key);
    let placed: BTreeSet<usize> =
        preview.unchanged.iter().map(|same| *same.key).chain(changed).collect();
    for conflict in &preview.conflicts {
        // A student whom another row matches without doubt belongs to that row.
        let is_taken = conflict.student.is_some_and(|key| placed.contains(key));
        let student = conflict.student.filter(|_| !is_taken).and_then(resident);
        lines.push(in_conflict(conflict, student, is_taken, roster, new_id(conflict.row.row)));
    }
    lines.extend(unused(&preview));
    lines.sort_by_key(|line| line.row);
    warn_of_ids(&mut lines, &preview);
    lines.extend(preview.left.iter().filter_map(|key| left(resident(key)?)));
    lines
}

/// Builds the lines of rows for which nothing is written.
fn unused<K>(preview: &Preview<'_, K>) -> Vec<Line> {
    let duplicates = preview.duplicates.iter().map(|duplicate| Line {
        reason: Some(duplicate.reason.code().to_owned()),
        same_as: Some(duplicate.same_as),
        ..of_row(RowKind::Duplicate, duplicate.row)
    });
    let refused = preview.refused.iter().map(|refused| Line {
        field: refused.field,
        reason: Some(refused.reason.code().to_owned()),
        shown: ShownStudent {
            given_name: refused.given_name.map(str::to_owned),
            family_name: refused.family_name.map(str::to_owned),
            ..ShownStudent::default()
        },
        ..empty(RowKind::Refused, Some(refused.row))
    });
    let skipped = preview.skipped.iter().map(|skipped| Line {
        reason: Some(skipped.reason.code().to_owned()),
        ..empty(RowKind::Skipped, Some(skipped.row))
    });
    duplicates.chain(refused).chain(skipped).collect()
}

/// Adds a warning to the lines whose school-issued id a spreadsheet changed.
fn warn_of_ids<K>(lines: &mut [Line], preview: &Preview<'_, K>) {
    for rewrite in &preview.id_rewrites {
        let at = lines.binary_search_by_key(&Some(rewrite.row.row), |line| line.row);
        if let Some(line) = at.ok().and_then(|at| lines.get_mut(at)) {
            let field = Some(Field::SchoolIssuedId);
            line.warnings.push(LineWarning { field, reason: rewrite.kind.code().to_owned() });
        }
    }
}

/// Creates a line without content.
fn empty(kind: RowKind, row: Option<u32>) -> Line {
    Line {
        kind,
        row,
        field: None,
        reason: None,
        same_as: None,
        is_another_name: false,
        shown: ShownStudent::default(),
        warnings: Vec::new(),
        conflict: None,
        target: None,
    }
}

fn of_row(kind: RowKind, row: &Row) -> Line {
    let warning = |warning: &RowWarning| LineWarning {
        field: warning.field,
        reason: warning.reason.code().to_owned(),
    };
    Line {
        shown: shown(&details_of(row), &place_of(row)),
        warnings: row.warnings.iter().map(warning).collect(),
        ..empty(kind, Some(row.row))
    }
}

/// Converts a student for display.
fn shown(details: &StudentDetails, place: &Enrolment) -> ShownStudent {
    let named = |name: &String| (!name.is_empty()).then(|| name.clone());
    ShownStudent {
        given_name: named(&details.given_name),
        family_name: named(&details.family_name),
        school_issued_id: details.school_issued_id.clone(),
        grade: place.grade.clone(),
        class: place.class.clone(),
        teacher: place.teacher.clone(),
    }
}

/// Builds the conflict line for a row with the id of a student who has another name.
fn another_child(student: &Resident, row: &Row, used: Line, new: StudentId) -> Line {
    let Some(target) = used.target else { return of_row(RowKind::Conflict, row) };
    let place = student.place.clone().unwrap_or_default();
    conflict_line(
        row,
        "known_id_other_name",
        LineConflict {
            others: Vec::new(),
            known: Some(shown(&student.details, &place)),
            claim: student.id.to_string(),
            used: target,
            separate: without_id(row, new),
            decision: None,
        },
    )
}

/// Builds the conflict line for a row that the comparison could not assign.
fn in_conflict(
    conflict: &Conflict<'_, usize>,
    student: Option<&Resident>,
    is_taken: bool,
    roster: &Roster,
    new: StudentId,
) -> Line {
    let row = conflict.row;
    let used = match student {
        None if is_taken => without_id(row, new.clone()),
        None => target_of_new(row, new.clone()),
        Some(student) => target_of_known(student, row, roster),
    };
    let place = student.and_then(|student| student.place.clone()).unwrap_or_default();
    // The rows of one conflict share an id or a student. Ids are sealed, so the lowest row number identifies the
    // conflict.
    let first = conflict.others.iter().chain([&row.row]).min().copied().unwrap_or(row.row);
    conflict_line(
        row,
        conflict.reason.code(),
        LineConflict {
            others: conflict.others.clone(),
            known: student.map(|student| shown(&student.details, &place)),
            claim: student.map_or_else(|| format!("row {first}"), |student| student.id.to_string()),
            used,
            separate: without_id(row, new),
            decision: None,
        },
    )
}

fn conflict_line(row: &Row, reason: &str, conflict: LineConflict) -> Line {
    Line {
        reason: Some(reason.to_owned()),
        conflict: Some(conflict),
        ..of_row(RowKind::Conflict, row)
    }
}

/// Builds the line for a student who is new at this school.
fn added(row: &Row, student: StudentId) -> Line {
    Line { target: Some(target_of_new(row, student)), ..of_row(RowKind::Added, row) }
}

/// Builds the line for a student of a former year, or one who had left: the same child, enrolled again.
///
/// A school-issued id that a spreadsheet damaged is not used.
fn returning(student: &Resident, row: &Row, keeps_id: bool) -> Line {
    let mut after = details_of(row);
    let known = student.details.school_issued_id.clone();
    after.school_issued_id = if keeps_id { known } else { after.school_issued_id.or(known) };
    let details = Turn {
        before: Some(student.details.clone()),
        after: Some(after),
        by: student.details_by.clone(),
    };
    let place = Turn { before: None, after: Some(place_of(row)), by: None };
    let target =
        Target { student: student.id.clone(), page: Some(student.page.clone()), details, place };
    Line { target: Some(target), ..of_row(RowKind::Added, row) }
}

/// Builds the line for a student with changed fields.
fn rewritten(student: &Resident, place: &Enrolment, changed: &Changed<'_, usize>) -> Line {
    let mut details = student.details.clone();
    let mut new_place = place.clone();
    for change in &changed.changes {
        let after = change.after.map(str::to_owned);
        match (change.field, after) {
            // A student may have only one of the two names.
            (Field::GivenName, after) => details.given_name = after.unwrap_or_default(),
            (Field::FamilyName, after) => details.family_name = after.unwrap_or_default(),
            (Field::SchoolIssuedId, after) => details.school_issued_id = after,
            (Field::Class, after) => new_place.class = after,
            (Field::Grade, after) => new_place.grade = after,
            (Field::Teacher, after) => new_place.teacher = after,
        }
    }
    let target = Target {
        student: student.id.clone(),
        page: Some(student.page.clone()),
        details: Turn {
            before: Some(student.details.clone()),
            after: Some(details),
            by: student.details_by.clone(),
        },
        place: Turn {
            before: Some(place.clone()),
            after: Some(new_place),
            by: student.place_by.clone(),
        },
    };
    Line {
        target: Some(target),
        is_another_name: changed.is_another_name,
        ..of_row(RowKind::Changed, changed.row)
    }
}

/// Builds the line for a student of this year who is not in the file; `None` for a former student.
fn left(student: &Resident) -> Option<Line> {
    let place = student.place.clone()?;
    let same = Some(student.details.clone());
    let shown = shown(&student.details, &place);
    let target = Target {
        student: student.id.clone(),
        page: Some(student.page.clone()),
        details: Turn { before: same.clone(), after: same, by: student.details_by.clone() },
        place: Turn { before: Some(place), after: None, by: student.place_by.clone() },
    };
    Some(Line { shown, target: Some(target), ..empty(RowKind::Left, None) })
}

#[cfg(test)]
mod tests {
    use domain::ids::SchoolId;
    use domain::roster::{self, ReadOptions, RosterScope};

    use super::*;

    fn student(n: u8) -> StudentId {
        StudentId::child_of(&SchoolId::from_random([1; 16]), [n; 16])
    }

    fn resident(n: u8, given: &str, id: Option<&str>, class: Option<&str>) -> Resident {
        Resident {
            id: student(n),
            page: "p".into(),
            details: StudentDetails {
                given_name: given.into(),
                family_name: "Lee".into(),
                school_issued_id: id.map(Into::into),
            },
            details_by: Some("imp".into()),
            place: class
                .map(|class| Enrolment { class: Some(class.into()), ..Enrolment::default() }),
            place_by: None,
        }
    }

    fn of(residents: &[Resident], csv: &str) -> Vec<Line> {
        let roster = roster::read(csv.as_bytes(), &ReadOptions::default()).unwrap();
        let whole = CompareOptions { scope: RosterScope::Whole, ..CompareOptions::default() };
        lines(residents, &roster, &whole, |row| student(100 + u8::try_from(row).unwrap()))
    }

    fn kinds(lines: &[Line]) -> Vec<RowKind> {
        lines.iter().map(|line| line.kind).collect()
    }

    #[test]
    fn who_left_and_comes_back_is_the_same_student() {
        let residents = [resident(1, "Ann", Some("0042"), None)];
        let lines = of(&residents, "First Name,Last Name,Student ID,Class\nAnn,Lee,0042,5A\n");
        assert_eq!(kinds(&lines), [RowKind::Added]);
        let target = lines[0].target.as_ref().unwrap();
        assert_eq!(target.student, student(1));
        assert!(matches!(target.details.step(), Step::Leave));
        assert!(matches!(target.place.step(), Step::Create(_)));
    }

    #[test]
    fn an_id_that_was_given_to_another_child_does_not_bring_the_former_one_back() {
        let mut former = resident(1, "Ann", Some("0042"), None);
        former.details.family_name = "Gray".into();
        let lines = of(&[former], "First Name,Last Name,Student ID\nBob,Lee,0042\n");
        assert_eq!(lines[0].target.as_ref().unwrap().student, student(102));
    }

    #[test]
    fn a_former_student_is_never_found_by_name() {
        let residents = [resident(1, "Ann", Some("0042"), None), resident(2, "Bob", None, None)];
        let lines = of(&residents, "First Name,Last Name\nAnn,Lee\nBob,Lee\n");
        assert_eq!(kinds(&lines), [RowKind::Added, RowKind::Added]);
        assert!(lines.iter().all(|line| line.target.as_ref().unwrap().page.is_none()));
    }

    #[test]
    fn a_former_student_who_is_not_in_the_file_has_not_left_again() {
        let residents =
            [resident(1, "Ann", Some("1"), None), resident(2, "Bob", Some("2"), Some("5A"))];
        let lines = of(&residents, "First Name,Last Name,Student ID\nCy,Lee,3\n");
        assert_eq!(kinds(&lines), [RowKind::Added, RowKind::Left]);
        assert_eq!(lines[1].target.as_ref().unwrap().student, student(2));
    }

    #[test]
    fn only_what_is_new_is_rewritten_and_the_writer_before_is_remembered() {
        let residents = [resident(1, "Ann", Some("1"), Some("5A"))];
        let lines = of(&residents, "First Name,Last Name,Student ID,Class\nAnn,Lee,1,5B\n");
        assert_eq!(kinds(&lines), [RowKind::Changed]);
        let target = lines[0].target.as_ref().unwrap();
        assert!(matches!(target.details.step(), Step::Leave));
        assert!(matches!(target.place.step(), Step::Rewrite { .. }));
        assert_eq!(target.details.by.as_deref(), Some("imp"));
    }

    #[test]
    fn a_known_id_with_another_name_waits_for_a_person() {
        let residents = [resident(1, "Ann", Some("1"), Some("5A"))];
        let lines = of(&residents, "First Name,Last Name,Student ID,Class\nBob,Gray,1,5A\n");
        assert_eq!(kinds(&lines), [RowKind::Conflict]);
        assert!(lines[0].target.is_none());
        let conflict = lines[0].conflict.as_ref().unwrap();
        assert_eq!(conflict.used.student, student(1));
        let separate = conflict.separate.details.after.as_ref().unwrap();
        assert_eq!(
            (conflict.separate.student.clone(), &separate.school_issued_id),
            (student(102), &None)
        );
    }

    #[test]
    fn rows_of_one_id_share_a_claim() {
        let file = "First Name,Last Name,Student ID\nAnn,Lee,7\nBob,Gray,7\nCyd,Moss,7\n";
        let lines = of(&[], file);
        assert_eq!(kinds(&lines), [RowKind::Conflict; 3]);
        let claims: BTreeSet<_> =
            lines.iter().map(|line| line.conflict.as_ref().unwrap().claim.clone()).collect();
        assert_eq!(claims.len(), 1);
    }

    use crate::records::roster_imports::line::Step;
}
