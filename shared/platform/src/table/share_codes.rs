//! Share codes: one side finds the student by a keyed hash of the code, the other lets it be revoked by name.

use aws_sdk_dynamodb::types::AttributeValue;
use domain::audit::Action;
use domain::ids::{PersonId, SchoolId, ShareCodeId, StudentId, StudioId};
use domain::share_code::ShareCode;

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::request::Untrusted;
use crate::scope::SchoolStore;
use crate::table::change::Edit;
use crate::table::{Change, Committed, Item, StoreError, audit, commit, keys};

/// Which student a code opens.
pub(crate) struct Opens {
    pub(crate) studio: StudioId,
    pub(crate) school: SchoolId,
    pub(crate) student: StudentId,
    pub(crate) code_id: ShareCodeId,
    /// The teacher who gave the code out; nobody when an administrator or the photographer did.
    pub(crate) teacher: Option<PersonId>,
}

/// The student a good code opens, or `None` for one that is unknown, revoked or over.
pub(crate) async fn find(app: &App, code: &ShareCode) -> Result<Option<Opens>, StoreError> {
    let hmac = app.ring().await?.lookup("share-code", code.as_str().as_bytes());
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

/// How often a code is issued anew because somebody else issued one for the same student at the same moment.
const TRIES: u32 = 5;

impl SchoolStore {
    /// Issues a code for a student; it lives until the school year ends, or until the next is issued: a student
    /// has one at a time. Equal `bits` give the same code again, so that a repeated request is answered the same
    /// without the code being kept anywhere.
    ///
    /// # Errors
    ///
    /// 404 for a student whom the caller does not see; 409 when others issue codes for them all the time.
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
        for _ in 0..TRIES {
            let before = table.get(&current).await?;
            let before = before.and_then(|row| Some((row.text("code")?, row.text("hmac")?)));
            if before.as_ref().is_some_and(|(code, _)| code == id.as_str()) {
                return Ok((id, code));
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
                changes
                    .push(Change::delete_if_there(table, &keys::share_code(&store.studio, &id))?);
                changes.push(Change::delete_if_there(table, &keys::share_code_lookup(&hmac))?);
            }
            // Refused at the first row, somebody else has issued another meanwhile; at a later one, this very
            // code was issued by the same request before.
            if commit(app, changes).await? != Committed::Refused(0) {
                return Ok((id, code));
            }
        }
        Err(ApiError::Conflict("wrong_state"))
    }

    /// The two sides of a new code.
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

    /// Revokes a code.
    ///
    /// # Errors
    ///
    /// 404 for one that is not there (any more), or of a student whom the caller does not see.
    pub async fn revoke_share_code(&self, id: &Untrusted<ShareCodeId>) -> Result<(), ApiError> {
        let (store, id) = (&self.store, id.inner());
        let table = store.app.records()?;
        let key = keys::share_code(&store.studio, id);
        let row = table.get(&key).await?.ok_or(ApiError::NotFound)?;
        let corrupt = || StoreError::Corrupt("share code");
        let student = row.text("student").and_then(|id| StudentId::parse(&id).ok());
        // Who left the school is nobody's student any more, and their code can still be revoked by the school.
        if self.teacher().is_some() {
            self.student(&student.ok_or_else(corrupt)?).await?.ok_or(ApiError::NotFound)?;
        }
        let hmac = row.text("hmac").ok_or_else(corrupt)?;
        let event = store.event(Action::ShareCodeRevoked, id.as_str());
        let changes = vec![
            Change::delete(table, &key)?,
            Change::delete_if_there(table, &keys::share_code_lookup(&hmac))?,
            audit::add(store.app, &event).await?,
        ];
        match commit(store.app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::NotFound),
        }
    }
}

/// The code that follows from a request's bits.
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
