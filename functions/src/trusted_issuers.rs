//! The identity providers' programs that a studio trusts: added, listed, revoked by its owner, at a browser.

use domain::text::Line;
use domain::trusted_issuer::{Claim, Issuer, ProgramOfIssuer};
use platform::http::request::{fresh_bits, json as read_json, path_id, route};
use platform::http::response::{List, Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::table::schools::Created;
use platform::table::trusted_issuers::{LabelledIssuer, NewTrustedIssuer, trust};
use platform::wire::scopes::scopes;
use platform::wire::time::rfc3339;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A program to be trusted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewIssuer {
    /// What the program is called: 1 to 120 characters.
    name: String,
    /// `iss` of its tokens: a tenant of Entra (version 2.0), Google, a Firebase project, a Cognito pool, or GitHub
    /// Actions.
    issuer: String,
    /// `aud` of its tokens: one, and it alone.
    audience: String,
    /// `sub` of its tokens: the program's own account.
    subject: String,
    /// What it may do: `read`, `schools:write`, `rosters:write`, `photos:write`, `galleries:write`.
    scopes: Vec<String>,
}

/// A trusted program.
#[derive(Serialize, ToSchema)]
struct TrustedIssuerView {
    /// What revokes it.
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

/// `/v1/trusted-issuers` and `/v1/trusted-issuers/{issuer}`.
///
/// # Errors
///
/// As [`ApiError`] says.
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/trusted-issuers" => list(app, request).await,
        "POST /v1/trusted-issuers" => add(app, request).await,
        "DELETE /v1/trusted-issuers/{issuer}" => revoke(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// The identity providers' programs that are let in.
#[utoipa::path(get, path = "/v1/trusted-issuers", tag = "programs",
    responses((status = 200, description = "The programs.", body = List<TrustedIssuerView>), Problems))]
async fn list(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let trusted = sign_in::owner(app, &request).await?.store.trusted_issuers().await?;
    json(StatusCode::OK, &List::whole(trusted.into_iter().map(TrustedIssuerView::from).collect()))
}

/// Lets a program in by the tokens of its identity provider: it sends one as `Authorization: Bearer`, signed RS256,
/// good for a day at the most. Asks for a fresh second factor.
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

/// Lets a program in no more, from the next request on.
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

/// This function's part of the API's description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
