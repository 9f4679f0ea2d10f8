//! The demonstration's site administrator: invited as whoever has the right to would do it, enrolled as a page does.

use functions::handlers;
use platform::App;
use platform::crypto::totp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::client::{Client, ClientError};

/// The site administrator of the demonstration.
const EMAIL: &str = "operator@picture-day.example";

/// What somebody needs to look around as a site administrator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OperatorAccount {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The secret of the authenticator app, as it is typed.
    pub secret: String,
    /// The same as an app takes it.
    pub address: String,
}

/// The link of an invitation.
///
/// # Errors
///
/// When the address is none, or the store fails.
pub async fn invitation(app: &'static App, email: &str) -> Result<String, ClientError> {
    let failed = ClientError::TooLate("an invitation");
    let Some(invite) = handlers::direct("operator-invitations") else { return Err(failed) };
    let invited = invite(app, json!({ "email": email })).await.map_err(|_| failed)?;
    Ok(invited.pointer("/link").and_then(|link| link.as_str()).unwrap_or_default().to_owned())
}

/// Invites and enrols one. Again, it gives the same one other credentials.
///
/// # Errors
///
/// When the system does not answer as it should.
pub async fn enrol(
    app: &'static App,
    base: &str,
    password: &str,
) -> Result<OperatorAccount, ClientError> {
    let link = invitation(app, EMAIL).await?;
    let token = link.split_once("token=").map(|(_, token)| token).unwrap_or_default();
    let mut operator = Client::new(base);
    let asked = json!({ "token": token });
    let shown = operator.create("/v1/admin/enrolments/secret", &asked, "demo").await?;
    let secret = shown.text("/secret");
    let bytes = data_encoding::BASE32_NOPAD.decode(secret.as_bytes()).unwrap_or_default();
    let bytes = bytes.try_into().unwrap_or([0; totp::SECRET_BYTES]);
    let code = totp::shown(bytes, app.now().as_second());
    let enrolment = json!({ "token": token, "password": password, "code": code });
    operator.sign_in("/v1/admin/enrolments", &enrolment).await?;
    Ok(OperatorAccount {
        email: EMAIL.to_owned(),
        password: password.to_owned(),
        secret,
        address: shown.text("/address"),
    })
}
