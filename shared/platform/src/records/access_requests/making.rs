//! The click on the mailed link: it creates the request at the school and the grant at the person.

use domain::access::{Held, Terms};
use domain::audit::{Action, Actor};
use domain::consent::PARENT_ACCESS;
use domain::ids::AccessRequestId;
use domain::person::AccessGrant;

use super::asked::Asked;
use super::asking::{as_whom, may_ask};
use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::people::held;
use crate::people::persons::{self, Person};
use crate::records::access_requests::request::{RequestRow, request_id};
use crate::records::share_codes::{self, Opens};
use crate::store::change::Change;
use crate::store::item::Item;
use crate::store::{audit, keys};

/// Maximum number of students per account, including pending and ended accesses.
///
/// Every request of a person reads these rows, so their number must be bounded. It is far above the size of any
/// family.
pub(crate) const MOST_STUDENTS: usize = 100;

/// Rejects a share code that was revoked or replaced after it was entered.
///
/// Such a code opens nothing and creates no person.
///
/// # Errors
///
/// 409 `link_used_or_expired`; or when the store fails.
pub(crate) async fn refuse_if_over(
    app: &'static App,
    caller: &Caller,
    asked: &Asked,
) -> Result<(), ApiError> {
    let store = StudioStore::of_share_code(app, &asked.opens.studio, caller.clone());
    if share_codes::is_good(&store, &asked.opens.code_id).await? {
        return Ok(());
    }
    Err(ApiError::Conflict("link_used_or_expired"))
}

/// Builds the changes that create the request, the grant and the audit event; empty if the access exists already.
///
/// # Errors
///
/// 409 `link_used_or_expired` if the person may no longer request it, 409 `too_many_students`; or when the store
/// fails.
pub(crate) async fn make(
    app: &'static App,
    caller: &Caller,
    person: &Person,
    asked: &Asked,
) -> Result<Vec<Change>, ApiError> {
    let opens = &asked.opens;
    let caller = Caller { who: Actor::Parent(person.id.clone()), ..caller.clone() };
    let store = StudioStore::of_share_code(app, &opens.studio, caller);
    let table = app.records()?;
    let id = request_id(app, &opens.school, &person.id, &opens.student).await?;
    let key = keys::access_request(&opens.studio, &id);
    let (school, row) =
        futures_util::try_join!(store.school_by_id(&opens.school), table.get(&key))?;
    if !may_ask(&school, opens, asked.relation, Some(person)) {
        return Err(ApiError::Conflict("link_used_or_expired"));
    }
    let before = row.map(|row| RequestRow::read(&row)).transpose()?.map(|row| row.held);
    let terms = Terms {
        parent_access: school.parent_access,
        adult_students: school.adult_students,
        has_consented: person.has_consented(&PARENT_ACCESS),
    };
    // Reads the school's row, not the person's: it still records an end by the school after the person gave the
    // access up.
    let Some(begun) = Held::asked(asked.relation, before, terms) else {
        return Ok(Vec::new());
    };
    let granted = person.grants.iter().find(|grant| grant.student == opens.student);
    if granted.is_none() && person.grants.len() >= MOST_STUDENTS {
        return Err(ApiError::Conflict("too_many_students"));
    }
    let write = |item: Item, before: Option<Held>| match before {
        // The school may have ended the access since the row was read; this write must not overwrite that.
        Some(before) => Change::replace_expecting(table, item, held::unchanged(before)),
        None => Change::create(table, item),
    };
    let [request, grant] = rows(app, opens, person, (&id, begun));
    let mut event = store.event(Action::AccessRequestMade, id.as_str());
    event.details = Some(format!("{} by {}{}", opens.code_id, person.id, as_whom(asked.relation)));
    Ok(vec![
        write(request, before)?,
        write(grant, granted.map(|grant| grant.held))?,
        audit::add(app, &event).await?,
    ])
}

/// Builds the rows of a new request: the school's and the person's.
fn rows(
    app: &App,
    opens: &Opens,
    person: &Person,
    (id, begun): (&AccessRequestId, Held),
) -> [Item; 2] {
    let request = Item::at(&keys::access_request(&opens.studio, id))
        .with_text("person", person.id.as_str())
        .with_text("student", opens.student.as_str())
        .with_text("at", app.now().to_string());
    let mut request = held::write(request, begun);
    if let Some(teacher) = &opens.teacher {
        request = request.with_text("teacher", teacher.as_str());
    }
    let grant = AccessGrant {
        studio: opens.studio.clone(),
        school: opens.school.clone(),
        student: opens.student.clone(),
        held: begun,
    };
    let grant = persons::grant_item(&person.id, &grant).with_text("request", id.as_str());
    [request, grant]
}
