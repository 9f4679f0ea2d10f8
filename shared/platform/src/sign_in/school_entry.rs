//! Authentication of callers for a school: a staff member, or the school's photographer.

use domain::person::Portal;

use crate::access::parent::Parent;
use crate::access::photographer::into_photographer;
use crate::access::school_staff::{SchoolStaff, SchoolVisitor};
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::http::request::{Request, header};
use crate::sign_in::entry::{anyone, parent, photographer, visitor};
use crate::sign_in::{acting, cookie};

/// Authenticates a staff member of a school.
///
/// # Errors
///
/// As [`super::anyone`].
pub async fn school_staff(app: &'static App, request: &Request) -> Result<SchoolStaff, ApiError> {
    Ok(SchoolStaff { visitor: visitor(app, request, Portal::School).await? })
}

/// Authenticates a photographer, a program of one, or a school's staff member.
///
/// `X-Portal` names the portal when a browser holds the cookies of both.
///
/// # Errors
///
/// As [`super::anyone`].
pub async fn school_visitor(
    app: &'static App,
    request: &Request,
) -> Result<SchoolVisitor, ApiError> {
    if acting::is_presented(request) {
        // The impersonation session decides the portal: its cookie name contains none.
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

/// A caller who may end an access.
pub enum AccessEnder {
    /// A caller for the school: a staff member, or its photographer.
    School(Box<SchoolVisitor>),
    /// The parent who has the access.
    Parent(Box<Parent>),
}

/// Authenticates a school's staff member, its photographer, or a parent.
///
/// `X-Portal` names the portal when a browser holds the cookies of several.
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
