//! A school's class lists.

use domain::picture_day::SchoolYear;
use platform::http::request::{paging, path_id, query, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::store::page::List;
use platform::wire::student::StudentView;
use platform::{ApiError, App, Request, Response, sign_in};

/// Serves `/v1/schools/{school}/students`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/schools/{school}/students" => list(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists a school's students of this school year, or of the year of `?on=2026-09-14`.
///
/// A teacher sees this year's students of their classes.
#[utoipa::path(get, path = "/v1/schools/{school}/students", tag = "students",
    params(("school" = String, Path), ("on" = Option<String>, Query, description = "A date of the school year"),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of students.", body = List<StudentView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let school = visitor.school(&path_id(&request, "school")?).await?;
    let year = match query(&request, "on") {
        Some(date) => date
            .parse()
            .map(SchoolYear::of)
            .map_err(|_| ApiError::Invalid { code: "bad_date", field: "on" })?,
        None => school.school().school_year_at(app.now()),
    };
    let page = school.students(year, paging(&request)?).await?;
    let items = page.items.into_iter().map(StudentView::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
