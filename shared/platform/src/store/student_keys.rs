//! Data keys in the `keys` table: a studio's, a person's, and the students' in pages of 64.
//!
//! Deleting a wrapped key makes everything encrypted with it unreadable, in backups too.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::ids::{PersonId, SchoolId, StudentId, StudioId};

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};

/// Maximum number of students whose keys share one item.
pub(crate) const STUDENTS_A_PAGE: usize = 64;

/// Creates a key, and the change that stores it wrapped by the key ring's current root.
async fn new_root_key(app: &App, at: &Key, owner: &str) -> Result<(DataKey, Change), StoreError> {
    let ring = app.ring().await?;
    let bytes = app.random::<32>();
    let wrapping =
        ring.wrapping_key(ring.current(), owner).ok_or(StoreError::Corrupt("key ring"))?;
    let item = Item::at(at)
        .with_text("root", ring.current())
        .with_bytes("wrapped", wrapping.seal(&["keys", owner, "data-key"], &bytes));
    Ok((DataKey::from_bytes(bytes), Change::create(app.keys()?, item)?))
}

async fn root_key(app: &App, at: &Key, owner: String) -> Result<Arc<DataKey>, StoreError> {
    if let Some(key) = app.data_keys.get(&owner, app.now()) {
        return Ok(key);
    }
    let item = app.keys()?.get(at).await?.ok_or(StoreError::Corrupt("data key"))?;
    let root = item.text("root").ok_or(StoreError::Corrupt("data key"))?;
    let wrapped = item.bytes("wrapped").ok_or(StoreError::Corrupt("data key"))?;
    let wrapping =
        app.ring().await?.wrapping_key(&root, &owner).ok_or(StoreError::Corrupt("key ring"))?;
    let key = unwrap(&wrapping, &owner, wrapped)?;
    Ok(app.data_keys.put(owner, app.now(), key))
}

fn unwrap(wrapping: &DataKey, owner: &str, wrapped: &[u8]) -> Result<DataKey, StoreError> {
    let bytes = wrapping.open(&["keys", owner, "data-key"], wrapped)?;
    Ok(DataKey::from_bytes(bytes.try_into().map_err(|_| StoreError::Corrupt("data key"))?))
}

/// Returns a studio's data key.
pub(crate) async fn of_studio(app: &App, studio: &StudioId) -> Result<Arc<DataKey>, StoreError> {
    root_key(app, &keys::studio_key(studio), format!("studio|{studio}")).await
}

/// Creates a new studio's data key and the change that stores it.
pub(crate) async fn new_of_studio(
    app: &App,
    studio: &StudioId,
) -> Result<(DataKey, Change), StoreError> {
    new_root_key(app, &keys::studio_key(studio), &format!("studio|{studio}")).await
}

/// Returns a person's data key.
pub(crate) async fn of_person(app: &App, person: &PersonId) -> Result<Arc<DataKey>, StoreError> {
    root_key(app, &keys::person_key(person), format!("person|{person}")).await
}

/// Creates a new person's data key and the change that stores it.
pub(crate) async fn new_of_person(
    app: &App,
    person: &PersonId,
) -> Result<(DataKey, Change), StoreError> {
    new_root_key(app, &keys::person_key(person), &format!("person|{person}")).await
}

/// Creates data keys for up to [`STUDENTS_A_PAGE`] students, and the row of their page.
pub(crate) async fn new_page(
    app: &App,
    studio: &StudioId,
    school: &SchoolId,
    page: &str,
    students: &[StudentId],
) -> Result<(BTreeMap<StudentId, DataKey>, Item), StoreError> {
    let studio_key = of_studio(app, studio).await?;
    let mut item = Item::at(&keys::key_page(studio, school, page));
    let mut fresh = BTreeMap::new();
    for student in students {
        let bytes = app.random::<32>();
        let wrapped = studio_key.seal(&["keys", &owner(student), "data-key"], &bytes);
        item = item.with_bytes(student.as_str(), wrapped);
        fresh.insert(student.clone(), DataKey::from_bytes(bytes));
    }
    Ok((fresh, item))
}

/// The most students whose keys are cached by one call: a longer list would only displace the others' keys.
const MOST_REMEMBERED: usize = 200;

/// Returns students' keys as [`of_students`] does, with a cache, for students shown in a list.
///
/// This process caches the keys for five minutes, so that a list that is shown again costs one query. A key in
/// the cache does not undo an erasure: that deletes the student's rows together with the key.
pub(crate) async fn of_list(
    app: &App,
    studio: &StudioId,
    students: &[(StudentId, String)],
) -> Result<BTreeMap<StudentId, Arc<DataKey>>, StoreError> {
    let now = app.now();
    let mut found = BTreeMap::new();
    let mut unknown = Vec::new();
    for (student, page) in students {
        match app.student_keys.get(&owner(student), now) {
            Some(key) => drop(found.insert(student.clone(), key)),
            None => unknown.push((student.clone(), page.clone())),
        }
    }
    let is_remembered = unknown.len() <= MOST_REMEMBERED;
    for (student, key) in of_students(app, studio, &unknown).await? {
        let key = if is_remembered {
            app.student_keys.put(owner(&student), now, key)
        } else {
            Arc::new(key)
        };
        found.insert(student, key);
    }
    Ok(found)
}

/// Returns the keys of students, given as `(student, page)` pairs.
///
/// An erased student has no key any more and is left out.
pub(crate) async fn of_students(
    app: &App,
    studio: &StudioId,
    students: &[(StudentId, String)],
) -> Result<BTreeMap<StudentId, DataKey>, StoreError> {
    if students.is_empty() {
        return Ok(BTreeMap::new());
    }
    // A student's id contains its school's partition, so one student per page is enough to find the page's row.
    let pages: BTreeMap<&str, &StudentId> =
        students.iter().map(|(student, page)| (page.as_str(), student)).collect();
    let wanted: Vec<_> =
        pages.iter().map(|(page, student)| keys::key_page(studio, *student, page)).collect();
    let table = app.keys()?;
    let (studio_key, rows) =
        futures_util::try_join!(of_studio(app, studio), table.get_many(&wanted))?;
    let rows: BTreeMap<String, Item> =
        rows.into_iter().filter_map(|row| Some((row.text("SK")?, row))).collect();
    let mut found = BTreeMap::new();
    for (student, page) in students {
        let row = rows.get(&keys::key_page(studio, student, page).sk);
        let Some(wrapped) = row.and_then(|row| row.bytes(student.as_str())) else {
            continue;
        };
        found.insert(student.clone(), unwrap(&studio_key, &owner(student), wrapped)?);
    }
    Ok(found)
}

fn owner(student: &StudentId) -> String {
    format!("student|{student}")
}
