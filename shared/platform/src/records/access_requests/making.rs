//! The click on the mailed link: what was asked for stands from then on, at the person and at the school.

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

/// Students of one account at the most, whether it sees them, waits for them, or was shut out: every request of a
/// person reads these rows, so their number is bounded. A family of any size is far below it.
pub(crate) const MOST_STUDENTS: usize = 100;

/// A code that was revoked since it was typed, or that another has replaced, opens nothing any more and makes nobody
/// known.
///
/// # Errors
///
/// 409 `link_used_or_expired`; when the store fails.
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

/// The changes by which what a person asked for stands: the request, the grant and the event; none where it stands
/// already.
///
/// # Errors
///
/// 409 `link_used_or_expired` where it may not be asked for any more, `too_many_students`; when the store fails.
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
    // The school's row is asked, not the person's: it knows whom it shut out when they have given up since.
    let Some(begun) = Held::asked(asked.relation, before, terms) else {
        return Ok(Vec::new());
    };
    let granted = person.grants.iter().find(|grant| grant.student == opens.student);
    if granted.is_none() && person.grants.len() >= MOST_STUDENTS {
        return Err(ApiError::Conflict("too_many_students"));
    }
    let write = |item: Item, before: Option<Held>| match before {
        // A mark that the school set since the row was read must not be overwritten.
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

/// The rows of a request that begins: the school's and the person's.
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
