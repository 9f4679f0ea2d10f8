//! Who calls for a school: a person who works there, or its photographer.

use domain::person::Portal;

use crate::access::parent::Parent;
use crate::access::photographer::into_photographer;
use crate::access::school_staff::{SchoolStaff, SchoolVisitor};
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::http::request::{Request, header};
use crate::sign_in::entry::{anyone, parent, photographer, visitor};
use crate::sign_in::{acting, cookie};

/// Somebody of a school.
///
/// # Errors
///
/// As [`super::anyone`].
pub async fn school_staff(app: &'static App, request: &Request) -> Result<SchoolStaff, ApiError> {
    Ok(SchoolStaff { visitor: visitor(app, request, Portal::School).await? })
}

/// A photographer, one of their programs, or somebody of a school: `X-Portal` says which when a browser holds
/// the cookies of both portals.
///
/// # Errors
///
/// As [`super::anyone`].
pub async fn school_visitor(
    app: &'static App,
    request: &Request,
) -> Result<SchoolVisitor, ApiError> {
    if acting::is_presented(request) {
        // The portal is that of the acting session: its cookie has no portal's name.
        let visitor = anyone(app, request).await?;
        return match visitor.portal() {
            Portal::School => Ok(SchoolVisitor::Staff(Box::new(SchoolStaff { visitor }))),
            Portal::Photographer => {
                Ok(SchoolVisitor::Photographer(Box::new(into_photographer(visitor)?)))
            }
            Portal::Parent | Portal::Admin => Err(ApiError::SignedOut),
        };
    }
    let has = |portal| cookie::read(request, portal).is_some();
    let is_of_school = match header(request, "x-portal") {
        Some(name) => name == Portal::School.name(),
        None => has(Portal::School) && !has(Portal::Photographer),
    };
    if is_of_school && has(Portal::School) {
        return Ok(SchoolVisitor::Staff(Box::new(school_staff(app, request).await?)));
    }
    Ok(SchoolVisitor::Photographer(Box::new(photographer(app, request).await?)))
}

/// Who ends an access.
pub enum AccessEnder {
    /// Whoever comes for the school: somebody who works there, or its photographer.
    School(Box<SchoolVisitor>),
    /// Whoever has it, their own.
    Parent(Box<Parent>),
}

/// Somebody of a school, its photographer, or a parent: `X-Portal` says which when a browser holds the cookies of
/// several portals.
///
/// # Errors
///
/// As [`anyone`].
pub async fn access_ender(app: &'static App, request: &Request) -> Result<AccessEnder, ApiError> {
    let has = |portal| cookie::read(request, portal).is_some();
    let is_parent = match header(request, "x-portal") {
        Some(name) => name == Portal::Parent.name(),
        None => has(Portal::Parent) && !has(Portal::School) && !has(Portal::Photographer),
    };
    if is_parent && !acting::is_presented(request) {
        return Ok(AccessEnder::Parent(Box::new(parent(app, request).await?)));
    }
    Ok(AccessEnder::School(Box::new(school_visitor(app, request).await?)))
}
