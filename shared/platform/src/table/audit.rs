//! Audit events: only ever added. No role may update or delete one.

use domain::audit::{AuditEvent, Scope};

use crate::app::App;
use crate::table::item::json;
use crate::table::{Change, Committed, Item, StoreError, commit, keys};

/// The change that adds an event: part of the transaction it tells about.
pub(crate) async fn add(app: &App, event: &AuditEvent) -> Result<Change, StoreError> {
    Change::create(app.audit()?, item(app, event).await?)
}

/// Adds an event about something that changed nothing: reading, or a refusal.
pub(crate) async fn record(app: &App, event: &AuditEvent) -> Result<(), StoreError> {
    let change = add(app, event).await?;
    match commit(app, vec![change]).await? {
        Committed::Yes => Ok(()),
        Committed::Refused(_) => Err(StoreError::Corrupt("audit id")),
    }
}

async fn item(app: &App, event: &AuditEvent) -> Result<Item, StoreError> {
    let (studio, scope) = match &event.scope {
        Scope::Studio(studio) => (Some(studio), studio.as_str()),
        Scope::Platform => (None, "platform"),
    };
    let hour = event.at.strftime("%Y-%m-%dT%H").to_string();
    let mut item = Item::at(&keys::audit_event(studio, &hour, &event.id))
        .with_text("at", event.at.to_string())
        .with_json("who", &event.who)
        .with_json("did", &event.did)
        .with_text("to", event.to.clone())
        .with_json("outcome", &event.outcome)
        .with_text("request", event.request.as_str());
    if let Some(details) = &event.details {
        item = item.with_text("details", details.clone());
    }
    if let Some(from) = &event.from {
        let ring = app.ring().await?;
        let key = ring
            .wrapping_key(ring.current(), &format!("audit|{scope}"))
            .ok_or(StoreError::Corrupt("key ring"))?;
        let plain = serde_json::to_vec(from).map_err(|_| StoreError::Corrupt("origin"))?;
        let sealed = key.seal(&["audit", scope, event.id.as_str(), "from"], &plain);
        item = item.with_text("root", ring.current()).with_bytes("from", sealed);
    }
    Ok(item.with("v", json(&1)))
}
