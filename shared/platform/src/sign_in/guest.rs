//! A guest: somebody who was given one gallery to look at for an hour, a grandmother or a school's office.

use domain::audit::{Action, Actor, Scope};
use domain::consent;
use domain::gallery::GalleryState;
use domain::ids::{GalleryId, GuestTokenId};
use domain::person::{AccessGrant, Portal};

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::request::{Untrusted, origin};
use crate::scope::{Caller, StudentStore};
use crate::sign_in::{By, GalleryVisitor};
use crate::start::{Request, request_id};
use crate::table::galleries::OpenGallery;
use crate::table::guest_tokens::{self, GuestToken};
use crate::table::people::Person;
use crate::table::{Committed, StoreError, audit, commit, people, schools};
use crate::wire::time::rfc3339;

/// A guest of one gallery.
pub struct Guest {
    store: StudentStore,
    gallery: GalleryId,
}

impl Guest {
    /// The guest's own gallery.
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

/// A token for a guest, shown once.
pub struct NewGuestToken {
    /// For the header `X-Guest-Token`.
    pub token: String,
    /// When it ends.
    pub expires_at: String,
}

/// Looks a guest's token up. It shows what its host may still see: a grant that ended, a consent that was
/// taken back, a host who signed out everywhere end it at once.
pub(super) async fn guest(
    app: &'static App,
    request: &Request,
    token: &str,
) -> Result<Guest, ApiError> {
    let found = guest_tokens::find(app, token).await?.ok_or(ApiError::NotFound)?;
    let host = people::find(app, &found.host).await?.ok_or(ApiError::NotFound)?;
    if !still_shows(app, &host, &found).await? {
        return Err(ApiError::NotFound);
    }
    let who = Actor::Guest(found.id);
    let (request, origin) = (request_id(app, request), Some(origin(request)));
    let caller = Caller { who, request, origin, device: None };
    let store = StudentStore { app, studio: found.studio, student: found.student, caller };
    Ok(Guest { store, gallery: found.gallery })
}

/// Whether a token shows anything while its hour lasts.
pub(crate) async fn still_shows(
    app: &App,
    host: &Person,
    token: &GuestToken,
) -> Result<bool, StoreError> {
    let is_there = !host.is_disabled && host.epoch == token.epoch;
    Ok(is_there && may_see(app, host, token).await?)
}

/// Whether a host could open the student's galleries now.
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

impl GalleryVisitor {
    /// Gives a guest one gallery for an hour: one that families see, and that the host may see. Asking again
    /// gives another token; each ends by itself.
    ///
    /// # Errors
    ///
    /// 404 for a gallery the host may not see; 409 `not_published` for one that families do not see yet.
    pub async fn give_guest_token(
        &self,
        id: &Untrusted<GalleryId>,
    ) -> Result<NewGuestToken, ApiError> {
        let (open, host, caller, portal) = match self {
            Self::Photographer(photographer) => {
                let By::Visitor(visitor) = &photographer.by else {
                    return Err(ApiError::Forbidden("not_for_programs"));
                };
                let open = photographer.store.gallery(id).await?.ok_or(ApiError::NotFound)?;
                (open, &visitor.person, &visitor.caller, Portal::Photographer)
            }
            Self::Parent(parent) => {
                let visitor = parent.visitor();
                (parent.gallery(id).await?, &visitor.person, &visitor.caller, Portal::Parent)
            }
            Self::Guest(_) => return Err(ApiError::NotFound),
        };
        let (app, now) = (open.app(), open.app().now());
        if open.state != GalleryState::Published {
            return Err(ApiError::Conflict("not_published"));
        }
        let token = GuestToken {
            id: GuestTokenId::from_random(app.random()),
            studio: open.studio().clone(),
            student: open.now.gallery.student.clone(),
            gallery: open.now.gallery.id.clone(),
            host: host.id.clone(),
            portal,
            epoch: host.epoch,
        };
        let (text, [opens, listed]) = guest_tokens::issue(app, &token).await?;
        let scope = Scope::Studio(token.studio.clone());
        let mut event = caller.event(app, scope, Action::GuestTokenIssued, token.id.as_str());
        event.details = Some(token.gallery.to_string());
        let changes = vec![opens, listed, audit::add(app, &event).await?];
        if let Committed::Refused(_) = commit(app, changes).await? {
            return Err(StoreError::Corrupt("guest token").into());
        }
        let ends = now.as_second().saturating_add(guest_tokens::LIVES_SECONDS);
        Ok(NewGuestToken { token: text, expires_at: rfc3339(ends) })
    }
}
