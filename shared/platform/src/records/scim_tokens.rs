//! SCIM tokens of a district's directory: 256 random bits, stored as a keyed hash, at most two at a time.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::BASE64URL_NOPAD;
use domain::audit::{Action, Scope};
use domain::ids::{DistrictId, ScimTokenId, StudioId};

use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, bytes, number};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// Prefix of a token, so that a secret scanner recognizes one in source code.
const PREFIX: &str = "pds_";
/// Characters of 32 bytes in base64url.
const SECRET_CHARACTERS: usize = 43;
/// Places for a district's tokens: the one in use, and its replacement.
///
/// Each token has its own place, so that concurrent requests cannot create a third.
const PLACES: [&str; 2] = ["1", "2"];
/// Seconds a token is valid: a year.
///
/// Entra and Okta do not warn before a token expires, so the photographer sees the expiry time.
const LIVES_SECONDS: i64 = 365 * 86_400;
/// Attempts when tokens are requested concurrently.
const TRIES: u32 = 3;

/// A token as the studio's owner sees it and, directly after its creation, the secret.
pub struct ScimToken {
    /// Id of the token, used to revoke it.
    pub id: ScimTokenId,
    /// Creation time, in seconds since 1970.
    pub created_at: i64,
    /// Expiry time, in seconds since 1970.
    pub ends_at: i64,
    /// The secret token; returned only once.
    pub secret: Option<String>,
}

/// A valid token, and the studio whose directory it authenticates.
pub(crate) struct Spoken {
    pub(crate) token: ScimTokenId,
    pub(crate) studio: StudioId,
}

fn read(row: &Item) -> Result<ScimToken, StoreError> {
    let corrupt = || StoreError::Corrupt("directory's token");
    let id = row.text("id").and_then(|id| ScimTokenId::parse(&id).ok());
    Ok(ScimToken {
        id: id.ok_or_else(corrupt)?,
        created_at: row.number("created").ok_or_else(corrupt)?,
        ends_at: row.number("ends").ok_or_else(corrupt)?,
        secret: None,
    })
}

async fn hash(app: &App, district: &DistrictId, secret: &str) -> Result<[u8; 32], StoreError> {
    let parts = [district.as_str().as_bytes(), secret.as_bytes()];
    Ok(app.ring().await?.digest("scim token", &parts))
}

/// Returns the rows of a district's tokens, including expired ones.
async fn rows(app: &App, district: &DistrictId) -> Result<Vec<Item>, StoreError> {
    app.records()?.all(&keys::district_partition(district), keys::SCIM_TOKENS).await
}

/// Returns a district's valid tokens, the oldest first.
pub(crate) async fn of_district(
    app: &App,
    district: &DistrictId,
) -> Result<Vec<ScimToken>, StoreError> {
    let now = app.now().as_second();
    let rows = rows(app, district).await?;
    let mut tokens: Vec<_> = rows.iter().map(read).collect::<Result<_, _>>()?;
    tokens.retain(|token| now < token.ends_at);
    tokens.sort_by_key(|token| token.created_at);
    Ok(tokens)
}

/// Finds a valid token of this district by its text.
///
/// The hash includes the district and is compared in constant time: another district's token looks like an unknown
/// one.
pub(crate) async fn find(
    app: &App,
    district: &DistrictId,
    text: &str,
) -> Result<Option<Spoken>, StoreError> {
    let is_ours = text.strip_prefix(PREFIX).is_some_and(|rest| rest.len() == SECRET_CHARACTERS);
    if !is_ours {
        return Ok(None);
    }
    let (hash, now) = (hash(app, district, text).await?, app.now().as_second());
    for row in rows(app, district).await? {
        let corrupt = || StoreError::Corrupt("directory's token");
        let kept = row.bytes("hash").ok_or_else(corrupt)?;
        let token = read(&row)?;
        if verify_slices_are_equal(&hash, kept).is_ok() && now < token.ends_at {
            let studio = row.text("studio").and_then(|id| StudioId::parse(&id).ok());
            return Ok(Some(Spoken { token: token.id, studio: studio.ok_or_else(corrupt)? }));
        }
    }
    Ok(None)
}

/// Creates a token for the directory of one of the studio's districts; needs the owner's recent second factor.
///
/// A repeated request returns the first token, without its secret.
///
/// # Errors
///
/// 404 for any other district; 409 `too_many_scim_tokens` while two of its tokens are valid.
pub async fn issue(
    store: &StudioStore,
    owner: FreshSecondFactor<'_>,
    district: &Untrusted<DistrictId>,
    id_bits: [u8; 16],
) -> Result<ScimToken, ApiError> {
    if store.district(district).await?.is_none() {
        return Err(ApiError::NotFound);
    }
    let (app, district) = (store.app, district.inner());
    let (id, now) = (ScimTokenId::from_random(id_bits), app.now().as_second());
    let ends_at = now.saturating_add(LIVES_SECONDS);
    let secret = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&app.random::<32>()));
    let hash = hash(app, district, &secret).await?;
    for _ in 0..TRIES {
        let there = rows(app, district).await?;
        let tokens: Vec<_> = there.iter().map(read).collect::<Result<_, _>>()?;
        if let Some(found) = tokens.into_iter().find(|token| token.id == id) {
            return Ok(found);
        }
        let at = |place| keys::scim_token(district, place);
        let is_free = |row: Option<&Item>| {
            row.is_none_or(|row| row.number::<i64>("ends").is_some_and(|ends| ends <= now))
        };
        let find = |place| there.iter().find(|row| row.text("SK") == Some(at(place).sk));
        let place = PLACES.into_iter().find(|place| is_free(find(place)));
        let place = place.ok_or(ApiError::Conflict("too_many_scim_tokens"))?;
        let before = find(place).and_then(|row| row.text("id"));
        let edit = match before {
            Some(before) => Edit::default().expect("id", AttributeValue::S(before)),
            None => Edit::default().expect_absent("id"),
        };
        let edit = edit
            .set("id", AttributeValue::S(id.to_string()))
            .set("studio", AttributeValue::S(store.studio.to_string()))
            .set("hash", bytes(&hash))
            .set("created", number(now))
            .set("ends", number(ends_at))
            .set("ttl", number(ends_at));
        let scope = Scope::Studio(store.studio.clone());
        let caller = &owner.visitor().caller;
        let mut event = caller.event(app, scope, Action::ScimTokenIssued, id.as_str());
        event.details = Some(district.to_string());
        let changes =
            vec![Change::edit(app.records()?, &at(place), edit)?, audit::add(app, &event).await?];
        if commit(app, changes).await? == Committed::Yes {
            return Ok(ScimToken { id, created_at: now, ends_at, secret: Some(secret) });
        }
    }
    Err(ApiError::Conflict("too_many_scim_tokens"))
}

impl StudioStore {
    /// Returns the valid tokens of a district's directory, the oldest first.
    ///
    /// `None` for a district of another studio.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn scim_tokens(
        &self,
        district: &Untrusted<DistrictId>,
    ) -> Result<Option<Vec<ScimToken>>, StoreError> {
        if self.district(district).await?.is_none() {
            return Ok(None);
        }
        of_district(self.app, district.inner()).await.map(Some)
    }

    /// Revokes a token; it is rejected from the next request on.
    ///
    /// Returns `false` if there is no such token (any more).
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn revoke_scim_token(
        &self,
        district: &Untrusted<DistrictId>,
        id: &Untrusted<ScimTokenId>,
    ) -> Result<bool, StoreError> {
        if self.district(district).await?.is_none() {
            return Ok(false);
        }
        let (app, district, id) = (self.app, district.inner(), id.inner());
        let rows = rows(app, district).await?;
        let row = rows.iter().find(|row| row.text("id").as_deref() == Some(id.as_str()));
        let Some(place) = row.and_then(|row| row.text("SK")) else {
            return Ok(false);
        };
        let place = place.strip_prefix(keys::SCIM_TOKENS).unwrap_or_default();
        let at = keys::scim_token(district, place);
        let mut event = self.event(Action::ScimTokenRevoked, id.as_str());
        event.details = Some(district.to_string());
        let is_it = AttributeValue::S(id.to_string());
        let changes = vec![
            Change::delete_expecting(app.records()?, &at, "id", is_it)?,
            audit::add(app, &event).await?,
        ];
        Ok(commit(app, changes).await? == Committed::Yes)
    }
}
