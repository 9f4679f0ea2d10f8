//! Share codes: one side finds the student by a keyed hash of the code, the other lets it be revoked by name.
//!
//! The side with the name stays when a code is over, so that a request that comes again late does not bring the code
//! back.

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

/// Which student a code opens.
#[derive(Serialize, Deserialize)]
pub(crate) struct Opens {
    pub(crate) studio: StudioId,
    pub(crate) school: SchoolId,
    pub(crate) student: StudentId,
    pub(crate) code_id: ShareCodeId,
    /// The teacher who gave the code out; nobody when an administrator or the photographer did.
    pub(crate) teacher: Option<PersonId>,
}

impl Opens {
    /// Nobody, anywhere: what a wrong code is worked on with, as a right one is with its student.
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

/// The student a good code opens, or `None` for one that is unknown, revoked or over. A text that is no code at all is
/// looked for as well: it takes as long.
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

/// Whether a code that somebody asked with opens anything still.
pub(crate) async fn is_good(store: &StudioStore, id: &ShareCodeId) -> Result<bool, StoreError> {
    let row = store.app.records()?.get(&keys::share_code(&store.studio, id)).await?;
    let now = store.app.now().as_second();
    let in_time = |row: &Item| row.number::<i64>("ends").is_some_and(|ends| ends > now);
    Ok(row.is_some_and(|row| !is_over(&row) && in_time(&row)))
}

/// Whether a code was revoked, or the next one was issued.
fn is_over(public: &Item) -> bool {
    public.number::<i64>("over").is_some()
}

/// What becomes of the public side of a code that is over.
fn over(app: &App) -> Edit {
    Edit::default().set("over", number(app.now().as_second())).remove("hmac")
}

/// How often a code is issued anew because somebody else issued one for the same student at the same moment.
const TRIES: u32 = 5;

impl SchoolStore {
    /// Issues a code for a student; it lives until the school year ends, or until the next is issued: a student
    /// has one at a time. Equal `bits` give the same code again, so that a repeated request is answered the same
    /// without the code being kept anywhere, as long as the code is good.
    ///
    /// # Errors
    ///
    /// 404 for a student whom the caller does not see; 409 `code_is_over` for a request that comes again after its code
    /// was revoked or the next was issued; 409 when others issue codes for them all the time.
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
            // Refused, somebody else has issued another meanwhile, or the same request this very code: look again.
            if commit(app, changes).await? == Committed::Yes {
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
        let row = table.get(&key).await?.filter(|row| !is_over(row)).ok_or(ApiError::NotFound)?;
        let corrupt = || StoreError::Corrupt("share code");
        let student = row.text("student").and_then(|id| StudentId::parse(&id).ok());
        // Who left the school is nobody's student any more, and their code can still be revoked by the school.
        if self.teacher().is_some() {
            self.student(&student.ok_or_else(corrupt)?).await?.ok_or(ApiError::NotFound)?;
        }
        let changes = self.revocation(id, &row).await?;
        match commit(store.app, changes).await? {
            Committed::Yes => Ok(()),
            Committed::Refused(_) => Err(ApiError::NotFound),
        }
    }

    /// The changes that revoke a student's current code, with their event; empty without a code that could be revoked.
    ///
    /// They are refused once the code was revoked or replaced: the caller reads again.
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
        // Revoking a code leaves the row of the current code as it was: the public side says whether it is over.
        match public.filter(|row| !is_over(row)) {
            Some(public) => self.revocation(&id, &public).await,
            None => Ok(Vec::new()),
        }
    }

    /// The changes that revoke a code that is not over: its public side as read, its lookup, and the event.
    async fn revocation(&self, id: &ShareCodeId, public: &Item) -> Result<Vec<Change>, StoreError> {
        let store = &self.store;
        let table = store.app.records()?;
        let hmac = public.text("hmac").ok_or(StoreError::Corrupt("share code"))?;
        // Whatever ends a code removes its hash, so the condition fails for a code that is over.
        let edit = over(store.app).expect("hmac", AttributeValue::S(hmac.clone()));
        let event = store.event(Action::ShareCodeRevoked, id.as_str());
        Ok(vec![
            Change::edit(table, &keys::share_code(&store.studio, id), edit)?,
            Change::delete_if_there(table, &keys::share_code_lookup(&hmac))?,
            audit::add(store.app, &event).await?,
        ])
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
