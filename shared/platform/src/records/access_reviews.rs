//! The access report: every person and program that can see a studio's data, signed off by its owner.
//!
//! The report is computed from the rows that grant access, never from a copy. The signature covers the digest of
//! exactly the report that was shown. Families are counted per school here; the school's list of access requests
//! names them one by one.

use domain::access::{AccessState, Relation};
use domain::access_review::{Grant, GrantKind};
use domain::api_key::Scope;
use domain::audit::Action;
use domain::email::EmailAddress;
use domain::ids::{PersonId, SchoolId};
use domain::person::Portal;
use domain::school::{District, School};
use domain::school_staff::Offer;
use futures_util::future::{try_join_all, try_join3};
use jiff::Timestamp;

use crate::access::fresh_second_factor::FreshSecondFactor;
use crate::access::stores::{ManagedSchool, SchoolStore, StudioStore};
use crate::base::app::App;
use crate::base::crypto::digest::sha256_hex;
use crate::http::error::ApiError;
use crate::people::{persons, sessions};
use crate::records::access_requests::{REQUESTS, RequestRow};
use crate::records::guest_tokens::{self, still_shows};
use crate::records::invitations::Invitation;
use crate::records::school_staff::staff_of;
use crate::records::{api_keys, scim_tokens};
use crate::store::change::{Change, commit};
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::{audit, keys};

/// A grant with the name that its owner knows it by.
pub struct Listed {
    /// The grant.
    pub grant: Grant,
    /// An e-mail address or a label.
    pub name: String,
    /// Last use, in seconds since 1970; set only where a session records it.
    pub last_seen: Option<i64>,
}

/// Number of a school's families that see their child, or may see them later.
pub struct Families {
    /// The school.
    pub school: School,
    /// Families that see photos.
    pub active: u64,
    /// Families that wait for the school's approval or have not consented yet.
    pub waiting: u64,
    /// Families that requested access since the last review.
    pub new: u64,
}

/// A review that was signed off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Review {
    /// Time of the sign-off, in seconds since 1970.
    pub at: i64,
    /// The person who signed it off.
    pub by: PersonId,
    /// Digest of the report.
    pub digest: String,
    /// Number of grants the report listed.
    pub grants: u64,
}

/// The access report of a studio.
pub struct AccessReport {
    /// All grants except those of families.
    pub grants: Vec<Listed>,
    /// Families, counted per school.
    pub families: Vec<Families>,
    /// Number of grants, with families counted one by one.
    pub count: u64,
    /// SHA-256 digest of all grants, families included; the owner signs it off.
    pub digest: String,
    /// The last review, if any.
    pub last: Option<Review>,
}

impl StudioStore {
    /// Returns the report for the studio's owner, and writes an audit event.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn access_review(&self, owner: &PersonId) -> Result<AccessReport, StoreError> {
        let event = self.event(Action::AccessReviewRead, self.studio.as_str());
        audit::record(self.app, &event).await?;
        Box::pin(self.access_report(owner)).await
    }

    async fn access_report(&self, owner: &PersonId) -> Result<AccessReport, StoreError> {
        let last = self.last_review().await?;
        let (mut listed, programs, schools) = try_join3(
            self.own_people(owner),
            self.programs(),
            self.whole_list("SCHOOL#", "school"),
        )
        .await?;
        listed.extend(programs);
        listed.extend(self.directories().await?);
        listed.extend(self.guests().await?);
        listed.extend(self.open_invitations(None).await?.into_iter().map(invited));
        let (mut families, mut of_families) = (Vec::new(), Vec::new());
        for school in schools {
            let (grants, counted) = self.families(school, last.as_ref().map(|it| it.at)).await?;
            listed.extend(self.of_school(&counted.school).await?);
            of_families.extend(grants);
            families.push(counted);
        }
        let mut all: Vec<_> = listed.iter().map(|it| &it.grant).chain(&of_families).collect();
        all.sort_unstable();
        let count = u64::try_from(all.len()).unwrap_or(u64::MAX);
        let digest = sha256_hex(&serde_json::to_vec(&all).unwrap_or_default());
        Ok(AccessReport { grants: listed, families, count, digest, last })
    }

    /// Lists the owner and the staff, with the API keys of their programs.
    async fn own_people(&self, owner: &PersonId) -> Result<Vec<Listed>, StoreError> {
        let (app, partition) = (self.app, keys::studio_partition(&self.studio));
        let mut people = vec![(owner.clone(), Grant::new(GrantKind::Owner, owner.as_str()))];
        for row in app.records()?.all(&partition, keys::STAFF).await? {
            let person = staff_of(&row)?;
            let mut grant = Grant::new(GrantKind::Colleague, person.as_str());
            grant.since = Some(seconds(row.text("since"))?);
            people.push((person, grant));
        }
        let reading = people.into_iter().map(|(id, grant)| self.own_person(id, grant));
        Ok(try_join_all(reading).await?.into_iter().flatten().collect())
    }

    async fn own_person(&self, id: PersonId, grant: Grant) -> Result<Vec<Listed>, StoreError> {
        let app = self.app;
        let Some(person) = persons::find(app, &id).await? else {
            return Ok(Vec::new());
        };
        let email = person.email(app).await?;
        let mut listed = Vec::with_capacity(1 + person.api_keys.len());
        for labelled in api_keys::opened(app, &person).await? {
            if labelled.key.studio != self.studio {
                continue;
            }
            let mut grant = Grant::new(GrantKind::ApiKey, labelled.key.id.as_str());
            grant.parts = labelled.key.scopes.iter().map(|scope| scope.name().to_owned()).collect();
            grant.since = Some(labelled.key.created_at);
            let name = format!("{} ({})", labelled.label.as_str(), email.as_str());
            listed.push(Listed { grant, name, last_seen: None });
        }
        let last_seen = last_seen(app, &id, Portal::Photographer).await?;
        listed.push(Listed { grant, name: email.into(), last_seen });
        Ok(listed)
    }

    /// Lists the trusted programs of identity providers.
    async fn programs(&self) -> Result<Vec<Listed>, StoreError> {
        let trusted = self.trusted_issuers().await?;
        let listed = trusted.into_iter().map(|labelled| {
            let name = |scope: &Scope| scope.name().to_owned();
            let mut grant = Grant::new(GrantKind::TrustedIssuer, labelled.trusted.id.as_str());
            grant.parts = labelled.trusted.scopes.iter().map(name).collect();
            grant.since = Some(labelled.trusted.created_at);
            Listed { grant, name: labelled.label.into(), last_seen: None }
        });
        Ok(listed.collect())
    }

    /// Lists the SCIM tokens of the districts' directories.
    async fn directories(&self) -> Result<Vec<Listed>, StoreError> {
        let mut listed = Vec::new();
        for district in self.whole_list::<District>("DISTRICT#", "district").await? {
            for token in scim_tokens::of_district(self.app, &district.id).await? {
                let mut grant = Grant::new(GrantKind::Directory, token.id.as_str());
                grant.parts = vec![district.id.to_string()];
                grant.since = Some(token.created_at);
                grant.until = Some(token.ends_at);
                let name = district.name.as_str().to_owned();
                listed.push(Listed { grant, name, last_seen: None });
            }
        }
        Ok(listed)
    }

    /// Lists the guests whose token is valid and whose host may still see the gallery.
    async fn guests(&self) -> Result<Vec<Listed>, StoreError> {
        let mut listed = Vec::new();
        for (token, ends) in guest_tokens::of_studio(self.app, &self.studio).await? {
            let Some(host) = persons::find(self.app, &token.host).await? else { continue };
            if !still_shows(self.app, &host, &token).await? {
                continue;
            }
            let mut grant = Grant::new(GrantKind::Guest, token.id.as_str());
            grant.student = Some(token.student);
            grant.parts = vec![token.gallery.to_string()];
            grant.since = Some(ends.saturating_sub(guest_tokens::LIVES_SECONDS));
            grant.until = Some(ends);
            listed.push(Listed {
                grant,
                name: host.email(self.app).await?.into(),
                last_seen: None,
            });
        }
        Ok(listed)
    }

    /// Lists the people who work at a school, and those who are invited to.
    async fn of_school(&self, school: &School) -> Result<Vec<Listed>, StoreError> {
        let at = SchoolStore::of_studio(self.again(), school.clone());
        let mut listed = Vec::new();
        for member in (ManagedSchool { at }).everybody().await? {
            let mut grant = Grant::new(GrantKind::SchoolStaff, member.person.as_str());
            grant.school = Some(school.id.clone());
            grant.role = Some(member.assignment.role().name());
            let classes = member.assignment.classes().iter();
            grant.parts = classes.map(|class| class.as_str().to_owned()).collect();
            grant.since = Some(seconds(Some(member.since))?);
            let last_seen = last_seen(self.app, &member.person, Portal::School).await?;
            listed.push(Listed { grant, name: member.email.into(), last_seen });
        }
        listed.extend(self.open_invitations(Some(&school.id)).await?.into_iter().map(invited));
        Ok(listed)
    }

    /// Reads the families of a school: one by one for the digest, and counted for the page.
    async fn families(
        &self,
        school: School,
        reviewed_at: Option<i64>,
    ) -> Result<(Vec<Grant>, Families), StoreError> {
        let partition = keys::school_partition(&self.studio, &school.id);
        let rows = self.app.records()?.all(&partition, REQUESTS).await?;
        let mut grants = Vec::with_capacity(rows.len());
        for row in &rows {
            let row = RequestRow::read(row)?;
            // Students see nothing while the school does not admit adult students.
            if row.held.relation == Relation::Student && !school.adult_students {
                continue;
            }
            let Some(role) = state_name(row.held.state) else { continue };
            let mut grant = Grant::new(GrantKind::Family, row.person.as_str());
            grant.school = Some(school.id.clone());
            grant.student = Some(row.student);
            grant.role = Some(role);
            if row.held.relation == Relation::Student {
                grant.parts = vec!["student".to_owned()];
            }
            grant.since = Some(seconds(Some(row.at))?);
            grants.push(grant);
        }
        let count = |is_one: &dyn Fn(&Grant) -> bool| {
            u64::try_from(grants.iter().filter(|grant| is_one(grant)).count()).unwrap_or(u64::MAX)
        };
        let active = count(&|grant| grant.role == state_name(AccessState::Active));
        let waiting = count(&|grant| grant.role != state_name(AccessState::Active));
        let new = count(&|grant| grant.is_new(reviewed_at));
        Ok((grants, Families { school, active, waiting, new }))
    }

    /// Reads all rows of one kind in the studio's own partition.
    async fn whole_list<T: serde::de::DeserializeOwned>(
        &self,
        prefix: &str,
        attribute: &'static str,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.app.records()?.all(&keys::studio_partition(&self.studio), prefix).await?;
        let read = |row: &Item| row.json(attribute).ok_or(StoreError::Corrupt(attribute));
        rows.iter().map(read).collect()
    }

    /// Returns the last review that was signed off.
    async fn last_review(&self) -> Result<Option<Review>, StoreError> {
        let Some(row) = self.app.records()?.get(&keys::access_review(&self.studio)).await? else {
            return Ok(None);
        };
        let corrupt = || StoreError::Corrupt("access review");
        let by = row.text("by").and_then(|id| PersonId::parse(&id).ok());
        Ok(Some(Review {
            at: row.number("at").ok_or_else(corrupt)?,
            by: by.ok_or_else(corrupt)?,
            digest: row.text("digest").ok_or_else(corrupt)?,
            grants: row.number("grants").ok_or_else(corrupt)?,
        }))
    }
}

/// Signs off exactly the report that was shown; needs the owner's recent second factor.
///
/// # Errors
///
/// 409 `access_changed` when the grants differ from the report that was shown.
pub async fn sign_off(
    store: &StudioStore,
    owner: FreshSecondFactor<'_>,
    digest: &str,
) -> Result<Review, ApiError> {
    let (app, by) = (store.app, &owner.visitor().person.id);
    let report = Box::pin(store.access_report(by)).await?;
    if report.digest != digest {
        return Err(ApiError::Conflict("access_changed"));
    }
    let at = app.now().as_second();
    let (digest, grants) = (report.digest, report.count);
    let review = Review { at, by: by.clone(), digest, grants };
    let row = Item::at(&keys::access_review(&store.studio))
        .with_number("at", review.at)
        .with_text("by", review.by.as_str())
        .with_text("digest", review.digest.as_str())
        .with_number("grants", review.grants);
    let caller = &owner.visitor().caller;
    let scope = domain::audit::Scope::Studio(store.studio.clone());
    let mut event = caller.event(app, scope, Action::AccessReviewed, store.studio.as_str());
    event.details = Some(format!("{} of {} grants", review.digest, review.grants));
    commit(app, vec![Change::put(app.records()?, row)?, audit::add(app, &event).await?]).await?;
    Ok(review)
}

/// Returns the e-mail address of the person who signed a review.
///
/// # Errors
///
/// When the store fails.
pub async fn signed_by(app: &App, review: &Review) -> Result<Option<EmailAddress>, StoreError> {
    match persons::find(app, &review.by).await? {
        Some(person) => person.email(app).await.map(Some),
        None => Ok(None),
    }
}

fn invited(invitation: Invitation) -> Listed {
    let mut grant = Grant::new(GrantKind::Invitation, invitation.id.as_str());
    let school = |id: &SchoolId| Some(id.clone());
    let (at, role) = match &invitation.offer {
        Offer::SchoolStaff { school: id, assignment } => (school(id), assignment.role().name()),
        Offer::StudioStaff => (None, "colleague"),
    };
    (grant.school, grant.role, grant.until) = (at, Some(role), Some(invitation.ends));
    Listed { grant, name: invitation.email.into(), last_seen: None }
}

/// Returns the name of a state that gives access now or may do so later; `None` for an ended one.
fn state_name(state: AccessState) -> Option<&'static str> {
    match state {
        AccessState::Requested => Some("requested"),
        AccessState::Approved => Some("approved"),
        AccessState::Consented => Some("consented"),
        AccessState::Active => Some("active"),
        AccessState::Ended => None,
    }
}

fn seconds(text: Option<String>) -> Result<i64, StoreError> {
    let time = text.and_then(|text| text.parse::<Timestamp>().ok());
    time.map(Timestamp::as_second).ok_or(StoreError::Corrupt("time of a grant"))
}

/// Returns when a person was last seen at a portal, as far as their stored sessions show.
async fn last_seen(
    app: &App,
    person: &PersonId,
    portal: Portal,
) -> Result<Option<i64>, StoreError> {
    let (sessions, _) = sessions::all(app, person).await?;
    Ok(sessions.iter().filter(|it| it.portal == portal).map(|it| it.last_seen).max())
}
