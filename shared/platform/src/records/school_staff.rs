//! Staff of a school: the person's row gives access to the school, the school's row lists the person.
//!
//! Both rows change in one transaction.

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::email::EmailAddress;
use domain::ids::{PersonId, SchoolId, StudioId};
use domain::school_staff::{Assignment, SchoolMembership, SchoolRole};
use domain::text::Line;

use crate::access::stores::{ManagedSchool, Reach};
use crate::base::app::App;
use crate::base::crypto::data_key::DataKey;
use crate::http::error::ApiError;
use crate::people::persons::{self, Person};
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, json};
use crate::store::keys::{self, Key};
use crate::store::page::{List, Paging, cursor};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, student_keys};

/// A person who works at a school.
pub struct StaffMember {
    /// The person's id.
    pub person: PersonId,
    /// The person's e-mail address.
    pub email: EmailAddress,
    /// Role and classes at the school.
    pub assignment: Assignment,
    /// Start of the work, in RFC 3339.
    pub since: String,
}

/// Returns the sealing context of a teacher's classes.
///
/// Class names can identify the teacher, so they are sealed under the person's key and erased with it.
fn classes_place<'a>(person: &'a PersonId, school: &'a SchoolId) -> [&'a str; 4] {
    ["records", person.as_str(), school.as_str(), "classes"]
}

fn seal_classes(
    key: &DataKey,
    person: &PersonId,
    school: &SchoolId,
    assignment: &Assignment,
) -> Vec<u8> {
    let plain = serde_json::to_vec(assignment.classes()).unwrap_or_default();
    key.seal(&classes_place(person, school), &plain)
}

/// Returns a person's assignment at a school; a teacher's classes are decrypted with the person's key.
pub(crate) async fn assignment_of(
    app: &App,
    person: &PersonId,
    (membership, sealed): &(SchoolMembership, Vec<u8>),
) -> Result<Assignment, StoreError> {
    if membership.role == SchoolRole::Administrator {
        return Ok(Assignment::Administrator);
    }
    let key = student_keys::of_person(app, person).await?;
    let corrupt = || StoreError::Corrupt("classes");
    let plain = key.open(&classes_place(person, &membership.school), sealed)?;
    let classes: Vec<Line> = serde_json::from_slice(&plain).map_err(|_| corrupt())?;
    let classes: Vec<String> = classes.into_iter().map(String::from).collect();
    Assignment::new(membership.role, &classes).map_err(|_| corrupt())
}

/// Builds the changes that add a person to a school's staff; they fail if the person is on it already.
pub(crate) fn join(
    app: &App,
    (person, key): (&PersonId, &DataKey),
    (studio, school): (&StudioId, &SchoolId),
    assignment: &Assignment,
) -> Result<[Change; 2], StoreError> {
    let table = app.records()?;
    let of_person = Item::at(&keys::school_membership(person, school))
        .with_text("studio", studio.as_str())
        .with_json("role", &assignment.role())
        .with_bytes("classes", seal_classes(key, person, school, assignment));
    let of_school = Item::at(&keys::school_staff(studio, school, person))
        .with_json("role", &assignment.role())
        .with_text("since", app.now().to_string());
    Ok([Change::create(table, of_person)?, Change::create(table, of_school)?])
}

impl ManagedSchool {
    /// Returns a page of the people who work at the school, and writes an audit event.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn staff(&self, paging: Paging) -> Result<List<StaffMember>, StoreError> {
        let (store, school) = (&self.at.store, &self.at.school.id);
        let app = store.app;
        let partition = keys::school_partition(&store.studio, school);
        let table = app.records()?;
        let page = table.page(&partition, keys::STAFF, paging.after, paging.limit).await?;
        let event = store.event(Action::StaffListed, school.as_str());
        audit::record(app, &event).await?;
        let reading = page.items.iter().map(|row| self.member(row));
        let members = futures_util::future::try_join_all(reading).await?;
        let items = members.into_iter().flatten().collect();
        Ok(List { items, next_cursor: page.next.as_deref().map(cursor) })
    }

    /// Returns all people who work at the school.
    pub(crate) async fn everybody(&self) -> Result<Vec<StaffMember>, StoreError> {
        let (store, school) = (&self.at.store, &self.at.school.id);
        let partition = keys::school_partition(&store.studio, school);
        let rows = store.app.records()?.all(&partition, keys::STAFF).await?;
        let reading = rows.iter().map(|row| self.member(row));
        let members = futures_util::future::try_join_all(reading).await?;
        Ok(members.into_iter().flatten().collect())
    }

    /// Returns the member that a row of the school lists; `None` for a person who is gone.
    async fn member(&self, row: &Item) -> Result<Option<StaffMember>, StoreError> {
        let app = self.at.store.app;
        let since = row.text("since").ok_or(StoreError::Corrupt("school staff"))?;
        let Some(person) = persons::find(app, &staff_of(row)?).await? else {
            return Ok(None);
        };
        let Some(membership) = self.membership_of(&person) else {
            return Ok(None);
        };
        let assignment = assignment_of(app, &person.id, membership).await?;
        let email = person.email(app).await?;
        Ok(Some(StaffMember { person: person.id, email, assignment, since }))
    }

    fn membership_of<'a>(&self, person: &'a Person) -> Option<&'a (SchoolMembership, Vec<u8>)> {
        let school = &self.at.school.id;
        person.school_memberships.iter().find(|(membership, _)| membership.school == *school)
    }

    /// Returns whether a person with this e-mail address works at the school.
    pub(crate) async fn is_member(&self, email: &EmailAddress) -> Result<bool, StoreError> {
        let person = persons::find_of_address(self.at.store.app, email).await?;
        Ok(person.is_some_and(|person| self.membership_of(&person).is_some()))
    }

    /// Changes the role or the classes of a member of the school's staff, from their next request on.
    ///
    /// # Errors
    ///
    /// 404 for a person who does not work here, 409 `last_administrator`, 409 `wrong_state` when another request
    /// changed the role in the meantime.
    pub async fn change_staff(
        &self,
        person: &Untrusted<PersonId>,
        assignment: &Assignment,
    ) -> Result<(), ApiError> {
        let (store, school) = (&self.at.store, &self.at.school.id);
        let app = store.app;
        let (person, keys_of) = (person.inner(), self.keys_of(person.inner()));
        let role = self.role_of(&keys_of).await?;
        let key = student_keys::of_person(app, person).await?;
        let sealed = seal_classes(&key, person, school, assignment);
        let table = app.records()?;
        let edit =
            || Edit::default().expect("role", json(&role)).set("role", json(&assignment.role()));
        let with_classes = edit().set("classes", AttributeValue::B(Blob::new(sealed)));
        let mut event = store.event(Action::StaffChanged, person.as_str());
        event.details = Some(format!("{school} {}", assignment.role().name()));
        let mut changes = vec![
            Change::edit(table, &keys_of.0, with_classes)?,
            Change::edit(table, &keys_of.1, edit())?,
            audit::add(app, &event).await?,
        ];
        if role == SchoolRole::Administrator && assignment.role() == SchoolRole::Teacher {
            changes.extend(self.another_administrator(person).await?);
        }
        match commit(app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }

    /// Ends a person's work at the school, from their next request on.
    ///
    /// # Errors
    ///
    /// As [`Self::change_staff`].
    pub async fn remove_staff(&self, person: &Untrusted<PersonId>) -> Result<(), ApiError> {
        let (store, school) = (&self.at.store, &self.at.school.id);
        let app = store.app;
        let (person, keys_of) = (person.inner(), self.keys_of(person.inner()));
        let role = self.role_of(&keys_of).await?;
        let table = app.records()?;
        let mut event = store.event(Action::StaffRemoved, person.as_str());
        event.details = Some(format!("{school} {}", role.name()));
        let mut changes = vec![
            Change::delete_if_there(table, &keys_of.0)?,
            Change::delete_expecting(table, &keys_of.1, "role", json(&role))?,
            audit::add(app, &event).await?,
        ];
        if role == SchoolRole::Administrator {
            changes.extend(self.another_administrator(person).await?);
        }
        match commit(app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::Conflict("wrong_state")),
        }
    }

    /// Returns the keys of a member's two rows: the person's and the school's.
    fn keys_of(&self, person: &PersonId) -> (Key, Key) {
        let (store, school) = (&self.at.store, &self.at.school.id);
        (keys::school_membership(person, school), keys::school_staff(&store.studio, school, person))
    }

    async fn role_of(&self, (_, of_school): &(Key, Key)) -> Result<SchoolRole, ApiError> {
        let row = self.at.store.app.records()?.get(of_school).await?.ok_or(ApiError::NotFound)?;
        Ok(row.json("role").ok_or(StoreError::Corrupt("school staff"))?)
    }

    /// Builds the condition that another administrator stays when the school's staff demotes or removes one.
    ///
    /// Two administrators who remove each other at the same moment touch both rows, so one of the two transactions is
    /// refused. A studio may remove the last administrator, because it can invite another.
    async fn another_administrator(&self, leaving: &PersonId) -> Result<Option<Change>, ApiError> {
        let store = &self.at.store;
        let (Reach::Staff(_), Some(decides)) = (&self.at.reach, store.caller.person()) else {
            return Ok(None);
        };
        let table = store.app.records()?;
        let stays = if decides == leaving {
            let partition = keys::school_partition(&store.studio, &self.at.school.id);
            let rows = table.all(&partition, keys::STAFF).await?;
            let administrators = rows
                .iter()
                .filter(|row| row.json("role") == Some(SchoolRole::Administrator))
                .map(staff_of);
            let all = administrators.collect::<Result<Vec<_>, _>>()?;
            let other = all.into_iter().find(|person| person != leaving);
            other.ok_or(ApiError::Conflict("last_administrator"))?
        } else {
            decides.clone()
        };
        let role = json(&SchoolRole::Administrator);
        let edit = Edit::default().expect("role", role.clone()).set("role", role);
        Ok(Some(Change::edit(table, &self.keys_of(&stays).1, edit)?))
    }
}

/// Reads the person id from a row of a school's or a studio's staff.
pub(crate) fn staff_of(row: &Item) -> Result<PersonId, StoreError> {
    let corrupt = || StoreError::Corrupt("staff");
    let sk = row.text("SK").ok_or_else(corrupt)?;
    let person = sk.strip_prefix(keys::STAFF).ok_or_else(corrupt)?;
    PersonId::parse(person).map_err(|_| corrupt())
}
