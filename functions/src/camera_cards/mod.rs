//! Printable camera cards: one for each student, and spares for children who are not on the roster.

pub mod pdf;

use std::collections::BTreeMap;

use domain::camera_card::{CardCode, Holder};
use domain::ids::StudentId;
use domain::picture_day::PictureDay;
use domain::student::Student;
use platform::access::stores::StudioStore;
use platform::http::request::{header, paging, path_id, query, route};
use platform::http::response::{Problems, json, typed};
use platform::lambda_http::http::StatusCode;
use platform::store::page::List;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Serialize;
use utoipa::ToSchema;

use pdf::{CardToPrint, Paper, PrintedHolder, Sheet};

/// A camera card.
#[derive(Serialize, ToSchema)]
struct CameraCardView {
    /// The ten symbols; the QR code's text is `PD-` followed by them.
    code: String,
    /// The student of the card; `null` on a spare.
    student: Option<CardStudent>,
    /// The spare's number; `null` on a student's card.
    spare: Option<u16>,
}

/// The student of a card.
#[derive(Serialize, ToSchema)]
struct CardStudent {
    id: String,
    given_name: String,
    family_name: String,
    class: Option<String>,
}

/// Serves `/v1/picture-days/{day}/camera-cards`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/picture-days/{day}/camera-cards" => cards(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Returns the cards of a picture day: a PDF if `Accept` requests it, otherwise a page as JSON.
#[utoipa::path(get, path = "/v1/picture-days/{day}/camera-cards", tag = "picture days",
    params(("day" = String, Path), ("paper" = Option<String>, Query, description = "`letter` (default) or `a4`"),
        ("format" = Option<String>, Query, description = "`pdf` where a link cannot set Accept"),
        ("limit" = Option<i32>, Query, description = "1 to 200; a PDF has all cards"),
        ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "The cards.",
        content((List<CameraCardView> = "application/json"), (String = "application/pdf"))), Problems))]
async fn cards(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let day = store.picture_day(&path_id(&request, "day")?).await?.ok_or(ApiError::NotFound)?;
    let paper = match query(&request, "paper").as_deref() {
        None | Some("letter") => Paper::Letter,
        Some("a4") => Paper::A4,
        Some(_) => return Err(ApiError::Invalid { code: "bad_paper", field: "paper" }),
    };
    let accept = header(&request, "accept").unwrap_or_default();
    let wants_pdf =
        query(&request, "format").as_deref() == Some("pdf") || accept.contains("application/pdf");
    if !wants_pdf {
        let paging = paging(&request)?;
        let (codes, students) = cards_with_names(store, &day).await?;
        let page = paging.page_by_number("cards", codes)?;
        store.log_cards_printed(&day, page.items.len()).await?;
        let page = page.map(|(code, holder)| view(code, &holder, &students));
        return json(StatusCode::OK, &page);
    }
    let (codes, students) = cards_with_names(store, &day).await?;
    store.log_cards_printed(&day, codes.len()).await?;
    let school = store.school_of(&day).await?;
    let title = [school.name.as_str(), &day.date.to_string()].join(" – ");
    // Typesetting hundreds of cards takes a while, so it does not run on the async threads.
    let printed = tokio::task::spawn_blocking(move || print(paper, &title, codes, &students));
    let bytes = printed.await.map_err(ApiError::internal)?.map_err(ApiError::internal)?;
    Ok(typed(StatusCode::OK, "application/pdf", bytes))
}

type Students = BTreeMap<StudentId, Student>;

/// Returns the cards in the order they are handed out: by class, then by name; spares last.
async fn cards_with_names(
    store: &StudioStore,
    day: &PictureDay,
) -> Result<(Vec<(CardCode, Holder)>, Students), ApiError> {
    let students = store.enrolled(&day.school_id, day.school_year()).await?;
    let students: Students =
        students.into_iter().map(|student| (student.id.clone(), student)).collect();
    let mut cards: Vec<_> = store.camera_cards(day).await?.into_iter().collect();
    cards.sort_by_cached_key(|(_, holder)| match holder {
        Holder::Student(id) => (0_u8, students.get(id).map(Student::card_order), 0),
        Holder::Spare(number) => (1, None, *number),
    });
    Ok((cards, students))
}

fn view(code: CardCode, holder: &Holder, students: &Students) -> CameraCardView {
    let code = code.as_str().to_owned();
    match holder {
        Holder::Spare(number) => CameraCardView { code, student: None, spare: Some(*number) },
        Holder::Student(id) => {
            let student = students.get(id).map(|student| CardStudent {
                id: id.to_string(),
                given_name: student.details.given_name.clone(),
                family_name: student.details.family_name.clone(),
                class: student.enrolment.class.clone(),
            });
            CameraCardView { code, student, spare: None }
        }
    }
}

fn print(
    paper: Paper,
    title: &str,
    codes: Vec<(CardCode, Holder)>,
    students: &Students,
) -> Result<Vec<u8>, pdf::PdfError> {
    let holder = |holder| match holder {
        Holder::Spare(number) => Some(PrintedHolder::Spare(number)),
        Holder::Student(id) => students.get(&id).map(|student| PrintedHolder::Student {
            given_name: student.details.given_name.clone(),
            family_name: student.details.family_name.clone(),
            class: student.enrolment.class.clone(),
        }),
    };
    let cards: Vec<_> = codes
        .into_iter()
        .filter_map(|(code, whose)| Some(CardToPrint { code, holder: holder(whose)? }))
        .collect();
    pdf::cards(&Sheet { paper, title, cards: &cards })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(cards))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
