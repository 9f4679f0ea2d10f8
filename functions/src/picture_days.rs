//! Picture days: planned at a school, tracked until every gallery is published.

use std::collections::BTreeMap;

use domain::ids::{PictureDayId, SchoolId};
use domain::picture_day::{PictureDay, PictureDayKind};
use domain::school::School;
use platform::access::stores::StudioStore;
use platform::http::request::{fresh_bits, json as read_json, paging, path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::records::schools::Created;
use platform::store::page::List;
use platform::store::untrusted::Untrusted;
use platform::wire::picture_day::PictureDayView;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

/// A picture day to plan.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPictureDay {
    /// The date on the school's calendar: `2026-09-14`.
    date: String,
    /// `fall`, `spring`, `retake`, `graduation` or `other`.
    kind: String,
    /// The id of the day that a retake repeats.
    repeats: Option<String>,
}

/// Serves `/v1/schools/{school}/picture-days`, `/v1/picture-days` and `/v1/picture-days/{day}`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/picture-days" => list(app, request).await,
        "GET /v1/picture-days/{day}" => show(app, request).await,
        "GET /v1/schools/{school}/picture-days" => list_of_school(app, request).await,
        "POST /v1/schools/{school}/picture-days" => create(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the studio's picture days.
#[utoipa::path(get, path = "/v1/picture-days", tag = "picture days",
    params(("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of picture days.", body = List<PictureDayView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let page = photographer.store.picture_days(paging(&request)?).await?;
    let items = views(&photographer.store, &page.items).await?;
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Returns one picture day with its progress.
#[utoipa::path(get, path = "/v1/picture-days/{day}", tag = "picture days", params(("day" = String, Path)),
    responses((status = 200, description = "The picture day.", body = PictureDayView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let day = store.picture_day(&path_id(&request, "day")?).await?.ok_or(ApiError::NotFound)?;
    let school = store.school_of(&day).await?;
    let counts = store.counts(&day).await?;
    json(StatusCode::OK, &PictureDayView::new(&day, &school, Some(counts)))
}

/// Lists a school's picture days, for its photographers and its staff.
#[utoipa::path(get, path = "/v1/schools/{school}/picture-days", tag = "picture days",
    params(("school" = String, Path),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of picture days.", body = List<PictureDayView>), Problems))]
async fn list_of_school(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let at = visitor.school(&path_id(&request, "school")?).await?;
    let page = at.picture_days(paging(&request)?).await?;
    let items = page.items.iter().map(|day| PictureDayView::new(day, at.school(), None)).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Plans a picture day at a school.
#[utoipa::path(post, path = "/v1/schools/{school}/picture-days", tag = "picture days",
    request_body = NewPictureDay,
    params(("school" = String, Path), ("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The picture day.", body = PictureDayView), Problems))]
async fn create(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let school = store.school(&path_id(&request, "school")?).await?.ok_or(ApiError::NotFound)?;
    let new: NewPictureDay = read_json(&request)?;
    let date =
        new.date.parse().map_err(|_| ApiError::Invalid { code: "bad_date", field: "date" })?;
    let kind = PictureDayKind::parse(&new.kind)
        .ok_or(ApiError::Invalid { code: "unknown_kind", field: "kind" })?;
    let repeats = match new.repeats {
        Some(id) => Some(repeated(store, &school, &id).await?),
        None => None,
    };
    let bits = fresh_bits(app, &request, photographer.person_id().as_str()).await?;
    let id = PictureDayId::from_random(bits);
    let day = PictureDay { id, school_id: school.id.clone(), date, kind, repeats };
    match store.create_picture_day(day).await? {
        Created::Done(day) => json(StatusCode::CREATED, &PictureDayView::new(&day, &school, None)),
        Created::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
    }
}

/// Finds the day that a retake repeats; it must be a day of the same school.
async fn repeated(
    store: &StudioStore,
    school: &School,
    id: &str,
) -> Result<PictureDayId, ApiError> {
    let unknown = ApiError::Invalid { code: "unknown_picture_day", field: "repeats" };
    let Ok(id) = PictureDayId::parse(id) else {
        return Err(unknown);
    };
    let day = store.picture_day(&Untrusted::new(id)).await?;
    day.filter(|day| day.school_id == school.id).map(|day| day.id).ok_or(unknown)
}

/// Builds the views; reads each school once.
async fn views(store: &StudioStore, days: &[PictureDay]) -> Result<Vec<PictureDayView>, ApiError> {
    let mut schools: BTreeMap<SchoolId, School> = BTreeMap::new();
    let mut views = Vec::with_capacity(days.len());
    for day in days {
        if !schools.contains_key(&day.school_id) {
            schools.insert(day.school_id.clone(), store.school_of(day).await?);
        }
        views.extend(
            schools.get(&day.school_id).map(|school| PictureDayView::new(day, school, None)),
        );
    }
    Ok(views)
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, show, list_of_school, create))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
