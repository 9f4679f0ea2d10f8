//! Share codes: one side finds the student by a keyed hash of the code, the other lets it be revoked by name.

use domain::audit::Action;
use domain::ids::{SchoolId, ShareCodeId, StudentId, StudioId};
use domain::picture_day::SchoolYear;
use domain::share_code::ShareCode;
use domain::student::Student;

use crate::app::App;
use crate::http::request::Untrusted;
use crate::scope::StudioStore;
use crate::table::{Change, Committed, Item, StoreError, audit, commit, keys};

/// Which student a code opens.
pub(crate) struct Opens {
    pub(crate) studio: StudioId,
    pub(crate) school: SchoolId,
    pub(crate) student: StudentId,
    pub(crate) code_id: ShareCodeId,
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
    }))
}

impl StudioStore {
    /// Issues a code for a student; it lives until the school year ends. Equal `bits` give the same code
    /// again, so that a repeated request is answered the same without the code being kept anywhere.
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn issue_share_code(
        &self,
        school: &SchoolId,
        student: &Student,
        year: SchoolYear,
        bits: [u8; 16],
    ) -> Result<(ShareCodeId, ShareCode), StoreError> {
        let ring = self.app.ring().await?;
        let mut tries = 0_u8;
        let code = loop {
            let digest =
                ring.digest("new-share-code", &[student.id.as_str().as_bytes(), &bits, &[tries]]);
            match ShareCode::from_random(&digest) {
                Some(code) => break code,
                None => tries = tries.wrapping_add(1),
            }
        };
        let id = ShareCodeId::child_of(&student.id, bits);
        let hmac = ring.lookup("share-code", code.as_str().as_bytes());
        let ends = jiff::tz::TimeZone::UTC
            .to_timestamp(year.last_day().at(23, 59, 59, 0))
            .map_err(|_| StoreError::Corrupt("school year"))?
            .as_second();
        let lookup = Item::at(&keys::share_code_lookup(&hmac))
            .with_text("studio", self.studio.as_str())
            .with_text("school", school.as_str())
            .with_text("student", student.id.as_str())
            .with_text("id", id.as_str())
            .with_number("ends", ends);
        let public = Item::at(&keys::share_code(&self.studio, &id))
            .with_text("student", student.id.as_str())
            .with_text("hmac", hmac)
            .with_number("ends", ends);
        let mut event = self.event(Action::ShareCodeIssued, id.as_str());
        event.details = Some(student.id.to_string());
        let table = self.app.records()?;
        let changes = vec![
            Change::create(table, lookup)?,
            Change::create(table, public)?,
            audit::add(self.app, &event).await?,
        ];
        // Refused: this very code was issued by the same request before.
        let (Committed::Yes | Committed::Refused(_)) = commit(self.app, changes).await?;
        Ok((id, code))
    }

    /// Revokes a code. `false` if this studio has none such (any more).
    ///
    /// # Errors
    ///
    /// When the store fails.
    pub async fn revoke_share_code(&self, id: &Untrusted<ShareCodeId>) -> Result<bool, StoreError> {
        let id = id.inner();
        let table = self.app.records()?;
        let key = keys::share_code(&self.studio, id);
        let Some(row) = table.get(&key).await? else {
            return Ok(false);
        };
        let hmac = row.text("hmac").ok_or(StoreError::Corrupt("share code"))?;
        let event = self.event(Action::ShareCodeRevoked, id.as_str());
        let changes = vec![
            Change::delete(table, &key)?,
            Change::delete_if_there(table, &keys::share_code_lookup(&hmac))?,
            audit::add(self.app, &event).await?,
        ];
        Ok(commit(self.app, changes).await? == Committed::Yes)
    }
}
