//! Who comes for a school: whoever works there, or its photographers.

use domain::ids::{Id, Kind, SchoolId};
use domain::person::Portal;
use domain::school::School;
use domain::school_staff::{Assignment, SchoolMembership, SchoolRole};

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::request::{Paging, Untrusted, header};
use crate::http::response::List;
use crate::scope::{Reach, SchoolStore, StudioStore};
use crate::sign_in::{
    FreshSecondFactor, Photographer, Visitor, acting, anyone, cookie, into_photographer,
    photographer, visitor,
};
use crate::start::Request;
use crate::table::{StoreError, school_staff as staff, schools};

/// Somebody who is signed in at the school portal. The only way on to data is a school of theirs.
pub struct SchoolStaff {
    visitor: Visitor,
}

impl SchoolStaff {
    /// The person who is signed in.
    pub fn visitor(&self) -> &Visitor {
        &self.visitor
    }

    /// The handle of a school where they work, for what is assigned to them there.
    ///
    /// # Errors
    ///
    /// 404 for any other school.
    pub async fn school(&self, id: &Untrusted<SchoolId>) -> Result<SchoolStore, ApiError> {
        self.open(|membership| membership.school == *id.inner()).await
    }

    /// The handle of the school that the id of a student, a code or a request leads to.
    ///
    /// # Errors
    ///
    /// 404 when they do not work there.
    pub async fn school_of<K: Kind>(&self, id: &Untrusted<Id<K>>) -> Result<SchoolStore, ApiError> {
        self.open(|membership| membership.school.parent_part() == id.inner().parent_part()).await
    }

    /// The schools that are theirs to manage, each with its studio's handle, for what no school's id leads to.
    pub(crate) fn administers(&self) -> impl Iterator<Item = (StudioStore, &SchoolId)> {
        let Visitor { app, person, caller, .. } = &self.visitor;
        let theirs = person.school_memberships.iter().map(|(membership, _)| membership);
        theirs.filter(|membership| membership.role == SchoolRole::Administrator).map(
            move |membership| {
                let store = StudioStore::new(app, membership.studio.clone(), caller.clone());
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

    /// The handle of a membership; `None` when the school is gone.
    async fn handle(
        &self,
        membership: &(SchoolMembership, Vec<u8>),
    ) -> Result<Option<SchoolStore>, StoreError> {
        let Visitor { app, person, caller, .. } = &self.visitor;
        let store = StudioStore::new(app, membership.0.studio.clone(), caller.clone());
        let (school, assignment) = futures_util::try_join!(
            schools::find(&store, &membership.0.school),
            staff::assignment_of(app, &person.id, membership),
        )?;
        Ok(school.map(|school| SchoolStore::new(store, school, Reach::Staff(assignment))))
    }
}

/// Who comes for a school.
pub enum SchoolVisitor {
    /// Sees all of the studio's schools.
    Photographer(Box<Photographer>),
    /// Sees the schools where they work, and there what is assigned to them.
    Staff(Box<SchoolStaff>),
}

/// Somebody of a school.
///
/// # Errors
///
/// As [`super::anyone`].
pub async fn school_staff(app: &'static App, request: &Request) -> Result<SchoolStaff, ApiError> {
    Ok(SchoolStaff { visitor: visitor(app, request, Portal::School).await? })
}

/// A photographer, one of their programs, or somebody of a school: `X-Portal` says which when a browser holds
/// the cookies of both portals.
///
/// # Errors
///
/// As [`super::anyone`].
pub async fn school_visitor(
    app: &'static App,
    request: &Request,
) -> Result<SchoolVisitor, ApiError> {
    if acting::is_presented(request) {
        // The portal is that of the acting session: its cookie has no portal's name.
        let visitor = anyone(app, request).await?;
        return match visitor.portal() {
            Portal::School => Ok(SchoolVisitor::Staff(Box::new(SchoolStaff { visitor }))),
            Portal::Photographer => {
                Ok(SchoolVisitor::Photographer(Box::new(into_photographer(visitor)?)))
            }
            Portal::Parent | Portal::Admin => Err(ApiError::SignedOut),
        };
    }
    let has = |portal| cookie::read(request, portal).is_some();
    let is_of_school = match header(request, "x-portal") {
        Some(name) => name == Portal::School.name(),
        None => has(Portal::School) && !has(Portal::Photographer),
    };
    if is_of_school && has(Portal::School) {
        return Ok(SchoolVisitor::Staff(Box::new(school_staff(app, request).await?)));
    }
    Ok(SchoolVisitor::Photographer(Box::new(photographer(app, request).await?)))
}

impl SchoolVisitor {
    /// Who asks, as an `Idempotency-Key` counts for one of them.
    pub fn person_id(&self) -> &domain::ids::PersonId {
        match self {
            Self::Photographer(photographer) => photographer.person_id(),
            Self::Staff(staff) => staff.visitor.person_id(),
        }
    }

    /// As [`Visitor::fresh_second_factor`]; a program has none.
    ///
    /// # Errors
    ///
    /// 403 `second_factor_needed`.
    pub fn fresh_second_factor(&self) -> Result<FreshSecondFactor<'_>, ApiError> {
        match self {
            Self::Photographer(photographer) => photographer.fresh_second_factor(),
            Self::Staff(staff) => staff.visitor.fresh_second_factor(),
        }
    }

    /// The handle of a school.
    ///
    /// # Errors
    ///
    /// 404 for a school that is not theirs.
    pub async fn school(&self, id: &Untrusted<SchoolId>) -> Result<SchoolStore, ApiError> {
        match self {
            Self::Photographer(photographer) => {
                let school = photographer.store.school(id).await?;
                Ok(of_studio(photographer, school.ok_or(ApiError::NotFound)?))
            }
            Self::Staff(staff) => staff.school(id).await,
        }
    }

    /// The handle of the school that the id of a student, a code or a request leads to.
    ///
    /// # Errors
    ///
    /// 404 for a school that is not theirs.
    pub async fn school_of<K: Kind>(&self, id: &Untrusted<Id<K>>) -> Result<SchoolStore, ApiError> {
        match self {
            Self::Photographer(photographer) => {
                let school = photographer.store.school_of_child(id).await?;
                Ok(of_studio(photographer, school.ok_or(ApiError::NotFound)?))
            }
            Self::Staff(staff) => staff.school_of(id).await,
        }
    }

    /// A page of their schools, each with what they are there: nothing for photographers.
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
    SchoolStore::new(photographer.store.again(), school, Reach::Studio)
}
