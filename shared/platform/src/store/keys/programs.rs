//! Keys of what lets no person in, but a program or a guest, and of what says that somebody looked at it all.

use domain::ids::{ApiKeyId, GuestTokenId, PersonId, StudioId, TokenFamilyId, TrustedIssuerId};

use super::key::{Key, key, person_partition, studio_partition};

/// A key of a program of a person's.
pub(crate) fn api_key(person: &PersonId, id: &ApiKeyId) -> Key {
    key(person_partition(person), format!("APIKEY#{id}"))
}

/// Whose key it is.
pub(crate) fn api_key_lookup(hmac: &str) -> Key {
    key(format!("APIKEY#{hmac}"), "APIKEY")
}

/// A family of tokens (table `access`).
pub(crate) fn token_family(family: &TokenFamilyId) -> Key {
    key(format!("FAMILY#{family}"), "FAMILY")
}

/// The sort-key prefix of the identity providers' programs that a studio trusts.
pub(crate) const TRUSTED_ISSUERS: &str = "TRUSTED#";

/// An identity provider's program that a studio trusts, as the studio lists it.
pub(crate) fn trusted_issuer(studio: &StudioId, id: &TrustedIssuerId) -> Key {
    key(studio_partition(studio), format!("{TRUSTED_ISSUERS}{id}"))
}

/// Whose program it is that a token speaks of.
pub(crate) fn trusted_program(hmac: &str) -> Key {
    key(format!("TRUSTED#{hmac}"), "TRUSTED")
}

/// A guest token (table `access`).
pub(crate) fn guest_token(hmac: &str) -> Key {
    key(format!("GUEST#{hmac}"), "GUEST")
}

/// The sort-key prefix of a studio's guest tokens.
pub(crate) const GUESTS: &str = "GUEST#";

/// That a studio's gallery is shown to a guest (table `access`).
pub(crate) fn guest(studio: &StudioId, id: &GuestTokenId) -> Key {
    key(studio_partition(studio), format!("{GUESTS}{id}"))
}

/// When who can see what of a studio was reviewed last.
pub(crate) fn access_review(studio: &StudioId) -> Key {
    key(studio_partition(studio), "REVIEW")
}
