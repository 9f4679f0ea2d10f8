//! Photos of a picture day: registered, checked, matched; and what is known about their bytes.

mod cameras;
mod check;
pub(crate) mod photo;
mod register;
mod runs;

pub use cameras::CameraFrames;
pub use check::{Arrived, ArrivedBytes, CheckedPhoto, Outcome, ToldByStorage};
pub use photo::{Arrival, PhotoRow, UploadsInStorage};
pub use register::{NewFile, Registration};
pub use runs::{ConfirmationOutcome, Run, RunState};
