//! Mails: what is sent, in which words. A message names people by id, where there is a person; addresses are opened when
//! it is sent.
//!
//! There are two kinds. What a person is told of their own account is sent as it happens ([`Told`]). What anybody may
//! have sent to an address needs a [`Stamp`], and stamps are counted for each mailbox over all doors ([`Asked`]): no
//! other way leads into the queue.

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
