//! Districts and schools, in the studio's own partition.

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

/// Outcome of a creation that may be a repeated request.
#[derive(Debug)]
pub enum Created<T> {
    /// The thing exists now; a repeated request returns the same.
    Done(T),
    /// The id was used for something else: an `Idempotency-Key` was reused.
    Differs,
}

impl<T: PartialEq> Created<T> {
    /// Compares what a repeated request asks for with what exists.
    pub(crate) fn same(asked: &T, found: T) -> Self {
        if *asked == found { Self::Done(found) } else { Self::Differs }
    }
}

impl StudioStore {
    /// Creates a district. A repeated request finds the same one.
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

    /// Returns the district with this id, or `None` if the studio has no such district.
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

    /// Returns a page of the studio's districts.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn districts(&self, paging: Paging) -> Result<List<District>, StoreError> {
        self.studio_list("DISTRICT#", "district", paging).await
    }

    /// Creates a school. A repeated request finds the same one.
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

    /// Returns the school with this id, or `None` if the studio has no such school.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn school(&self, id: &Untrusted<SchoolId>) -> Result<Option<School>, StoreError> {
        find(self, id.inner()).await
    }

    /// Returns a page of the studio's schools.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn schools(&self, paging: Paging) -> Result<List<School>, StoreError> {
        self.studio_list("SCHOOL#", "school", paging).await
    }

    /// Returns a page of one kind of row in the studio's own partition.
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
    /// Sets who must approve before families see a gallery, and whether students of 18 and over are admitted.
    ///
    /// `None` leaves a setting unchanged. When students are no longer admitted, they see nothing from the next
    /// request on.
    ///
    /// # Errors
    ///
    /// 403 `school_decides_students` when the school's photographers set whether students are admitted; 409 when
    /// another request changed the school in the meantime.
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

/// Returns the school with an id from a row of this studio.
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

/// Returns whether a grant gives access to photos now.
///
/// A student's own grant does so only while the school admits adult students; that costs one read, for students only.
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
