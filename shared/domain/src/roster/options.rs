//! The caller's options for reading a file. Without them, everything is detected.

use serde::{Deserialize, Serialize};

use super::columns::Mapping;
use super::text_encoding::TextEncoding;

/// The caller's decisions about a file. Options that are not set are detected from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// Columns and their uses, by header name, or by position as `#1`, `#2`, …
    #[serde(skip_serializing_if = "Mapping::is_empty")]
    pub mapping: Mapping,
    /// The header's row number as in a spreadsheet; 0 means that the file has no header.
    ///
    /// Without a header, the mapping must name columns by position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u32>,
    /// The encoding of a text file. When it is set, nothing is guessed and nothing is repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<TextEncoding>,
    /// The name of the workbook's sheet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

impl ReadOptions {
    /// Creates options with only a mapping.
    pub fn with_mapping(mapping: Mapping) -> Self {
        Self { mapping, ..Self::default() }
    }
}
