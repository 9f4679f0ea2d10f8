//! The border of a camera card: large patches in two inks.
//!
//! A detector finds the patches even where no code can be read. The printer, the detector and the tests share this one
//! definition.
//!
//! Violet and lime are opposite colours, and skin and most clothes are far from both. They also differ strongly in
//! brightness, so a grey print keeps the pattern. The inks alternate around the card, so any half of it still has three
//! patches in a row.

/// One of the two inks of the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The dark ink.
    Violet,
    /// The light ink.
    Lime,
}

impl Ink {
    /// Red, green and blue as printed, 0 to 255 in sRGB.
    pub const fn rgb(self) -> [u8; 3] {
        match self {
            Self::Violet => [130, 20, 140],
            Self::Lime => [140, 215, 40],
        }
    }
}

/// A rectangle on a card, in millimetres from the card's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    /// Distance from the card's left edge.
    pub left: f32,
    /// Distance from the card's upper edge.
    pub top: f32,
    /// Width.
    pub width: f32,
    /// Height.
    pub height: f32,
}

impl Area {
    /// Returns whether the point is inside.
    pub fn contains(&self, x: f32, y: f32) -> bool {
        (self.left..self.left + self.width).contains(&x)
            && (self.top..self.top + self.height).contains(&y)
    }
}

/// The border of a card of a given size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Border {
    width: f32,
    height: f32,
}

impl Border {
    /// White margin around the border, in millimetres. Most printers cannot print the outer 4 to 5 mm of the paper.
    pub const MARGIN: f32 = 5.0;
    /// Width of the border on the left and the right, in millimetres.
    pub const SIDE: f32 = 13.0;
    /// Width of the border at the top and the bottom, in millimetres.
    pub const END: f32 = 15.0;
    /// Number of patches along the top and the bottom.
    pub const COLUMNS: u8 = 4;
    /// Number of patches along the left and the right.
    pub const ROWS: u8 = 6;

    /// Height of the line of small print above the code, in millimetres.
    pub const TITLE: f32 = 5.0;
    /// Maximum side of the QR code with its white margin, in millimetres.
    const MOST_CODE: f32 = 69.0;

    /// Creates the border of a card of this size, in millimetres.
    pub const fn new(width: f32, height: f32) -> Self {
        Self { width, height }
    }

    /// Returns the patches in reading order. The white [`Border::inside`] covers their inner part.
    pub fn patches(self) -> impl Iterator<Item = (Area, Ink)> {
        let width = (self.width - 2.0 * Self::MARGIN) / f32::from(Self::COLUMNS);
        let height = (self.height - 2.0 * Self::MARGIN) / f32::from(Self::ROWS);
        let places = (0..Self::ROWS).flat_map(|row| (0..Self::COLUMNS).map(move |c| (row, c)));
        places
            .filter(|(row, column)| {
                matches!(*row, 0)
                    || *row + 1 == Self::ROWS
                    || matches!(*column, 0)
                    || *column + 1 == Self::COLUMNS
            })
            .map(move |(row, column)| {
                let area = Area {
                    left: Self::MARGIN + width * f32::from(column),
                    top: Self::MARGIN + height * f32::from(row),
                    width,
                    height,
                };
                let ink = if (row + column).is_multiple_of(2) { Ink::Violet } else { Ink::Lime };
                (area, ink)
            })
    }

    /// Returns the white middle, for the code and the text.
    pub fn inside(self) -> Area {
        let (side, end) = (Self::MARGIN + Self::SIDE, Self::MARGIN + Self::END);
        Area {
            left: side,
            top: end,
            width: self.width - 2.0 * side,
            height: self.height - 2.0 * end,
        }
    }

    /// Returns the square of the QR code with its white margin, below one line of small print.
    pub fn code(self) -> Area {
        let inside = self.inside();
        let side = inside.width.min(Self::MOST_CODE);
        let left = inside.left + (inside.width - side) / 2.0;
        Area { left, top: inside.top + Self::TITLE, width: side, height: side }
    }

    /// Returns the ink at a point of the card; `None` on white.
    pub fn ink_at(self, x: f32, y: f32) -> Option<Ink> {
        if self.inside().contains(x, y) {
            return None;
        }
        self.patches().find(|(area, _)| area.contains(x, y)).map(|(_, ink)| ink)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_half_of_a_card_keeps_three_patches_in_a_row() {
        let border = Border::new(105.0, 148.5);
        let halves: [fn(&Area) -> bool; 4] = [
            |area| area.left + area.width <= 53.0,
            |area| area.left >= 52.0,
            |area| area.top + area.height <= 75.0,
            |area| area.top >= 74.0,
        ];
        for half in halves {
            let inks: Vec<Ink> =
                border.patches().filter(|(area, _)| half(area)).map(|(_, ink)| ink).collect();
            assert!(inks.len() >= 8);
            assert!(inks.iter().filter(|ink| **ink == Ink::Lime).count() == inks.len() / 2);
        }
    }

    #[test]
    fn neighbouring_patches_have_different_inks() {
        let border = Border::new(105.0, 148.5);
        let patches: Vec<_> = border.patches().collect();
        assert_eq!(patches.len(), 16);
        for (one, ink) in &patches {
            for (other, other_ink) in &patches {
                let across = (one.left - other.left).abs() / one.width;
                let down = (one.top - other.top).abs() / one.height;
                if ((across + down) - 1.0).abs() < 0.01 {
                    assert_ne!(ink, other_ink);
                }
            }
        }
    }

    #[test]
    fn the_middle_and_the_margin_are_white() {
        let border = Border::new(105.0, 148.5);
        assert_eq!(border.ink_at(52.0, 70.0), None);
        assert_eq!(border.ink_at(2.0, 70.0), None);
        assert_eq!(border.ink_at(8.0, 8.0), Some(Ink::Violet));
        assert_eq!(border.ink_at(8.0, 40.0), Some(Ink::Lime));
    }
}
