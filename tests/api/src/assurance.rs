//! What a second factor changes in the who-may-call-what table. Everything else is answered as with one factor.
//!
//! The answers are those of the five who work: owner, other studio's photographer, administrator, teacher,
//! administrator of another school. Parents have no second factor.

/// How sure it is who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// An authenticator app was used within the last ten minutes.
    Fresh,
    /// One was used in this session, longer ago.
    Old,
}

/// A route that answers differently, and how: fresh, then old.
pub type Changed = (&'static str, [u16; 5], [u16; 5]);

/// All of them.
pub const WITH_A_SECOND_FACTOR: &[Changed] = &[
    // There is an app already. What adds to somebody's factors asks for one of those there are.
    ("POST /v1/person/second-factors/totp", [409; 5], [403; 5]),
    ("POST /v1/person/second-factors/totp/confirmation", [409; 5], [403; 5]),
    ("POST /v1/person/second-factors/passkeys", [200; 5], [403; 5]),
    ("POST /v1/person/second-factors/passkeys/confirmation", [400; 5], [403; 5]),
    // What cannot be undone.
    ("POST /v1/person/second-factors/recovery-codes", [201; 5], [403; 5]),
    ("DELETE /v1/person/second-factors/totp", [204; 5], [403; 5]),
    // A school's own administrators' alone: its photographers and its teachers may know of it.
    ("POST /v1/schools/{school}/staff/{person}/impersonation", [403, 404, 201, 403, 404], [403; 5]),
    // An owner's alone: who comes in by another's word, and the signature under who can see what.
    // The other studio asks first, and one studio lets a program in.
    ("POST /v1/trusted-issuers", [409, 201, 401, 401, 401], [403, 403, 401, 401, 401]),
    ("POST /v1/studio/access-reviews", [409, 409, 401, 401, 401], [403, 403, 401, 401, 401]),
    // An owner's alone: a directory takes staff in and out.
    (
        "POST /v1/districts/{district}/scim-tokens",
        [201, 404, 401, 401, 401],
        [403, 403, 401, 401, 401],
    ),
];
