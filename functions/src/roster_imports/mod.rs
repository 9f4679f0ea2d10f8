//! Roster imports: a school's file of students is previewed, applied, and undone within a day.

mod asked;
mod row_views;
mod views;

use domain::ids::ImportId;
use domain::roster::RowDecision;
use platform::http::request::{fresh_bits, json as read_json, paging, path_id, query, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::RequestExt as _;
use platform::lambda_http::http::StatusCode;
use platform::records::roster_imports::managed::ManagedImport;
use platform::records::roster_imports::{
    Decided, Registered, RosterArrival, RosterImport, RowList, Turned, Uploaded,
};
use platform::store::page::List;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::roster_imports::asked::{ApplyImport, NewRosterUpload, RosterBody};
use crate::roster_imports::row_views::{RowView, SampleView};
use crate::roster_imports::views::{ImportSummary, ImportView};

/// Serves `/v1/schools/{school}/roster-imports` and `/v1/roster-imports/{import}` with what is below.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/schools/{school}/roster-imports" => Box::pin(upload(app, request)).await,
        "GET /v1/schools/{school}/roster-imports" => Box::pin(list(app, request)).await,
        "GET /v1/roster-imports/{import}" => show(app, request).await,
        "POST /v1/roster-imports/{import}/arrival" => Box::pin(arrive(app, request)).await,
        "GET /v1/roster-imports/{import}/sample" => Box::pin(sample(app, request)).await,
        "GET /v1/roster-imports/{import}/rows" => Box::pin(rows(app, request)).await,
        "PUT /v1/roster-imports/{import}/rows/{row}/decision" => {
            Box::pin(decide(app, request)).await
        }
        "POST /v1/roster-imports/{import}/apply" => Box::pin(apply(app, request)).await,
        "POST /v1/roster-imports/{import}/undo" => Box::pin(undo(app, request)).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Reads a roster into a preview. The school's data does not change.
///
/// The file is CSV in any encoding and with any separator, XLSX, XLS or ODS, with at most 100,000 rows. A file up to
/// 4 MB is the request body. For a file up to 64 MB the body is JSON that announces it. Then the answer is
/// `uploading` with a URL for a PUT, and after the upload the client calls `POST
/// /v1/roster-imports/{import}/arrival`.
///
/// More than 500 rows are compared in the background: poll until the state is `previewed`. `unclear` means that the
/// user must choose the columns or the order of names: see `GET /v1/roster-imports/{import}/sample`.
#[utoipa::path(post, path = "/v1/schools/{school}/roster-imports", tag = "roster imports",
    params(("school" = String, Path),
        ("scope" = Option<String>, Query, description = "`partial` (default): students who are not in the file stay. `whole`: they are no longer enrolled."),
        ("ids" = Option<String>, Query, description = "`keep` (default): ids that a spreadsheet has shortened stay as the school has them. `file`: they become those of the file."),
        ("mapping" = Option<String>, Query, description = "JSON: a column's name, or its place as `#1`, to given_name, family_name, school_issued_id, class, grade, teacher, full_name_last_first, full_name_first_last, role, status or ignore. Columns it does not name are found by their names. Without it, the columns chosen at the school's last import are tried first."),
        ("header_row" = Option<u32>, Query, description = "The row that names the columns; 0 for a file without one."),
        ("encoding" = Option<String>, Query, description = "The encoding of a text file, as `sample` names them."),
        ("sheet" = Option<String>, Query, description = "The sheet of a workbook."),
        ("Idempotency-Key" = Option<String>, Header)),
    request_body(content((String = "text/csv"), (NewRosterUpload = "application/json"))),
    responses((status = 201, description = "The preview, or where to send the file.", body = ImportView),
        (status = 202, description = "The file is being compared.", body = ImportView), Problems))]
async fn upload(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let school = visitor.school(&path_id(&request, "school")?).await?.managed()?;
    let sent = asked::sent(&request)?;
    let wishes = asked::wishes(&request)?;
    let bits = fresh_bits(app, &request, visitor.person_id().as_str()).await?;
    let id = ImportId::from_random(bits);
    match sent {
        RosterBody::File(file) => match school.upload_roster(id, file, wishes).await? {
            Uploaded::Import(import) => answer(StatusCode::CREATED, *import),
            Uploaded::Unreadable(error) => Err(asked::unreadable(&error)),
            Uploaded::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
        },
        RosterBody::Announced(upload) => match school.register_roster(id, &upload, wishes).await? {
            Registered::Send(import, put) => {
                let expires = views::upload_expires(app.now());
                let view = ImportView::from(*import).with_upload(put, expires);
                json(StatusCode::CREATED, &view)
            }
            Registered::Import(import) => answer(StatusCode::CREATED, *import),
            Registered::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
        },
    }
}

/// Lists the imports of a school, newest first.
#[utoipa::path(get, path = "/v1/schools/{school}/roster-imports", tag = "roster imports",
    params(("school" = String, Path),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of imports.", body = List<ImportSummary>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let school = visitor.school(&path_id(&request, "school")?).await?.managed()?;
    let page = Box::pin(school.roster_imports(paging(&request)?)).await?;
    let items = page.items.into_iter().map(ImportSummary::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// Returns the state of an import.
#[utoipa::path(get, path = "/v1/roster-imports/{import}", tag = "roster imports",
    params(("import" = String, Path)),
    responses((status = 200, description = "The import.", body = ImportView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let managed = open(app, &request).await?;
    json(StatusCode::OK, &ImportView::from(managed.import().clone()))
}

/// Reports that the file is in S3, and starts to read it in the background. Idempotent.
#[utoipa::path(post, path = "/v1/roster-imports/{import}/arrival", tag = "roster imports",
    params(("import" = String, Path)),
    responses((status = 200, description = "It was read already.", body = ImportView),
        (status = 202, description = "It is being read.", body = ImportView), Problems))]
async fn arrive(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match open(app, &request).await?.arrived().await? {
        RosterArrival::Import(import) => answer(StatusCode::OK, *import),
        RosterArrival::WrongState => Err(ApiError::Conflict("wrong_state")),
    }
}

/// Returns sample names, the possible encodings, the sheets, and the first rows of the file.
#[utoipa::path(get, path = "/v1/roster-imports/{import}/sample", tag = "roster imports",
    params(("import" = String, Path)),
    responses((status = 200, description = "The sample.", body = SampleView), Problems))]
async fn sample(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let managed = open(app, &request).await?;
    let sample = Box::pin(managed.sample()).await?;
    json(StatusCode::OK, &SampleView::from(sample.unwrap_or_default()))
}

/// Lists the rows of a preview of one kind.
#[utoipa::path(get, path = "/v1/roster-imports/{import}/rows", tag = "roster imports",
    params(("import" = String, Path),
        ("kind" = Option<String>, Query, description = "added, changed, conflict, unchanged, left, duplicate, refused, skipped; warned: rows to look at, whatever else they are; or kept: rows that were left alone when applying or undoing"),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "A page of rows.", body = List<RowView>), Problems))]
async fn rows(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let managed = open(app, &request).await?;
    let list = match query(&request, "kind") {
        None => RowList::All,
        Some(kind) => RowList::parse(&kind)
            .ok_or(ApiError::Invalid { code: "bad_rows_kind", field: "kind" })?,
    };
    let page = Box::pin(managed.rows(list, paging(&request)?)).await?;
    let items = page.items.into_iter().map(RowView::from).collect();
    json(StatusCode::OK, &List { items, next_cursor: page.next_cursor })
}

/// A decision about a conflicting row.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDecision {
    /// `use`, `use_without_id` or `leave_out`.
    ///
    /// `use`: the id belongs to this row. `use_without_id`: the row is another child, read without an id.
    /// `leave_out`: nothing is written for the row.
    #[schema(value_type = String)]
    decision: RowDecision,
}

/// Decides about a conflicting row.
///
/// An undecided row is left out when the import is applied.
#[utoipa::path(put, path = "/v1/roster-imports/{import}/rows/{row}/decision", tag = "roster imports",
    params(("import" = String, Path), ("row" = u32, Path, description = "the row as a spreadsheet shows it")),
    request_body = NewDecision,
    responses((status = 200, description = "The row.", body = RowView), Problems))]
async fn decide(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let managed = open(app, &request).await?;
    let row = request.path_parameters().first("row").and_then(|row| row.parse().ok());
    let row: u32 = row.ok_or(ApiError::NotFound)?;
    let asked: NewDecision = read_json(&request)?;
    match Box::pin(managed.decide(row, asked.decision)).await? {
        Decided::Row(row) => json(StatusCode::OK, &RowView::from(*row)),
        Decided::NotThere => Err(ApiError::NotFound),
        Decided::WrongState => Err(ApiError::Conflict("wrong_state")),
        Decided::Claimed => Err(ApiError::Conflict("id_claimed")),
    }
}

/// Writes a preview to the school. Idempotent.
///
/// If a whole roster would remove more than 5 % of the school, `confirm_left` must repeat the number. More than 500
/// students are written in the background: poll the import until its state is `applied`.
#[utoipa::path(post, path = "/v1/roster-imports/{import}/apply", tag = "roster imports",
    params(("import" = String, Path)), request_body = ApplyImport,
    responses((status = 200, description = "Applied.", body = ImportView),
        (status = 202, description = "It is being applied.", body = ImportView), Problems))]
async fn apply(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let managed = open(app, &request).await?;
    let asked = asked::apply(&request)?;
    turned(managed.apply(asked.confirm_left).await?)
}

/// Undoes an import within a day.
///
/// Students that were changed since then stay as they are: `kept`.
#[utoipa::path(post, path = "/v1/roster-imports/{import}/undo", tag = "roster imports",
    params(("import" = String, Path)),
    responses((status = 200, description = "Undone.", body = ImportView),
        (status = 202, description = "It is being undone.", body = ImportView), Problems))]
async fn undo(app: &'static App, request: Request) -> Result<Response, ApiError> {
    turned(open(app, &request).await?.undo().await?)
}

/// Returns the import of the path, if the caller may manage its school's roster.
async fn open(app: &'static App, request: &Request) -> Result<ManagedImport, ApiError> {
    let visitor = sign_in::school_visitor(app, request).await?;
    visitor.roster_import(&path_id(request, "import")?).await
}

fn turned(turned: Turned) -> Result<Response, ApiError> {
    match turned {
        Turned::Import(import) => answer(StatusCode::OK, *import),
        Turned::WrongState => Err(ApiError::Conflict("wrong_state")),
        Turned::SchoolChanged => Err(ApiError::Conflict("school_changed")),
        Turned::SchoolBusy => Err(ApiError::Conflict("school_busy")),
        Turned::LeftUnconfirmed => {
            Err(ApiError::Invalid { code: "left_unconfirmed", field: "confirm_left" })
        }
        Turned::EncodingUnsure => Err(ApiError::Conflict("encoding_unsure")),
        Turned::TooOld => Err(ApiError::Conflict("preview_too_old")),
        Turned::UndoIsOver => Err(ApiError::Conflict("undo_is_over")),
    }
}

/// Answers with the import: status `done` when it is at rest, 202 while it is being processed.
fn answer(done: StatusCode, import: RosterImport) -> Result<Response, ApiError> {
    let status = if import.state.is_under_way() { StatusCode::ACCEPTED } else { done };
    json(status, &ImportView::from(import))
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(upload, list, show, arrive, sample, rows, decide, apply, undo))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
