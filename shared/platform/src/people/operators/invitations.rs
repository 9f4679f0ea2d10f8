//! Invitations: a link that creates one site administrator, once, within an hour.

use domain::email::EmailAddress;
use domain::mailed_token::MailedToken;

use super::sealing_key;
use crate::base::app::App;
use crate::base::crypto::totp::SECRET_BYTES;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};

/// Seconds until an invitation expires. The invited person is expected to use it at once, with their telephone.
pub(crate) const LIVES_SECONDS: i64 = 3600;

const CORRUPT: StoreError = StoreError::Corrupt("invitation");

/// A valid invitation.
pub(crate) struct Invitation {
    key: Key,
    pub(crate) email: EmailAddress,
    /// The authenticator app's secret. It is created with the invitation, so that opening it twice shows the same one.
    pub(crate) totp: [u8; SECRET_BYTES],
}

fn what(key: &Key) -> String {
    format!("invitation|{}", key.pk)
}

/// Creates a new invitation's token, and the change that stores it.
pub(crate) async fn issue(
    app: &App,
    email: &EmailAddress,
) -> Result<(MailedToken, Change), StoreError> {
    let token = MailedToken::from_random(app.random());
    let ring = app.operators_ring().await?;
    let key = key(app, &token).await?;
    let sealing = sealing_key(app, ring.current(), &what(&key)).await?;
    let totp = app.random::<SECRET_BYTES>();
    let ends = app.now().as_second().saturating_add(LIVES_SECONDS);
    let item = Item::at(&key)
        .with_text("root", ring.current())
        .with_bytes("email", sealing.seal(&["email"], email.as_str().as_bytes()))
        .with_bytes("totp", sealing.seal(&["totp"], &totp))
        .ending(ends);
    Ok((token, Change::create(app.operators()?, item)?))
}

/// Returns the invitation of a token, if it is valid. Does not consume it.
pub(crate) async fn find(app: &App, text: &str) -> Result<Option<Invitation>, StoreError> {
    let Some(token) = MailedToken::parse(text) else {
        return Ok(None);
    };
    let key = key(app, &token).await?;
    let Some(row) = app.operators()?.get(&key).await? else {
        return Ok(None);
    };
    if row.number::<i64>("ends").ok_or(CORRUPT)? <= app.now().as_second() {
        return Ok(None);
    }
    let sealing = sealing_key(app, &row.text("root").ok_or(CORRUPT)?, &what(&key)).await?;
    let email = sealing.open(&["email"], row.bytes("email").ok_or(CORRUPT)?)?;
    let email = String::from_utf8(email).map_err(|_| CORRUPT)?;
    let totp = sealing.open(&["totp"], row.bytes("totp").ok_or(CORRUPT)?)?;
    Ok(Some(Invitation {
        email: EmailAddress::parse(&email).map_err(|_| CORRUPT)?,
        totp: totp.try_into().map_err(|_| CORRUPT)?,
        key,
    }))
}

/// Returns the change that consumes an invitation; it fails when another request consumed it first.
pub(crate) fn consume(app: &App, invitation: &Invitation) -> Result<Change, StoreError> {
    Change::delete(app.operators()?, &invitation.key)
}

async fn key(app: &App, token: &MailedToken) -> Result<Key, StoreError> {
    let lookup = app.operators_ring().await?.lookup("invitation", token.as_str().as_bytes());
    Ok(keys::operators::invitation(&lookup))
}
