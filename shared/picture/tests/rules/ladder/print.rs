//! Printed cards: today's with the border, the same from a grey printer, and older ones with only a code.

use domain::camera_card::pattern::Border;
use qrcode::{Color, EcLevel, QrCode};

use super::scene::Chance;

/// A quarter of an A4 sheet, in millimetres.
pub(crate) const CARD: (f32, f32) = (105.0, 148.5);

/// How a card is printed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Design {
    Colour,
    /// In colour, with another error correction level of the code.
    Level(EcLevel),
    Grey,
    Old,
    OldWhiteOnBlack,
}

/// A printed card.
pub(crate) struct Print {
    design: Design,
    /// The ten symbols.
    pub(crate) code: String,
    modules: Vec<bool>,
    width: usize,
}

impl Print {
    pub(crate) fn new(design: Design, chance: &mut Chance) -> Self {
        let alphabet = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";
        let code: String = (0..10).map(|_| alphabet[chance.below(31)] as char).collect();
        let level = match design {
            Design::Colour | Design::Grey => EcLevel::Q,
            Design::Level(level) => level,
            Design::Old | Design::OldWhiteOnBlack => EcLevel::H,
        };
        let qr = QrCode::with_error_correction_level(format!("PD-{code}"), level).unwrap();
        let modules = qr.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Self { design, code, modules, width: qr.width() }
    }

    /// Returns left, top and side of the code with its quiet zone, in millimetres.
    fn code_place(&self, border: Border) -> (f32, f32, f32) {
        match self.design {
            Design::Colour | Design::Level(_) | Design::Grey => {
                let code = border.code();
                (code.left, code.top, code.width)
            }
            Design::Old | Design::OldWhiteOnBlack => (11.5, 11.0, 82.0),
        }
    }

    /// Returns how far the code's middle is below the card's, and the code's side with its quiet zone, in
    /// millimetres.
    pub(crate) fn code_on_card(&self) -> (f32, f32) {
        let (_, top, side) = self.code_place(Border::new(CARD.0, CARD.1));
        (top + side / 2.0 - CARD.1 / 2.0, side)
    }

    /// Returns the colour at a place in millimetres from the upper left corner; `None` beside the card.
    pub(crate) fn colour_at(&self, x: f32, y: f32) -> Option<[f32; 3]> {
        if !(0.0..CARD.0).contains(&x) || !(0.0..CARD.1).contains(&y) {
            return None;
        }
        let border = Border::new(CARD.0, CARD.1);
        let (left, top, side) = self.code_place(border);
        let module = side / (self.width as f32 + 8.0);
        let (column, row) = ((x - left) / module - 4.0, (y - top) / module - 4.0);
        let ink = matches!(self.design, Design::Colour | Design::Level(_) | Design::Grey)
            .then(|| border.ink_at(x, y))
            .flatten();
        let is_inside = |at: f32| (0.0..self.width as f32).contains(&at);
        let is_dark = if is_inside(column) && is_inside(row) {
            self.modules[row as usize * self.width + column as usize]
        } else {
            is_text(x, y, top + side)
        };
        let paper = [246.0, 246.0, 242.0];
        let colour = match (ink, is_dark) {
            (Some(ink), _) => ink.rgb().map(f32::from),
            (None, true) => [28.0; 3],
            (None, false) => paper,
        };
        Some(match self.design {
            Design::Grey => [0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]; 3],
            Design::OldWhiteOnBlack => colour.map(|part| 255.0 - part),
            Design::Colour | Design::Level(_) | Design::Old => colour,
        })
    }
}

/// Is there a stroke of the printed code or name?
fn is_text(x: f32, y: f32, below: f32) -> bool {
    let lines = [(below + 1.0, 4.0), (below + 11.0, 6.0)];
    let is_line = lines.iter().any(|(top, height)| (*top..top + height).contains(&y));
    is_line
        && (32.0..73.0).contains(&x)
        && (x * 1.7).fract() < 0.45
        && (y * 0.9 + x * 0.31).fract() < 0.8
}
