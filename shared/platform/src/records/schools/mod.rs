//! Districts and schools: in the studio's own partition.

mod reached;

use domain::access::Relation;
use domain::audit::Action;
use domain::ids::{DistrictId, SchoolId, StudioId};
use domain::person::AccessGrant;
use domain::school::{District, ParentAccess, School};

use crate::access::stores::{ManagedSchool, StudioStore};
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, json};
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// What became of a creation that may have been repeated.
#[derive(Debug)]
pub enum Created<T> {
    /// It is there now; a repetition finds the same.
    Done(T),
    /// The id was used for something else: an `Idempotency-Key` was reused.
    Differs,
}

impl<T: PartialEq> Created<T> {
    /// Compares what a repetition asks for with what is there.
    pub(crate) fn same(asked: &T, found: T) -> Self {
        if *asked == found { Self::Done(found) } else { Self::Differs }
    }
}

impl StudioStore {
    /// Makes a district.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn create_district(
        &self,
        district: District,
    ) -> Result<Created<District>, StoreError> {
        let key = keys::district(&self.studio, &district.id);
        let item = Item::at(&key).with_json("district", &district);
        let event = self.event(Action::DistrictCreated, district.id.as_str());
        let changes =
            vec![Change::create(self.app.records()?, item)?, audit::add(self.app, &event).await?];
        match commit(self.app, changes).await? {
            Committed::Yes => Ok(Created::Done(district)),
            Committed::Refused(_) => {
                let found = self.app.records()?.get(&key).await?;
                let found = found.and_then(|item| item.json("district"));
                Ok(Created::same(&district, found.ok_or(StoreError::Corrupt("district"))?))
            }
        }
    }

    /// The district of an id, or `None` if this studio has none such.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn district(
        &self,
        id: &Untrusted<DistrictId>,
    ) -> Result<Option<District>, StoreError> {
        let found = self.app.records()?.get(&keys::district(&self.studio, id.inner())).await?;
        found.map(|item| item.json("district").ok_or(StoreError::Corrupt("district"))).transpose()
    }

    /// A page of the studio's districts.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn districts(&self, paging: Paging) -> Result<List<District>, StoreError> {
        self.studio_list("DISTRICT#", "district", paging).await
    }

    /// Makes a school.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn create_school(&self, school: School) -> Result<Created<School>, StoreError> {
        let key = keys::school(&self.studio, &school.id);
        let item = Item::at(&key).with_json("school", &school);
        let event = self.event(Action::SchoolCreated, school.id.as_str());
        let changes =
            vec![Change::create(self.app.records()?, item)?, audit::add(self.app, &event).await?];
        match commit(self.app, changes).await? {
            Committed::Yes => Ok(Created::Done(school)),
            Committed::Refused(_) => {
                let found = self.app.records()?.get(&key).await?;
                let found = found.and_then(|item| item.json("school"));
                Ok(Created::same(&school, found.ok_or(StoreError::Corrupt("school"))?))
            }
        }
    }

    /// The school of an id, or `None` if this studio has none such.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn school(&self, id: &Untrusted<SchoolId>) -> Result<Option<School>, StoreError> {
        find(self, id.inner()).await
    }

    /// A page of the studio's schools.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn schools(&self, paging: Paging) -> Result<List<School>, StoreError> {
        self.studio_list("SCHOOL#", "school", paging).await
    }

    /// A page of one kind of thing in the studio's own partition.
    pub(crate) async fn studio_list<T: serde::de::DeserializeOwned>(
        &self,
        prefix: &str,
        attribute: &'static str,
        paging: Paging,
    ) -> Result<List<T>, StoreError> {
        let partition = keys::studio_partition(&self.studio);
        let page = self.app.records()?.page(&partition, prefix, paging.after, paging.limit).await?;
        let read = |item: &Item| item.json(attribute).ok_or(StoreError::Corrupt(attribute));
        let items = page.items.iter().map(read).collect::<Result<_, _>>()?;
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }
}

impl ManagedSchool {
    /// Says who must agree before families see a gallery, and whether students of 18 and over are let in; what is
    /// not said stays as it is. Where it is closed, students see nothing from the next request on.
    ///
    /// # Errors
    ///
    /// 403 `school_decides_students` for the school's photographers; 409 when somebody else has changed the school
    /// meanwhile.
    pub async fn set_parent_access(
        &self,
        parent_access: Option<ParentAccess>,
        adult_students: Option<bool>,
    ) -> Result<School, ApiError> {
        let (store, before) = (&self.at.store, &self.at.school);
        if adult_students.is_some() && self.at.assignment().is_none() {
            return Err(ApiError::Forbidden("school_decides_students"));
        }
        let parent_access = parent_access.unwrap_or(before.parent_access);
        let adult_students = adult_students.unwrap_or(before.adult_students);
        let school = School { parent_access, adult_students, ..before.clone() };
        if school == *before {
            return Ok(school);
        }
        let edit = Edit::default().expect("school", json(before)).set("school", json(&school));
        let mut event = store.event(Action::ParentAccessSet, school.id.as_str());
        let students = if adult_students { ", students of 18 and over" } else { "" };
        event.details = Some(format!("{}{students}", parent_access.name()));
        let changes = vec![
            Change::edit(store.app.records()?, &keys::school(&store.studio, &school.id), edit)?,
            audit::add(store.app, &event).await?,
        ];
        match commit(store.app, changes).await? {
            Committed::Yes => Ok(school),
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }
}

/// The school of an id that a row of this studio names.
pub(crate) async fn find(store: &StudioStore, id: &SchoolId) -> Result<Option<School>, StoreError> {
    of_studio(store.app, &store.studio, id).await
}

async fn of_studio(
    app: &App,
    studio: &StudioId,
    id: &SchoolId,
) -> Result<Option<School>, StoreError> {
    let found = app.records()?.get(&keys::school(studio, id)).await?;
    found.map(|item| item.json("school").ok_or(StoreError::Corrupt("school"))).transpose()
}

/// Whether a grant opens galleries now: a student's own only as long as the school lets students in, which costs a
/// read for them alone.
pub(crate) async fn shows_photos(app: &App, grant: &AccessGrant) -> Result<bool, StoreError> {
    if !grant.held.state.shows_photos() {
        return Ok(false);
    }
    match grant.held.relation {
        Relation::Parent => Ok(true),
        Relation::Student => {
            let school = of_studio(app, &grant.studio, &grant.school).await?;
            Ok(school.is_some_and(|school| school.adult_students))
        }
    }
}
