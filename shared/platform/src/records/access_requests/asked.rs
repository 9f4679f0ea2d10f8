//! An access request by share code, kept until the mailed link is opened.

use domain::access::Relation;
use domain::email::EmailAddress;
use serde::{Deserialize, Serialize};

use crate::records::share_codes::Opens;
use crate::store::awaited::Awaited;
use crate::store::keys::{self, Key};

/// An access request with the e-mail address that the caller claims.
#[derive(Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) email: EmailAddress,
    pub(crate) relation: Relation,
    /// What the share code opened when it was entered.
    pub(crate) opens: Opens,
}

impl Awaited for Asked {
    const NAME: &'static str = "asked access";
    /// One hour: a parent may enter the code at breakfast and read the mail on the bus.
    const LIVES_SECONDS: i64 = 3600;

    fn key(hmac: &str) -> Key {
        keys::asked(hmac)
    }
}
