//! Views that people have of their own account and sessions.

use crate::sign_in::signed_in::PersonView;
use domain::ids::SessionId;
use domain::person::Portal;
use serde::Serialize;

use crate::access::visitor::Visitor;
use crate::http::error::ApiError;
use crate::people::persons::scope_of;
use crate::people::sessions;
use crate::sign_in::acting::ActingView;
use crate::sign_in::{csrf, session};
use crate::store::change::commit;
use crate::store::untrusted::Untrusted;
use crate::store::{audit, student_keys};
use crate::wire::time::rfc3339;
use domain::audit::Action;

/// The signed-in person, as `GET /v1/session` returns it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct SessionView {
    /// The person.
    pub person: PersonView,
    /// `photographer`, `school`, `parent` or `admin`.
    pub portal: String,
    /// The assurance level of the session: `aal1` or `aal2`.
    pub assurance: &'static str,
    /// The CSRF token that writes carry in `X-CSRF-Token`.
    pub csrf_token: String,
    /// The absolute expiry of the session.
    pub expires_at: String,
    /// The photographer's studio.
    pub studio: Option<StudioView>,
    /// Whether a parent must still accept the current consent.
    pub consent_needed: bool,
    /// Set during impersonation, by support or by an administrator of the person's school.
    pub acting: Option<ActingView>,
}

/// A studio as its members see it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct StudioView {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
}

/// One of a person's own sessions.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OpenSession {
    /// The id.
    pub id: String,
    /// The portal it is for.
    pub portal: &'static str,
    /// Whether it is the session of this request.
    pub is_this: bool,
    /// When it was opened.
    pub opened_at: String,
    /// When it was last used, with a precision of five minutes.
    pub last_seen_at: String,
    /// The IP address that it was opened from.
    pub address: String,
    /// The user agent that the browser sent.
    pub user_agent: String,
}

impl Visitor {
    /// Returns the signed-in person and the session.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn view(&self) -> Result<SessionView, ApiError> {
        let studio = match &self.session.studio {
            None => None,
            Some(id) => crate::records::studios::find(self.app, id)
                .await?
                .map(|studio| StudioView { id: studio.id.to_string(), name: studio.name.into() }),
        };
        let is_parent = self.session.portal == Portal::Parent;
        Ok(SessionView {
            person: PersonView {
                id: self.person.id.to_string(),
                email: self.person.email(self.app).await?.as_str().to_owned(),
            },
            portal: self.session.portal.name().to_owned(),
            assurance: self.session.assurance.name(),
            csrf_token: csrf::token(self.app, &self.session.csrf),
            expires_at: rfc3339(self.session.ends),
            studio,
            consent_needed: is_parent
                && !self.person.has_consented(&domain::consent::PARENT_ACCESS),
            acting: self.acting_view(),
        })
    }

    /// Returns the person's live sessions at every portal, newest first.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn sessions(&self) -> Result<Vec<OpenSession>, ApiError> {
        let mut live = session::live_of(self.app, &self.person).await?;
        live.sort_by_key(|session| std::cmp::Reverse((session.last_seen, session.opened_at)));
        let key = student_keys::of_person(self.app, &self.person.id).await?;
        let views = live.iter().map(|session| {
            let origin = session.origin(&key)?;
            Ok(OpenSession {
                id: session.id.to_string(),
                portal: session.portal.name(),
                is_this: session.id == self.session.id,
                opened_at: rfc3339(session.opened_at),
                last_seen_at: rfc3339(session.last_seen),
                address: origin.address,
                user_agent: origin.user_agent,
            })
        });
        views.collect()
    }

    /// Ends one of the person's own sessions. The next request with it is refused.
    ///
    /// # Errors
    ///
    /// 404 for a session that does not exist, or is no longer one of theirs.
    pub async fn end(&self, id: &Untrusted<SessionId>) -> Result<(), ApiError> {
        let id = id.inner();
        if sessions::find(self.app, &self.person.id, id).await?.is_none() {
            return Err(ApiError::NotFound);
        }
        self.end_all(&[id]).await
    }

    /// Ends all sessions of the person except the one of this request.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn end_others(&self) -> Result<(), ApiError> {
        let (all, _) = sessions::all(self.app, &self.person.id).await?;
        let others: Vec<_> =
            all.iter().map(|session| &session.id).filter(|id| **id != self.session.id).collect();
        self.end_all(&others).await
    }

    async fn end_all(&self, ids: &[&SessionId]) -> Result<(), ApiError> {
        let person = &self.person;
        let mut event = self.caller.event(
            self.app,
            scope_of(person),
            Action::SessionsEnded,
            person.id.as_str(),
        );
        event.details = Some(format!("{} sessions", ids.len()));
        let mut changes = vec![audit::add(self.app, &event).await?];
        for id in ids {
            changes.push(sessions::remove(self.app, &person.id, id)?);
        }
        commit(self.app, changes).await?;
        Ok(())
    }
}
