//! What a frame shows of a camera card: a code, a card that cannot be read, or nothing.
//!
//! A missed card is the dearer mistake: the next child's photos would go to the child before. So finding and reading
//! are apart. A card is found by its printed [`border`], or by the [`corners`] of its code; it is read by two
//! [`readers`], of which the second and slow one works only where a card is. What is found and not read is reported
//! as unreadable, and a person looks at it.
//!
//! Nearly no photo shows a card, so the search works on the small pictures: the border at 300 pixels, the corners at
//! 1,200, where a code of a tenth of the frame has four or more pixels per module.

mod border;
mod corners;
mod field;
mod inks;
mod readers;

use domain::photo::CardSeen;

use super::planes::Planes;
use super::shrink::index;
use border::View;
use corners::{
    Corner, Ink, MOST_CORNERS, stand_as_in_a_code, two_of_a_code, two_of_an_upright_code,
};
use readers::Reading;

/// Sure corners in a frame with one card at the most: its three, and what looks like one beside it.
const MOST_OF_ONE_CARD: usize = 6;
/// Corners in such a frame, sure or not. Dotted cloth has 40 of which five are sure; two of them prove nothing.
const MOST_BESIDE_TWO: usize = 12;
/// Where a frame has no more than these, they need not be sure: a lens takes the diagonals of a corner first.
const FEW_CORNERS: usize = 4;

/// What a frame shows, and whether something in it may be a part of a card that was not found. `small` is searched
/// first, `large` where something in it may be a card.
pub(super) fn search(small: &Planes, large: &Planes) -> (CardSeen, bool) {
    // A grey picture has no border to find; its code may be read.
    let border = View::of(small).map_or(border::Seen::None, |view| border::seen(&view));
    let (card, has_weak_corners) = seen(small, large, border == border::Seen::Border);
    let is_part = card == CardSeen::None && (border == border::Seen::Part || has_weak_corners);
    (card, is_part)
}

/// What the frame shows, and whether there are corners that may be a code's, though cloth has such, too.
fn seen(small: &Planes, large: &Planes, has_border: bool) -> (CardSeen, bool) {
    let first = Corners::of(small);
    let mut reading = first.read();
    if let Some(seen) = decided(&reading) {
        return (seen, false);
    }
    let soft = SoftCorners::of(small);
    let may_be_card =
        has_border || first.is_any() || soft.are_two() || soft.are_few_of_a_code(&reading);
    if !may_be_card {
        return (CardSeen::None, false);
    }
    let second = Corners::of(large);
    reading.join(second.read());
    if let Some(seen) = decided(&reading) {
        return (seen, false);
    }
    let may_be_code = |reading: &Reading| {
        first.may_be_a_code(reading)
            || second.may_be_a_code(reading)
            || soft.are_few_of_a_code(reading)
    };
    let is_card = |reading: &Reading| {
        has_border
            || first.are_a_code(reading)
            || second.are_a_code(reading)
            || soft.are_a_code(reading)
    };
    if !is_card(&reading) && !reading.is_broken && !may_be_code(&reading) {
        return (CardSeen::None, false);
    }
    // The thorough reader compares corners with each other, too: a wall of them would keep it busy for minutes.
    let is_wall = [&first, &second].into_iter().chain(soft.all()).any(Corners::are_too_many);
    if !is_wall {
        reading.join(readers::thorough(large));
    }
    match decided(&reading) {
        Some(seen) => (seen, false),
        // A foreign code may explain the corners, but not the border.
        None if is_card(&reading) || reading.is_broken => (CardSeen::Unreadable, false),
        None => (CardSeen::None, may_be_code(&reading)),
    }
}

/// One card that was read, or several: then a person decides.
fn decided(reading: &Reading) -> Option<CardSeen> {
    let mut codes = reading.codes.iter();
    match (codes.next(), codes.next()) {
        (Some(code), None) => Some(CardSeen::Code(code.as_str().to_owned())),
        (Some(_), Some(_)) => Some(CardSeen::Unreadable),
        (None, _) => None,
    }
}

/// The corners of codes in one picture.
struct Corners {
    ink: Ink,
    corners: Vec<Corner>,
}

impl Corners {
    fn of(picture: &Planes) -> Self {
        let (width, height) = (index(picture.size.width), index(picture.size.height));
        let ink = Ink::of(&picture.luma, width, height);
        let corners = ink.corners();
        Self { ink, corners }
    }

    fn are_too_many(&self) -> bool {
        self.corners.len() > MOST_CORNERS
    }

    fn is_any(&self) -> bool {
        !self.corners.is_empty()
    }

    /// What the quick reader reads; nothing where there are too few corners or too many.
    fn read(&self) -> Reading {
        if !(3..=MOST_CORNERS).contains(&self.corners.len()) {
            return Reading::default();
        }
        let first = readers::quick(&self.ink);
        if !first.codes.is_empty() || !self.are_a_code(&first) {
            return first;
        }
        // Of 750 codes one has modules that look like a corner along the rows and the columns, and the search built
        // its grid on them. Turned by an eighth, only true corners look like corners.
        let turned = self.ink.turned_by_an_eighth();
        // A wall may show corners this way only.
        if turned.corners().len() > MOST_CORNERS {
            return first;
        }
        let second = readers::quick(&turned);
        if second.codes.is_empty() { first } else { second }
    }

    /// Do corners that belong to no foreign code stand as those of a code, or as two of them?
    fn are_a_code(&self, reading: &Reading) -> bool {
        let sure = self.sure(reading);
        sure.len() <= MOST_OF_ONE_CARD
            && (stand_as_in_a_code(&sure, &self.ink)
                || (self.corners.len() <= MOST_BESIDE_TWO && two_of_a_code(&sure, &self.ink)))
    }

    /// Are there so many that three of them stand so by chance, or because there is a card?
    fn may_be_a_code(&self, reading: &Reading) -> bool {
        let sure = self.sure(reading);
        sure.len() > MOST_OF_ONE_CARD && stand_as_in_a_code(&sure, &self.ink)
    }

    /// Those that belong to no foreign code.
    fn own(&self, reading: &Reading) -> impl Iterator<Item = Corner> {
        let Self { ink, corners } = self;
        let is_own = |corner: &Corner| !reading.is_foreign(corner, ink.width, ink.height);
        corners.iter().copied().filter(is_own)
    }

    /// The sure ones among them.
    fn sure(&self, reading: &Reading) -> Vec<Corner> {
        self.own(reading).filter(|corner| corner.is_sure).collect()
    }
}

/// Corners of a code that is out of focus, or white on black, searched at half the size.
struct SoftCorners {
    black: Corners,
    white: Corners,
    /// White on black and in focus: large stones are wider than what a soft search compares them with.
    sharp_white: Corners,
}

impl SoftCorners {
    fn of(picture: &Planes) -> Self {
        let (luma, width, height) = picture.half_luma();
        let corners = |ink: Ink| {
            let corners = ink.corners();
            Corners { ink, corners }
        };
        let inverted: Vec<u8> = luma.iter().map(|sample| 255 - sample).collect();
        Self {
            black: corners(Ink::of_soft(&luma, width, height)),
            white: corners(Ink::of_soft(&inverted, width, height)),
            sharp_white: corners(Ink::of(&inverted, width, height)),
        }
    }

    fn all(&self) -> [&Corners; 3] {
        [&self.black, &self.white, &self.sharp_white]
    }

    fn are_two(&self) -> bool {
        let sure = |one: &&Corner| one.is_sure;
        self.all().into_iter().any(|found| found.corners.iter().filter(sure).count() >= 2)
    }

    /// A picture so soft that none of its few corners is sure, and they stand as those of a code.
    fn are_few_of_a_code(&self, reading: &Reading) -> bool {
        let own: Vec<Corner> = self.black.own(reading).collect();
        self.black.corners.len() <= FEW_CORNERS && two_of_an_upright_code(&own, &self.black.ink)
    }

    /// Corners in a pattern of cloth are many; those of one card are three, and few things beside it look like one.
    fn are_a_code(&self, reading: &Reading) -> bool {
        self.all().into_iter().any(|found| found.are_a_code(reading))
    }
}
