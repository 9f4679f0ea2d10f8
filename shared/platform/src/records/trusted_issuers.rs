//! Programs of identity providers that a studio trusts.
//!
//! A sealed row lists each one. A second row, keyed by issuer, audience and subject, is found by the program's
//! tokens. Both change in one transaction.

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

/// A program that the owner wants to trust.
#[derive(Debug, Clone)]
pub struct NewTrustedIssuer {
    /// The owner's name for the program.
    pub label: Line,
    /// Issuer, audience and subject of the program's tokens.
    pub program: ProgramOfIssuer,
    /// Scopes that the program gets.
    pub scopes: BTreeSet<Scope>,
    /// Random bits of the id; a repeated request sends the same bits.
    pub bits: [u8; 16],
}

/// A trusted program as the studio's owner sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelledIssuer {
    /// The trust itself: studio, owner and scopes.
    pub trusted: TrustedIssuer,
    /// The owner's name for the program.
    pub label: Line,
    /// Issuer, audience and subject of the program's tokens.
    pub program: ProgramOfIssuer,
}

/// The sealed part: names that identify the studio's other systems.
#[derive(Serialize, Deserialize)]
struct Content {
    label: Line,
    program: ProgramOfIssuer,
}

fn content_place(id: &TrustedIssuerId) -> [&str; 3] {
    ["records", id.as_str(), "trusted issuer"]
}

/// Derives the lookup hash and the key for a program's tokens.
async fn lookup(app: &App, program: &ProgramOfIssuer) -> Result<(String, Key), StoreError> {
    let parts = [&program.audience, &program.subject].map(|claim| claim.as_str().as_bytes());
    let [audience, subject] = parts;
    let parts = [program.issuer.as_str().as_bytes(), audience, subject];
    let digest = app.ring().await?.digest("trusted program", &parts);
    let hmac = data_encoding::HEXLOWER.encode(&digest);
    let key = keys::trusted_program(&hmac);
    Ok((hmac, key))
}

/// Returns who trusts a program, if any studio does: one strongly consistent read.
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

/// Trusts a program of an identity provider; needs the owner's recent second factor.
///
/// A repeated request returns what the first one wrote. A program can be trusted by one studio only, because its
/// tokens say no more than which program it is.
///
/// # Errors
///
/// 409 `issuer_trusted_already` for a program that this or another studio trusts; 409 `too_many_trusted_issuers`.
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
        // The same request ran a second time at the same moment.
        Committed::Refused(0) => {
            let there = store.trusted_issuers().await?;
            let found = there.into_iter().find(|it| it.trusted.id == asked.trusted.id);
            Ok(repeated(&asked, found.ok_or(StoreError::Corrupt("trusted issuer"))?))
        }
        Committed::Refused(_) => Err(ApiError::Conflict("issuer_trusted_already")),
    }
}

/// Compares a repeated request with the first: all but the creation time and the owner must be equal.
fn repeated(asked: &LabelledIssuer, found: LabelledIssuer) -> Created<LabelledIssuer> {
    let is_same = asked.label == found.label
        && asked.program == found.program
        && asked.trusted.scopes == found.trusted.scopes;
    if is_same { Created::Done(found) } else { Created::Differs }
}

impl StudioStore {
    /// Returns the programs of identity providers that this studio trusts, the oldest first.
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

    /// Stops trusting a program: its tokens are rejected from the next request on.
    ///
    /// Returns `false` if there is no such program (any more).
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
