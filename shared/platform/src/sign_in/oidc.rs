//! Sign-in at a district's identity provider: the authorization code flow of `OpenID` Connect with PKCE (RFC 7636).
//!
//! The browser leaves with one random secret in a cookie. State, nonce and PKCE verifier are derived from it with a key
//! of this system. So the callback belongs to this browser, this district and this attempt. The sign-in deletes a row,
//! so that the callback works once.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use data_encoding::BASE64URL_NOPAD;
use domain::audit::{Action, Outcome, Scope};
use domain::cookie;
use domain::identity_provider::{Foreign, Known, MOST_AGE, Said};
use domain::ids::DistrictId;
use domain::person::Portal;
use domain::session::Proof;
use http::header::LOCATION;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;

use crate::base::app::App;
use crate::base::crypto::digest::sha256;
use crate::base::crypto::ring::KeyRing;
use crate::base::identity::id_token::Expected;
use crate::base::identity::{self, Fetch, ProviderError};
use crate::http::caller::Caller;
use crate::http::error::ApiError;
use crate::http::request::{self, Request};
use crate::http::response::{Response, no_content, set_cookie};
use crate::records::identities;
use crate::records::identity_providers::{self, IdentityProvider};
use crate::sign_in::door;
use crate::store::audit;
use crate::store::change::{Change, commit};
use crate::store::item::Item;
use crate::store::keys::{self, Key};
use crate::store::untrusted::Untrusted;

/// Maximum seconds from leaving to coming back.
const AWAY_SECONDS: i64 = 600;
/// Name of the cookie while the browser is at the provider.
const COOKIE: &str = "__Host-pd_oidc";
/// The page that a provider sends the browser back to.
///
/// Opening it writes nothing. The page sends the parameters on in a request that only it can make; only that request
/// carries the cookie.
const PAGE: &str = "/school/back";
/// Maximum bytes of a provider's code. Entra's are the longest, at about 1,500.
const MOST_OF_A_CODE: usize = 4096;

/// One sign-in attempt: its district and the browser's secret.
struct Journey(cookie::Journey);

impl Journey {
    /// Parses the cookie.
    fn read(request: &Request) -> Option<Self> {
        cookie::Journey::parse(request::cookie(request, COOKIE)?).map(Self)
    }

    fn cookie(&self) -> String {
        let value = self.0.value();
        format!(
            "{COOKIE}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={AWAY_SECONDS}"
        )
    }

    /// Derives one of the three values from the secret.
    fn derived(&self, ring: &KeyRing, what: &str) -> String {
        let parts = [self.0.district.as_str().as_bytes(), self.0.secret.as_slice()];
        BASE64URL_NOPAD.encode(&ring.digest(what, &parts))
    }

    /// Builds the state. It begins with the district, so that our page can offer another attempt.
    ///
    /// The district is no secret: the URL that the browser left from contains it.
    fn state(&self, ring: &KeyRing) -> String {
        format!("{}.{}", self.0.district, self.derived(ring, "oidc-state"))
    }

    fn nonce(&self, ring: &KeyRing) -> String {
        self.derived(ring, "oidc-nonce")
    }

    fn verifier(&self, ring: &KeyRing) -> String {
        self.derived(ring, "oidc-verifier")
    }

    /// Key of the row that makes the callback work once.
    fn key(&self, ring: &KeyRing) -> Key {
        keys::oidc_journey(&ring.lookup("oidc-journey", self.state(ring).as_bytes()))
    }
}

/// Returns the redirect URL that a provider sends the browser back to.
pub fn redirect_address(app: &App) -> String {
    format!("{}{PAGE}", app.config().public_url)
}

/// Returns the URL where a district's people begin their sign-in.
pub fn sign_in_address(app: &App, district: &DistrictId) -> String {
    format!("{}/v1/sign-in/oidc/{district}", app.config().public_url)
}

/// Redirects a browser to the district's identity provider.
///
/// # Errors
///
/// 404 for a district without an identity provider, and for any other id.
pub async fn leave_for_identity_provider(
    app: &'static App,
    district: &Untrusted<DistrictId>,
) -> Result<Response, ApiError> {
    let provider = identity_providers::find(app, district.inner()).await?;
    let settings = provider.ok_or(ApiError::NotFound)?.settings;
    let ring = app.ring().await?;
    let journey =
        Journey(cookie::Journey { district: district.inner().clone(), secret: app.random() });
    let ends = app.now().as_second().saturating_add(AWAY_SECONDS);
    let row = Item::at(&journey.key(ring)).with_number("ends", ends).with_number("ttl", ends);
    commit(app, vec![Change::create(app.access()?, row)?]).await?;
    let challenge = BASE64URL_NOPAD.encode(&sha256(journey.verifier(ring).as_bytes()));
    let (state, nonce, back) = (journey.state(ring), journey.nonce(ring), redirect_address(app));
    let max_age = MOST_AGE.to_string();
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", settings.client_id.as_str()),
        ("redirect_uri", &back),
        ("scope", "openid email profile"),
        ("state", &state),
        ("nonce", &nonce),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        ("max_age", &max_age),
    ];
    parameters.extend(settings.tenant.hint().map(|domain| ("hd", domain)));
    let endpoint = identity::place(app, &settings.tenant.authorization_endpoint());
    let there =
        reqwest::Url::parse_with_params(&endpoint, parameters).map_err(ApiError::internal)?;
    let mut response = see_other(there.as_str())?;
    set_cookie(&mut response, &journey.cookie());
    Ok(response)
}

/// The parameters that a provider sent the browser back with, unchecked.
pub struct Returned<'a> {
    /// The authorization code for the provider's token endpoint.
    pub code: &'a str,
    /// The state that the browser was sent away with.
    pub state: &'a str,
}

/// Signs in a person who comes back from their district's identity provider.
///
/// # Errors
///
/// [`ApiError::SignInRefused`] for anything wrong in the callback; 409 `link_used_or_expired` when it came back before,
/// or too late.
pub async fn return_from_identity_provider(
    app: &'static App,
    caller: &Caller,
    request: &Request,
    returned: &Returned<'_>,
) -> Result<Response, ApiError> {
    let Returned { code, state } = returned;
    let ring = app.ring().await?;
    let journey = Journey::read(request).ok_or(ApiError::SignInRefused)?;
    let is_its_own =
        verify_slices_are_equal(journey.state(ring).as_bytes(), state.as_bytes()).is_ok();
    if !is_its_own || code.len() > MOST_OF_A_CODE {
        return Err(ApiError::SignInRefused);
    }
    let row = app.access()?.get(&journey.key(ring)).await?;
    let row = row.ok_or(ApiError::Conflict("link_used_or_expired"))?;
    if row.number::<i64>("ends").is_none_or(|ends| ends <= app.now().as_second()) {
        return Err(ApiError::Conflict("link_used_or_expired"));
    }
    let provider = identity_providers::find(app, &journey.0.district).await?;
    let provider = provider.ok_or(ApiError::SignInRefused)?;
    let known = match asked(app, &provider, &journey, ring, code).await {
        Ok(known) => known,
        Err(Unknown::Provider(error @ ProviderError::Unreachable(_))) => {
            return Err(error.into_upstream());
        }
        Err(unknown) => return Err(refuse(app, caller, &provider, &unknown).await?),
    };
    let person = identities::person_of(app, caller, &provider, &known).await?;
    let proof = Proof::IdentityProvider { second_factor: known.second_factor };
    let scope = Scope::Studio(provider.studio.clone());
    let mut proved = caller.event(app, scope, Action::IdentityProved, person.id.as_str());
    proved.details = Some(known.how.clone());
    let changes =
        vec![Change::delete(app.access()?, &journey.key(ring))?, audit::add(app, &proved).await?];
    let mut response = door::enter(app, caller, &person, Portal::School, proof, changes).await?;
    set_cookie(
        &mut response,
        &format!("{COOKIE}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0"),
    );
    Ok(response)
}

/// The reason why the provider's answer identifies no person.
#[derive(Debug, thiserror::Error)]
enum Unknown {
    #[error(transparent)]
    Provider(#[from] ProviderError),
    #[error("another nonce")]
    Nonce,
    #[error(transparent)]
    Foreign(#[from] Foreign),
}

/// The token endpoint's response.
#[derive(Deserialize)]
struct Given {
    id_token: String,
}

/// Exchanges the code at the provider and verifies the ID token.
async fn asked(
    app: &App,
    provider: &IdentityProvider,
    journey: &Journey,
    ring: &KeyRing,
    code: &str,
) -> Result<Known, Unknown> {
    let settings = &provider.settings;
    let (verifier, back) = (journey.verifier(ring), redirect_address(app));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", back.as_str()),
        ("client_id", settings.client_id.as_str()),
        ("client_secret", provider.client_secret.as_str()),
        ("code_verifier", verifier.as_str()),
    ];
    let given: Given = Fetch::new(app)?.post(&settings.tenant.token_endpoint(), &form).await?;
    let now = app.now().as_second();
    let issuer = settings.tenant.issuer();
    let audience = &settings.client_id;
    let expected = Expected { issuer: &issuer, audience, is_client: true, now };
    let said: Said =
        identity::prove(app, &given.id_token, &settings.tenant.keys(), &expected).await?;
    let nonce = said.nonce.as_deref().unwrap_or_default();
    if verify_slices_are_equal(journey.nonce(ring).as_bytes(), nonce.as_bytes()).is_err() {
        return Err(Unknown::Nonce);
    }
    Ok(settings.tenant.recognise(&said, &settings.domains, now)?)
}

/// Records the reason in the studio's audit log and returns the same refusal for every reason.
async fn refuse(
    app: &App,
    caller: &Caller,
    provider: &IdentityProvider,
    why: &Unknown,
) -> Result<ApiError, ApiError> {
    let scope = Scope::Studio(provider.studio.clone());
    let mut event = caller.event(app, scope, Action::SignedIn, Portal::School.name());
    event.outcome = Outcome::Refused;
    event.details = Some(why.to_string());
    audit::record(app, &event).await?;
    Ok(ApiError::SignInRefused)
}

fn see_other(place: &str) -> Result<Response, ApiError> {
    let mut response = no_content();
    *response.status_mut() = StatusCode::SEE_OTHER;
    let place = HeaderValue::from_str(place).map_err(ApiError::internal)?;
    response.headers_mut().insert(LOCATION, place);
    Ok(response)
}
