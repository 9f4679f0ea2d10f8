//! People of a district's directory: creating them, and the changes that the directory makes.

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::people::persons::person::{Person, email_place, item, next_epoch};
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::{bytes, number};
use crate::store::{keys, student_keys};
use domain::email::EmailAddress;
use domain::ids::PersonId;

/// Creates a person who cannot be found by e-mail address: the address is only displayed.
///
/// `left` (Unix seconds) is set for a person whom the directory reports as inactive from the start. The returned data
/// key is not stored before the changes are written.
pub(crate) async fn create_without_address(
    app: &App,
    email: &EmailAddress,
    left: Option<i64>,
) -> Result<(PersonId, DataKey, Vec<Change>), StoreError> {
    let id = PersonId::from_random(app.random());
    let (key, key_change) = student_keys::new_of_person(app, &id).await?;
    let mut row = item(&id, &key, email);
    if let Some(left) = left {
        row = row.with_number("left", left);
    }
    Ok((id, key, vec![Change::create(app.records()?, row)?, key_change]))
}

/// A directory's update of a person.
pub(crate) struct ByDirectory<'a> {
    /// Is the person active? `None` leaves it unchanged.
    pub(crate) active: Option<bool>,
    /// A new address to display.
    pub(crate) email: Option<&'a EmailAddress>,
}

/// Returns the change, which fails when the account changed since it was read; `None` when nothing changes.
///
/// A person whom the directory deactivates gets a new epoch: every session, every token and every sign-in in progress
/// becomes invalid.
pub(crate) async fn change_by_directory(
    app: &App,
    person: &Person,
    said: &ByDirectory<'_>,
) -> Result<Option<Change>, StoreError> {
    let active = said.active.filter(|active| *active == person.has_left);
    if active.is_none() && said.email.is_none() {
        return Ok(None);
    }
    let mut edit = match active {
        Some(false) => next_epoch(person).set("left", number(app.now().as_second())),
        Some(true) => Edit::default().expect("epoch", number(person.epoch)).remove("left"),
        None => Edit::default().expect("epoch", number(person.epoch)),
    };
    if let Some(email) = said.email {
        let key = student_keys::of_person(app, &person.id).await?;
        let sealed = key.seal(&email_place(&person.id), email.as_str().as_bytes());
        edit = edit.set("email", bytes(&sealed));
    }
    Change::edit(app.records()?, &keys::person(&person.id), edit).map(Some)
}
