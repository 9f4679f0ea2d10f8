//! Requests for access with a share code: the mail, and the row that waits for the click on its link.

use domain::access::Relation;
use domain::audit::{Action, Outcome, Scope};
use domain::email::EmailAddress;
use domain::school::School;
use domain::share_code::ShareCode;

use super::asked::Asked;
use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits;
use crate::http::limits::tries::{self, Door, Standing};
use crate::mail::{self, Holds, Mailbox, SealedAddress, Stamp};
use crate::people::persons::{self, Person};
use crate::records::access_requests::another_student::is_another_student;
use crate::records::schools;
use crate::records::share_codes::{self, Opens};
use crate::store::change::{Committed, commit};
use crate::store::error::StoreError;
use crate::store::{audit, awaited};

/// Requests access with a share code.
///
/// The caller cannot tell valid, wrong and malformed codes apart: the response is the same, after the same store
/// calls, whether or not a person has the e-mail address. An attempt is counted before the code is looked up. An
/// attempt with a valid code is given back, because on a school's evening many parents enter valid codes behind one
/// IP address.
///
/// # Errors
///
/// 429 for a network with too many wrong codes; when the store or the queue fails.
pub async fn request_access(
    app: &'static App,
    caller: &Caller,
    typed_code: &str,
    email: &EmailAddress,
    relation: Relation,
) -> Result<(), ApiError> {
    let door = Door::share_codes_of_a_network(&app.config().limits);
    let network = limits::network_of(&caller.origin().address);
    let counted = tries::reserve_or_refuse(app, door, &Standing::Network(&network)).await?;
    let code = ShareCode::parse(typed_code).ok();
    let found = share_codes::find(app, code.as_ref()).await?;
    let is_found = found.is_some();
    let opens = found.unwrap_or_else(|| Opens::nobody(app));
    let store = StudioStore::of_share_code(app, &opens.studio, caller.clone());
    let (school, known) = futures_util::try_join!(
        schools::find(&store, &opens.school),
        persons::find_of_address(app, email)
    )?;
    if is_found && school.is_none() {
        return Err(StoreError::Corrupt("school").into());
    }
    let may_ask = school.is_some_and(|school| may_ask(&school, &opens, relation, known.as_ref()));
    let mut event = if is_found {
        store.event(Action::AccessRequested, opens.student.as_str())
    } else {
        caller.event(app, Scope::Platform, Action::AccessRequested, "share code")
    };
    if !may_ask {
        event.outcome = Outcome::Refused;
    }
    if is_found {
        event.details = Some(format!("{}{}", opens.code_id, as_whom(relation)));
    }
    // The token is stored even when the request is refused, so that the work is the same. It is never mailed then.
    let asked = Asked { email: email.clone(), relation, opens };
    let (token, keep) = awaited::begin(app, &asked).await?;
    if let Committed::Refused(_) = commit(app, vec![keep, audit::add(app, &event).await?]).await? {
        return Err(StoreError::Corrupt("asked access").into());
    }
    // Both branches make one write, so the response time does not reveal the result.
    if may_ask {
        counted.right(app).await?;
    } else {
        counted.wrong(app).await?;
    }
    // The mail limit applies to a valid code that is entered repeatedly, too. Links that were already mailed stay
    // valid.
    let owner = known.as_ref().map(|known| &known.id);
    let mailbox = Mailbox { email, owner, is_mailed: may_ask };
    let stamp = Stamp::for_stranger(app, caller, &mailbox, Holds::Letter).await?;
    let sealed_to = SealedAddress::of(app, email).await?;
    let link = may_ask.then_some(mail::Asked::ParentLink { sealed_to, token });
    mail::post(app, stamp, link).await
}

/// Returns the audit log's text for the relation that the caller claims.
pub(super) fn as_whom(relation: Relation) -> &'static str {
    match relation {
        Relation::Parent => "",
        Relation::Student => " as the student",
    }
}

/// Returns whether the caller may request access.
///
/// Parents may always request it. A student may request it only if the school admits adult students and has not
/// approved the person as another student.
pub(super) fn may_ask(
    school: &School,
    opens: &Opens,
    relation: Relation,
    known: Option<&Person>,
) -> bool {
    match relation {
        Relation::Parent => true,
        Relation::Student => {
            let is_another = known.is_some_and(|it| is_another_student(it, &opens.student));
            school.adult_students && !is_another
        }
    }
}
