//! A signed-in person at one of the portals.

use domain::audit::Actor;
use domain::ids::PersonId;
use domain::person::Portal;

use crate::access::warrant::Warrant;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::people::persons::Person;
use crate::people::sessions::Session;

/// A person who is signed in at one of the portals.
pub struct Visitor {
    pub(crate) app: &'static App,
    pub(crate) session: Session,
    pub(crate) person: Person,
    pub(crate) caller: Caller,
    /// Set when another person impersonates this one and sees what this one sees.
    pub(crate) acting: Option<Acting>,
}

impl Visitor {
    /// Returns the person's id.
    pub fn person_id(&self) -> &PersonId {
        &self.person.id
    }

    /// Returns the portal this session is for.
    pub fn portal(&self) -> Portal {
        self.session.portal
    }
}

/// An impersonation of the session's person.
pub(crate) struct Acting {
    /// The right by which the impersonation happens.
    pub(crate) warrant: Warrant,
    pub(crate) may_write: bool,
}

/// Returns the actor for a person at a portal, as the audit log names them.
pub(crate) fn actor(portal: Portal, person: &PersonId) -> Actor {
    match portal {
        Portal::Photographer => Actor::Photographer(person.clone()),
        Portal::Parent => Actor::Parent(person.clone()),
        Portal::School => Actor::SchoolStaff(person.clone()),
        Portal::Admin => Actor::Nobody,
    }
}
