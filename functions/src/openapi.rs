//! The API's OpenAPI description, generated from the types that the handlers use.

use std::future::{Ready, ready};
use std::sync::OnceLock;

use platform::http::request::route;
use platform::http::response::{Problem, Problems, json};
use platform::lambda_http::http::StatusCode;
use platform::{ApiError, App, Request, Response};
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};

/// Serves `/v1/openapi.json`.
///
/// # Errors
///
/// Every failure is an [`ApiError`].
#[expect(clippy::needless_pass_by_value, reason = "every handler takes its request")]
pub fn handle(_app: &'static App, request: Request) -> Ready<Result<Response, ApiError>> {
    ready(match route(&request).as_str() {
        "GET /v1/openapi.json" => show(),
        _ => Err(ApiError::MethodNotAllowed),
    })
}

/// Returns the API's description: OpenAPI 3.1.
#[utoipa::path(get, path = "/v1/openapi.json", tag = "system",
    responses((status = 200, description = "The description.", content_type = "application/json"), Problems))]
fn show() -> Result<Response, ApiError> {
    static DESCRIPTION: OnceLock<OpenApi> = OnceLock::new();
    json(StatusCode::OK, DESCRIPTION.get_or_init(description))
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Picture Day",
        description = "School photography: rosters, camera cards, direct uploads, galleries for families."
    ),
    paths(show),
    components(schemas(Problem))
)]
struct Api;

/// The description of each function.
fn parts() -> Vec<(&'static str, OpenApi)> {
    // On the heap, because descriptions are large.
    vec![
        ("access_requests", crate::access_requests::api()),
        ("camera_cards", crate::camera_cards::api()),
        ("consents", crate::consents::api()),
        ("districts", crate::districts::api()),
        ("email_verifications", crate::email_verifications::api()),
        ("galleries", crate::galleries::api()),
        ("health", crate::health::api()),
        ("password_resets", crate::password_resets::api()),
        ("person", crate::person::api()),
        ("photos", crate::photos::api()),
        ("picture_days", crate::picture_days::api()),
        ("reconciliation", crate::reconciliation::api()),
        ("runs", crate::runs::api()),
        ("roster_imports", crate::roster_imports::api()),
        ("schools", crate::schools::api()),
        ("api_keys", crate::api_keys::api()),
        ("trusted_issuers", crate::trusted_issuers::api()),
        ("access_reviews", crate::access_reviews::api()),
        ("tokens", crate::tokens::api()),
        ("guest_tokens", crate::guest_tokens::api()),
        ("identity_provider", crate::identity_provider::api()),
        ("scim_tokens", crate::scim_tokens::api()),
        ("sign_in_oidc", crate::sign_in_oidc::api()),
        ("second_factors", crate::second_factors::api()),
        ("session", crate::session::api()),
        ("sessions", crate::sessions::api()),
        ("share_codes", crate::share_codes::api()),
        ("sign_in_code", crate::sign_in_code::api()),
        ("sign_in_link", crate::sign_in_link::api()),
        ("sign_in_passkey", crate::sign_in_passkey::api()),
        ("sign_in_password", crate::sign_in_password::api()),
        ("sign_in_second_factor", crate::sign_in_second_factor::api()),
        ("step_up", crate::step_up::api()),
        ("students", crate::students::api()),
        ("studios", crate::studios::api()),
        ("operator_sign_in", crate::operator_sign_in::api()),
        ("operator_session", crate::operator_session::api()),
        ("admin_people", crate::admin_people::api()),
        ("admin_impersonations", crate::admin_impersonations::api()),
        ("acting_writes", crate::acting_writes::api()),
        ("admin_studios", crate::admin_studios::api()),
        ("uploads", crate::uploads::api()),
        ("invitations", crate::invitations::api()),
        ("school_staff", crate::school_staff::api()),
        ("studio_staff", crate::studio_staff::api()),
        ("staff_impersonations", crate::staff_impersonations::api()),
    ]
}

/// Builds the whole description.
pub fn description() -> OpenApi {
    let mut all = <Api as utoipa::OpenApi>::openapi();
    for (function, mut part) in parts() {
        name_operations(function, &mut part);
        all.merge(part);
    }
    let components = all.components.get_or_insert_default();
    for portal in ["photographer", "school", "parent", "admin"] {
        let cookie = ApiKeyValue::with_description(
            format!("__Host-pd_{portal}"),
            "The portal's session; writes also carry X-CSRF-Token and our Origin.".to_owned(),
        );
        components.add_security_scheme(portal, SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("A program's access token, from POST /v1/tokens; never with a cookie."))
        .build();
    components.add_security_scheme("program", SecurityScheme::Http(token));
    let guest = ApiKeyValue::with_description(
        "X-Guest-Token",
        "One gallery for an hour, from POST /v1/galleries/{gallery}/guest-tokens.",
    );
    components.add_security_scheme("guest", SecurityScheme::ApiKey(ApiKey::Header(guest)));
    all
}

/// Makes operation ids unique: several functions have a `list`.
fn name_operations(function: &str, part: &mut OpenApi) {
    for path in part.paths.paths.values_mut() {
        let methods = [&mut path.get, &mut path.put, &mut path.post, &mut path.delete];
        for operation in methods.into_iter().flatten() {
            let name = operation.operation_id.take().unwrap_or_default();
            operation.operation_id = Some(format!("{function}_{name}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use utoipa::openapi::{RefOr, Schema};

    use super::*;

    /// Removes the description: two functions may describe the same type in different words.
    fn without_words(mut schema: RefOr<Schema>) -> RefOr<Schema> {
        if let RefOr::T(Schema::Object(object)) = &mut schema {
            object.description = None;
        }
        schema
    }

    /// When two types share one name, the merged description keeps the first and describes routes of the other
    /// wrongly.
    #[test]
    fn no_two_functions_give_one_name_to_different_things() {
        let mut known = BTreeMap::new();
        for (function, part) in parts() {
            for (name, schema) in part.components.unwrap_or_default().schemas {
                let schema = without_words(schema);
                let (first, is) = known.entry(name.clone()).or_insert((function, schema.clone()));
                assert!(*is == schema, "{name} is one thing in {first} and another in {function}");
            }
        }
        assert!(known.len() > 50, "{}", known.len());
    }
}
