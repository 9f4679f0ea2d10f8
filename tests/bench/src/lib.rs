//! Benchmarks that compare our programs with a peer that does the same work.
//!
//! They compare CPU time and memory, as the kernel counts them per process, because a shared machine distorts
//! wall-clock time. The peers take turns, so that a slow minute affects all of them.

pub mod figures;
pub mod programs;
