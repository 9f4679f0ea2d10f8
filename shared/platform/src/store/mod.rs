//! How rows, objects and messages are kept: one way to read and one way to change.
//!
//! [`keys`] opens with the map of all items and access patterns. Expressions are made of fixed text
//! and placeholders only; values and attribute names never stand in them. The store has errors of its own and knows
//! nothing of HTTP.

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
