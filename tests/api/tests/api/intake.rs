//! Tests intake: only registered files are accepted, whatever storage holds, and a registration expires.

use std::collections::BTreeSet;

use data_encoding::BASE64;
use local::client::{Client, description};
use platform::inspect::{put_upload, uploads};
use serde_json::{Value, json};
use testkit::camera::{CameraFile, Subject};
use testkit::{PASSWORD, SetupError, Shooting, TestStack, picture_day, settle, text};

/// Registers files as described.
async fn announce(
    photographer: &Client,
    day: &str,
    camera: &str,
    files: &[&Value],
) -> Result<Vec<Value>, SetupError> {
    let path = format!("/v1/picture-days/{day}/uploads");
    let answer = photographer.post(&path, &json!({ "camera": camera, "files": files })).await?;
    assert_eq!(answer.status, 201, "{}", answer.body);
    Ok(answer.body["uploads"].as_array().cloned().unwrap_or_default())
}

/// Returns the file's description with another length in bytes.
fn with_length(description: &Value, bytes: usize) -> Value {
    let mut other = description.clone();
    other["bytes"] = json!(bytes);
    other
}

/// Returns the storage key of an upload.
fn place(upload: &Value) -> String {
    let url = upload["url"].as_str().unwrap_or_default();
    let path = url.split('?').next().unwrap_or_default();
    path.find("intake/sto_").and_then(|at| path.get(at..)).unwrap_or_default().to_owned()
}

/// Returns the day's photo of this name, once all photos are settled.
async fn settled(client: &Client, day: &str, name: &str) -> Result<Value, SetupError> {
    let photos = settle(client, day).await?;
    Ok(photos.into_iter().find(|photo| photo["name"] == name).ok_or("no photo")?)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_not_registered_is_never_taken_for_it() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let app = stack.stack().app();
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    camera.frame(Subject::Portrait { seed: 1 })?;
    camera.frame(Subject::Portrait { seed: 2 })?;
    // The longer file is `own`; the shorter one is padded with zeros to the same length.
    camera.files.sort_by_key(|file| file.bytes.len());
    let (own, another) = (&camera.files[1], &camera.files[0]);
    let length = own.bytes.len();
    let mut another_child = another.bytes.clone();
    another_child.resize(length, 0);
    let mut changed = own.bytes.clone();
    changed[length / 2] ^= 1;
    let longer = [&own.bytes[..], &[0]].concat();
    let shorter = own.bytes[..length - 1].to_vec();
    let one_byte = vec![0];

    let wrong = [longer, shorter, changed, another.bytes.clone(), another_child, one_byte];
    for (number, bytes) in wrong.into_iter().enumerate() {
        let upload = announce(&photographer, &day, "A", &[&description(own)]).await?.remove(0);
        assert_eq!(upload["status"], "upload", "{number}: {upload}");
        put_upload(app, &place(&upload), bytes).await?;
        let photo = settled(&photographer, &day, &own.name).await?;
        assert_eq!(photo["state"], "refused", "{number}: {photo}");
        assert_eq!(photo["reason"], "upload_differs", "{number}");
        assert_eq!(uploads(app).await?, Vec::<String>::new(), "{number}");
        let counts = photographer.read(&format!("/v1/picture-days/{day}")).await?;
        assert_eq!(counts.body["counts"]["photos"], 0, "{number}");
    }

    let upload = announce(&photographer, &day, "A", &[&description(own)]).await?.remove(0);
    assert_eq!(photographer.put(&upload, own.bytes.clone()).await?.status, 200);
    assert_eq!(settled(&photographer, &day, &own.name).await?["state"], "checked");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_length_does_not_spoil_the_right_one() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let made = picture_day(&photographer, 1).await?;
    let day = &made.day;
    let mut camera = Shooting::small(1);
    for seed in 1..=3 {
        camera.frame(Subject::Portrait { seed })?;
    }
    let file =
        |at: usize| -> (&CameraFile, Value) { (&camera.files[at], description(&camera.files[at])) };
    let put = async |upload: &Value, file: &CameraFile| -> Result<u16, SetupError> {
        Ok(photographer.put(upload, file.bytes.clone()).await?.status)
    };

    // The wrong length comes first: each upload has a URL signed for its own length.
    let (one, right) = file(0);
    let wrong = with_length(&right, one.bytes.len() + 1);
    let first = announce(&photographer, day, "A", &[&wrong]).await?.remove(0);
    assert_eq!(put(&first, one).await?, 403, "the signed length is enforced");
    let second = announce(&photographer, day, "A", &[&right]).await?.remove(0);
    assert_eq!((&second["status"], &second["photo_id"]), (&json!("upload"), &first["photo_id"]));
    assert_ne!(place(&first), place(&second));
    assert_eq!(put(&second, one).await?, 200);
    assert_eq!(settled(&photographer, day, &one.name).await?["state"], "checked");

    // A proven file cannot be replaced by a registration with another length, on this day or on another.
    let late = announce(&photographer, day, "A", &[&wrong]).await?.remove(0);
    assert_eq!((&late["status"], &late["reason"]), (&json!("refused"), &json!("length_differs")));
    assert_eq!(settled(&photographer, day, &one.name).await?["state"], "checked");
    let path = format!("/v1/schools/{}/picture-days", made.school);
    let body = json!({ "date": "2026-10-01", "kind": "retake" });
    let other = photographer.create(&path, &body, "other-day").await?.text("/id");
    let there = announce(&photographer, &other, "A", &[&wrong]).await?.remove(0);
    assert_eq!(there["reason"], "length_differs", "{there}");
    let there = announce(&photographer, &other, "A", &[&right]).await?.remove(0);
    assert_eq!(put(&there, one).await?, 200, "{there}");
    assert_eq!(settled(&photographer, &other, &one.name).await?["state"], "checked");

    // Both lengths in one request: one of them is wrong, and the next request resolves which.
    let (two, right) = file(1);
    let wrong = with_length(&right, two.bytes.len() + 1);
    let both = announce(&photographer, day, "A", &[&wrong, &right]).await?;
    assert_eq!((&both[0]["status"], &both[1]["status"]), (&json!("upload"), &json!("refused")));
    let again = announce(&photographer, day, "A", &[&right]).await?.remove(0);
    assert_eq!(put(&again, two).await?, 200, "{again}");

    // A refused length does not affect the pending upload.
    let (three, right) = file(2);
    let waiting = announce(&photographer, day, "A", &[&right]).await?.remove(0);
    let huge = with_length(&right, 60_000_000);
    let refused = announce(&photographer, day, "A", &[&huge]).await?.remove(0);
    assert_eq!(refused["reason"], "file_too_large", "{refused}");
    assert_eq!(put(&waiting, three).await?, 200);
    let photos = settle(&photographer, day).await?;
    assert!(photos.iter().all(|photo| photo["state"] == "checked"), "{photos:?}");
    assert_eq!(photos.len(), 3);
    stack.stop().await;
    Ok(())
}

/// A missing file next to frames that arrived may have been a camera card: its place in the order is kept.
#[tokio::test(flavor = "multi_thread")]
async fn what_never_arrives_is_forgotten_unless_its_camera_has_frames() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    for seed in 1..=6 {
        camera.frame(Subject::Portrait { seed })?;
    }
    let described: Vec<_> = camera.files.iter().map(description).collect();
    let [one, two, three, late, four, five] = &described[..] else { return Err("six".into()) };
    announce(&photographer, &day, "B", &[four, five]).await?;
    let of_a = announce(&photographer, &day, "A", &[one, two, three]).await?;
    assert_eq!(photographer.put(&of_a[0], camera.files[0].bytes.clone()).await?.status, 200);
    let path = format!("/v1/picture-days/{day}");
    for _ in 0..300 {
        let counts = &photographer.read(&path).await?.body["counts"];
        if counts["checked"] == 1 && counts["cameras_to_match"] == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    announce(&photographer, &day, "A", &[late]).await?;

    // Another length is another attempt; it changes neither the name nor the camera of the kept place.
    let mut moved = with_length(two, camera.files[1].bytes.len() + 1);
    moved["name"] = json!("moved.jpg");
    let moved = announce(&photographer, &day, "C", &[&moved]).await?.remove(0);
    assert_eq!((&moved["status"], &moved["photo_id"]), (&json!("upload"), &of_a[1]["photo_id"]));
    assert_ne!(place(&moved), place(&of_a[1]));
    // Announcing it for a camera with frames does not keep the place: it stays at its own camera.
    let elsewhere = announce(&photographer, &day, "A", &[five]).await?.remove(0);
    assert_eq!(elsewhere["status"], "upload", "{elsewhere}");

    stack.advance_seconds(19 * 24 * 3600 + 1);
    let mut photographer = stack.stranger();
    let door =
        json!({ "portal": "photographer", "email": "meadow@studio.example", "password": PASSWORD });
    photographer.sign_in("/v1/sign-in/password", &door).await?;
    let photos = photographer.all(&format!("{path}/photos")).await?;
    let names: BTreeSet<_> = photos.iter().map(|photo| text(photo, "name")).collect();
    let kept: BTreeSet<_> = [one, two, three, late].map(|file| text(file, "name")).into();
    assert_eq!(names, kept);
    let counts = &photographer.read(&path).await?.body["counts"];
    assert_eq!((&counts["checked"], &counts["missing"]), (&json!(1), &json!(3)), "{counts}");
    assert_eq!(counts["waiting"], 0, "{counts}");

    // Registered again, the file is expected as if for the first time.
    let again = announce(&photographer, &day, "B", &[four]).await?.remove(0);
    assert_eq!(again["status"], "upload");
    assert_eq!(photographer.put(&again, camera.files[4].bytes.clone()).await?.status, 200);
    assert_eq!(settled(&photographer, &day, &text(four, "name")).await?["state"], "checked");
    stack.stop().await;
    Ok(())
}

/// Files whose registered hash is invalid or belongs to other bytes do not become photos.
#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_hash_takes_no_bytes() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let app = stack.stack().app();
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    camera.frame(Subject::Portrait { seed: 1 })?;
    let own = &camera.files[0];
    let mut claimed = description(own);
    claimed["sha256"] = json!(BASE64.encode(&[7; 32]));
    let upload = announce(&photographer, &day, "A", &[&claimed]).await?.remove(0);
    assert_eq!(photographer.put(&upload, own.bytes.clone()).await?.status, 400, "storage compares");
    put_upload(app, &place(&upload), own.bytes.clone()).await?;
    let photo = settled(&photographer, &day, &own.name).await?;
    assert_eq!((&photo["state"], &photo["reason"]), (&json!("refused"), &json!("upload_differs")));
    stack.stop().await;
    Ok(())
}
