//! A parent's way to a gallery: the code makes a request and a grant, both in one transaction; approval and
//! consent move them on.

use domain::access::{AccessEvent, AccessState};
use domain::audit::{Action, Outcome, Scope};
use domain::consent::ConsentDocument;
use domain::email::EmailAddress;
use domain::ids::{AccessRequestId, PersonId, SchoolId, StudentId};
use domain::person::AccessGrant;
use domain::school::{ParentAccess, School};
use domain::share_code::ShareCode;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::request::{Paging, Untrusted, cursor};
use crate::http::response::List;
use crate::mail::Mail;
use crate::scope::{Caller, StudioStore};
use crate::sign_in::Visitor;
use crate::table::change::Edit;
use crate::table::item::json;
use crate::table::share_codes::{self, Opens};
use crate::table::tokens::{self, Purpose};
use crate::table::{Change, Committed, Item, StoreError, audit, commit, keys, people};

/// A parent's request, as the school or the photographer sees it.
#[derive(Debug)]
pub struct AccessRequest {
    /// Its id.
    pub id: AccessRequestId,
    /// Whose photos.
    pub student: StudentId,
    /// Who asks.
    pub email: EmailAddress,
    /// How far it has come.
    pub state: AccessState,
    /// When, in RFC 3339.
    pub requested_at: String,
}

/// Asks for access with a code. Right, wrong and malformed codes look the same to whoever asks: the same
/// answer, and a message in the mail queue in every case.
///
/// # Errors
///
/// When the store or the queue fails.
pub async fn request_access(
    app: &'static App,
    caller: &Caller,
    typed_code: &str,
    email: &EmailAddress,
) -> Result<(), ApiError> {
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
        if let Some(mail) = grant(app, caller, &opens, email).await? {
            return mail.send(app).await;
        }
    }
    Err(ApiError::internal(StoreError::Corrupt("access request")))
}

/// Writes the request, the grant and the mailed link; `None` when somebody else was quicker.
async fn grant(
    app: &'static App,
    caller: &Caller,
    opens: &Opens,
    email: &EmailAddress,
) -> Result<Option<Mail>, ApiError> {
    let store = StudioStore::new(app, opens.studio.clone(), caller.clone());
    let school = store.school_by_id(&opens.school).await?;
    let (person, mut changes) = match people::find_by_email(app, email).await? {
        Some(id) => (id, Vec::new()),
        None => people::create(app, email, None).await?,
    };
    let known = people::find(app, &person).await?;
    let held = known
        .as_ref()
        .and_then(|known| known.grants.iter().find(|grant| grant.student == opens.student))
        .map(|grant| grant.state);
    let (token, token_change) = tokens::issue(app, Purpose::SignIn, &person).await?;
    changes.push(token_change);
    if !matches!(held, Some(state) if state != AccessState::Ended) {
        let has_consented =
            known.is_some_and(|known| known.has_consented(&domain::consent::PARENT_ACCESS));
        let state = first_state(&school, has_consented);
        changes.extend(request_rows(&store, opens, &person, state).await?);
    }
    let mut event = store.event(Action::AccessRequested, opens.student.as_str());
    event.details = Some(format!("{} by {person}", opens.code_id));
    changes.push(audit::add(app, &event).await?);
    Ok(match commit(app, changes).await? {
        Committed::Yes => Some(Mail::ParentLink { person, token }),
        Committed::Refused(_) => None,
    })
}

/// Where a request begins: with the school's agreement where the code is enough, and with the consent
/// that was given before.
fn first_state(school: &School, has_consented: bool) -> AccessState {
    let approved = match school.parent_access {
        ParentAccess::Code => AccessState::Requested.after(AccessEvent::Approve),
        ParentAccess::Approval => None,
    };
    let state = approved.unwrap_or(AccessState::Requested);
    let consented = has_consented.then(|| state.after(AccessEvent::Consent)).flatten();
    consented.unwrap_or(state)
}

/// One parent has one request for one student: asking again finds the same.
async fn request_id(
    app: &App,
    school: &SchoolId,
    person: &PersonId,
    student: &StudentId,
) -> Result<AccessRequestId, StoreError> {
    let parts = [person.as_str().as_bytes(), student.as_str().as_bytes()];
    let bits = app.ring().await?.id_bits("access-request", &parts);
    Ok(AccessRequestId::child_of(school, bits))
}

async fn request_rows(
    store: &StudioStore,
    opens: &Opens,
    person: &PersonId,
    state: AccessState,
) -> Result<[Change; 2], StoreError> {
    let app = store.app;
    let id = request_id(app, &opens.school, person, &opens.student).await?;
    let request = Item::at(&keys::access_request(&store.studio, &id))
        .with_text("person", person.as_str())
        .with_text("student", opens.student.as_str())
        .with_json("state", &state)
        .with_text("at", app.now().to_string());
    let grant = AccessGrant {
        studio: opens.studio.clone(),
        school: opens.school.clone(),
        student: opens.student.clone(),
        state,
    };
    let grant = people::grant_item(person, &grant).with_text("request", id.as_str());
    let table = app.records()?;
    Ok([Change::put(table, request)?, Change::put(table, grant)?])
}

impl StudioStore {
    /// A page of a school's requests.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn access_requests(
        &self,
        school: &School,
        paging: Paging,
    ) -> Result<List<AccessRequest>, StoreError> {
        let partition = keys::school_partition(&self.studio, &school.id);
        let page =
            self.app.records()?.page(&partition, "REQUEST#", paging.after, paging.limit).await?;
        let event = self.event(Action::AccessRequestsListed, school.id.as_str());
        audit::record(self.app, &event).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for row in &page.items {
            items.extend(self.read_request(row).await?);
        }
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }

    async fn read_request(&self, row: &Item) -> Result<Option<AccessRequest>, StoreError> {
        let corrupt = || StoreError::Corrupt("access request");
        let text = |name: &str| row.text(name).ok_or_else(corrupt);
        let sk = text("SK")?;
        let id = sk.strip_prefix("REQUEST#").ok_or_else(corrupt)?;
        let person = PersonId::parse(&text("person")?).map_err(|_| corrupt())?;
        // A person who was erased asks for nothing.
        let Some(person) = people::find(self.app, &person).await? else {
            return Ok(None);
        };
        Ok(Some(AccessRequest {
            id: AccessRequestId::parse(id).map_err(|_| corrupt())?,
            student: StudentId::parse(&text("student")?).map_err(|_| corrupt())?,
            email: person.email(self.app).await?,
            state: row.json("state").ok_or_else(corrupt)?,
            requested_at: text("at")?,
        }))
    }

    /// Approves or refuses a request: the request, the grant and the event in one transaction.
    ///
    /// # Errors
    ///
    /// 404 if this studio has no such request, 409 if it is not waiting for that, or our own failures.
    pub async fn decide_access(
        &self,
        id: &Untrusted<AccessRequestId>,
        decision: AccessEvent,
    ) -> Result<AccessState, ApiError> {
        let key = keys::access_request(&self.studio, id.inner());
        let table = self.app.records()?;
        let row = table.get(&key).await?.ok_or(ApiError::NotFound)?;
        let corrupt = || StoreError::Corrupt("access request");
        let text = |name: &str| row.text(name).ok_or_else(corrupt);
        let person = PersonId::parse(&text("person")?).map_err(|_| corrupt())?;
        let student = StudentId::parse(&text("student")?).map_err(|_| corrupt())?;
        if self.caller.person() == Some(&person) {
            // Nobody decides about their own request.
            return Err(ApiError::Forbidden("own_request"));
        }
        let state: AccessState = row.json("state").ok_or_else(corrupt)?;
        let after = state.after(decision).ok_or(ApiError::Conflict("wrong_state"))?;
        let edit = || Edit::default().expect("state", json(&state)).set("state", json(&after));
        let did = match decision {
            AccessEvent::Approve => Action::AccessApproved,
            AccessEvent::Refuse | AccessEvent::Consent | AccessEvent::End => Action::AccessRefused,
        };
        let event = self.event(did, id.inner().as_str());
        let changes = vec![
            Change::edit(table, &key, edit())?,
            Change::edit(table, &keys::grant(&person, &student), edit())?,
            audit::add(self.app, &event).await?,
        ];
        match commit(self.app, changes).await? {
            Committed::Yes => Ok(after),
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }
}

impl Visitor {
    /// Whether this person has agreed to a document's current wording.
    pub fn has_consented(&self, document: &ConsentDocument) -> bool {
        self.person.has_consented(document)
    }

    /// Agrees to a document: the consent, every waiting grant with its request, and the event.
    ///
    /// # Errors
    ///
    /// 409 when a grant changed meanwhile, or our own failures.
    pub async fn consent(&self, document: &ConsentDocument) -> Result<(), ApiError> {
        let app = self.app;
        let table = app.records()?;
        let consent = Item::at(&keys::consent(&self.person.id, document.name))
            .with_text("version", document.version)
            .with_text("at", app.now().to_string());
        let scope = self
            .person
            .grants
            .first()
            .map_or(Scope::Platform, |grant| Scope::Studio(grant.studio.clone()));
        let mut event =
            self.caller.event(app, scope, Action::ConsentGiven, self.person.id.as_str());
        event.details = Some(format!("{} {}", document.name, document.version));
        let mut changes = vec![Change::put(table, consent)?, audit::add(app, &event).await?];
        for grant in &self.person.grants {
            let Some(after) = grant.state.after(AccessEvent::Consent) else { continue };
            let request = request_id(app, &grant.school, &self.person.id, &grant.student).await?;
            let edit =
                || Edit::default().expect("state", json(&grant.state)).set("state", json(&after));
            changes.push(Change::edit(
                table,
                &keys::grant(&self.person.id, &grant.student),
                edit(),
            )?);
            changes.push(Change::edit(
                table,
                &keys::access_request(&grant.studio, &request),
                edit(),
            )?);
        }
        match commit(app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }
}
