//! Data that waits for a mailed link: encrypted in a row of its own, found only by the link's token.
//!
//! Anyone may enter any e-mail address. So nothing of it is stored at a person, a studio or a school before the
//! link is followed, and no data key of theirs exists to encrypt it. The key ring derives a key for each row.

use domain::mailed_token::MailedToken;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::Key;

/// The data that one kind of mailed link leads to.
pub(crate) trait Awaited: Serialize + DeserializeOwned {
    /// The name of the kind, used in the keyed hash of its tokens and in the encryption context of its rows.
    const NAME: &'static str;
    /// Seconds until a link expires.
    const LIVES_SECONDS: i64;

    /// Returns the row's key, from the keyed hash of the token.
    fn key(hmac: &str) -> Key;
}

/// The data that a valid link leads to.
pub(crate) struct Followed<T> {
    key: Key,
    pub(crate) content: T,
}

/// Creates a link's token, and the change that stores the data it leads to.
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

/// Returns the data that a token leads to, if the link is valid. Does not consume the link.
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
    /// Returns the change that consumes the link; it fails when another request consumed it first.
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
