//! What a picture day still lacks: who has no photo, which photos have no student, which cards need a look.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::{PhotoId, StudentId};
use domain::matching::reconcile;
use domain::photo::Photo;
use domain::student::Student;
use platform::http::request::{path_id, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::scope::StudioStore;
use platform::table::photos::PhotoRow;
use platform::wire::photo::{PhotoView, photo_view};
use platform::wire::student::StudentView;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Serialize;
use utoipa::ToSchema;

/// What a picture day still lacks.
#[derive(Serialize, ToSchema)]
struct ReconciliationView {
    /// Students of whom there is no photo.
    students_without_photo: Vec<StudentView>,
    /// Photos that show no card and have no student.
    unmatched: Vec<PhotoView>,
    /// Cards of this day that were photographed.
    cards_seen: usize,
    /// Cards that were photographed, and of whose student there is no photo.
    cards_without_photos: Vec<CardView>,
    /// Frames whose card could not be read.
    unreadable_cards: Vec<PhotoView>,
    /// Frames with a card of another picture day.
    foreign_cards: Vec<PhotoView>,
    /// Students who missed the day: who a retake is for.
    retakes: Vec<String>,
    /// Photos that were refused.
    refused: Vec<PhotoView>,
    /// Photos that were announced and have not arrived.
    not_arrived: Vec<PhotoView>,
    /// How many of each.
    counts: ReconciliationCounts,
}

/// A card without photos.
#[derive(Serialize, ToSchema)]
struct CardView {
    /// The code in its printed form.
    code: String,
    /// Whose card.
    student_id: String,
}

/// How many of each.
#[derive(Serialize, ToSchema)]
struct ReconciliationCounts {
    students: usize,
    photographed: usize,
    photos: usize,
    unmatched: usize,
    /// Runs that a person must look at.
    doubtful: usize,
}

/// `/v1/picture-days/{day}/reconciliation`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/picture-days/{day}/reconciliation" => show(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// What a picture day still lacks.
#[utoipa::path(get, path = "/v1/picture-days/{day}/reconciliation", tag = "photos",
    params(("day" = String, Path)),
    responses((status = 200, description = "What is missing.", body = ReconciliationView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let day = store.picture_day(&path_id(&request, "day")?).await?.ok_or(ApiError::NotFound)?;
    let students = store.enrolled(&day.school_id, day.school_year()).await?;
    let rows = store.all_photos(&day).await?;
    let cards = store.camera_cards(&day).await?;
    store.log_reconciliation(&day).await?;
    let photos: Vec<Photo> = rows.iter().map(|row| row.photo.clone()).collect();
    let ids: BTreeSet<_> = students.iter().map(|student| student.id.clone()).collect();
    let found = reconcile(&photos, &cards, &ids);
    let counts = ReconciliationCounts {
        students: ids.len(),
        photographed: found.photographed.len(),
        photos: rows.iter().filter(|row| row.shows_someone()).count(),
        unmatched: found.unmatched.len(),
        doubtful: rows
            .iter()
            .filter(|row| row.is_held_back())
            .filter_map(|row| row.run.as_ref())
            .collect::<BTreeSet<_>>()
            .len(),
    };
    let rows: BTreeMap<_, _> = rows.into_iter().map(|row| (row.photo.id.clone(), row)).collect();
    let views = |ids: &[PhotoId]| photo_views(store, &rows, ids.to_vec());
    let answer = ReconciliationView {
        retakes: found.students_without_photo.iter().map(ToString::to_string).collect(),
        unmatched: views(&found.unmatched).await?,
        unreadable_cards: views(&found.unreadable_cards).await?,
        foreign_cards: views(&found.foreign_cards).await?,
        refused: views(&found.refused).await?,
        not_arrived: views(&found.not_arrived).await?,
        cards_seen: found.cards_seen.len(),
        cards_without_photos: found
            .cards_without_photos
            .iter()
            .map(|card| CardView {
                code: card.code.grouped(),
                student_id: card.student.to_string(),
            })
            .collect(),
        students_without_photo: without_photo(students, &found.students_without_photo),
        counts,
    };
    json(StatusCode::OK, &answer)
}

fn without_photo(students: Vec<Student>, missing: &BTreeSet<StudentId>) -> Vec<StudentView> {
    students
        .into_iter()
        .filter(|student| missing.contains(&student.id))
        .map(StudentView::from)
        .collect()
}

async fn photo_views(
    store: &StudioStore,
    rows: &BTreeMap<PhotoId, PhotoRow>,
    ids: Vec<PhotoId>,
) -> Result<Vec<PhotoView>, ApiError> {
    let mut views = Vec::with_capacity(ids.len());
    for row in ids.iter().filter_map(|id| rows.get(id)) {
        views.push(photo_view(store, row.clone()).await?);
    }
    Ok(views)
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(show))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
