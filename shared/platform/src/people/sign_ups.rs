//! Sign-ups that wait for their mailed link.
//!
//! Two sign-ups for one address are two rows. Following either link leads to naming the studio and choosing the
//! password.

use domain::email::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::store::awaited::Awaited;
use crate::store::keys::{self, Key};

/// The data entered at a sign-up.
#[derive(Serialize, Deserialize)]
pub(crate) struct SignUp {
    pub(crate) email: EmailAddress,
}

impl Awaited for SignUp {
    const NAME: &'static str = "sign-up";
    /// One day, because the link authorizes nothing by itself.
    const LIVES_SECONDS: i64 = 24 * 3600;

    fn key(hmac: &str) -> Key {
        keys::sign_up(hmac)
    }
}
