//! People's rows: identity and sign-in. Nothing here belongs to a studio's business.

pub(crate) mod api_keys;
pub(crate) mod ceremonies;
pub(crate) mod held;
pub(crate) mod operators;
pub mod persons;
pub(crate) mod school_memberships;
pub(crate) mod second_factors;
pub(crate) mod sessions;
pub(crate) mod sign_in_flows;
pub mod sign_ups;
pub(crate) mod token_families;
pub mod tokens;
