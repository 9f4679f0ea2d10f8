//! Tests uploads: registered first, then sent to storage exactly as announced, once.

use local::client::{Client, description};
use serde_json::{Value, json};
use testkit::camera::{CameraFile, Subject};
use testkit::{PictureDay, SetupError, Shooting, TestStack, picture_day, settle};

#[tokio::test(flavor = "multi_thread")]
async fn storage_refuses_whatever_differs_from_the_registration() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    camera.frame(Subject::Portrait { seed: 1 })?;
    let bytes = camera.files[0].bytes.clone();
    let upload = photographer.register(&day, "A", &camera.files).await?.remove(0);
    assert_eq!(upload["status"], "upload");
    assert_eq!(upload["method"], "PUT");

    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(photographer.put(&upload, longer).await?.status, 403, "another length");
    let mut other = bytes.clone();
    other[100] ^= 1;
    assert_eq!(photographer.put(&upload, other).await?.status, 400, "other bytes");
    let mut typed = upload.clone();
    typed["headers"]["content-type"] = json!("image/png");
    assert_eq!(photographer.put(&typed, bytes.clone()).await?.status, 403, "another type");
    let mut elsewhere = upload.clone();
    let url = upload["url"].as_str().unwrap_or_default();
    elsewhere["url"] = json!(url.replacen("/pho_", "/pho_x", 1));
    assert_eq!(photographer.put(&elsewhere, bytes.clone()).await?.status, 403, "another address");
    let mut overwriting = upload.clone();
    if let Some(headers) = overwriting["headers"].as_object_mut() {
        headers.remove("if-none-match");
    }
    assert_eq!(photographer.put(&overwriting, bytes.clone()).await?.status, 403, "overwriting");

    assert_eq!(photographer.put(&upload, bytes.clone()).await?.status, 200);
    let again = photographer.put(&upload, bytes).await?.status;
    assert!(again == 412 || again == 200 || again == 403, "{again}");
    let photos = settle(&photographer, &day).await?;
    assert_eq!(photos.len(), 1);
    assert_eq!(photos[0]["state"], "checked");

    let repeated = photographer.register(&day, "A", &camera.files).await?.remove(0);
    assert_eq!(repeated["status"], "duplicate");
    assert_eq!(repeated["photo_id"], upload["photo_id"]);
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_that_never_arrives_expires_and_can_be_registered_again() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    camera.frame(Subject::Portrait { seed: 1 })?;
    let first = photographer.register(&day, "A", &camera.files).await?.remove(0);
    let path = format!("/v1/picture-days/{day}/photos");
    assert_eq!(photographer.read(&path).await?.items()[0]["state"], "registered");
    stack.advance_seconds(24 * 3600 + 1);
    let photographer = {
        let mut again = stack.stranger();
        let door = json!({ "portal": "photographer", "email": "meadow@studio.example", "password": testkit::PASSWORD });
        again.sign_in("/v1/sign-in/password", &door).await?;
        again
    };
    assert_eq!(photographer.read(&path).await?.items()[0]["state"], "expired");
    let again = photographer.register(&day, "A", &camera.files).await?.remove(0);
    assert_eq!(again["photo_id"], first["photo_id"]);
    assert_eq!(photographer.read(&path).await?.items()[0]["state"], "registered");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_photo_is_refused_with_what_to_do() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    camera.frame(Subject::Portrait { seed: 1 })?;
    let mut cut = camera.files[0].clone();
    cut.bytes.truncate(cut.bytes.len() / 2);
    photographer.upload(&day, "A", vec![cut]).await?;
    let path = format!("/v1/picture-days/{day}/uploads");
    let mut heic = description(&camera.files[0]);
    heic["name"] = json!("IMG_0001.HEIC");
    heic["content_type"] = json!("image/heic");
    let answer = photographer.post(&path, &json!({ "camera": "A", "files": [heic] })).await?;
    assert_eq!(answer.body["uploads"][0]["status"], "refused");
    let photos = settle(&photographer, &day).await?;
    assert_eq!(photos.len(), 2);
    for photo in photos {
        assert_eq!(photo["state"], "refused", "{photo}");
        assert!(
            photo["reason_text"].as_str().is_some_and(|text| text.contains("upload that")),
            "{photo}"
        );
    }
    stack.stop().await;
    Ok(())
}

/// Registers one file as the uploading program describes it.
async fn announce(
    photographer: &Client,
    day: &str,
    file: &CameraFile,
    content_type: Option<&str>,
) -> Result<Value, SetupError> {
    let mut description = description(file);
    match content_type {
        Some(content_type) => description["content_type"] = json!(content_type),
        None => drop(description.as_object_mut().map(|it| it.remove("content_type"))),
    }
    let path = format!("/v1/picture-days/{day}/uploads");
    let answer =
        photographer.post(&path, &json!({ "camera": "A", "files": [description] })).await?;
    assert_eq!(answer.status, 201, "{}", answer.body);
    Ok(answer.body["uploads"][0].clone())
}

async fn counts(photographer: &Client, day: &str) -> Result<Value, SetupError> {
    let answer = photographer.read(&format!("/v1/picture-days/{day}")).await?;
    Ok(answer.body["counts"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_uploads_under_any_spelling_of_its_type() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let spellings = [
        Some("image/pjpeg"),
        Some("image/jpg"),
        Some("IMAGE/JPEG"),
        Some("application/octet-stream"),
        Some(""),
        None,
    ];
    let mut camera = Shooting::small(1);
    for (place, content_type) in (1..).zip(spellings) {
        camera.frame(Subject::Portrait { seed: place })?;
        let file = camera.files.last().cloned().ok_or("no file")?;
        let upload = announce(&photographer, &day, &file, content_type).await?;
        assert_eq!(upload["status"], "upload", "{content_type:?}: {upload}");
        assert_eq!(upload["headers"]["content-type"], "image/jpeg", "{content_type:?}");
        assert_eq!(photographer.put(&upload, file.bytes).await?.status, 200, "{content_type:?}");
    }
    let photos = settle(&photographer, &day).await?;
    assert_eq!(photos.len(), spellings.len());
    assert!(photos.iter().all(|photo| photo["state"] == "checked"), "{photos:?}");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bytes_of_a_photo_decide_what_it_is() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    camera.frame(Subject::Portrait { seed: 1 })?;
    let jpeg = CameraFile { name: "IMG_0001.png".to_owned(), ..camera.files[0].clone() };
    let png = CameraFile { name: "IMG_0002.JPG".to_owned(), bytes: png() };
    for (file, declared) in [(&jpeg, "image/png"), (&png, "image/jpeg")] {
        let upload = announce(&photographer, &day, file, Some(declared)).await?;
        assert_eq!(upload["headers"]["content-type"], declared);
        assert_eq!(photographer.put(&upload, file.bytes.clone()).await?.status, 200);
    }
    let photos = settle(&photographer, &day).await?;
    assert!(photos.iter().all(|photo| photo["state"] == "checked"), "{photos:?}");
    assert_eq!(photos.len(), 2);
    stack.stop().await;
    Ok(())
}

/// A grey PNG of two by two pixels, not compressed.
fn png() -> Vec<u8> {
    let chunk = |name: &[u8], data: &[u8], checksum: u32| {
        let length = u32::try_from(data.len()).unwrap_or(0).to_be_bytes();
        [&length[..], name, data, &checksum.to_be_bytes()].concat()
    };
    let pixels = b"\x78\x01\x01\x06\0\xf9\xff\0\x40\x80\0\xc0\xff\x05\xc5\x02\x80";
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        chunk(b"IHDR", b"\0\0\0\x02\0\0\0\x02\x08\0\0\0\0", 0x57dd_52f8),
        chunk(b"IDAT", pixels, 0xf64f_0300),
        chunk(b"IEND", b"", 0xae42_6082),
    ]
    .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_refused_is_judged_anew_each_time() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let PictureDay { school, day, .. } = picture_day(&photographer, 1).await?;
    let mut camera = Shooting::small(1);
    camera.frame(Subject::Portrait { seed: 1 })?;
    camera.frame(Subject::Portrait { seed: 2 })?;

    // Refused for name and type: the same bytes with the right ones are accepted.
    let wrong = CameraFile { name: "IMG_0001.HEIC".to_owned(), ..camera.files[0].clone() };
    let refused = announce(&photographer, &day, &wrong, Some("image/heic")).await?;
    assert_eq!(
        (&refused["status"], &refused["reason"]),
        (&json!("refused"), &json!("type_not_supported"))
    );
    let again = announce(&photographer, &day, &wrong, Some("image/heic")).await?;
    assert_eq!(again, refused);
    let right = announce(&photographer, &day, &camera.files[0], Some("image/jpeg")).await?;
    assert_eq!((&right["status"], &right["photo_id"]), (&json!("upload"), &refused["photo_id"]));
    assert_eq!(photographer.put(&right, camera.files[0].bytes.clone()).await?.status, 200);

    // Refused for its bytes: each registration is another attempt with another URL.
    let mut cut = camera.files[1].clone();
    cut.bytes.truncate(cut.bytes.len() / 2);
    let mut places = std::collections::BTreeSet::new();
    for attempt in 1..=3 {
        let upload = announce(&photographer, &day, &cut, None).await?;
        assert_eq!(upload["status"], "upload", "attempt {attempt}: {upload}");
        let url = upload["url"].as_str().unwrap_or_default();
        places.insert(url.split('?').next().unwrap_or_default().to_owned());
        assert_eq!(photographer.put(&upload, cut.bytes.clone()).await?.status, 200, "{attempt}");
        let photos = settle(&photographer, &day).await?;
        let states: Vec<_> = photos.iter().map(|photo| (&photo["name"], &photo["state"])).collect();
        assert_eq!(photos.len(), 2, "{states:?}");
        assert!(states.contains(&(&json!(cut.name), &json!("refused"))), "{states:?}");
        assert!(states.contains(&(&json!(camera.files[0].name), &json!("checked"))), "{states:?}");
    }
    assert_eq!(places.len(), 3);

    // A refusal on one day does not apply to another day.
    let path = format!("/v1/schools/{school}/picture-days");
    let body = json!({ "date": "2026-10-01", "kind": "retake" });
    let other = photographer.create(&path, &body, "other-day").await?.text("/id");
    assert_eq!(announce(&photographer, &other, &cut, None).await?["status"], "upload");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn one_bad_file_does_not_refuse_the_batch() -> Result<(), SetupError> {
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    for seed in 0..5 {
        camera.frame(Subject::Portrait { seed })?;
    }
    let mut files: Vec<_> = camera.files.iter().map(description).collect();
    files[1]["name"] = json!(format!("{}.JPG", "n".repeat(296)));
    files[2]["name"] = json!(" ");
    files[3]["sha256"] = json!("none");
    let path = format!("/v1/picture-days/{day}/uploads");
    let answer = photographer.post(&path, &json!({ "camera": "A", "files": files })).await?;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let uploads = &answer.body["uploads"];
    for (place, reason, field) in [
        (1, "file_name_too_long", "files[1].name"),
        (2, "file_name_empty", "files[2].name"),
        (3, "bad_sha256", "files[3].sha256"),
    ] {
        let expected = json!({ "status": "refused", "reason": reason, "field": field });
        assert_eq!(uploads[place], expected);
    }
    for place in [0, 4] {
        assert_eq!(uploads[place]["status"], "upload");
        let bytes = camera.files[place].bytes.clone();
        assert_eq!(photographer.put(&uploads[place], bytes).await?.status, 200);
    }
    let photos = settle(&photographer, &day).await?;
    assert_eq!(photos.len(), 2, "an invalid description creates no photo");
    stack.stop().await;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_that_never_arrived_are_named_and_not_counted_as_checked() -> Result<(), SetupError>
{
    let stack = TestStack::start().await?;
    let photographer = stack.photographer("meadow").await?;
    let day = picture_day(&photographer, 1).await?.day;
    let mut camera = Shooting::small(1);
    for seed in 0..3 {
        camera.frame(Subject::Portrait { seed })?;
    }
    let uploads = photographer.register(&day, "A", &camera.files).await?;
    assert_eq!(photographer.put(&uploads[0], camera.files[0].bytes.clone()).await?.status, 200);
    let path = format!("/v1/picture-days/{day}/photos");
    for _ in 0..100 {
        if counts(&photographer, &day).await?["checked"] == 1 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(200)).await;
    }
    let now = counts(&photographer, &day).await?;
    assert_eq!((&now["checked"], &now["waiting"]), (&json!(1), &json!(2)), "{now}");
    assert_eq!((&now["arrived"], &now["missing"]), (&json!(0), &json!(0)), "{now}");

    stack.advance_seconds(20 * 60);
    let now = counts(&photographer, &day).await?;
    assert_eq!((&now["checked"], &now["waiting"]), (&json!(1), &json!(0)), "{now}");
    assert_eq!((&now["arrived"], &now["missing"]), (&json!(0), &json!(2)), "{now}");
    let photos = photographer.all(&path).await?;
    let missing: std::collections::BTreeSet<_> = photos
        .iter()
        .filter(|photo| photo["state"] == "missing")
        .map(|photo| photo["name"].as_str().unwrap_or_default())
        .collect();
    let lost: std::collections::BTreeSet<_> =
        camera.files[1..].iter().map(|file| file.name.as_str()).collect();
    assert_eq!(missing, lost);

    // Sent again, they arrive.
    photographer.upload(&day, "A", camera.files.clone()).await?;
    let photos = settle(&photographer, &day).await?;
    assert!(photos.iter().all(|photo| photo["state"] == "checked"), "{photos:?}");
    assert_eq!(counts(&photographer, &day).await?["missing"], 0);
    stack.stop().await;
    Ok(())
}
