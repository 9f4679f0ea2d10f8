//! A parent's way to a gallery, or a grown-up student's own: the code mails a link; the click on it makes a request and a
//! grant, both in one transaction; approval and consent move them on, and both sides can end them.

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
