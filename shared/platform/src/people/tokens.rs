//! Mailed links: a random token, kept as a keyed hash, good once and for a while.

use domain::ids::PersonId;
use domain::mailed_token::MailedToken;
use serde::{Deserialize, Serialize};

use crate::base::app::App;
use crate::people::persons::Person;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};

/// No link that opens a door works for less. Strangers may have one sent each time this has passed: see
/// [`crate::mail::Stamp`].
pub(crate) const SHORTEST_LIFE_SECONDS: i64 = 10 * 60;

/// What a mailed link does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Signs a parent in who has been here before and asked for the link just now.
    SignInAgain,
    /// Signs somebody of a school in who asked for the link just now.
    SignInAtSchool,
    /// Lets somebody choose another password.
    ResetPassword,
    /// Confirms the address somebody wants to change to.
    ChangeEmail,
}

impl Purpose {
    /// Seconds a link works.
    ///
    /// Ten minutes for who asked just now and waits for the mail (control A09), a quarter of an hour for a
    /// Ten minutes for who asked just now and waits for the mail (control A09), a quarter of an hour for a
    /// password (A10). A day to confirm another address, which opens nothing by itself.
    const fn lives_seconds(self) -> i64 {
        match self {
            Self::ChangeEmail => 24 * 3600,
            Self::ResetPassword => 15 * 60,
            Self::SignInAgain | Self::SignInAtSchool => SHORTEST_LIFE_SECONDS,
        }
    }
}

/// A token that is still good.
pub(crate) struct Token {
    pub(crate) key: Key,
    pub(crate) person: PersonId,
    pub(crate) purpose: Purpose,
    /// When it was mailed, in seconds.
    pub(crate) issued_at: i64,
    /// The person's epoch when it was issued: a password or an address changed since ends it.
    epoch: Option<u32>,
    /// The address it confirms, sealed under the person's key.
    pub(crate) sealed_email: Option<Vec<u8>>,
}

impl Token {
    /// Whether nothing has happened to the account since the token was mailed.
    pub(crate) fn is_of(&self, person: &Person) -> bool {
        self.epoch.is_none_or(|epoch| epoch == person.epoch)
    }
}

/// A new token's text, and the change that stores its hash.
pub(crate) async fn issue(
    app: &App,
    purpose: Purpose,
    person: &PersonId,
) -> Result<(String, Change), StoreError> {
    issue_for(app, purpose, person, None, None).await
}

/// A token that ends when the person's epoch does, and may carry a sealed address.
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

/// The token of a text, if it is good for one of these purposes. Nothing is consumed yet.
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
    // A purpose of before, of a link that was mailed by an older version.
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

/// The change that uses a token up: it fails when somebody else was first.
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
