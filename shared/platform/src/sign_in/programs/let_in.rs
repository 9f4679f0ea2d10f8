//! An authenticated program, with any kind of credential.

use std::collections::BTreeSet;

use domain::api_key::Scope;
use domain::audit::Actor;
use domain::ids::StudioId;

use crate::people::persons::Person;

/// An authenticated program, with any kind of credential.
pub(in crate::sign_in) struct LetIn {
    pub(super) who: Actor,
    pub(super) studio: StudioId,
    pub(super) scopes: BTreeSet<Scope>,
    /// The person whose program it is; for a trusted issuer, the studio's owner.
    pub(super) person: Person,
}
