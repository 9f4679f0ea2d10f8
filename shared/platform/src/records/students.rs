//! Students and their enrolments, sealed under each student's own key.

use std::collections::BTreeSet;

use domain::audit::Action;
use domain::ids::{SchoolId, StudentId};
use domain::picture_day::SchoolYear;
use domain::student::{Enrolment, Student, StudentDetails};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::access::stores::{SchoolStore, StudioStore};
use crate::base::crypto::data_key::DataKey;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, student_keys};

/// Seals a value of a student for one attribute of one row.
pub(crate) fn seal(
    key: &DataKey,
    student: &StudentId,
    field: &str,
    value: &impl Serialize,
) -> Vec<u8> {
    let plain = serde_json::to_vec(value).unwrap_or_default();
    key.seal(&["records", student.as_str(), field], &plain)
}

/// Decrypts a value that [`seal`] sealed.
pub(crate) fn open<T: DeserializeOwned>(
    key: &DataKey,
    student: &StudentId,
    field: &str,
    sealed: Option<&[u8]>,
) -> Result<T, StoreError> {
    let sealed = sealed.ok_or(StoreError::Corrupt("student"))?;
    let plain = key.open(&["records", student.as_str(), field], sealed)?;
    serde_json::from_slice(&plain).map_err(|_| StoreError::Corrupt("student"))
}

/// Builds the row of a student; `page` is where the student's key is.
pub(crate) fn student_item(
    at: &Key,
    key: &DataKey,
    page: &str,
    id: &StudentId,
    details: &StudentDetails,
) -> Item {
    Item::at(at).with_text("page", page).with_bytes("details", seal(key, id, "details", details))
}

/// What a class list shows of a student in one school year: name and enrolment at that time.
///
/// Written in the same transactions as the student's own row, so that a list is one query. A list of fifty is read in
/// units of 4 KB, so only the values are stored, in their order, without field names.
#[derive(Serialize, Deserialize)]
pub(crate) struct Listed(
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

impl Listed {
    /// Seals the values for an enrolment's row.
    pub(crate) fn seal(
        key: &DataKey,
        id: &StudentId,
        (details, enrolment): &(StudentDetails, Enrolment),
    ) -> Vec<u8> {
        let StudentDetails { given_name, family_name, school_issued_id } = details.clone();
        let Enrolment { class, grade, teacher } = enrolment.clone();
        let listed = Self(given_name, family_name, school_issued_id, class, grade, teacher);
        seal(key, id, LISTED, &listed)
    }

    /// Decrypts the values of an enrolment's row.
    pub(crate) fn open(
        key: &DataKey,
        id: &StudentId,
        row: &Item,
    ) -> Result<(StudentDetails, Enrolment), StoreError> {
        let Self(given_name, family_name, school_issued_id, class, grade, teacher) =
            open(key, id, LISTED, row.bytes(LISTED))?;
        let details = StudentDetails { given_name, family_name, school_issued_id };
        Ok((details, Enrolment { class, grade, teacher }))
    }
}

/// Attribute of an enrolment's row that class lists are read from.
pub(crate) const LISTED: &str = "listed";

/// Builds the row of an enrolment.
pub(crate) fn enrolment_item(
    at: &Key,
    key: &DataKey,
    page: &str,
    id: &StudentId,
    listed: &(StudentDetails, Enrolment),
) -> Item {
    Item::at(at).with_text("page", page).with_bytes(LISTED, Listed::seal(key, id, listed))
}

/// Maximum number of rows that one page of a teacher's list examines.
///
/// It bounds the cost for a school of any size.
///
/// A page that reaches it is shorter than requested, and the next page continues from there.
const MOST_LOOKED_AT: usize = 1_000;

impl SchoolStore {
    /// Returns a page of the students of a school year that the caller may see.
    ///
    /// A teacher sees this year's students of their classes. Reading a class list is an audit event.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn students(
        &self,
        year: SchoolYear,
        paging: Paging,
    ) -> Result<List<Student>, StoreError> {
        let store = &self.store;
        let event = store.event(Action::StudentsListed, self.school.id.as_str());
        let (list, ()) = futures_util::try_join!(
            self.visible_students(year, paging),
            audit::record(store.app, &event),
        )?;
        Ok(list)
    }

    async fn visible_students(
        &self,
        year: SchoolYear,
        paging: Paging,
    ) -> Result<List<Student>, StoreError> {
        let store = &self.store;
        // A student of a class with the same name in another year is not this teacher's student.
        if !self.knows_year(year) {
            return Ok(List::whole(Vec::new()));
        }
        let partition = keys::school_partition(&store.studio, &self.school.id);
        let prefix = keys::enrolments(year);
        let (wanted, mut after) = (usize::try_from(paging.limit).unwrap_or(1), paging.after);
        let (mut students, mut looked_at) = (Vec::new(), 0_usize);
        loop {
            let page = store.app.records()?.page(&partition, &prefix, after, paging.limit).await?;
            looked_at = looked_at.saturating_add(page.items.len());
            for student in store.open_enrolments(&page.items).await? {
                if !self.sees(&student.enrolment) {
                    continue;
                }
                let place = keys::enrolment(&store.studio, year, &student.id).sk;
                students.push(student);
                if students.len() == wanted {
                    // The next page starts after the last student shown, unless that was the last of all.
                    let is_last = page.next.is_none()
                        && page.items.last().and_then(|row| row.text("SK")).as_ref()
                            == Some(&place);
                    let next_cursor = (!is_last).then(|| cursor(&place));
                    return Ok(List { items: students, next_cursor });
                }
            }
            after = page.next;
            if after.is_none() || looked_at >= MOST_LOOKED_AT {
                return Ok(List { items: students, next_cursor: after.as_deref().map(cursor) });
            }
        }
    }

    /// Returns whether the caller may see the students of a school year.
    fn knows_year(&self, year: SchoolYear) -> bool {
        self.teacher().is_none() || year == self.school.school_year_at(self.store.app.now())
    }

    /// Returns the student with this id in this school year.
    ///
    /// `None` if there is none or the caller may not see the student.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub(crate) async fn student(&self, id: &StudentId) -> Result<Option<Student>, StoreError> {
        Ok(self.students_of(std::slice::from_ref(id)).await?.pop())
    }

    /// Returns this year's students with these ids, as far as the caller may see them.
    pub(crate) async fn students_of(&self, ids: &[StudentId]) -> Result<Vec<Student>, StoreError> {
        let store = &self.store;
        let year = self.school.school_year_at(store.app.now());
        let wanted: BTreeSet<&StudentId> =
            ids.iter().filter(|id| id.parent_part() == self.school.id.parent_part()).collect();
        let wanted: Vec<_> =
            wanted.into_iter().map(|id| keys::enrolment(&store.studio, year, id)).collect();
        let rows = store.app.records()?.get_many(&wanted).await?;
        let mut students = store.open_enrolments(&rows).await?;
        students.retain(|student| self.sees(&student.enrolment));
        Ok(students)
    }
}

impl StudioStore {
    /// Returns all students of a school year, for workers and printed cards.
    ///
    /// The caller must log why it reads them.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn enrolled(
        &self,
        school: &SchoolId,
        year: SchoolYear,
    ) -> Result<Vec<Student>, StoreError> {
        let partition = keys::school_partition(&self.studio, school);
        let rows = self.app.records()?.all(&partition, &keys::enrolments(year)).await?;
        self.open_enrolments(&rows).await
    }

    /// Returns only the ids of a school year's students, without decrypting anything.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn enrolled_ids(
        &self,
        school: &SchoolId,
        year: SchoolYear,
    ) -> Result<Vec<StudentId>, StoreError> {
        let partition = keys::school_partition(&self.studio, school);
        let rows = self.app.records()?.all(&partition, &keys::enrolments(year)).await?;
        rows.iter().map(student_of).collect()
    }

    /// Returns the student with this id in a school year, or `None` if the studio has no such student.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn student(
        &self,
        id: &Untrusted<StudentId>,
        year: SchoolYear,
    ) -> Result<Option<Student>, StoreError> {
        let id = id.inner();
        let wanted = [keys::enrolment(&self.studio, year, id)];
        let rows = self.app.records()?.get_many(&wanted).await?;
        Ok(self.open_enrolments(&rows).await?.pop())
    }

    /// Decrypts enrolment rows into students.
    async fn open_enrolments(&self, rows: &[Item]) -> Result<Vec<Student>, StoreError> {
        let mut owners = Vec::with_capacity(rows.len());
        for row in rows {
            owners.push((
                student_of(row)?,
                row.text("page").ok_or(StoreError::Corrupt("enrolment"))?,
            ));
        }
        let data_keys = student_keys::of_list(self.app, &self.studio, &owners).await?;
        let mut students = Vec::with_capacity(rows.len());
        for (row, (id, _)) in rows.iter().zip(owners) {
            // An erased student has no key, so their data cannot be shown.
            let Some(key) = data_keys.get(&id) else { continue };
            let (details, enrolment) = Listed::open(key, &id, row)?;
            students.push(Student { id, details, enrolment });
        }
        Ok(students)
    }
}

/// Reads the student's id from a student's or an enrolment's row.
pub(crate) fn student_of(row: &Item) -> Result<StudentId, StoreError> {
    let sk = row.text("SK").ok_or(StoreError::Corrupt("enrolment"))?;
    let id = sk.rsplit('#').next().unwrap_or_default();
    StudentId::parse(id).map_err(|_| StoreError::Corrupt("enrolment"))
}
