//! Benches: what our programs take beside what a peer takes for the same work.
//!
//! What is compared is CPU time and memory as the kernel counts them for a process, not the clock: a shared
//! machine spoils the clock and leaves these. The peers take turns, so that a bad minute hits all of them.

pub mod figures;
pub mod programs;
