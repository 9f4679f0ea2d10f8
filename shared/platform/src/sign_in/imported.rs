//! Passwords of accounts from an older system: bcrypt hashes, wrapped before they are stored.

use domain::audit::{Action, Scope};
use domain::email::EmailAddress;

use crate::base::app::App;
use crate::base::crypto::password_hash::wrap_bcrypt;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::people::persons;
use crate::store::audit;
use crate::store::change::{Committed, commit};
use crate::store::error::StoreError;

/// Stores the password hash that a person had in the older system.
///
/// The password works as before. The first sign-in with it replaces the old hash by a hash of the password itself.
///
/// # Errors
///
/// 404 for an unknown address, 422 for text that is not a bcrypt hash of cost 4 to 14.
pub async fn import_password(
    app: &'static App,
    email: &EmailAddress,
    bcrypt: &str,
) -> Result<(), ApiError> {
    let person = persons::find_of_address(app, email).await?.ok_or(ApiError::NotFound)?;
    let wrapped = wrap_bcrypt(app, bcrypt).await?;
    let stored = wrapped.map_err(|_| ApiError::Invalid { code: "not_bcrypt", field: "hash" })?;
    let caller = Caller::worker(app, "import");
    let event = caller.event(app, Scope::Platform, Action::PasswordChanged, person.id.as_str());
    let changes =
        vec![persons::change_password(app, &person, &stored)?, audit::add(app, &event).await?];
    match commit(app, changes).await? {
        Committed::Yes => Ok(()),
        Committed::Refused(_) => Err(StoreError::Corrupt("person").into()),
    }
}
