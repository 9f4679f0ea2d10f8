//! Sign-in by the link that was mailed after entering the code of a school's letter.
//!
//! The click proves the address. Only then is the requested access stored for a person.

use domain::audit::{Action, Scope};
use domain::email::EmailAddress;
use domain::mailbox::MailboxDoor;
use domain::person::Portal;
use domain::session::Proof;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::people::persons::{self, MailboxProof, Person};
use crate::records::access_requests::asked::Asked;
use crate::records::access_requests::making;
use crate::sign_in::door;
use crate::store::audit;
use crate::store::awaited::Followed;
use crate::store::change::commit;
use crate::store::error::StoreError;

/// Retries of the lookup by address after a parallel click has created the person first.
const TRIES: u32 = 5;

/// Creates a parent's session and stores the requested access, in one transaction.
pub(super) async fn enter(
    app: &'static App,
    caller: &Caller,
    followed: &Followed<Asked>,
) -> Result<Response, ApiError> {
    let asked = &followed.content;
    making::refuse_if_over(app, caller, asked).await?;
    let person = person_of(app, caller, &asked.email).await?;
    if person.is_disabled {
        return Err(ApiError::SignInRefused);
    }
    let proof = MailboxProof { door: MailboxDoor::SignInLink, password: None };
    let proven = persons::prove_mailbox(app, caller, person, &proof).await?;
    let (person, mut changes) = (proven.person, proven.changes);
    changes.push(followed.consume(app)?);
    changes.extend(Box::pin(making::make(app, caller, &person, asked)).await?);
    door::enter(app, caller, &person, Portal::Parent, Proof::MailedLink, changes).await
}

/// Returns the person of an address, and creates the person at the first click.
async fn person_of(app: &App, caller: &Caller, email: &EmailAddress) -> Result<Person, ApiError> {
    for _ in 0..TRIES {
        if let Some(id) = persons::find_by_email(app, email).await? {
            let person = persons::find(app, &id).await?;
            return Ok(person.ok_or(StoreError::Corrupt("person"))?);
        }
        let (id, mut changes) = persons::create(app, email).await?;
        let event = caller.event(app, Scope::Platform, Action::PersonCreated, id.as_str());
        changes.push(audit::add(app, &event).await?);
        commit(app, changes).await?;
    }
    Err(StoreError::Corrupt("person").into())
}
