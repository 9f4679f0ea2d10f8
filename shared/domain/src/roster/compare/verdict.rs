//! Decides which student of the school a row means.

use std::collections::{BTreeMap, BTreeSet};

use super::school::{Names, School, full_name_of, names_of};
use super::{CompareOptions, ConflictReason, DuplicateReason, IdRewriteKind, RowDecision};
use crate::roster::Row;

/// Maximum number of other rows that are listed for a row in conflict.
const MOST_OTHERS: usize = 10;

/// The verdict about one row.
#[derive(Debug, Clone, Copy)]
pub(super) enum RowVerdict {
    Added,
    /// The student at this position of the school's list.
    Same(usize),
    /// The same, with an id that differs by damage from a spreadsheet.
    SameWithOtherId(usize, IdRewriteKind),
    /// A duplicate: the row with this number is used for the same student.
    Duplicate(u32, DuplicateReason),
    /// A person must decide; with the student that the row may mean.
    Conflict(ConflictReason, Option<usize>),
    /// The row may mean either of two students.
    Ambiguous,
    /// The id is rounded, and no student of this name has an id that fits.
    RoundedId,
    /// A person left the row out.
    LeftOut,
}

/// The verdicts about all rows, and the rows that claim students.
pub(super) struct Verdicts<'rows> {
    /// One verdict per row, in the order of the rows.
    pub(super) of_rows: Vec<RowVerdict>,
    /// The number of the row that claims a student of the school.
    pub(super) claimed_by: BTreeMap<usize, u32>,
    /// Names of rows that may mean either of two students.
    pub(super) ambiguous_names: BTreeSet<Names>,
    /// The first rows of each id in conflict.
    conflicts: BTreeMap<&'rows str, Vec<u32>>,
    ids: Vec<Option<&'rows str>>,
}

impl<'rows> Verdicts<'rows> {
    /// Decides about each row.
    ///
    /// Equal ids come first, then ids that a spreadsheet changed. New ids follow by name, where exactly one row and one
    /// student without an id match. Rows without an id come last, so that a row with a certain student is never the
    /// duplicate of an uncertain one.
    pub(super) fn reach<K>(
        school: &School<'_, K>,
        rows: &'rows [Row],
        options: &CompareOptions,
    ) -> Self {
        let decision = |row: &Row| options.decisions.get(&row.row).copied();
        let id_of = |row: &'rows Row| match decision(row) {
            Some(RowDecision::LeaveOut | RowDecision::UseWithoutId) => None,
            Some(RowDecision::Use) | None => row.school_issued_id.as_deref(),
        };
        let mut verdicts = Self {
            of_rows: vec![RowVerdict::Added; rows.len()],
            claimed_by: BTreeMap::new(),
            ambiguous_names: BTreeSet::new(),
            conflicts: BTreeMap::new(),
            ids: rows.iter().map(id_of).collect(),
        };
        for (row, verdict) in rows.iter().zip(&mut verdicts.of_rows) {
            if decision(row) == Some(RowDecision::LeaveOut) {
                *verdict = RowVerdict::LeftOut;
            }
        }
        let is_decided = |row: &Row| decision(row) == Some(RowDecision::Use);
        let ids = verdicts.settle_same_ids(school, rows, is_decided);
        let unknown = verdicts.match_equal_ids(school, rows, &ids);
        let unknown = verdicts.match_changed_ids(school, rows, &unknown);
        verdicts.match_new_ids(school, rows, &unknown);
        verdicts.match_rounded_ids(school, rows, &decision);
        verdicts.match_names(school, rows, &ids);
        verdicts
    }

    /// Returns the numbers of the other rows in conflict with this one.
    pub(super) fn others(&self, at: usize, row: u32) -> Vec<u32> {
        let id = self.ids.get(at).copied().flatten();
        let numbers = id.and_then(|id| self.conflicts.get(id)).map(Vec::as_slice);
        numbers.unwrap_or_default().iter().copied().filter(|number| *number != row).collect()
    }

    fn set(&mut self, at: usize, verdict: RowVerdict) {
        if let Some(place) = self.of_rows.get_mut(at) {
            *place = verdict;
        }
    }

    fn claim(&mut self, at: usize, student: usize, row: u32, verdict: RowVerdict) {
        self.set(at, verdict);
        self.claimed_by.insert(student, row);
    }

    /// Groups rows by id: the same name is a duplicate, different names are a conflict. Returns the remaining rows.
    fn settle_same_ids<K>(
        &mut self,
        school: &School<'_, K>,
        rows: &'rows [Row],
        is_decided: impl Fn(&Row) -> bool,
    ) -> Vec<usize> {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, id) in self.ids.iter().enumerate() {
            if let Some(id) = id {
                groups.entry(id).or_default().push(at);
            }
        }
        let mut staying = Vec::new();
        for (id, group) in groups {
            if group.len() == 1 {
                staying.extend(group);
                continue;
            }
            let row_at = |at: &usize| rows.get(*at);
            let different = |group: &[usize]| -> BTreeSet<(String, String)> {
                group.iter().filter_map(row_at).map(full_name_of).collect()
            };
            let decided: Vec<usize> =
                group.iter().copied().filter(|at| row_at(at).is_some_and(&is_decided)).collect();
            let winners = if different(&group).len() == 1 {
                Some(group.clone())
            } else {
                Some(decided).filter(|decided| different(decided).len() == 1)
            };
            let mut used: Option<u32> = None;
            for at in &group {
                let Some(row) = rows.get(*at) else { continue };
                let wins =
                    winners.as_ref().is_some_and(|winners| winners.binary_search(at).is_ok());
                match (wins, used) {
                    (true, None) => {
                        used = Some(row.row);
                        staying.push(*at);
                    }
                    (true, Some(first)) => {
                        self.set(*at, RowVerdict::Duplicate(first, DuplicateReason::SameId));
                    }
                    (false, _) => {
                        let student = match school.with_id(id) {
                            [student] => Some(*student),
                            _ => None,
                        };
                        let reason = ConflictReason::SameIdOtherName;
                        self.set(*at, RowVerdict::Conflict(reason, student));
                    }
                }
            }
            if used.is_none() || winners.is_none_or(|winners| winners.len() < group.len()) {
                let numbers = group.iter().filter_map(row_at).map(|row| row.row);
                self.conflicts.insert(id, numbers.take(MOST_OTHERS).collect());
            }
        }
        staying.sort_unstable();
        staying
    }

    /// Matches rows whose id exactly one student has. Returns the other rows.
    fn match_equal_ids<K>(
        &mut self,
        school: &School<'_, K>,
        rows: &'rows [Row],
        staying: &[usize],
    ) -> Vec<usize> {
        let mut unknown = Vec::new();
        for at in staying {
            let (Some(row), Some(Some(id))) = (rows.get(*at), self.ids.get(*at).copied()) else {
                continue;
            };
            match school.with_id(id) {
                [student] => self.claim(*at, *student, row.row, RowVerdict::Same(*student)),
                _ => unknown.push(*at),
            }
        }
        unknown
    }

    /// Matches rows whose id equals a student's after removing damage by spreadsheets, with the same name.
    ///
    /// When at least one row matches this way, such an id with another name is a conflict. Returns the other rows.
    fn match_changed_ids<K>(
        &mut self,
        school: &School<'_, K>,
        rows: &'rows [Row],
        unknown: &[usize],
    ) -> Vec<usize> {
        let mut rest = Vec::new();
        let mut doubtful = Vec::new();
        let mut is_pattern = false;
        for at in unknown {
            let (Some(row), Some(Some(id))) = (rows.get(*at), self.ids.get(*at).copied()) else {
                continue;
            };
            let Some(student) = school.with_id_like(id).filter(|_| school.with_id(id).is_empty())
            else {
                rest.push(*at);
                continue;
            };
            if !school.is_named(student, &full_name_of(row)) {
                doubtful.push((*at, student));
                continue;
            }
            is_pattern = true;
            if let Some(first) = self.claimed_by.get(&student) {
                self.set(*at, RowVerdict::Duplicate(*first, DuplicateReason::SameId));
                continue;
            }
            let has_lost = school
                .id_of(student)
                .is_some_and(|known| known.len() > id.len() && known.starts_with('0'));
            let kind = if has_lost { IdRewriteKind::LostZeros } else { IdRewriteKind::GainedZeros };
            self.claim(*at, student, row.row, RowVerdict::SameWithOtherId(student, kind));
        }
        for (at, student) in doubtful {
            if is_pattern {
                let reason = ConflictReason::LikeKnownIdOtherName;
                self.set(at, RowVerdict::Conflict(reason, Some(student)));
            } else {
                rest.push(at);
            }
        }
        rest.sort_unstable();
        rest
    }

    /// Matches rows with a new id by name, where exactly one row and one student without an id match.
    fn match_new_ids<K>(&mut self, school: &School<'_, K>, rows: &'rows [Row], unknown: &[usize]) {
        if school.all_have_ids() {
            return;
        }
        let mut new_ids: BTreeMap<Names, Vec<usize>> = BTreeMap::new();
        for at in unknown {
            if let Some(row) = rows.get(*at) {
                new_ids.entry(names_of(row)).or_default().push(*at);
            }
        }
        for (names, named_alike) in &new_ids {
            if let ([at], [student]) = (named_alike.as_slice(), school.named(names))
                && !school.has_id(*student)
                && let Some(row) = rows.get(*at)
            {
                self.claim(*at, *student, row.row, RowVerdict::Same(*student));
            }
        }
    }

    /// Matches rows with a rounded id, by name and by the remaining digits.
    fn match_rounded_ids<K>(
        &mut self,
        school: &School<'_, K>,
        rows: &'rows [Row],
        decision: &impl Fn(&Row) -> Option<RowDecision>,
    ) {
        for (at, row) in rows.iter().enumerate() {
            let Some(rounded) = &row.damaged_id else { continue };
            if decision(row).is_some() {
                continue;
            }
            let Some(student) = school.with_rounded_id(row, rounded) else {
                self.set(at, RowVerdict::RoundedId);
                continue;
            };
            if let Some(first) = self.claimed_by.get(&student) {
                self.set(at, RowVerdict::Duplicate(*first, DuplicateReason::SameId));
            } else {
                let verdict = RowVerdict::SameWithOtherId(student, IdRewriteKind::Rounded);
                self.claim(at, student, row.row, verdict);
            }
        }
    }

    /// Matches rows without an id, by name and class.
    fn match_names<K>(&mut self, school: &School<'_, K>, rows: &'rows [Row], with_ids: &[usize]) {
        let is_open = |at: usize, verdicts: &Self| {
            verdicts.ids.get(at).is_some_and(Option::is_none)
                && matches!(verdicts.of_rows.get(at), Some(RowVerdict::Added))
        };
        let open: Vec<usize> = (0..rows.len()).filter(|at| is_open(*at, self)).collect();
        if open.is_empty() {
            return;
        }
        let mut row_with_names: BTreeMap<Names, u32> = BTreeMap::new();
        for at in with_ids {
            let is_used = !matches!(self.of_rows.get(*at), Some(RowVerdict::Conflict(..)) | None);
            if let Some(row) = rows.get(*at).filter(|_| is_used) {
                row_with_names.entry(names_of(row)).or_insert(row.row);
            }
        }
        for at in open {
            let Some(row) = rows.get(at) else { continue };
            let names = names_of(row);
            let students = school.named(&names);
            let other_row = row_with_names.get(&names).or_else(|| {
                students
                    .first()
                    .filter(|_| students.len() == 1)
                    .and_then(|student| self.claimed_by.get(student))
            });
            let verdict = match (other_row, students) {
                (Some(first), _) => RowVerdict::Duplicate(*first, DuplicateReason::SameName),
                (None, []) => RowVerdict::Added,
                (None, [student]) => RowVerdict::Same(*student),
                (None, _) => RowVerdict::Ambiguous,
            };
            self.set(at, verdict);
            match (verdict, students) {
                (RowVerdict::Same(student), _) => {
                    self.claimed_by.insert(student, row.row);
                    row_with_names.insert(names, row.row);
                }
                (RowVerdict::Added, _) => {
                    row_with_names.insert(names, row.row);
                }
                (RowVerdict::Ambiguous, _) => {
                    self.ambiguous_names.insert(names);
                }
                _ => {}
            }
        }
    }
}
