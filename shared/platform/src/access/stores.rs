//! The only ways to reach business data: the store of one studio, of one school, or of one student.
//!
//! There is no public constructor, and each constructor says its ground: what proves that its caller may have the store.
//! Every key that a store makes contains its own studio, so an id of another studio finds nothing. The methods are
//! beside the rows they read: see `records/`.

use domain::audit::{Action, AuditEvent, Scope};
use domain::ids::{PersonId, StudentId, StudioId};
use domain::person::{AccessGrant, Membership};
use domain::school::School;
use domain::school_staff::{Assignment, SchoolMembership, SchoolRole};
use domain::student::Enrolment;

use crate::base::app::App;
use crate::http::caller::Caller;
use crate::http::error::ApiError;

/// The handle for one studio's data.
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

    /// Ground: the caller knows a share code of the studio, or a mailed link that a share code was exchanged for.
    pub(crate) fn of_share_code(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self::new(app, studio, caller)
    }

    /// Ground: storage reports an object under a key that this system signed for the studio's upload.
    pub(crate) fn of_upload(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self::new(app, studio, caller)
    }

    /// Ground: the caller is a signed-in site administrator, who reaches every studio and is logged there.
    pub(crate) fn of_operator(app: &'static App, studio: &StudioId, caller: Caller) -> Self {
        Self::new(app, studio, caller)
    }

    /// Ground: the caller holds the store of a student of the studio.
    pub(crate) fn of_student(student: &StudentStore) -> Self {
        Self::new(student.app, &student.studio, student.caller.clone())
    }

    /// The same handle once more.
    pub(crate) fn again(&self) -> Self {
        Self::new(self.app, &self.studio, self.caller.clone())
    }

    /// The studio.
    pub fn studio_id(&self) -> &StudioId {
        &self.studio
    }

    /// The clients, the names and the time.
    pub fn app(&self) -> &'static App {
        self.app
    }

    /// An event in this studio's log, by whoever holds the handle.
    pub(crate) fn event(&self, did: Action, to: impl Into<String>) -> AuditEvent {
        self.caller.event(self.app, Scope::Studio(self.studio.clone()), did, to)
    }
}

/// The handle for one school: what whoever holds it may see there, and nothing of the studio around it.
pub struct SchoolStore {
    pub(crate) store: StudioStore,
    pub(crate) school: School,
    pub(crate) reach: Reach,
}

/// How much of a school somebody sees.
pub(crate) enum Reach {
    /// Whoever photographs it, with a studio's rights: all of it.
    Studio,
    /// Whoever works there: what is assigned to them.
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

    /// The school.
    pub fn school(&self) -> &School {
        &self.school
    }

    /// What somebody of the school is there; `None` for its photographers.
    pub fn assignment(&self) -> Option<&Assignment> {
        match &self.reach {
            Reach::Studio => None,
            Reach::Staff(assignment) => Some(assignment),
        }
    }

    /// Whether a student with this place in the school may be seen.
    pub(crate) fn sees(&self, place: &Enrolment) -> bool {
        self.assignment().is_none_or(|assignment| assignment.sees(place))
    }

    /// The teacher who holds this, if it is one.
    pub(crate) fn teacher(&self) -> Option<&PersonId> {
        match self.assignment()?.role() {
            SchoolRole::Teacher => self.store.caller.person(),
            SchoolRole::Administrator => None,
        }
    }

    /// The handle for what concerns the whole school and who works there.
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

/// The handle for what a school's administrators and its photographers decide.
pub struct ManagedSchool {
    pub(crate) at: SchoolStore,
}

impl ManagedSchool {
    /// The school.
    pub fn school(&self) -> &School {
        &self.at.school
    }
}

/// The handle for one student's galleries: a parent's.
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

    /// The student.
    pub fn student_id(&self) -> &StudentId {
        &self.student
    }

    /// An event in the studio's log.
    pub(crate) fn event(&self, did: Action, to: impl Into<String>) -> AuditEvent {
        self.caller.event(self.app, Scope::Studio(self.studio.clone()), did, to)
    }
}
