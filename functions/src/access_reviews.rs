//! Who and what can see data of a studio, for its owner to look through and to sign.

use domain::access_review::due_at;
use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::table::access_reviews::{
    AccessReport, Families, Listed, Review, sign_off, signed_by,
};
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The report.
#[derive(Serialize, ToSchema)]
struct AccessReviewView {
    /// What is signed off: a hash of every grant, families included.
    digest: String,
    /// How many grants there are, families counted one by one.
    count: u64,
    /// Everybody and everything but families.
    grants: Vec<GrantView>,
    /// Families by school; the access requests of the school list them one by one.
    families: Vec<FamiliesView>,
    /// The last review, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_review: Option<ReviewView>,
    /// Whether a review is due.
    is_due: bool,
}

/// Somebody or something that can see data of the studio.
#[derive(Serialize, ToSchema)]
struct GrantView {
    /// `owner`, `colleague`, `school_staff`, `api_key`, `trusted_issuer`, `directory`, `guest`, `invitation`.
    kind: &'static str,
    /// The id of the person, the key, the token or the invitation.
    id: String,
    /// An address or a label: of a guest, whoever gave the link.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    school_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    student_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    /// A teacher's classes, a program's scopes, a guest's gallery, a directory's district.
    reaches: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// When it was used last, where the system knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<String>,
    /// Whether it is there since the last review.
    is_new: bool,
}

/// How many families of a school see their child, or are on the way to.
#[derive(Serialize, ToSchema)]
struct FamiliesView {
    school_id: String,
    school: String,
    /// Who sees photos.
    active: u64,
    /// Who waits for the school, or has not consented yet.
    waiting: u64,
    /// Who asked since the last review.
    new: u64,
}

/// A review that was signed off.
#[derive(Serialize, ToSchema)]
struct ReviewView {
    at: String,
    /// The address of who signed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    digest: String,
    /// How many grants there were.
    count: u64,
    /// When the next one is due.
    due_at: String,
}

/// What is signed off.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignOff {
    /// The digest of the report that was looked at.
    digest: String,
}

/// `/v1/studio/access-review` and `/v1/studio/access-reviews`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/studio/access-review" => show(app, request).await,
        "POST /v1/studio/access-reviews" => sign(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Everybody and everything that can see data of the studio now, with what the last review says.
#[utoipa::path(get, path = "/v1/studio/access-review", tag = "staff",
    responses((status = 200, description = "The report.", body = AccessReviewView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let AccessReport { grants, families, count, digest, last } =
        owner.store.access_review(owner.person_id()).await?;
    let reviewed_at = last.as_ref().map(|review| review.at);
    let is_due = due_at(reviewed_at).is_none_or(|due| due <= app.now().as_second());
    let last_review = match &last {
        Some(review) => Some(review_view(app, review).await?),
        None => None,
    };
    let grants = grants.into_iter().map(|listed| grant_view(listed, reviewed_at)).collect();
    let families = families.into_iter().map(families_view).collect();
    let view = AccessReviewView { digest, count, grants, families, last_review, is_due };
    json(StatusCode::OK, &view)
}

/// Signs off the report that was looked at: exactly that one. Asks for a fresh second factor.
#[utoipa::path(post, path = "/v1/studio/access-reviews", tags = ["staff", "fresh-second-factor"],
    request_body = SignOff,
    responses((status = 201, description = "It is signed off.", body = ReviewView), Problems))]
async fn sign(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let proof = owner.fresh_second_factor()?;
    let SignOff { digest } = read_json(&request)?;
    let review = sign_off(&owner.store, proof, &digest).await?;
    json(StatusCode::CREATED, &review_view(app, &review).await?)
}

fn grant_view(listed: Listed, reviewed_at: Option<i64>) -> GrantView {
    let Listed { grant, name, last_seen } = listed;
    GrantView {
        is_new: grant.is_new(reviewed_at),
        kind: grant.kind.name(),
        id: grant.id,
        name,
        school_id: grant.school.map(|id| id.to_string()),
        student_id: grant.student.map(|id| id.to_string()),
        role: grant.role,
        reaches: grant.parts,
        since: grant.since.map(rfc3339),
        until: grant.until.map(rfc3339),
        last_seen_at: last_seen.map(rfc3339),
    }
}

fn families_view(families: Families) -> FamiliesView {
    FamiliesView {
        school_id: families.school.id.to_string(),
        school: families.school.name.into(),
        active: families.active,
        waiting: families.waiting,
        new: families.new,
    }
}

async fn review_view(app: &App, review: &Review) -> Result<ReviewView, ApiError> {
    Ok(ReviewView {
        at: rfc3339(review.at),
        by: signed_by(app, review).await?.map(String::from),
        digest: review.digest.clone(),
        count: review.grants,
        due_at: rfc3339(due_at(Some(review.at)).unwrap_or(review.at)),
    })
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(show, sign))]
struct Api;

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
