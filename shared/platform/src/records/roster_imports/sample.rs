//! Excerpts of a file for a person who checks whether it was read correctly.

use crate::access::stores::StudioStore;
use crate::base::crypto::data_key::DataKey;
use crate::records::roster_imports::import::RosterImport;
use crate::records::roster_imports::sealed::{open, seal};
use crate::store::change::Change;
use crate::store::error::StoreError;
use crate::store::item::Item;
use crate::store::{audit, keys, student_keys};
use domain::audit::Action;
use domain::roster::{
    ColumnUse, EncodingCandidate, FileFormat, ReadEncoding, Roster, Sample, SampleName, SampleRow,
    TextEncoding,
};
use serde::{Deserialize, Serialize};

/// Excerpts of a file for a person who checks whether it was read correctly.
///
/// Sealed, and stored as long as the rows.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct ImportSample {
    /// File format.
    pub format: Option<FileFormat>,
    /// Row number of the header; zero for a file without one.
    pub header_row: u32,
    /// Encoding of a text file.
    pub encoding: Option<TextEncoding>,
    /// Encoding of rows that another program wrote.
    pub other_rows: Option<TextEncoding>,
    /// Possible encodings, the most likely first; empty when the encoding is certain.
    pub candidates: Vec<EncodingCandidate>,
    /// Names as read.
    pub names: Vec<SampleName>,
    /// The first rows, and the sheets of a workbook.
    pub first: Sample,
}

impl ImportSample {
    /// Builds the sample of a file that was read.
    pub(super) fn of(roster: &Roster) -> Self {
        let read = roster.encoding.as_ref();
        Self {
            format: Some(roster.format),
            header_row: roster.header_row,
            encoding: read.map(|read| read.encoding),
            other_rows: read.and_then(|read| read.other_rows),
            candidates: read.map(|read: &ReadEncoding| read.candidates.clone()).unwrap_or_default(),
            names: roster.sample_names(),
            first: Sample {
                sheets: roster.sheets.clone(),
                sheet: roster.sheet.clone(),
                rows: first_rows(roster),
            },
        }
    }
}

/// Returns the header and the first rows, with blank cells in columns of personal data that is not needed.
fn first_rows(roster: &Roster) -> Vec<SampleRow> {
    let header = SampleRow {
        row: roster.header_row,
        cells: roster.columns.iter().map(|column| column.name.clone()).collect(),
    };
    let is_refused = |at: usize| {
        let becomes = roster.columns.get(at).map(|column| column.becomes);
        matches!(becomes, Some(ColumnUse::Refused(_)))
    };
    let below = roster.first_rows.iter().map(|row| SampleRow {
        row: row.row,
        cells: (row.cells.iter().enumerate())
            .map(|(at, cell)| if is_refused(at) { String::new() } else { cell.clone() })
            .collect(),
    });
    let header = (roster.header_row > 0).then_some(header);
    header.into_iter().chain(below).collect()
}

impl StudioStore {
    /// Builds the change that stores the sample of one reading attempt.
    pub(super) fn keep_sample(
        &self,
        import: &RosterImport,
        key: &DataKey,
        reading: &str,
        sample: &ImportSample,
    ) -> Result<Change, StoreError> {
        let at = keys::roster_sample(&self.studio, &import.id, reading);
        let item = Item::at(&at)
            .with_bytes("sealed", seal(key, &import.id, "sample", sample))
            .with_number("ttl", import.rows_end());
        Change::put(self.app.records()?, item)
    }

    /// Returns the sample of an import; `None` before the file was read and after the rows' lifetime.
    ///
    /// Reading it is an audit event, because it names students.
    pub(super) async fn sample_of(
        &self,
        import: &RosterImport,
    ) -> Result<Option<ImportSample>, StoreError> {
        let is_over = import.rows_end() <= self.app.now().as_second();
        let Some(reading) = import.reading.as_deref().filter(|_| !is_over) else {
            return Ok(None);
        };
        let at = keys::roster_sample(&self.studio, &import.id, reading);
        let Some(item) = self.app.records()?.get(&at).await? else { return Ok(None) };
        let event = self.event(Action::StudentsListed, import.id.as_str());
        let (key, ()) = futures_util::try_join!(
            student_keys::of_studio(self.app, &self.studio),
            audit::record(self.app, &event),
        )?;
        open(&key, &import.id, "sample", item.bytes("sealed")).map(Some)
    }
}
