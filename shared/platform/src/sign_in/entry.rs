//! Authentication of the caller: the first lines of every handler.

use crate::access::gallery_visitor::GalleryVisitor;
use domain::person::Portal;

use crate::access::parent::Parent;
use crate::access::photographer::{Photographer, into_photographer};
use crate::access::visitor::{Visitor, actor};
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits;
use crate::http::request::{Request, header, origin, request_id};
use crate::http::response::renew_cookie;
use crate::sign_in::credential::{self, Credential};
use crate::sign_in::programs::program;
use crate::sign_in::session::{self, Authenticated};
use crate::sign_in::{acting, cookie, csrf, guest};

/// Authenticates the signed-in person at any portal.
///
/// `X-Portal` names the portal when a browser holds several cookies.
///
/// # Errors
///
/// 401 without a valid session; 403 for a write that may come from another site.
pub async fn anyone(app: &'static App, request: &Request) -> Result<Visitor, ApiError> {
    credential::cookie_only(request)?;
    if acting::is_presented(request) {
        return acting::visitor(app, request, None).await;
    }
    let named = header(request, "x-portal");
    let portals =
        Portal::ALL.into_iter().filter(|portal| named.is_none_or(|name| name == portal.name()));
    for portal in portals {
        if cookie::read(request, portal).is_some() {
            return visitor(app, request, portal).await;
        }
    }
    Err(ApiError::SignedOut)
}

/// Authenticates a photographer or a photographer's program.
///
/// # Errors
///
/// As [`anyone`]; a person without a studio is treated as signed out.
pub async fn photographer(app: &'static App, request: &Request) -> Result<Photographer, ApiError> {
    match credential::of(request)? {
        Credential::Bearer(token) => program::photographer(app, request, token).await,
        Credential::Cookie | Credential::Guest(_) => {
            into_photographer(visitor(app, request, Portal::Photographer).await?)
        }
    }
}

/// Authenticates the owner of a studio, for decisions that only the owner may make.
///
/// # Errors
///
/// As [`photographer`]; 403 `owner_only` for the studio's other staff and for programs.
pub async fn owner(app: &'static App, request: &Request) -> Result<Photographer, ApiError> {
    photographer(app, request).await?.into_owner()
}

/// Authenticates a parent.
///
/// # Errors
///
/// As [`anyone`].
pub async fn parent(app: &'static App, request: &Request) -> Result<Parent, ApiError> {
    Ok(Parent { visitor: visitor(app, request, Portal::Parent).await? })
}

/// Authenticates a photographer, a program of one, a parent, or a guest of one gallery.
///
/// # Errors
///
/// As [`anyone`].
pub async fn gallery_visitor(
    app: &'static App,
    request: &Request,
) -> Result<GalleryVisitor, ApiError> {
    match credential::of(request)? {
        Credential::Bearer(token) => {
            let photographer = program::photographer(app, request, token).await?;
            return Ok(GalleryVisitor::Photographer(Box::new(photographer)));
        }
        Credential::Guest(token) => {
            let guest = guest::guest(app, request, token).await?;
            return Ok(GalleryVisitor::Guest(Box::new(guest)));
        }
        Credential::Cookie => {}
    }
    let visitor = anyone(app, request).await?;
    match visitor.portal() {
        Portal::Photographer => {
            Ok(GalleryVisitor::Photographer(Box::new(into_photographer(visitor)?)))
        }
        Portal::Parent => Ok(GalleryVisitor::Parent(Box::new(Parent { visitor }))),
        Portal::School | Portal::Admin => Err(ApiError::NotFound),
    }
}

/// Authenticates the person who is signed in at one portal.
pub(super) async fn visitor(
    app: &'static App,
    request: &Request,
    portal: Portal,
) -> Result<Visitor, ApiError> {
    credential::cookie_only(request)?;
    if acting::is_presented(request) {
        return acting::visitor(app, request, Some(portal)).await;
    }
    let presented = cookie::read(request, portal).ok_or(ApiError::SignedOut)?;
    let caller = Caller {
        who: actor(portal, &presented.person),
        request: request_id(app, request),
        origin: Some(origin(request)),
        device: None,
    };
    let Authenticated { session, person, renewed } =
        session::authenticate(app, &caller, portal, &presented).await?;
    limits::request_of_a_person(app, &person.id).await?;
    csrf::check(app, request, &session)?;
    if let Some(cookie) = renewed {
        renew_cookie(request, cookie);
    }
    Ok(Visitor { app, session, person, caller, acting: None })
}
