//! Mailed links: a random token, stored as a keyed hash, valid once and for a limited time.

use domain::ids::PersonId;
use domain::mailed_token::MailedToken;
use serde::{Deserialize, Serialize};

use crate::base::app::App;
use crate::people::persons::Person;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};

/// The shortest lifetime in seconds of a link that signs in.
///
/// Strangers may have one sent each time this has passed: see [`crate::mail::Stamp`].
pub(crate) const SHORTEST_LIFE_SECONDS: i64 = 10 * 60;

/// What a mailed link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Signs in a parent who has an account and requested the link just now.
    SignInAgain,
    /// Signs in a member of a school's staff who requested the link just now.
    SignInAtSchool,
    /// Permits choosing a new password.
    ResetPassword,
    /// Confirms the address that a person wants to change to.
    ChangeEmail,
}

impl Purpose {
    /// Returns the seconds until a link expires.
    ///
    /// Ten minutes for a person who requested it just now and waits for the e-mail (control A09), 15 minutes for a
    /// password (A10), and a day to confirm another address, which authorizes nothing by itself.
    const fn lives_seconds(self) -> i64 {
        match self {
            Self::ChangeEmail => 24 * 3600,
            Self::ResetPassword => 15 * 60,
            Self::SignInAgain | Self::SignInAtSchool => SHORTEST_LIFE_SECONDS,
        }
    }
}

/// A valid token.
pub(crate) struct Token {
    pub(crate) key: Key,
    pub(crate) person: PersonId,
    pub(crate) purpose: Purpose,
    /// When it was mailed, in Unix seconds.
    pub(crate) issued_at: i64,
    /// The person's epoch when it was issued: a password or an address changed since invalidates it.
    epoch: Option<u32>,
    /// The address that it confirms, encrypted with the person's key.
    pub(crate) sealed_email: Option<Vec<u8>>,
}

impl Token {
    /// Is the account unchanged since the token was mailed?
    pub(crate) fn is_of(&self, person: &Person) -> bool {
        self.epoch.is_none_or(|epoch| epoch == person.epoch)
    }
}

/// Creates a token's text, and the change that stores its hash.
pub(crate) async fn issue(
    app: &App,
    purpose: Purpose,
    person: &PersonId,
) -> Result<(String, Change), StoreError> {
    issue_for(app, purpose, person, None, None).await
}

/// Creates a token that becomes invalid with the person's epoch, and may contain an encrypted address.
pub(crate) async fn issue_for(
    app: &App,
    purpose: Purpose,
    person: &PersonId,
    epoch: Option<u32>,
    sealed_email: Option<Vec<u8>>,
) -> Result<(String, Change), StoreError> {
    let token = MailedToken::from_random(app.random());
    let ends = app.now().as_second().saturating_add(purpose.lives_seconds());
    let mut item = Item::at(&key(app, &token).await?)
        .with_json("purpose", &purpose)
        .with_text("person", person.as_str())
        .ending(ends);
    if let Some(epoch) = epoch {
        item = item.with_number("epoch", epoch);
    }
    if let Some(sealed) = sealed_email {
        item = item.with_bytes("email", sealed);
    }
    Ok((token.as_str().to_owned(), Change::create(app.access()?, item)?))
}

/// Returns the token of a text, if it is valid for one of these purposes. Does not consume it.
pub(crate) async fn find(
    app: &App,
    purposes: &[Purpose],
    text: &str,
) -> Result<Option<Token>, StoreError> {
    let Some(token) = MailedToken::parse(text) else {
        return Ok(None);
    };
    let key = key(app, &token).await?;
    let Some(item) = app.access()?.get(&key).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("token");
    let ends = item.number::<i64>("ends").ok_or_else(corrupt)?;
    // An older version mailed links with a purpose that no longer exists.
    let Some(purpose) = item.json::<Purpose>("purpose") else {
        return Ok(None);
    };
    let is_good = ends > app.now().as_second() && purposes.contains(&purpose);
    let person = item.text("person").and_then(|id| PersonId::parse(&id).ok());
    let token = Token {
        key,
        person: person.ok_or_else(corrupt)?,
        purpose,
        issued_at: ends.saturating_sub(purpose.lives_seconds()),
        epoch: item.number("epoch"),
        sealed_email: item.bytes("email").map(<[u8]>::to_vec),
    };
    Ok(is_good.then_some(token))
}

/// Returns the change that consumes a token; it fails when another request consumed it first.
pub(crate) fn consume(app: &App, token: &Token) -> Result<Change, StoreError> {
    Change::delete(app.access()?, &token.key)
}

async fn key(app: &App, token: &MailedToken) -> Result<Key, StoreError> {
    Ok(keys::token(&app.ring().await?.lookup("token", token.as_str().as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_link_dies_before_the_next_may_be_mailed() {
        use Purpose::{ChangeEmail, ResetPassword, SignInAgain, SignInAtSchool};
        for link in [SignInAgain, SignInAtSchool, ResetPassword, ChangeEmail] {
            assert!(link.lives_seconds() >= SHORTEST_LIFE_SECONDS, "{link:?}");
        }
    }
}
