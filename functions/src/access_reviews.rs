//! The access review of a studio: everyone and everything that can see its data, for its owner to check and sign.

use domain::access_review::due_at;
use platform::http::request::{json as read_json, route};
use platform::http::response::{Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::records::access_reviews::{
    AccessReport, Families, Listed, Review, sign_off, signed_by,
};
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The access report of a studio.
#[derive(Serialize, ToSchema)]
struct AccessReviewView {
    /// The value to sign: a hash of every grant, families included.
    digest: String,
    /// The number of grants; each family counts as one.
    count: u64,
    /// All grants except families.
    grants: Vec<GrantView>,
    /// Families by school. The school's access requests list them one by one.
    families: Vec<FamiliesView>,
    /// The last review, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_review: Option<ReviewView>,
    /// Whether a review is due.
    is_due: bool,
}

/// A person, program or service that can see data of the studio.
#[derive(Serialize, ToSchema)]
struct GrantView {
    /// `owner`, `colleague`, `school_staff`, `api_key`, `trusted_issuer`, `directory`, `guest`, `invitation`.
    kind: &'static str,
    /// The id of the person, the key, the token or the invitation.
    id: String,
    /// An e-mail address or a label. For a guest: the address of the person who gave the link.
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    school_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    student_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    /// A teacher's classes, a program's scopes, a guest's gallery, or a directory's district.
    reaches: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    since: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    /// The time of the last use, where the system knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_seen_at: Option<String>,
    /// Whether the grant was added after the last review.
    is_new: bool,
}

/// How many families of one school see their child's photos, or wait for that.
#[derive(Serialize, ToSchema)]
struct FamiliesView {
    school_id: String,
    school: String,
    /// Families that see photos.
    active: u64,
    /// Families that wait for the school's approval, or have not consented yet.
    waiting: u64,
    /// Families that requested access since the last review.
    new: u64,
}

/// A signed review.
#[derive(Serialize, ToSchema)]
struct ReviewView {
    at: String,
    /// The e-mail address of the person who signed.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    digest: String,
    /// The number of grants at that time.
    count: u64,
    /// When the next one is due.
    due_at: String,
}

/// The report to sign.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignOff {
    /// The digest of the report that was checked.
    digest: String,
}

/// Serves `/v1/studio/access-review` and `/v1/studio/access-reviews`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/studio/access-review" => show(app, request).await,
        "POST /v1/studio/access-reviews" => sign(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Reports everyone and everything that can see data of the studio now, and the last review.
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

/// Signs exactly the report with this digest.
///
/// Requires a fresh second factor.
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

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
