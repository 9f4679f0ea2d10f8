//! Kills workers at random moments and delivers every message five times: one effect, nothing lost.

use std::collections::BTreeMap;

use serde_json::json;
use testkit::camera::Subject;
use testkit::{SetupError, Shooting, TestStack, picture_day, publish, settle, text};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_photos_come_through_killed_workers_once_each() -> Result<(), SetupError> {
    let stack = TestStack::start_disturbed().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 40).await?;
    // Two cameras, with a camera card and four frames for each of 40 students: 200 photos.
    let (mut first, mut second) = (Shooting::small(1), Shooting::small(2));
    for (index, pupil) in day.pupils.iter().enumerate() {
        let camera = if index < 20 { &mut first } else { &mut second };
        camera.pupil(pupil, 4)?;
    }
    let (a, b) = tokio::join!(
        photographer.upload(&day.day, "A", first.files),
        photographer.upload(&day.day, "B", second.files),
    );
    assert_eq!((a?.len(), b?.len()), (100, 100));

    let photos = settle(&photographer, &day.day).await?;
    assert_eq!(photos.len(), 200);
    let mut of: BTreeMap<String, usize> = BTreeMap::new();
    for photo in photos.iter().filter(|photo| photo["is_camera_card"] == false) {
        assert_eq!(photo["student_ids"].as_array().map(Vec::len), Some(1), "{photo}");
        *of.entry(text(&json!({ "id": photo["student_ids"][0] }), "id")).or_default() += 1;
    }
    assert_eq!(of.len(), 40);
    assert!(of.values().all(|photos| *photos == 4), "{of:?}");

    let galleries = publish(&photographer, &day.day).await?;
    assert_eq!(galleries.len(), 40);
    for gallery in &galleries {
        let path = format!("/v1/galleries/{}", text(gallery, "id"));
        let open = photographer.read(&path).await?;
        let shown = open.body["photos"].as_array().cloned().unwrap_or_default();
        assert_eq!(shown.len(), 4, "{}", open.body);
        for photo in shown {
            let is_of = |row: &&serde_json::Value| row["id"] == photo["id"];
            let row = photos.iter().find(is_of).ok_or("a photo that was not uploaded")?;
            assert_eq!(row["student_ids"], json!([gallery["student_id"]]));
        }
    }
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_given_to_another_child_leaves_the_first_childs_gallery_at_once()
-> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 2).await?;
    let mut camera = Shooting::small(1);
    camera.pupil(&day.pupils[0], 2)?;
    camera.frame(Subject::Card { qr_text: "PD-AAAAAAAAAA", readable: true })?;
    camera.frame(Subject::Portrait { seed: 77 })?;
    photographer.upload(&day.day, "A", camera.files).await?;
    let photos = settle(&photographer, &day.day).await?;
    let unmatched = photos.iter().filter(|photo| photo["state"] == "checked");
    assert_eq!(
        unmatched.filter(|photo| photo["is_camera_card"] == false).count(),
        1,
        "a foreign card ends the run"
    );
    let galleries = publish(&photographer, &day.day).await?;
    let gallery = format!("/v1/galleries/{}", text(&galleries[0], "id"));
    let before = photographer.read(&gallery).await?;
    assert_eq!(before.body["photos"].as_array().map(Vec::len), Some(2));
    // The last photo of its run: if more followed, they would be held back.
    let photo = before.body["photos"][1]["id"].as_str().unwrap_or_default();
    let path = format!("/v1/photos/{photo}/student");
    let body = json!({ "student_id": day.pupils[1].id });
    let put = photographer.call(reqwest::Method::PUT, &path, Some(&body), &[]).await?;
    assert_eq!((put.status, put.text("/matched_by").as_str()), (200, "hand"));
    let after = photographer.read(&gallery).await?;
    assert_eq!(after.body["photos"].as_array().map(Vec::len), Some(1));
    stack.stop().await;
    Ok(())
}
