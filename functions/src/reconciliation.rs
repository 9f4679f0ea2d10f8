//! Reconciliation of a picture day: students without photos, photos without students, cards that need a check.

use std::collections::{BTreeMap, BTreeSet};

use domain::ids::PhotoId;
use domain::matching::{Reconciliation, reconcile};
use domain::photo::Photo;
use domain::picture_day::PictureDay;
use domain::student::Student;
use platform::access::stores::StudioStore;
use platform::http::request::{paging, path_id, query, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::records::photos::PhotoRow;
use platform::store::page::{List, Paging};
use platform::wire::photo::{PhotoView, photo_view};
use platform::wire::student::StudentView;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::Serialize;
use utoipa::ToSchema;

/// The reconciliation of a picture day: counts, and the first page of each list.
///
/// `list` returns the other pages.
#[derive(Serialize, ToSchema)]
struct ReconciliationView {
    /// Students without a photo.
    students_without_photo: Vec<StudentView>,
    /// Photos that show no card and have no student.
    unmatched: Vec<PhotoView>,
    /// Cards of this day that were photographed.
    cards_seen: usize,
    /// Cards that were photographed and whose student has no photo.
    cards_without_photos: Vec<CardView>,
    /// Frames with an unreadable card.
    unreadable_cards: Vec<PhotoView>,
    /// Frames with a card of another picture day.
    foreign_cards: Vec<PhotoView>,
    /// The first students who missed the day; a retake is for them.
    retakes: Vec<String>,
    /// Refused photos.
    refused: Vec<PhotoView>,
    /// Photos that were registered and have not arrived.
    not_arrived: Vec<PhotoView>,
    /// The totals of all lists.
    counts: ReconciliationCounts,
}

/// A card without photos.
#[derive(Serialize, ToSchema)]
struct CardView {
    /// The code in its printed form.
    code: String,
    /// The student of the card.
    student_id: String,
}

/// Totals for the whole day.
#[derive(Serialize, ToSchema)]
struct ReconciliationCounts {
    students: usize,
    photographed: usize,
    photos: usize,
    /// Runs that a person must check.
    doubtful: usize,
    students_without_photo: usize,
    unmatched: usize,
    cards_without_photos: usize,
    unreadable_cards: usize,
    foreign_cards: usize,
    refused: usize,
    not_arrived: usize,
}

/// The whole answer, or one page of one list.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum ReconciliationAnswer {
    /// The answer without `list`.
    All(Box<ReconciliationView>),
    /// The answer with `list`.
    Page(List<ReconciliationItem>),
}

/// An item of a list.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
enum ReconciliationItem {
    /// An item of `students_without_photo`.
    Student(StudentView),
    /// An item of `cards_without_photos`.
    Card(CardView),
    /// An item of any other list.
    Photo(Box<PhotoView>),
}

/// One of the reconciliation lists.
#[derive(Clone, Copy)]
enum LackList {
    Students,
    Cards,
    Photos(PhotoList),
}

/// A list of photos that need a check.
#[derive(Clone, Copy)]
enum PhotoList {
    Unmatched,
    Unreadable,
    Foreign,
    Refused,
    NotArrived,
}

impl LackList {
    fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "students_without_photo" => Self::Students,
            "cards_without_photos" => Self::Cards,
            "unmatched" => Self::Photos(PhotoList::Unmatched),
            "unreadable_cards" => Self::Photos(PhotoList::Unreadable),
            "foreign_cards" => Self::Photos(PhotoList::Foreign),
            "refused" => Self::Photos(PhotoList::Refused),
            "not_arrived" => Self::Photos(PhotoList::NotArrived),
            _ => return None,
        })
    }
}

impl PhotoList {
    fn of(self, found: &Reconciliation) -> &[PhotoId] {
        match self {
            Self::Unmatched => &found.unmatched,
            Self::Unreadable => &found.unreadable_cards,
            Self::Foreign => &found.foreign_cards,
            Self::Refused => &found.refused,
            Self::NotArrived => &found.not_arrived,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Unmatched => "unmatched",
            Self::Unreadable => "unreadable_cards",
            Self::Foreign => "foreign_cards",
            Self::Refused => "refused",
            Self::NotArrived => "not_arrived",
        }
    }
}

/// Serves `/v1/picture-days/{day}/reconciliation`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/picture-days/{day}/reconciliation" => show(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Returns what a picture day still lacks.
///
/// To read a list beyond its first page, pass its name and the `cursor` of the page before: `list=unmatched`.
#[utoipa::path(get, path = "/v1/picture-days/{day}/reconciliation", tag = "photos",
    params(("day" = String, Path),
        ("list" = Option<String>, Query, description = "`students_without_photo`, `unmatched`, \
            `cards_without_photos`, `unreadable_cards`, `foreign_cards`, `refused` or `not_arrived`"),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "What is missing.", body = ReconciliationAnswer), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let day = store.picture_day(&path_id(&request, "day")?).await?.ok_or(ApiError::NotFound)?;
    let unknown = ApiError::Invalid { code: "unknown_list", field: "list" };
    let list = match query(&request, "list") {
        None => None,
        Some(name) => Some(LackList::parse(&name).ok_or(unknown)?),
    };
    let paging = paging(&request)?;
    let lacks = Lacks::read(store, &day).await?;
    let answer = match list {
        None => ReconciliationAnswer::All(Box::new(lacks.all(&Paging::first(paging.limit)).await?)),
        Some(list) => ReconciliationAnswer::Page(lacks.page(list, &paging).await?),
    };
    json(StatusCode::OK, &answer)
}

/// The reconciliation, computed from all rows of the day.
struct Lacks<'a> {
    store: &'a StudioStore,
    students: Vec<Student>,
    rows: BTreeMap<PhotoId, PhotoRow>,
    found: Reconciliation,
}

impl<'a> Lacks<'a> {
    async fn read(store: &'a StudioStore, day: &PictureDay) -> Result<Self, ApiError> {
        let students = store.enrolled(&day.school_id, day.school_year()).await?;
        let rows = store.all_photos(day).await?;
        let cards = store.camera_cards(day).await?;
        store.log_reconciliation(day).await?;
        let photos: Vec<Photo> = rows.iter().map(|row| row.photo.clone()).collect();
        let ids: BTreeSet<_> = students.iter().map(|student| student.id.clone()).collect();
        let found = reconcile(&photos, &cards, &ids);
        let rows = rows.into_iter().map(|row| (row.photo.id.clone(), row)).collect();
        Ok(Self { store, students, rows, found })
    }

    /// Returns the counts and the first page of every list.
    async fn all(&self, first: &Paging) -> Result<ReconciliationView, ApiError> {
        let students = self.students_without_photo(first)?.items;
        let photos = async |list: PhotoList| -> Result<Vec<PhotoView>, ApiError> {
            Ok(self.photos(list, first).await?.items)
        };
        Ok(ReconciliationView {
            retakes: students.iter().map(|student| student.id.clone()).collect(),
            students_without_photo: students,
            unmatched: photos(PhotoList::Unmatched).await?,
            cards_seen: self.found.cards_seen.len(),
            cards_without_photos: self.cards_without_photos(first)?.items,
            unreadable_cards: photos(PhotoList::Unreadable).await?,
            foreign_cards: photos(PhotoList::Foreign).await?,
            refused: photos(PhotoList::Refused).await?,
            not_arrived: photos(PhotoList::NotArrived).await?,
            counts: self.counts(),
        })
    }

    async fn page(
        &self,
        list: LackList,
        paging: &Paging,
    ) -> Result<List<ReconciliationItem>, ApiError> {
        Ok(match list {
            LackList::Students => {
                self.students_without_photo(paging)?.map(ReconciliationItem::Student)
            }
            LackList::Cards => self.cards_without_photos(paging)?.map(ReconciliationItem::Card),
            LackList::Photos(list) => {
                let page = self.photos(list, paging).await?;
                page.map(|photo| ReconciliationItem::Photo(Box::new(photo)))
            }
        })
    }

    fn students_without_photo(&self, paging: &Paging) -> Result<List<StudentView>, ApiError> {
        let missing = &self.found.students_without_photo;
        let students = self.students.iter().filter(|student| missing.contains(&student.id));
        let mut students: Vec<_> = students.collect();
        students.sort_by(|one, other| one.id.cmp(&other.id));
        let page = paging.page("students_without_photo", students, |it| it.id.to_string())?;
        Ok(page.map(|student| StudentView::from(student.clone())))
    }

    fn cards_without_photos(&self, paging: &Paging) -> Result<List<CardView>, ApiError> {
        let mut cards: Vec<_> = self.found.cards_without_photos.iter().collect();
        // Sorted by student: a card's code must not appear in a URL (the cursor).
        cards.sort_by(|one, other| one.student.cmp(&other.student));
        let page = paging.page("cards_without_photos", cards, |it| it.student.to_string())?;
        Ok(page.map(|card| CardView {
            code: card.code.grouped(),
            student_id: card.student.to_string(),
        }))
    }

    async fn photos(&self, list: PhotoList, paging: &Paging) -> Result<List<PhotoView>, ApiError> {
        // In the order of their ids, like the rows.
        let ids = list.of(&self.found).iter().collect();
        let page = paging.page(list.name(), ids, ToString::to_string)?;
        let mut items = Vec::with_capacity(page.items.len());
        for row in page.items.into_iter().filter_map(|id| self.rows.get(id)) {
            items.push(photo_view(self.store, row.clone()).await?);
        }
        Ok(List { items, next_cursor: page.next_cursor })
    }

    fn counts(&self) -> ReconciliationCounts {
        let (found, rows) = (&self.found, self.rows.values());
        let held_back = rows.clone().filter(|row| row.is_held_back());
        let doubtful: BTreeSet<_> = held_back.filter_map(|row| row.run.as_ref()).collect();
        ReconciliationCounts {
            students: self.students.len(),
            photographed: found.photographed.len(),
            photos: rows.filter(|row| row.shows_someone()).count(),
            doubtful: doubtful.len(),
            students_without_photo: found.students_without_photo.len(),
            unmatched: found.unmatched.len(),
            cards_without_photos: found.cards_without_photos.len(),
            unreadable_cards: found.unreadable_cards.len(),
            foreign_cards: found.foreign_cards.len(),
            refused: found.refused.len(),
            not_arrived: found.not_arrived.len(),
        }
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(show))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
