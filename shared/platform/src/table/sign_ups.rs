//! Sign-ups that wait for their mailed link. Two sign-ups for one address are two rows, and each link confirms the
//! password and the studio of its own.

use domain::email::EmailAddress;
use domain::text::Line;
use serde::{Deserialize, Serialize};

use crate::crypto::password_hash::StoredPassword;
use crate::table::awaited::Awaited;
use crate::table::{Key, keys};

/// What was typed at a sign-up.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignUp {
    pub(crate) email: EmailAddress,
    pub(crate) studio_name: Line,
    pub(crate) password: StoredPassword,
}

impl Awaited for SignUp {
    const NAME: &'static str = "sign-up";
    /// A day, as it opens nothing by itself.
    const LIVES_SECONDS: i64 = 24 * 3600;

    fn key(hmac: &str) -> Key {
        keys::sign_up(hmac)
    }
}
