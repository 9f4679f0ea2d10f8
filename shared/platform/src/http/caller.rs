//! The sender of a request, or the worker that acts: the actor of an audit event.

use domain::audit::{Action, Actor, AuditEvent, Origin, Scope};
use domain::ids::{Id, Kind, PersonId, RequestId};

use crate::base::app::App;
use crate::base::crypto::ring::RingError;
use crate::http::device::{Device, Shown};
use crate::store::audit;

/// The actor, for the audit log. It has no `Debug`, because it holds the request's origin.
#[derive(Clone)]
pub struct Caller {
    pub(crate) who: Actor,
    pub(crate) request: RequestId,
    pub(crate) origin: Option<Origin>,
    /// The device cookie, on sign-in requests.
    pub(crate) device: Option<Device>,
}

impl Caller {
    /// Creates the caller for a worker of this system.
    pub(crate) fn worker(app: &App, name: &str) -> Self {
        let request = RequestId::from_random(app.random());
        Self { who: Actor::Worker(name.to_owned()), request, origin: None, device: None }
    }

    /// The signed-in person, if any; during impersonation, the person whose account it is.
    pub(crate) fn person(&self) -> Option<&PersonId> {
        person_of(&self.who)
    }

    /// The request's origin: IP address and user agent. Empty for a worker.
    pub(crate) fn origin(&self) -> Origin {
        let nowhere = || Origin { address: String::new(), user_agent: String::new() };
        self.origin.clone().unwrap_or_else(nowhere)
    }

    /// Creates an event about something this caller does now.
    pub(crate) fn event(
        &self,
        app: &App,
        scope: Scope,
        did: Action,
        to: impl Into<String>,
    ) -> AuditEvent {
        let mut event =
            audit::event(app, self.who.clone(), self.request.clone(), (scope, did, to.into()));
        event.from.clone_from(&self.origin);
        event
    }

    /// Returns what the account's owner has proven in this browser before; `None` when it is not known as theirs.
    pub(crate) async fn device_shown<K: Kind>(
        &self,
        app: &App,
        account: &Id<K>,
    ) -> Result<Option<Shown>, RingError> {
        match &self.device {
            Some(device) => device.shown(app, account).await,
            None => Ok(None),
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

#[cfg(test)]
mod tests {
    use super::*;

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
