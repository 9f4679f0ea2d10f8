//! Sign-ups that wait for their mailed link: the address, and what was chosen with it, sealed in one row.
//!
//! Nothing stands at a person or a studio before the link is followed. Two sign-ups for one address are two rows,
//! and each link confirms the password and the studio of its own.

use domain::email::EmailAddress;
use domain::mailed_token::MailedToken;
use domain::text::Line;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::crypto::data_key::DataKey;
use crate::crypto::password_hash::StoredPassword;
use crate::table::{Change, Item, Key, StoreError, keys};

/// Seconds a link works: a day, as it opens nothing by itself.
const LIVES_SECONDS: i64 = 24 * 3600;

const CORRUPT: StoreError = StoreError::Corrupt("sign-up");

/// What was typed at a sign-up.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignUp {
    pub(crate) email: EmailAddress,
    pub(crate) studio_name: Line,
    pub(crate) password: StoredPassword,
}

/// A sign-up whose link is good.
pub(crate) struct WaitingSignUp {
    key: Key,
    pub(crate) sign_up: SignUp,
}

/// An address on its way to the mail worker: perhaps no person has it yet, so that the ring itself seals it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct SealedAddress {
    root: String,
    sealed: Vec<u8>,
}

const MAIL_PLACE: [&str; 2] = ["mail", "sign-up"];

impl SealedAddress {
    pub(crate) async fn of(app: &App, email: &EmailAddress) -> Result<Self, StoreError> {
        let root = app.ring().await?.current().to_owned();
        let key = sealing_key(app, &root, "mail").await?;
        let sealed = key.seal(&MAIL_PLACE, email.as_str().as_bytes());
        Ok(Self { root, sealed })
    }

    /// The address in the clear.
    pub(crate) async fn open(&self, app: &App) -> Result<EmailAddress, StoreError> {
        let key = sealing_key(app, &self.root, "mail").await?;
        let text = String::from_utf8(key.open(&MAIL_PLACE, &self.sealed)?).map_err(|_| CORRUPT)?;
        EmailAddress::parse(&text).map_err(|_| CORRUPT)
    }
}

/// A new token's text, and the change that stores what its link will confirm.
pub(crate) async fn begin(app: &App, sign_up: &SignUp) -> Result<(String, Change), StoreError> {
    let token = MailedToken::from_random(app.random());
    let key = key(app, &token).await?;
    let root = app.ring().await?.current();
    let plain = serde_json::to_vec(sign_up).map_err(|_| CORRUPT)?;
    let sealed = sealing_key(app, root, &key.pk).await?.seal(&place(&key), &plain);
    let item = Item::at(&key)
        .with_text("root", root)
        .with_bytes("content", sealed)
        .ending(app.now().as_second().saturating_add(LIVES_SECONDS));
    Ok((token.as_str().to_owned(), Change::create(app.access()?, item)?))
}

/// The sign-up of a token's text, if its link is good. Nothing is consumed yet.
pub(crate) async fn find(app: &App, text: &str) -> Result<Option<WaitingSignUp>, StoreError> {
    let Some(token) = MailedToken::parse(text) else {
        return Ok(None);
    };
    let key = key(app, &token).await?;
    let Some(item) = app.access()?.get(&key).await? else {
        return Ok(None);
    };
    if item.number::<i64>("ends").ok_or(CORRUPT)? <= app.now().as_second() {
        return Ok(None);
    }
    let sealing = sealing_key(app, &item.text("root").ok_or(CORRUPT)?, &key.pk).await?;
    let plain = sealing.open(&place(&key), item.bytes("content").ok_or(CORRUPT)?)?;
    let sign_up = serde_json::from_slice(&plain).map_err(|_| CORRUPT)?;
    Ok(Some(WaitingSignUp { key, sign_up }))
}

impl WaitingSignUp {
    /// The change that uses the link up: it fails when another request was first.
    pub(crate) fn consume(&self, app: &App) -> Result<Change, StoreError> {
        Change::delete(app.access()?, &self.key)
    }
}

fn place(key: &Key) -> [&str; 3] {
    ["access", &key.pk, "sign-up"]
}

async fn sealing_key(app: &App, root: &str, what: &str) -> Result<DataKey, StoreError> {
    let key = app.ring().await?.wrapping_key(root, &format!("sign-up|{what}"));
    key.ok_or(StoreError::Corrupt("key ring"))
}

async fn key(app: &App, token: &MailedToken) -> Result<Key, StoreError> {
    Ok(keys::sign_up(&app.ring().await?.lookup("sign-up", token.as_str().as_bytes())))
}
