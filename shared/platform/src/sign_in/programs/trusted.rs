//! Authentication of a program by a token of an identity provider that a studio's owner trusts.
//!
//! The provider holds no key of ours, and nothing is exchanged.

use domain::audit::Actor;
use domain::person::StudioRole;
use domain::trusted_issuer::{Claim, Issuer, ProgramOfIssuer, is_short_enough};
use serde::Deserialize;

use crate::base::app::App;
use crate::base::identity::id_token::{Expected, Unproven};
use crate::base::identity::{self, ProviderError};
use crate::http::error::ApiError;
use crate::people::persons;
use crate::records::trusted_issuers;
use crate::sign_in::programs::let_in::LetIn;

/// The claims that are checked after the token is verified.
#[derive(Deserialize)]
struct Said {
    sub: String,
    exp: i64,
}

/// Authenticates a program.
///
/// The unverified claims select the one row that may trust the token. Keys are fetched only after that, so an unknown
/// caller's token makes us fetch nothing. The row and its owner are read with every request, so a revocation takes
/// effect at the next one.
///
/// # Errors
///
/// 401 for every invalid token, without the reason; an upstream error when the provider cannot be reached.
pub(super) async fn let_in(app: &App, token: &str, said: &Unproven) -> Result<LetIn, ApiError> {
    let program = program_of(said).ok_or(ApiError::SignedOut)?;
    let trusted = trusted_issuers::find(app, &program).await?.ok_or(ApiError::SignedOut)?;
    let expected = Expected {
        issuer: program.issuer.as_str(),
        audience: program.audience.as_str(),
        is_client: false,
        now: app.now().as_second(),
    };
    let said: Said = match identity::prove(app, token, program.issuer.keys(), &expected).await {
        Ok(said) => said,
        Err(ProviderError::Refused(why)) => {
            tracing::info!(trusted_issuer = %trusted.id, %why, "refused a program's token");
            return Err(ApiError::SignedOut);
        }
        Err(error @ ProviderError::Unreachable(_)) => return Err(error.into_upstream()),
    };
    if said.sub != program.subject.as_str() || !is_short_enough(expected.now, said.exp) {
        return Err(ApiError::SignedOut);
    }
    let owner = persons::find(app, &trusted.owner).await?.ok_or(ApiError::SignedOut)?;
    let owns = |it: &domain::person::Membership| {
        it.studio == trusted.studio && it.role == StudioRole::Owner
    };
    if owner.is_disabled || !owner.memberships.iter().any(owns) {
        return Err(ApiError::SignedOut);
    }
    let who = Actor::TrustedProgram(trusted.id);
    Ok(LetIn { who, studio: trusted.studio, scopes: trusted.scopes, person: owner })
}

fn program_of(said: &Unproven) -> Option<ProgramOfIssuer> {
    Some(ProgramOfIssuer {
        issuer: Issuer::parse(&said.issuer).ok()?,
        audience: Claim::parse(&said.audience).ok()?,
        subject: Claim::parse(&said.subject).ok()?,
    })
}
