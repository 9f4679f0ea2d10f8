//! How a file is read: what a caller may decide instead of leaving it to be found.

use serde::{Deserialize, Serialize};

use super::columns::Mapping;
use super::text_encoding::TextEncoding;

/// Decisions of a caller about a file. Everything left out is found from the file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReadOptions {
    /// Columns and what they become; by header name, or by place as `#1`, `#2`, …
    #[serde(skip_serializing_if = "Mapping::is_empty")]
    pub mapping: Mapping,
    /// The header's row as a spreadsheet shows it; 0 says that the file has no header.
    ///
    /// Without a header the mapping must name columns by place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_row: Option<u32>,
    /// The encoding of a text file. With it nothing is guessed and nothing is repaired.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encoding: Option<TextEncoding>,
    /// The sheet of a workbook, by its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}

impl ReadOptions {
    /// Options with a mapping and nothing else.
    pub fn with_mapping(mapping: Mapping) -> Self {
        Self { mapping, ..Self::default() }
    }
}
