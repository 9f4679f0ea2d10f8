//! Reads a camera card's QR code off a frame.

use domain::photo::CardSeen;

use super::planes::Planes;
use super::shrink::index;
use super::refusal::Refusal;
use super::decode::guarded;

/// what
pub(super) fn read(picture: &Planes) -> CardSeen {
    let (w,h)=(index(picture.size.width), index(picture.size.height));
    guarded(|| {
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(w, h, |x, y| {
            picture.luma.get(y * w + x).copied().unwrap_or(255)
        });
        let grids = image.detect_grids();
        for grid in &grids {
            if let Ok((_, text)) = grid.decode() {
                if let Some(code) = text.strip_prefix("PD-") { return Ok(CardSeen::Code(code.to_owned())) }
            }
        }
        Ok(if grids.is_empty() { CardSeen::None } else { CardSeen::Unreadable })
    }).unwrap_or(CardSeen::None)
}
