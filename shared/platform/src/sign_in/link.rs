//! Signing in by a mailed link: the link's page asks for a click, and only the click consumes it.

use domain::person::Portal;
use domain::session::Proof;

use crate::app::App;
use crate::http::error::ApiError;
use crate::scope::Caller;
use crate::sign_in::{door, session};
use crate::start::Response;
use crate::table::people;
use crate::table::tokens::{self, Purpose};

/// Signs a parent in. The address is confirmed by it.
///
/// # Errors
///
/// 409 `link_used_or_expired` for a token that is not good any more, or never was.
pub async fn sign_in_by_link(
    app: &'static App,
    caller: &Caller,
    token: &str,
) -> Result<Response, ApiError> {
    let spent = || ApiError::Conflict("link_used_or_expired");
    let token = tokens::find(app, Purpose::SignIn, token).await?.ok_or_else(spent)?;
    let person = session::person_or_refuse(app, &token.person).await?;
    let changes = vec![tokens::consume(app, &token)?, people::verify(app, &person.id)?];
    door::enter(app, caller, &person, Portal::Parent, Proof::MailedLink, changes).await
}
