//! The demonstration: a picture day of one school, run through the HTTP API and presigned URLs like any client.

pub mod camera;
mod cast;
pub mod operator;
mod play;
mod program;

pub use play::{Accounts, PlayError, play};
pub use program::{Program, ProgramError};
