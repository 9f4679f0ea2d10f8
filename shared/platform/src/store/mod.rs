//! Storage of rows, objects and messages: one way to read and one way to change.
//!
//! [`keys`] begins with a table of all items and access patterns. Expressions consist of fixed text and
//! placeholders only; they never contain values or attribute names. The store has its own errors and does not
//! depend on HTTP.

pub mod audit;
pub(crate) mod awaited;
pub(crate) mod change;
pub mod error;
pub(crate) mod item;
pub mod keys;
pub mod objects;
pub mod page;
pub mod queue;
pub mod student_keys;
pub mod table;
pub mod untrusted;
