//! Sign-in of people: creates the proof types of [`crate::access`].

mod account;
mod account_changes;
pub mod acting;
mod arrival;
mod attempt;
pub(crate) mod breached;
mod code;
pub(crate) mod cookie;
pub(crate) mod credential;
pub(crate) mod csrf;
mod directory;
mod door;
mod entry;
mod flow;
mod guest;
#[cfg(feature = "provision")]
pub mod imported;
mod invitation;
mod letter;
mod link;
mod mailbox;
mod oidc;
mod passkey;
mod password;
pub mod programs;
mod reset;
mod school_entry;
pub mod second_factor;
pub mod second_stage;
pub(crate) mod secret;
pub(crate) mod session;
mod signed_in;
mod step_up;
mod stranger;
mod view;

pub use crate::access::directory::Directory;
pub use crate::access::fresh_second_factor::FreshSecondFactor;
pub use crate::access::guest::Guest;
pub use crate::access::parent::Parent;
pub use crate::access::photographer::Photographer;
pub use crate::access::school_staff::{SchoolStaff, SchoolVisitor};
pub use crate::access::visitor::Visitor;
pub use crate::records::domain_proof::{DomainRecord, ProvenSettings, domain_record};

pub use crate::access::gallery_visitor::GalleryVisitor;
pub use account::{confirm_address, sign_up};
pub use code::{request_code, sign_in_by_code};
pub use directory::directory;
pub use entry::{anyone, gallery_visitor, owner, parent, photographer};
pub use flow::Flow;
pub use guest::NewGuestToken;
pub use invitation::{Accepted, accept_invitation};
pub use link::{LinkPortal, request_link, sign_in_by_link};
pub use oidc::{
    Returned, leave_for_identity_provider, redirect_address, return_from_identity_provider,
    sign_in_address,
};
pub use passkey::{PasskeySignIn, options_of_anybody, sign_in_by_passkey};
pub use password::sign_in_by_password;
pub use reset::{confirm_reset, request_reset};
pub use school_entry::{AccessEnder, access_ender, school_staff, school_visitor};
pub use second_stage::SignInAnswer;
pub use session::end_session;
pub use signed_in::{PersonView, SignedIn};
pub use step_up::SteppedUp;
pub use stranger::stranger;
pub use view::{OpenSession, SessionView, StudioView};
