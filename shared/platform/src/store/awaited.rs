//! What waits for its mailed link: sealed in one row of its own, and found by the link's token alone.
//!
//! Anybody may type anybody's address. So nothing of it stands at a person, a studio or a school before the link is
//! followed, and there is no key of theirs to seal it: the ring itself gives each row one.

use domain::mailed_token::MailedToken;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::Key;

/// What a link of its own kind leads to.
pub(crate) trait Awaited: Serialize + DeserializeOwned {
    /// What the kind's tokens and sealed rows are called.
    const NAME: &'static str;
    /// Seconds a link works.
    const LIVES_SECONDS: i64;

    /// Where it waits, by the keyed hash of its token.
    fn key(hmac: &str) -> Key;
}

/// What a good link leads to.
pub(crate) struct Followed<T> {
    key: Key,
    pub(crate) content: T,
}

/// A new link's token, and the change that keeps what it leads to.
pub(crate) async fn begin<T: Awaited>(
    app: &App,
    content: &T,
) -> Result<(String, Change), StoreError> {
    let token = MailedToken::from_random(app.random());
    let key = key::<T>(app, &token).await?;
    let root = app.ring().await?.current();
    let plain = serde_json::to_vec(content).map_err(|_| StoreError::Corrupt(T::NAME))?;
    let sealed = sealing_key::<T>(app, root, &key).await?.seal(&place::<T>(&key), &plain);
    let item = Item::at(&key)
        .with_text("root", root)
        .with_bytes("content", sealed)
        .ending(app.now().as_second().saturating_add(T::LIVES_SECONDS));
    Ok((token.as_str().to_owned(), Change::create(app.access()?, item)?))
}

/// What a link's token leads to, if the link is good. Nothing is consumed yet.
pub(crate) async fn follow<T: Awaited>(
    app: &App,
    text: &str,
) -> Result<Option<Followed<T>>, StoreError> {
    let Some(token) = MailedToken::parse(text) else {
        return Ok(None);
    };
    let key = key::<T>(app, &token).await?;
    let Some(item) = app.access()?.get(&key).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt(T::NAME);
    if item.number::<i64>("ends").ok_or_else(corrupt)? <= app.now().as_second() {
        return Ok(None);
    }
    let root = item.text("root").ok_or_else(corrupt)?;
    let sealed = item.bytes("content").ok_or_else(corrupt)?;
    let plain = sealing_key::<T>(app, &root, &key).await?.open(&place::<T>(&key), sealed)?;
    let content = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
    Ok(Some(Followed { key, content }))
}

impl<T> Followed<T> {
    /// The change that uses the link up: it fails when another request was first.
    pub(crate) fn consume(&self, app: &App) -> Result<Change, StoreError> {
        Change::delete(app.access()?, &self.key)
    }
}

fn place<T: Awaited>(key: &Key) -> [&str; 3] {
    ["access", &key.pk, T::NAME]
}

async fn sealing_key<T: Awaited>(app: &App, root: &str, key: &Key) -> Result<DataKey, StoreError> {
    let sealing = app.ring().await?.wrapping_key(root, &format!("{}|{}", T::NAME, key.pk));
    sealing.ok_or(StoreError::Corrupt("key ring"))
}

async fn key<T: Awaited>(app: &App, token: &MailedToken) -> Result<Key, StoreError> {
    Ok(T::key(&app.ring().await?.lookup(T::NAME, token.as_str().as_bytes())))
}
