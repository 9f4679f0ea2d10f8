//! Guest tokens: 256 random bits that show one gallery for an hour, stored as a keyed hash.

use data_encoding::BASE64URL_NOPAD;
use domain::consent;
use domain::ids::{GalleryId, GuestTokenId, PersonId, StudentId, StudioId};
use domain::person::{AccessGrant, Portal};

use crate::access::guest::Guest;
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::people::persons::Person;
use crate::records::galleries::OpenGallery;
use crate::records::schools;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};
use crate::store::untrusted::Untrusted;

/// Seconds a guest token is valid.
///
/// Source: control A19: 60 minutes.
pub(crate) const LIVES_SECONDS: i64 = 3600;

/// A guest token: what it shows, and who gave it.
pub(crate) struct GuestToken {
    pub(crate) id: GuestTokenId,
    pub(crate) studio: StudioId,
    pub(crate) student: StudentId,
    pub(crate) gallery: GalleryId,
    /// The person who gave the token: it shows no more than they may see themselves.
    pub(crate) host: PersonId,
    /// The portal where the host was signed in.
    pub(crate) portal: Portal,
    /// The host's epoch when the token was given.
    pub(crate) epoch: u32,
}

/// Creates a token: returns its text, and the changes that store its hash and list it for the studio.
pub(crate) async fn issue(
    app: &App,
    new: &GuestToken,
) -> Result<(String, [Change; 2]), StoreError> {
    let text = BASE64URL_NOPAD.encode(&app.random::<32>());
    let ends = app.now().as_second().saturating_add(LIVES_SECONDS);
    let row = |at: &Key| {
        Item::at(at)
            .with_text("id", new.id.as_str())
            .with_text("studio", new.studio.as_str())
            .with_text("student", new.student.as_str())
            .with_text("gallery", new.gallery.as_str())
            .with_text("host", new.host.as_str())
            .with_json("portal", &new.portal)
            .with_number("epoch", new.epoch)
            .ending(ends)
    };
    let table = app.access()?;
    let opens = Change::create(table, row(&key(app, &text).await?))?;
    let listed = Change::create(table, row(&keys::guest(&new.studio, &new.id)))?;
    Ok((text, [opens, listed]))
}

/// Returns a studio's valid tokens, each with its expiry time in seconds since 1970.
pub(crate) async fn of_studio(
    app: &App,
    studio: &StudioId,
) -> Result<Vec<(GuestToken, i64)>, StoreError> {
    let rows = app.access()?.all(&keys::studio_partition(studio), keys::GUESTS).await?;
    let now = app.now().as_second();
    let mut tokens = rows.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    tokens.retain(|(_, ends)| *ends > now);
    Ok(tokens)
}

/// Returns the token with this text, if it has not expired.
pub(crate) async fn find(app: &App, text: &str) -> Result<Option<GuestToken>, StoreError> {
    let Some(row) = app.access()?.get(&key(app, text).await?).await? else {
        return Ok(None);
    };
    let (token, ends) = read(&row)?;
    Ok((ends > app.now().as_second()).then_some(token))
}

/// Reads a token and its expiry time.
fn read(row: &Item) -> Result<(GuestToken, i64), StoreError> {
    let corrupt = || StoreError::Corrupt("guest token");
    let ends: i64 = row.number("ends").ok_or_else(corrupt)?;
    let text = |name: &str| row.text(name).ok_or_else(corrupt);
    let token = GuestToken {
        id: GuestTokenId::parse(&text("id")?).map_err(|_| corrupt())?,
        studio: StudioId::parse(&text("studio")?).map_err(|_| corrupt())?,
        student: StudentId::parse(&text("student")?).map_err(|_| corrupt())?,
        gallery: GalleryId::parse(&text("gallery")?).map_err(|_| corrupt())?,
        host: PersonId::parse(&text("host")?).map_err(|_| corrupt())?,
        portal: row.json("portal").ok_or_else(corrupt)?,
        epoch: row.number("epoch").ok_or_else(corrupt)?,
    };
    Ok((token, ends))
}

async fn key(app: &App, text: &str) -> Result<Key, StoreError> {
    Ok(keys::guest_token(&app.ring().await?.lookup("guest-token", text.as_bytes())))
}

/// Returns whether an unexpired token still shows its gallery.
pub(crate) async fn still_shows(
    app: &App,
    host: &Person,
    token: &GuestToken,
) -> Result<bool, StoreError> {
    let is_there = !host.is_disabled && host.epoch == token.epoch;
    Ok(is_there && may_see(app, host, token).await?)
}

/// Returns whether the host could open the student's galleries now.
async fn may_see(app: &App, host: &Person, token: &GuestToken) -> Result<bool, StoreError> {
    match token.portal {
        Portal::Photographer => Ok(host.memberships.iter().any(|it| it.studio == token.studio)),
        Portal::Parent if host.has_consented(&consent::PARENT_ACCESS) => {
            let is_theirs = |grant: &&AccessGrant| {
                grant.student == token.student && grant.studio == token.studio
            };
            match host.grants.iter().find(is_theirs) {
                Some(grant) => schools::shows_photos(app, grant).await,
                None => Ok(false),
            }
        }
        Portal::Parent | Portal::School | Portal::Admin => Ok(false),
    }
}

impl Guest {
    /// Returns the guest's own gallery.
    ///
    /// # Errors
    ///
    /// 404 for any other id.
    pub async fn gallery(&self, id: &Untrusted<GalleryId>) -> Result<OpenGallery, ApiError> {
        if *id.inner() != self.gallery {
            return Err(ApiError::NotFound);
        }
        self.store.gallery(id).await?.ok_or(ApiError::NotFound)
    }
}
