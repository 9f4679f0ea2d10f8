//! An access request: its row, its list, and the decision about it.

use crate::people::held;
use crate::records::access_requests::another_student::is_another_student;
use std::collections::BTreeMap;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::access::{AccessEvent, AccessState, Held, Relation};
use domain::audit::Action;
use domain::email::EmailAddress;
use domain::ids::{AccessRequestId, PersonId, SchoolId, StudentId};
use domain::student::Student;

use crate::access::stores::SchoolStore;
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::people::persons;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// An access request as the school or the photographer sees it.
#[derive(Debug)]
pub struct AccessRequest {
    /// Its id.
    pub id: AccessRequestId,
    /// The student whose photos are requested.
    pub student_id: StudentId,
    /// The student, while enrolled at the school this year and visible to the caller.
    pub student: Option<Student>,
    /// E-mail address of the person who requests access.
    pub email: EmailAddress,
    /// The person's relation to the student.
    pub relation: Relation,
    /// State of the request.
    pub state: AccessState,
    /// Time of the request, in RFC 3339.
    pub requested_at: String,
    /// Time when the access ended, in RFC 3339.
    pub ended_at: Option<String>,
    /// Whether it is pending and the caller may decide about it.
    pub may_decide: bool,
    /// Whether the caller may end it.
    pub may_end: bool,
}

/// Derives the request's id from the person and the student: repeating a request finds the same row.
pub(super) async fn request_id(
    app: &App,
    school: &SchoolId,
    person: &PersonId,
    student: &StudentId,
) -> Result<AccessRequestId, StoreError> {
    let parts = [person.as_str().as_bytes(), student.as_str().as_bytes()];
    let bits = app.ring().await?.id_bits("access-request", &parts);
    Ok(AccessRequestId::child_of(school, bits))
}

/// Maximum number of requests that one page of a teacher's list examines.
pub(super) const MOST_LOOKED_AT: usize = 1_000;

impl SchoolStore {
    /// Returns a page of the school's requests; a teacher sees those for their own students.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn access_requests(&self, paging: Paging) -> Result<List<AccessRequest>, StoreError> {
        let store = &self.store;
        let event = store.event(Action::AccessRequestsListed, self.school.id.as_str());
        audit::record(store.app, &event).await?;
        let partition = keys::school_partition(&store.studio, &self.school.id);
        let (wanted, mut after) = (usize::try_from(paging.limit).unwrap_or(1), paging.after);
        let (mut items, mut looked_at) = (Vec::new(), 0_usize);
        loop {
            let page = store.app.records()?.page(&partition, REQUESTS, after, paging.limit).await?;
            looked_at = looked_at.saturating_add(page.items.len());
            let mut rows =
                page.items.iter().map(RequestRow::read).collect::<Result<Vec<_>, _>>()?;
            let ids: Vec<_> = rows.iter().map(|row| row.student.clone()).collect();
            let students: BTreeMap<_, _> = self
                .students_of(&ids)
                .await?
                .into_iter()
                .map(|student| (student.id.clone(), student))
                .collect();
            let last = rows.last().map(|row| row.id.clone());
            if self.teacher().is_some() {
                rows.retain(|row| students.contains_key(&row.student));
            }
            for row in rows {
                let id = row.id.clone();
                // Two parents may request access to the same student, so the student is cloned, not removed.
                let student = students.get(&row.student).cloned();
                items.extend(self.request(row, student).await?);
                if items.len() == wanted {
                    let is_last = page.next.is_none() && last.as_ref() == Some(&id);
                    let next_cursor = (!is_last).then(|| cursor(&format!("{REQUESTS}{id}")));
                    return Ok(List { items, next_cursor });
                }
            }
            after = page.next;
            if after.is_none() || looked_at >= MOST_LOOKED_AT {
                return Ok(List { items, next_cursor: after.as_deref().map(cursor) });
            }
        }
    }

    pub(super) async fn request(
        &self,
        row: RequestRow,
        student: Option<Student>,
    ) -> Result<Option<AccessRequest>, StoreError> {
        let app = self.store.app;
        // An erased person has no requests any more.
        let Some(person) = persons::find(app, &row.person).await? else {
            return Ok(None);
        };
        let is_waiting = row.held.after(AccessEvent::Approve).is_some();
        Ok(Some(AccessRequest {
            email: person.email(app).await?,
            may_decide: is_waiting && self.may_decide(&row, AccessEvent::Approve).is_ok(),
            may_end: row.held.state != AccessState::Ended
                && self.refuse_another_teachers(&row).is_ok(),
            student_id: row.student,
            id: row.id,
            state: row.held.state,
            relation: row.held.relation,
            requested_at: row.at,
            ended_at: row.ended,
            student,
        }))
    }

    /// Checks whether the caller may decide about a request.
    ///
    /// No caller decides about their own request, and no teacher about one that another teacher's share code led to.
    /// Only the school decides about adult students and about requests with the mark `must_agree`, which a person has
    /// after the school refused or shut them out. A student can be approved only while the school admits adult
    /// students.
    ///
    /// Source: security design 3.11.
    pub(super) fn may_decide(
        &self,
        row: &RequestRow,
        decision: AccessEvent,
    ) -> Result<(), ApiError> {
        if self.store.caller.person() == Some(&row.person) {
            return Err(ApiError::Forbidden("own_request"));
        }
        let is_student = row.held.relation == Relation::Student;
        if (is_student || row.held.must_agree) && self.assignment().is_none() {
            return Err(ApiError::Forbidden("school_decides_students"));
        }
        if is_student && decision == AccessEvent::Approve && !self.school.adult_students {
            return Err(ApiError::Conflict("wrong_state"));
        }
        self.refuse_another_teachers(row)
    }

    /// Returns the request with this id, if the caller sees it.
    pub(super) async fn request_row(
        &self,
        id: &Untrusted<AccessRequestId>,
    ) -> Result<RequestRow, ApiError> {
        let key = keys::access_request(&self.store.studio, id.inner());
        let row = self.store.app.records()?.get(&key).await?.ok_or(ApiError::NotFound)?;
        let row = RequestRow::read(&row)?;
        if self.teacher().is_some() {
            self.student(&row.student).await?.ok_or(ApiError::NotFound)?;
        }
        Ok(row)
    }

    /// Approves or refuses a request: request, grant and audit event in one transaction.
    ///
    /// # Errors
    ///
    /// 404 if the caller sees no such request, 403 if the caller may not decide about it, 409 if it is not pending,
    /// or internal failures.
    pub async fn decide_access(
        &self,
        id: &Untrusted<AccessRequestId>,
        decision: AccessEvent,
    ) -> Result<AccessState, ApiError> {
        let store = &self.store;
        let key = keys::access_request(&store.studio, id.inner());
        let table = store.app.records()?;
        let row = self.request_row(id).await?;
        self.may_decide(&row, decision)?;
        if row.held.relation == Relation::Student && decision == AccessEvent::Approve {
            let person = persons::find(store.app, &row.person).await?.ok_or(ApiError::NotFound)?;
            if is_another_student(&person, &row.student) {
                return Err(ApiError::Conflict("another_student"));
            }
        }
        let after = row.held.after(decision).ok_or(ApiError::Conflict("wrong_state"))?;
        let edit = || held::edit(row.held, after);
        let (did, of_request) = if after.state == AccessState::Ended {
            (Action::AccessRefused, edit().set("ended", ended_now(store.app)))
        } else {
            (Action::AccessApproved, edit())
        };
        let event = store.event(did, id.inner().as_str());
        let changes = vec![
            Change::edit(table, &key, of_request)?,
            Change::edit(table, &keys::grant(&row.person, &row.student), edit())?,
            audit::add(store.app, &event).await?,
        ];
        match commit(store.app, changes).await? {
            Committed::Yes => Ok(after.state),
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }
}

/// Returns the attribute value for the end time: now.
pub(super) fn ended_now(app: &App) -> AttributeValue {
    AttributeValue::S(app.now().to_string())
}

/// The sort-key prefix of a school's requests.
pub(crate) const REQUESTS: &str = "REQUEST#";

/// An access request as stored in its row.
pub(crate) struct RequestRow {
    pub(super) id: AccessRequestId,
    pub(crate) person: PersonId,
    pub(crate) student: StudentId,
    /// The teacher whose share code led to the request.
    pub(super) teacher: Option<PersonId>,
    pub(crate) held: Held,
    /// Time of the request, in RFC 3339.
    pub(crate) at: String,
    /// Time when the access ended, in RFC 3339; absent in rows written before this attribute existed.
    pub(super) ended: Option<String>,
}

impl RequestRow {
    pub(crate) fn read(row: &Item) -> Result<Self, StoreError> {
        let corrupt = || StoreError::Corrupt("access request");
        let text = |name: &str| row.text(name).ok_or_else(corrupt);
        let sk = text("SK")?;
        let id = sk.strip_prefix(REQUESTS).ok_or_else(corrupt)?;
        Ok(Self {
            id: AccessRequestId::parse(id).map_err(|_| corrupt())?,
            person: PersonId::parse(&text("person")?).map_err(|_| corrupt())?,
            student: StudentId::parse(&text("student")?).map_err(|_| corrupt())?,
            teacher: row.text("teacher").and_then(|id| PersonId::parse(&id).ok()),
            held: held::read(row).ok_or_else(corrupt)?,
            at: text("at")?,
            ended: row.text("ended"),
        })
    }
}
