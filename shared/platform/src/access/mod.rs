//! Proof types and the stores they give access to.
//!
//! Only sign-in and this system's own sealed messages create a proof.

pub mod directory;
pub mod fresh_second_factor;
pub mod gallery_visitor;
pub mod guest;
pub mod parent;
pub mod photographer;
pub mod school_staff;
pub mod stores;
pub mod visitor;
pub(crate) mod warrant;
pub mod work;
