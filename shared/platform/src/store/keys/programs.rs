//! Keys of rows that authorize a program or a guest instead of a person, and of the access review.

use domain::ids::{ApiKeyId, GuestTokenId, PersonId, StudioId, TokenFamilyId, TrustedIssuerId};

use super::key::{Key, key, person_partition, studio_partition};

/// An API key of one of a person's programs.
pub(crate) fn api_key(person: &PersonId, id: &ApiKeyId) -> Key {
    key(person_partition(person), format!("APIKEY#{id}"))
}

/// The owner of an API key.
pub(crate) fn api_key_lookup(hmac: &str) -> Key {
    key(format!("APIKEY#{hmac}"), "APIKEY")
}

/// A token family (table `access`).
pub(crate) fn token_family(family: &TokenFamilyId) -> Key {
    key(format!("FAMILY#{family}"), "FAMILY")
}

/// The sort-key prefix of the identity providers' programs that a studio trusts.
pub(crate) const TRUSTED_ISSUERS: &str = "TRUSTED#";

/// An identity provider's program that a studio trusts, in the studio's list.
pub(crate) fn trusted_issuer(studio: &StudioId, id: &TrustedIssuerId) -> Key {
    key(studio_partition(studio), format!("{TRUSTED_ISSUERS}{id}"))
}

/// The studio that trusts the program of a token.
pub(crate) fn trusted_program(hmac: &str) -> Key {
    key(format!("TRUSTED#{hmac}"), "TRUSTED")
}

/// A guest token (table `access`).
pub(crate) fn guest_token(hmac: &str) -> Key {
    key(format!("GUEST#{hmac}"), "GUEST")
}

/// The sort-key prefix of a studio's guest tokens.
pub(crate) const GUESTS: &str = "GUEST#";

/// The entry of a guest token in its studio's list (table `access`).
pub(crate) fn guest(studio: &StudioId, id: &GuestTokenId) -> Key {
    key(studio_partition(studio), format!("{GUESTS}{id}"))
}

/// The last access review of a studio.
pub(crate) fn access_review(studio: &StudioId) -> Key {
    key(studio_partition(studio), "REVIEW")
}
