//! People: one per e-mail address, with all their roles in one partition.

mod by_directory;
mod confined;
pub(crate) mod disabling;
pub(crate) mod person;
mod proving;

pub(crate) use by_directory::{ByDirectory, change_by_directory, create_without_address};
pub(crate) use person::{
    Person, change_password, create, create_confirmed, end_older_sessions, find, find_by_email,
    find_of_address, grant_item, membership_item, read_password, replace_password, scope_of,
    set_password, unchanged, with_password,
};
pub(crate) use proving::{MailboxProof, change_email, prove_mailbox};
