//! The right to impersonate a person: what it covers, and whether it still holds.

use domain::audit::Actor;
use domain::ids::{OperatorId, PersonId, SchoolId, SessionId};
use domain::reason::Reason;
use domain::school_staff::SchoolRole;
use serde::{Deserialize, Serialize};

use crate::base::app::App;
use crate::mail::notices::Notice;
use crate::people::operators;
use crate::people::persons::{self, Person};
use crate::people::sessions::{self, is_open};
use crate::store::error::StoreError;

/// The right to impersonate a person.
///
/// It is stored in the session's row, and each request checks it again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of")]
pub(crate) enum Warrant {
    /// A site administrator's right, bound to one of their sign-ins: a whole account, at one portal.
    Site {
        /// The site administrator who impersonates.
        operator: OperatorId,
        /// The epoch of the administrator's sign-in.
        epoch: u32,
    },
    /// A school administrator's right, bound to one of their sessions: a teacher's data at this one school.
    School {
        /// The school administrator who impersonates.
        administrator: PersonId,
        /// The administrator's session.
        session: SessionId,
        /// The school to which the impersonation is restricted.
        school: SchoolId,
    },
}

/// A person, restricted to what a warrant covers.
///
/// Only [`Warrant::confine`] creates one, and every impersonation needs one. What it leaves out is not visible to the
/// impersonating caller, on any route.
pub(crate) struct Seen(Person);

impl Seen {
    /// Returns the restricted person.
    pub(crate) fn person(&self) -> &Person {
        &self.0
    }

    /// Returns the restricted person by value, for the impersonated request.
    pub(crate) fn into_person(self) -> Person {
        self.0
    }
}

impl Warrant {
    /// Returns the person who really acts, as the audit log names them.
    pub(crate) fn actor(&self) -> Actor {
        match self {
            Self::Site { operator, .. } => Actor::Operator(operator.clone()),
            Self::School { administrator, .. } => Actor::SchoolStaff(administrator.clone()),
        }
    }

    /// Restricts the person to this warrant; `None` once they no longer teach at the school.
    pub(crate) fn confine(&self, person: Person) -> Option<Seen> {
        match self {
            Self::Site { .. } => Some(Seen(person)),
            Self::School { school, .. } => {
                let teaches = person.role_at(school) == Some(SchoolRole::Teacher);
                teaches.then(|| Seen(person.only_at(school)))
            }
        }
    }

    /// Returns whether the impersonating person may still impersonate.
    ///
    /// Their own sign-in must be valid, and they must still have the right. This is the only place that ends an
    /// impersonation when the impersonating person loses either.
    pub(crate) async fn holds(&self, app: &App) -> Result<bool, StoreError> {
        match self {
            Self::Site { operator, epoch } => {
                operators::acting::is_allowed(app, operator, *epoch).await
            }
            Self::School { administrator, session, school } => {
                administers(app, (administrator, session), school).await
            }
        }
    }

    /// Returns the reason as the audit log writes it, with the school if the right is restricted to one.
    pub(crate) fn details(&self, reason: &Reason) -> String {
        match self {
            Self::Site { .. } => reason.text(),
            Self::School { school, .. } => format!("{school} {}", reason.text()),
        }
    }

    /// Returns the notice that is sent to the account's owner when the impersonation gets write access.
    pub(crate) fn notice_of_writes(&self) -> Notice {
        match self {
            Self::Site { .. } => Notice::SupportMayWrite,
            Self::School { .. } => Notice::AdministratorMayWrite,
        }
    }

    /// Returns the school to which the warrant is restricted, if any.
    pub(crate) fn school(&self) -> Option<&SchoolId> {
        match self {
            Self::Site { .. } => None,
            Self::School { school, .. } => Some(school),
        }
    }
}

/// Returns whether the person's session is open and they are an administrator of the school.
async fn administers(
    app: &App,
    (person, session): (&PersonId, &SessionId),
    school: &SchoolId,
) -> Result<bool, StoreError> {
    let (session, person) =
        futures_util::try_join!(sessions::find(app, person, session), persons::find(app, person))?;
    let (Some(session), Some(person)) = (session, person) else {
        return Ok(false);
    };
    let now = app.now().as_second();
    Ok(is_open(&session, &person, now) && person.role_at(school) == Some(SchoolRole::Administrator))
}
