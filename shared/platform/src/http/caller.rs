//! Who sent a request, or which worker acts: what an audit event says about the actor.

use domain::audit::{Action, Actor, AuditEvent, Origin, Scope};
use domain::ids::{Id, Kind, PersonId, RequestId};

use crate::base::app::App;
use crate::base::crypto::ring::RingError;
use crate::http::device::{Device, Shown};
use crate::store::audit;

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
        let mut event =
            audit::event(app, self.who.clone(), self.request.clone(), (scope, did, to.into()));
        event.from.clone_from(&self.origin);
        event
    }

    /// What the owner of an account has shown in this browser before; `None` in one that is not known as theirs.
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
