//! Who is asking, and what they may reach: every handler's first lines.

mod account;
mod account_changes;
pub mod acting;
mod attempt;
mod code;
pub(crate) mod cookie;
pub(crate) mod credential;
pub(crate) mod csrf;
pub(crate) mod device;
mod directory;
mod domain_proof;
mod door;
mod flow;
mod guest;
#[cfg(feature = "provision")]
pub mod imported;
mod invitation;
mod letter;
mod link;
mod mailbox;
mod oidc;
mod password;
pub mod programs;
mod reset;
mod school_staff;
pub mod second_factor;
pub mod second_stage;
pub(crate) mod secret;
pub(crate) mod session;
mod step_up;
mod view;

use domain::audit::{Actor, Scope};
use domain::consent;
use domain::ids::{GalleryId, PersonId};
use domain::person::{Membership, Portal, StudioRole};

pub use account::{confirm_address, sign_up};
pub(crate) use acting::Acting;
pub use code::{request_code, sign_in_by_code};
pub(crate) use device::{Device, DeviceOf, Shown};
pub use directory::{Directory, directory};
pub use domain_proof::{DomainRecord, ProvenSettings, domain_record};
pub use flow::Flow;
pub(crate) use guest::still_shows;
pub use guest::{Guest, NewGuestToken};
pub use invitation::{Accepted, accept_invitation};
pub use link::{LinkPortal, request_link, sign_in_by_link};
pub use oidc::{
    Returned, leave_for_identity_provider, redirect_address, return_from_identity_provider,
    sign_in_address,
};
pub use password::sign_in_by_password;
pub use reset::{confirm_reset, request_reset};
pub use school_staff::{SchoolStaff, SchoolVisitor, school_staff, school_visitor};
pub use second_stage::SignInAnswer;
pub use session::end_session;
pub use step_up::{FreshSecondFactor, SteppedUp};
pub use view::{OpenSession, PersonView, SessionView, SignedIn, StudioView};

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::request::{Untrusted, header, origin};
use crate::limits;
use crate::scope::{Caller, StudentStore, StudioStore};
use crate::start::{Request, renew_cookie, request_id};
use crate::table::people::Person;
use crate::table::{StoreError, schools};
use credential::Credential;
use session::{Authenticated, Session};

/// Somebody who is signed in, at one of the portals.
pub struct Visitor {
    pub(crate) app: &'static App,
    pub(crate) session: Session,
    pub(crate) person: Person,
    pub(crate) caller: Caller,
    /// Set when it is not the person, but somebody who sees what they see.
    pub(crate) acting: Option<Acting>,
}

impl Visitor {
    /// The person.
    pub fn person_id(&self) -> &PersonId {
        &self.person.id
    }

    /// The portal this session is for.
    pub fn portal(&self) -> Portal {
        self.session.portal
    }
}

/// A signed-in photographer, or a program of theirs, and the handle of their studio.
pub struct Photographer {
    /// The studio's data.
    pub store: StudioStore,
    pub(crate) by: By,
}

/// Who acts for a studio.
pub(crate) enum By {
    /// The photographer, at a browser.
    Visitor(Box<Visitor>),
    /// A program with a key of this photographer.
    Program(Box<Person>),
}

impl Photographer {
    /// The person.
    pub fn person_id(&self) -> &PersonId {
        &self.person().id
    }

    /// Themselves, if they own the studio and are there in person: a program decides nothing for an owner.
    pub(crate) fn into_owner(self) -> Result<Self, ApiError> {
        let is_owner = |member: &Membership| {
            member.studio == *self.store.studio_id() && member.role == StudioRole::Owner
        };
        match &self.by {
            By::Visitor(visitor) if visitor.person.memberships.iter().any(is_owner) => Ok(self),
            By::Visitor(_) | By::Program(_) => Err(ApiError::Forbidden("owner_only")),
        }
    }

    pub(crate) fn person(&self) -> &Person {
        match &self.by {
            By::Visitor(visitor) => &visitor.person,
            By::Program(person) => person,
        }
    }
}

/// A signed-in parent.
pub struct Parent {
    pub(crate) visitor: Visitor,
}

impl Parent {
    /// The person who is signed in.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The students whose galleries are open to this parent: granted, and consented in the current wording.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn students(&self) -> Result<Vec<StudentStore>, StoreError> {
        let visitor = &self.visitor;
        let mut students = Vec::new();
        if !visitor.person.has_consented(&consent::PARENT_ACCESS) {
            return Ok(students);
        }
        for grant in &visitor.person.grants {
            if schools::shows_photos(visitor.app, grant).await? {
                students.push(StudentStore {
                    app: visitor.app,
                    studio: grant.studio.clone(),
                    student: grant.student.clone(),
                    caller: visitor.caller.clone(),
                });
            }
        }
        Ok(students)
    }

    /// The gallery of an id, if it is of one of this parent's students and shown to families now.
    ///
    /// # Errors
    ///
    /// 404 for any other id, whatever it is.
    pub async fn gallery(
        &self,
        id: &Untrusted<GalleryId>,
    ) -> Result<crate::table::galleries::OpenGallery, ApiError> {
        for student in self.students().await? {
            if let Some(gallery) = student.gallery(id).await? {
                return Ok(gallery);
            }
        }
        Err(ApiError::NotFound)
    }
}

/// Whoever is signed in, at whichever portal: `X-Portal` says which when a browser holds several cookies.
///
/// # Errors
///
/// 401 without a good session; 403 for a write that another site may have sent.
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

/// A photographer.
///
/// # Errors
///
/// As [`anyone`]; somebody without a studio is as good as signed out here.
pub async fn photographer(app: &'static App, request: &Request) -> Result<Photographer, ApiError> {
    match credential::of(request)? {
        Credential::Bearer(token) => programs::photographer(app, request, token).await,
        Credential::Cookie | Credential::Guest(_) => {
            into_photographer(visitor(app, request, Portal::Photographer).await?)
        }
    }
}

/// The owner of a studio: what only who answers for it decides.
///
/// # Errors
///
/// As [`photographer`]; 403 `owner_only` for everybody else who works there, and for programs.
pub async fn owner(app: &'static App, request: &Request) -> Result<Photographer, ApiError> {
    photographer(app, request).await?.into_owner()
}

/// A parent.
///
/// # Errors
///
/// As [`anyone`].
pub async fn parent(app: &'static App, request: &Request) -> Result<Parent, ApiError> {
    Ok(Parent { visitor: visitor(app, request, Portal::Parent).await? })
}

/// Who opens galleries.
pub enum GalleryVisitor {
    /// Sees all of the studio's.
    Photographer(Box<Photographer>),
    /// Sees their children's.
    Parent(Box<Parent>),
    /// Sees one.
    Guest(Box<Guest>),
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

/// A photographer, one of their programs, a parent, or a guest of one gallery.
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
            let photographer = programs::photographer(app, request, token).await?;
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

fn into_photographer(visitor: Visitor) -> Result<Photographer, ApiError> {
    let studio = visitor.session.studio.clone().ok_or(ApiError::SignedOut)?;
    let still_a_member = visitor.person.memberships.iter().any(|member| member.studio == studio);
    if !still_a_member {
        return Err(ApiError::SignedOut);
    }
    let store = StudioStore::new(visitor.app, studio, visitor.caller.clone());
    Ok(Photographer { store, by: By::Visitor(Box::new(visitor)) })
}

async fn visitor(
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

/// A person at a portal, as the log names them.
fn actor(portal: Portal, person: &PersonId) -> Actor {
    match portal {
        Portal::Photographer => Actor::Photographer(person.clone()),
        Portal::Parent => Actor::Parent(person.clone()),
        Portal::School => Actor::SchoolStaff(person.clone()),
        Portal::Admin => Actor::Nobody,
    }
}

/// A caller nobody has signed in for yet, checked for requests another site may have sent.
///
/// # Errors
///
/// 403 for a cross-site request.
pub fn stranger(app: &'static App, request: &Request) -> Result<Caller, ApiError> {
    csrf::check_source(app, request)?;
    Ok(Caller {
        who: Actor::Nobody,
        request: request_id(app, request),
        origin: Some(origin(request)),
        device: device::read(request, DeviceOf::Person),
    })
}

/// The log an event of a person stands in: their studio's, their school's studio's, or the platform's.
pub(crate) fn scope_of(person: &Person) -> Scope {
    let studio = person.memberships.first().map(|membership| &membership.studio);
    let school = || person.school_memberships.first().map(|(membership, _)| &membership.studio);
    studio.or_else(school).map_or(Scope::Platform, |studio| Scope::Studio(studio.clone()))
}
