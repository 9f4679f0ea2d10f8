//! Studios: their rows, and the list of all of them.

use domain::ids::{PersonId, StudioId};
use domain::studio::Studio;
use serde::Serialize;
use utoipa::ToSchema;

use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys;
use crate::store::page::{List, Paging, cursor};

pub(crate) fn item(studio: &Studio) -> Item {
    Item::at(&keys::studio(&studio.id)).with_json("studio", studio)
}

/// Builds the change that adds a new studio to the list of all studios.
pub(crate) fn list(app: &App, studio: &Studio, owner: &PersonId) -> Result<Change, StoreError> {
    let item = Item::at(&keys::studio_entry(&studio.id))
        .with_text("created", app.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
        .with_text("owner", owner.as_str());
    Change::create(app.records()?, item)
}

/// A studio in the list of all studios.
#[derive(Serialize, ToSchema)]
pub struct StudioEntry {
    /// The studio's id.
    pub id: String,
    /// The studio's name.
    pub name: String,
    /// Creation time, in RFC 3339 with seconds.
    pub created_at: String,
    /// Id of the person who signed the studio up.
    pub owner_id: String,
}

/// Returns a page of all studios: the list entries, with the name from each studio's own row.
pub(crate) async fn all(app: &App, paging: Paging) -> Result<List<StudioEntry>, StoreError> {
    let corrupt = || StoreError::Corrupt("list of studios");
    let records = app.records()?;
    let page = records.page(keys::STUDIOS, "", paging.after, paging.limit).await?;
    let mut wanted = Vec::with_capacity(page.items.len());
    for entry in &page.items {
        let id = entry.text("SK").ok_or_else(corrupt)?;
        wanted.push(keys::studio(&StudioId::parse(&id).map_err(|_| corrupt())?));
    }
    let rows = records.get_many(&wanted).await?;
    let studios: Vec<Studio> = rows.iter().filter_map(|row| row.json("studio")).collect();
    let mut items = Vec::with_capacity(page.items.len());
    for entry in &page.items {
        let id = entry.text("SK").ok_or_else(corrupt)?;
        let studio = studios.iter().find(|studio| studio.id.as_str() == id);
        items.push(read_entry(entry, id, studio)?);
    }
    Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
}

/// Returns one studio's entry in the list.
pub(crate) async fn entry(app: &App, id: &StudioId) -> Result<Option<StudioEntry>, StoreError> {
    let records = app.records()?;
    let key = keys::studio_entry(id);
    let (row, studio) = futures_util::try_join!(records.get(&key), find(app, id))?;
    let Some(row) = row else {
        return Ok(None);
    };
    read_entry(&row, id.to_string(), studio.as_ref()).map(Some)
}

fn read_entry(row: &Item, id: String, studio: Option<&Studio>) -> Result<StudioEntry, StoreError> {
    let corrupt = || StoreError::Corrupt("list of studios");
    Ok(StudioEntry {
        id,
        name: studio.map(|studio| studio.name.clone().into()).unwrap_or_default(),
        created_at: row.text("created").ok_or_else(corrupt)?,
        owner_id: row.text("owner").ok_or_else(corrupt)?,
    })
}

/// Returns the studio with an id that this system created itself.
pub(crate) async fn find(app: &App, id: &StudioId) -> Result<Option<Studio>, StoreError> {
    let Some(item) = app.records()?.get(&keys::studio(id)).await? else {
        return Ok(None);
    };
    item.json("studio").map(Some).ok_or(StoreError::Corrupt("studio"))
}

impl StudioStore {
    /// Returns the studio.
    ///
    /// # Errors
    ///
    /// When it cannot be read or is gone.
    pub async fn studio(&self) -> Result<Studio, StoreError> {
        find(self.app, &self.studio).await?.ok_or(StoreError::Corrupt("studio"))
    }
}
