//! Audit events: append-only. No role may update or delete one.

use domain::audit::Action;
use domain::audit::Actor;
use domain::audit::Outcome;
use domain::audit::{AuditEvent, Scope};
use domain::ids::AuditEventId;
use domain::ids::RequestId;

use crate::base::app::App;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, json};
use crate::store::keys;

/// Returns the change that adds an event, as part of the transaction that it describes.
pub(crate) async fn add(app: &App, event: &AuditEvent) -> Result<Change, StoreError> {
    Change::create(app.audit()?, item(app, event).await?)
}

/// Adds an event about a read or a refusal, which changes nothing else.
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

/// Creates an event that happens now.
///
/// It has the outcome `Done`; the caller adds details and origin.
pub(crate) fn event(
    app: &App,
    who: Actor,
    request: RequestId,
    (scope, did, to): (Scope, Action, String),
) -> AuditEvent {
    let at = app.now();
    AuditEvent {
        id: time_ordered(app.random(), at.as_millisecond()),
        at,
        who,
        scope,
        did,
        to,
        outcome: Outcome::Done,
        request,
        details: None,
        from: None,
    }
}

/// Creates a platform event by one of its workers.
pub(crate) fn by_worker(app: &App, worker: &str, did: Action, to: &str) -> AuditEvent {
    let request = RequestId::from_random(app.random());
    event(app, Actor::Worker(worker.to_owned()), request, (Scope::Platform, did, to.to_owned()))
}

/// Returns an audit id: 48 bits of milliseconds, then 80 of the given bits, so that ids sort by time.
pub(crate) fn time_ordered(mut bits: [u8; 16], milliseconds: i64) -> AuditEventId {
    let time = milliseconds.to_be_bytes();
    bits.iter_mut().zip(time.iter().skip(2)).for_each(|(to, from)| *to = *from);
    AuditEventId::from_random(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ids_of_events_sort_by_their_milliseconds() {
        let at = |milliseconds| time_ordered([0xff; 16], milliseconds);
        let (first, next) = (at(1_790_000_000_000), at(1_790_000_000_001));
        assert!(first.as_str() < next.as_str(), "{first} {next}");
        assert!(time_ordered([0; 16], 1_790_000_000_001).as_str() > first.as_str());
        assert_ne!(time_ordered([0; 16], 1), time_ordered([1; 16], 1));
    }
}
