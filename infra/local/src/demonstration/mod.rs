//! A picture day of one school, played through the same HTTP API and presigned addresses any client uses.

pub mod camera;
mod cast;
mod play;

pub use play::{Accounts, PlayError, play};
