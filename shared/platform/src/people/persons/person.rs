//! A person: the row with the e-mail address, and all memberships, grants and keys around it.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Scope;
use domain::email::EmailAddress;
use domain::ids::{PersonId, SchoolId, StudentId, StudioId};
use domain::person::{AccessGrant, Membership, Portal, StudioRole};
use domain::school_staff::SchoolMembership;

use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::base::crypto::password_hash::StoredPassword;
use crate::people::api_keys::StoredApiKey;
use crate::people::second_factors::Factors;
use crate::people::{held, school_memberships};
use crate::store::change::{Change, Edit};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::{keys, student_keys};

/// A person with all memberships and grants, read with one query.
pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) password: Option<StoredPassword>,
    pub(crate) is_verified: bool,
    /// The account is disabled: no credential authorizes anything.
    pub(crate) is_disabled: bool,
    /// The district's directory deactivated the person, which is one of the reasons to be disabled.
    pub(crate) has_left: bool,
    /// The current epoch. Sessions of an older epoch are invalid.
    pub(crate) epoch: u32,
    /// When the current address replaced an earlier one, in Unix seconds.
    pub(super) moved_at: Option<i64>,
    pub(super) sealed_email: Vec<u8>,
    pub(crate) memberships: Vec<Membership>,
    /// The person's school memberships, each with the encrypted names of a teacher's classes.
    pub(crate) school_memberships: Vec<(SchoolMembership, Vec<u8>)>,
    pub(crate) grants: Vec<AccessGrant>,
    /// `(document, version)` pairs.
    pub(crate) consents: Vec<(String, String)>,
    /// The API keys of the person's programs.
    pub(crate) api_keys: Vec<StoredApiKey>,
    pub(crate) factors: Factors,
}

/// Returns the encryption context of a person's own address.
pub(super) fn email_place(person: &PersonId) -> [&str; 3] {
    ["records", person.as_str(), "email"]
}

/// Returns the encryption context of an address that is not yet, or no longer, the person's own.
pub(super) fn other_email_place(person: &PersonId) -> [&str; 3] {
    ["mail", person.as_str(), "other email"]
}

/// Creates the person's row, with the address encrypted by the person's key.
pub(crate) fn item(person: &PersonId, key: &DataKey, email: &EmailAddress) -> Item {
    let sealed = key.seal(&email_place(person), email.as_str().as_bytes());
    Item::at(&keys::person(person)).with_bytes("email", sealed).with_number("epoch", 0)
}

/// The attributes of a stored password in a person's row.
pub(super) const PASSWORD_PARTS: [&str; 3] = ["password", "pepper", "bcrypt"];

pub(super) fn parts(password: &StoredPassword) -> [(&'static str, Option<&String>); 3] {
    let [phc, pepper, bcrypt] = PASSWORD_PARTS;
    [
        (phc, Some(&password.phc)),
        (pepper, password.pepper.as_ref()),
        (bcrypt, password.bcrypt.as_ref()),
    ]
}

pub(crate) fn with_password(item: Item, password: &StoredPassword) -> Item {
    let there = parts(password).into_iter().filter_map(|(name, part)| Some((name, part?)));
    there.fold(item, |item, (name, part)| item.with_text(name, part.as_str()))
}

pub(crate) fn read_password(row: &Item) -> Option<StoredPassword> {
    let [phc, pepper, bcrypt] = PASSWORD_PARTS.map(|name| row.text(name));
    Some(StoredPassword { phc: phc?, pepper, bcrypt })
}

/// Extends an edit of a person's row so that it stores another password, or none.
pub(crate) fn set_password(edit: Edit, password: Option<&StoredPassword>) -> Edit {
    let Some(password) = password else {
        return PASSWORD_PARTS.into_iter().fold(edit, Edit::remove);
    };
    parts(password).into_iter().fold(edit, |edit, (name, part)| match part {
        Some(part) => edit.set(name, AttributeValue::S(part.clone())),
        None => edit.remove(name),
    })
}

/// Creates the row that finds a person by e-mail address.
pub(crate) async fn email_item(
    app: &App,
    email: &EmailAddress,
    person: &PersonId,
) -> Result<Item, StoreError> {
    let lookup = app.ring().await?.lookup("email", email.lookup().as_bytes());
    Ok(Item::at(&keys::email(&lookup)).with_text("person", person.as_str()))
}

/// Creates the row of a membership.
pub(crate) fn membership_item(person: &PersonId, membership: &Membership) -> Item {
    Item::at(&keys::membership(person, &membership.studio)).with_json("role", &membership.role)
}

/// Creates the row of a grant.
pub(crate) fn grant_item(person: &PersonId, grant: &AccessGrant) -> Item {
    let row = Item::at(&keys::grant(person, &grant.student))
        .with_text("studio", grant.studio.as_str())
        .with_text("school", grant.school.as_str());
    held::write(row, grant.held)
}

/// Finds the id of the person who has an e-mail address.
pub(crate) async fn find_by_email(
    app: &App,
    email: &EmailAddress,
) -> Result<Option<PersonId>, StoreError> {
    let lookup = app.ring().await?.lookup("email", email.lookup().as_bytes());
    let Some(item) = app.records()?.get(&keys::email(&lookup)).await? else {
        return Ok(None);
    };
    let person = item.text("person").and_then(|id| PersonId::parse(&id).ok());
    person.map(Some).ok_or(StoreError::Corrupt("address"))
}

/// Finds the person who has an e-mail address.
///
/// It reads as much for an unknown address as for a known one, so that the response time does not reveal which
/// addresses have an account.
pub(crate) async fn find_of_address(
    app: &App,
    email: &EmailAddress,
) -> Result<Option<Person>, StoreError> {
    match find_by_email(app, email).await? {
        Some(id) => find(app, &id).await,
        None => find(app, &PersonId::from_random(app.random())).await,
    }
}

/// Finds a person with all their roles.
pub(crate) async fn find(app: &App, id: &PersonId) -> Result<Option<Person>, StoreError> {
    let rows = app.records()?.all(&keys::person_partition(id), "").await?;
    read(id, &rows)
}

pub(super) fn read(id: &PersonId, rows: &[Item]) -> Result<Option<Person>, StoreError> {
    let corrupt = || StoreError::Corrupt("person");
    let mut person = None;
    let (mut memberships, mut grants, mut consents) = (Vec::new(), Vec::new(), Vec::new());
    let (mut school_memberships, mut api_keys) = (Vec::new(), Vec::new());
    let mut factors = Factors::default();
    for row in rows {
        let sk = row.text("SK").ok_or_else(corrupt)?;
        match sk.split_once('#') {
            None if sk == "PERSON" => person = Some(row),
            Some(("MEMBERSHIP", studio)) => memberships.push(Membership {
                studio: StudioId::parse(studio).map_err(|_| corrupt())?,
                role: row.json::<StudioRole>("role").ok_or_else(corrupt)?,
            }),
            Some(("STAFF", school)) => {
                school_memberships.push(school_memberships::read(school, row)?);
            }
            Some(("GRANT", student)) => grants.push(AccessGrant {
                studio: parse(row, "studio", StudioId::parse)?,
                school: parse(row, "school", SchoolId::parse)?,
                student: StudentId::parse(student).map_err(|_| corrupt())?,
                held: held::read(row).ok_or_else(corrupt)?,
            }),
            Some(("CONSENT", document)) => {
                consents.push((document.to_owned(), row.text("version").ok_or_else(corrupt)?));
            }
            Some(("APIKEY", _)) => api_keys.push(StoredApiKey::read(row)?),
            Some((kind @ ("FACTOR" | "PASSKEY"), which)) => factors.read(kind, which, row)?,
            None | Some(_) => return Err(corrupt()),
        }
    }
    let Some(row) = person else {
        return Ok(None);
    };
    Ok(Some(Person {
        id: id.clone(),
        password: read_password(row),
        is_verified: row.number::<i64>("verified").is_some(),
        is_disabled: ["disabled", "left"].iter().any(|why| row.number::<i64>(why).is_some()),
        has_left: row.number::<i64>("left").is_some(),
        epoch: row.number("epoch").ok_or_else(corrupt)?,
        moved_at: row.number("moved"),
        sealed_email: row.bytes("email").ok_or_else(corrupt)?.to_vec(),
        memberships,
        school_memberships,
        grants,
        consents,
        api_keys,
        factors,
    }))
}

pub(super) fn parse<T, E>(
    row: &Item,
    name: &str,
    read: fn(&str) -> Result<T, E>,
) -> Result<T, StoreError> {
    let text = row.text(name).ok_or(StoreError::Corrupt("person"))?;
    read(&text).map_err(|_| StoreError::Corrupt("person"))
}

impl Person {
    /// May the person use this portal?
    ///
    /// Photographers need a studio membership, school staff a school membership, parents a grant.
    pub(crate) fn may_enter(&self, portal: Portal) -> bool {
        match portal {
            Portal::Photographer => !self.memberships.is_empty(),
            Portal::Parent => !self.grants.is_empty(),
            Portal::School => !self.school_memberships.is_empty(),
            // Site administrators sign in elsewhere.
            Portal::Admin => false,
        }
    }

    /// Did an e-mail sent at `seconds` (Unix seconds) go to the current address?
    ///
    /// A link in a mailbox that is no longer the person's must authorize nothing.
    pub(crate) fn was_reached_at(&self, seconds: i64) -> bool {
        self.moved_at.is_none_or(|moved| moved < seconds)
    }

    /// Returns the portal for e-mails that concern no particular portal.
    pub(crate) fn usual_portal(&self) -> Portal {
        let theirs = [Portal::Photographer, Portal::School];
        theirs.into_iter().find(|portal| self.may_enter(*portal)).unwrap_or(Portal::Parent)
    }

    /// Decrypts the address with the person's key.
    pub(crate) async fn email(&self, app: &App) -> Result<EmailAddress, StoreError> {
        let key = student_keys::of_person(app, &self.id).await?;
        let plain = key.open(&email_place(&self.id), &self.sealed_email)?;
        let text = String::from_utf8(plain).map_err(|_| StoreError::Corrupt("person"))?;
        EmailAddress::parse(&text).map_err(|_| StoreError::Corrupt("person"))
    }

    /// Encrypts another address of the person for an e-mail: one to be confirmed, or the old one.
    pub(crate) async fn seal_new_email(
        &self,
        app: &App,
        email: &EmailAddress,
    ) -> Result<Vec<u8>, StoreError> {
        let key = student_keys::of_person(app, &self.id).await?;
        Ok(key.seal(&other_email_place(&self.id), email.as_str().as_bytes()))
    }

    /// Decrypts what [`Self::seal_new_email`] encrypted.
    pub(crate) async fn open_new_email(
        &self,
        app: &App,
        sealed: &[u8],
    ) -> Result<EmailAddress, StoreError> {
        let key = student_keys::of_person(app, &self.id).await?;
        let plain = key.open(&other_email_place(&self.id), sealed)?;
        let text = String::from_utf8(plain).map_err(|_| StoreError::Corrupt("address"))?;
        EmailAddress::parse(&text).map_err(|_| StoreError::Corrupt("address"))
    }

    /// Has the person consented to the current version of a document?
    pub(crate) fn has_consented(&self, document: &domain::consent::ConsentDocument) -> bool {
        self.consents
            .iter()
            .any(|(name, version)| name == document.name && version == document.version)
    }
}

/// Creates a person for an address that is not proven yet.
pub(crate) async fn create(
    app: &App,
    email: &EmailAddress,
) -> Result<(PersonId, Vec<Change>), StoreError> {
    let (id, _, changes) = create_with(app, email, |row| row).await?;
    Ok((id, changes))
}

/// Creates a person for an address that a mailed link has proven, with their data key.
pub(crate) async fn create_confirmed(
    app: &App,
    email: &EmailAddress,
    password: &StoredPassword,
) -> Result<(PersonId, DataKey, Vec<Change>), StoreError> {
    let now = app.now().as_second();
    create_with(app, email, |row| with_password(row, password).with_number("verified", now)).await
}

/// Returns the id, the data key, and the changes that create a person; `complete` extends the row.
pub(super) async fn create_with(
    app: &App,
    email: &EmailAddress,
    complete: impl FnOnce(Item) -> Item,
) -> Result<(PersonId, DataKey, Vec<Change>), StoreError> {
    let id = PersonId::from_random(app.random());
    let (key, key_change) = student_keys::new_of_person(app, &id).await?;
    let records = app.records()?;
    let changes = vec![
        // First, so that a refusal with index 0 means that the address is taken.
        Change::create(records, email_item(app, email, &id).await?)?,
        Change::create(records, complete(item(&id, &key, email)))?,
        key_change,
    ];
    Ok((id, key, changes))
}

/// Returns the change that stores another hash of the same password; it fails when the stored hash has changed.
pub(crate) fn replace_password(
    app: &App,
    person: &Person,
    fresh: &StoredPassword,
) -> Result<Change, StoreError> {
    let before = person.password.as_ref().ok_or(StoreError::Corrupt("person"))?;
    let edit = Edit::default().expect("password", AttributeValue::S(before.phc.clone()));
    Change::edit(app.records()?, &keys::person(&person.id), set_password(edit, Some(fresh)))
}

/// Returns the change that stores another password; it fails when the account changed since it was read.
///
/// Every session and every link of the old epoch becomes invalid.
pub(crate) fn change_password(
    app: &App,
    person: &Person,
    stored: &StoredPassword,
) -> Result<Change, StoreError> {
    let edit = set_password(next_epoch(person), Some(stored));
    Change::edit(app.records()?, &keys::person(&person.id), edit)
}

pub(super) fn next_epoch(person: &Person) -> Edit {
    Edit::default()
        .expect("epoch", number(person.epoch))
        .set("epoch", number(person.epoch.saturating_add(1)))
}

/// Returns a change that changes nothing; it fails when the person's epoch changed since they were read.
pub(crate) fn unchanged(app: &App, person: &Person) -> Result<Change, StoreError> {
    let epoch = number(person.epoch);
    let edit = Edit::default().expect("epoch", epoch.clone()).set("epoch", epoch);
    Change::edit(app.records()?, &keys::person(&person.id), edit)
}

/// Returns the change that invalidates every session of a person except those created for the next epoch.
///
/// It fails when another request changed the epoch first: a session created for it would be invalid at once.
pub(crate) fn end_older_sessions(app: &App, person: &Person) -> Result<Change, StoreError> {
    Change::edit(app.records()?, &keys::person(&person.id), next_epoch(person))
}

/// Returns the scope of a person's audit events: their studio's, their school's studio's, or the platform's.
pub(crate) fn scope_of(person: &Person) -> Scope {
    let studio = person.memberships.first().map(|membership| &membership.studio);
    let school = || person.school_memberships.first().map(|(membership, _)| &membership.studio);
    studio.or_else(school).map_or(Scope::Platform, |studio| Scope::Studio(studio.clone()))
}
