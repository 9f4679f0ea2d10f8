//! The QR code of a card, drawn as vector squares: sharp on any printer.

use krilla::geom::{PathBuilder, Rect};
use krilla::surface::Surface;
use qrcode::{Color, EcLevel, QrCode};

use super::PdfError;

/// White margin around the code, in modules. Source: ISO/IEC 18004 requires 4 for QR codes.
const QUIET_ZONE: u16 = 4;

/// The modules of a code, row by row; `true` is black.
pub(super) struct Modules {
    /// The number of modules along one side.
    pub(super) width: u16,
    /// `width` × `width` modules.
    pub(super) black: Vec<bool>,
}

/// Encodes a text with error correction for 25 % (level Q).
///
/// At this level a card's text fits the smallest code, 21 modules. Inside the border its modules are as large as
/// those of a code of 25 modules (30 %) without a border. Measured on 504 damaged cards of the ladder: 220 are read
/// at this level, 217 at 15 %, 208 at 7 % and 217 at 30 %. The number of cards found is the same at each level
/// (`cargo run -p bench-tests --bin cards 6 0`).
pub(super) fn modules(text: &str) -> Result<Modules, PdfError> {
    let code = QrCode::with_error_correction_level(text, EcLevel::Q)?;
    // The largest code has 177 modules.
    let width = u16::try_from(code.width()).unwrap_or(u16::MAX);
    let black = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
    Ok(Modules { width, black })
}

/// Draws the code with its quiet zone into a square.
pub(super) fn draw(
    surface: &mut Surface<'_>,
    text: &str,
    (left, top): (f32, f32),
    side: f32,
) -> Result<(), PdfError> {
    let modules = modules(text)?;
    let module = side / f32::from(modules.width + 2 * QUIET_ZONE);
    let at = |number: u16| module * f32::from(number + QUIET_ZONE);
    let mut path = PathBuilder::new();
    for (row, y) in modules.black.chunks(usize::from(modules.width)).zip(0_u16..) {
        // Neighbours in a row form one rectangle, so that no viewer draws a hairline between them.
        let mut x = 0_u16;
        for black in row.chunk_by(|one, next| one == next) {
            let length = u16::try_from(black.len()).unwrap_or(u16::MAX);
            if black.first() == Some(&true) {
                let wide = module * f32::from(length);
                if let Some(rect) = Rect::from_xywh(left + at(x), top + at(y), wide, module) {
                    path.push_rect(rect);
                }
            }
            x = x.saturating_add(length);
        }
    }
    if let Some(path) = path.finish() {
        surface.draw_path(&path);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::camera_card::CardCode;

    #[test]
    fn the_code_reads_back_as_the_card() {
        for number in 0..20 {
            let code = CardCode::from_digest(&[number; 32]);
            let modules = modules(&code.qr_text()).unwrap();
            // Ten symbols and the prefix fit a small code, so its modules are large.
            assert_eq!(modules.width, 21);
            let width = usize::from(modules.width);
            let grid = rqrr::SimpleGrid::from_func(width, |x, y| modules.black[y * width + x]);
            let (_, text) = rqrr::Grid::new(grid).decode().unwrap();
            assert_eq!(CardCode::from_qr_text(&text), Ok(code));
        }
    }
}
