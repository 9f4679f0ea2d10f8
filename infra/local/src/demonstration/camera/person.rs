//! The looks of the drawn people: random, but the same for the same seed.

use super::canvas::{Chance, Colour};

const BACKDROPS: &[Colour] = &[
    [96.0, 124.0, 158.0],
    [120.0, 128.0, 138.0],
    [104.0, 140.0, 132.0],
    [150.0, 134.0, 118.0],
    [122.0, 112.0, 150.0],
    [138.0, 152.0, 160.0],
    [92.0, 118.0, 104.0],
];
const SKINS: &[Colour] = &[
    [248.0, 214.0, 190.0],
    [240.0, 196.0, 164.0],
    [226.0, 176.0, 138.0],
    [202.0, 148.0, 110.0],
    [168.0, 116.0, 82.0],
    [134.0, 90.0, 64.0],
    [104.0, 70.0, 52.0],
];
const HAIRS: &[Colour] = &[
    [36.0, 28.0, 26.0],
    [58.0, 40.0, 30.0],
    [92.0, 60.0, 38.0],
    [134.0, 88.0, 50.0],
    [190.0, 148.0, 88.0],
    [222.0, 190.0, 130.0],
    [156.0, 74.0, 40.0],
];
const CLOTHES: &[Colour] = &[
    [44.0, 62.0, 108.0],
    [150.0, 50.0, 58.0],
    [54.0, 110.0, 92.0],
    [218.0, 184.0, 92.0],
    [236.0, 234.0, 228.0],
    [112.0, 80.0, 140.0],
    [62.0, 66.0, 74.0],
    [206.0, 120.0, 104.0],
    [108.0, 160.0, 190.0],
];
const EYES: &[Colour] =
    &[[70.0, 46.0, 30.0], [48.0, 34.0, 26.0], [84.0, 112.0, 132.0], [88.0, 110.0, 70.0]];

/// The haircut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    Short,
    Parted,
    Fringe,
    Long,
    Curls,
    Bun,
    Pigtails,
}

/// A person's looks, the same in every photo of them.
#[expect(clippy::struct_excessive_bools, reason = "looks that are there or not, each by itself")]
pub(super) struct Person {
    pub(super) backdrop: Colour,
    pub(super) skin: Colour,
    pub(super) hair: Colour,
    pub(super) cut: Cut,
    pub(super) top: Colour,
    pub(super) is_striped: bool,
    pub(super) has_collar: bool,
    pub(super) eyes: Colour,
    pub(super) has_glasses: bool,
    pub(super) has_freckles: bool,
    pub(super) chin: f32,
    pub(super) side: f32,
}

impl Person {
    pub(super) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed).fork(0x9e0);
        let cuts =
            [Cut::Short, Cut::Parted, Cut::Fringe, Cut::Long, Cut::Curls, Cut::Bun, Cut::Pigtails];
        let skin = chance.one_of(SKINS, [220.0, 180.0, 150.0]);
        let hairs = if skin[0] < 180.0 { HAIRS.get(..3) } else { HAIRS.get(1..) };
        Self {
            backdrop: chance.one_of(BACKDROPS, [128.0; 3]),
            skin,
            hair: chance.one_of(hairs.unwrap_or(HAIRS), [60.0, 40.0, 30.0]),
            cut: chance.one_of(&cuts, Cut::Short),
            top: chance.one_of(CLOTHES, [60.0, 60.0, 90.0]),
            is_striped: chance.happens(0.25),
            has_collar: chance.happens(0.35),
            eyes: chance.one_of(EYES, [70.0, 46.0, 30.0]),
            has_glasses: chance.happens(0.2),
            has_freckles: chance.happens(0.2),
            chin: chance.between(0.12, 0.24),
            side: if chance.happens(0.5) { 1.0 } else { -1.0 },
        }
    }

    pub(super) fn is_long_haired(&self) -> bool {
        matches!(self.cut, Cut::Long | Cut::Fringe)
    }
}
