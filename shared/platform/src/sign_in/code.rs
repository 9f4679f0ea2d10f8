//! Sign-in by a mailed code: six digits, usable once, for ten minutes, in the browser that requested it.

use domain::audit::{Action, Outcome, Scope};
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::mailbox::MailboxDoor;
use domain::mailed_code::MailedCode;
use domain::person::Portal;
use domain::session::Proof;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::limits::tries::{self, Door, Standing};
use crate::http::response::{Response, check_mail, set_cookie};
use crate::mail::{self, Asked, Holds};
use crate::people::persons::{self, MailboxProof};
use crate::people::sign_in_flows::{self, FlowSecret};
use crate::sign_in::door;
use crate::sign_in::flow::{self, Flow};
use crate::sign_in::mailbox::{self, Wish};
use crate::store::audit;
use crate::store::change::commit;

/// Mails a code to a person who may enter the portal. The response and the work are the same for any other address.
///
/// # Errors
///
/// When the store or the queue fails.
pub async fn request_code(
    app: &App,
    caller: &Caller,
    portal: Portal,
    email: &EmailAddress,
) -> Result<Response, ApiError> {
    // The code is useful only in the browser that requested it, so the mail counts as news.
    let wish = Wish { action: Action::SignInCodeRequested, holds: Holds::News };
    let asked = mailbox::ask(app, caller, email, wish, |person| person.may_enter(portal)).await?;
    let (secret, code) = (app.random(), draw(app));
    let person = asked.person.map(|person| person.id);
    let begin = sign_in_flows::begin(app, &secret, portal, &code, person.as_ref()).await?;
    commit(app, vec![begin, audit::add(app, &asked.event).await?]).await?;
    let text = code.text();
    let mail = person.map(|person| Asked::SignInCode { person, code: text });
    mail::post(app, asked.stamp, mail).await?;
    let mut response = check_mail()?;
    set_cookie(&mut response, &flow::open(&secret));
    Ok(response)
}

fn draw(app: &App) -> MailedCode {
    loop {
        if let Some(code) = MailedCode::from_random(app.random()) {
            return code;
        }
    }
}

/// Signs a person in with a code. It also confirms the address; unproven data of the account becomes invalid.
///
/// # Errors
///
/// 409 `code_refused`, and nothing else, for a code that is wrong, expired, used, of another browser or portal, or
/// attempted too often.
pub async fn sign_in_by_code(
    app: &App,
    caller: &Caller,
    portal: Portal,
    flow: Option<Flow>,
    typed: &str,
) -> Result<Response, ApiError> {
    // Without a cookie, or with malformed digits, a flow that does not exist is looked up: the same work.
    let secret: FlowSecret = flow.map_or_else(|| app.random(), |flow| flow.0);
    let typed = MailedCode::parse(typed);
    let code = typed.clone().unwrap_or_else(|| draw(app));
    let tried = sign_in_flows::take_try(app, &secret, portal, &code).await?;
    let Some(tried) = tried else {
        return refuse(app, caller, portal).await;
    };
    // A flow without a person is counted and looked up too, under a random id.
    let owner = tried.person.clone().unwrap_or_else(|| PersonId::from_random(app.random()));
    let strangers = Standing::Nothing(owner.as_str());
    let standing = Standing::by(app, caller, Some(&owner), strangers).await?;
    let person = persons::find(app, &owner).await?;
    let Some(counted) = tries::reserve(app, Door::MAILED_CODE, &standing).await? else {
        return refuse(app, caller, portal).await;
    };
    let is_good = tried.is_right && typed.is_some();
    let may_enter = |person: &persons::Person| {
        is_good && person.may_enter(portal) && person.was_reached_at(tried.issued_at)
    };
    let Some(person) = person.filter(may_enter) else {
        counted.wrong(app).await?;
        return refuse(app, caller, portal).await;
    };
    let proof = MailboxProof { door: MailboxDoor::SignInCode, password: None };
    let proven = persons::prove_mailbox(app, caller, person, &proof).await?;
    let (person, mut changes) = (proven.person, proven.changes);
    changes.push(sign_in_flows::consume(app, &tried)?);
    let entered = door::enter(app, caller, &person, portal, Proof::MailedCode, changes).await;
    match entered {
        Ok(mut response) => {
            counted.right(app).await?;
            set_cookie(&mut response, &flow::close());
            Ok(response)
        }
        // A parallel request has used the code.
        Err(ApiError::Conflict(_) | ApiError::SignInRefused) => {
            counted.wrong(app).await?;
            refuse(app, caller, portal).await
        }
        Err(error) => Err(error),
    }
}

async fn refuse(app: &App, caller: &Caller, portal: Portal) -> Result<Response, ApiError> {
    let mut event = caller.event(app, Scope::Platform, Action::SignedIn, portal.name());
    event.outcome = Outcome::Refused;
    event.details = Some("code".to_owned());
    audit::record(app, &event).await?;
    Err(ApiError::Conflict("code_refused"))
}
