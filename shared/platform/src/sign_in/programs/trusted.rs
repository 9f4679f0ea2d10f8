//! A program that shows a token of an identity provider which a studio's owner trusts: no key of ours is kept there,
//! and nothing is exchanged.

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

/// What is asked of a proven token besides what proves it.
#[derive(Deserialize)]
struct Said {
    sub: String,
    exp: i64,
}

/// Lets a program in. What a token says of itself leads to the one row that may trust it; only then are keys asked
/// for, so that a stranger's token has us fetch nothing. The row and its owner are read with every request:
/// what was revoked opens nothing from the next one on.
///
/// # Errors
///
/// 401, the same for whatever is not good.
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
            tracing::info!(trusted_issuer = %trusted.id, %why, "a program's token was refused");
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
