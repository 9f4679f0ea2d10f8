//! Site administrators: an authentication system of their own.
//!
//! Their credentials, sessions and keys share nothing with the portals' but the rules: another table, another
//! ring, another cookie, functions whose roles nobody else has. There is no session with one factor: whoever
//! signs in shows the password and a code in one request, and learns nothing of which of them was wrong, or a passkey,
//! which is two.

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
