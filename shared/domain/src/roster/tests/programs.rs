//! Tests with files of spreadsheet programs, which `tests/roster/write.sh` creates with `LibreOffice`.

use std::fs;
use std::path::Path;

use crate::roster::{FileFormat, ReadOptions, Roster, RowReason, read};

/// The folder of the files.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/ci/rosters");

fn children(roster: &Roster) -> Vec<[&str; 4]> {
    roster
        .rows
        .iter()
        .map(|row| {
            [
                row.school_issued_id.as_deref().unwrap_or_default(),
                &row.given_name,
                &row.family_name,
                row.class.as_deref().unwrap_or_default(),
            ]
        })
        .collect()
}

#[test]
#[ignore = "needs files of LibreOffice: .ci/run rosters"]
fn what_spreadsheet_programs_write_is_right_or_said() {
    let mut files: Vec<_> =
        fs::read_dir(FOLDER).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut formats = std::collections::BTreeMap::new();
    let mut count = 0;
    for path in files.iter().filter(|path| path.is_file()) {
        let name = path.file_name().unwrap().to_str().unwrap();
        if name.starts_with("source") {
            continue;
        }
        let roster = read(&fs::read(path).unwrap(), &ReadOptions::default());
        let roster = roster.unwrap_or_else(|error| panic!("{name}: {error}"));
        let outcome = judge(name, path, &roster);
        println!("{name:<34} {:?} {outcome}", roster.format);
        *formats.entry(format!("{:?}", roster.format)).or_insert(0) += 1;
        count += 1;
    }
    println!("{count} files: {formats:?}");
    assert!(count >= 20, "{count} files in {FOLDER}");
    for format in
        [FileFormat::Text, FileFormat::Xlsx, FileFormat::Xls, FileFormat::Ods, FileFormat::Html]
    {
        assert!(formats.contains_key(&format!("{format:?}")), "{format:?}");
    }
}

/// Returns `right` for data as typed, `said` when the program changed it and the reader reports it.
fn judge(name: &str, path: &Path, roster: &Roster) -> &'static str {
    let children = children(roster);
    let is_typed_as_text = name.starts_with("text");
    let is_certain = roster.encoding.as_ref().is_none_or(|encoding| encoding.is_certain);
    assert!(is_certain, "{path:?} {:?}", roster.encoding);
    if is_typed_as_text {
        assert_eq!(
            children,
            [
                ["00041", "José", "Peña", "1/2"],
                ["00042", "Zoë", "Müller", "3/4"],
                ["00043", "Chloé", "O'Brien", "1A"],
                ["123456789012", "François", "Lee, Jr.", "1A"],
            ],
            "{path:?}"
        );
        return "right";
    }
    // Cells without the text format: the program dropped zeros and turned classes into dates.
    //
    let damaged: Vec<_> = roster.refused.iter().map(|row| row.reason).collect();
    assert_eq!(damaged, [RowReason::DamagedBySpreadsheet; 2], "{path:?} {children:?}");
    assert_eq!(children[0][1..], ["Chloé", "O'Brien", "1A"], "{path:?}");
    assert_eq!(children[0][0], "43", "{path:?}");
    "said"
}
