//! E-mails: what is sent, and its text.
//!
//! A message names people by id where possible; addresses are decrypted when it is sent.
//!
//! There are two kinds. E-mails about a person's own account are sent as it happens ([`Told`]). E-mails that anyone
//! may request for an address need a [`Stamp`], and stamps are counted per mailbox over all kinds of requests
//! ([`Asked`]). There is no other way into the queue.

mod asked;
mod letter;
mod message;
mod notice;
pub mod notices;
pub(crate) mod sealed_address;
mod stamp;
mod told;
mod undelivered;

pub use asked::Asked;
pub(crate) use message::post;
pub use message::{Mail, accept_mail};
pub use sealed_address::SealedAddress;
pub(crate) use stamp::{Holds, Mailbox, Stamp};
pub use told::Told;
