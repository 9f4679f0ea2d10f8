//! Keys of roster imports: the import with its rows, and what hangs on its school.

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

/// What a person sees of the file besides its rows.
pub(crate) fn roster_sample(studio: &StudioId, import: &ImportId, reading: &str) -> Key {
    key(import_partition(studio, import), format!("SAMPLE#{reading}"))
}

/// Which of the rows in one conflict speaks for the student.
pub(crate) fn roster_claim(
    studio: &StudioId,
    import: &ImportId,
    reading: &str,
    conflict: &str,
) -> Key {
    key(import_partition(studio, import), format!("CLAIM#{reading}#{conflict}"))
}

/// The sort-key prefix of the imports of a school.
pub(crate) const ROSTER_ENTRIES: &str = "IMPORTED#";

/// An import among those of its school. The time runs backwards, so that the newest is read first.
pub(crate) fn roster_entry(
    studio: &StudioId,
    school: &SchoolId,
    created_seconds: i64,
    import: &ImportId,
) -> Key {
    let backwards = 9_999_999_999_i64.saturating_sub(created_seconds);
    key(school_partition(studio, school), format!("{ROSTER_ENTRIES}{backwards:010}#{import}"))
}

/// Which columns the last import of a school was read by.
pub(crate) fn roster_options(studio: &StudioId, school: &SchoolId) -> Key {
    key(school_partition(studio, school), "ROSTEROPTIONS")
}

/// Which import wrote to a school last.
pub(crate) fn roster_marker(studio: &StudioId, school: &SchoolId) -> Key {
    key(school_partition(studio, school), "ROSTER")
}
