//! Notices: a person is told of every change to how they sign in, with one e-mail per change.

use domain::ids::PersonId;
use domain::session::Proof;

pub use super::notice::Notice;
use super::told::Told;
use crate::base::app::App;
use crate::http::error::ApiError;

/// Sends a notice to a person's e-mail address.
pub(crate) async fn tell(app: &App, person: &PersonId, notice: Notice) -> Result<(), ApiError> {
    Told::Notice { person: person.clone(), notice, sealed_to: None }.send(app).await
}

/// Sends a notice to a person's old e-mail address, encrypted with the person's key.
pub(crate) async fn tell_at(
    app: &App,
    person: &PersonId,
    sealed_to: Vec<u8>,
    notice: Notice,
) -> Result<(), ApiError> {
    Told::Notice { person: person.clone(), notice, sealed_to: Some(sealed_to) }.send(app).await
}

/// Sends a notice when `proof` is a recovery code, which is consumed.
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
