//! Stamps: each permits one e-mail to an address that the requester has not proven.
//!
//! Stamps are counted per mailbox over all forms that send e-mail: forty requests at each form cause no more e-mails
//! than forty at one. A stranger is not told when the limit is reached. Three kinds of requesters are counted
//! separately, by what they have proven:
//!
//! * **a browser in which the mailbox's owner has signed in**: five an hour per browser, and strangers use up none
//!   of them;
//! * **a caller signed in at another account** who invites the address or wants to change to it: four an hour per
//!   studio and per person, and twelve for all of them together. So one account with a studio of its own leaves four to
//!   others; several accounts can use up all twelve. These callers are told when the limit is reached, because an
//!   invitation that is not sent must not look like one that was. They learn from it that others have named the
//!   address;
//! * **strangers**, all together: five an hour of e-mails that only inform or are useful in one browser. Links: four
//!   an hour, and beyond them one every ten minutes, counted separately for each kind. The kinds are links that sign in
//!   any reader of the mailbox, links that answer a letter's code, and links that confirm a sign-up. A link that
//!   answers a code can become invalid before it expires, so it must not use up the owner's sign-in links. A link that
//!   confirms a sign-up opens no existing account.
//!
//! So a mailbox receives at most 32 e-mails at once and 47 in an hour, and five more for each browser of its owner.
//!
//! The ten minutes are for an owner on a new telephone whose mailbox is being flooded and who has no other way to sign
//! in. No request invalidates a link that was sent, and no link expires in less than ten minutes. So at each moment the
//! mailbox contains a link that still works, from any request, or the owner's own request is mailed. Without a limit
//! the mailbox itself would be useless; with a stricter one a stranger could lock the owner out.

use domain::email::EmailAddress;
use domain::ids::{Id, Kind, PersonId};

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits::tries::Standing;
use crate::http::limits::{self, Limit};
use crate::people::tokens::SHORTEST_LIFE_SECONDS;
use crate::store::error::StoreError;

const HOUR: i64 = 3600;
/// For a browser in which the mailbox's owner has signed in.
const OF_A_DEVICE: Limit = Limit::new("mails-device", 5, HOUR);
/// For one account other than the mailbox's owner.
const OF_AN_ACCOUNT: Limit = Limit::new("mails-account", 4, HOUR);
/// For all such accounts together.
const OF_ACCOUNTS: Limit = Limit::new("mails-accounts", 12, HOUR);
/// For strangers: e-mails that authorize nothing by themselves.
const THAT_TELL: Limit = Limit::new("mails", 5, HOUR);
/// For strangers: links that sign in. Enough at once for a person who mistypes.
const THAT_OPEN: Limit = Limit::new("mails-open", 4, HOUR);
/// For strangers: one more sign-in link, when the one before has expired and no sooner.
const STILL_OPEN: Limit = Limit::new("mails-still-open", 1, SHORTEST_LIFE_SECONDS);
/// For strangers: links that answer the code of a letter.
const LETTERS: Limit = Limit::new("mails-letters", 4, HOUR);
const STILL_LETTERS: Limit = Limit::new("mails-still-letters", 1, SHORTEST_LIFE_SECONDS);
/// For strangers: links that confirm a sign-up.
const SIGN_UPS: Limit = Limit::new("mails-sign-ups", 4, HOUR);
const STILL_SIGN_UPS: Limit = Limit::new("mails-still-sign-ups", 1, SHORTEST_LIFE_SECONDS);

/// What an e-mail gives to a reader of the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A link that signs in any person who opens it, in any browser.
    Door,
    /// A link that shows what a letter's code opens, as long as the code is valid.
    Letter,
    /// A link that creates the account of a sign-up, or the information that an account exists.
    SignUp,
    /// Information, or something that is useful in one browser only.
    News,
}

impl Holds {
    /// Returns the limit of e-mails at once and, if there is one, the limit beyond it.
    const fn limits(self) -> &'static [Limit] {
        match self {
            Self::Door => &[THAT_OPEN, STILL_OPEN],
            Self::Letter => &[LETTERS, STILL_LETTERS],
            Self::SignUp => &[SIGN_UPS, STILL_SIGN_UPS],
            Self::News => &[THAT_TELL],
        }
    }
}

/// The recipient of an e-mail.
pub(crate) struct Mailbox<'a> {
    pub(crate) email: &'a EmailAddress,
    /// The person who has the address, if any.
    pub(crate) owner: Option<&'a PersonId>,
    /// Is an e-mail really sent there?
    ///
    /// If not, the request is counted separately with the same work, so that it uses up no stamp of a real recipient.
    pub(crate) is_mailed: bool,
}

/// Permits one e-mail. Only the counters create one.
#[derive(Debug)]
#[must_use]
pub(crate) struct Stamp(());

impl Stamp {
    /// Counts an e-mail for a caller who is not signed in; `None` when the limit is reached.
    pub(crate) async fn for_stranger(
        app: &App,
        caller: &Caller,
        to: &Mailbox<'_>,
        holds: Holds,
    ) -> Result<Option<Self>, StoreError> {
        let lookup = to.email.lookup();
        let standing = Standing::by(app, caller, to.owner, Standing::Nothing(&lookup)).await?;
        if let (true, Standing::Device(person, nonce)) = (to.is_mailed, standing) {
            let device = [person.as_bytes(), nonce].concat();
            if limits::take(app, OF_A_DEVICE, &device).await? {
                return Ok(Some(Self(())));
            }
        }
        let whose: &[u8] = if to.is_mailed { b"mailbox|" } else { b"nobody|" };
        let mailbox = [whose, lookup.as_bytes()].concat();
        // Evenly: the work must not reveal, by how full a counter is, that no e-mail is sent.
        let is_free = limits::take_evenly(app, holds.limits(), &mailbox).await?;
        Ok(is_free.then_some(Self(())))
    }

    /// Counts an e-mail for an account (a person's or a studio's) that names an address, possibly a stranger's.
    ///
    /// # Errors
    ///
    /// 429 when too many were sent there.
    pub(crate) async fn for_account<K: Kind>(
        app: &App,
        account: &Id<K>,
        email: &EmailAddress,
    ) -> Result<Self, ApiError> {
        let lookup = email.lookup();
        let own = [account.as_str().as_bytes(), b"|", lookup.as_bytes()].concat();
        for (limit, of) in [(OF_AN_ACCOUNT, own.as_slice()), (OF_ACCOUNTS, lookup.as_bytes())] {
            if !limits::take(app, limit, of).await? {
                return Err(limits::too_many_of("too_many_mails", HOUR));
            }
        }
        Ok(Self(()))
    }
}
