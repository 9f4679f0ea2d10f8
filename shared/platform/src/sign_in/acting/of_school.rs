//! Impersonation of a teacher by an administrator of the same school.

use domain::ids::PersonId;
use domain::person::Portal;
use domain::reason::Reason;
use domain::school_staff::SchoolRole;

use super::{Warrant, start};
use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::access::stores::{ManagedSchool, Reach};
use crate::http::error::ApiError;
use crate::http::response::Response;
use crate::people::persons;
use crate::store::untrusted::Untrusted;

impl ManagedSchool {
    /// Begins to impersonate a teacher, limited to what the teacher is at this school.
    ///
    /// The proof of a fresh second factor is a parameter, so no handler can call this without one.
    ///
    /// # Errors
    ///
    /// 403 `school_administrators_only` for the school's photographers; 404 for a person who does not work here; 409
    /// `not_a_teacher` for an administrator, including the caller; 409 `not_at_this_portal` for a disabled person.
    pub async fn see_as(
        &self,
        fresh: FreshSecondFactor<'_>,
        person: &Untrusted<PersonId>,
        reason: &Reason,
    ) -> Result<Response, ApiError> {
        let Reach::Staff(_) = &self.at.reach else {
            return Err(ApiError::Forbidden("school_administrators_only"));
        };
        let (app, school) = (self.at.store.app, &self.at.school.id);
        let person = persons::find(app, person.inner()).await?.ok_or(ApiError::NotFound)?;
        match person.role_at(school).ok_or(ApiError::NotFound)? {
            SchoolRole::Administrator => return Err(ApiError::Conflict("not_a_teacher")),
            SchoolRole::Teacher => {}
        }
        let visitor = fresh.visitor();
        let warrant = Warrant::School {
            administrator: visitor.person.id.clone(),
            session: visitor.session.id.clone(),
            school: school.clone(),
        };
        start(app, &visitor.caller, warrant, person, Portal::School, reason).await
    }
}
