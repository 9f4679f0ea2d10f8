//! Open invitations to a school's or a studio's staff.
//!
//! The invited person finds one by a keyed hash of the mailed link; the inviting side lists and withdraws them.
//!
//! The invited e-mail address may have no account, so personal data is sealed under the studio's key; the person is
//! created when the invitation is accepted. All rows are in the `access` table: they live a week and are not backed
//! up.

use domain::audit::Action;
use domain::email::EmailAddress;
use domain::ids::{InvitationId, SchoolId, StudioId};
use domain::mailed_token::MailedToken;
use domain::school_staff::{INVITATION_LIVES_SECONDS, Offer};
use serde::{Deserialize, Serialize};

use crate::access::stores::{ManagedSchool, StudioStore};
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::mail::{self, Asked, Stamp};
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::keys::{self, Key};
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, student_keys};

/// An open invitation.
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// E-mail address of the invited person.
    pub email: EmailAddress,
    /// The offered role.
    pub offer: Offer,
    /// Expiry time, in seconds since 1970.
    pub ends: i64,
}

/// The sealed part of an invitation.
#[derive(Serialize, Deserialize)]
struct Content {
    email: EmailAddress,
    offer: Offer,
}

fn content_place(id: &InvitationId) -> [&str; 3] {
    ["access", id.as_str(), "invitation"]
}

/// Returns the partition of a school's or the studio's invitations.
fn partition(studio: &StudioId, school: Option<&SchoolId>) -> String {
    match school {
        Some(school) => keys::school_partition(studio, school),
        None => keys::studio_partition(studio),
    }
}

fn school_of(offer: &Offer) -> Option<&SchoolId> {
    match offer {
        Offer::SchoolStaff { school, .. } => Some(school),
        Offer::StudioStaff => None,
    }
}

/// Returns the audit log's text for what an invitation offers.
pub(crate) fn in_the_log(offer: &Offer) -> String {
    match offer {
        Offer::SchoolStaff { school, assignment } => {
            format!("{school} {}", assignment.role().name())
        }
        Offer::StudioStaff => "studio staff".to_owned(),
    }
}

/// An invitation that was found through its mailed link.
pub(crate) struct Followed {
    pub(crate) studio: StudioId,
    pub(crate) invitation: Invitation,
    lookup: Key,
    listed: Key,
}

/// Returns the open invitation for a link's token. Nothing is consumed yet.
pub(crate) async fn follow(app: &App, text: &str) -> Result<Option<Followed>, StoreError> {
    let Some(token) = MailedToken::parse(text) else {
        return Ok(None);
    };
    let hmac = app.ring().await?.lookup("invitation", token.as_str().as_bytes());
    let lookup = keys::invitation_lookup(&hmac);
    let table = app.access()?;
    let Some(row) = table.get(&lookup).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("invitation");
    let studio = row.text("studio").and_then(|id| StudioId::parse(&id).ok()).ok_or_else(corrupt)?;
    let school = row.text("school").and_then(|id| SchoolId::parse(&id).ok());
    let id = row.text("id").and_then(|id| InvitationId::parse(&id).ok()).ok_or_else(corrupt)?;
    let listed = keys::invitation(partition(&studio, school.as_ref()), &id);
    let Some(row) = table.get(&listed).await? else {
        return Ok(None);
    };
    // After an invitation was sent again, its older link is not valid.
    let is_this = row.text("hmac").is_some_and(|of_row| of_row == hmac);
    let invitation = read(app, &studio, &row).await?;
    let is_open = is_this && invitation.ends > app.now().as_second();
    Ok(is_open.then_some(Followed { studio, invitation, lookup, listed }))
}

impl Followed {
    /// Builds the changes that consume the invitation; they fail if another request consumed it first.
    pub(crate) fn consume(&self, app: &App) -> Result<[Change; 2], StoreError> {
        let table = app.access()?;
        Ok([Change::delete(table, &self.lookup)?, Change::delete(table, &self.listed)?])
    }
}

async fn read(app: &App, studio: &StudioId, row: &Item) -> Result<Invitation, StoreError> {
    let corrupt = || StoreError::Corrupt("invitation");
    let sk = row.text("SK").ok_or_else(corrupt)?;
    let id = sk.strip_prefix(keys::INVITATIONS).and_then(|id| InvitationId::parse(id).ok());
    let id = id.ok_or_else(corrupt)?;
    let key = student_keys::of_studio(app, studio).await?;
    let plain = key.open(&content_place(&id), row.bytes("content").ok_or_else(corrupt)?)?;
    let Content { email, offer } = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
    Ok(Invitation { id, email, offer, ends: row.number("ends").ok_or_else(corrupt)? })
}

impl StudioStore {
    /// Mails an invitation.
    ///
    /// An e-mail address has one invitation per school or studio: inviting it again sends a new link and invalidates
    /// the old one.
    ///
    /// # Errors
    ///
    /// 429 when too many mails were sent to the address: nothing is created, and a link that was mailed before stays
    /// valid.
    pub(crate) async fn invite(&self, email: EmailAddress, offer: Offer) -> Result<(), ApiError> {
        let app = self.app;
        let stamp = Stamp::for_account(app, &self.studio, &email).await?;
        let school = school_of(&offer);
        let place = partition(&self.studio, school);
        let ring = app.ring().await?;
        let parts = [place.as_bytes(), email.lookup().as_bytes()].map(<[u8]>::to_vec);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let id = InvitationId::from_random(ring.id_bits("invitation", &parts));
        let listed = keys::invitation(place, &id);
        let table = app.access()?;
        let before = table.get(&listed).await?.and_then(|row| row.text("hmac"));

        let token = MailedToken::from_random(app.random());
        let hmac = ring.lookup("invitation", token.as_str().as_bytes());
        let ends = app.now().as_second().saturating_add(INVITATION_LIVES_SECONDS);
        let mut lookup = Item::at(&keys::invitation_lookup(&hmac))
            .with_text("studio", self.studio.as_str())
            .with_text("id", id.as_str())
            .ending(ends);
        if let Some(school) = school {
            lookup = lookup.with_text("school", school.as_str());
        }
        let key = student_keys::of_studio(app, &self.studio).await?;
        let sealed_to = key
            .seal(&mail::sealed_address::of_studio_place(&self.studio), email.as_str().as_bytes());
        let mut event = self.event(Action::StaffInvited, id.as_str());
        event.details = Some(in_the_log(&offer));
        let is_to_school = school.is_some();
        let content = serde_json::to_vec(&Content { email, offer }).unwrap_or_default();
        let row = Item::at(&listed)
            .with_text("hmac", hmac)
            .with_bytes("content", key.seal(&content_place(&id), &content))
            .ending(ends);
        let mut changes = vec![
            Change::create(table, lookup)?,
            Change::put(table, row)?,
            audit::add(app, &event).await?,
        ];
        if let Some(before) = before {
            changes.push(Change::delete_if_there(table, &keys::invitation_lookup(&before))?);
        }
        match commit(app, changes).await? {
            Committed::Yes => {
                let (studio, token) = (self.studio.clone(), token.as_str().to_owned());
                let mail = Asked::Invitation { studio, sealed_to, token, is_to_school };
                mail::post(app, Some(stamp), Some(mail)).await
            }
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }

    /// Returns a page of the open invitations to a school, or to the studio.
    pub(crate) async fn invitations(
        &self,
        school: Option<&SchoolId>,
        paging: Paging,
    ) -> Result<List<Invitation>, StoreError> {
        let app = self.app;
        let place = partition(&self.studio, school);
        let table = app.access()?;
        let page = table.page(&place, keys::INVITATIONS, paging.after, paging.limit).await?;
        let now = app.now().as_second();
        let mut items = Vec::with_capacity(page.items.len());
        for row in &page.items {
            items.push(read(app, &self.studio, row).await?);
        }
        items.retain(|invitation| invitation.ends > now);
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }

    /// Returns all open invitations to a school, or to the studio.
    pub(crate) async fn open_invitations(
        &self,
        school: Option<&SchoolId>,
    ) -> Result<Vec<Invitation>, StoreError> {
        let place = partition(&self.studio, school);
        let rows = self.app.access()?.all(&place, keys::INVITATIONS).await?;
        let reading = rows.iter().map(|row| read(self.app, &self.studio, row));
        let mut all = futures_util::future::try_join_all(reading).await?;
        all.retain(|invitation| invitation.ends > self.app.now().as_second());
        Ok(all)
    }

    /// Withdraws an open invitation: its link is not valid any more.
    pub(crate) async fn withdraw_invitation(
        &self,
        school: Option<&SchoolId>,
        id: &Untrusted<InvitationId>,
    ) -> Result<(), ApiError> {
        let app = self.app;
        let id = id.inner();
        let listed = keys::invitation(partition(&self.studio, school), id);
        let table = app.access()?;
        let row = table.get(&listed).await?.ok_or(ApiError::NotFound)?;
        let hmac = row.text("hmac").ok_or(StoreError::Corrupt("invitation"))?;
        let event = self.event(Action::InvitationWithdrawn, id.as_str());
        let changes = vec![
            Change::delete(table, &listed)?,
            Change::delete_if_there(table, &keys::invitation_lookup(&hmac))?,
            audit::add(app, &event).await?,
        ];
        match commit(app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::NotFound),
        }
    }
}

impl ManagedSchool {
    /// Mails an invitation to work at the school.
    ///
    /// The answer is the same whether the address has an account or not.
    ///
    /// # Errors
    ///
    /// 409 `already_staff` for an e-mail address on the school's staff list.
    pub async fn invite_staff(
        &self,
        email: EmailAddress,
        assignment: domain::school_staff::Assignment,
    ) -> Result<(), ApiError> {
        if self.is_member(&email).await? {
            return Err(ApiError::Conflict("already_staff"));
        }
        let school = self.at.school.id.clone();
        self.at.store.invite(email, Offer::SchoolStaff { school, assignment }).await
    }

    /// Returns a page of the open invitations to the school.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn staff_invitations(&self, paging: Paging) -> Result<List<Invitation>, StoreError> {
        self.at.store.invitations(Some(&self.at.school.id), paging).await
    }

    /// Withdraws an open invitation to the school.
    ///
    /// # Errors
    ///
    /// 404 for an invitation that is not open.
    pub async fn withdraw_staff_invitation(
        &self,
        id: &Untrusted<InvitationId>,
    ) -> Result<(), ApiError> {
        self.at.store.withdraw_invitation(Some(&self.at.school.id), id).await
    }
}
