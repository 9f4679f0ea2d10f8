//! A photographer who works in a studio, or a program that uses the photographer's API key.

use domain::ids::PersonId;
use domain::person::{Membership, StudioRole};

use crate::access::stores::StudioStore;
use crate::access::visitor::Visitor;
use crate::http::error::ApiError;
use crate::people::persons::Person;

/// A signed-in photographer or their program, with the handle of their studio.
pub struct Photographer {
    /// The studio's data.
    pub store: StudioStore,
    pub(crate) by: By,
}

/// How the caller acts for a studio.
pub(crate) enum By {
    /// The photographer, signed in with a browser.
    Visitor(Box<Visitor>),
    /// A program that uses an API key of this photographer.
    Program(Box<Person>),
}

impl Photographer {
    /// Returns the photographer's person id.
    pub fn person_id(&self) -> &PersonId {
        &self.person().id
    }

    /// Returns `self` if the photographer owns the studio and is signed in with a browser.
    ///
    /// A program is rejected: it decides nothing for an owner.
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

/// Turns a visitor at the photographers' portal into a photographer, while the membership lasts.
pub(crate) fn into_photographer(visitor: Visitor) -> Result<Photographer, ApiError> {
    let studio = visitor.session.studio.as_ref().ok_or(ApiError::SignedOut)?;
    let mut memberships = visitor.person.memberships.iter();
    let membership = memberships.find(|member| member.studio == *studio);
    let membership = membership.ok_or(ApiError::SignedOut)?;
    let store = StudioStore::of_membership(visitor.app, membership, visitor.caller.clone());
    Ok(Photographer { store, by: By::Visitor(Box::new(visitor)) })
}
