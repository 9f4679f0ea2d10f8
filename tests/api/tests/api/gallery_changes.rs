//! Tests matching after publishing: a removed photo disappears at once, and an added photo waits.

use local::client::{Answer, Client};
use reqwest::Method;
use serde_json::{Value, json};
use testkit::{
    PictureDay, SetupError, Shooting, TestStack, picture_day, publish, published, settle, text,
};

use crate::programs::events;

/// A picture day with two published galleries, and the families of both.
struct Scene {
    stack: TestStack,
    owner: Client,
    day: PictureDay,
    /// The parents of the first and the second student.
    parents: [Client; 2],
    /// The galleries of the two students.
    galleries: [String; 2],
    /// The photos of the two students, in the order they were taken.
    photos: [Vec<String>; 2],
}

async fn scene(stack: TestStack, frames: [u32; 2]) -> Result<Scene, SetupError> {
    let owner = stack.photographer("owner").await?;
    let day = picture_day(&owner, 3).await?;
    let mut camera = Shooting::small(1);
    for (pupil, frames) in day.pupils.iter().zip(frames) {
        camera.pupil(pupil, frames)?;
    }
    owner.upload(&day.day, "A", camera.files).await?;
    let mut rows = settle(&owner, &day.day).await?;
    rows.sort_by_key(|row| text(row, "captured_at"));
    let published = publish(&owner, &day.day).await?;
    let of = |at: usize| {
        let student = json!([day.pupils[at].id]);
        let own = rows.iter().filter(|row| row["student_ids"] == student);
        own.filter(|row| row["is_camera_card"] == false).map(|row| text(row, "id")).collect()
    };
    let gallery = |at: usize| {
        let own = published.iter().find(|row| row["student_id"] == json!(day.pupils[at].id));
        own.map(|row| text(row, "id")).unwrap_or_default()
    };
    let (photos, galleries) = ([of(0), of(1)], [gallery(0), gallery(1)]);
    let mut parents = Vec::new();
    for (name, pupil) in ["ann", "ben"].into_iter().zip(&day.pupils) {
        let path = format!("/v1/students/{}/share-codes", pupil.id);
        let code = owner.create(&path, &json!({}), name).await?.text("/code");
        let parent = stack.parent(name, &code).await?;
        parent.consent().await?;
        parents.push(parent);
    }
    let parents: [Client; 2] = parents.try_into().map_err(|_| "two parents")?;
    Ok(Scene { stack, owner, day, parents, galleries, photos })
}

impl Scene {
    async fn give(&self, photo: &str, student: usize) -> Result<(), SetupError> {
        let body = json!({ "student_id": self.day.pupils[student].id });
        let path = format!("/v1/photos/{photo}/student");
        let answer = self.owner.call(Method::PUT, &path, Some(&body), &[]).await?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        Ok(())
    }

    async fn take(&self, photo: &str) -> Result<(), SetupError> {
        let path = format!("/v1/photos/{photo}/student");
        assert_eq!(self.owner.call(Method::DELETE, &path, None, &[]).await?.status, 200);
        Ok(())
    }

    /// Returns the gallery's row in the studio's list.
    async fn listed(&self, at: usize) -> Result<Value, SetupError> {
        let path = format!("/v1/galleries?picture_day={}", self.day.day);
        let list = self.owner.read(&path).await?;
        let own = list.items().iter().find(|row| row["id"] == self.galleries[at]);
        Ok(own.cloned().ok_or("the gallery")?)
    }

    async fn build(&self, body: &Value) -> Result<Answer, SetupError> {
        let path = format!("/v1/picture-days/{}/galleries", self.day.day);
        Ok(self.owner.post(&path, body).await?)
    }

    /// Returns the ids of the photos that a reader sees, after checking both photo counts.
    async fn shown(&self, reader: &Client, at: usize) -> Result<Vec<String>, SetupError> {
        let one = reader.read(&format!("/v1/galleries/{}", self.galleries[at])).await?;
        let photos = one.body["photos"].as_array().cloned().unwrap_or_default();
        if one.body["state"] != "building" {
            assert_eq!(one.body["photos_total"], json!(photos.len()), "{}", one.body);
            assert_eq!(one.body["photos_done"], json!(photos.len()), "{}", one.body);
        }
        Ok(photos.iter().map(|photo| text(photo, "id")).collect())
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gallery_says_as_many_photos_as_it_shows() -> Result<(), SetupError> {
    let scene = scene(TestStack::start().await?, [5, 1]).await?;
    let base = scene.stack.stack().url().to_owned();
    let path = format!("/v1/galleries/{}/guest-tokens", scene.galleries[0]);
    let token = scene.parents[0].create(&path, &json!({}), "guest").await?.text("/token");
    let guest = Client::guest(&base, &token);
    scene.take(&scene.photos[0][1]).await?;
    scene.take(&scene.photos[0][3]).await?;

    let left: Vec<_> = [0, 2, 4].map(|at| scene.photos[0][at].clone()).to_vec();
    for reader in [&scene.owner, &scene.parents[0], &guest] {
        assert_eq!(scene.shown(reader, 0).await?, left);
    }
    let listed = scene.listed(0).await?;
    assert_eq!((&listed["photos_total"], &listed["photos_done"]), (&json!(3), &json!(3)));
    assert_eq!((&listed["changed"], &listed["photos_removed"]), (&json!(true), &json!(2)));
    let of_parent = scene.parents[0].read("/v1/galleries").await?;
    let own = &of_parent.items()[0];
    assert_eq!((&own["photos_total"], &own["photos_done"]), (&json!(3), &json!(3)));
    for name in
        ["changed", "photos_waiting", "photos_removed", "photos_held_back", "waiting_photos"]
    {
        assert!(own.get(name).is_none(), "a family can read {name}");
    }
    let day = scene.owner.read(&format!("/v1/picture-days/{}", scene.day.day)).await?;
    assert_eq!(day.body["counts"]["galleries_changed"], 1);
    assert_eq!(day.body["counts"]["published"], 2);
    scene.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_came_waits_until_a_person_publishes() -> Result<(), SetupError> {
    let scene = scene(TestStack::start().await?, [2, 2]).await?;
    // The last photo of its run: if more followed, they would be held back.
    let moved = scene.photos[1][1].clone();
    scene.give(&moved, 0).await?;
    // It disappears from one family at once and is not yet shown to the other.
    assert_eq!(scene.shown(&scene.parents[1], 1).await?, scene.photos[1][..1]);
    assert_eq!(scene.shown(&scene.parents[0], 0).await?, scene.photos[0]);
    let first = scene.listed(0).await?;
    assert_eq!((&first["changed"], &first["photos_waiting"]), (&json!(true), &json!(1)));
    let one = scene.owner.read(&format!("/v1/galleries/{}", scene.galleries[0])).await?;
    assert_eq!(text(&one.body["waiting_photos"][0], "id"), moved, "the studio can see it");

    // Only one gallery is built; the other stays as it is.
    let only = json!({ "target": "hosted", "galleries": [scene.galleries[0]] });
    let started = scene.build(&only).await?;
    assert_eq!(started.status, 202, "{}", started.body);
    assert_eq!(started.body["galleries"].as_array().map(Vec::len), Some(1));
    published(&scene.owner, &scene.day.day).await?;
    let shown = scene.shown(&scene.parents[0], 0).await?;
    assert_eq!(shown.len(), 3);
    assert!(shown.contains(&moved));
    assert_eq!(scene.listed(0).await?["changed"], false);
    assert_eq!(scene.listed(1).await?["photos_removed"], 1, "its build was not requested");

    for wrong in
        [json!([]), json!(["gal_nosuchgallery"]), json!([scene.galleries[0], scene.day.day])]
    {
        let answer = scene.build(&json!({ "target": "hosted", "galleries": wrong })).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (422, "unknown_gallery"));
    }
    let other = scene.stack.photographer("other").await?;
    let theirs = picture_day(&other, 1).await?;
    let path = format!("/v1/picture-days/{}/galleries", theirs.day);
    let answer = other.post(&path, &only).await?;
    assert_eq!((answer.status, answer.text("/code").as_str()), (422, "unknown_gallery"));
    scene.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_gallery_without_photos_says_so() -> Result<(), SetupError> {
    let scene = scene(TestStack::start().await?, [1, 1]).await?;
    let photo = scene.photos[0][0].clone();
    scene.take(&photo).await?;
    let is_withdrawn = async |waiting: u32, removed: u32| -> Result<(), SetupError> {
        let listed = scene.listed(0).await?;
        assert_eq!(listed["state"], "withdrawn", "{listed}");
        assert_eq!(listed["photos_waiting"], waiting);
        assert_eq!(listed["photos_removed"], removed);
        let list = scene.parents[0].read("/v1/galleries").await?;
        assert_eq!(text(&list.items()[0], "state"), "withdrawn");
        assert!(scene.shown(&scene.parents[0], 0).await?.is_empty());
        let path = format!("/v1/galleries/{}/guest-tokens", scene.galleries[0]);
        let answer = scene.parents[0].post(&path, &json!({})).await?;
        assert_eq!((answer.status, answer.text("/code").as_str()), (409, "not_published"));
        Ok(())
    };
    is_withdrawn(0, 1).await?;
    // After a person confirmed the change, nothing waits for a decision.
    assert_eq!(scene.build(&json!({ "target": "hosted" })).await?.status, 202);
    wait_for(&scene, 0, "withdrawn").await?;
    is_withdrawn(0, 0).await?;
    // An added photo waits, even if the gallery had it before.
    scene.give(&photo, 0).await?;
    is_withdrawn(1, 0).await?;
    assert_eq!(scene.build(&json!({ "target": "hosted" })).await?.status, 202);
    published(&scene.owner, &scene.day.day).await?;
    assert_eq!(scene.shown(&scene.parents[0], 0).await?, [photo]);
    scene.stack.stop().await;
    Ok(())
}

async fn wait_for(scene: &Scene, at: usize, state: &str) -> Result<(), SetupError> {
    for _ in 0..300 {
        if scene.listed(at).await?["state"] == state {
            return Ok(());
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    Err(format!("no gallery became {state}").into())
}

/// Kills workers and delivers every message five times, while a photo moves between two children.
#[tokio::test(flavor = "multi_thread")]
async fn no_build_ever_shows_another_childs_photo() -> Result<(), SetupError> {
    let scene = scene(TestStack::start_disturbed().await?, [2, 2]).await?;
    let moved = scene.photos[1][1].clone();
    let own = |at: usize| scene.photos[at].iter().filter(|photo| **photo != moved);
    for round in 0..6 {
        let (to, from) = if round % 2 == 0 { (0, 1) } else { (1, 0) };
        assert_eq!(scene.build(&json!({ "target": "hosted" })).await?.status, 202);
        scene.give(&moved, to).await?;
        for _ in 0..5 {
            let other = scene.shown(&scene.parents[from], from).await?;
            assert!(!other.contains(&moved), "round {round}: another child's photo");
            // Published photos stay visible while the gallery is built again.
            assert!(own(from).all(|photo| other.contains(photo)), "round {round}: {other:?}");
            let shown = scene.shown(&scene.parents[to], to).await?;
            assert!(own(to).all(|photo| shown.contains(photo)), "round {round}: {shown:?}");
        }
    }
    published(&scene.owner, &scene.day.day).await?;
    assert_eq!(scene.build(&json!({ "target": "hosted" })).await?.status, 202);
    published(&scene.owner, &scene.day.day).await?;
    for at in [0, 1] {
        assert_eq!(scene.shown(&scene.parents[at], at).await?, scene.photos[at]);
        assert_eq!(scene.listed(at).await?["changed"], false);
    }
    scene.stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_build_publishes_once_and_changes_nothing() -> Result<(), SetupError> {
    let scene = scene(TestStack::start_disturbed().await?, [2, 1]).await?;
    let before = events(&scene.stack, "gallery_published").await?;
    let only = json!({ "target": "hosted", "galleries": [scene.galleries[0]] });
    assert_eq!(scene.build(&only).await?.status, 202);
    wait_for(&scene, 0, "published").await?;
    // Waits for late deliveries of the same steps.
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(events(&scene.stack, "gallery_published").await?, before + 1);
    assert_eq!(scene.shown(&scene.parents[0], 0).await?, scene.photos[0]);
    let listed = scene.listed(0).await?;
    assert_eq!((&listed["state"], &listed["stalled"]), (&json!("published"), &json!(false)));
    scene.stack.stop().await;
    Ok(())
}
