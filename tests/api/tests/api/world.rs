//! A small world with everything in it that a route can name.

use std::collections::BTreeMap;

use local::client::Client;
use reqwest::Method;
use serde_json::json;
use testkit::{SetupError, Shooting, TestStack, picture_day, publish, settle, text};

/// The owner's things, and everybody who tries to reach them.
pub(crate) struct World {
    pub(crate) stack: TestStack,
    pub(crate) owner: Client,
    pub(crate) other: Client,
    pub(crate) parent: Client,
    pub(crate) other_parent: Client,
    /// Ids by the names routes use.
    pub(crate) ids: BTreeMap<&'static str, String>,
}

/// A roster of the two children of [`world`], as its owner uploads it.
pub(crate) const ROSTER: &str =
    "Student ID,First Name,Last Name,Class\n900001,Given1,Family1,3A\n900002,Given2,Family2,3A\n";

pub(crate) async fn world() -> Result<World, SetupError> {
    Box::pin(made()).await
}

async fn made() -> Result<World, SetupError> {
    let stack = TestStack::start().await?;
    let owner = stack.photographer("owner").await?;
    let other = stack.photographer("other").await?;
    let day = picture_day(&owner, 2).await?;
    let mut camera = Shooting::small(1);
    for pupil in &day.pupils {
        camera.pupil(pupil, 1)?;
    }
    owner.upload(&day.day, "A", camera.files).await?;
    let photos = settle(&owner, &day.day).await?;
    let galleries = publish(&owner, &day.day).await?;

    let mut ids = BTreeMap::from([("school", day.school.clone()), ("day", day.day.clone())]);
    let mut parents = Vec::new();
    for (name, pupil) in ["ann", "ben"].into_iter().zip(&day.pupils) {
        let path = format!("/v1/students/{}/share-codes", pupil.id);
        let code = owner.create(&path, &json!({}), name).await?;
        let parent = stack.parent(name, &code.text("/code")).await?;
        let version = parent.read("/v1/consents/current").await?.text("/version");
        let consent = json!({ "document": "parent_access", "version": version });
        parent.create("/v1/consents", &consent, "consent").await?;
        parents.push(parent);
        if name == "ann" {
            ids.extend([
                ("code", code.text("/id")),
                ("version", version),
                ("student", pupil.id.clone()),
            ]);
        }
    }
    let student = &ids["student"].clone();
    let of_student = |rows: &[serde_json::Value], member: &str| {
        rows.iter().find(|row| row[member] == *student).map(|row| text(row, "id"))
    };
    let photo = photos.iter().find(|photo| photo["student_ids"] == json!([student]));
    let path = format!("/v1/schools/{}/access-requests", day.school);
    let requests = owner.read(&path).await?;
    let path = format!("/v1/schools/{}/roster-imports", day.school);
    let import = owner.post_file(&path, "text/csv", ROSTER.into(), "again").await?;
    let districts = owner.read("/v1/districts").await?;
    let path = format!("/v1/districts/{}/identity-provider", text(&districts.items()[0], "id"));
    let provider = json!({ "kind": "google", "tenant": "district.example", "client_id": "c", "client_secret": "s", "domains": ["district.example"] });
    owner.call(Method::PUT, &path, Some(&provider), &[]).await?;
    let body = json!({ "name": "Uploader", "scopes": ["read"] });
    let key = owner.create("/v1/api-keys", &body, "key").await?;
    ids.extend([
        ("district", text(&districts.items()[0], "id")),
        ("import", import.text("/id")),
        ("key", key.text("/id")),
        ("photo", photo.map(|photo| text(photo, "id")).unwrap_or_default()),
        ("gallery", of_student(&galleries, "student_id").unwrap_or_default()),
        ("request", of_student(requests.items(), "student_id").unwrap_or_default()),
    ]);
    let other_parent = parents.pop().ok_or("no parent")?;
    let parent = parents.pop().ok_or("no parent")?;
    Ok(World { stack, owner, other, parent, other_parent, ids })
}
