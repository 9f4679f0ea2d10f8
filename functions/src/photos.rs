//! The photos of a picture day, and their students.

use domain::ids::StudentId;
use platform::access::stores::StudioStore;
use platform::http::request::{json as read_json, paging, path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::records::photos::PhotoRow;
use platform::store::page::List;
use platform::store::untrusted::Untrusted;
use platform::wire::photo::{PhotoView, photo_view, photo_view_with};
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// The student of a photo.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Assignment {
    /// A student of the picture day's school.
    student_id: String,
}

/// Serves `/v1/picture-days/{day}/photos` and `/v1/photos/{photo}/student`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/picture-days/{day}/photos" => list(app, request).await,
        "PUT /v1/photos/{photo}/student" => assign(app, request).await,
        "DELETE /v1/photos/{photo}/student" => unassign(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the photos of a picture day.
#[utoipa::path(get, path = "/v1/picture-days/{day}/photos", tag = "photos",
    params(("day" = String, Path),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of photos.", body = List<PhotoView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let day = store.picture_day(&path_id(&request, "day")?).await?.ok_or(ApiError::NotFound)?;
    let page = store.photos(&day, paging(&request)?).await?;
    let uploads = store.uploads_in_storage(&day, &page.items).await?;
    let mut items = Vec::with_capacity(page.items.len());
    for photo in page.items {
        items.push(photo_view_with(store, photo, &uploads).await?);
    }
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Assigns the photo to a student.
///
/// Only another assignment by hand overrides it.
#[utoipa::path(put, path = "/v1/photos/{photo}/student", tag = "photos", request_body = Assignment,
    params(("photo" = String, Path)),
    responses((status = 200, description = "The photo.", body = PhotoView), Problems))]
async fn assign(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let photo = store.photo(&path_id(&request, "photo")?).await?.ok_or(ApiError::NotFound)?;
    let assignment: Assignment = read_json(&request)?;
    refuse_card(&photo)?;
    let unknown = ApiError::Invalid { code: "unknown_student", field: "student_id" };
    let Ok(student) = StudentId::parse(&assignment.student_id) else {
        return Err(unknown);
    };
    let day = store.picture_day_of(&photo).await?;
    if student.parent_part() != day.school_id.parent_part() {
        return Err(unknown);
    }
    let student =
        store.student(&Untrusted::new(student), day.school_year()).await?.ok_or(unknown)?;
    let is_done = store.assign_photo(&day, &photo, &student).await?;
    answer(store, &photo, is_done).await
}

/// Marks the photo as belonging to no student.
#[utoipa::path(delete, path = "/v1/photos/{photo}/student", tag = "photos", params(("photo" = String, Path)),
    responses((status = 200, description = "The photo.", body = PhotoView), Problems))]
async fn unassign(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let photo = store.photo(&path_id(&request, "photo")?).await?.ok_or(ApiError::NotFound)?;
    refuse_card(&photo)?;
    let day = store.picture_day_of(&photo).await?;
    let is_done = store.unassign_photo(&day, &photo).await?;
    answer(store, &photo, is_done).await
}

/// Refuses frames whose card was read. A frame with an unreadable card may be an ordinary photo, so it can be
/// assigned.
fn refuse_card(photo: &PhotoRow) -> Result<(), ApiError> {
    if photo.is_read_card() { Err(ApiError::Conflict("photo_is_card")) } else { Ok(()) }
}

/// Returns the photo as it is now; a photo that has not arrived yet cannot be assigned.
async fn answer(
    store: &StudioStore,
    photo: &PhotoRow,
    is_done: bool,
) -> Result<Response, ApiError> {
    if !is_done {
        return Err(ApiError::Conflict("wrong_state"));
    }
    let id = Untrusted::new(photo.id.clone());
    let photo = store.photo(&id).await?.ok_or(ApiError::NotFound)?;
    json(StatusCode::OK, &photo_view(store, photo).await?)
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, assign, unassign))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
