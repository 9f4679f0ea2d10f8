//! Galleries: the photographer builds them, the families open them.

use std::collections::{BTreeMap, BTreeSet};

use domain::gallery::{ExpiryChange, ExpiryError, GalleryState, expiry};
use domain::ids::{GalleryId, PictureDayId, StudentId};
use domain::picture_day::PictureDay;
use domain::school::School;
use domain::student::Student;
use platform::access::stores::StudioStore;
use platform::http::request::{json as read_json, paging, path_id, query, route};
use platform::http::response::{Problems, json};
use platform::jiff::Timestamp;
use platform::lambda_http::http::StatusCode;
use platform::records::galleries::{
    BuildOutcome, BuildRequest, DayGallery, OpenGallery, ShownPhoto, StartedBuilds,
};
use platform::sign_in::{self, GalleryVisitor};
use platform::store::objects::Rendition;
use platform::store::page::List;
use platform::store::untrusted::Untrusted;
use platform::wire::student::display_name;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

/// Galleries to build and publish.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGalleries {
    /// Where to publish: `hosted`.
    target: String,
    /// When the galleries expire: a date (`2026-12-24`, shown until its end at the school), or an RFC 3339 time.
    ///
    /// Absent: unchanged, and expired galleries are not rebuilt. `null`: the galleries never expire.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    expires_at: NewExpiry,
    /// Only these galleries of the day; all when absent.
    galleries: Option<Vec<String>>,
}

/// The value of `expires_at` in a request.
#[derive(Default)]
enum NewExpiry {
    /// The member is absent.
    #[default]
    Absent,
    /// The member is `null`.
    Null,
    /// The member is a string.
    Text(String),
}

/// Deserializes a member that is present: `null` or a string.
fn present<'de, D: Deserializer<'de>>(value: D) -> Result<NewExpiry, D::Error> {
    Ok(Option::<String>::deserialize(value)?.map_or(NewExpiry::Null, NewExpiry::Text))
}

/// The galleries that are being built, and counts of what is left out.
#[derive(Serialize, ToSchema)]
struct GalleriesStarted {
    galleries: Vec<GalleryView>,
    /// Doubtful photos that are left out until a person has checked them.
    photos_held_back: u32,
    /// Expired galleries that were not rebuilt; a new `expires_at` builds them again.
    ended: u32,
}

/// A gallery.
#[derive(Serialize, ToSchema)]
struct GalleryView {
    id: String,
    picture_day_id: String,
    student_id: String,
    student_name: Option<String>,
    /// `draft`, `building`, `published`, `expired`, or `withdrawn`.
    ///
    /// `expired`: its expiry time has passed. `withdrawn`: it was published, and none of its photos belongs to the
    /// student now. A family reads `published` while its gallery is rebuilt.
    #[schema(value_type = String)]
    state: GalleryState,
    /// Photos in the published gallery; during a build, photos it will contain.
    photos_total: u32,
    /// Photos in the published gallery; during a build, photos that are finished.
    photos_done: u32,
    expires_at: Option<String>,
    picture_day: DayView,
    /// Changes that the studio has not published yet; for the studio only.
    #[serde(flatten)]
    changes: ChangesView,
    /// Only when one gallery is requested.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos: Option<Vec<GalleryPhotoView>>,
    /// Photos added since the last publication; only when the studio requests one gallery.
    #[serde(skip_serializing_if = "Option::is_none")]
    waiting_photos: Option<Vec<GalleryPhotoView>>,
}

/// The differences between a student's photos and the last publication; empty for a family.
#[derive(Default, Serialize, ToSchema)]
struct ChangesView {
    /// Whether there are differences; a rebuild publishes the current photos.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<bool>,
    /// Photos added since the last publication; not shown before a rebuild.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos_waiting: Option<u32>,
    /// Published photos that no longer belong to the student; hidden since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos_removed: Option<u32>,
    /// Doubtful photos that are left out until a person has checked them.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos_held_back: Option<u32>,
    /// Whether a build made no progress for 15 minutes; a new build request continues it.
    #[serde(skip_serializing_if = "Option::is_none")]
    stalled: Option<bool>,
}

/// The picture day of a gallery.
#[derive(Serialize, ToSchema)]
struct DayView {
    date: String,
    kind: &'static str,
    school_name: String,
    /// The school's IANA time zone.
    time_zone: String,
}

/// A photo of a gallery, with presigned URLs.
///
/// The URLs expire after five minutes, and after one minute for a family and its guests. Request the gallery again
/// for new URLs.
#[derive(Serialize, ToSchema)]
struct GalleryPhotoView {
    id: String,
    /// 400 pixels on the longer side.
    thumbnail_url: String,
    /// 1200 pixels on the longer side, watermarked.
    proof_url: String,
    /// 2048 pixels on the longer side; for the photographer only.
    web_url: Option<String>,
    /// Width of the upright photo in pixels.
    width: u32,
    /// Height of the upright photo in pixels.
    height: u32,
}

/// Serves `/v1/galleries`, `/v1/galleries/{gallery}` and `/v1/picture-days/{day}/galleries`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/galleries" => list(app, request).await,
        "GET /v1/galleries/{gallery}" => show(app, request).await,
        "POST /v1/picture-days/{day}/galleries" => build(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists a photographer's galleries of a picture day, or the galleries that a parent may open.
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

/// Returns one gallery with its photos.
///
/// Its studio, its family and a guest with a token for it may read it.
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

/// Starts to build a gallery for every student who has a photo, or rebuilds some galleries.
///
/// The old content stays visible until the build is finished. Repeating the request is harmless.
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

/// Parses the gallery ids of a request; an empty list is refused.
fn named(galleries: Option<Vec<String>>) -> Result<Option<BTreeSet<GalleryId>>, ApiError> {
    let read = |id: String| GalleryId::parse(&id).map_err(|_| UNKNOWN_GALLERY);
    match galleries {
        None => Ok(None),
        Some(ids) if ids.is_empty() => Err(UNKNOWN_GALLERY),
        Some(ids) => ids.into_iter().map(read).collect::<Result<_, _>>().map(Some),
    }
}

/// Returns the expiry change that a request asks for. A date is a date of the school's calendar.
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

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
