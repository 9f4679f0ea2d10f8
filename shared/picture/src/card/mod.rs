//! Searches a frame for a camera card. The result is a code, an unreadable card, or nothing.
//!
//! A missed card is the more expensive mistake: the next child's photos would go to the child before. So finding and
//! reading are separate. A card is found by its printed [`border`], or by the [`corners`] of its code. It is read by
//! two [`readers`]; the second one is slow and runs only where a card is. A card that is found and not read is
//! reported as unreadable, and a person checks it.
//!
//! Almost no photo shows a card, so the search uses the small pictures: the border at 300 pixels, the corners at
//! 1,200. There a code of a tenth of the frame has four or more pixels per module.

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

/// The maximum number of sure corners in a frame with one card: its three, and similar shapes beside it.
const MOST_OF_ONE_CARD: usize = 6;
/// The maximum number of all corners in such a frame. Dotted cloth has 40, five of them sure; two of them prove
/// nothing.
const MOST_BESIDE_TWO: usize = 12;
/// With no more corners than this, they need not be sure: blur removes the diagonals of a corner first.
const FEW_CORNERS: usize = 4;

/// Returns what a frame shows, and whether a part of it may belong to a card that was not found.
///
/// `small` is searched first, and `large` only where `small` may show a card.
pub(super) fn search(small: &Planes, large: &Planes) -> (CardSeen, bool) {
    // A grey picture has no border to find, but its code may be read.
    let border = View::of(small).map_or(border::Seen::None, |view| border::seen(&view));
    let (card, has_weak_corners) = seen(small, large, border == border::Seen::Border);
    let is_part = card == CardSeen::None && (border == border::Seen::Part || has_weak_corners);
    (card, is_part)
}

/// Returns what the frame shows, and whether it has corners that may be a code's; cloth can have such corners, too.
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

/// Returns the one card that was read; several cards are unreadable, because a person must decide.
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

    /// Runs the quick reader; reads nothing if there are too few or too many corners.
    fn read(&self) -> Reading {
        if !(3..=MOST_CORNERS).contains(&self.corners.len()) {
            return Reading::default();
        }
        let first = readers::quick(&self.ink);
        if !first.codes.is_empty() || !self.are_a_code(&first) {
            return first;
        }
        // One of 750 codes has modules that look like a corner along the rows and the columns, and the search built
        // its grid on them. After a rotation by 45 degrees, only true corners look like corners.
        let turned = self.ink.turned_by_an_eighth();
        // A wall may show corners only in this rotation.
        if turned.corners().len() > MOST_CORNERS {
            return first;
        }
        let second = readers::quick(&turned);
        if second.codes.is_empty() { first } else { second }
    }

    /// Are the corners outside foreign codes placed like those of a code, or like two of them?
    fn are_a_code(&self, reading: &Reading) -> bool {
        let sure = self.sure(reading);
        sure.len() <= MOST_OF_ONE_CARD
            && (stand_as_in_a_code(&sure, &self.ink)
                || (self.corners.len() <= MOST_BESIDE_TWO && two_of_a_code(&sure, &self.ink)))
    }

    /// Are there so many that three are placed like a code's, by chance or because of a card?
    fn may_be_a_code(&self, reading: &Reading) -> bool {
        let sure = self.sure(reading);
        sure.len() > MOST_OF_ONE_CARD && stand_as_in_a_code(&sure, &self.ink)
    }

    /// Returns the corners that belong to no foreign code.
    fn own(&self, reading: &Reading) -> impl Iterator<Item = Corner> {
        let Self { ink, corners } = self;
        let is_own = |corner: &Corner| !reading.is_foreign(corner, ink.width, ink.height);
        corners.iter().copied().filter(is_own)
    }

    /// Returns the sure corners among them.
    fn sure(&self, reading: &Reading) -> Vec<Corner> {
        self.own(reading).filter(|corner| corner.is_sure).collect()
    }
}

/// The corners of a code that is out of focus, or white on black, searched at half the size.
struct SoftCorners {
    black: Corners,
    white: Corners,
    /// White on black and in focus: large stones are wider than the window of the soft search.
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

    /// Is the picture so soft that none of its few corners is sure, while they are placed like those of a code?
    fn are_few_of_a_code(&self, reading: &Reading) -> bool {
        let own: Vec<Corner> = self.black.own(reading).collect();
        self.black.corners.len() <= FEW_CORNERS && two_of_an_upright_code(&own, &self.black.ink)
    }

    /// Does one of the searches find a code? Cloth patterns have many corners; one card has three and few similar
    /// shapes.
    fn are_a_code(&self, reading: &Reading) -> bool {
        self.all().into_iter().any(|found| found.are_a_code(reading))
    }
}
