//! Mailed links: a random token, kept as a keyed hash, good once and for a while.

use data_encoding::BASE64URL_NOPAD;
use domain::ids::PersonId;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::table::{Change, Item, Key, StoreError, keys};

/// What a mailed link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Confirms a photographer's address.
    VerifyEmail,
    /// Signs a parent in.
    SignIn,
}

impl Purpose {
    /// Seconds a link works: a day to confirm an address; an hour to sign in, because a parent may read
    /// the mail later than the letter.
    const fn lives_seconds(self) -> i64 {
        match self {
            Self::VerifyEmail => 24 * 3600,
            Self::SignIn => 3600,
        }
    }
}

/// A token that is still good.
pub(crate) struct Token {
    pub(crate) key: Key,
    pub(crate) person: PersonId,
}

/// A new token's text, and the change that stores its hash.
pub(crate) async fn issue(
    app: &App,
    purpose: Purpose,
    person: &PersonId,
) -> Result<(String, Change), StoreError> {
    let text = BASE64URL_NOPAD.encode(&app.random::<32>());
    let ends = app.now().as_second().saturating_add(purpose.lives_seconds());
    let item = Item::at(&key(app, &text).await?)
        .with_json("purpose", &purpose)
        .with_text("person", person.as_str())
        .with_number("ends", ends)
        .with_number("ttl", ends);
    Ok((text, Change::create(app.access()?, item)?))
}

/// The token of a text, if it is good for the purpose. Nothing is consumed yet.
pub(crate) async fn find(
    app: &App,
    purpose: Purpose,
    text: &str,
) -> Result<Option<Token>, StoreError> {
    let key = key(app, text).await?;
    let Some(item) = app.access()?.get(&key).await? else {
        return Ok(None);
    };
    let ends = item.number::<i64>("ends").ok_or(StoreError::Corrupt("token"))?;
    let is_good = ends > app.now().as_second() && item.json("purpose") == Some(purpose);
    let person = item.text("person").and_then(|id| PersonId::parse(&id).ok());
    let person = person.ok_or(StoreError::Corrupt("token"))?;
    Ok(is_good.then_some(Token { key, person }))
}

/// The change that uses a token up: it fails when somebody else was first.
pub(crate) fn consume(app: &App, token: &Token) -> Result<Change, StoreError> {
    Change::delete(app.access()?, &token.key)
}

async fn key(app: &App, text: &str) -> Result<Key, StoreError> {
    Ok(keys::token(&app.ring().await?.lookup("token", text.as_bytes())))
}
