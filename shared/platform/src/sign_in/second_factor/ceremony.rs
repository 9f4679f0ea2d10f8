//! `WebAuthn` ceremonies for every kind of account.
//!
//! People and site administrators differ only in where their passkeys are stored.
//!
//! The library checks the signature, the origin, that the device has verified its user, and that its signature counter
//! has increased where it has one.

use domain::email::EmailAddress;
use domain::text::Line;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::time::Duration;
use utoipa::ToSchema;
use webauthn_rs::prelude::{
    CredentialID, DiscoverableAuthentication, Passkey, PasskeyRegistration, PublicKeyCredential,
    RegisterPublicKeyCredential, Url, Uuid, Webauthn, WebauthnBuilder,
};

use crate::base::app::App;
use crate::http::error::ApiError;
use crate::people::ceremonies::{self, Purpose};
use crate::sign_in::second_factor::proved::wrong_passkey;

/// How long the browser's own dialog stays open.
const DIALOG: Duration = Duration::from_mins(5);

/// The options that the page passes to the browser.
#[derive(Serialize, ToSchema)]
pub struct PasskeyOptions {
    /// Identifies the ceremony; the page returns it with the browser's response. Valid once, for five minutes.
    ceremony: String,
    /// `publicKey`, for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    #[schema(value_type = Object)]
    options: Value,
}

/// A passkey that the browser has created.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MadePasskey {
    /// The ceremony name that came with the options.
    ceremony: String,
    /// The name that the person gives it: “Laptop”.
    name: String,
    /// The browser's response, as `PublicKeyCredential.toJSON()` writes it.
    #[schema(value_type = Object)]
    credential: Value,
}

impl MadePasskey {
    /// Parses the name that the person gives it.
    pub(crate) fn name(&self) -> Result<Line, ApiError> {
        Line::parse(&self.name)
            .map_err(|error| ApiError::Invalid { code: error.code(), field: "name" })
    }
}

/// Returns this site as the relying party: its host name and origin.
pub(super) fn site(app: &App) -> Result<Webauthn, ApiError> {
    let unavailable = || ApiError::Conflict("passkeys_unavailable");
    let origin = Url::parse(&app.config().public_url).map_err(|_| unavailable())?;
    let host = origin.domain().ok_or_else(unavailable)?;
    let builder = WebauthnBuilder::new(host, &origin).map_err(|_| unavailable())?;
    builder.rp_name("Picture Day").timeout(DIALOG).build().map_err(ApiError::internal)
}

fn public_key(options: &impl Serialize) -> Result<Value, ApiError> {
    let mut options = serde_json::to_value(options).map_err(ApiError::internal)?;
    Ok(options.get_mut("publicKey").map(Value::take).unwrap_or_default())
}

pub(super) fn read<T: DeserializeOwned>(credential: &Value) -> Result<T, ApiError> {
    serde_json::from_value(credential.clone()).map_err(|_| ApiError::Malformed("malformed_json"))
}

/// Stores the state of a ceremony, and returns the options for the browser.
async fn begun(
    app: &App,
    purpose: Purpose<'_>,
    options: Value,
    state: &impl Serialize,
) -> Result<PasskeyOptions, ApiError> {
    let ceremony = ceremonies::begin(app, purpose, state).await?;
    Ok(PasskeyOptions { ceremony, options })
}

/// The account that a passkey is created for.
pub(crate) struct Maker {
    /// The account's id, which the device stores. It reveals nothing.
    pub(crate) id: [u8; 16],
    pub(crate) email: EmailAddress,
    /// The passkeys that the account has already.
    pub(crate) there: Vec<CredentialID>,
}

/// Returns the creation options for an account's passkey.
pub(crate) async fn begin_making(
    app: &App,
    purpose: Purpose<'_>,
    maker: Maker,
) -> Result<PasskeyOptions, ApiError> {
    let Maker { id, email, there } = maker;
    let (id, email) = (Uuid::from_bytes(id), email.as_str());
    let (options, state) = site(app)?
        .start_passkey_registration(id, email, email, Some(there))
        .map_err(ApiError::internal)?;
    let mut options = public_key(&options)?;
    if let Some(wanted) = options.get_mut("authenticatorSelection") {
        // A discoverable passkey lets its owner sign in without typing anything.
        wanted["residentKey"] = json!("preferred");
    }
    begun(app, purpose, options, &state).await
}

/// Verifies the passkey that the browser has created against the ceremony.
pub(crate) async fn finish_making(
    app: &App,
    purpose: Purpose<'_>,
    made: &MadePasskey,
) -> Result<Passkey, ApiError> {
    let credential: RegisterPublicKeyCredential = read(&made.credential)?;
    let state: Option<PasskeyRegistration> = ceremonies::take(app, purpose, &made.ceremony).await?;
    let state = state.ok_or_else(wrong_passkey)?;
    site(app)?.finish_passkey_registration(&credential, &state).map_err(|_| wrong_passkey())
}

/// Returns the request options for one of these passkeys.
pub(super) async fn ask_for_one_of(
    app: &App,
    purpose: Purpose<'_>,
    passkeys: &[Passkey],
) -> Result<PasskeyOptions, ApiError> {
    let (options, state) =
        site(app)?.start_passkey_authentication(passkeys).map_err(ApiError::internal)?;
    begun(app, purpose, public_key(&options)?, &state).await
}

/// Returns request options for a discoverable-credential sign-in: the device names the account.
pub(crate) async fn ask_anybody(
    app: &App,
    purpose: Purpose<'_>,
) -> Result<PasskeyOptions, ApiError> {
    let (mut options, state) =
        site(app)?.start_discoverable_authentication().map_err(ApiError::internal)?;
    // A button starts the dialog, not the autofill of a form field.
    options.mediation = None;
    begun(app, purpose, public_key(&options)?, &state).await
}

/// A response to a discoverable-credential sign-in, not yet verified.
pub(crate) struct Signed {
    site: Webauthn,
    credential: PublicKeyCredential,
    state: DiscoverableAuthentication,
}

impl Signed {
    /// Parses a response and takes the state of its ceremony.
    pub(crate) async fn read(
        app: &App,
        purpose: Purpose<'_>,
        (ceremony, credential): (&str, &Value),
    ) -> Result<Self, ApiError> {
        let credential: PublicKeyCredential = read(credential)?;
        let state = ceremonies::take(app, purpose, ceremony).await?.ok_or_else(wrong_passkey)?;
        Ok(Self { site: site(app)?, credential, state })
    }

    /// Returns the account id and the credential id that the response claims.
    pub(crate) fn claims(&self) -> Result<([u8; 16], &[u8]), ApiError> {
        let claimed = self.site.identify_discoverable_authentication(&self.credential);
        let (who, which) = claimed.map_err(|_| wrong_passkey())?;
        Ok((who.into_bytes(), which))
    }

    /// Verifies the response against the passkey, and updates the passkey's signature counter.
    pub(crate) fn check(self, passkey: &mut Passkey) -> Result<(), ApiError> {
        let Self { site, credential, state } = self;
        let result = site
            .finish_discoverable_authentication_v2(&credential, state, &*passkey)
            .map_err(|_| wrong_passkey())?;
        passkey.update_credential(&result);
        Ok(())
    }
}
