//! Uploads: registered first, then sent to storage exactly as announced, once.

use local::client::description;
use serde_json::json;
use testkit::camera::Subject;
use testkit::{SetupError, Shooting, TestStack, picture_day, settle};

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
