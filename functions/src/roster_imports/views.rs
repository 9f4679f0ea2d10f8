//! The API's views of an import.

use std::collections::BTreeMap;

use domain::roster::{Counts, LeftShare, Mapping, RefusedColumnReason, RosterScope};
use platform::jiff::{SignedDuration, Timestamp};
use platform::records::roster_imports::{ImportState, RosterImport, Written};
use platform::store::objects::{PUT_LIVES_SECONDS, PresignedPut};
use serde::Serialize;
use utoipa::ToSchema;

/// A roster import.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportView {
    id: String,
    school_id: String,
    /// `uploading`, `reading`, `unclear`, `previewed`, `applying`, `applied`, `undoing`, `undone` or `failed`.
    #[schema(value_type = String)]
    state: ImportState,
    /// `partial`: students who are not in the file stay. `whole`: they are no longer enrolled.
    #[schema(value_type = String)]
    scope: RosterScope,
    /// `keep`: ids that a spreadsheet shortened keep the school's value. `file`: they change to the file's value.
    ids: &'static str,
    /// The mapping that was used, in the format of `?mapping=`.
    #[schema(value_type = BTreeMap<String, String>)]
    mapping: Mapping,
    /// Whether the columns were chosen at the school's last import.
    is_mapping_remembered: bool,
    /// Whether the encoding of the file is certain. If not, send the file again with `?encoding=`.
    is_encoding_certain: bool,
    /// What an apply would do; absent while the file is being compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<PreviewView>,
    /// Columns with personal data that we do not need; their cells were not read.
    refused_columns: Vec<RefusedColumnView>,
    /// Columns with an unknown header; their cells were not read.
    ignored_columns: Vec<String>,
    /// The progress, while the import is being processed.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<ProgressView>,
    /// The result of the last apply or undo.
    #[serde(flatten)]
    written: WrittenView,
    /// When the file was sent.
    created_at: String,
    /// When the import was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_at: Option<String>,
    /// Until when the import can be applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    apply_until: Option<String>,
    /// Until when the import can be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo_until: Option<String>,
    /// Why the file cannot be read, or what the user must choose: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The same reason as text for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_text: Option<&'static str>,
    /// Where to upload the file, while the state is `uploading`.
    #[serde(skip_serializing_if = "Option::is_none")]
    upload: Option<UploadTarget>,
}

/// A roster import in the list of a school's imports.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportSummary {
    id: String,
    /// The same values as in the import.
    #[schema(value_type = String)]
    state: ImportState,
    #[schema(value_type = String)]
    scope: RosterScope,
    /// When the file was sent.
    created_at: String,
    /// The person who sent it; absent for a program.
    #[serde(skip_serializing_if = "Option::is_none")]
    created_by: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<PreviewView>,
    #[serde(flatten)]
    written: WrittenView,
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    apply_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    undo_until: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// The number of rows of each kind.
#[derive(Serialize, ToSchema)]
struct PreviewView {
    added: usize,
    changed: usize,
    unchanged: usize,
    left: usize,
    duplicates: usize,
    /// Rows that need a person's decision.
    conflicts: usize,
    /// Conflicts without a decision; an apply leaves them out.
    conflicts_undecided: usize,
    refused: usize,
    /// Rows without a student.
    skipped: usize,
    /// The number of rows for each warning; the keys are stable codes.
    warnings: BTreeMap<String, usize>,
    /// The school's students of this year, before the import.
    students: usize,
    /// Whether an apply must repeat the number of students who leave.
    must_confirm_left: bool,
}

/// A column that was not read, and the reason.
#[derive(Serialize, ToSchema)]
struct RefusedColumnView {
    column: String,
    #[schema(value_type = String)]
    reason: RefusedColumnReason,
}

/// Processed rows and the total; a total of zero means that it is not known yet.
#[derive(Serialize, ToSchema)]
struct ProgressView {
    done: usize,
    total: usize,
}

/// The number of students that an apply or undo wrote; all absent before the first one.
#[derive(Default, Serialize, ToSchema)]
struct WrittenView {
    #[serde(skip_serializing_if = "Option::is_none")]
    added: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    left: Option<usize>,
    /// Rows left unchanged because their student was changed since then.
    #[serde(skip_serializing_if = "Option::is_none")]
    kept: Option<usize>,
    /// Conflicts for which nothing was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    left_out: Option<usize>,
}

/// Where and how the client uploads its file.
#[derive(Serialize, ToSchema)]
struct UploadTarget {
    /// Always `PUT`.
    method: &'static str,
    /// The presigned URL, valid for 15 minutes.
    url: String,
    /// The exact headers to set; the HTTP stack sets the length.
    headers: BTreeMap<String, String>,
    /// When the URL expires.
    expires_at: String,
}

impl ImportView {
    /// Adds the upload URL to the view.
    pub(crate) fn with_upload(mut self, put: PresignedPut, expires_at: Timestamp) -> Self {
        self.upload = Some(UploadTarget {
            method: "PUT",
            url: put.url,
            headers: put.headers.into_iter().collect(),
            expires_at: expires_at.to_string(),
        });
        self
    }
}

/// Returns when a URL that is created now expires.
pub(crate) fn upload_expires(now: Timestamp) -> Timestamp {
    let lives = SignedDuration::from_secs(i64::try_from(PUT_LIVES_SECONDS).unwrap_or(0));
    now.checked_add(lives).unwrap_or(Timestamp::MAX)
}

fn preview(import: &RosterImport) -> Option<PreviewView> {
    let Counts { added, changed, unchanged, left, duplicates, conflicts, refused, skipped } =
        import.preview?;
    let share: LeftShare = import.left_share();
    Some(PreviewView {
        added,
        changed,
        unchanged,
        left,
        duplicates,
        conflicts,
        conflicts_undecided: conflicts.saturating_sub(import.decided),
        refused,
        skipped,
        warnings: import.warnings.clone(),
        students: share.students,
        must_confirm_left: share.must_be_confirmed(),
    })
}

fn written(import: &RosterImport) -> WrittenView {
    let Written { added, changed, left, kept, left_out } = import.written;
    match import.state {
        ImportState::Applying
        | ImportState::Applied
        | ImportState::Undoing
        | ImportState::Undone => WrittenView {
            added: Some(added),
            changed: Some(changed),
            left: Some(left),
            kept: Some(kept),
            left_out: Some(left_out),
        },
        ImportState::Uploading
        | ImportState::Reading
        | ImportState::Unclear
        | ImportState::Previewed
        | ImportState::Failed => WrittenView::default(),
    }
}

fn time(at: Option<Timestamp>) -> Option<String> {
    at.map(|at| at.to_string())
}

impl From<RosterImport> for ImportView {
    fn from(import: RosterImport) -> Self {
        Self {
            preview: preview(&import),
            written: written(&import),
            progress: import.progress().map(|(done, total)| ProgressView { done, total }),
            created_at: import.created_at.to_string(),
            applied_at: time(import.applied_at),
            apply_until: time(import.apply_until()),
            undo_until: time(import.undo_until()),
            reason_text: import.failure_text(),
            id: import.id.to_string(),
            school_id: import.school_id.to_string(),
            state: import.state,
            scope: import.wishes.compare.scope,
            ids: if import.wishes.compare.keep_known_ids { "keep" } else { "file" },
            mapping: import.columns.mapping,
            is_mapping_remembered: import.columns.is_remembered,
            is_encoding_certain: import.columns.is_encoding_certain,
            refused_columns: import
                .columns
                .refused
                .into_iter()
                .map(|(column, reason)| RefusedColumnView { column, reason })
                .collect(),
            ignored_columns: import.columns.ignored,
            reason: import.failure,
            upload: None,
        }
    }
}

impl From<RosterImport> for ImportSummary {
    fn from(import: RosterImport) -> Self {
        Self {
            preview: preview(&import),
            written: written(&import),
            created_at: import.created_at.to_string(),
            created_by: import.created_by.as_ref().map(ToString::to_string),
            applied_at: time(import.applied_at),
            apply_until: time(import.apply_until()),
            undo_until: time(import.undo_until()),
            id: import.id.to_string(),
            state: import.state,
            scope: import.wishes.compare.scope,
            reason: import.failure,
        }
    }
}
