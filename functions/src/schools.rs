//! The schools a studio works for: for its photographers and for the schools' staff.

use domain::ids::{DistrictId, SchoolId};
use domain::school::{ParentAccess, School, Zone};
use domain::school_staff::{Assignment, SchoolRole};
use domain::text::Line;
use platform::http::request::{fresh_bits, json as read_json, paging, path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::records::schools::Created;
use platform::store::page::List;
use platform::store::untrusted::Untrusted;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A school to create.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSchool {
    /// The id of its district.
    district_id: String,
    /// The school's name: 1 to 120 characters.
    name: String,
    /// An IANA zone such as `America/Denver`; the studio's when absent.
    time_zone: Option<String>,
    /// `code` (default) or `approval`.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    parent_access: ParentAccess,
}

/// Which approval families need before they see a gallery. An absent member stays unchanged.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewParentAccess {
    /// `code` or `approval`.
    #[schema(value_type = Option<String>)]
    parent_access: Option<ParentAccess>,
    /// Whether students of 18 and over may see their own galleries, each with the school's approval.
    ///
    /// Off until an administrator of the school switches it on.
    adult_students: Option<bool>,
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
    /// Whether students of 18 and over may see their own galleries.
    adult_students: bool,
    /// The caller's role, `administrator` or `teacher`; absent for the school's photographers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    role: Option<SchoolRole>,
    /// The caller's classes; empty unless the caller is a teacher.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<String>)]
    classes: Vec<Line>,
}

impl SchoolView {
    fn new(school: School, assignment: Option<&Assignment>) -> Self {
        Self {
            role: assignment.map(Assignment::role),
            classes: assignment.map(|it| it.classes().to_vec()).unwrap_or_default(),
            id: school.id.to_string(),
            district_id: school.district_id.to_string(),
            name: school.name.into(),
            time_zone: school.time_zone.into(),
            parent_access: school.parent_access,
            adult_students: school.adult_students,
        }
    }
}

/// Serves `/v1/schools` and `/v1/schools/{school}…`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/schools" => list(app, request).await,
        "POST /v1/schools" => create(app, request).await,
        "GET /v1/schools/{school}" => show(app, request).await,
        "PUT /v1/schools/{school}/parent-access" => set_parent_access(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the studio's schools; for school staff, the schools where they work.
#[utoipa::path(get, path = "/v1/schools", tag = "schools",
    params(("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of schools.", body = List<SchoolView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let page = visitor.schools(paging(&request)?).await?;
    let view = |(school, assignment): (School, Option<Assignment>)| {
        SchoolView::new(school, assignment.as_ref())
    };
    let items = page.items.into_iter().map(view).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Creates a school in a district.
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
        adult_students: false,
    };
    match store.create_school(school).await? {
        Created::Done(school) => json(StatusCode::CREATED, &SchoolView::new(school, None)),
        Created::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
    }
}

/// Returns one school.
#[utoipa::path(get, path = "/v1/schools/{school}", tag = "schools",
    params(("school" = String, Path)),
    responses((status = 200, description = "The school.", body = SchoolView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let school = visitor.school(&path_id(&request, "school")?).await?;
    json(StatusCode::OK, &SchoolView::new(school.school().clone(), school.assignment()))
}

/// Sets which approval families need before they see a gallery.
///
/// `code`: the share code and consent are enough. `approval`: the school must approve too. Requests made before
/// continue under the rule they started with.
#[utoipa::path(put, path = "/v1/schools/{school}/parent-access", tag = "schools",
    request_body = NewParentAccess, params(("school" = String, Path)),
    responses((status = 200, description = "The school.", body = SchoolView), Problems))]
async fn set_parent_access(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let school = visitor.school(&path_id(&request, "school")?).await?.managed()?;
    let new: NewParentAccess = read_json(&request)?;
    let school = school.set_parent_access(new.parent_access, new.adult_students).await?;
    json(StatusCode::OK, &SchoolView::new(school, None))
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, create, show, set_parent_access))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
