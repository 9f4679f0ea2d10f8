//! Galleries: built by the photographer, opened by the family they are for.

use std::collections::{BTreeMap, BTreeSet};

use domain::gallery::{ExpiryChange, ExpiryError, GalleryState, expiry};
use domain::ids::{GalleryId, PictureDayId, StudentId};
use domain::picture_day::PictureDay;
use domain::school::School;
use domain::student::Student;
use platform::http::request::{Untrusted, json as read_json, paging, path_id, query, route};
use platform::http::response::{List, Problems, json};
use platform::jiff::Timestamp;
use platform::lambda_http::http::StatusCode;
use platform::objects::Rendition;
use platform::scope::StudioStore;
use platform::sign_in::{self, GalleryVisitor};
use platform::table::galleries::{
    BuildOutcome, BuildRequest, DayGallery, OpenGallery, ShownPhoto, StartedBuilds,
};
use platform::wire::student::display_name;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Galleries to be built, and published when they are.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGalleries {
    /// Where they are published: `hosted`.
    target: String,
    /// When they stop being shown: a date, shown to its end at the school (`2026-12-24`), or a time in RFC 3339.
    /// Absent: unchanged, and galleries that have ended are left alone. `null`: they have no end any more.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    expires_at: NewExpiry,
    /// These galleries of the day only; all when absent.
    galleries: Option<Vec<String>>,
}

/// What a request says of the end of its galleries.
#[derive(Default)]
enum NewExpiry {
    /// Nothing.
    #[default]
    Absent,
    /// `null`.
    Null,
    /// A text.
    Text(String),
}

/// A member that is there: `null` or a text.
fn present<'de, D: Deserializer<'de>>(value: D) -> Result<NewExpiry, D::Error> {
    Ok(Option::<String>::deserialize(value)?.map_or(NewExpiry::Null, NewExpiry::Text))
}

/// The galleries that are being built, and what was left out.
#[derive(Serialize, ToSchema)]
struct GalleriesStarted {
    galleries: Vec<GalleryView>,
    /// Doubtful photos that stay out until a person has looked at them.
    photos_held_back: u32,
    /// Galleries that have ended and were left alone: `expires_at` builds them again.
    ended: u32,
}

/// A gallery.
#[derive(Serialize, ToSchema)]
struct GalleryView {
    id: String,
    picture_day_id: String,
    student_id: String,
    student_name: Option<String>,
    /// `draft`, `building`, `published`, `expired` (its end is over) or `withdrawn` (published, and no photo is the
    /// student's any more). A family reads `published` while its gallery is built again.
    #[schema(value_type = String)]
    state: GalleryState,
    /// Photos it shows; while it is being built, photos it will show.
    photos_total: u32,
    /// Photos it shows; while it is being built, photos that are done.
    photos_done: u32,
    expires_at: Option<String>,
    picture_day: DayView,
    /// What its studio has still to decide; for the studio only.
    #[serde(flatten)]
    changes: ChangesView,
    /// Only where one gallery is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos: Option<Vec<GalleryPhotoView>>,
    /// Photos that came since it was published; only where its studio asks for one gallery.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_photos: Option<Vec<GalleryPhotoView>>,
}

/// How a student's photos differ from what was published last; nothing of it for a family.
#[derive(Default, Serialize, ToSchema)]
struct ChangesView {
    /// Whether they differ: building the gallery again publishes what is there now.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<bool>,
    /// Photos that came since: not shown before the gallery is built again.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos_waiting: Option<u32>,
    /// Photos that were published and are not the student's any more: not shown since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos_removed: Option<u32>,
    /// Doubtful photos that stay out until a person has looked at them.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos_held_back: Option<u32>,
    /// Whether it is being built and has not moved for a quarter of an hour: building it again goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    stalled: Option<bool>,
}

/// The picture day of a gallery.
#[derive(Serialize, ToSchema)]
struct DayView {
    date: String,
    kind: &'static str,
    school_name: String,
    /// The school's zone.
    time_zone: String,
}

/// A photo of a gallery, with addresses that work for five minutes, and for one minute at a family and its guests: ask
/// for the gallery again when one is over.
#[derive(Serialize, ToSchema)]
struct GalleryPhotoView {
    id: String,
    /// 400 pixels.
    thumbnail_url: String,
    /// 1200 pixels, watermarked.
    proof_url: String,
    /// 2048 pixels; for the photographer only.
    web_url: Option<String>,
    /// Pixels of the upright photo.
    width: u32,
    /// Pixels of the upright photo.
    height: u32,
}

/// `/v1/galleries`, `/v1/galleries/{gallery}` and `/v1/picture-days/{day}/galleries`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/galleries" => list(app, request).await,
        "GET /v1/galleries/{gallery}" => show(app, request).await,
        "POST /v1/picture-days/{day}/galleries" => build(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// A photographer's galleries of a picture day, or a page of the galleries a parent may open.
#[utoipa::path(get, path = "/v1/galleries", tag = "galleries",
    params(("picture_day" = Option<String>, Query, description = "Photographers say which day"),
        ("limit" = Option<i32>, Query, description = "1 to 200"), ("cursor" = Option<String>, Query)),
    responses((status = 200, description = "The galleries.", body = List<GalleryView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let page = match sign_in::gallery_visitor(app, &request).await? {
        GalleryVisitor::Photographer(photographer) => {
            let field = "picture_day";
            let day = query(&request, field)
                .ok_or(ApiError::Invalid { code: "no_picture_day", field })?;
            let day = PictureDayId::parse(&day).map_err(|_| ApiError::NotFound)?;
            let store = &photographer.store;
            let day = store.picture_day(&Untrusted::new(day)).await?.ok_or(ApiError::NotFound)?;
            let page = store.galleries(&day, paging(&request)?).await?;
            let items = views(store, &day, &page.items).await?;
            List { items, next_cursor: page.next_cursor }
        }
        GalleryVisitor::Parent(parent) => {
            parent.galleries(paging(&request)?).await?.map(|open| GalleryView::of(&open))
        }
        GalleryVisitor::Guest(_) => return Err(ApiError::NotFound),
    };
    json(StatusCode::OK, &page)
}

async fn views(
    store: &StudioStore,
    day: &PictureDay,
    galleries: &[DayGallery],
) -> Result<Vec<GalleryView>, ApiError> {
    let school = store.school_of(day).await?;
    let students = store.enrolled(&day.school_id, day.school_year()).await?;
    let students: BTreeMap<StudentId, Student> =
        students.into_iter().map(|student| (student.id.clone(), student)).collect();
    let now = store.app().now();
    let view = |gallery: &DayGallery| {
        let student = students.get(&gallery.gallery.student);
        let state = gallery.state_at(now.as_second());
        let view = GalleryView::new(gallery, state, student, day, &school);
        GalleryView { changes: ChangesView::new(gallery, now), ..view }
    };
    Ok(galleries.iter().map(view).collect())
}

/// One gallery with its photos: for its studio, for the family it is for, or for a guest it was given to.
#[utoipa::path(get, path = "/v1/galleries/{gallery}", tag = "galleries", params(("gallery" = String, Path)),
    responses((status = 200, description = "The gallery.", body = GalleryView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let (open, is_photographer) = match sign_in::gallery_visitor(app, &request).await? {
        GalleryVisitor::Photographer(photographer) => {
            let open = photographer.store.gallery(&path_id(&request, "gallery")?).await?;
            (open.ok_or(ApiError::NotFound)?, true)
        }
        GalleryVisitor::Parent(parent) => {
            (parent.gallery(&path_id(&request, "gallery")?).await?, false)
        }
        GalleryVisitor::Guest(guest) => {
            (guest.gallery(&path_id(&request, "gallery")?).await?, false)
        }
    };
    let photos = Some(photo_views(&open, &open.photos, is_photographer).await?);
    let view = GalleryView { photos, ..GalleryView::of(&open) };
    if !is_photographer {
        return json(StatusCode::OK, &view);
    }
    let waiting_photos = Some(photo_views(&open, &open.waiting, is_photographer).await?);
    let changes = ChangesView::new(&open.now, app.now());
    json(StatusCode::OK, &GalleryView { changes, waiting_photos, ..view })
}

async fn photo_views(
    open: &OpenGallery,
    shown: &[ShownPhoto],
    is_photographer: bool,
) -> Result<Vec<GalleryPhotoView>, ApiError> {
    let mut photos = Vec::with_capacity(shown.len());
    for photo in shown {
        let web_url =
            if is_photographer { Some(open.url(photo, Rendition::Web).await?) } else { None };
        photos.push(GalleryPhotoView {
            id: photo.id.to_string(),
            thumbnail_url: open.url(photo, Rendition::Thumbnail).await?,
            proof_url: open.url(photo, Rendition::Proof).await?,
            web_url,
            width: photo.size.0,
            height: photo.size.1,
        });
    }
    Ok(photos)
}

/// Starts building a gallery for every student who has a photo, or some galleries again: what is there now is shown
/// when they are built. Asking again is harmless.
#[utoipa::path(post, path = "/v1/picture-days/{day}/galleries", tag = "galleries",
    request_body = NewGalleries, params(("day" = String, Path)),
    responses((status = 202, description = "They are being built.", body = GalleriesStarted), Problems))]
async fn build(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let photographer = sign_in::photographer(app, &request).await?;
    let store = &photographer.store;
    let day = store.picture_day(&path_id(&request, "day")?).await?.ok_or(ApiError::NotFound)?;
    let new: NewGalleries = read_json(&request)?;
    if new.target != "hosted" {
        return Err(ApiError::Invalid { code: "unknown_target", field: "target" });
    }
    let request = BuildRequest {
        galleries: named(new.galleries)?,
        expiry: expiry_change(store, &day, new.expires_at).await?,
    };
    let started = match store.build_galleries(&day, &request).await? {
        BuildOutcome::Started(started) => started,
        BuildOutcome::UnknownGallery => return Err(UNKNOWN_GALLERY),
    };
    let StartedBuilds { galleries, held_back, ended } = started;
    if galleries.is_empty() {
        let only_held_back = ended == 0 && held_back > 0;
        return Err(ApiError::Conflict(match ended {
            0 if only_held_back => "all_held_back",
            0 => "nothing_to_build",
            1.. => "galleries_ended",
        }));
    }
    let galleries = views(store, &day, &galleries).await?;
    let started = GalleriesStarted { galleries, photos_held_back: held_back, ended };
    json(StatusCode::ACCEPTED, &started)
}

const UNKNOWN_GALLERY: ApiError = ApiError::Invalid { code: "unknown_gallery", field: "galleries" };

/// The galleries a request names.
fn named(galleries: Option<Vec<String>>) -> Result<Option<BTreeSet<GalleryId>>, ApiError> {
    let read = |id: String| GalleryId::parse(&id).map_err(|_| UNKNOWN_GALLERY);
    match galleries {
        None => Ok(None),
        Some(ids) if ids.is_empty() => Err(UNKNOWN_GALLERY),
        Some(ids) => ids.into_iter().map(read).collect::<Result<_, _>>().map(Some),
    }
}

/// What a request does to the end of its galleries. A date is one of the school's calendar.
async fn expiry_change(
    store: &StudioStore,
    day: &PictureDay,
    asked: NewExpiry,
) -> Result<ExpiryChange, ApiError> {
    let text = match asked {
        NewExpiry::Absent => return Ok(ExpiryChange::Unchanged),
        NewExpiry::Null => return Ok(ExpiryChange::Removed),
        NewExpiry::Text(text) => text,
    };
    let school = store.school_of(day).await?;
    let end = expiry(&text, &school.time_zone.zone(), store.app().now());
    end.map(ExpiryChange::At).map_err(|error| ApiError::Invalid {
        code: match error {
            ExpiryError::Form => "bad_expiry",
            ExpiryError::Past => "expiry_is_past",
        },
        field: "expires_at",
    })
}

impl ChangesView {
    fn new(gallery: &DayGallery, now: Timestamp) -> Self {
        let waiting = gallery.contents.waiting.len();
        Self {
            changed: Some(gallery.contents.is_changed()),
            photos_waiting: Some(u32::try_from(waiting).unwrap_or(u32::MAX)),
            photos_removed: Some(gallery.contents.removed),
            photos_held_back: Some(gallery.held_back),
            stalled: Some(gallery.gallery.is_stalled(now.as_second())),
        }
    }
}

impl GalleryView {
    fn new(
        now: &DayGallery,
        state: GalleryState,
        student: Option<&Student>,
        day: &PictureDay,
        school: &School,
    ) -> Self {
        let gallery = &now.gallery;
        let (photos_done, photos_total) = gallery.photo_counts(state, &now.contents);
        Self {
            id: gallery.id.to_string(),
            picture_day_id: day.id.to_string(),
            student_id: gallery.student.to_string(),
            student_name: student.map(display_name),
            state,
            photos_total,
            photos_done,
            expires_at: gallery.expires_at.map(rfc3339),
            picture_day: DayView {
                date: day.date.to_string(),
                kind: day.kind.name(),
                school_name: school.name.as_str().to_owned(),
                time_zone: school.time_zone.as_str().to_owned(),
            },
            changes: ChangesView::default(),
            photos: None,
            waiting_photos: None,
        }
    }

    fn of(open: &OpenGallery) -> Self {
        Self::new(&open.now, open.state, open.student.as_ref(), &open.day, &open.school)
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, show, build))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
