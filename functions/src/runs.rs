//! Runs of a picture day: which of them a person must check, and that person's confirmation.

use std::collections::BTreeMap;

use domain::ids::PhotoKind;
use platform::http::request::{json as read_json, paging, path_id, query, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::records::photos::{ConfirmationOutcome, RunState};
use platform::store::page::List;
use platform::wire::run::{RunView, run_view};
use platform::wire::student::display_name;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A confirmation that all photos of a run belong to its student.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RunConfirmation {
    /// The version of the run that the person checked.
    version: String,
}

/// The result of a confirmation.
#[derive(Serialize, ToSchema)]
struct RunConfirmationView {
    /// The run's id.
    id: String,
    /// `confirmed`.
    state: &'static str,
    /// The number of photos that are decided.
    photos: usize,
}

/// Serves `/v1/picture-days/{day}/runs` and `/v1/runs/{run}/confirmation`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/picture-days/{day}/runs" => list(app, request).await,
        "POST /v1/runs/{run}/confirmation" => confirm(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the runs of a picture day in capture order, doubtful ones first.
#[utoipa::path(get, path = "/v1/picture-days/{day}/runs", tag = "photos",
    params(("day" = String, Path),
        ("state" = Option<String>, Query, description = "`doubtful`, `read` or `confirmed`: these alone"),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of runs.", body = List<RunView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let day = store.picture_day(&path_id(&request, "day")?).await?.ok_or(ApiError::NotFound)?;
    let only = match query(&request, "state").as_deref() {
        None => None,
        Some("doubtful") => Some(RunState::Doubtful),
        Some("read") => Some(RunState::Read),
        Some("confirmed") => Some(RunState::Confirmed),
        Some(_) => return Err(ApiError::Invalid { code: "unknown_state", field: "state" }),
    };
    let page = store.runs(&day, only, paging(&request)?).await?;
    let students = store.enrolled(&day.school_id, day.school_year()).await?;
    let names: BTreeMap<_, _> =
        students.iter().map(|student| (student.id.clone(), display_name(student))).collect();
    let mut items = Vec::with_capacity(page.items.len());
    for run in page.items {
        let name = names.get(&run.student).cloned().unwrap_or_default();
        items.push(run_view(store, run, name).await?);
    }
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Confirms that all photos of the run show its student. Idempotent.
#[utoipa::path(post, path = "/v1/runs/{run}/confirmation", tag = "photos", request_body = RunConfirmation,
    params(("run" = String, Path)),
    responses((status = 200, description = "The run is confirmed.", body = RunConfirmationView), Problems))]
async fn confirm(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let id = path_id::<PhotoKind>(&request, "run")?;
    let run = store.card_run(&id).await?.ok_or(ApiError::NotFound)?;
    let confirmation: RunConfirmation = read_json(&request)?;
    match store.confirm_run(&run, &confirmation.version).await? {
        ConfirmationOutcome::Changed => Err(ApiError::Conflict("run_changed")),
        ConfirmationOutcome::Confirmed => {
            let answer = RunConfirmationView {
                id: run.card.id.to_string(),
                state: "confirmed",
                photos: run.photos.len(),
            };
            json(StatusCode::OK, &answer)
        }
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, confirm))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
