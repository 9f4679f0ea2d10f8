//! Access requests: how a parent, or an adult student, gets access to a gallery.
//!
//! A share code mails a link. The click on the link creates a request and a grant in one transaction. Approval and
//! consent move both on, and both sides can end them.

mod another_student;
pub(crate) mod asked;
mod asking;
mod consenting;
mod ending;
pub(crate) mod making;
mod own;
pub(crate) mod request;

pub use asking::request_access;
pub use own::OwnAccess;
pub use request::AccessRequest;
pub(crate) use request::{REQUESTS, RequestRow};
