//! Keys of a district: where its people sign in, and what its directory says of them.

use domain::ids::{DistrictId, PersonId};

use super::key::{Key, key};

/// Where a district's people sign in.
pub(crate) fn identity_provider(district: &DistrictId) -> Key {
    key(district_partition(district), "IDENTITYPROVIDER")
}

/// The partition of a district: its provider, its directory's tokens and people.
pub(crate) fn district_partition(district: &DistrictId) -> String {
    format!("DISTRICT#{district}")
}

/// The sort-key prefix of a directory's tokens.
pub(crate) const SCIM_TOKENS: &str = "SCIMTOKEN#";

/// One of the two tokens of a district's directory.
pub(crate) fn scim_token(district: &DistrictId, place: &str) -> Key {
    key(district_partition(district), format!("{SCIM_TOKENS}{place}"))
}

/// The sort-key prefix of the people a directory told us of.
pub(crate) const DIRECTORY_PEOPLE: &str = "USER#";

/// Somebody a district's directory told us of.
pub(crate) fn directory_person(district: &DistrictId, person: &PersonId) -> Key {
    key(district_partition(district), format!("{DIRECTORY_PEOPLE}{person}"))
}

/// Who has a name in a district's directory.
pub(crate) fn directory_name(district: &DistrictId, hmac: &str) -> Key {
    key(district_partition(district), format!("USERNAME#{hmac}"))
}

/// Who somebody of a tenant is here.
pub(crate) fn identity(hmac: &str) -> Key {
    key(format!("IDENTITY#{hmac}"), "PERSON")
}
