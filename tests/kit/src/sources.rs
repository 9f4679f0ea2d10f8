//! The text of this repository's own sources, for tests that compare a table with the code.

use std::io;
use std::path::Path;

/// All sources of the functions, one after the other.
///
/// # Errors
///
/// When a file cannot be read, or there is none.
pub fn of_functions() -> io::Result<String> {
    let mut sources = String::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("../../functions/src")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push_str(&std::fs::read_to_string(path)?);
            }
        }
    }
    Ok(sources)
}
