//! The main use case from start to end.
//!
//! A photographer signs up, imports a roster, uploads from two cameras and builds the galleries; a parent
//! opens their own child's gallery and no other.

use serde_json::json;
use testkit::camera::Subject;
use testkit::{SetupError, Shooting, TestStack, picture_day, publish, settle, text};

#[tokio::test(flavor = "multi_thread")]
async fn every_photo_ends_in_the_one_right_gallery() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 6).await?;

    let (mut first, mut second) = (Shooting::small(1), Shooting::small(2));
    second.frame(Subject::Portrait { seed: 999 })?;
    for pupil in &day.pupils[..3] {
        first.pupil(pupil, 2)?;
    }
    for pupil in &day.pupils[3..5] {
        second.pupil(pupil, 2)?;
    }
    photographer.upload(&day.day, "A", first.files).await?;
    photographer.upload(&day.day, "B", second.files).await?;

    let photos = settle(&photographer, &day.day).await?;
    assert_eq!(photos.len(), 16);
    let cards = photos.iter().filter(|photo| photo["is_camera_card"] == true).count();
    assert_eq!(cards, 5, "{photos:#?}");
    for pupil in &day.pupils[..5] {
        let of = photos.iter().filter(|photo| photo["student_ids"] == json!([pupil.id]));
        assert_eq!(of.filter(|photo| photo["is_camera_card"] == false).count(), 2, "{photos:#?}");
    }

    let path = format!("/v1/picture-days/{}/reconciliation", day.day);
    let open = photographer.read(&path).await?;
    assert_eq!(open.body["students_without_photo"][0]["id"], json!(day.pupils[5].id));
    assert_eq!(open.body["unmatched"].as_array().map(Vec::len), Some(1));
    assert_eq!(open.body["cards_seen"], 5);

    let galleries = publish(&photographer, &day.day).await?;
    assert_eq!(galleries.len(), 5);
    assert!(galleries.iter().all(|gallery| gallery["photos_done"] == 2), "{galleries:#?}");

    let child = &day.pupils[0];
    let path = format!("/v1/students/{}/share-codes", child.id);
    let code = photographer.create(&path, &json!({}), "code").await?.text("/code");
    let parent = stack.parent("ann", &code).await?;
    assert_eq!(parent.read("/v1/galleries").await?.items().len(), 0, "before consent");
    parent.consent().await?;
    let own = parent.read("/v1/galleries").await?;
    assert_eq!(own.items().len(), 1);
    assert_eq!(text(&own.items()[0], "student_id"), child.id);
    let gallery = parent.read(&format!("/v1/galleries/{}", text(&own.items()[0], "id"))).await?;
    assert_eq!(gallery.body["photos"].as_array().map(Vec::len), Some(2));
    let proof = reqwest::get(text(&gallery.body["photos"][0], "proof_url")).await?;
    assert_eq!(proof.status(), 200);

    for other in galleries.iter().filter(|gallery| text(gallery, "student_id") != child.id) {
        let answer = parent.get(&format!("/v1/galleries/{}", text(other, "id"))).await?;
        assert_eq!(answer.status, 404);
    }
    stack.stop().await;
    Ok(())
}
