//! External programs that a studio trusts by their identity provider. The owner adds, lists and revokes them in a
//! browser.

use domain::text::Line;
use domain::trusted_issuer::{Claim, Issuer, ProgramOfIssuer};
use platform::http::request::{fresh_bits, json as read_json, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::records::schools::Created;
use platform::records::trusted_issuers::{LabelledIssuer, NewTrustedIssuer, trust};
use platform::store::page::List;
use platform::wire::scopes::scopes;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A program to trust.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewIssuer {
    /// The program's name: 1 to 120 characters.
    name: String,
    /// `iss` of its tokens: Entra tenant (version 2.0), Google, Firebase project, Cognito pool or GitHub Actions.
    issuer: String,
    /// `aud` of its tokens: exactly one value.
    audience: String,
    /// `sub` of its tokens: the program's own account.
    subject: String,
    /// The allowed scopes: `read`, `schools:write`, `rosters:write`, `photos:write`, `galleries:write`.
    scopes: Vec<String>,
}

/// A trusted program.
#[derive(Serialize, ToSchema)]
struct TrustedIssuerView {
    /// The id that revokes the trust.
    id: String,
    name: String,
    issuer: String,
    audience: String,
    subject: String,
    scopes: Vec<&'static str>,
    created_at: String,
}

impl From<LabelledIssuer> for TrustedIssuerView {
    fn from(labelled: LabelledIssuer) -> Self {
        let LabelledIssuer { trusted, label, program } = labelled;
        Self {
            id: trusted.id.to_string(),
            name: label.into(),
            issuer: program.issuer.into(),
            audience: program.audience.into(),
            subject: program.subject.into(),
            scopes: trusted.scopes.iter().map(|scope| scope.name()).collect(),
            created_at: rfc3339(trusted.created_at),
        }
    }
}

impl NewIssuer {
    fn read(self, bits: [u8; 16]) -> Result<NewTrustedIssuer, ApiError> {
        let invalid = |code, field| ApiError::Invalid { code, field };
        let label = Line::parse(&self.name).map_err(|error| invalid(error.code(), "name"))?;
        let program = ProgramOfIssuer {
            issuer: Issuer::parse(&self.issuer).map_err(|_| invalid("unknown_issuer", "issuer"))?,
            audience: Claim::parse(&self.audience).map_err(|_| invalid("bad_claim", "audience"))?,
            subject: Claim::parse(&self.subject).map_err(|_| invalid("bad_claim", "subject"))?,
        };
        let scopes = scopes(&self.scopes)?;
        Ok(NewTrustedIssuer { label, program, scopes, bits })
    }
}

/// Serves `/v1/trusted-issuers` and `/v1/trusted-issuers/{issuer}`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/trusted-issuers" => list(app, request).await,
        "POST /v1/trusted-issuers" => add(app, request).await,
        "DELETE /v1/trusted-issuers/{issuer}" => revoke(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Lists the trusted programs.
#[utoipa::path(get, path = "/v1/trusted-issuers", tag = "programs",
    responses((status = 200, description = "The programs.", body = List<TrustedIssuerView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let trusted = sign_in::owner(app, &request).await?.store.trusted_issuers().await?;
    json(StatusCode::OK, &List::whole(trusted.into_iter().map(TrustedIssuerView::from).collect()))
}

/// Trusts a program that signs in with tokens of its identity provider.
///
/// The program sends such a token as `Authorization: Bearer`. It must be signed with RS256 and be valid for one day
/// at most. Requires a fresh second factor.
#[utoipa::path(post, path = "/v1/trusted-issuers", tags = ["programs", "fresh-second-factor"], request_body = NewIssuer,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, description = "The program is let in.", body = TrustedIssuerView), Problems))]
async fn add(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let proof = owner.fresh_second_factor()?;
    let new: NewIssuer = read_json(&request)?;
    let bits = fresh_bits(app, &request, owner.person_id().as_str()).await?;
    match trust(&owner.store, proof, new.read(bits)?).await? {
        Created::Done(made) => json(StatusCode::CREATED, &TrustedIssuerView::from(made)),
        Created::Differs => Err(ApiError::Conflict("idempotency_key_reused")),
    }
}

/// Revokes the trust in a program, from the next request on.
#[utoipa::path(delete, path = "/v1/trusted-issuers/{issuer}", tag = "programs",
    params(("issuer" = String, Path)),
    responses((status = 204, description = "The program is shut out."), Problems))]
async fn revoke(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let is_revoked = owner.store.distrust(&path_id(&request, "issuer")?).await?;
    if is_revoked { Ok(no_content()) } else { Err(ApiError::NotFound) }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(list, add, revoke))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
