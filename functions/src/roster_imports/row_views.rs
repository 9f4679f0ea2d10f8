//! The API's views of an import's rows and of its file.

use domain::roster::{EncodingCandidate, Field, FileFormat, RowDecision, SampleName, TextEncoding};
use platform::records::roster_imports::{
    ImportRow, ImportSample, LineWarning, RowChange, RowConflict, RowKind, ShownStudent,
};
use serde::Serialize;
use utoipa::ToSchema;

/// One row of a preview.
#[derive(Serialize, ToSchema)]
pub(crate) struct RowView {
    /// The row number in the spreadsheet; `null` for a student who is not in the file.
    row: Option<u32>,
    /// `added`, `changed`, `conflict`, `unchanged`, `left`, `duplicate`, `refused`, `skipped` or `warned`.
    #[schema(value_type = String)]
    kind: RowKind,
    /// The invalid field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    field: Option<Field>,
    /// Why the row is refused, skipped, a duplicate or a conflict: a stable code.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The same reason as text for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason_text: Option<&'static str>,
    /// For a duplicate: the number of the row that is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    same_as: Option<u32>,
    #[serde(flatten)]
    student: ShownStudentView,
    /// Warnings about the row for the user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<WarningView>,
    /// For a conflict: the data for the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    conflict: Option<ConflictView>,
    /// The changed fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    changes: Vec<ChangeView>,
    /// Whether given and family name both change under the same id; check it before applying.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_another_name: bool,
}

/// A student as in the row or in the school's data.
#[derive(Serialize, ToSchema)]
struct ShownStudentView {
    #[serde(skip_serializing_if = "Option::is_none")]
    given_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    family_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    school_issued_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    grade: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    teacher: Option<String>,
}

/// A warning about a row for the user.
#[derive(Serialize, ToSchema)]
struct WarningView {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    field: Option<Field>,
    /// A stable code.
    reason: String,
}

/// The data for a decision about a conflicting row.
#[derive(Serialize, ToSchema)]
struct ConflictView {
    /// The other rows with the same id.
    other_rows: Vec<u32>,
    /// The school's student whom the row may mean.
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<ShownStudentView>,
    /// `use`, `use_without_id` or `leave_out`; absent while it is undecided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    decision: Option<RowDecision>,
}

/// One changed field of one student.
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
            student: row.student.into(),
            warnings: row.warnings.into_iter().map(WarningView::from).collect(),
            conflict: row.conflict.map(ConflictView::from),
            changes: row.changes.into_iter().map(ChangeView::from).collect(),
            is_another_name: row.is_another_name,
        }
    }
}

impl From<ShownStudent> for ShownStudentView {
    fn from(student: ShownStudent) -> Self {
        let ShownStudent { given_name, family_name, school_issued_id, grade, class, teacher } =
            student;
        Self { given_name, family_name, school_issued_id, grade, class, teacher }
    }
}

impl From<LineWarning> for WarningView {
    fn from(warning: LineWarning) -> Self {
        Self { field: warning.field, reason: warning.reason }
    }
}

impl From<RowConflict> for ConflictView {
    fn from(conflict: RowConflict) -> Self {
        Self {
            other_rows: conflict.others,
            known: conflict.known.map(ShownStudentView::from),
            decision: conflict.decision,
        }
    }
}

impl From<RowChange> for ChangeView {
    fn from(change: RowChange) -> Self {
        Self { field: change.field, before: change.before, after: change.after }
    }
}

/// Samples of a file, with which a person checks whether it was read correctly.
#[derive(Serialize, ToSchema)]
pub(crate) struct SampleView {
    /// `text`, `xlsx`, `xls`, `ods`, `html` or `xml_spreadsheet`; absent for a file that was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    format: Option<FileFormat>,
    /// The row number of the header; 0 for a file without a header.
    header_row: u32,
    /// The encoding of a text file.
    #[serde(skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
    /// The encoding of rows that were written with another encoding.
    #[serde(skip_serializing_if = "Option::is_none")]
    other_rows: Option<&'static str>,
    /// The possible encodings, most likely first; empty when the encoding is certain.
    encodings: Vec<EncodingView>,
    /// All encodings that the user can choose.
    known_encodings: Vec<&'static str>,
    /// Ten names as read; names with non-ASCII letters come first.
    names: Vec<SampleNameView>,
    /// The sheets of a workbook.
    sheets: Vec<String>,
    /// The sheet that was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    sheet: Option<String>,
    /// The first rows of the file, for choosing the columns.
    rows: Vec<SampleRowView>,
}

/// An encoding, with the names as read in it.
#[derive(Serialize, ToSchema)]
struct EncodingView {
    encoding: &'static str,
    names: Vec<SampleNameView>,
}

/// A name as read.
#[derive(Serialize, ToSchema)]
struct SampleNameView {
    given_name: String,
    family_name: String,
}

/// A row of the file.
#[derive(Serialize, ToSchema)]
struct SampleRowView {
    /// The row number in the spreadsheet.
    row: u32,
    /// The cells of the row. A mapping names a column by its position: the first is `#1`.
    cells: Vec<String>,
}

impl From<ImportSample> for SampleView {
    fn from(sample: ImportSample) -> Self {
        let row = |row: domain::roster::SampleRow| SampleRowView { row: row.row, cells: row.cells };
        Self {
            format: sample.format,
            header_row: sample.header_row,
            encoding: sample.encoding.map(TextEncoding::label),
            other_rows: sample.other_rows.map(TextEncoding::label),
            encodings: sample.candidates.into_iter().map(EncodingView::from).collect(),
            known_encodings: TextEncoding::ALL.map(TextEncoding::label).to_vec(),
            names: sample.names.into_iter().map(SampleNameView::from).collect(),
            sheets: sample.first.sheets,
            sheet: sample.first.sheet,
            rows: sample.first.rows.into_iter().map(row).collect(),
        }
    }
}

impl From<EncodingCandidate> for EncodingView {
    fn from(candidate: EncodingCandidate) -> Self {
        Self {
            encoding: candidate.encoding.label(),
            names: candidate.names.into_iter().map(SampleNameView::from).collect(),
        }
    }
}

impl From<SampleName> for SampleNameView {
    fn from(name: SampleName) -> Self {
        Self { given_name: name.given_name, family_name: name.family_name }
    }
}
