//! A photographer who works in a studio, or a program of theirs.

use domain::ids::PersonId;
use domain::person::{Membership, StudioRole};

use crate::access::stores::StudioStore;
use crate::access::visitor::Visitor;
use crate::http::error::ApiError;
use crate::people::persons::Person;

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

/// The photographer that a visitor at the photographers' portal is, while the membership lasts.
pub(crate) fn into_photographer(visitor: Visitor) -> Result<Photographer, ApiError> {
    let studio = visitor.session.studio.as_ref().ok_or(ApiError::SignedOut)?;
    let mut memberships = visitor.person.memberships.iter();
    let membership = memberships.find(|member| member.studio == *studio);
    let membership = membership.ok_or(ApiError::SignedOut)?;
    let store = StudioStore::of_membership(visitor.app, membership, visitor.caller.clone());
    Ok(Photographer { store, by: By::Visitor(Box::new(visitor)) })
}
