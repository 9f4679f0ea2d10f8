//! Stamps: each lets one mail go to an address of which whoever asks has not proven that it is theirs.
//!
//! They are counted for the mailbox over all doors: forty requests at every door there is are no more mails than forty
//! at one. Nobody is told that there were too many. Three who ask count apart, by what they have proven:
//!
//! * **somebody in a browser where the mailbox's owner has signed in** has five an hour of that browser, and strangers
//!   use none of them up;
//! * **somebody who is signed in, at another account**, who invites the address or wants to change to it: all accounts
//!   together five an hour;
//! * **strangers**, all together: five an hour of mails that only tell something or are of use in one browser, and of
//!   links that open a door for whoever reads the mailbox four an hour, and beyond them one every ten minutes.
//!
//! The ten minutes are for the owner on a new telephone, whose mailbox is being flooded and who has no other door. No
//! request ends a link that was sent, and none lives shorter than ten minutes. So at each moment there is a link in the
//! mailbox that still works, whoever asked for it, or the owner's own request is mailed. Without any limit the mailbox
//! itself would be of no use, and with a harder one a stranger could shut the door: this is the least that keeps it open.

use domain::email::EmailAddress;
use domain::ids::PersonId;

use crate::app::App;
use crate::limits::tries::Standing;
use crate::limits::{self, Limit};
use crate::scope::Caller;
use crate::table::StoreError;
use crate::table::tokens::SHORTEST_LIFE_SECONDS;

const HOUR: i64 = 3600;
/// For somebody in a browser that the mailbox's owner has signed in in.
const OF_A_DEVICE: Limit = Limit::new("mails-device", 5, HOUR);
/// For everybody who is signed in elsewhere.
const OF_ACCOUNTS: Limit = Limit::new("mails-accounts", 5, HOUR);
/// For strangers, of what opens nothing by itself.
const THAT_TELL: Limit = Limit::new("mails", 5, HOUR);
/// For strangers, of links that open a door: enough at once for one who mistypes.
const THAT_OPEN: Limit = Limit::new("mails-open", 4, HOUR);
/// The same beyond that: the next when the one before is over, and no sooner.
const STILL_OPEN: Limit = Limit::new("mails-still-open", 1, SHORTEST_LIFE_SECONDS);

/// What a mail is to whoever reads the mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// A link that lets them in, wherever they open it.
    Door,
    /// News, or what is of use in one browser only.
    News,
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
        let mailbox = mailbox.as_slice();
        let is_free = match holds {
            Holds::News => limits::take(app, THAT_TELL, mailbox).await?,
            Holds::Door => {
                limits::take(app, THAT_OPEN, mailbox).await?
                    || limits::take(app, STILL_OPEN, mailbox).await?
            }
        };
        Ok(is_free.then_some(Self(())))
    }

    /// For somebody who is signed in and names an address that may be a stranger's.
    pub(crate) async fn for_account(
        app: &App,
        email: &EmailAddress,
    ) -> Result<Option<Self>, StoreError> {
        let is_free = limits::take(app, OF_ACCOUNTS, email.lookup().as_bytes()).await?;
        Ok(is_free.then_some(Self(())))
    }
}
