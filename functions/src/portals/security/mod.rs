//! The public security information: the page `/security`, made from the list of promises, and
//! `/.well-known/security.txt`.

mod controls;
mod page;
mod security_txt;

pub(crate) use page::{PAGE, filled};
pub(crate) use security_txt::{Disclosure, PATH};

#[cfg(test)]
mod tests;
