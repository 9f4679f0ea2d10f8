//! The identity providers' programs that a studio trusts: a row that lists one, sealed, and a row that its tokens
//! lead to, keyed by issuer, audience and subject. Both change in one transaction.

use std::collections::BTreeSet;

use domain::api_key::{Scope, scope_list};
use domain::audit::Action;
use domain::ids::TrustedIssuerId;
use domain::text::Line;
use domain::trusted_issuer::{MOST_TRUSTED, ProgramOfIssuer, TrustedIssuer};
use serde::{Deserialize, Serialize};

use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::http::error::ApiError;
use crate::records::schools::Created;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, student_keys};

/// A program that is to be trusted.
#[derive(Debug, Clone)]
pub struct NewTrustedIssuer {
    /// What the owner calls it.
    pub label: Line,
    /// Which one it is.
    pub program: ProgramOfIssuer,
    /// What it may do.
    pub scopes: BTreeSet<Scope>,
    /// The bits of its id: equal ones are a repetition.
    pub bits: [u8; 16],
}

/// A trusted program as its studio's owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledIssuer {
    /// Whose it is, and what it may do.
    pub trusted: TrustedIssuer,
    /// What the owner calls it.
    pub label: Line,
    /// Which one it is.
    pub program: ProgramOfIssuer,
}

/// What is sealed of it: names that lead to the studio's other systems.
#[derive(Serialize, Deserialize)]
struct Content {
    label: Line,
    program: ProgramOfIssuer,
}

fn content_place(id: &TrustedIssuerId) -> [&str; 3] {
    ["records", id.as_str(), "trusted issuer"]
}

/// Where a program's tokens lead.
async fn lookup(app: &App, program: &ProgramOfIssuer) -> Result<(String, Key), StoreError> {
    let parts = [&program.audience, &program.subject].map(|claim| claim.as_str().as_bytes());
    let [audience, subject] = parts;
    let parts = [program.issuer.as_str().as_bytes(), audience, subject];
    let digest = app.ring().await?.digest("trusted program", &parts);
    let hmac = data_encoding::HEXLOWER.encode(&digest);
    let key = keys::trusted_program(&hmac);
    Ok((hmac, key))
}

/// Who trusts a program, if somebody does: one read, strongly consistent.
pub(crate) async fn find(
    app: &App,
    program: &ProgramOfIssuer,
) -> Result<Option<TrustedIssuer>, StoreError> {
    let (_, at) = lookup(app, program).await?;
    let row = app.records()?.get(&at).await?;
    row.map(|row| row.json("trusted").ok_or(StoreError::Corrupt("trusted issuer"))).transpose()
}

fn opened(key: &DataKey, row: &Item) -> Result<LabelledIssuer, StoreError> {
    let corrupt = || StoreError::Corrupt("trusted issuer");
    let trusted: TrustedIssuer = row.json("trusted").ok_or_else(corrupt)?;
    let sealed = row.bytes("content").ok_or_else(corrupt)?;
    let plain = key.open(&content_place(&trusted.id), sealed)?;
    let Content { label, program } = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
    Ok(LabelledIssuer { trusted, label, program })
}

/// Trusts a program of an identity provider. A repetition finds what the first request wrote. One program is let
/// in to one studio: its tokens say no more than who it is. Asks for the owner's second factor, shown lately.
///
/// # Errors
///
/// 409 `issuer_trusted_already` for a program that is let in here or elsewhere; 409 `too_many_trusted_issuers`.
pub async fn trust(
    store: &StudioStore,
    owner: FreshSecondFactor<'_>,
    new: NewTrustedIssuer,
) -> Result<Created<LabelledIssuer>, ApiError> {
    let (app, person) = (store.app, &owner.visitor().person.id);
    let id = TrustedIssuerId::from_random(new.bits);
    let asked = LabelledIssuer {
        trusted: TrustedIssuer {
            id,
            studio: store.studio.clone(),
            owner: person.clone(),
            scopes: new.scopes,
            created_at: app.now().as_second(),
        },
        label: new.label,
        program: new.program,
    };
    let there = store.trusted_issuers().await?;
    if let Some(found) = there.iter().find(|it| it.trusted.id == asked.trusted.id) {
        return Ok(repeated(&asked, found.clone()));
    }
    if there.len() >= MOST_TRUSTED {
        return Err(ApiError::Conflict("too_many_trusted_issuers"));
    }
    let trusted = &asked.trusted;
    let key = student_keys::of_studio(app, &store.studio).await?;
    let content = Content { label: asked.label.clone(), program: asked.program.clone() };
    let content = serde_json::to_vec(&content).unwrap_or_default();
    let (hmac, at) = lookup(app, &asked.program).await?;
    let records = app.records()?;
    let listed = Item::at(&keys::trusted_issuer(&store.studio, &trusted.id))
        .with_json("trusted", trusted)
        .with_bytes("content", key.seal(&content_place(&trusted.id), &content))
        .with_text("hmac", hmac);
    let caller = &owner.visitor().caller;
    let scope = domain::audit::Scope::Studio(store.studio.clone());
    let mut event = caller.event(app, scope, Action::IssuerTrusted, trusted.id.as_str());
    event.details = Some(scope_list(&trusted.scopes));
    let changes = vec![
        Change::create(records, listed)?,
        Change::create(records, Item::at(&at).with_json("trusted", trusted))?,
        audit::add(app, &event).await?,
    ];
    match commit(app, changes).await? {
        Committed::Yes => Ok(Created::Done(asked)),
        // The same request a second time, at the same moment.
        Committed::Refused(0) => {
            let there = store.trusted_issuers().await?;
            let found = there.into_iter().find(|it| it.trusted.id == asked.trusted.id);
            Ok(repeated(&asked, found.ok_or(StoreError::Corrupt("trusted issuer"))?))
        }
        Committed::Refused(_) => Err(ApiError::Conflict("issuer_trusted_already")),
    }
}

/// A repetition comes later than the first: everything else must be equal.
fn repeated(asked: &LabelledIssuer, found: LabelledIssuer) -> Created<LabelledIssuer> {
    let is_same = asked.label == found.label
        && asked.program == found.program
        && asked.trusted.scopes == found.trusted.scopes;
    if is_same { Created::Done(found) } else { Created::Differs }
}

impl StudioStore {
    /// The identity providers' programs that this studio trusts, the oldest first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn trusted_issuers(&self) -> Result<Vec<LabelledIssuer>, StoreError> {
        let partition = keys::studio_partition(&self.studio);
        let rows = self.app.records()?.all(&partition, keys::TRUSTED_ISSUERS).await?;
        let key = student_keys::of_studio(self.app, &self.studio).await?;
        let mut all = rows.iter().map(|row| opened(&key, row)).collect::<Result<Vec<_>, _>>()?;
        all.sort_by_key(|it| it.trusted.created_at);
        Ok(all)
    }

    /// Trusts a program no more: its tokens open nothing from the next request on. `false` if there is none such
    /// (any more).
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn distrust(&self, id: &Untrusted<TrustedIssuerId>) -> Result<bool, StoreError> {
        let records = self.app.records()?;
        let listed = keys::trusted_issuer(&self.studio, id.inner());
        let Some(row) = records.get(&listed).await? else {
            return Ok(false);
        };
        let hmac = row.text("hmac").ok_or(StoreError::Corrupt("trusted issuer"))?;
        let event = self.event(Action::IssuerDistrusted, id.inner().as_str());
        let changes = vec![
            Change::delete(records, &listed)?,
            Change::delete_if_there(records, &keys::trusted_program(&hmac))?,
            audit::add(self.app, &event).await?,
        ];
        Ok(commit(self.app, changes).await? == Committed::Yes)
    }
}
