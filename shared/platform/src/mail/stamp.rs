//! Stamps: each lets one mail go to an address of which whoever asks has not proven that it is theirs.
//!
//! They are counted for the mailbox over all doors: forty requests at every door there is are no more mails than forty
//! at one. No stranger is told that there were too many. Three who ask count apart, by what they have proven:
//!
//! * **somebody in a browser where the mailbox's owner has signed in** has five an hour of that browser, and strangers
//!   use none of them up;
//! * **somebody who is signed in, at another account**, who invites the address or wants to change to it: four an hour
//!   of each studio and each person, and of all of them together twelve. So one account with a studio of its own leaves
//!   four to others; several can use all up. They are told, as an invitation that nobody gets must not look like one that
//!   was sent, and learn from it that others have named the address;
//! * **strangers**, all together: five an hour of mails that only tell something or are of use in one browser. Of links
//!   four an hour and beyond them one every ten minutes, each kind apart: those that open a door of the account for
//!   whoever reads the mailbox, those that answer a letter's code, and those that confirm a sign-up. A link that answers
//!   a code can be over before its time, and whoever made it so must not use up the owner's; one that confirms a sign-up
//!   opens no account that there is.
//!
//! So a mailbox gets 32 mails at once at the most and 47 in an hour, and five more of each browser of its owner's.
//!
//! The ten minutes are for the owner on a new telephone, whose mailbox is being flooded and who has no other door. No
//! request ends a link that was sent, and none lives shorter than ten minutes. So at each moment there is a link in the
//! mailbox that still works, whoever asked for it, or the owner's own request is mailed. Without any limit the mailbox
//! itself would be of no use, and with a harder one a stranger could shut the door: this is the least that keeps it open.

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
/// For somebody in a browser that the mailbox's owner has signed in in.
const OF_A_DEVICE: Limit = Limit::new("mails-device", 5, HOUR);
/// For one account elsewhere.
const OF_AN_ACCOUNT: Limit = Limit::new("mails-account", 4, HOUR);
/// For everybody who is signed in elsewhere.
const OF_ACCOUNTS: Limit = Limit::new("mails-accounts", 12, HOUR);
/// For strangers, of what opens nothing by itself.
const THAT_TELL: Limit = Limit::new("mails", 5, HOUR);
/// For strangers, of links that open a door: enough at once for one who mistypes.
const THAT_OPEN: Limit = Limit::new("mails-open", 4, HOUR);
/// The same beyond that: the next when the one before is over, and no sooner.
const STILL_OPEN: Limit = Limit::new("mails-still-open", 1, SHORTEST_LIFE_SECONDS);
/// For strangers, of links that answer the code of a letter.
const LETTERS: Limit = Limit::new("mails-letters", 4, HOUR);
const STILL_LETTERS: Limit = Limit::new("mails-still-letters", 1, SHORTEST_LIFE_SECONDS);
/// For strangers, of links that confirm a sign-up.
const SIGN_UPS: Limit = Limit::new("mails-sign-ups", 4, HOUR);
const STILL_SIGN_UPS: Limit = Limit::new("mails-still-sign-ups", 1, SHORTEST_LIFE_SECONDS);

/// What a mail is to whoever reads the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A link that lets them in, wherever they open it.
    Door,
    /// A link that shows what a letter's code opens, as long as the code is good.
    Letter,
    /// A link that makes the account of a sign-up, or the news that there is one.
    SignUp,
    /// News, or what is of use in one browser only.
    News,
}

impl Holds {
    /// How many go at once, and where there are more how many beyond them.
    const fn limits(self) -> &'static [Limit] {
        match self {
            Self::Door => &[THAT_OPEN, STILL_OPEN],
            Self::Letter => &[LETTERS, STILL_LETTERS],
            Self::SignUp => &[SIGN_UPS, STILL_SIGN_UPS],
            Self::News => &[THAT_TELL],
        }
    }
}

/// Where a mail goes.
pub(crate) struct Mailbox<'a> {
    pub(crate) email: &'a EmailAddress,
    /// Who has the address, if anybody.
    pub(crate) owner: Option<&'a PersonId>,
    /// Whether a mail goes there at all. What nobody gets is counted apart, with the same work: it uses up no stamp of
    /// somebody who waits for a link.
    pub(crate) is_mailed: bool,
}

/// Lets one mail go. Only the counters make one.
#[derive(Debug)]
#[must_use]
pub(crate) struct Stamp(());

impl Stamp {
    /// For somebody who is not signed in.
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
        // Evenly: how full the counter of nobody's mails is must not tell that they are nobody's.
        let is_free = limits::take_evenly(app, holds.limits(), &mailbox).await?;
        Ok(is_free.then_some(Self(())))
    }

    /// For an account, a person's or a studio's, that names an address which may be a stranger's.
    ///
    /// # Errors
    ///
    /// 429 where too many were sent there.
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
