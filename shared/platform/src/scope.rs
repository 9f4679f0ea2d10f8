//! The only ways to reach business data: a handle for one studio, for one school, or for one student.
//!
//! There is no public constructor. A [`StudioStore`] comes out of a signed-in membership or out of a message
//! this system sealed itself, a [`SchoolStore`] out of a membership in its studio or in the school; every key
//! it makes contains its own studio, so an id of another studio finds nothing. The methods are beside the rows
//! they read: see `table/`.

use domain::audit::{Action, Actor, AuditEvent, Origin, Outcome, Scope};
use domain::ids::{AuditEventId, PersonId, RequestId, StudentId, StudioId};
use domain::school::School;
use domain::school_staff::{Assignment, SchoolRole};
use domain::student::Enrolment;

use crate::app::App;
use crate::http::error::ApiError;
use crate::sign_in::Device;

/// The handle for one studio's data.
pub struct StudioStore {
    pub(crate) app: &'static App,
    pub(crate) studio: StudioId,
    pub(crate) caller: Caller,
}

impl StudioStore {
    /// Only sign-in and the queues of this crate make one.
    pub(crate) fn new(app: &'static App, studio: StudioId, caller: Caller) -> Self {
        Self { app, studio, caller }
    }

    /// The same handle once more.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.app, self.studio.clone(), self.caller.clone())
    }

    /// The studio.
    pub fn studio_id(&self) -> &StudioId {
        &self.studio
    }

    /// The clients, the names and the time.
    pub fn app(&self) -> &'static App {
        self.app
    }

    /// An event in this studio's log, by whoever holds the handle.
    pub(crate) fn event(&self, did: Action, to: impl Into<String>) -> AuditEvent {
        self.caller.event(self.app, Scope::Studio(self.studio.clone()), did, to)
    }
}

/// The handle for one school: what whoever holds it may see there, and nothing of the studio around it.
pub struct SchoolStore {
    pub(crate) store: StudioStore,
    pub(crate) school: School,
    pub(crate) reach: Reach,
}

/// How much of a school somebody sees.
pub(crate) enum Reach {
    /// Whoever photographs it, with a studio's rights: all of it.
    Studio,
    /// Whoever works there: what is assigned to them.
    Staff(Assignment),
}

impl SchoolStore {
    /// Only sign-in makes one, out of a membership in the studio or in the school.
    pub(crate) fn new(store: StudioStore, school: School, reach: Reach) -> Self {
        Self { store, school, reach }
    }

    /// The school.
    pub fn school(&self) -> &School {
        &self.school
    }

    /// What somebody of the school is there; `None` for its photographers.
    pub fn assignment(&self) -> Option<&Assignment> {
        match &self.reach {
            Reach::Studio => None,
            Reach::Staff(assignment) => Some(assignment),
        }
    }

    /// Whether a student with this place in the school may be seen.
    pub(crate) fn sees(&self, place: &Enrolment) -> bool {
        self.assignment().is_none_or(|assignment| assignment.sees(place))
    }

    /// The teacher who holds this, if it is one.
    pub(crate) fn teacher(&self) -> Option<&PersonId> {
        match self.assignment()?.role() {
            SchoolRole::Teacher => self.store.caller.person(),
            SchoolRole::Administrator => None,
        }
    }

    /// The handle for what concerns the whole school and who works there.
    ///
    /// # Errors
    ///
    /// 403 `administrators_only` for a teacher.
    pub fn managed(self) -> Result<ManagedSchool, ApiError> {
        match self.assignment().map(Assignment::role) {
            None | Some(SchoolRole::Administrator) => Ok(ManagedSchool { at: self }),
            Some(SchoolRole::Teacher) => Err(ApiError::Forbidden("administrators_only")),
        }
    }
}

/// The handle for what a school's administrators and its photographers decide.
pub struct ManagedSchool {
    pub(crate) at: SchoolStore,
}

impl ManagedSchool {
    /// The school.
    pub fn school(&self) -> &School {
        &self.at.school
    }
}

/// The handle for one student's galleries: a parent's.
pub struct StudentStore {
    pub(crate) app: &'static App,
    pub(crate) studio: StudioId,
    pub(crate) student: StudentId,
    pub(crate) caller: Caller,
}

impl StudentStore {
    /// The student.
    pub fn student_id(&self) -> &StudentId {
        &self.student
    }

    /// An event in the studio's log.
    pub(crate) fn event(&self, did: Action, to: impl Into<String>) -> AuditEvent {
        self.caller.event(self.app, Scope::Studio(self.studio.clone()), did, to)
    }
}

/// Who is acting, for the audit log. It cannot be printed: it holds where a request came from.
#[derive(Clone)]
pub struct Caller {
    pub(crate) who: Actor,
    pub(crate) request: RequestId,
    pub(crate) origin: Option<Origin>,
    /// The device cookie, where somebody signs in.
    pub(crate) device: Option<Device>,
}

impl Caller {
    /// A worker of this system.
    pub(crate) fn worker(app: &App, name: &str) -> Self {
        let request = RequestId::from_random(app.random());
        Self { who: Actor::Worker(name.to_owned()), request, origin: None, device: None }
    }

    /// The person who is signed in, if somebody is; of somebody who acts, the one whose account it is.
    pub(crate) fn person(&self) -> Option<&PersonId> {
        person_of(&self.who)
    }

    /// Where the request came from.
    pub(crate) fn origin(&self) -> Origin {
        let nowhere = || Origin { address: String::new(), user_agent: String::new() };
        self.origin.clone().unwrap_or_else(nowhere)
    }

    /// An event about something this caller did now.
    pub(crate) fn event(
        &self,
        app: &App,
        scope: Scope,
        did: Action,
        to: impl Into<String>,
    ) -> AuditEvent {
        let at = app.now();
        AuditEvent {
            id: time_ordered(app.random(), at.as_millisecond()),
            at,
            who: self.who.clone(),
            scope,
            did,
            to: to.into(),
            outcome: Outcome::Done,
            request: self.request.clone(),
            details: None,
            from: self.origin.clone(),
        }
    }
}

fn person_of(actor: &Actor) -> Option<&PersonId> {
    match actor {
        Actor::Photographer(person) | Actor::SchoolStaff(person) | Actor::Parent(person) => {
            Some(person)
        }
        Actor::Acting { seen_as, .. } => person_of(seen_as),
        Actor::Operator(_)
        | Actor::Program(_)
        | Actor::TrustedProgram(_)
        | Actor::Guest(_)
        | Actor::Directory(_)
        | Actor::Worker(_)
        | Actor::Nobody => None,
    }
}

/// An audit id: 48 bits of milliseconds, then 80 of the bits given, so that ids sort by time.
pub(crate) fn time_ordered(mut bits: [u8; 16], milliseconds: i64) -> AuditEventId {
    let time = milliseconds.to_be_bytes();
    bits.iter_mut().zip(time.iter().skip(2)).for_each(|(to, from)| *to = *from);
    AuditEventId::from_random(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_events_sort_by_their_milliseconds() {
        let at = |milliseconds| time_ordered([0xff; 16], milliseconds);
        let (first, next) = (at(1_790_000_000_000), at(1_790_000_000_001));
        assert!(first.as_str() < next.as_str(), "{first} {next}");
        assert!(time_ordered([0; 16], 1_790_000_000_001).as_str() > first.as_str());
        assert_ne!(time_ordered([0; 16], 1), time_ordered([1; 16], 1));
    }

    #[test]
    fn whoever_acts_is_for_the_school_the_person_they_are_seen_as() {
        let person = PersonId::from_random([1; 16]);
        let operator = Actor::Operator(domain::ids::OperatorId::from_random([2; 16]));
        let seen_as = Box::new(Actor::SchoolStaff(person.clone()));
        let acting = Actor::Acting { by: Box::new(operator.clone()), seen_as };
        assert_eq!(person_of(&acting), Some(&person));
        assert_eq!(person_of(&operator), None);
    }
}
