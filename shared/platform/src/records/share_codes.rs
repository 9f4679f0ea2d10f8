//! Share codes: a lookup row finds the student, and a public row serves to revoke the code.
//!
//! The lookup row is found by a keyed hash of the code, the public row by the code's id.
//!
//! The public row stays when a code is over, so that a late repeated request does not bring the code back.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::ids::{PersonId, SchoolId, ShareCodeId, StudentId, StudioId};
use domain::share_code::ShareCode;
use serde::{Deserialize, Serialize};

use crate::access::stores::{SchoolStore, StudioStore};
use crate::base::app::App;
use crate::http::error::ApiError;
use crate::store::change::{Change, Committed, Edit, commit};
use crate::store::error::StoreError;
use crate::store::item::{Item, number};
use crate::store::untrusted::Untrusted;
use crate::store::{audit, keys};

/// The student that a share code gives access to.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opens {
    pub(crate) studio: StudioId,
    pub(crate) school: SchoolId,
    pub(crate) student: StudentId,
    pub(crate) code_id: ShareCodeId,
    /// The teacher who gave the code out; `None` when an administrator or the photographer did.
    pub(crate) teacher: Option<PersonId>,
}

impl Opens {
    /// Creates random ids for a wrong code, so that it causes the same work as a valid one.
    pub(crate) fn nobody(app: &App) -> Self {
        let school = SchoolId::from_random(app.random());
        Self {
            studio: StudioId::from_random(app.random()),
            student: StudentId::child_of(&school, app.random()),
            code_id: ShareCodeId::child_of(&school, app.random()),
            school,
            teacher: None,
        }
    }
}

/// Finds the student of a valid code; `None` for a code that is unknown, revoked or expired.
///
/// A malformed code is looked up as well, so that it takes the same time.
pub(crate) async fn find(app: &App, code: Option<&ShareCode>) -> Result<Option<Opens>, StoreError> {
    let text = code.map_or("", ShareCode::as_str);
    let hmac = app.ring().await?.lookup("share-code", text.as_bytes());
    let Some(row) = app.records()?.get(&keys::share_code_lookup(&hmac)).await? else {
        return Ok(None);
    };
    let corrupt = || StoreError::Corrupt("share code");
    let text = |name: &str| row.text(name).ok_or_else(corrupt);
    let ends: i64 = row.number("ends").ok_or_else(corrupt)?;
    if ends <= app.now().as_second() {
        return Ok(None);
    }
    Ok(Some(Opens {
        studio: StudioId::parse(&text("studio")?).map_err(|_| corrupt())?,
        school: SchoolId::parse(&text("school")?).map_err(|_| corrupt())?,
        student: StudentId::parse(&text("student")?).map_err(|_| corrupt())?,
        code_id: ShareCodeId::parse(&text("id")?).map_err(|_| corrupt())?,
        teacher: row.text("teacher").and_then(|id| PersonId::parse(&id).ok()),
    }))
}

/// Returns whether the code of an access request is still valid.
pub(crate) async fn is_good(store: &StudioStore, id: &ShareCodeId) -> Result<bool, StoreError> {
    let row = store.app.records()?.get(&keys::share_code(&store.studio, id)).await?;
    let now = store.app.now().as_second();
    let in_time = |row: &Item| row.number::<i64>("ends").is_some_and(|ends| ends > now);
    Ok(row.is_some_and(|row| !is_over(&row) && in_time(&row)))
}

/// Returns whether a code was revoked, or replaced by the next one.
fn is_over(public: &Item) -> bool {
    public.number::<i64>("over").is_some()
}

/// Builds the edit of the public row when a code is revoked or replaced.
fn over(app: &App) -> Edit {
    Edit::default().set("over", number(app.now().as_second())).remove("hmac")
}

/// Attempts when another caller issues a code for the same student at the same moment.
const TRIES: u32 = 5;

impl SchoolStore {
    /// Issues a code for a student, valid until the school year ends or the next code is issued.
    ///
    /// A student has one code at a time. Equal `bits` give the same code again: a repeated request gets the same
    /// answer, while the code is valid, without the code being stored.
    ///
    /// # Errors
    ///
    /// 404 for a student whom the caller does not see; 409 `code_is_over` for a repeated request whose code was
    /// revoked or replaced; 409 when other callers keep issuing codes for the student.
    pub async fn issue_share_code(
        &self,
        student: &Untrusted<StudentId>,
        bits: [u8; 16],
    ) -> Result<(ShareCodeId, ShareCode), ApiError> {
        let store = &self.store;
        let app = store.app;
        let student = self.student(student.inner()).await?.ok_or(ApiError::NotFound)?.id;
        let code = derive(app, &student, &bits).await?;
        let id = ShareCodeId::child_of(&student, bits);
        let hmac = app.ring().await?.lookup("share-code", code.as_str().as_bytes());
        let table = app.records()?;
        let current = keys::current_share_code(&store.studio, &student);
        let public = keys::share_code(&store.studio, &id);
        for _ in 0..TRIES {
            let (made, before) = futures_util::try_join!(table.get(&public), table.get(&current))?;
            let before = before.and_then(|row| Some((row.text("code")?, row.text("hmac")?)));
            let is_current = before.as_ref().is_some_and(|(code, _)| code == id.as_str());
            match made {
                Some(made) if is_current && !is_over(&made) => return Ok((id, code)),
                None if !is_current => {}
                Some(_) | None => return Err(ApiError::Conflict("code_is_over")),
            }
            let edit = match &before {
                Some((code, _)) => Edit::default().expect("code", AttributeValue::S(code.clone())),
                None => Edit::default().expect_absent("code"),
            };
            let edit = edit
                .set("code", AttributeValue::S(id.to_string()))
                .set("hmac", AttributeValue::S(hmac.clone()));
            let mut event = store.event(Action::ShareCodeIssued, id.as_str());
            event.details = Some(student.to_string());
            let mut changes = vec![Change::edit(table, &current, edit)?];
            changes.extend(self.new_code(&id, &student, &hmac)?);
            changes.push(audit::add(app, &event).await?);
            if let Some((code, hmac)) = before {
                let id =
                    ShareCodeId::parse(&code).map_err(|_| StoreError::Corrupt("share code"))?;
                let public = keys::share_code(&store.studio, &id);
                changes.push(Change::edit(table, &public, over(app))?);
                changes.push(Change::delete_if_there(table, &keys::share_code_lookup(&hmac))?);
            }
            // Refused: another caller issued a code, or the same request issued this one: read again.
            if commit(app, changes).await? == Committed::Yes {
                return Ok((id, code));
            }
        }
        Err(ApiError::Conflict("wrong_state"))
    }

    /// Builds the two rows of a new code.
    fn new_code(
        &self,
        id: &ShareCodeId,
        student: &StudentId,
        hmac: &str,
    ) -> Result<[Change; 2], StoreError> {
        let store = &self.store;
        let year = self.school.school_year_at(store.app.now());
        let ends = jiff::tz::TimeZone::UTC
            .to_timestamp(year.last_day().at(23, 59, 59, 0))
            .map_err(|_| StoreError::Corrupt("school year"))?
            .as_second();
        let mut lookup = Item::at(&keys::share_code_lookup(hmac))
            .with_text("studio", store.studio.as_str())
            .with_text("school", self.school.id.as_str())
            .with_text("student", student.as_str())
            .with_text("id", id.as_str())
            .with_number("ends", ends);
        if let Some(teacher) = self.teacher() {
            lookup = lookup.with_text("teacher", teacher.as_str());
        }
        let public = Item::at(&keys::share_code(&store.studio, id))
            .with_text("student", student.as_str())
            .with_text("hmac", hmac)
            .with_number("ends", ends);
        let table = store.app.records()?;
        Ok([Change::create(table, lookup)?, Change::create(table, public)?])
    }

    /// Revokes a share code.
    ///
    /// # Errors
    ///
    /// 404 for a code that does not exist (any more), or of a student whom the caller does not see.
    pub async fn revoke_share_code(&self, id: &Untrusted<ShareCodeId>) -> Result<(), ApiError> {
        let (store, id) = (&self.store, id.inner());
        let table = store.app.records()?;
        let key = keys::share_code(&store.studio, id);
        let row = table.get(&key).await?.filter(|row| !is_over(row)).ok_or(ApiError::NotFound)?;
        let corrupt = || StoreError::Corrupt("share code");
        let student = row.text("student").and_then(|id| StudentId::parse(&id).ok());
        // A student who left the school belongs to no teacher any more; the school can still revoke their code.
        if self.teacher().is_some() {
            self.student(&student.ok_or_else(corrupt)?).await?.ok_or(ApiError::NotFound)?;
        }
        let changes = self.revocation(id, &row).await?;
        match commit(store.app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::NotFound),
        }
    }

    /// Builds the changes and the event that revoke a student's current code; empty if there is none to revoke.
    ///
    /// The changes are refused if the code was revoked or replaced in the meantime: the caller then reads again.
    pub(crate) async fn end_current_share_code(
        &self,
        student: &StudentId,
    ) -> Result<Vec<Change>, StoreError> {
        let store = &self.store;
        let table = store.app.records()?;
        let current = table.get(&keys::current_share_code(&store.studio, student)).await?;
        let Some(code) = current.and_then(|row| row.text("code")) else {
            return Ok(Vec::new());
        };
        let id = ShareCodeId::parse(&code).map_err(|_| StoreError::Corrupt("share code"))?;
        let public = table.get(&keys::share_code(&store.studio, &id)).await?;
        // Revoking a code leaves the row of the current code unchanged: only the public row says whether it is over.
        match public.filter(|row| !is_over(row)) {
            Some(public) => self.revocation(&id, &public).await,
            None => Ok(Vec::new()),
        }
    }

    /// Builds the changes that revoke a valid code: its public row as read, its lookup row, and the event.
    async fn revocation(&self, id: &ShareCodeId, public: &Item) -> Result<Vec<Change>, StoreError> {
        let store = &self.store;
        let table = store.app.records()?;
        let hmac = public.text("hmac").ok_or(StoreError::Corrupt("share code"))?;
        // Revoking and replacing remove the hash, so the condition fails for a code that is over.
        let edit = over(store.app).expect("hmac", AttributeValue::S(hmac.clone()));
        let event = store.event(Action::ShareCodeRevoked, id.as_str());
        Ok(vec![
            Change::edit(table, &keys::share_code(&store.studio, id), edit)?,
            Change::delete_if_there(table, &keys::share_code_lookup(&hmac))?,
            audit::add(store.app, &event).await?,
        ])
    }
}

/// Derives the code from a request's bits.
async fn derive(app: &App, student: &StudentId, bits: &[u8; 16]) -> Result<ShareCode, StoreError> {
    let ring = app.ring().await?;
    let mut tries = 0_u8;
    loop {
        let parts: [&[u8]; 3] = [student.as_str().as_bytes(), bits, &[tries]];
        match ShareCode::from_random(&ring.digest("new-share-code", &parts)) {
            Some(code) => return Ok(code),
            None => tries = tries.wrapping_add(1),
        }
    }
}
