//! The districts a studio works for.

use domain::ids::DistrictId;
use domain::school::District;
use domain::text::Line;
use platform::http::request::{fresh_bits, json as read_json, paging, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::records::schools::Created;
use platform::store::page::List;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A district to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDistrict {
    /// The district's name: 1 to 120 characters.
    name: String,
}

/// A district.
#[derive(Serialize, ToSchema)]
struct DistrictView {
    id: String,
    name: String,
}

impl From<District> for DistrictView {
    fn from(district: District) -> Self {
        Self { id: district.id.to_string(), name: district.name.into() }
    }
}

/// Serves `/v1/districts`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/districts" => list(app, request).await,
        "POST /v1/districts" => create(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the studio's districts.
#[utoipa::path(get, path = "/v1/districts", tag = "schools",
    params(("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of districts.", body = List<DistrictView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let page = photographer.store.districts(paging(&request)?).await?;
    let items = page.items.into_iter().map(DistrictView::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Creates a district.
#[utoipa::path(post, path = "/v1/districts", tag = "schools", request_body = NewDistrict,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The district.", body = DistrictView), Problems))]
async fn create(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let new: NewDistrict = read_json(&request)?;
    let name = Line::parse(&new.name)
        .map_err(|error| ApiError::Invalid { code: error.code(), field: "name" })?;
    let bits = fresh_bits(app, &request, photographer.person_id().as_str()).await?;
    let district = District { id: DistrictId::from_random(bits), name };
    match photographer.store.create_district(district).await? {
        Created::Done(district) => json(StatusCode::CREATED, &DistrictView::from(district)),
        Created::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, create))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
