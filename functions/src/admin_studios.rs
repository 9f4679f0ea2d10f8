//! The studios of the platform, for site administrators.

use domain::ids::StudioKind;
use domain::school::{District, School};
use platform::http::request::{paging, path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::records::studios::StudioEntry;
use platform::store::page::{List, Paging};
use platform::{ApiError, App, Request, Response, operators};
use serde::Serialize;
use utoipa::ToSchema;

/// One studio.
#[derive(Serialize, ToSchema)]
struct StudioInList {
    #[serde(flatten)]
    studio: StudioEntry,
    /// A page of its schools; `limit` and `cursor` belong to this list.
    schools: List<SchoolOfStudio>,
    /// Up to 200 of its districts.
    districts: Vec<DistrictOfStudio>,
}

/// A school of a studio.
#[derive(Serialize, ToSchema)]
struct SchoolOfStudio {
    id: String,
    name: String,
    district_id: String,
}

/// A district of a studio.
#[derive(Serialize, ToSchema)]
struct DistrictOfStudio {
    id: String,
    name: String,
}

impl From<School> for SchoolOfStudio {
    fn from(school: School) -> Self {
        Self {
            id: school.id.to_string(),
            name: school.name.into(),
            district_id: school.district_id.to_string(),
        }
    }
}

impl From<District> for DistrictOfStudio {
    fn from(district: District) -> Self {
        Self { id: district.id.to_string(), name: district.name.into() }
    }
}

/// Serves `/v1/admin/studios`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/admin/studios" => list(app, request).await,
        "GET /v1/admin/studios/{studio}" => show(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists all studios.
///
/// The read is recorded in the platform's audit log.
#[utoipa::path(get, path = "/v1/admin/studios", tag = "site administration",
    params(("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of studios.", body = List<StudioEntry>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    json(StatusCode::OK, &operator.studios(paging(&request)?).await?)
}

/// Returns one studio with its districts and schools.
///
/// The read is recorded in the audit log of the studio.
#[utoipa::path(get, path = "/v1/admin/studios/{studio}", tag = "site administration",
    params(("studio" = String, Path), ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "The studio.", body = StudioInList), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let operator = operators::operator(app, &request).await?;
    let (studio, store) = operator.studio(&path_id::<StudioKind>(&request, "studio")?).await?;
    let schools = store.schools(paging(&request)?).await?;
    let districts = store.districts(Paging::first(200)).await?;
    let items = schools.items.into_iter().map(SchoolOfStudio::from).collect();
    let view = StudioInList {
        studio,
        schools: List { items, next_cursor: schools.next_cursor },
        districts: districts.items.into_iter().map(DistrictOfStudio::from).collect(),
    };
    json(StatusCode::OK, &view)
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, show))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
