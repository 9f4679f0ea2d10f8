//! The schools a studio works for.

use domain::ids::{DistrictId, SchoolId};
use domain::school::{ParentAccess, School, Zone};
use domain::text::Line;
use platform::http::request::{Untrusted, fresh_bits, json as read_json, paging, path_id, route};
use platform::http::response::{List, Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::table::schools::Created;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A school to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSchool {
    /// Its district.
    district_id: String,
    /// What it is called: 1 to 120 characters.
    name: String,
    /// An IANA zone such as `America/Denver`; the studio's when absent.
    time_zone: Option<String>,
    /// `code` (default) or `approval`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    parent_access: ParentAccess,
}

/// A school.
#[derive(Serialize, ToSchema)]
struct SchoolView {
    id: String,
    district_id: String,
    name: String,
    time_zone: String,
    #[schema(value_type = String)]
    parent_access: ParentAccess,
}

impl From<School> for SchoolView {
    fn from(school: School) -> Self {
        Self {
            id: school.id.to_string(),
            district_id: school.district_id.to_string(),
            name: school.name.into(),
            time_zone: school.time_zone.into(),
            parent_access: school.parent_access,
        }
    }
}

/// `/v1/schools` and `/v1/schools/{school}`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/schools" => list(app, request).await,
        "POST /v1/schools" => create(app, request).await,
        "GET /v1/schools/{school}" => show(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// The studio's schools.
#[utoipa::path(get, path = "/v1/schools", tag = "schools",
    params(("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of schools.", body = List<SchoolView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let page = photographer.store.schools(paging(&request)?).await?;
    let items = page.items.into_iter().map(SchoolView::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Makes a school in a district.
#[utoipa::path(post, path = "/v1/schools", tag = "schools", request_body = NewSchool,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The school.", body = SchoolView), Problems))]
async fn create(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let new: NewSchool = read_json(&request)?;
    let name = Line::parse(&new.name)
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "name" })?;
    let unknown_district = ApiError::Invalid { code: "unknown_district", field: "district_id" };
    let Ok(district) = DistrictId::parse(&new.district_id) else {
        return Err(unknown_district);
    };
    let district = store.district(&Untrusted::new(district)).await?.ok_or(unknown_district)?;
    let zone = match new.time_zone {
        Some(zone) => zone,
        None => store.studio().await?.time_zone,
    };
    let time_zone = Zone::parse(&zone)
        .map_err(|_| ApiError::Invalid { code: "unknown_time_zone", field: "time_zone" })?;
    let bits = fresh_bits(app, &request, photographer.person_id().as_str()).await?;
    let school = School {
        id: SchoolId::from_random(bits),
        district_id: district.id,
        name,
        time_zone,
        parent_access: new.parent_access,
    };
    match store.create_school(school).await? {
        Created::Done(school) => json(StatusCode::CREATED, &SchoolView::from(school)),
        Created::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
    }
}

/// One school.
#[utoipa::path(get, path = "/v1/schools/{school}", tag = "schools",
    params(("school" = String, Path)),
    responses((status = 200, description = "The school.", body = SchoolView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let id = path_id(&request, "school")?;
    let school = photographer.store.school(&id).await?.ok_or(ApiError::NotFound)?;
    json(StatusCode::OK, &SchoolView::from(school))
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, create, show))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
