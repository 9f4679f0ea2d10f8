//! Roster imports: a file becomes a preview, is applied to the school, and can be undone within a day.
//!
//! The states: `uploading` → `reading` → `previewed` (or `unclear`, or `failed`) → `applying` → `applied` → `undoing`
//! → `undone`. A file in the request itself begins at `reading`, or at `unclear` if it is small and a person must
//! choose how to read it.
//!
//! A school has one marker that names the import which wrote to it last. A preview stores the marker's value, and is
//! applied only while the marker is unchanged: what the photographer saw is what is written.

mod chunk;
mod columns;
mod compare;
mod decide;
mod find;
mod import;
mod line;
mod lines;
mod list;
pub mod managed;
mod read;
mod residents;
mod rows;
mod sample;
mod sealed;
pub(crate) mod state;
mod targets;
mod upload;
mod wishes;
mod work;

pub use columns::Columns;
pub use decide::Decided;
pub use import::RosterImport;
pub use line::{LineWarning, RowKind, ShownStudent};
pub use rows::{ImportRow, RowChange, RowConflict, RowList};
pub use sample::ImportSample;
pub use state::{ImportState, Written};
pub use upload::{Registered, RosterArrival, RosterUpload, Uploaded};
pub use wishes::RosterWishes;
pub use work::Turned;
