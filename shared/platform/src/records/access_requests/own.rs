//! A person's own accesses, including ended ones.

use domain::access::{AccessState, Relation};
use domain::audit::Action;
use domain::ids::AccessRequestId;
use domain::person::AccessGrant;
use domain::student::Student;

use crate::access::parent::Parent;
use crate::access::stores::StudioStore;
use crate::people::persons::scope_of;
use crate::records::access_requests::request::{RequestRow, request_id};
use crate::records::schools;
use crate::store::error::StoreError;
use crate::store::page::{List, Paging};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// An access as the person who has it sees it.
pub struct OwnAccess {
    /// Its id.
    pub id: AccessRequestId,
    /// The school's name.
    pub school_name: String,
    /// The student, only while their photos are shown: a person with a pending or ended access sees no child's name.
    pub student: Option<Student>,
    /// The person's relation to the student.
    pub relation: Relation,
    /// State of the access.
    pub state: AccessState,
    /// Whether the school must approve when the person requests access again.
    pub must_agree: bool,
    /// Time of the request, in RFC 3339.
    pub requested_at: String,
    /// Time when the access ended, in RFC 3339.
    pub ended_at: Option<String>,
}

/// Name of the list in its cursors.
const GRANTS: &str = "GRANT";

impl Parent {
    /// Returns a page of the person's active, pending and ended accesses, and writes an audit event.
    ///
    /// # Errors
    ///
    /// When the cursor is of another list, or the store fails.
    pub async fn accesses(&self, paging: Paging) -> Result<List<OwnAccess>, StoreError> {
        let visitor = self.visitor();
        let (app, person) = (visitor.app, &visitor.person);
        // The person's rows are sorted by student id, and their number is bounded.
        let grants = person.grants.iter().collect();
        let page = paging.page(GRANTS, grants, |grant| grant.student.to_string())?;
        let did = Action::OwnAccessListed;
        let event = visitor.caller.event(app, scope_of(person), did, person.id.as_str());
        audit::record(app, &event).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for grant in page.items {
            items.push(self.access(grant).await?);
        }
        Ok(List { items, next_cursor: page.next_cursor })
    }

    async fn access(&self, grant: &AccessGrant) -> Result<OwnAccess, StoreError> {
        let visitor = self.visitor();
        let (app, person) = (visitor.app, &visitor.person);
        let store = StudioStore::of_grant(app, grant, visitor.caller.clone());
        let id = request_id(app, &grant.school, &person.id, &grant.student).await?;
        let key = keys::access_request(&grant.studio, &id);
        let table = app.records()?;
        let (school, row) =
            futures_util::try_join!(store.school_by_id(&grant.school), table.get(&key))?;
        let row = RequestRow::read(&row.ok_or(StoreError::Corrupt("access request"))?)?;
        let is_shown = person.has_consented(&domain::consent::PARENT_ACCESS)
            && schools::shows_photos(app, grant).await?;
        let student = if is_shown {
            let student = Untrusted::new(grant.student.clone());
            store.student(&student, school.school_year_at(app.now())).await?
        } else {
            None
        };
        Ok(OwnAccess {
            id,
            school_name: school.name.into(),
            student,
            relation: grant.held.relation,
            state: grant.held.state,
            must_agree: grant.held.must_agree,
            requested_at: row.at,
            ended_at: row.ended,
        })
    }
}
