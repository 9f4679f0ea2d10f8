//! People of a district's directory: made without an address of ours, and what the directory changes of them.

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::people::persons::person::{Person, email_place, item, next_epoch};
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::{bytes, number};
use crate::store::{keys, student_keys};
use domain::email::EmailAddress;
use domain::ids::PersonId;

/// A new person whom no address leads to: the address is there to be shown. `left` is when their district's
/// directory took them out, for somebody who was never in. With their key, which nobody finds before the
/// changes are written.
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

/// A directory's word about a person.
pub(crate) struct ByDirectory<'a> {
    /// Whether they are there; `None` leaves it as it is.
    pub(crate) active: Option<bool>,
    /// Another address to show.
    pub(crate) email: Option<&'a EmailAddress>,
}

/// The change, if nothing has happened to the account since the person was read; `None` when there is nothing
/// to change. Whoever is taken out is in another epoch from then on: every session and every token is over, and
/// those of a sign-in that is under way, too.
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
