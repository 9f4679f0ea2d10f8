//! The rows of the who-may-call-what table whose answers change with a second factor.
//!
//! All other rows are answered as with one factor. The answers are those of the five callers who work: the
//! owner, the other studio's photographer, the administrator, the teacher, and the administrator of another
//! school. Parents have no second factor.

/// Age of the caller's second factor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// An authenticator app was used within the last ten minutes.
    Fresh,
    /// The caller used it in this session, more than ten minutes ago.
    Old,
}

/// A route whose answers differ: with a fresh second factor, then with an old one.
pub type Changed = (&'static str, [u16; 5], [u16; 5]);

/// All routes whose answers differ.
pub const WITH_A_SECOND_FACTOR: &[Changed] = &[
    // The person already has an authenticator app. Adding a factor requires a fresh use of an existing one.
    ("POST /v1/person/second-factors/totp", [409; 5], [403; 5]),
    ("POST /v1/person/second-factors/totp/confirmation", [409; 5], [403; 5]),
    ("POST /v1/person/second-factors/passkeys", [200; 5], [403; 5]),
    ("POST /v1/person/second-factors/passkeys/confirmation", [400; 5], [403; 5]),
    // Operations that cannot be undone.
    ("POST /v1/person/second-factors/recovery-codes", [201; 5], [403; 5]),
    ("DELETE /v1/person/second-factors/totp", [204; 5], [403; 5]),
    // Only the school's own administrators may impersonate its staff. Its photographer and its teachers get 403,
    // not 404, because they may know of the school's staff.
    ("POST /v1/schools/{school}/staff/{person}/impersonation", [403, 404, 201, 403, 404], [403; 5]),
    // Only an owner may trust a program or sign the access review. The other studio calls first (201). The owner
    // then gets 409, because only one studio may trust a program.
    ("POST /v1/trusted-issuers", [409, 201, 401, 401, 401], [403, 403, 401, 401, 401]),
    ("POST /v1/studio/access-reviews", [409, 409, 401, 401, 401], [403, 403, 401, 401, 401]),
    // Only an owner may create a token with which a directory adds and removes staff.
    (
        "POST /v1/districts/{district}/scim-tokens",
        [201, 404, 401, 401, 401],
        [403, 403, 401, 401, 401],
    ),
];
