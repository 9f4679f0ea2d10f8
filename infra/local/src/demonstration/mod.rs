//! A picture day of one school, played through the same HTTP API and presigned addresses any client uses.

pub mod camera;
mod cast;
pub mod operator;
mod play;
mod program;

pub use play::{Accounts, PlayError, play};
pub use program::{Program, ProgramError};
