//! The only ways to reach business data: the store of one studio, one school or one student.
//!
//! There is no public constructor. Each constructor documents its ground: what proves that the caller may have the
//! store. Every key that a store builds contains its own studio, so an id of another studio finds nothing. The
//! methods are next to the rows they read: see `records/`.

use domain::audit::{Action, AuditEvent, Scope};
use domain::ids::{PersonId, StudentId, StudioId};
use domain::person::{AccessGrant, Membership};
use domain::school::School;
use domain::school_staff::{Assignment, SchoolMembership, SchoolRole};
use domain::student::Enrolment;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;

/// Handle for one studio's data.
pub struct StudioStore {
    pub(crate) app: &'static App,
    pub(crate) studio: StudioId,
    pub(crate) caller: Caller,
}

impl StudioStore {
    fn new(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self { app, studio: studio.clone(), caller }
    }

    /// Ground: the caller is signed in and works in the studio.
    pub(crate) fn of_membership(
        app: &'static App,
        membership: &Membership,
        caller: Caller,
    ) -> Self {
        Self::new(app, &membership.studio, caller)
    }

    /// Ground: the caller is signed in and works at a school of the studio.
    pub(crate) fn of_school_membership(
        app: &'static App,
        membership: &SchoolMembership,
        caller: Caller,
    ) -> Self {
        Self::new(app, &membership.studio, caller)
    }

    /// Ground: the caller is a program with a valid token of the studio.
    pub(crate) fn of_program(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self::new(app, studio, caller)
    }

    /// Ground: the caller is signed in and has an access grant to a student of the studio.
    pub(crate) fn of_grant(app: &'static App, grant: &AccessGrant, caller: Caller) -> Self {
        Self::new(app, &grant.studio, caller)
    }

    /// Ground: this system sealed the message that names the studio.
    pub(super) fn of_sealed_message(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self::new(app, studio, caller)
    }

    /// Ground: the caller has a share code of the studio, or a mailed link obtained with one.
    pub(crate) fn of_share_code(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self::new(app, studio, caller)
    }

    /// Ground: storage reports an object under a key that this system signed for the studio's upload.
    pub(crate) fn of_upload(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self::new(app, studio, caller)
    }

    /// Ground: the caller is a signed-in site administrator, who may access every studio and is logged there.
    pub(crate) fn of_operator(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self::new(app, studio, caller)
    }

    /// Ground: the caller holds the store of a student of the studio.
    pub(crate) fn of_student(student: &StudentStore) -> Self {
        Self::new(student.app, &student.studio, student.caller.clone())
    }

    /// Returns a second handle for the same studio and caller.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.app, &self.studio, self.caller.clone())
    }

    /// Returns the studio's id.
    pub fn studio_id(&self) -> &StudioId {
        &self.studio
    }

    /// Returns the process-wide state: AWS clients, configuration, clock.
    pub fn app(&self) -> &'static App {
        self.app
    }

    /// Builds an audit event in this studio's log, with the handle's caller as actor.
    pub(crate) fn event(&self, did: Action, to: impl Into<String>) -> AuditEvent {
        self.caller.event(self.app, Scope::Studio(self.studio.clone()), did, to)
    }
}

/// Handle for one school: what its caller may see there, and nothing else of the studio.
pub struct SchoolStore {
    pub(crate) store: StudioStore,
    pub(crate) school: School,
    pub(crate) reach: Reach,
}

/// How much of a school a caller sees.
pub(crate) enum Reach {
    /// A caller with the studio's rights sees the whole school.
    Studio,
    /// A person who works at the school sees what is assigned to them.
    Staff(Assignment),
}

impl SchoolStore {
    /// Ground: the caller holds the store of the school's studio.
    pub(crate) fn of_studio(store: StudioStore, school: School) -> Self {
        Self { store, school, reach: Reach::Studio }
    }

    /// Ground: the caller works at the school, in this role.
    pub(crate) fn of_staff(store: StudioStore, school: School, assignment: Assignment) -> Self {
        Self { store, school, reach: Reach::Staff(assignment) }
    }

    /// Returns the school.
    pub fn school(&self) -> &School {
        &self.school
    }

    /// Returns the caller's assignment at the school; `None` for a caller with the studio's rights.
    pub fn assignment(&self) -> Option<&Assignment> {
        match &self.reach {
            Reach::Studio => None,
            Reach::Staff(assignment) => Some(assignment),
        }
    }

    /// Returns whether the caller may see a student with this enrolment.
    pub(crate) fn sees(&self, place: &Enrolment) -> bool {
        self.assignment().is_none_or(|assignment| assignment.sees(place))
    }

    /// Returns the person id of the caller if the caller is a teacher.
    pub(crate) fn teacher(&self) -> Option<&PersonId> {
        match self.assignment()?.role() {
            SchoolRole::Teacher => self.store.caller.person(),
            SchoolRole::Administrator => None,
        }
    }

    /// Returns the handle for decisions about the whole school and its staff.
    ///
    /// # Errors
    ///
    /// 403 `administrators_only` for a teacher.
    pub fn managed(self) -> Result<ManagedSchool, ApiError> {
        match self.assignment().map(Assignment::role) {
            None | Some(SchoolRole::Administrator) => Ok(ManagedSchool { at: self }),
            Some(SchoolRole::Teacher) => Err(ApiError::Forbidden("administrators_only")),
        }
    }
}

/// Handle for what a school's administrators and its photographers decide.
pub struct ManagedSchool {
    pub(crate) at: SchoolStore,
}

impl ManagedSchool {
    /// Returns the school.
    pub fn school(&self) -> &School {
        &self.at.school
    }
}

/// Handle for one student's galleries, for a parent or a guest.
pub struct StudentStore {
    pub(crate) app: &'static App,
    pub(crate) studio: StudioId,
    pub(crate) student: StudentId,
    pub(crate) caller: Caller,
}

impl StudentStore {
    /// Ground: the caller is signed in and has an access grant to the student.
    pub(crate) fn of_grant(app: &'static App, grant: &AccessGrant, caller: Caller) -> Self {
        Self { app, studio: grant.studio.clone(), student: grant.student.clone(), caller }
    }

    /// Ground: the caller has a guest token for a gallery of the student.
    pub(crate) fn of_guest_token(
        app: &'static App,
        (studio, student): (StudioId, StudentId),
        caller: Caller,
    ) -> Self {
        Self { app, studio, student, caller }
    }

    /// Returns the student's id.
    pub fn student_id(&self) -> &StudentId {
        &self.student
    }

    /// Builds an audit event in the studio's log.
    pub(crate) fn event(&self, did: Action, to: impl Into<String>) -> AuditEvent {
        self.caller.event(self.app, Scope::Studio(self.studio.clone()), did, to)
    }
}
