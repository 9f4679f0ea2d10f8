//! For any roster file: no panic, and each row of the file is in exactly one place.

#![no_main]

use std::collections::BTreeSet;

use domain::roster::{CompareOptions, ReadOptions, compare, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(roster) = read(bytes, &ReadOptions::default()) else { return };
    let rows: BTreeSet<u32> = roster
        .rows
        .iter()
        .map(|row| row.row)
        .chain(roster.refused.iter().map(|row| row.row))
        .chain(roster.skipped.iter().map(|row| row.row))
        .collect();
    assert_eq!(rows.len(), roster.data_rows());
    for row in &roster.rows {
        assert!(!row.given_name.is_empty() || !row.family_name.is_empty());
        assert!(row.school_issued_id.as_ref().is_none_or(|id| !id.is_empty()));
    }
    let counts = compare::<u32>(&[], &roster, &CompareOptions::default()).counts();
    let placed = counts.added
        + counts.changed
        + counts.unchanged
        + counts.duplicates
        + counts.conflicts
        + counts.refused
        + counts.skipped;
    assert_eq!(placed, roster.data_rows());
});
