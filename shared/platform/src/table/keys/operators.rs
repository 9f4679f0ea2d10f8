//! The keys of the `operators` table: site administrators, and nobody else.
//!
//! | partition `PK` | sort `SK` | what | read as |
//! |---|---|---|---|
//! | `OPERATOR#{operator}` | `OPERATOR` | a site administrator: sealed address and secret, hashed password and codes | get |
//! | | `SESSION#{id}` | a session | get |
//! | `EMAIL#{hmac}` | `OPERATOR` | who has an address | get |
//! | `INVITATION#{hmac}` | `INVITATION` | a link that makes one site administrator | get, conditional delete |

use domain::ids::{OperatorId, SessionId};

use super::{Key, key};

/// A site administrator.
pub(crate) fn operator(operator: &OperatorId) -> Key {
    key(format!("OPERATOR#{operator}"), "OPERATOR")
}

/// A session of theirs.
pub(crate) fn session(operator: &OperatorId, session: &SessionId) -> Key {
    key(format!("OPERATOR#{operator}"), format!("SESSION#{session}"))
}

/// Who has an address.
pub(crate) fn email(hmac: &str) -> Key {
    key(format!("EMAIL#{hmac}"), "OPERATOR")
}

/// An invitation.
pub(crate) fn invitation(hmac: &str) -> Key {
    key(format!("INVITATION#{hmac}"), "INVITATION")
}
