//! Keys of the `operators` table, which holds site administrators only.
//!
//! | partition `PK` | sort `SK` | content | read as |
//! |---|---|---|---|
//! | `OPERATOR#{operator}` | `OPERATOR` | a site administrator: encrypted e-mail address, secret and passkeys, hashed password and codes | get |
//! | | `SESSION#{id}` | a session | get |
//! | `EMAIL#{hmac}` | `OPERATOR` | the site administrator who has an e-mail address | get |
//! | `INVITATION#{hmac}` | `INVITATION` | a link that creates one site administrator | get, conditional delete |
//! | `CEREMONY#{hmac}` | `CEREMONY` | the challenge that a passkey must sign | get, conditional delete |
//!
//! In the table `access`, which every function that answers for an account can read:
//!
//! | partition `PK` | sort `SK` | content | read as |
//! |---|---|---|---|
//! | `OPERATOR#{operator}` | `ACTING` | the operator session from which an impersonation started | get |

use domain::ids::{OperatorId, SessionId};

use super::key::{Key, key};

/// A site administrator.
pub(crate) fn operator(operator: &OperatorId) -> Key {
    key(format!("OPERATOR#{operator}"), "OPERATOR")
}

/// A site administrator's session.
pub(crate) fn session(operator: &OperatorId, session: &SessionId) -> Key {
    key(format!("OPERATOR#{operator}"), format!("SESSION#{session}"))
}

/// The operator session from which an impersonation started (table `access`).
pub(crate) fn acting(operator: &OperatorId) -> Key {
    key(format!("OPERATOR#{operator}"), "ACTING")
}

/// The site administrator who has an e-mail address.
pub(crate) fn email(hmac: &str) -> Key {
    key(format!("EMAIL#{hmac}"), "OPERATOR")
}

/// An invitation of a site administrator.
pub(crate) fn invitation(hmac: &str) -> Key {
    key(format!("INVITATION#{hmac}"), "INVITATION")
}

/// The state of a passkey ceremony.
pub(crate) fn ceremony(hmac: &str) -> Key {
    key(format!("CEREMONY#{hmac}"), "CEREMONY")
}
