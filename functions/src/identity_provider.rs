//! A district's identity provider: which tenant's people may sign in, and our client registration there.

use domain::identity_provider::{DirectoryId, Domain, Tenant};
use platform::http::request::{json as read_json, path_id, route};
use platform::http::response::{Problems, json, no_content};
use platform::lambda_http::http::StatusCode;
use platform::records::identity_providers::Settings;
use platform::{ApiError, App, Request, Response, sign_in};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A provider to set.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewProvider {
    /// `entra` or `google`.
    kind: String,
    /// Entra: the directory (tenant) id. Google: the organisation's domain.
    tenant: String,
    /// Our client id at the provider.
    client_id: String,
    /// Our client secret at the provider. Stored encrypted and never shown.
    client_secret: String,
    /// The domains of the district's e-mail addresses.
    domains: Vec<String>,
}

/// A provider, without its secret.
#[derive(Serialize, ToSchema)]
struct ProviderView {
    kind: &'static str,
    tenant: String,
    client_id: String,
    domains: Vec<String>,
}

/// How a district's people sign in.
#[derive(Serialize, ToSchema)]
struct DistrictSignInView {
    /// The provider, if one is set.
    provider: Option<ProviderView>,
    /// The redirect URL to enter in the provider's settings.
    redirect_address: String,
    /// The URL where the district's people start to sign in.
    sign_in_address: String,
    /// The TXT record that each domain needs in its DNS before the provider is set.
    domain_record: DomainRecordView,
}

/// A DNS TXT record.
#[derive(Serialize, ToSchema)]
struct DomainRecordView {
    /// Its name, which goes before the domain and a dot.
    name: &'static str,
    /// Its text.
    value: String,
}

impl From<Settings> for ProviderView {
    fn from(settings: Settings) -> Self {
        let (kind, tenant) = match settings.tenant {
            Tenant::Entra(id) => ("entra", id.into()),
            Tenant::Google(domain) => ("google", domain.into()),
        };
        let domains = settings.domains.into_iter().map(String::from).collect();
        Self { kind, tenant, client_id: settings.client_id, domains }
    }
}

/// Serves `/v1/districts/{district}/identity-provider`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
pub async fn handle(app: &'static App, request: Request) -> Result<Response, ApiError> {
    match route(&request).as_str() {
        "GET /v1/districts/{district}/identity-provider" => show(app, request).await,
        "PUT /v1/districts/{district}/identity-provider" => set(app, request).await,
        "DELETE /v1/districts/{district}/identity-provider" => remove(app, request).await,
        _ => Err(ApiError::MethodNotAllowed),
    }
}

/// Returns how a district's people sign in, and the URLs for the provider and the people.
#[utoipa::path(get, path = "/v1/districts/{district}/identity-provider", tag = "schools",
    params(("district" = String, Path)),
    responses((status = 200, description = "The provider, if there is one, and the addresses.", body = DistrictSignInView), Problems))]
async fn show(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let district = path_id(&request, "district")?;
    let Some(found) = owner.store.identity_provider(&district).await? else {
        return Err(ApiError::NotFound);
    };
    let record = sign_in::domain_record(app, &found.district).await?;
    let view = DistrictSignInView {
        provider: found.settings.map(ProviderView::from),
        redirect_address: sign_in::redirect_address(app),
        sign_in_address: sign_in::sign_in_address(app, &found.district),
        domain_record: DomainRecordView { name: record.name, value: record.value },
    };
    json(StatusCode::OK, &view)
}

/// Sets the provider: its tenant's people sign in there from now on.
///
/// Each of its domains needs the district's TXT record.
#[utoipa::path(put, path = "/v1/districts/{district}/identity-provider", tag = "schools",
    request_body = NewProvider, params(("district" = String, Path)),
    responses((status = 200, description = "The provider.", body = ProviderView), Problems))]
async fn set(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let district = path_id(&request, "district")?;
    if owner.store.district(&district).await?.is_none() {
        return Err(ApiError::NotFound);
    }
    let new: NewProvider = read_json(&request)?;
    let invalid = |field| ApiError::Invalid { code: "bad_identity_provider", field };
    let tenant = match new.kind.as_str() {
        "entra" => DirectoryId::parse(&new.tenant).map(Tenant::Entra),
        "google" => Domain::parse(&new.tenant).map(Tenant::Google),
        _ => return Err(invalid("kind")),
    };
    let tenant = tenant.map_err(|_| invalid("tenant"))?;
    let domains: Result<Vec<_>, _> = new.domains.iter().map(|text| Domain::parse(text)).collect();
    let domains = domains.ok().filter(|domains| (1..=20).contains(&domains.len()));
    let domains = domains.ok_or(invalid("domains"))?;
    let is_plain =
        |text: &str| (1..=300).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if !is_plain(&new.client_id) {
        return Err(invalid("client_id"));
    }
    if !is_plain(&new.client_secret) {
        return Err(invalid("client_secret"));
    }
    let settings = Settings { tenant, client_id: new.client_id, domains };
    let proven = owner.store.prove_domains(&district, settings).await?.ok_or(ApiError::NotFound)?;
    let is_set = owner.store.set_identity_provider(&district, &proven, &new.client_secret).await?;
    if is_set {
        json(StatusCode::OK, &ProviderView::from(proven.settings().clone()))
    } else {
        Err(ApiError::NotFound)
    }
}

/// Removes the provider: no one can sign in through it any more.
#[utoipa::path(delete, path = "/v1/districts/{district}/identity-provider", tag = "schools",
    params(("district" = String, Path)),
    responses((status = 204, description = "It is gone."), Problems))]
async fn remove(app: &'static App, request: Request) -> Result<Response, ApiError> {
    let owner = sign_in::owner(app, &request).await?;
    let is_gone = owner.store.remove_identity_provider(&path_id(&request, "district")?).await?;
    if is_gone { Ok(no_content()) } else { Err(ApiError::NotFound) }
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(show, set, remove))]
struct Api;

/// Returns this function's part of the OpenAPI description.
pub fn api() -> utoipa::openapi::OpenApi {
    <Api as utoipa::OpenApi>::openapi()
}
