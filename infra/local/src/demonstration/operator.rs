//! The demonstration's site administrator: invited through the invitation function, enrolled as a page does it.

use functions::handlers;
use platform::App;
use platform::base::crypto::totp;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::client::{Client, ClientError};

/// The demonstration's site administrator.
const EMAIL: &str = "operator@picture-day.example";

/// The credentials for signing in as a site administrator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OperatorAccount {
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
    /// The authenticator-app secret, for typing.
    pub secret: String,
    /// The same secret as an `otpauth:` URL for the app.
    pub address: String,
}

/// Creates an invitation and returns its link.
///
/// # Errors
///
/// When the address is invalid, or the store fails.
pub async fn invitation(app: &'static App, email: &str) -> Result<String, ClientError> {
    let failed = ClientError::TooLate("an invitation");
    let Some(invite) = handlers::direct("operator-invitations") else { return Err(failed) };
    let invited = invite(app, json!({ "email": email })).await.map_err(|_| failed)?;
    Ok(invited.pointer("/link").and_then(|link| link.as_str()).unwrap_or_default().to_owned())
}

/// Invites and enrols a site administrator. A second call gives the same one new credentials.
///
/// # Errors
///
/// When the system does not respond as expected.
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
