//! Token families: one row for all tokens issued after one use of a program's API key.
//!
//! The row decides about every token of the family: an access token whose family has ended or is gone authorizes
//! nothing. So ending the family denies each `jti` that was ever issued in it.

use domain::ids::{ApiKeyId, PersonId, TokenFamilyId};

use crate::base::app::App;
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::keys;

/// Seconds until a family expires: 30 days. Then the program must present its API key again.
const LIVES_SECONDS: i64 = 30 * 24 * 3600;

/// A token family.
pub(crate) struct TokenFamily {
    pub(crate) id: TokenFamilyId,
    pub(crate) person: PersonId,
    pub(crate) api_key: ApiKeyId,
    /// The person's epoch when the family began. A family of an older epoch is invalid.
    pub(crate) epoch: u32,
    /// The generation of the newest refresh token.
    pub(crate) generation: u32,
    /// The hash of the newest refresh token.
    pub(crate) refresh: [u8; 32],
    /// When the newest refresh token was issued, in Unix seconds.
    pub(crate) rotated_at: i64,
    pub(crate) ends: i64,
    pub(crate) is_ended: bool,
    /// The keys that sign its access tokens, with their ids: the newest, then the one before.
    signing: Vec<(String, [u8; 32])>,
}

impl TokenFamily {
    /// Are the family's tokens valid at `now` (Unix seconds)?
    pub(crate) fn is_good_at(&self, now: i64) -> bool {
        !self.is_ended && now < self.ends
    }

    /// Returns the id and the key that sign its newest tokens.
    pub(crate) fn newest_signing(&self) -> Option<(&str, &[u8; 32])> {
        self.signing.first().map(|(kid, key)| (kid.as_str(), key))
    }

    /// Returns the key with this id: the newest of the family, or the one before.
    pub(crate) fn signing_key(&self, kid: &str) -> Option<&[u8; 32]> {
        self.signing.iter().find(|(name, _)| name == kid).map(|(_, key)| key)
    }
}

/// The data of a new family, when its first tokens are issued.
pub(crate) struct Begun<'a> {
    pub(crate) id: &'a TokenFamilyId,
    pub(crate) person: &'a PersonId,
    pub(crate) epoch: u32,
    pub(crate) api_key: &'a ApiKeyId,
    pub(crate) refresh: [u8; 32],
    pub(crate) kid: &'a str,
    pub(crate) signing: [u8; 32],
}

/// Returns the change that stores a new family.
pub(crate) async fn begin(app: &App, new: Begun<'_>) -> Result<Change, StoreError> {
    let now = app.now().as_second();
    let ends = now.saturating_add(LIVES_SECONDS);
    let (root, sealed) = seal(app, new.id, &new.signing).await?;
    let item = Item::at(&keys::token_family(new.id))
        .with_text("person", new.person.as_str())
        .with_text("api_key", new.api_key.as_str())
        .with_number("epoch", new.epoch)
        .with_number("generation", 0)
        .with_bytes("refresh", new.refresh.to_vec())
        .with_number("rotated_at", now)
        .with_text("kid", new.kid)
        .with_text("root", root)
        .with_bytes("signing", sealed)
        .ending(ends);
    Change::create(app.access()?, item)
}

/// Finds a family, with a strongly consistent read.
pub(crate) async fn find(app: &App, id: &TokenFamilyId) -> Result<Option<TokenFamily>, StoreError> {
    let Some(row) = app.access()?.get(&keys::token_family(id)).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("token family");
    let text = |name: &str| row.text(name).ok_or_else(corrupt);
    let bytes = |name: &str| row.bytes(name).and_then(|b| b.try_into().ok()).ok_or_else(corrupt);
    let mut signing = Vec::with_capacity(2);
    for (kid, root, sealed) in
        [("kid", "root", "signing"), ("kid_before", "root_before", "signing_before")]
    {
        if let (Some(kid), Some(root), Some(sealed)) =
            (row.text(kid), row.text(root), row.bytes(sealed))
        {
            signing.push((kid, open(app, id, &root, sealed).await?));
        }
    }
    Ok(Some(TokenFamily {
        id: id.clone(),
        person: PersonId::parse(&text("person")?).map_err(|_| corrupt())?,
        api_key: ApiKeyId::parse(&text("api_key")?).map_err(|_| corrupt())?,
        epoch: row.number("epoch").ok_or_else(corrupt)?,
        generation: row.number("generation").ok_or_else(corrupt)?,
        refresh: bytes("refresh")?,
        rotated_at: row.number("rotated_at").ok_or_else(corrupt)?,
        ends: row.number("ends").ok_or_else(corrupt)?,
        is_ended: row.number::<i64>("ended_at").is_some(),
        signing,
    }))
}

/// Returns the change that stores the next refresh token; it fails when another request was first.
pub(crate) async fn rotate(
    app: &App,
    family: &TokenFamily,
    refresh: [u8; 32],
    (kid, signing): (&str, [u8; 32]),
) -> Result<Change, StoreError> {
    use aws_sdk_dynamodb::types::AttributeValue;
    let blob = |bytes: &[u8]| AttributeValue::B(aws_sdk_dynamodb::primitives::Blob::new(bytes));
    let mut edit = Edit::default()
        .exists()
        .expect("generation", number(family.generation))
        .expect_absent("ended_at")
        .set("generation", number(family.generation.saturating_add(1)))
        .set("refresh", blob(&refresh))
        .set("rotated_at", number(app.now().as_second()));
    if let Some((newest, before)) = family.signing.first().filter(|(newest, _)| newest != kid) {
        // The ring was rotated: tokens signed with the key before work until they expire.
        let (root, sealed) = seal(app, &family.id, &signing).await?;
        let (root_before, sealed_before) = seal(app, &family.id, before).await?;
        edit = edit
            .set("kid", AttributeValue::S(kid.to_owned()))
            .set("root", AttributeValue::S(root))
            .set("signing", blob(&sealed))
            .set("kid_before", AttributeValue::S(newest.clone()))
            .set("root_before", AttributeValue::S(root_before))
            .set("signing_before", blob(&sealed_before));
    }
    Change::edit(app.access()?, &keys::token_family(&family.id), edit)
}

/// Returns the change that ends a family and every token of it; it fails when the family has ended already.
pub(crate) fn end(app: &App, family: &TokenFamilyId) -> Result<Change, StoreError> {
    let edit = Edit::default()
        .exists()
        .expect_absent("ended_at")
        .set("ended_at", number(app.now().as_second()));
    Change::edit(app.access()?, &keys::token_family(family), edit)
}

fn owner(family: &TokenFamilyId) -> String {
    format!("family|{family}")
}

async fn seal(
    app: &App,
    family: &TokenFamilyId,
    key: &[u8; 32],
) -> Result<(String, Vec<u8>), StoreError> {
    let ring = app.ring().await?;
    let root = ring.current();
    let sealing = ring.wrapping_key(root, &owner(family)).ok_or(StoreError::Corrupt("key ring"))?;
    Ok((root.to_owned(), sealing.seal(&["access", family.as_str(), "signing"], key)))
}

async fn open(
    app: &App,
    family: &TokenFamilyId,
    root: &str,
    sealed: &[u8],
) -> Result<[u8; 32], StoreError> {
    let sealing = app.ring().await?.wrapping_key(root, &owner(family));
    let sealing = sealing.ok_or(StoreError::Corrupt("key ring"))?;
    let key = sealing.open(&["access", family.as_str(), "signing"], sealed)?;
    key.try_into().map_err(|_| StoreError::Corrupt("token family"))
}
