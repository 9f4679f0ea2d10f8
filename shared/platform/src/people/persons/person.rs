//! A person: the row with the address, and all memberships, grants and keys around it.

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

/// A person with all memberships and grants: one query.
pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) password: Option<StoredPassword>,
    pub(crate) is_verified: bool,
    /// Nothing opens for somebody who was shut out, whatever they show.
    pub(crate) is_disabled: bool,
    /// Their district's directory took them out: one of the reasons to be shut out.
    pub(crate) has_left: bool,
    /// Sessions of an older epoch are over.
    pub(crate) epoch: u32,
    /// When the address became theirs in the place of another, in seconds.
    pub(super) moved_at: Option<i64>,
    pub(super) sealed_email: Vec<u8>,
    pub(crate) memberships: Vec<Membership>,
    /// Where they work at a school, each with the sealed names of a teacher's classes.
    pub(crate) school_memberships: Vec<(SchoolMembership, Vec<u8>)>,
    pub(crate) grants: Vec<AccessGrant>,
    /// `(document, version)` pairs.
    pub(crate) consents: Vec<(String, String)>,
    /// The keys of their programs.
    pub(crate) api_keys: Vec<StoredApiKey>,
    pub(crate) factors: Factors,
}

/// Where a person's address is kept sealed.
pub(super) fn email_place(person: &PersonId) -> [&str; 3] {
    ["records", person.as_str(), "email"]
}

/// Where an address that is not the person's own, or no more, is sealed for.
pub(super) fn other_email_place(person: &PersonId) -> [&str; 3] {
    ["mail", person.as_str(), "other email"]
}

/// The person's row, the address sealed under the person's key.
pub(crate) fn item(person: &PersonId, key: &DataKey, email: &EmailAddress) -> Item {
    let sealed = key.seal(&email_place(person), email.as_str().as_bytes());
    Item::at(&keys::person(person)).with_bytes("email", sealed).with_number("epoch", 0)
}

/// The attributes a stored password has in a person's row.
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

/// An edit of a person's row that keeps another password, or none.
pub(crate) fn set_password(edit: Edit, password: Option<&StoredPassword>) -> Edit {
    let Some(password) = password else {
        return PASSWORD_PARTS.into_iter().fold(edit, Edit::remove);
    };
    parts(password).into_iter().fold(edit, |edit, (name, part)| match part {
        Some(part) => edit.set(name, AttributeValue::S(part.clone())),
        None => edit.remove(name),
    })
}

/// The row that finds a person by address.
pub(crate) async fn email_item(
    app: &App,
    email: &EmailAddress,
    person: &PersonId,
) -> Result<Item, StoreError> {
    let lookup = app.ring().await?.lookup("email", email.lookup().as_bytes());
    Ok(Item::at(&keys::email(&lookup)).with_text("person", person.as_str()))
}

/// The row of a membership.
pub(crate) fn membership_item(person: &PersonId, membership: &Membership) -> Item {
    Item::at(&keys::membership(person, &membership.studio)).with_json("role", &membership.role)
}

/// The row of a grant.
pub(crate) fn grant_item(person: &PersonId, grant: &AccessGrant) -> Item {
    let row = Item::at(&keys::grant(person, &grant.student))
        .with_text("studio", grant.studio.as_str())
        .with_text("school", grant.school.as_str());
    held::write(row, grant.held)
}

/// Who has an address.
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

/// The person of an address. Reads as much for an address nobody has as for one somebody has, so that the
/// time of what follows tells nobody apart.
pub(crate) async fn find_of_address(
    app: &App,
    email: &EmailAddress,
) -> Result<Option<Person>, StoreError> {
    match find_by_email(app, email).await? {
        Some(id) => find(app, &id).await,
        None => find(app, &PersonId::from_random(app.random())).await,
    }
}

/// A person with all hats, or `None`.
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
    /// Whether a portal is theirs: photographers by a studio, a school's staff by the school, parents by a
    /// child.
    pub(crate) fn may_enter(&self, portal: Portal) -> bool {
        match portal {
            Portal::Photographer => !self.memberships.is_empty(),
            Portal::Parent => !self.grants.is_empty(),
            Portal::School => !self.school_memberships.is_empty(),
            // Site administrators have their own door.
            Portal::Admin => false,
        }
    }

    /// Whether what was mailed to them at a time went to the address of today: what lies in a mailbox that is not
    /// theirs any more opens nothing.
    pub(crate) fn was_reached_at(&self, seconds: i64) -> bool {
        self.moved_at.is_none_or(|moved| moved < seconds)
    }

    /// The portal a mail that is about no portal leads to.
    pub(crate) fn usual_portal(&self) -> Portal {
        let theirs = [Portal::Photographer, Portal::School];
        theirs.into_iter().find(|portal| self.may_enter(*portal)).unwrap_or(Portal::Parent)
    }

    /// The address, opened with the person's key.
    pub(crate) async fn email(&self, app: &App) -> Result<EmailAddress, StoreError> {
        let key = student_keys::of_person(app, &self.id).await?;
        let plain = key.open(&email_place(&self.id), &self.sealed_email)?;
        let text = String::from_utf8(plain).map_err(|_| StoreError::Corrupt("person"))?;
        EmailAddress::parse(&text).map_err(|_| StoreError::Corrupt("person"))
    }

    /// Another address of theirs, sealed on its way: to be confirmed, or told a last time.
    pub(crate) async fn seal_new_email(
        &self,
        app: &App,
        email: &EmailAddress,
    ) -> Result<Vec<u8>, StoreError> {
        let key = student_keys::of_person(app, &self.id).await?;
        Ok(key.seal(&other_email_place(&self.id), email.as_str().as_bytes()))
    }

    /// Opens what [`Self::seal_new_email`] sealed.
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

    /// Whether the person has agreed to the current wording of a document.
    pub(crate) fn has_consented(&self, document: &domain::consent::ConsentDocument) -> bool {
        self.consents
            .iter()
            .any(|(name, version)| name == document.name && version == document.version)
    }
}

/// A new person for an address, which nothing has proven yet.
pub(crate) async fn create(
    app: &App,
    email: &EmailAddress,
) -> Result<(PersonId, Vec<Change>), StoreError> {
    let (id, _, changes) = create_with(app, email, |row| row).await?;
    Ok((id, changes))
}

/// A new person for an address that a mailed link has proved, with their key.
pub(crate) async fn create_confirmed(
    app: &App,
    email: &EmailAddress,
    password: &StoredPassword,
) -> Result<(PersonId, DataKey, Vec<Change>), StoreError> {
    let now = app.now().as_second();
    create_with(app, email, |row| with_password(row, password).with_number("verified", now)).await
}

/// The id, the key, and the changes that make a person, whose row `complete` adds to.
pub(super) async fn create_with(
    app: &App,
    email: &EmailAddress,
    complete: impl FnOnce(Item) -> Item,
) -> Result<(PersonId, DataKey, Vec<Change>), StoreError> {
    let id = PersonId::from_random(app.random());
    let (key, key_change) = student_keys::new_of_person(app, &id).await?;
    let records = app.records()?;
    let changes = vec![
        // First, so that a refusal of row 0 says that the address is taken.
        Change::create(records, email_item(app, email, &id).await?)?,
        Change::create(records, complete(item(&id, &key, email)))?,
        key_change,
    ];
    Ok((id, key, changes))
}

/// The change that keeps the same password in another form, if it is still the one `person` was read with.
pub(crate) fn replace_password(
    app: &App,
    person: &Person,
    fresh: &StoredPassword,
) -> Result<Change, StoreError> {
    let before = person.password.as_ref().ok_or(StoreError::Corrupt("person"))?;
    let edit = Edit::default().expect("password", AttributeValue::S(before.phc.clone()));
    Change::edit(app.records()?, &keys::person(&person.id), set_password(edit, Some(fresh)))
}

/// The change that keeps another password, if nothing has happened to the account since the person was
/// read. Every session and every link of the old epoch is over.
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

/// The change that changes nothing, and fails when the person's sessions have ended since they were read.
pub(crate) fn unchanged(app: &App, person: &Person) -> Result<Change, StoreError> {
    let epoch = number(person.epoch);
    let edit = Edit::default().expect("epoch", epoch.clone()).set("epoch", epoch);
    Change::edit(app.records()?, &keys::person(&person.id), edit)
}

/// The change that ends every session of a person but those that are opened for the epoch after this one.
/// It fails when somebody else was first: a session that is opened for it would be over at once.
pub(crate) fn end_older_sessions(app: &App, person: &Person) -> Result<Change, StoreError> {
    Change::edit(app.records()?, &keys::person(&person.id), next_epoch(person))
}

/// The log an event of a person stands in: their studio's, their school's studio's, or the platform's.
pub(crate) fn scope_of(person: &Person) -> Scope {
    let studio = person.memberships.first().map(|membership| &membership.studio);
    let school = || person.school_memberships.first().map(|(membership, _)| &membership.studio);
    studio.or_else(school).map_or(Scope::Platform, |studio| Scope::Studio(studio.clone()))
}
