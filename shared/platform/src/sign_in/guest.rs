//! Guests: people who may view one gallery for an hour, such as a grandmother or a school's office.

use crate::access::guest::Guest;
use crate::records::guest_tokens::still_shows;
use domain::audit::{Action, Actor, Scope};
use domain::gallery::GalleryState;
use domain::ids::{GalleryId, GuestTokenId};
use domain::person::Portal;

use crate::access::gallery_visitor::GalleryVisitor;
use crate::access::photographer::By;
use crate::access::stores::StudentStore;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::request::{Request, origin, request_id};
use crate::people::persons;
use crate::records::guest_tokens::{self, GuestToken};
use crate::store::audit;
use crate::store::change::{Committed, commit};
use crate::store::error::StoreError;
use crate::store::untrusted::Untrusted;
use crate::wire::time::rfc3339;

/// A guest token, shown once.
pub struct NewGuestToken {
    /// The value of the header `X-Guest-Token`.
    pub token: String,
    /// When it expires.
    pub expires_at: String,
}

/// Authenticates a guest token.
///
/// It shows only what its host may still see. It stops at once when a grant expires, a consent is withdrawn or the host
/// signs out everywhere.
pub(super) async fn guest(
    app: &'static App,
    request: &Request,
    token: &str,
) -> Result<Guest, ApiError> {
    let found = guest_tokens::find(app, token).await?.ok_or(ApiError::NotFound)?;
    let host = persons::find(app, &found.host).await?.ok_or(ApiError::NotFound)?;
    if !still_shows(app, &host, &found).await? {
        return Err(ApiError::NotFound);
    }
    let who = Actor::Guest(found.id);
    let (request, origin) = (request_id(app, request), Some(origin(request)));
    let caller = Caller { who, request, origin, device: None };
    let store = StudentStore::of_guest_token(app, (found.studio, found.student), caller);
    Ok(Guest { store, gallery: found.gallery })
}

impl GalleryVisitor {
    /// Issues a guest token for one published gallery that the host may see.
    ///
    /// It is valid for an hour. Each call issues another token, and each token expires on its own.
    ///
    /// # Errors
    ///
    /// 403 `not_for_programs` for a program; 404 for a gallery the host may not see; 409 `not_published` for a gallery
    /// that families do not see yet.
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
