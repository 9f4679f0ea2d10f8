//! Keys of a district: its identity provider, its directory's tokens and people.

use domain::ids::{DistrictId, PersonId};

use super::key::{Key, key};

/// A district's identity provider.
pub(crate) fn identity_provider(district: &DistrictId) -> Key {
    key(district_partition(district), "IDENTITYPROVIDER")
}

/// The partition of a district: its identity provider, its directory's tokens and people.
pub(crate) fn district_partition(district: &DistrictId) -> String {
    format!("DISTRICT#{district}")
}

/// The sort-key prefix of a directory's tokens.
pub(crate) const SCIM_TOKENS: &str = "SCIMTOKEN#";

/// One of the two tokens of a district's directory.
pub(crate) fn scim_token(district: &DistrictId, place: &str) -> Key {
    key(district_partition(district), format!("{SCIM_TOKENS}{place}"))
}

/// The sort-key prefix of the people that a directory reported.
pub(crate) const DIRECTORY_PEOPLE: &str = "USER#";

/// A person whom a district's directory reported.
pub(crate) fn directory_person(district: &DistrictId, person: &PersonId) -> Key {
    key(district_partition(district), format!("{DIRECTORY_PEOPLE}{person}"))
}

/// The person who has a user name in a district's directory.
pub(crate) fn directory_name(district: &DistrictId, hmac: &str) -> Key {
    key(district_partition(district), format!("USERNAME#{hmac}"))
}

/// The person whom an identity provider's tenant and subject belong to.
pub(crate) fn identity(hmac: &str) -> Key {
    key(format!("IDENTITY#{hmac}"), "PERSON")
}
