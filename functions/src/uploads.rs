//! Photos are registered here before they are uploaded; the bytes go straight to storage.

use data_encoding::BASE64;
use domain::photo::{CameraLabel, PictureType};
use domain::text::clean;
use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::{Problems, json};
use platform::jiff::{SignedDuration, Timestamp};
use platform::lambda_http::http::StatusCode;
use platform::objects::PUT_LIVES_SECONDS;
use platform::table::photos::{NewFile, Registration};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// Files of one request at the most.
const MOST_FILES: usize = 100;
/// Bytes of a photo at the most: 50 MiB. Source: control E06.
const MOST_BYTES: u64 = 50 * 1024 * 1024;
/// Characters of a file name at the most, as file systems have it.
const MOST_NAME: usize = 255;

/// Files of one camera.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUploads {
    /// What the photographer calls the camera: 1 to 20 letters, digits, spaces, hyphens, underscores.
    camera: String,
    /// 1 to 100 files.
    files: Vec<FileToUpload>,
}

/// A file to be uploaded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileToUpload {
    /// What it is called.
    name: String,
    /// Its length.
    bytes: u64,
    /// Base64 of its SHA-256.
    sha256: String,
    /// `image/jpeg` or `image/png` in any usual spelling. Left out or unknown, the extension of the name counts; a file
    /// that both call something else is refused with what to do.
    #[serde(default)]
    content_type: Option<String>,
}

/// What is to be done with each file, in the order asked.
#[derive(Serialize, ToSchema)]
struct Uploads {
    uploads: Vec<UploadView>,
}

/// What is to be done with one file.
#[derive(Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
enum UploadView {
    /// Send the bytes.
    Upload {
        photo_id: String,
        /// Always `PUT`.
        method: &'static str,
        /// Where, for 15 minutes.
        url: String,
        /// Exactly what to set; the length is set by the HTTP stack.
        headers: BTreeMap<String, String>,
        /// When the address stops working.
        expires_at: String,
    },
    /// The bytes are in storage already.
    Duplicate { photo_id: String },
    /// It cannot be taken.
    Refused {
        /// Left out if it was not even registered: name, length or hash make no sense.
        #[serde(skip_serializing_if = "Option::is_none")]
        photo_id: Option<String>,
        /// Why: a stable code.
        reason: String,
        /// Which value is wrong, if one is: `files[7].name`.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
}

/// `/v1/picture-days/{day}/uploads`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/picture-days/{day}/uploads" => register(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Registers files of one camera and says for each what to do. Registering the same bytes again is harmless:
/// it answers `duplicate`, or the same `photo_id` with a new address. What was refused before is judged anew.
///
/// A file that makes no sense is refused by itself; the others are registered.
#[utoipa::path(post, path = "/v1/picture-days/{day}/uploads", tag = "photos", request_body = NewUploads,
    params(("day" = String, Path)),
    responses((status = 201, description = "What to do with each file.", body = Uploads), Problems))]
async fn register(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let day = store.picture_day(&path_id(&request, "day")?).await?.ok_or(ApiError::NotFound)?;
    let new: NewUploads = read_json(&request)?;
    let camera = CameraLabel::parse(&new.camera)
        .map_err(|_| ApiError::Invalid { code: "bad_camera", field: "camera" })?;
    if new.files.is_empty() {
        return Err(ApiError::Invalid { code: "no_files", field: "files" });
    }
    if new.files.len() > MOST_FILES {
        return Err(ApiError::Invalid { code: "too_many_files", field: "files" });
    }
    let parsed: Vec<_> = new.files.iter().map(parse).collect();
    let files: Vec<_> = parsed.iter().filter_map(|file| file.as_ref().ok()).cloned().collect();
    let mut registrations = store.register_photos(&day, &camera, &files).await?.into_iter();
    let lives = SignedDuration::from_secs(i64::try_from(PUT_LIVES_SECONDS).unwrap_or(0));
    let expires_at = app.now().checked_add(lives).unwrap_or(Timestamp::MAX);
    let uploads = parsed.iter().enumerate().filter_map(|(place, file)| match file {
        Ok(_) => registrations.next().map(|done| view(done, expires_at)),
        Err(wrong) => Some(UploadView::Refused {
            photo_id: None,
            reason: wrong.reason.to_owned(),
            field: Some(format!("files[{place}].{}", wrong.field)),
        }),
    });
    let uploads = uploads.collect();
    json(StatusCode::CREATED, &Uploads { uploads })
}

/// A value without which a file cannot be registered.
struct WrongValue {
    field: &'static str,
    reason: &'static str,
}

/// A file's text as types. A file that cannot be taken is kept with the reason, so that the photographer sees it.
fn parse(file: &FileToUpload) -> Result<NewFile, WrongValue> {
    let too_long = WrongValue { field: "name", reason: "file_name_too_long" };
    // Looked at before it is cleaned: a character has four bytes at the most, and tags may go.
    if file.name.len() > MOST_NAME * 16 {
        return Err(too_long);
    }
    let name = clean(&file.name);
    if name.is_empty() {
        return Err(WrongValue { field: "name", reason: "file_name_empty" });
    }
    if name.chars().count() > MOST_NAME {
        return Err(too_long);
    }
    let sha256 = BASE64.decode(file.sha256.as_bytes()).ok();
    let sha256 = sha256
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(WrongValue { field: "sha256", reason: "bad_sha256" })?;
    let declared = file.content_type.as_deref().unwrap_or_default();
    let picture_type = match PictureType::promised(declared, &name) {
        None => Err("type_not_supported"),
        Some(_) if file.bytes == 0 => Err("empty_file"),
        Some(_) if file.bytes > MOST_BYTES => Err("file_too_large"),
        Some(picture_type) => Ok(picture_type),
    };
    Ok(NewFile { name, bytes: file.bytes, sha256, picture_type })
}

fn view(done: Registration, expires_at: Timestamp) -> UploadView {
    match done {
        Registration::Upload { photo, put } => UploadView::Upload {
            photo_id: photo.to_string(),
            method: "PUT",
            url: put.url,
            headers: put.headers.into_iter().collect(),
            expires_at: expires_at.to_string(),
        },
        Registration::Duplicate { photo } => UploadView::Duplicate { photo_id: photo.to_string() },
        Registration::Refused { photo, reason } => {
            UploadView::Refused { photo_id: Some(photo.to_string()), reason, field: None }
        }
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(register))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
