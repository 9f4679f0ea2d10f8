//! People that a district's directory provisions over SCIM, found by the directory's id or by their user name.
//!
//! They are the same people who sign in through the district's identity provider ([`identities`]): both use the same
//! key, so deprovisioning a person blocks exactly the sign-in that the provider would allow. Stored are the
//! directory's id and the displayed e-mail address, sealed under the person's key, and nothing else of what the
//! directory sends.
//!
//! **Deprovisioning.** A person of a directory can sign in only through the district's provider: no password, no
//! mailed link and no second factor of ours. When the directory deprovisions a person, one transaction ends all of
//! it: the sign-in, the sessions at every portal, and the guest tokens they gave. A parent who uses the same e-mail
//! address with a share code is a different person here ([`identities::person_of`] never links by address) and keeps
//! access: a district decides about its staff, never about a family. An account that a site administrator disabled
//! stays disabled, because the directory sets a separate mark.

use aws_sdk_dynamodb::types::AttributeValue;
use data_encoding::HEXLOWER;
use domain::audit::Action;
use domain::email::EmailAddress;
use domain::ids::PersonId;
use domain::scim::{Changes, Filter, NewUser};
use futures_util::future::try_join_all;
use std::sync::Arc;

use crate::access::directory::Directory;
use crate::base::crypto::data_key::DataKey;
use crate::http::error::ApiError;
use crate::people::persons::{self, ByDirectory, Person};
use crate::records::identities;
use crate::records::identity_providers::{self, IdentityProvider};
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::keys::{self, Key};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, student_keys};

/// Attempts when the same person is changed concurrently.
const TRIES: u32 = 5;

/// A person that a directory provisioned.
#[derive(Clone)]
pub struct DirectoryPerson {
    /// Our id of the person.
    pub id: PersonId,
    /// The directory's id of the person.
    pub external_id: String,
    /// The user name for sign-in at the provider: their e-mail address.
    pub user_name: String,
    /// Whether they may sign in.
    pub is_active: bool,
    /// When the directory first provisioned them, in seconds since 1970.
    pub created_at: i64,
    /// When the directory last changed them, in seconds since 1970.
    pub changed_at: i64,
}

/// A person with the directory's row about them.
struct Known {
    person: Person,
    row: Item,
    shown: DirectoryPerson,
}

impl Directory {
    /// Returns the person that a SCIM filter matches.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn find(&self, filter: &Filter) -> Result<Option<DirectoryPerson>, StoreError> {
        let person = match filter {
            Filter::UserName(name) => match EmailAddress::parse(name) {
                Ok(address) => self.named(&address).await?,
                Err(_) => None,
            },
            Filter::ExternalId(id) => {
                match identity_providers::find(self.app, &self.district).await? {
                    Some(provider) => self.identified(&provider, id).await?,
                    None => None,
                }
            }
        };
        match person {
            Some(person) => Ok(self.known(&person).await?.map(|known| known.shown)),
            None => Ok(None),
        }
    }

    /// Returns a page of the district's people, in the order of their ids, and their total number.
    ///
    /// The page has up to `count` people after the first `skipped`.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn page(
        &self,
        skipped: usize,
        count: usize,
    ) -> Result<(Vec<DirectoryPerson>, usize), StoreError> {
        let partition = keys::district_partition(&self.district);
        let rows = self.app.records()?.all(&partition, keys::DIRECTORY_PEOPLE).await?;
        let total = rows.len();
        let wanted = rows.into_iter().skip(skipped).take(count);
        let known = try_join_all(wanted.map(|row| self.opened(row))).await?;
        Ok((known.into_iter().flatten().map(|known| known.shown).collect(), total))
    }

    /// Returns a person by our id.
    ///
    /// # Errors
    ///
    /// 404 for every person that this directory did not provision.
    pub async fn person(&self, id: &Untrusted<PersonId>) -> Result<DirectoryPerson, ApiError> {
        Ok(self.known(id.inner()).await?.ok_or(ApiError::NotFound)?.shown)
    }

    /// Provisions a person: from now on the provider can sign them in, while the directory marks them as active.
    ///
    /// A person who signed in through the provider before stays the same person. Provisioning gives no role: a
    /// school's invitation does.
    ///
    /// # Errors
    ///
    /// 409 `scim_uniqueness` for a person who is provisioned already; 400 for an id that no token of the tenant can
    /// carry, and for an e-mail address outside the district's domains.
    pub async fn add(&self, new: &NewUser) -> Result<DirectoryPerson, ApiError> {
        let provider = self.provider().await?;
        let subject = provider.settings.tenant.subject_of(&new.external_id);
        let subject = subject.ok_or(ApiError::Malformed("scim_external_id"))?;
        let email = address(&provider, &new.user_name)?;
        let identity = identities::key(self.app, &provider, &subject).await?;
        for _ in 0..TRIES {
            let found = identities::find(self.app, &identity).await?;
            if let Some(person) = &found
                && self.known(person).await?.is_some()
            {
                return Err(ApiError::Conflict("scim_uniqueness"));
            }
            let (person, key, changes) = match found {
                None => self.made(&identity, &email, new.active).await?,
                Some(person) => self.taken_up(person, &email, new.active).await?,
            };
            let name = self.name(&email).await?;
            let now = self.app.now().as_second();
            let external = key.seal(&external_place(self, &person), new.external_id.as_bytes());
            let row = Item::at(&self.place(&person))
                .with_bytes("external", external)
                .with_text("name", name.as_str())
                .with_number("created", now)
                .with_number("changed", now);
            let records = self.app.records()?;
            let lookup = Item::at(&keys::directory_name(&self.district, &name))
                .with_text("person", person.as_str());
            let event = self.event(Action::IdentityProvisioned, person.as_str());
            // These two come first: a refusal of row 0 means that the name is taken.
            let mut all = vec![Change::create(records, lookup)?, Change::create(records, row)?];
            all.extend(changes);
            all.push(audit::add(self.app, &event).await?);
            match commit(self.app, all).await? {
                Committed::Yes => {
                    let known = self.known(&person).await?;
                    return Ok(known.ok_or(StoreError::Corrupt("directory's person"))?.shown);
                }
                Committed::Refused(0) => return Err(ApiError::Conflict("scim_uniqueness")),
                // Another request changed the person at the same moment: read again.
                Committed::Refused(_) => {}
            }
        }
        Err(ApiError::Conflict("wrong_state"))
    }

    /// Changes a provisioned person.
    ///
    /// Deactivation takes effect with this transaction: the person's next request is rejected. A call that changes
    /// nothing writes nothing.
    ///
    /// # Errors
    ///
    /// As [`Self::add`] and [`Self::person`]; 400 `scim_mutability` for a different id of the directory.
    pub async fn change(
        &self,
        id: &Untrusted<PersonId>,
        wanted: &Changes,
    ) -> Result<DirectoryPerson, ApiError> {
        for _ in 0..TRIES {
            let known = self.known(id.inner()).await?.ok_or(ApiError::NotFound)?;
            let is_same = |id: &String| id.eq_ignore_ascii_case(&known.shown.external_id);
            if !wanted.external_id.as_ref().is_none_or(is_same) {
                return Err(ApiError::Malformed("scim_mutability"));
            }
            let is_new = |name: &&String| **name != known.shown.user_name;
            let email = match wanted.user_name.as_ref().filter(is_new) {
                Some(name) => Some(address(&self.provider().await?, name)?),
                None => None,
            };
            let active = wanted.active.filter(|active| *active != known.shown.is_active);
            if email.is_none() && active.is_none() {
                return Ok(known.shown);
            }
            if commit(self.app, self.changes(&known, email.as_ref(), active).await?).await?
                == Committed::Yes
            {
                return self.person(id).await;
            }
            // The name is taken, or another request changed the person at the same moment.
            if let Some(email) = &email
                && self.named(email).await?.is_some_and(|other| other != known.person.id)
            {
                return Err(ApiError::Conflict("scim_uniqueness"));
            }
        }
        Err(ApiError::Conflict("wrong_state"))
    }

    /// Deprovisions a person and deletes the directory's data about them.
    ///
    /// The person stays blocked: the provider alone cannot sign them in again, only the directory can re-enable them.
    ///
    /// # Errors
    ///
    /// 404 for every person that this directory did not provision.
    pub async fn remove(&self, id: &Untrusted<PersonId>) -> Result<(), ApiError> {
        for _ in 0..TRIES {
            let known = self.known(id.inner()).await?.ok_or(ApiError::NotFound)?;
            let records = self.app.records()?;
            let mut changes = vec![
                Change::delete(records, &self.place(&known.person.id))?,
                Change::delete_if_there(records, &self.place_of_name(&known.row)?)?,
            ];
            let out = ByDirectory { active: Some(false), email: None };
            changes.extend(persons::change_by_directory(self.app, &known.person, &out).await?);
            let event = self.event(Action::IdentityEnded, known.person.id.as_str());
            changes.push(audit::add(self.app, &event).await?);
            if commit(self.app, changes).await? == Committed::Yes {
                return Ok(());
            }
        }
        Err(ApiError::Conflict("wrong_state"))
    }

    async fn changes(
        &self,
        known: &Known,
        email: Option<&EmailAddress>,
        active: Option<bool>,
    ) -> Result<Vec<Change>, StoreError> {
        let (app, records) = (self.app, self.app.records()?);
        let mut row = Edit::default().exists().set("changed", number(app.now().as_second()));
        let mut changes = Vec::new();
        if let Some(email) = email {
            let name = self.name(email).await?;
            let before = self.place_of_name(&known.row)?;
            let after = keys::directory_name(&self.district, &name);
            // The same name in different letter case has the same key.
            if before != after {
                let lookup = Item::at(&after).with_text("person", known.person.id.as_str());
                changes.push(Change::create(records, lookup)?);
                changes.push(Change::delete_if_there(records, &before)?);
            }
            row = row.set("name", AttributeValue::S(name));
        }
        let by = ByDirectory { active, email };
        changes.extend(persons::change_by_directory(app, &known.person, &by).await?);
        changes.push(Change::edit(records, &self.place(&known.person.id), row)?);
        let did = match active {
            Some(false) => Action::IdentityEnded,
            Some(true) => Action::IdentityRestored,
            None => Action::IdentityChanged,
        };
        changes.push(audit::add(app, &self.event(did, known.person.id.as_str())).await?);
        Ok(changes)
    }

    async fn made(
        &self,
        identity: &Key,
        email: &EmailAddress,
        active: bool,
    ) -> Result<(PersonId, Arc<DataKey>, Vec<Change>), StoreError> {
        let left = (!active).then(|| self.app.now().as_second());
        let (id, key, mut changes) = persons::create_without_address(self.app, email, left).await?;
        changes.push(identities::link(self.app, identity, &id)?);
        Ok((id, Arc::new(key), changes))
    }

    async fn taken_up(
        &self,
        id: PersonId,
        email: &EmailAddress,
        active: bool,
    ) -> Result<(PersonId, Arc<DataKey>, Vec<Change>), StoreError> {
        let person = persons::find(self.app, &id).await?;
        let person = person.ok_or(StoreError::Corrupt("identity"))?;
        let by = ByDirectory { active: Some(active), email: Some(email) };
        let change = persons::change_by_directory(self.app, &person, &by).await?;
        let key = student_keys::of_person(self.app, &id).await?;
        Ok((id, key, change.into_iter().collect()))
    }

    async fn provider(&self) -> Result<IdentityProvider, ApiError> {
        let provider = identity_providers::find(self.app, &self.district).await?;
        provider.ok_or(ApiError::Conflict("no_identity_provider"))
    }

    fn place(&self, person: &PersonId) -> Key {
        keys::directory_person(&self.district, person)
    }

    fn place_of_name(&self, row: &Item) -> Result<Key, StoreError> {
        let name = row.text("name").ok_or(StoreError::Corrupt("directory's person"))?;
        Ok(keys::directory_name(&self.district, &name))
    }

    /// Returns the lookup digest of a name: the name itself may not be part of a key.
    async fn name(&self, email: &EmailAddress) -> Result<String, StoreError> {
        let parts = [self.district.as_str().to_owned(), email.lookup()];
        let parts = parts.each_ref().map(String::as_bytes);
        let digest = self.app.ring().await?.digest("directory name", &parts);
        Ok(HEXLOWER.encode(&digest))
    }

    async fn named(&self, email: &EmailAddress) -> Result<Option<PersonId>, StoreError> {
        let at = keys::directory_name(&self.district, &self.name(email).await?);
        let row = self.app.records()?.get(&at).await?;
        Ok(row.and_then(|row| row.text("person")).and_then(|id| PersonId::parse(&id).ok()))
    }

    async fn identified(
        &self,
        provider: &IdentityProvider,
        external_id: &str,
    ) -> Result<Option<PersonId>, StoreError> {
        let Some(subject) = provider.settings.tenant.subject_of(external_id) else {
            return Ok(None);
        };
        let key = identities::key(self.app, provider, &subject).await?;
        identities::find(self.app, &key).await
    }

    /// Returns a provisioned person with their row.
    async fn known(&self, id: &PersonId) -> Result<Option<Known>, StoreError> {
        match self.app.records()?.get(&self.place(id)).await? {
            Some(row) => self.opened(row).await,
            None => Ok(None),
        }
    }

    async fn opened(&self, row: Item) -> Result<Option<Known>, StoreError> {
        let corrupt = || StoreError::Corrupt("directory's person");
        let id = row
            .text("SK")
            .and_then(|sk| PersonId::parse(sk.strip_prefix(keys::DIRECTORY_PEOPLE)?).ok());
        let id = id.ok_or_else(corrupt)?;
        let Some(person) = persons::find(self.app, &id).await? else {
            return Ok(None);
        };
        let key = student_keys::of_person(self.app, &id).await?;
        let sealed = row.bytes("external").ok_or_else(corrupt)?;
        let external = key.open(&external_place(self, &id), sealed)?;
        let shown = DirectoryPerson {
            external_id: String::from_utf8(external).map_err(|_| corrupt())?,
            user_name: person.email(self.app).await?.as_str().to_owned(),
            is_active: !person.has_left,
            created_at: row.number("created").ok_or_else(corrupt)?,
            changed_at: row.number("changed").ok_or_else(corrupt)?,
            id,
        };
        Ok(Some(Known { person, row, shown }))
    }
}

/// Returns the sealing context for the directory's id of a person.
fn external_place<'a>(directory: &'a Directory, person: &'a PersonId) -> [&'a str; 4] {
    ["records", directory.district.as_str(), person.as_str(), "external id"]
}

/// Parses the user name as an e-mail address of one of the district's domains.
///
/// The provider's sign-in checks the same.
fn address(provider: &IdentityProvider, name: &str) -> Result<EmailAddress, ApiError> {
    let email = EmailAddress::parse(name).ok();
    let is_of_district =
        |email: &EmailAddress| provider.settings.domains.iter().any(|domain| domain.has(email));
    email.filter(is_of_district).ok_or(ApiError::Malformed("scim_user_name"))
}
