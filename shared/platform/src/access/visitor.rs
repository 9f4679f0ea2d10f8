//! A signed-in person at one of the portals.

use domain::audit::Actor;
use domain::ids::PersonId;
use domain::person::Portal;

use crate::access::warrant::Warrant;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::people::persons::Person;
use crate::people::sessions::Session;

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

/// How somebody acts.
pub(crate) struct Acting {
    /// By what right.
    pub(crate) warrant: Warrant,
    pub(crate) may_write: bool,
}

/// A person at a portal, as the log names them.
pub(crate) fn actor(portal: Portal, person: &PersonId) -> Actor {
    match portal {
        Portal::Photographer => Actor::Photographer(person.clone()),
        Portal::Parent => Actor::Parent(person.clone()),
        Portal::School => Actor::SchoolStaff(person.clone()),
        Portal::Admin => Actor::Nobody,
    }
}
