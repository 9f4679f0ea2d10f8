//! Registration of photos before their upload; the bytes go directly to S3.

use data_encoding::BASE64;
use domain::photo::{CameraLabel, PictureType};
use domain::text::clean;
use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::{Problems, json};
use platform::jiff::{SignedDuration, Timestamp};
use platform::lambda_http::http::StatusCode;
use platform::records::photos::{NewFile, Registration};
use platform::store::objects::PUT_LIVES_SECONDS;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The maximum number of files in one request.
const MOST_FILES: usize = 100;
/// The maximum size of a photo in bytes: 50 MiB. Source: control E06.
const MOST_BYTES: u64 = 50 * 1024 * 1024;
/// The maximum length of a file name in characters, the same as in file systems.
const MOST_NAME: usize = 255;

/// The files of one camera.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUploads {
    /// The photographer's name for the camera: 1 to 20 letters, digits, spaces, hyphens, underscores.
    camera: String,
    /// 1 to 100 files.
    files: Vec<FileToUpload>,
}

/// A file to upload.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FileToUpload {
    /// The file's name.
    name: String,
    /// The file's length in bytes.
    bytes: u64,
    /// Base64 of the file's SHA-256.
    sha256: String,
    /// `image/jpeg` or `image/png` in any usual spelling.
    ///
    /// If it is absent or unknown, the extension of the name decides. If both name another type, the file is refused
    /// with advice.
    #[serde(default)]
    content_type: Option<String>,
}

/// What to do with each file, in the order of the request.
#[derive(Serialize, ToSchema)]
struct Uploads {
    uploads: Vec<UploadView>,
}

/// What to do with one file.
#[derive(Serialize, ToSchema)]
#[serde(tag = "status", rename_all = "snake_case")]
enum UploadView {
    /// Upload the bytes.
    Upload {
        photo_id: String,
        /// Always `PUT`.
        method: &'static str,
        /// The presigned URL, valid for 15 minutes.
        url: String,
        /// The exact headers to set; the HTTP stack sets the length.
        headers: BTreeMap<String, String>,
        /// When the URL expires.
        expires_at: String,
    },
    /// The bytes are already stored.
    Duplicate { photo_id: String },
    /// The file is refused.
    Refused {
        /// Absent if the file was not registered because its name, length or hash is invalid.
        #[serde(skip_serializing_if = "Option::is_none")]
        photo_id: Option<String>,
        /// The reason: a stable code.
        reason: String,
        /// The invalid value, if there is one: `files[7].name`.
        #[serde(skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
}

/// Serves `/v1/picture-days/{day}/uploads`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/picture-days/{day}/uploads" => register(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Registers files of one camera and returns what to do for each.
///
/// Registration is idempotent: the same bytes get `duplicate`, or the same `photo_id` with a new URL. A file that was
/// refused before is checked again. An invalid file is refused alone; the others are registered.
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

/// A value that prevents the registration of a file.
struct WrongValue {
    field: &'static str,
    reason: &'static str,
}

/// Parses a file's description. A refused file is stored with the reason, so that the photographer sees it.
fn parse(file: &FileToUpload) -> Result<NewFile, WrongValue> {
    let too_long = WrongValue { field: "name", reason: "file_name_too_long" };
    // Checked before cleaning, which may remove tags; a character has at most four bytes.
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

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
