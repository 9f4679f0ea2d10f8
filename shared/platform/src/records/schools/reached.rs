//! The schools that a caller has access to, and the store of one of them.

use domain::ids::{Id, Kind, SchoolId};
use domain::school::School;
use domain::school_staff::{Assignment, SchoolMembership, SchoolRole};

use crate::access::photographer::Photographer;
use crate::access::school_staff::{SchoolStaff, SchoolVisitor};
use crate::access::stores::{SchoolStore, StudioStore};
use crate::access::visitor::Visitor;
use crate::http::error::ApiError;
use crate::records::{school_staff as staff, schools};
use crate::store::error::StoreError;
use crate::store::page::{List, Paging};
use crate::store::untrusted::Untrusted;

impl SchoolStaff {
    /// Returns the handle of a school where the person works, for what is assigned to them there.
    ///
    /// # Errors
    ///
    /// 404 for every other school.
    pub async fn school(&self, id: &Untrusted<SchoolId>) -> Result<SchoolStore, ApiError> {
        self.open(|membership| membership.school == *id.inner()).await
    }

    /// Returns the handle of the school that the id of a student, a code or a request names.
    ///
    /// # Errors
    ///
    /// 404 when they do not work there.
    pub async fn school_of<K: Kind>(&self, id: &Untrusted<Id<K>>) -> Result<SchoolStore, ApiError> {
        self.open(|membership| membership.school.parent_part() == id.inner().parent_part()).await
    }

    /// Lists the schools that the person administers, each with its studio's handle.
    ///
    /// Needed for ids that do not name their school.
    pub(crate) fn administers(&self) -> impl Iterator<Item = (StudioStore, &SchoolId)> {
        let Visitor { app, person, caller, .. } = &self.visitor;
        let theirs = person.school_memberships.iter().map(|(membership, _)| membership);
        theirs.filter(|membership| membership.role == SchoolRole::Administrator).map(
            move |membership| {
                let store = StudioStore::of_school_membership(app, membership, caller.clone());
                (store, &membership.school)
            },
        )
    }

    async fn open(
        &self,
        is_it: impl Fn(&SchoolMembership) -> bool,
    ) -> Result<SchoolStore, ApiError> {
        let memberships = &self.visitor.person.school_memberships;
        let found = memberships.iter().find(|(membership, _)| is_it(membership));
        self.handle(found.ok_or(ApiError::NotFound)?).await?.ok_or(ApiError::NotFound)
    }

    /// Returns the handle of a membership; `None` when the school is gone.
    async fn handle(
        &self,
        membership: &(SchoolMembership, Vec<u8>),
    ) -> Result<Option<SchoolStore>, StoreError> {
        let Visitor { app, person, caller, .. } = &self.visitor;
        let store = StudioStore::of_school_membership(app, &membership.0, caller.clone());
        let (school, assignment) = futures_util::try_join!(
            schools::find(&store, &membership.0.school),
            staff::assignment_of(app, &person.id, membership),
        )?;
        Ok(school.map(|school| SchoolStore::of_staff(store, school, assignment)))
    }
}

impl SchoolVisitor {
    /// Returns the handle of a school.
    ///
    /// # Errors
    ///
    /// 404 for a school the caller has no access to.
    pub async fn school(&self, id: &Untrusted<SchoolId>) -> Result<SchoolStore, ApiError> {
        match self {
            Self::Photographer(photographer) => {
                let school = photographer.store.school(id).await?;
                Ok(of_studio(photographer, school.ok_or(ApiError::NotFound)?))
            }
            Self::Staff(staff) => staff.school(id).await,
        }
    }

    /// Returns the handle of the school that the id of a student, a code or a request names.
    ///
    /// # Errors
    ///
    /// 404 for a school the caller has no access to.
    pub async fn school_of<K: Kind>(&self, id: &Untrusted<Id<K>>) -> Result<SchoolStore, ApiError> {
        match self {
            Self::Photographer(photographer) => {
                let school = photographer.store.school_of_child(id).await?;
                Ok(of_studio(photographer, school.ok_or(ApiError::NotFound)?))
            }
            Self::Staff(staff) => staff.school_of(id).await,
        }
    }

    /// Returns a page of the caller's schools, each with their assignment; `None` for photographers.
    ///
    /// A person who works at schools gets all of theirs in one page.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn schools(
        &self,
        paging: Paging,
    ) -> Result<List<(School, Option<Assignment>)>, ApiError> {
        match self {
            Self::Photographer(photographer) => {
                let page = photographer.store.schools(paging).await?;
                let items = page.items.into_iter().map(|school| (school, None)).collect();
                Ok(List { items, next_cursor: page.next_cursor })
            }
            Self::Staff(staff) => {
                let memberships = staff.visitor.person.school_memberships.iter();
                let opening = memberships.map(|membership| staff.handle(membership));
                let open = futures_util::future::try_join_all(opening).await?;
                let view = |at: SchoolStore| (at.school.clone(), at.assignment().cloned());
                Ok(List::whole(open.into_iter().flatten().map(view).collect()))
            }
        }
    }
}

fn of_studio(photographer: &Photographer, school: School) -> SchoolStore {
    SchoolStore::of_studio(photographer.store.again(), school)
}
