//! Galleries: built by the photographer, opened by the family they are for.

use std::collections::BTreeMap;

use domain::gallery::{Gallery, GalleryState};
use domain::ids::{PictureDayId, StudentId};
use domain::picture_day::PictureDay;
use domain::school::School;
use domain::student::Student;
use platform::http::request::{Untrusted, json as read_json, path_id, query, route};
use platform::http::response::{List, Problems, json};
use platform::jiff::Timestamp;
use platform::lambda_http::http::StatusCode;
use platform::objects::Rendition;
use platform::scope::StudioStore;
use platform::sign_in::{self, GalleryVisitor, Parent};
use platform::table::galleries::OpenGallery;
use platform::wire::student::display_name;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Galleries to be built.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewGalleries {
    /// Where they are published: `hosted`.
    target: String,
    /// When they stop being shown, in RFC 3339; never when absent.
    expires_at: Option<String>,
}

/// The galleries that are being built.
#[derive(Serialize, ToSchema)]
struct GalleriesStarted {
    galleries: Vec<GalleryView>,
}

/// A gallery.
#[derive(Serialize, ToSchema)]
struct GalleryView {
    id: String,
    picture_day_id: String,
    student_id: String,
    student_name: Option<String>,
    /// `draft`, `building`, `published`, `expired` or `withdrawn`.
    #[schema(value_type = String)]
    state: GalleryState,
    photos_total: u32,
    photos_done: u32,
    expires_at: Option<String>,
    picture_day: DayView,
    /// Only where one gallery is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    photos: Option<Vec<GalleryPhotoView>>,
}

/// The picture day of a gallery.
#[derive(Serialize, ToSchema)]
struct DayView {
    date: String,
    kind: &'static str,
    school_name: String,
}

/// A photo of a gallery, with addresses that work for five minutes.
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

/// A photographer's galleries of a picture day, or the galleries a parent may open.
#[utoipa::path(get, path = "/v1/galleries", tag = "galleries",
    params(("picture_day" = Option<String>, Query, description = "Photographers say which day")),
    responses((status = 200, description = "The galleries.", body = List<GalleryView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match sign_in::gallery_visitor(app, &request).await? {
        GalleryVisitor::Photographer(photographer) => {
            let field = "picture_day";
            let day = query(&request, field)
                .ok_or(ApiError::Invalid { code: "no_picture_day", field })?;
            let day = PictureDayId::parse(&day).map_err(|_| ApiError::NotFound)?;
            let store = &photographer.store;
            let day = store.picture_day(&Untrusted::new(day)).await?.ok_or(ApiError::NotFound)?;
            json(StatusCode::OK, &List::whole(galleries_of_day(store, &day).await?))
        }
        GalleryVisitor::Parent(parent) => {
            json(StatusCode::OK, &List::whole(galleries_of_parent(app, &parent).await?))
        }
        GalleryVisitor::Guest(_) => Err(ApiError::NotFound),
    }
}

async fn galleries_of_day(
    store: &StudioStore,
    day: &PictureDay,
) -> Result<Vec<GalleryView>, ApiError> {
    let galleries = store.all_galleries(day).await?;
    views(store, day, &galleries).await
}

async fn views(
    store: &StudioStore,
    day: &PictureDay,
    galleries: &[Gallery],
) -> Result<Vec<GalleryView>, ApiError> {
    let school = store.school_of(day).await?;
    let students = store.enrolled(&day.school_id, day.school_year()).await?;
    let students: BTreeMap<StudentId, Student> =
        students.into_iter().map(|student| (student.id.clone(), student)).collect();
    let now = store.app().now();
    let view = |gallery: &Gallery| {
        GalleryView::new(gallery, students.get(&gallery.student), day, &school, now)
    };
    Ok(galleries.iter().map(view).collect())
}

async fn galleries_of_parent(app: &App, parent: &Parent) -> Result<Vec<GalleryView>, ApiError> {
    let mut items = Vec::new();
    for student in parent.students().await? {
        for open in student.galleries().await? {
            items.push(GalleryView::of(&open, app.now()));
        }
    }
    Ok(items)
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
    let mut photos = Vec::with_capacity(open.photos.len());
    for photo in &open.photos {
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
    let view = GalleryView { photos: Some(photos), ..GalleryView::of(&open, app.now()) };
    json(StatusCode::OK, &view)
}

/// Starts building a gallery for every student who has a photo. Asking again is harmless.
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
    let expires_at = match new.expires_at {
        None => None,
        Some(text) => {
            let end: Option<Timestamp> = text.parse().ok();
            let end = end.filter(|end| *end > app.now());
            let bad = ApiError::Invalid { code: "bad_expiry", field: "expires_at" };
            Some(end.ok_or(bad)?.as_second())
        }
    };
    let galleries = store.build_galleries(&day, expires_at).await?;
    if galleries.is_empty() {
        return Err(ApiError::Conflict("nothing_to_build"));
    }
    let galleries = views(store, &day, &galleries).await?;
    json(StatusCode::ACCEPTED, &GalleriesStarted { galleries })
}

impl GalleryView {
    fn new(
        gallery: &Gallery,
        student: Option<&Student>,
        day: &PictureDay,
        school: &School,
        now: Timestamp,
    ) -> Self {
        Self {
            id: gallery.id.to_string(),
            picture_day_id: day.id.to_string(),
            student_id: gallery.student.to_string(),
            student_name: student.map(display_name),
            state: gallery.state_at(now.as_second()),
            photos_total: gallery.photos_total,
            photos_done: gallery.photos_done,
            expires_at: gallery.expires_at.map(rfc3339),
            picture_day: DayView {
                date: day.date.to_string(),
                kind: day.kind.name(),
                school_name: school.name.as_str().to_owned(),
            },
            photos: None,
        }
    }

    fn of(open: &OpenGallery, now: Timestamp) -> Self {
        Self::new(&open.gallery, open.student.as_ref(), &open.day, &open.school, now)
    }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, show, build))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
