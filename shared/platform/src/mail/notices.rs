//! Notices: a person is told of every change to how they sign in, with one mail for one change.

use domain::ids::PersonId;
use domain::session::Proof;

pub use super::notice::Notice;
use super::told::Told;
use crate::base::app::App;
use crate::http::error::ApiError;

/// Tells a person at their address.
pub(crate) async fn tell(app: &App, person: &PersonId, notice: Notice) -> Result<(), ApiError> {
    Told::Notice { person: person.clone(), notice, sealed_to: None }.send(app).await
}

/// Tells a person at an address that is theirs no more, sealed under their key.
pub(crate) async fn tell_at(
    app: &App,
    person: &PersonId,
    sealed_to: Vec<u8>,
    notice: Notice,
) -> Result<(), ApiError> {
    Told::Notice { person: person.clone(), notice, sealed_to: Some(sealed_to) }.send(app).await
}

/// Tells a person of a recovery code that has just opened something for them: it is used up.
pub(crate) async fn tell_of_used(
    app: &App,
    person: &PersonId,
    proof: Proof,
) -> Result<(), ApiError> {
    if proof == Proof::RecoveryCode {
        tell(app, person, Notice::RecoveryCodesChanged).await?;
    }
    Ok(())
}
