//! Keys of roster imports: the import with its rows, and the rows in its school's partition.

use domain::ids::{ImportId, SchoolId, StudioId};

use super::key::{Key, key, school_partition};

/// The partition of a roster import.
pub(crate) fn import_partition(studio: &StudioId, import: &ImportId) -> String {
    format!("STUDIO#{studio}#IMPORT#{import}")
}

/// A roster import.
pub(crate) fn roster_import(studio: &StudioId, import: &ImportId) -> Key {
    key(import_partition(studio, import), "IMPORT")
}

/// A row of a roster import's preview. `list` is `ROW` or `KEPT`; `reading` is the attempt that wrote it.
pub(crate) fn roster_row(
    studio: &StudioId,
    import: &ImportId,
    (list, reading): (&str, &str),
    place: &str,
) -> Key {
    key(import_partition(studio, import), format!("{list}#{reading}#{place}"))
}

/// The columns and names that a person sees of the file besides its rows.
pub(crate) fn roster_sample(studio: &StudioId, import: &ImportId, reading: &str) -> Key {
    key(import_partition(studio, import), format!("SAMPLE#{reading}"))
}

/// Which of the rows in one conflict counts for the student.
pub(crate) fn roster_claim(
    studio: &StudioId,
    import: &ImportId,
    reading: &str,
    conflict: &str,
) -> Key {
    key(import_partition(studio, import), format!("CLAIM#{reading}#{conflict}"))
}

/// The sort-key prefix of a school's imports.
pub(crate) const ROSTER_ENTRIES: &str = "IMPORTED#";

/// An import's entry in its school's list. The time counts backwards, so that the newest is read first.
pub(crate) fn roster_entry(
    studio: &StudioId,
    school: &SchoolId,
    created_seconds: i64,
    import: &ImportId,
) -> Key {
    let backwards = 9_999_999_999_i64.saturating_sub(created_seconds);
    key(school_partition(studio, school), format!("{ROSTER_ENTRIES}{backwards:010}#{import}"))
}

/// The column mapping of a school's last import.
pub(crate) fn roster_options(studio: &StudioId, school: &SchoolId) -> Key {
    key(school_partition(studio, school), "ROSTEROPTIONS")
}

/// The import that last wrote to a school.
pub(crate) fn roster_marker(studio: &StudioId, school: &SchoolId) -> Key {
    key(school_partition(studio, school), "ROSTER")
}
