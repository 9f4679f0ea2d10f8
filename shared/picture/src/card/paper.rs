//! Finds a sheet of paper held before the camera.

use super::super::planes::Planes;

/// Does the frame look like a sheet of paper?
pub(super) fn is_seen(_picture: &Planes) -> bool {
    false
}
