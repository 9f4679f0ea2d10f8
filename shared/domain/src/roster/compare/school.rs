//! An index of a school's students by id and by name.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::Known;
use crate::roster::fold::fold;
use crate::roster::{RefusedRow, Row, school_id};

/// Given name, family name and class in the form for comparison.
pub(super) type Names = (String, String, String);

fn names(given: &str, family: &str, class: Option<&str>) -> Names {
    (fold(given), fold(family), class.map(fold).unwrap_or_default())
}

pub(super) fn names_of(row: &Row) -> Names {
    names(&row.given_name, &row.family_name, row.class.as_deref())
}

/// Returns given and family name in the form for comparison.
pub(super) fn full_name_of(row: &Row) -> (String, String) {
    (fold(&row.given_name), fold(&row.family_name))
}

/// Removes damage by spreadsheets from an id: leading zeros, an apostrophe before it, `.0` after it.
fn bare(id: &str) -> &str {
    let id = id.trim_start_matches(['\'', '’', '`']);
    id.strip_suffix(".0").unwrap_or(id).trim_start_matches('0')
}

/// The index of a school's students. Numbers are positions in the caller's list.
pub(super) struct School<'a, K> {
    existing: &'a [Known<K>],
    by_id: BTreeMap<&'a str, Vec<usize>>,
    /// Built on first use, like the next two. They are not needed when every id is known.
    by_names: OnceCell<BTreeMap<Names, Vec<usize>>>,
    by_full_name: OnceCell<BTreeMap<(String, String), Vec<usize>>>,
    by_bare_id: OnceCell<BTreeMap<&'a str, Vec<usize>>>,
}

impl<'a, K> School<'a, K> {
    pub(super) fn new(existing: &'a [Known<K>]) -> Self {
        let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, student) in existing.iter().enumerate() {
            if let Some(id) = &student.school_issued_id {
                by_id.entry(id).or_default().push(at);
            }
        }
        Self {
            existing,
            by_id,
            by_names: OnceCell::new(),
            by_full_name: OnceCell::new(),
            by_bare_id: OnceCell::new(),
        }
    }

    pub(super) fn with_id(&self, id: &str) -> &[usize] {
        self.by_id.get(id).map(Vec::as_slice).unwrap_or_default()
    }

    pub(super) fn named(&self, wanted: &Names) -> &[usize] {
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

    fn full_named(&self, wanted: &(String, String)) -> &[usize] {
        let by_full_name = self.by_full_name.get_or_init(|| {
            let mut by_full_name: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
            for (at, student) in self.existing.iter().enumerate() {
                let name = (fold(&student.given_name), fold(&student.family_name));
                by_full_name.entry(name).or_default().push(at);
            }
            by_full_name
        });
        by_full_name.get(wanted).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the only student whose id equals this one after removing damage by spreadsheets.
    pub(super) fn with_id_like(&self, id: &str) -> Option<usize> {
        let by_bare_id = self.by_bare_id.get_or_init(|| {
            let mut by_bare_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
            for (id, students) in &self.by_id {
                by_bare_id.entry(bare(id)).or_default().extend(students);
            }
            by_bare_id
        });
        match by_bare_id.get(bare(id)).map(Vec::as_slice) {
            Some([student]) if !bare(id).is_empty() => Some(*student),
            Some(_) | None => None,
        }
    }

    pub(super) fn id_of(&self, at: usize) -> Option<&'a str> {
        self.existing.get(at)?.school_issued_id.as_deref()
    }

    pub(super) fn is_named(&self, at: usize, name: &(String, String)) -> bool {
        self.existing.get(at).is_some_and(|student| {
            fold(&student.given_name) == name.0 && fold(&student.family_name) == name.1
        })
    }

    pub(super) fn all_have_ids(&self) -> bool {
        self.existing.iter().all(|student| student.school_issued_id.is_some())
    }

    pub(super) fn has_id(&self, at: usize) -> bool {
        self.id_of(at).is_some()
    }

    /// Returns the only student of this name whose id may be the rounded one.
    ///
    /// If there are several, the only one in the same class.
    pub(super) fn with_rounded_id(&self, row: &Row, rounded: &str) -> Option<usize> {
        let may_be = |at: &usize| self.id_of(*at).is_some_and(|id| school_id::may_be(rounded, id));
        let named: Vec<usize> =
            self.full_named(&full_name_of(row)).iter().copied().filter(may_be).collect();
        if let [student] = named.as_slice() {
            return Some(*student);
        }
        let class = row.class.as_deref().map(fold);
        let in_class = |at: &usize| {
            self.existing.get(*at).is_some_and(|known| known.class.as_deref().map(fold) == class)
        };
        let mut in_class = named.into_iter().filter(in_class);
        in_class.next().filter(|_| in_class.next().is_none())
    }

    /// Returns the students whom unused rows mean or may mean. They have not left.
    pub(super) fn meant_by(
        &self,
        refused: &[RefusedRow],
        unused: &[&Row],
        ambiguous: &BTreeSet<Names>,
    ) -> BTreeSet<usize> {
        let mut meant: BTreeSet<usize> = BTreeSet::new();
        for names in ambiguous {
            meant.extend(self.named(names));
        }
        for row in refused {
            if let Some(id) = &row.school_issued_id {
                meant.extend(self.with_id(id));
                meant.extend(self.with_id_like(id));
            }
            let given = row.given_name.as_deref().unwrap_or_default();
            let family = row.family_name.as_deref().unwrap_or_default();
            meant.extend(self.named(&names(given, family, row.class.as_deref())));
        }
        for row in unused {
            if let Some(id) = &row.school_issued_id {
                meant.extend(self.with_id(id));
                meant.extend(self.with_id_like(id));
            }
            meant.extend(self.full_named(&full_name_of(row)));
        }
        meant
    }
}
