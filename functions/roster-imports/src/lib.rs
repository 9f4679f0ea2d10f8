//! Roster imports: a school's file of students is previewed, applied, and taken back within a day.

mod views;

use domain::ids::ImportId;
use domain::roster::{Mapping, RosterError};
use platform::http::request::{body, fresh_bits, header, paging, path_id, query, route};
use platform::http::response::{List, Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::table::roster_imports::managed::ManagedImport;
use platform::table::roster_imports::{RosterImport, RowList, Turned, Uploaded};
use platform::{ApiError, App, Request, Response, sign_in};

use crate::views::{ImportView, RowView};

/// What browsers and programs call a CSV file. Windows calls it Excel's once Excel is installed.
const TEXT_TYPES: [&str; 6] = [
    "text/csv",
    "application/csv",
    "text/plain",
    "text/tab-separated-values",
    "application/vnd.ms-excel",
    "application/octet-stream",
];
/// A workbook: it must be saved as CSV first.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `/v1/schools/{school}/roster-imports` and `/v1/roster-imports/{import}` with what is below.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "POST /v1/schools/{school}/roster-imports" => Box::pin(upload(app, request)).await,
        "GET /v1/roster-imports/{import}" => show(app, request).await,
        "GET /v1/roster-imports/{import}/rows" => Box::pin(rows(app, request)).await,
        "POST /v1/roster-imports/{import}/apply" => Box::pin(apply(app, request)).await,
        "POST /v1/roster-imports/{import}/undo" => Box::pin(undo(app, request)).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Reads a roster into a preview. Nothing of the school changes.
///
/// The file is CSV in any encoding and with any separator a spreadsheet writes, at most 4 MB and 20,000 rows.
/// More than 500 rows are compared in the background: ask again until the state is `previewed`.
#[utoipa::path(post, path = "/v1/schools/{school}/roster-imports", tag = "roster imports",
    params(("school" = String, Path),
        ("mapping" = Option<String>, Query, description = "JSON: a column's name to given_name, family_name, school_issued_id, class, grade, teacher or ignore. Columns it does not name are found by their names."),
        ("Idempotency-Key" = Option<String>, Header)),
    request_body(content = String, content_type = "text/csv"),
    responses((status = 201, description = "The preview.", body = ImportView),
        (status = 202, description = "The file is being compared.", body = ImportView), Problems))]
async fn upload(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let visitor = sign_in::school_visitor(app, &request).await?;
    let school = visitor.school(&path_id(&request, "school")?).await?.managed()?;
    let file = file(&request)?;
    let mapping = mapping(&request)?;
    let bits = fresh_bits(app, &request, visitor.person_id().as_str()).await?;
    let id = ImportId::from_random(bits);
    match school.upload_roster(id, file, mapping.as_ref()).await? {
        Uploaded::Import(import) => answer(StatusCode::CREATED, *import),
        Uploaded::Unreadable(error) => Err(unreadable(&error)),
        Uploaded::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
    }
}

/// How an import stands.
#[utoipa::path(get, path = "/v1/roster-imports/{import}", tag = "roster imports",
    params(("import" = String, Path)),
    responses((status = 200, description = "The import.", body = ImportView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let managed = open(app, &request).await?;
    json(StatusCode::OK, &ImportView::from(managed.import().clone()))
}

/// The rows of a preview, kind by kind.
#[utoipa::path(get, path = "/v1/roster-imports/{import}/rows", tag = "roster imports",
    params(("import" = String, Path),
        ("kind" = Option<String>, Query, description = "added, changed, unchanged, left, duplicate, refused, or kept: rows that were left alone when applying or undoing"),
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

/// Writes a preview to the school. Asking again does no harm.
///
/// More than 500 students are written in the background: ask for the import until its state is `applied`.
#[utoipa::path(post, path = "/v1/roster-imports/{import}/apply", tag = "roster imports",
    params(("import" = String, Path)),
    responses((status = 200, description = "Applied.", body = ImportView),
        (status = 202, description = "It is being applied.", body = ImportView), Problems))]
async fn apply(app: &'static App, request: Request) -> Result<Response, ApiError> {
    turned(open(app, &request).await?.apply().await?)
}

/// Takes an import back, within a day. Students that were changed since are left as they are: `kept`.
#[utoipa::path(post, path = "/v1/roster-imports/{import}/undo", tag = "roster imports",
    params(("import" = String, Path)),
    responses((status = 200, description = "Undone.", body = ImportView),
        (status = 202, description = "It is being undone.", body = ImportView), Problems))]
async fn undo(app: &'static App, request: Request) -> Result<Response, ApiError> {
    turned(open(app, &request).await?.undo().await?)
}

/// The import of the path, for whoever decides about its school's roster.
async fn open(app: &'static App, request: &Request) -> Result<ManagedImport, ApiError> {
    let visitor = sign_in::school_visitor(app, request).await?;
    visitor.roster_import(&path_id(request, "import")?).await
}

fn file(request: &Request) -> Result<&[u8], ApiError> {
    let content_type = header(request, "content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    if essence == WORKBOOK {
        return Err(unreadable(&RosterError::SpreadsheetNotCsv));
    }
    if !TEXT_TYPES.contains(&essence.as_str()) {
        return Err(ApiError::UnsupportedType);
    }
    let file = body(request);
    if file.len() > domain::roster::MAX_BYTES { Err(ApiError::TooLarge) } else { Ok(file) }
}

fn mapping(request: &Request) -> Result<Option<Mapping>, ApiError> {
    let Some(text) = query(request, "mapping") else {
        return Ok(None);
    };
    let bad_mapping = |_| ApiError::Invalid { code: "bad_mapping", field: "mapping" };
    serde_json::from_str(&text).map(Some).map_err(bad_mapping)
}

fn unreadable(error: &RosterError) -> ApiError {
    let field = match error {
        RosterError::MappingUnknownColumn { .. } | RosterError::MappingTwice { .. } => "mapping",
        RosterError::UnknownSheet { .. } => "sheet",
        RosterError::TooLarge { .. }
        | RosterError::UnpacksTooLarge { .. }
        | RosterError::TooManyRows { .. }
        | RosterError::Empty
        | RosterError::NoRows
        | RosterError::SpreadsheetNotCsv
        | RosterError::PasswordProtected
        | RosterError::SpreadsheetDamaged
        | RosterError::NotText
        | RosterError::NoHeader { .. }
        | RosterError::ChooseColumn { .. }
        | RosterError::ChooseNameOrder { .. } => "file",
    };
    ApiError::Invalid { code: error.code(), field }
}

fn turned(turned: Turned) -> Result<Response, ApiError> {
    match turned {
        Turned::Import(import) => answer(StatusCode::OK, *import),
        Turned::WrongState => Err(ApiError::Conflict("wrong_state")),
        Turned::SchoolChanged => Err(ApiError::Conflict("school_changed")),
        Turned::SchoolBusy => Err(ApiError::Conflict("school_busy")),
        Turned::TooOld => Err(ApiError::Conflict("preview_too_old")),
        Turned::UndoIsOver => Err(ApiError::Conflict("undo_is_over")),
    }
}

/// The import: with `done` when it stands still, with 202 while it goes on by itself.
fn answer(done: StatusCode, import: RosterImport) -> Result<Response, ApiError> {
    let status = if import.state.is_under_way() { StatusCode::ACCEPTED } else { done };
    json(status, &ImportView::from(import))
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(upload, show, rows, apply, undo))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}

#[cfg(test)]
mod tests {
    use platform::lambda_http::Body;
    use platform::lambda_http::RequestExt as _;
    use platform::lambda_http::http::Request as HttpRequest;

    use super::*;

    fn sent(content_type: &str, body: &str) -> Request {
        let request = HttpRequest::builder().header("content-type", content_type);
        request.body(Body::from(body)).unwrap()
    }

    #[test]
    fn what_windows_calls_a_csv_file_is_taken() {
        for content_type in ["text/csv; charset=utf-8", "application/vnd.ms-excel", "Text/CSV"] {
            assert_eq!(file(&sent(content_type, "a,b")).unwrap(), b"a,b");
        }
    }

    #[test]
    fn a_workbook_is_told_what_to_do_and_a_picture_is_not_taken() {
        let code = |content_type| file(&sent(content_type, "x")).unwrap_err().code();
        assert_eq!(code(WORKBOOK), "spreadsheet_not_csv");
        assert_eq!(code("image/png"), "unsupported_type");
        assert_eq!(code(""), "unsupported_type");
    }

    #[test]
    fn a_mapping_names_fields_that_exist() {
        let with = |text: &str| {
            let query = std::collections::HashMap::from([("mapping".to_owned(), text.to_owned())]);
            mapping(&sent("text/csv", "").with_query_string_parameters(query))
        };
        assert!(with(r#"{"Vorname": "given_name", "DOB": "ignore"}"#).unwrap().is_some());
        for bad in ["", "[]", r#"{"a": "birth_date"}"#, r#"{"a": 1}"#] {
            assert_eq!(with(bad).unwrap_err().code(), "bad_mapping", "{bad}");
        }
    }
}
