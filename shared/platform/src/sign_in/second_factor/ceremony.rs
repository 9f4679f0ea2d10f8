//! The ceremonies of passkeys, for whichever kind of account: people's and site administrators' differ in where what is
//! kept of them lies, and in nothing else.
//!
//! The library checks the signature, the origin, that the device has verified its user, and that its counter of
//! signatures has gone on where it keeps one.

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

/// What the page hands to the browser.
#[derive(Serialize, ToSchema)]
pub struct PasskeyOptions {
    /// Goes back with the browser's answer. Good once, for five minutes.
    ceremony: String,
    /// `publicKey`, for `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON`.
    #[schema(value_type = Object)]
    options: Value,
}

/// A passkey the browser has made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MadePasskey {
    /// The name that came with the options.
    ceremony: String,
    /// What the person calls it: “Laptop”.
    name: String,
    /// What the browser answered, as `PublicKeyCredential.toJSON()` writes it.
    #[schema(value_type = Object)]
    credential: Value,
}

impl MadePasskey {
    /// What the person calls it.
    pub(crate) fn name(&self) -> Result<Line, ApiError> {
        Line::parse(&self.name)
            .map_err(|error| ApiError::Invalid { code: error.code(), field: "name" })
    }
}

/// This site, as devices know it: by its host name and origin.
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

/// Keeps what a ceremony began with, and answers what the page hands to the browser.
async fn begun(
    app: &App,
    purpose: Purpose<'_>,
    options: Value,
    state: &impl Serialize,
) -> Result<PasskeyOptions, ApiError> {
    let ceremony = ceremonies::begin(app, purpose, state).await?;
    Ok(PasskeyOptions { ceremony, options })
}

/// Whose passkey is made.
pub(crate) struct Maker {
    /// What the device is told of them: their id, which says nothing.
    pub(crate) id: [u8; 16],
    pub(crate) email: EmailAddress,
    /// What they have already.
    pub(crate) there: Vec<CredentialID>,
}

/// The options with which an account's passkey is made.
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
        // A device that can keep the account with the key lets its owner sign in without typing anything.
        wanted["residentKey"] = json!("preferred");
    }
    begun(app, purpose, options, &state).await
}

/// The passkey that the browser has made, if it fits what was begun.
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

/// The options with which one of these passkeys is shown.
pub(super) async fn ask_for_one_of(
    app: &App,
    purpose: Purpose<'_>,
    passkeys: &[Passkey],
) -> Result<PasskeyOptions, ApiError> {
    let (options, state) =
        site(app)?.start_passkey_authentication(passkeys).map_err(ApiError::internal)?;
    begun(app, purpose, public_key(&options)?, &state).await
}

/// The options with which whoever it is signs in: the device knows who.
pub(crate) async fn ask_anybody(
    app: &App,
    purpose: Purpose<'_>,
) -> Result<PasskeyOptions, ApiError> {
    let (mut options, state) =
        site(app)?.start_discoverable_authentication().map_err(ApiError::internal)?;
    // Asked for by a button, not beside a form field.
    options.mediation = None;
    begun(app, purpose, public_key(&options)?, &state).await
}

/// What a device has signed for somebody whom nobody named.
pub(crate) struct Signed {
    site: Webauthn,
    credential: PublicKeyCredential,
    state: DiscoverableAuthentication,
}

impl Signed {
    /// What belongs to a ceremony that is under way.
    pub(crate) async fn read(
        app: &App,
        purpose: Purpose<'_>,
        (ceremony, credential): (&str, &Value),
    ) -> Result<Self, ApiError> {
        let credential: PublicKeyCredential = read(credential)?;
        let state = ceremonies::take(app, purpose, ceremony).await?.ok_or_else(wrong_passkey)?;
        Ok(Self { site: site(app)?, credential, state })
    }

    /// Whose it says it is, and which passkey.
    pub(crate) fn claims(&self) -> Result<([u8; 16], &[u8]), ApiError> {
        let claimed = self.site.identify_discoverable_authentication(&self.credential);
        let (who, which) = claimed.map_err(|_| wrong_passkey())?;
        Ok((who.into_bytes(), which))
    }

    /// Whether it is of this passkey, whose count goes on then.
    pub(crate) fn check(self, passkey: &mut Passkey) -> Result<(), ApiError> {
        let Self { site, credential, state } = self;
        let result = site
            .finish_discoverable_authentication_v2(&credential, state, &*passkey)
            .map_err(|_| wrong_passkey())?;
        passkey.update_credential(&result);
        Ok(())
    }
}
