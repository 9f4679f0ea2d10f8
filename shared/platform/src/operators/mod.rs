//! Site administrators: a separate authentication system.
//!
//! Their credentials, sessions and keys share only the rules with the portals: another table, another key ring, another
//! cookie, and functions whose roles no other function has.
//!
//! There is no session with one factor. A site administrator shows the password and a code in one request, and a
//! refusal does not say which was wrong. Or they show a passkey, which is two factors.

mod enrolment;
mod entry;
mod factor;
pub(crate) mod operator;
mod passkey;
mod people;
mod session;
mod sign_in;
mod step_up;
mod studios;
mod view;

pub use enrolment::{
    Invited, NewSecret, begin_enrolment, finish_enrolment, invite, invite_by_operator,
};
pub use entry::{operator, stranger};
pub use factor::ShownCode;
pub use operator::Operator;
pub use passkey::{
    OperatorPasskeyEntry, OperatorPasskeySignIn, begin_passkey, finish_passkey, passkey_options,
    remove_passkey, sign_in_by_passkey,
};
pub use people::{MemberOf, PersonEntry, act_as, set_disabled};
pub use session::end_session;
pub use sign_in::sign_in;
pub use step_up::FreshOperator;
pub use view::{Enrolled, OperatorSession, OperatorSignedIn};
