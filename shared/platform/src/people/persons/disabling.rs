//! Disabling a person's account, and enabling it again.

use crate::base::app::App;
use crate::people::persons::person::{Person, next_epoch};
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::number;
use crate::store::keys;

/// Returns the change that disables or enables an account; it fails when the account changed since it was read.
///
/// Every session, token and link of the old epoch becomes invalid in both cases.
pub(crate) fn set_disabled(
    app: &App,
    person: &Person,
    is_disabled: bool,
) -> Result<Change, StoreError> {
    let edit = next_epoch(person);
    let edit = if is_disabled {
        edit.set("disabled", number(app.now().as_second()))
    } else {
        edit.remove("disabled")
    };
    Change::edit(app.records()?, &keys::person(&person.id), edit)
}
