//! The keys of the `operators` table: site administrators, and nobody else.
//!
//! | partition `PK` | sort `SK` | what | read as |
//! |---|---|---|---|
//! | `OPERATOR#{operator}` | `OPERATOR` | a site administrator: sealed address, secret and passkeys, hashed password and codes | get |
//! | | `SESSION#{id}` | a session | get |
//! | `EMAIL#{hmac}` | `OPERATOR` | who has an address | get |
//! | `INVITATION#{hmac}` | `INVITATION` | a link that makes one site administrator | get, conditional delete |
//! | `CEREMONY#{hmac}` | `CEREMONY` | what a passkey was asked to sign | get, conditional delete |
//!
//! In the table `access`, where everybody who answers at an account can read it:
//!
//! | partition `PK` | sort `SK` | what | read as |
//! |---|---|---|---|
//! | `OPERATOR#{operator}` | `ACTING` | of which sign-in of theirs acting goes on | get |

use domain::ids::{OperatorId, SessionId};

use super::key::{Key, key};

/// A site administrator.
pub(crate) fn operator(operator: &OperatorId) -> Key {
    key(format!("OPERATOR#{operator}"), "OPERATOR")
}

/// A session of theirs.
pub(crate) fn session(operator: &OperatorId, session: &SessionId) -> Key {
    key(format!("OPERATOR#{operator}"), format!("SESSION#{session}"))
}

/// Of which sign-in of theirs acting goes on (table `access`).
pub(crate) fn acting(operator: &OperatorId) -> Key {
    key(format!("OPERATOR#{operator}"), "ACTING")
}

/// Who has an address.
pub(crate) fn email(hmac: &str) -> Key {
    key(format!("EMAIL#{hmac}"), "OPERATOR")
}

/// An invitation.
pub(crate) fn invitation(hmac: &str) -> Key {
    key(format!("INVITATION#{hmac}"), "INVITATION")
}

/// The state of a passkey ceremony.
pub(crate) fn ceremony(hmac: &str) -> Key {
    key(format!("CEREMONY#{hmac}"), "CEREMONY")
}
