//! Sign-ins by a mailed code in progress: one row per browser, found by the secret of its flow cookie.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use domain::ids::PersonId;
use domain::mailed_code::MailedCode;
use domain::person::Portal;

use crate::base::app::App;
use crate::store::change::{Change, Edit, Edited, edit_and_see};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};

/// Seconds until a code expires. Source: OWASP ASVS 5.0, 6.5.5 (at most ten minutes).
pub(crate) const LIVES_SECONDS: i64 = 10 * 60;
/// Attempts at one code. Five attempts guess six digits once in 200,000 times.
const MOST_TRIES: i64 = 5;

/// The secret of a flow cookie.
pub(crate) type FlowSecret = [u8; 32];

/// An attempt that was counted.
pub(crate) struct Try {
    key: Key,
    /// The person who has the address that the code was requested for, if any.
    pub(crate) person: Option<PersonId>,
    /// When the code was mailed, in Unix seconds.
    pub(crate) issued_at: i64,
    /// Does the code match, in this browser, at this portal and before it expires?
    pub(crate) is_right: bool,
}

/// Returns the change that begins a flow. For an unknown address the row is the same, without a person.
pub(crate) async fn begin(
    app: &App,
    secret: &FlowSecret,
    portal: Portal,
    code: &MailedCode,
    person: Option<&PersonId>,
) -> Result<Change, StoreError> {
    let ends = app.now().as_second().saturating_add(LIVES_SECONDS);
    let mut item = Item::at(&key(app, secret).await?)
        .with_json("portal", &portal)
        .with_bytes("hash", hash(app, secret, code).await?.to_vec())
        .with_number("tries", 0)
        .ending(ends);
    if let Some(person) = person {
        item = item.with_text("person", person.as_str());
    }
    Change::create(app.access()?, item)
}

/// Counts an attempt, and only then compares the code.
///
/// `None` when there is no such flow, or it has expired or used up its attempts.
pub(crate) async fn take_try(
    app: &App,
    secret: &FlowSecret,
    portal: Portal,
    code: &MailedCode,
) -> Result<Option<Try>, StoreError> {
    let key = key(app, secret).await?;
    let edit = Edit::default()
        .exists()
        .add("tries", 1)
        .expect_below("tries", MOST_TRIES)
        .expect_above("ends", app.now().as_second());
    let Edited::Yes(row) = edit_and_see(app, app.access()?, &key, edit).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("sign-in flow");
    let stored = row.bytes("hash").ok_or_else(corrupt)?;
    let typed = hash(app, secret, code).await?;
    let fits = verify_slices_are_equal(&typed, stored).is_ok();
    let is_right = fits && row.json("portal") == Some(portal);
    let ends: i64 = row.number("ends").ok_or_else(corrupt)?;
    let issued_at = ends.saturating_sub(LIVES_SECONDS);
    let person = row.text("person").map(|id| PersonId::parse(&id)).transpose();
    Ok(Some(Try { key, person: person.map_err(|_| corrupt())?, issued_at, is_right }))
}

/// Returns the change that consumes a code; it fails when another request consumed it first.
pub(crate) fn consume(app: &App, tried: &Try) -> Result<Change, StoreError> {
    Change::delete(app.access()?, &tried.key)
}

async fn key(app: &App, secret: &FlowSecret) -> Result<Key, StoreError> {
    Ok(keys::sign_in_flow(&app.ring().await?.lookup("sign-in flow", secret)))
}

/// Hashes a code with the flow's secret. Only this hash is stored, and it matches in no other flow.
async fn hash(app: &App, secret: &FlowSecret, code: &MailedCode) -> Result<[u8; 32], StoreError> {
    Ok(app.ring().await?.digest("mailed code", &[secret, code.text().as_bytes()]))
}
