//! Guest tokens: 256 random bits that show one gallery for an hour, kept as a keyed hash.

use data_encoding::BASE64URL_NOPAD;
use domain::ids::{GalleryId, GuestTokenId, PersonId, StudentId, StudioId};
use domain::person::Portal;

use crate::app::App;
use crate::table::{Change, Item, Key, StoreError, keys};

/// Seconds a guest token works.
///
/// Source: control A19: 60 minutes.
pub(crate) const LIVES_SECONDS: i64 = 3600;

/// What a token shows, and by whose right.
pub(crate) struct GuestToken {
    pub(crate) id: GuestTokenId,
    pub(crate) studio: StudioId,
    pub(crate) student: StudentId,
    pub(crate) gallery: GalleryId,
    /// Who gave it: it shows no more than they may see themselves.
    pub(crate) host: PersonId,
    /// Where they were signed in.
    pub(crate) portal: Portal,
    /// The host's when it was given.
    pub(crate) epoch: u32,
}

/// A new token's text, and the change that stores its hash.
pub(crate) async fn issue(app: &App, new: &GuestToken) -> Result<(String, Change), StoreError> {
    let text = BASE64URL_NOPAD.encode(&app.random::<32>());
    let ends = app.now().as_second().saturating_add(LIVES_SECONDS);
    let item = Item::at(&key(app, &text).await?)
        .with_text("id", new.id.as_str())
        .with_text("studio", new.studio.as_str())
        .with_text("student", new.student.as_str())
        .with_text("gallery", new.gallery.as_str())
        .with_text("host", new.host.as_str())
        .with_json("portal", &new.portal)
        .with_number("epoch", new.epoch)
        .ending(ends);
    Ok((text, Change::create(app.access()?, item)?))
}

/// What a text shows, if it is a token whose hour is not over.
pub(crate) async fn find(app: &App, text: &str) -> Result<Option<GuestToken>, StoreError> {
    let Some(row) = app.access()?.get(&key(app, text).await?).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("guest token");
    let ends: i64 = row.number("ends").ok_or_else(corrupt)?;
    if ends <= app.now().as_second() {
        return Ok(None);
    }
    let text = |name: &str| row.text(name).ok_or_else(corrupt);
    Ok(Some(GuestToken {
        id: GuestTokenId::parse(&text("id")?).map_err(|_| corrupt())?,
        studio: StudioId::parse(&text("studio")?).map_err(|_| corrupt())?,
        student: StudentId::parse(&text("student")?).map_err(|_| corrupt())?,
        gallery: GalleryId::parse(&text("gallery")?).map_err(|_| corrupt())?,
        host: PersonId::parse(&text("host")?).map_err(|_| corrupt())?,
        portal: row.json("portal").ok_or_else(corrupt)?,
        epoch: row.number("epoch").ok_or_else(corrupt)?,
    }))
}

async fn key(app: &App, text: &str) -> Result<Key, StoreError> {
    Ok(keys::guest_token(&app.ring().await?.lookup("guest-token", text.as_bytes())))
}
