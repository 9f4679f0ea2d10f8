//! By what right somebody acts, how far it reaches, and whether it still holds.

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

/// By what right somebody acts. It stands in the row of the session, and each request looks at it anew.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of")]
pub(crate) enum Warrant {
    /// A site administrator's, out of one sign-in of theirs: a whole account, at one portal.
    Site {
        /// Who acts.
        operator: OperatorId,
        /// The sign-in.
        epoch: u32,
    },
    /// A school's administrator's, out of one session of theirs: what a teacher is at this one school.
    School {
        /// Who acts.
        administrator: PersonId,
        /// The session.
        session: SessionId,
        /// The school.
        school: SchoolId,
    },
}

/// A person as far as a warrant reaches. Only [`Warrant::confine`] makes one, and nobody acts without it: what it
/// leaves out is not there for whoever acts, whichever route they call.
pub(crate) struct Seen(Person);

impl Seen {
    /// What is left of the person.
    pub(crate) fn person(&self) -> &Person {
        &self.0
    }

    /// The same, for the request that acts.
    pub(crate) fn into_person(self) -> Person {
        self.0
    }
}

impl Warrant {
    /// Who it really is, as the log names them.
    pub(crate) fn actor(&self) -> Actor {
        match self {
            Self::Site { operator, .. } => Actor::Operator(operator.clone()),
            Self::School { administrator, .. } => Actor::SchoolStaff(administrator.clone()),
        }
    }

    /// What of a person it reaches; `None` when that is nothing: they teach at the school no more.
    pub(crate) fn confine(&self, person: Person) -> Option<Seen> {
        match self {
            Self::Site { .. } => Some(Seen(person)),
            Self::School { school, .. } => {
                let teaches = person.role_at(school) == Some(SchoolRole::Teacher);
                teaches.then(|| Seen(person.only_at(school)))
            }
        }
    }

    /// Whether whoever acts still may: the sign-in it came out of goes on, and the right is still theirs. This is
    /// the one place that ends acting with whoever acts.
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

    /// Why, as the log writes it: with the school it is confined to.
    pub(crate) fn details(&self, reason: &Reason) -> String {
        match self {
            Self::Site { .. } => reason.text(),
            Self::School { school, .. } => format!("{school} {}", reason.text()),
        }
    }

    /// What the owner is told when things may be changed.
    pub(crate) fn notice_of_writes(&self) -> Notice {
        match self {
            Self::Site { .. } => Notice::SupportMayWrite,
            Self::School { .. } => Notice::AdministratorMayWrite,
        }
    }

    /// The one school it reaches, if it is one.
    pub(crate) fn school(&self) -> Option<&SchoolId> {
        match self {
            Self::Site { .. } => None,
            Self::School { school, .. } => Some(school),
        }
    }
}

/// Whether somebody's session goes on and they administer a school.
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
