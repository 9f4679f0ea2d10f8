//! What was asked for with a code, until the mailed link is opened.

use domain::access::Relation;
use domain::email::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::records::share_codes::Opens;
use crate::store::awaited::Awaited;
use crate::store::keys::{self, Key};

/// Somebody asked, and said that this is their address.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) email: EmailAddress,
    pub(crate) relation: Relation,
    /// What the code opened when it was typed.
    pub(crate) opens: Opens,
}

impl Awaited for Asked {
    const NAME: &'static str = "asked access";
    /// An hour: a parent may type the code at breakfast and read the mail on the bus.
    const LIVES_SECONDS: i64 = 3600;

    fn key(hmac: &str) -> Key {
        keys::asked(hmac)
    }
}
