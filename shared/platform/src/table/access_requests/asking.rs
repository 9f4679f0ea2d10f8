//! Asking for access with a code: the request and the grant in one transaction, and what is mailed.

use domain::access::{Held, Relation, Terms};
use domain::audit::{Action, Outcome, Scope};
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::person::AccessGrant;
use domain::share_code::ShareCode;

use super::{held, is_another_student, request_id};
use crate::app::App;
use crate::http::error::ApiError;
use crate::limits::{self, Limit};
use crate::mail::Mail;
use crate::scope::{Caller, StudioStore};
use crate::table::item::json;
use crate::table::share_codes::{self, Opens};
use crate::table::tokens::{self, Purpose};
use crate::table::{Change, Committed, Item, StoreError, audit, commit, keys, people};

/// Asks for access with a code. Right, wrong and malformed codes look the same to whoever asks: the same
/// answer, and a message in the mail queue in every case. Codes are counted before they are looked up, and one
/// that something came of is given back: a school's evening behind one address types many right ones.
///
/// # Errors
///
/// 429 for a network that has guessed too often; when the store or the queue fails.
pub async fn request_access(
    app: &'static App,
    caller: &Caller,
    typed_code: &str,
    email: &EmailAddress,
    relation: Relation,
) -> Result<(), ApiError> {
    let limit = Limit::codes_of_an_address(&app.config().limits);
    let network = limits::network_of(&caller.origin().address);
    limits::take_or_refuse(app, limit, &network).await?;
    let opens = match ShareCode::parse(typed_code) {
        Ok(code) => share_codes::find(app, &code).await?,
        Err(_) => None,
    };
    let Some(opens) = opens else {
        let mut event = caller.event(app, Scope::Platform, Action::AccessRequested, "share code");
        event.outcome = Outcome::Refused;
        audit::record(app, &event).await?;
        return Mail::Nothing.send(app).await;
    };
    // A parallel request of the same address may be quicker at making the person: then look again.
    for _ in 0..5 {
        match grant(app, caller, &opens, (email, relation)).await? {
            Granted::Mail(mail) => {
                limits::give_back(app, limit, &network).await?;
                return mail.send(app).await;
            }
            Granted::NotToStudents => return Mail::Nothing.send(app).await,
            Granted::Again => {}
        }
    }
    Err(ApiError::internal(StoreError::Corrupt("access request")))
}

/// What came of a right code.
enum Granted {
    /// It is written; this goes out.
    Mail(Mail),
    /// Somebody else was quicker.
    Again,
    /// A student where none are let in, or who is another student already: of them nothing is kept, and of the ask
    /// its event.
    NotToStudents,
}

/// Writes the request, the grant and the mailed link.
async fn grant(
    app: &'static App,
    caller: &Caller,
    opens: &Opens,
    (email, relation): (&EmailAddress, Relation),
) -> Result<Granted, ApiError> {
    let store = StudioStore::new(app, opens.studio.clone(), caller.clone());
    let school = store.school_by_id(&opens.school).await?;
    let is_student = relation == Relation::Student;
    let mut event = store.event(Action::AccessRequested, opens.student.as_str());
    let as_whom = if is_student { " as the student" } else { "" };
    let known = people::find_of_address(app, email).await?;
    let is_another = known.as_ref().is_some_and(|it| is_another_student(it, &opens.student));
    if is_student && (!school.adult_students || is_another) {
        event.outcome = Outcome::Refused;
        event.details = Some(format!("{}{as_whom}", opens.code_id));
        audit::record(app, &event).await?;
        return Ok(Granted::NotToStudents);
    }
    let (person, mut changes) = match &known {
        Some(known) => (known.id.clone(), Vec::new()),
        None => people::create(app, email, None).await?,
    };
    let held = known
        .as_ref()
        .and_then(|known| known.grants.iter().find(|grant| grant.student == opens.student))
        .map(|grant| grant.held);
    let (token, token_change) = tokens::issue(app, Purpose::SignIn, &person).await?;
    changes.push(token_change);
    let terms = Terms {
        parent_access: school.parent_access,
        adult_students: school.adult_students,
        has_consented: known.is_some_and(|it| it.has_consented(&domain::consent::PARENT_ACCESS)),
    };
    if let Some(begun) = Held::asked(relation, held, terms) {
        changes.extend(request_rows(&store, opens, &person, (begun, held)).await?);
    }
    event.details = Some(format!("{} by {person}{as_whom}", opens.code_id));
    changes.push(audit::add(app, &event).await?);
    Ok(match commit(app, changes).await? {
        Committed::Yes => Granted::Mail(Mail::ParentLink { person, token }),
        Committed::Refused(_) => Granted::Again,
    })
}

/// The rows of a request that begins, in the place of one that is still in the state it was found in.
async fn request_rows(
    store: &StudioStore,
    opens: &Opens,
    person: &PersonId,
    (begun, before): (Held, Option<Held>),
) -> Result<[Change; 2], StoreError> {
    let app = store.app;
    let id = request_id(app, &opens.school, person, &opens.student).await?;
    let mut request = Item::at(&keys::access_request(&store.studio, &id))
        .with_text("person", person.as_str())
        .with_text("student", opens.student.as_str())
        .with_text("at", app.now().to_string());
    request = held::write(request, begun);
    if let Some(teacher) = &opens.teacher {
        request = request.with_text("teacher", teacher.as_str());
    }
    let grant = AccessGrant {
        studio: opens.studio.clone(),
        school: opens.school.clone(),
        student: opens.student.clone(),
        held: begun,
    };
    let grant = people::grant_item(person, &grant).with_text("request", id.as_str());
    let table = app.records()?;
    let write = |item: Item| match before {
        Some(before) => Change::replace(table, item, "state", json(&before.state)),
        None => Change::create(table, item),
    };
    Ok([write(request)?, write(grant)?])
}
