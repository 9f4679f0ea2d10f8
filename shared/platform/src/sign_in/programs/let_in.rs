//! A program that was authenticated, whatever it showed.

use std::collections::BTreeSet;

use domain::api_key::Scope;
use domain::audit::Actor;
use domain::ids::StudioId;

use crate::people::persons::Person;

/// A program that is let in, whatever it showed.
pub(in crate::sign_in) struct LetIn {
    pub(super) who: Actor,
    pub(super) studio: StudioId,
    pub(super) scopes: BTreeSet<Scope>,
    /// Whose program it is.
    pub(super) person: Person,
}
