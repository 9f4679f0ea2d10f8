//! What a caller gets to see of an import and of its rows.

use domain::roster::{Counts, Field, Mapping, RefusedColumnReason};
use platform::table::roster_imports::{ImportRow, ImportState, RosterImport, RowChange, RowKind};
use serde::Serialize;
use utoipa::ToSchema;

/// A roster import.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImportView {
    id: String,
    school_id: String,
    /// `reading`, `previewed`, `applying`, `applied`, `undoing`, `undone` or `failed`.
    #[schema(value_type = String)]
    state: ImportState,
    /// The mapping that was used, in the form `?mapping=` takes.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    mapping: Mapping,
    /// What applying does; absent while the file is being compared.
    #[serde(skip_serializing_if = "Option::is_none")]
    preview: Option<PreviewView>,
    /// Columns that are personal beyond need: their cells were never looked at.
    refused_columns: Vec<RefusedColumnView>,
    /// Columns nobody here knows: their cells were never looked at.
    ignored_columns: Vec<String>,
    /// How far it is, while something is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    progress: Option<ProgressView>,
    /// What the last apply or undo has done.
    #[serde(flatten)]
    written: Option<WrittenView>,
    /// When it was applied.
    #[serde(skip_serializing_if = "Option::is_none")]
    applied_at: Option<String>,
    /// Until when it can be undone.
    #[serde(skip_serializing_if = "Option::is_none")]
    undo_until: Option<String>,
    /// Why the file cannot be read: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_text: Option<&'static str>,
}

/// How many rows are what.
#[derive(Serialize, ToSchema)]
struct PreviewView {
    added: usize,
    changed: usize,
    unchanged: usize,
    left: usize,
    duplicates: usize,
    refused: usize,
}

/// A column that was not read, and why.
#[derive(Serialize, ToSchema)]
struct RefusedColumnView {
    column: String,
    #[schema(value_type = String)]
    reason: RefusedColumnReason,
}

/// Rows done, of how many.
#[derive(Serialize, ToSchema)]
struct ProgressView {
    done: usize,
    total: usize,
}

/// Students an apply or undo has worked on.
#[derive(Serialize, ToSchema)]
struct WrittenView {
    added: usize,
    changed: usize,
    left: usize,
    /// Rows that were left alone, because their student was changed since.
    kept: usize,
}

impl From<RosterImport> for ImportView {
    fn from(import: RosterImport) -> Self {
        let is_written = match import.state {
            ImportState::Applying
            | ImportState::Applied
            | ImportState::Undoing
            | ImportState::Undone => true,
            ImportState::Reading | ImportState::Previewed | ImportState::Failed => false,
        };
        let written = import.written;
        Self {
            progress: import.progress().map(|(done, total)| ProgressView { done, total }),
            applied_at: import.applied_at.map(|at| at.to_string()),
            undo_until: import.undo_until().map(|at| at.to_string()),
            reason_text: import.failure_text(),
            id: import.id.to_string(),
            school_id: import.school_id.to_string(),
            state: import.state,
            mapping: import.columns.mapping,
            preview: import.preview.map(PreviewView::from),
            refused_columns: import
                .columns
                .refused
                .into_iter()
                .map(|(column, reason)| RefusedColumnView { column, reason })
                .collect(),
            ignored_columns: import.columns.ignored,
            written: is_written.then_some(WrittenView {
                added: written.added,
                changed: written.changed,
                left: written.left,
                kept: written.kept,
            }),
            reason: import.failure,
        }
    }
}

impl From<Counts> for PreviewView {
    fn from(counts: Counts) -> Self {
        let Counts { added, changed, unchanged, left, duplicates, refused } = counts;
        Self { added, changed, unchanged, left, duplicates, refused }
    }
}

/// One row of a preview.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowView {
    /// The row as a spreadsheet shows it; `null` for a student who is not in the file.
    row: Option<u32>,
    /// `added`, `changed`, `unchanged`, `left`, `duplicate` or `refused`.
    #[schema(value_type = String)]
    kind: RowKind,
    /// The field at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    field: Option<Field>,
    /// Why it is refused or a duplicate: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The same for a person.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_text: Option<&'static str>,
    /// For a duplicate: the row that is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    /// What changes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeView>,
    /// Given and family name both become others under the same id: look at it before applying.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_another_name: bool,
}

/// One field of one student, before and after.
#[derive(Serialize, ToSchema)]
struct ChangeView {
    #[schema(value_type = String)]
    field: Field,
    before: Option<String>,
    after: Option<String>,
}

impl From<ImportRow> for RowView {
    fn from(row: ImportRow) -> Self {
        Self {
            row: row.row,
            kind: row.kind,
            field: row.field,
            reason: row.reason,
            reason_text: row.reason_text,
            same_as: row.same_as,
            given_name: row.given_name,
            family_name: row.family_name,
            changes: row.changes.into_iter().map(ChangeView::from).collect(),
            is_another_name: row.is_another_name,
        }
    }
}

impl From<RowChange> for ChangeView {
    fn from(change: RowChange) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}
