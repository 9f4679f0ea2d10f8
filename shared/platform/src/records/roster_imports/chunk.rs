//! One chunk of rows in one transaction: students, enrolments, new keys, and the import's progress.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_dynamodb::types::AttributeValue;
use domain::ids::{SchoolId, StudentId};

use crate::access::stores::StudioStore;
use crate::base::crypto::data_key::DataKey;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::line::{Placed, RowKind, Step, Target};
use crate::records::roster_imports::state::Written;
use crate::records::students::{self, LISTED, Listed};
use crate::store::change::{Change, Committed, Edit, MOST_CHANGES, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, json};
use crate::store::keys::{self, Key};
use crate::store::student_keys;

/// Whether an import is applied or undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Apply,
    Undo,
}

/// Outcome of writing a chunk.
pub(super) enum Outcome {
    /// The chunk was written; these are the counts now.
    Written(Written),
    /// The chunk was not written: another worker has moved the import on.
    Moved,
}

/// Returns how many of these rows fit into one transaction.
pub(super) fn fits(rows: &[Placed], direction: Direction) -> usize {
    // The import's row, and a page of new keys.
    let mut changes = 2;
    let within = rows.iter().take_while(|row| {
        changes += match (row.line.kind, direction) {
            // The student, the enrolment and, for an undo, the key.
            (RowKind::Added | RowKind::Conflict, Direction::Undo) => 3,
            (RowKind::Left, _) => 1,
            _ => 2,
        };
        changes <= MOST_CHANGES
    });
    within.count().min(student_keys::STUDENTS_A_PAGE)
}

/// Returns the students that an undo must not remove: a share code was issued, or a gallery published, for them.
pub(super) async fn in_use(
    store: &StudioStore,
    school: &SchoolId,
) -> Result<BTreeSet<String>, StoreError> {
    let partition = keys::school_partition(&store.studio, school);
    let table = store.app.records()?;
    let (published, codes) = futures_util::try_join!(
        table.all(&partition, "PUBLISHED#"),
        table.all(&partition, "SHARECODE#"),
    )?;
    let published =
        published.iter().filter_map(|row| row.text("SK")?.split('#').nth(1).map(str::to_owned));
    let codes = codes.iter().filter_map(|row| row.text("student"));
    Ok(published.chain(codes).collect())
}

/// Writes a chunk. A row whose student has changed is skipped and recorded in the list of kept rows.
pub(super) async fn write(
    store: &StudioStore,
    import: &RosterImport,
    direction: Direction,
    rows: &[Placed],
    in_use: &BTreeSet<String>,
) -> Result<Outcome, StoreError> {
    let mut kept = BTreeSet::new();
    // Each iteration skips one more row; most chunks need one iteration.
    for _ in 0..=rows.len() {
        let mut chunk = Chunk::new(store, import, direction, rows, &mut kept).await?;
        match direction {
            Direction::Apply => chunk.apply()?,
            Direction::Undo => chunk.undo(in_use)?,
        }
        let (changes, owners, written) = chunk.done().await?;
        match commit(store.app, changes).await? {
            Committed::Yes => return Ok(Outcome::Written(written)),
            Committed::Refused(0) => return Ok(Outcome::Moved),
            Committed::Refused(at) => match owners.get(at) {
                Some(Some(row)) => kept.insert(*row),
                Some(None) | None => return Err(StoreError::Corrupt("roster chunk")),
            },
        };
    }
    Err(StoreError::Corrupt("roster chunk"))
}

/// A transaction under construction.
struct Chunk<'a> {
    store: &'a StudioStore,
    import: &'a RosterImport,
    direction: Direction,
    rows: &'a [Placed],
    /// Indexes of the rows that are skipped.
    kept: &'a mut BTreeSet<usize>,
    /// The students' data keys, including new ones.
    keys: BTreeMap<StudentId, DataKey>,
    /// Name of the page for new keys.
    page: String,
    new_keys: Option<Item>,
    /// The current rows of the students and their enrolments, by sort key; read only for an undo.
    now: BTreeMap<String, Item>,
    /// Changes, each with the index of the row that needs it.
    changes: Vec<(Change, usize)>,
    /// Students whose keys are destroyed, by key page.
    destroyed: BTreeMap<String, Vec<StudentId>>,
}

impl<'a> Chunk<'a> {
    async fn new(
        store: &'a StudioStore,
        import: &'a RosterImport,
        direction: Direction,
        rows: &'a [Placed],
        kept: &'a mut BTreeSet<usize>,
    ) -> Result<Self, StoreError> {
        let page = format!("{}-{}", import.id, import.written.total());
        let used = rows.iter().enumerate().filter(|(n, _)| !kept.contains(n));
        let targets: Vec<&Target> = used.filter_map(|(_, row)| row.line.target.as_ref()).collect();
        let known: Vec<_> = targets
            .iter()
            .filter_map(|target| Some((target.student.clone(), target.page.clone()?)))
            .collect();
        let mut data_keys = student_keys::of_students(store.app, &store.studio, &known).await?;
        let mut new_keys = None;
        let mut now = BTreeMap::new();
        match direction {
            Direction::Apply => {
                let new = targets.iter().filter(|target| target.page.is_none());
                let new: Vec<_> = new.map(|target| target.student.clone()).collect();
                if !new.is_empty() {
                    let school = &import.school_id;
                    let (fresh, item) =
                        student_keys::new_page(store.app, &store.studio, school, &page, &new)
                            .await?;
                    data_keys.extend(fresh);
                    new_keys = Some(item);
                }
            }
            Direction::Undo => {
                let wanted: Vec<_> = targets
                    .iter()
                    .flat_map(|target| {
                        let student = &target.student;
                        [
                            keys::student(&store.studio, student),
                            keys::enrolment(&store.studio, import.year, student),
                        ]
                    })
                    .collect();
                let found = store.app.records()?.get_many(&wanted).await?;
                now.extend(found.into_iter().filter_map(|item| Some((item.text("SK")?, item))));
            }
        }
        Ok(Self {
            store,
            import,
            direction,
            rows,
            kept,
            keys: data_keys,
            page,
            new_keys,
            now,
            changes: Vec::new(),
            destroyed: BTreeMap::new(),
        })
    }

    /// Returns the rows that are written, with their indexes.
    fn targets(&self) -> Vec<(usize, &'a Target)> {
        let used = self.rows.iter().enumerate().filter(|(n, _)| !self.kept.contains(n));
        used.filter_map(|(n, row)| Some((n, row.line.target.as_ref()?))).collect()
    }

    fn at(&self, target: &Target) -> (Key, Key) {
        let studio = &self.store.studio;
        let student = keys::student(studio, &target.student);
        (student, keys::enrolment(studio, self.import.year, &target.student))
    }

    fn apply(&mut self) -> Result<(), StoreError> {
        let table = self.store.app.records()?;
        let by = || AttributeValue::S(self.import.id.to_string());
        for (n, target) in self.targets() {
            let id = &target.student;
            // No key: the student was erased since the preview.
            let Some(key) = self.keys.get(id) else {
                self.kept.insert(n);
                continue;
            };
            let page = target.page.as_deref().unwrap_or(&self.page);
            let (student, place) = self.at(target);
            let details = match target.details.step() {
                Step::Create(details) => {
                    let item = students::student_item(&student, key, page, id, details);
                    Some(Change::create(table, item.with("import", by()))?)
                }
                Step::Rewrite { after, .. } => {
                    let sealed = students::seal(key, id, "details", after);
                    let edit = Edit::default().exists().set("details", bytes(sealed));
                    Some(Change::edit(table, &student, edit.set("import", by()))?)
                }
                Step::Remove(_) | Step::Leave => None,
            };
            let enrolment = match target.listed().step() {
                Step::Create(listed) => {
                    let item = students::enrolment_item(&place, key, page, id, listed);
                    Some(Change::create(table, item.with("import", by()))?)
                }
                Step::Rewrite { after, .. } => {
                    let sealed = Listed::seal(key, id, after);
                    let edit = Edit::default().exists().set(LISTED, bytes(sealed));
                    Some(Change::edit(table, &place, edit.set("import", by()))?)
                }
                Step::Remove(_) => Some(Change::delete(table, &place)?),
                Step::Leave => None,
            };
            self.changes.extend(details.into_iter().chain(enrolment).map(|change| (change, n)));
        }
        Ok(())
    }

    fn undo(&mut self, in_use: &BTreeSet<String>) -> Result<(), StoreError> {
        for (n, target) in self.targets() {
            match self.undone(target, in_use)? {
                Some(changes) => self.changes.extend(changes.into_iter().map(|change| (change, n))),
                None => {
                    self.kept.insert(n);
                }
            }
        }
        Ok(())
    }

    /// Builds the changes that revert one row; `None` when the student has changed since, or is in use.
    fn undone(
        &mut self,
        target: &Target,
        in_use: &BTreeSet<String>,
    ) -> Result<Option<Vec<Change>>, StoreError> {
        let table = self.store.app.records()?;
        let id = &target.student;
        let (student, place) = self.at(target);
        let (student_now, place_now) = (self.now.get(&student.sk), self.now.get(&place.sk));
        let is_ours = |item: Option<&Item>| {
            item.and_then(|item| item.text("import")).as_deref() == Some(self.import.id.as_str())
        };
        let ours = || AttributeValue::S(self.import.id.to_string());
        let mut changes = Vec::new();
        match target.details.step() {
            Step::Create(_) => {
                let Some(page) = student_now.and_then(|item| item.text("page")) else {
                    return Ok(None);
                };
                if !is_ours(student_now) || in_use.contains(id.as_str()) {
                    return Ok(None);
                }
                changes.push(Change::delete_expecting(table, &student, "import", ours())?);
                self.destroyed.entry(page).or_default().push(id.clone());
            }
            Step::Rewrite { before, .. } => {
                let (true, Some(key)) = (is_ours(student_now), self.keys.get(id)) else {
                    return Ok(None);
                };
                let edit = Edit::default()
                    .expect("import", ours())
                    .set("details", bytes(students::seal(key, id, "details", before)));
                let edit = given_back(edit, target.details.by.as_deref());
                changes.push(Change::edit(table, &student, edit)?);
            }
            Step::Remove(_) | Step::Leave => {}
        }
        let is_place_ours = is_ours(place_now);
        let listed = target.listed();
        match listed.step() {
            Step::Create(_) if is_place_ours => {
                changes.push(Change::delete_expecting(table, &place, "import", ours())?);
            }
            Step::Rewrite { before, .. } if is_place_ours => {
                let Some(key) = self.keys.get(id) else { return Ok(None) };
                let edit = Edit::default()
                    .expect("import", ours())
                    .set(LISTED, bytes(Listed::seal(key, id, before)));
                let edit = given_back(edit, listed.by.as_deref());
                changes.push(Change::edit(table, &place, edit)?);
            }
            Step::Remove(before) if student_now.is_some() && place_now.is_none() => {
                let (Some(key), Some(page)) = (self.keys.get(id), &target.page) else {
                    return Ok(None);
                };
                let mut item = students::enrolment_item(&place, key, page, id, before);
                if let Some(by) = &listed.by {
                    item = item.with_text("import", by.clone());
                }
                changes.push(Change::create(table, item)?);
            }
            Step::Leave => {}
            Step::Create(_) | Step::Rewrite { .. } | Step::Remove(_) => {
                self.forget(id);
                return Ok(None);
            }
        }
        Ok(Some(changes))
    }

    /// Takes a student off the list of destroyed keys: the student stays, and so does the key.
    fn forget(&mut self, student: &StudentId) {
        self.destroyed.retain(|_, of| {
            of.retain(|id| id != student);
            !of.is_empty()
        });
    }

    /// Returns the whole transaction, the index of the row behind each change, and the counts after it.
    async fn done(self) -> Result<(Vec<Change>, Vec<Option<usize>>, Written), StoreError> {
        let (store, import) = (self.store, self.import);
        let records = store.app.records()?;
        let [_, under_way, _] = self.direction.states();
        let mut written = import.written;
        for (n, row) in self.rows.iter().enumerate() {
            let sum = match (self.kept.contains(&n), row.line.kind, &row.line.target) {
                (true, _, _) => &mut written.kept,
                (false, RowKind::Conflict, None) => &mut written.left_out,
                (false, RowKind::Left, _) => &mut written.left,
                // A decided conflict adds a student who has no key yet, or changes one who has.
                (false, RowKind::Added, _) | (false, _, Some(Target { page: None, .. })) => {
                    &mut written.added
                }
                (false, _, _) => &mut written.changed,
            };
            *sum += 1;
        }
        let last = self.rows.last().map(|row| row.place.clone()).unwrap_or_default();
        let edit = Edit::default()
            .expect("state", json(&under_way))
            .expect("written", json(&import.written))
            .set("written", json(&written))
            .set("at", AttributeValue::S(last));
        let import_key = keys::roster_import(&store.studio, &import.id);
        let mut changes = vec![(Change::edit(records, &import_key, edit)?, None)];
        if let Some(item) = self.new_keys {
            changes.push((Change::create(store.app.keys()?, item)?, None));
        }
        for (page, students) in &self.destroyed {
            let Some(first) = students.first() else { continue };
            let gone = students.iter().fold(Edit::default(), |edit, id| edit.remove(id.as_str()));
            let at = keys::key_page(&store.studio, first, page);
            changes.push((Change::edit(store.app.keys()?, &at, gone)?, None));
        }
        let reading = import.reading.as_deref().unwrap_or_default();
        let key = student_keys::of_studio(store.app, &store.studio).await?;
        for row in self.kept.iter().filter_map(|n| self.rows.get(*n)) {
            let at = keys::roster_row(&store.studio, &import.id, ("KEPT", reading), &row.place);
            let item = row.item(&at, &key, &import.id, import.rows_end());
            changes.push((Change::put(records, item)?, None));
        }
        changes.extend(self.changes.into_iter().map(|(change, n)| (change, Some(n))));
        let (changes, owners) = changes.into_iter().unzip();
        Ok((changes, owners, written))
    }
}

/// Gives the row back to the import that wrote it before, or to none.
fn given_back(edit: Edit, by: Option<&str>) -> Edit {
    match by {
        Some(by) => edit.set("import", AttributeValue::S(by.to_owned())),
        None => edit.remove("import"),
    }
}

fn bytes(sealed: Vec<u8>) -> AttributeValue {
    AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new(sealed))
}
