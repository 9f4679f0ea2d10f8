//! Staff of a studio: the person's row gives access to the studio, the studio's row lists the person.
//!
//! Both rows change in one transaction.

use domain::audit::Action;
use domain::email::EmailAddress;
use domain::ids::{InvitationId, PersonId, StudioId};
use domain::person::{Membership, StudioRole};
use domain::school_staff::Offer;

use crate::access::photographer::Photographer;
use crate::access::stores::StudioStore;
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::people::persons;
use crate::records::invitations::Invitation;
use crate::records::school_staff::staff_of;
use crate::store::change::{Change, Committed, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, json};
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// Handle for what a studio's owner decides.
pub struct OwnedStudio {
    store: StudioStore,
}

/// A person who works in the studio and does not own it.
pub struct StudioStaffMember {
    /// The person's id.
    pub person: PersonId,
    /// The person's e-mail address.
    pub email: EmailAddress,
    /// Start of the work, in RFC 3339.
    pub since: String,
}

impl Photographer {
    /// Returns the handle of the studio for its owner.
    ///
    /// # Errors
    ///
    /// 403 `owner_only` for every other person who works there, and for programs.
    pub fn owned_studio(self) -> Result<OwnedStudio, ApiError> {
        Ok(OwnedStudio { store: self.into_owner()?.store })
    }
}

/// Builds the changes that add a person to a studio's staff; they fail if the person is on it already.
pub(crate) fn join(
    app: &App,
    person: &PersonId,
    studio: &StudioId,
) -> Result<[Change; 2], StoreError> {
    let table = app.records()?;
    let membership = Membership { studio: studio.clone(), role: StudioRole::Staff };
    let of_studio =
        Item::at(&keys::studio_staff(studio, person)).with_text("since", app.now().to_string());
    Ok([
        Change::create(table, persons::membership_item(person, &membership))?,
        Change::create(table, of_studio)?,
    ])
}

impl OwnedStudio {
    /// Returns a page of the people who work in the studio, and writes an audit event.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn staff(&self, paging: Paging) -> Result<List<StudioStaffMember>, StoreError> {
        let app = self.store.app;
        let partition = keys::studio_partition(&self.store.studio);
        let table = app.records()?;
        let page = table.page(&partition, keys::STAFF, paging.after, paging.limit).await?;
        let event = self.store.event(Action::StaffListed, self.store.studio.as_str());
        audit::record(app, &event).await?;
        let mut items = Vec::with_capacity(page.items.len());
        for row in &page.items {
            items.extend(member(app, row).await?);
        }
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }

    /// Ends a person's work in the studio, from their next request on.
    ///
    /// # Errors
    ///
    /// 404 for a person who does not work here, or who owns the studio.
    pub async fn remove_staff(&self, person: &Untrusted<PersonId>) -> Result<(), ApiError> {
        let (app, person) = (self.store.app, person.inner());
        let table = app.records()?;
        let of_person = keys::membership(person, &self.store.studio);
        let event = self.store.event(Action::StaffRemoved, person.as_str());
        let changes = vec![
            Change::delete_expecting(table, &of_person, "role", json(&StudioRole::Staff))?,
            Change::delete_if_there(table, &keys::studio_staff(&self.store.studio, person))?,
            audit::add(app, &event).await?,
        ];
        match commit(app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::NotFound),
        }
    }

    /// Mails an invitation to work in the studio.
    ///
    /// The answer is the same whether the address has an account or not.
    ///
    /// # Errors
    ///
    /// 409 `already_staff` for the e-mail address of a person who works in the studio.
    pub async fn invite_staff(&self, email: EmailAddress) -> Result<(), ApiError> {
        let person = persons::find_of_address(self.store.app, &email).await?;
        let is_of_studio = |it: &Membership| it.studio == self.store.studio;
        if person.is_some_and(|person| person.memberships.iter().any(is_of_studio)) {
            return Err(ApiError::Conflict("already_staff"));
        }
        self.store.invite(email, Offer::StudioStaff).await
    }

    /// Returns a page of the open invitations to the studio.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn invitations(&self, paging: Paging) -> Result<List<Invitation>, StoreError> {
        self.store.invitations(None, paging).await
    }

    /// Withdraws an open invitation to the studio.
    ///
    /// # Errors
    ///
    /// 404 for an invitation that is not open.
    pub async fn withdraw_invitation(&self, id: &Untrusted<InvitationId>) -> Result<(), ApiError> {
        self.store.withdraw_invitation(None, id).await
    }
}

async fn member(app: &App, row: &Item) -> Result<Option<StudioStaffMember>, StoreError> {
    let since = row.text("since").ok_or(StoreError::Corrupt("studio staff"))?;
    let Some(person) = persons::find(app, &staff_of(row)?).await? else {
        return Ok(None);
    };
    let email = person.email(app).await?;
    Ok(Some(StudioStaffMember { person: person.id, email, since }))
}
