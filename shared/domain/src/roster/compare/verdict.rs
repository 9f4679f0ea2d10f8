//! Which student of the school a row speaks of.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::{DuplicateReason, Known};
use crate::roster::fold::fold;
use crate::roster::{RefusedRow, Row};

/// Given name, family name and class as they are compared.
type Names = (String, String, String);

fn names(given: &str, family: &str, class: Option<&str>) -> Names {
    (fold(given), fold(family), class.map(fold).unwrap_or_default())
}

fn names_of(row: &Row) -> Names {
    names(&row.given_name, &row.family_name, row.class.as_deref())
}

/// The students of a school, to be found by id and by name. Numbers are positions in the caller's list.
pub(super) struct School<'a, K> {
    existing: &'a [Known<K>],
    by_id: BTreeMap<&'a str, Vec<usize>>,
    /// Made when it is first asked for: where everybody has an id nobody is looked for by name.
    by_names: OnceCell<BTreeMap<Names, Vec<usize>>>,
}

impl<'a, K> School<'a, K> {
    pub(super) fn new(existing: &'a [Known<K>]) -> Self {
        let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, student) in existing.iter().enumerate() {
            if let Some(id) = &student.school_issued_id {
                by_id.entry(id).or_default().push(at);
            }
        }
        Self { existing, by_id, by_names: OnceCell::new() }
    }

    fn with_id(&self, id: &str) -> &[usize] {
        self.by_id.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    fn named(&self, wanted: &Names) -> &[usize] {
        let by_names = self.by_names.get_or_init(|| {
            let mut by_names: BTreeMap<Names, Vec<usize>> = BTreeMap::new();
            for (at, student) in self.existing.iter().enumerate() {
                let class = student.class.as_deref();
                let names = names(&student.given_name, &student.family_name, class);
                by_names.entry(names).or_default().push(at);
            }
            by_names
        });
        by_names.get(wanted).map(Vec::as_slice).unwrap_or_default()
    }

    fn all_have_ids(&self) -> bool {
        self.existing.iter().all(|student| student.school_issued_id.is_some())
    }

    fn has_id(&self, at: usize) -> bool {
        self.existing.get(at).is_some_and(|student| student.school_issued_id.is_some())
    }

    /// The students a refused row speaks of or may speak of: they did not leave.
    pub(super) fn spoken_of(
        &self,
        refused: &[RefusedRow],
        ambiguous: &BTreeSet<Names>,
    ) -> BTreeSet<usize> {
        let mut spoken_of: BTreeSet<usize> = BTreeSet::new();
        for names in ambiguous {
            spoken_of.extend(self.named(names));
        }
        for row in refused {
            if let Some(id) = &row.school_issued_id {
                spoken_of.extend(self.with_id(id));
            }
            if let (Some(given), Some(family)) = (&row.given_name, &row.family_name) {
                spoken_of.extend(self.named(&names(given, family, row.class.as_deref())));
            }
        }
        spoken_of
    }
}

/// What one row is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Verdict {
    Added,
    /// The student at this position of the school.
    Same(usize),
    /// The row with this number speaks of the same student.
    Duplicate(u32, DuplicateReason),
    /// It may be either of two students.
    Ambiguous,
}

/// What each row is, and which rows speak for which student.
pub(super) struct Verdicts {
    /// As many as there are rows, in their order.
    pub(super) of_rows: Vec<Verdict>,
    /// The number of the row that speaks for a student of the school.
    pub(super) claimed_by: BTreeMap<usize, u32>,
    /// Names of rows that may be either of two students.
    pub(super) ambiguous_names: BTreeSet<Names>,
}

impl Verdicts {
    /// Equal ids first; then new ids by name, where exactly one row and one student without an id fit; rows without
    /// an id last, so that a row which is sure of its student is never taken for the copy of one which is not.
    pub(super) fn reach<K>(school: &School<'_, K>, rows: &[Row]) -> Self {
        let mut of_rows = vec![Verdict::Added; rows.len()];
        let mut claimed_by = BTreeMap::new();
        let mut ambiguous_names = BTreeSet::new();
        let mut row_with_id: BTreeMap<&str, u32> = BTreeMap::new();
        let mut row_with_names: BTreeMap<Names, u32> = BTreeMap::new();
        let mut new_ids: BTreeMap<Names, Vec<(usize, u32)>> = BTreeMap::new();
        let some_rows_lack_ids = rows.iter().any(|row| row.school_issued_id.is_none());
        let some_students_lack_ids = !school.all_have_ids();

        for (at, (row, verdict)) in rows.iter().zip(&mut of_rows).enumerate() {
            let Some(id) = &row.school_issued_id else { continue };
            if let Some(first) = row_with_id.get(id.as_str()) {
                *verdict = Verdict::Duplicate(*first, DuplicateReason::SameId);
                continue;
            }
            row_with_id.insert(id, row.row);
            if some_rows_lack_ids {
                row_with_names.entry(names_of(row)).or_insert(row.row);
            }
            if let [student] = school.with_id(id) {
                *verdict = Verdict::Same(*student);
                claimed_by.insert(*student, row.row);
            } else if some_students_lack_ids {
                new_ids.entry(names_of(row)).or_default().push((at, row.row));
            }
        }
        for (names, named_alike) in &new_ids {
            if let ([(at, number)], [student]) = (named_alike.as_slice(), school.named(names))
                && !school.has_id(*student)
                && let Some(verdict) = of_rows.get_mut(*at)
            {
                *verdict = Verdict::Same(*student);
                claimed_by.insert(*student, *number);
            }
        }
        for (row, verdict) in rows.iter().zip(&mut of_rows) {
            if row.school_issued_id.is_some() {
                continue;
            }
            let names = names_of(row);
            let students = school.named(&names);
            let other_row = row_with_names.get(&names).or_else(|| {
                students.first().filter(|_| students.len() == 1).and_then(|at| claimed_by.get(at))
            });
            *verdict = match (other_row, students) {
                (Some(first), _) => Verdict::Duplicate(*first, DuplicateReason::SameName),
                (None, []) => Verdict::Added,
                (None, [student]) => Verdict::Same(*student),
                (None, _) => Verdict::Ambiguous,
            };
            match *verdict {
                Verdict::Same(student) => {
                    claimed_by.insert(student, row.row);
                    row_with_names.insert(names, row.row);
                }
                Verdict::Added => {
                    row_with_names.insert(names, row.row);
                }
                Verdict::Ambiguous => {
                    ambiguous_names.insert(names);
                }
                Verdict::Duplicate(..) => {}
            }
        }
        Self { of_rows, claimed_by, ambiguous_names }
    }
}
