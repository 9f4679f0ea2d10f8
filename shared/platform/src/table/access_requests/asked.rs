//! What was asked for with a code, until the mailed link is opened: an hour, sealed, and found by the link alone.
//!
//! Anybody may type anybody's address. Before the click nothing of it stands at a person or at a school.

use domain::access::Relation;
use domain::email::EmailAddress;
use domain::mailed_token::MailedToken;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::table::share_codes::Opens;
use crate::table::{Change, Item, Key, StoreError, keys};

/// Seconds a link works: a parent may type the code at breakfast and read the mail on the bus.
const LIVES_SECONDS: i64 = 3600;

/// Somebody asked, and said that this is their address.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) email: EmailAddress,
    pub(crate) relation: Relation,
    /// What the code opened when it was typed.
    pub(crate) opens: Opens,
}

/// What a link leads to.
pub(crate) struct Followed {
    pub(crate) asked: Asked,
    key: Key,
}

/// What the ring's own key of this kind is called: before the click there is no person with a key.
const OWNER: &str = "asked";

fn place(hmac: &str) -> [&str; 3] {
    ["access", hmac, "asked"]
}

/// A new link's token, and the change that keeps what it leads to.
pub(crate) async fn issue(app: &App, asked: &Asked) -> Result<(String, Change), StoreError> {
    let token = MailedToken::from_random(app.random());
    let ring = app.ring().await?;
    let hmac = ring.lookup("asked", token.as_str().as_bytes());
    let sealing =
        ring.wrapping_key(ring.current(), OWNER).ok_or(StoreError::Corrupt("key ring"))?;
    let plain = serde_json::to_vec(asked).map_err(|_| StoreError::Corrupt("asked access"))?;
    let item = Item::at(&keys::asked(&hmac))
        .with_text("root", ring.current())
        .with_bytes("asked", sealing.seal(&place(&hmac), &plain))
        .ending(app.now().as_second().saturating_add(LIVES_SECONDS));
    Ok((token.as_str().to_owned(), Change::create(app.access()?, item)?))
}

/// What a link's token leads to, if its hour is not over. Nothing is consumed yet.
pub(crate) async fn follow(app: &App, text: &str) -> Result<Option<Followed>, StoreError> {
    let Some(token) = MailedToken::parse(text) else {
        return Ok(None);
    };
    let ring = app.ring().await?;
    let hmac = ring.lookup("asked", token.as_str().as_bytes());
    let key = keys::asked(&hmac);
    let Some(row) = app.access()?.get(&key).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("asked access");
    if row.number::<i64>("ends").ok_or_else(corrupt)? <= app.now().as_second() {
        return Ok(None);
    }
    let root = row.text("root").ok_or_else(corrupt)?;
    let sealing = ring.wrapping_key(&root, OWNER).ok_or(StoreError::Corrupt("key ring"))?;
    let plain = sealing.open(&place(&hmac), row.bytes("asked").ok_or_else(corrupt)?)?;
    let asked = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
    Ok(Some(Followed { asked, key }))
}

/// The change that uses a link up: it fails when somebody else was first.
pub(crate) fn consume(app: &App, followed: &Followed) -> Result<Change, StoreError> {
    Change::delete(app.access()?, &followed.key)
}
