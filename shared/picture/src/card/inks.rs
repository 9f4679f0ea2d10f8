//! Decides whether three neighbouring colours are the inks of the border, in any light.
//!
//! Many clothes contain violet and green. But cloth does not lie on white paper, and its colours do not relate to the
//! paper and to each other in the red, green and blue proportions of these two inks. Blur does not change those
//! proportions, because a lens mixes the inks only with each other and with the paper.
//!
//! The limits come from 406 rendered cards on all steps of the ladder and from 1,000 portraits. In the portraits'
//! clothes 192 rows of three passed the hue check alone; 8 of them pass all checks. Of the cards' 5,400 rows 93 %
//! pass.

use std::sync::LazyLock;

use domain::camera_card::pattern::Ink;

/// The maximum distance of a hue from the ink's: the cosine of 30 degrees.
const HUE: f32 = 0.866;
/// The minimum saturation of an ink, as a part of the paper's brightness.
const LEAST_INK: f32 = 0.07;
/// The maximum tint of paper in coloured light, as a part of its brightness.
const MOST_TINT: f32 = 0.27;
/// The maximum tint of paper in white light.
const MOST_OF_WHITE: f32 = 0.1;
/// The minimum similarity of the difference between the inks (lime less violet) to the printed difference.
const LEAST_LIKENESS: f32 = 0.97;
/// The minimum similarity of the light that both inks absorb to what the printed ones absorb.
const LEAST_TAKEN: f32 = 0.95;
/// The minimum distance of the inks, with the paper as 1 in red, green and blue. Printed, it is 0.9.
const LEAST_DISTANCE: f32 = 0.32;
/// The maximum mean brightness of the inks, as a part of the paper. Printed, it is 0.46.
const MOST_LEFT: f32 = 0.9;

/// Brightness, blue and red difference.
type Place = [f32; 3];

/// The hues of the inks as blue and red differences, of length 1.
static HUES: LazyLock<[[f32; 2]; 2]> =
    LazyLock::new(|| [Ink::Violet, Ink::Lime].map(|ink| unit(differences(ink))));

/// The direction from lime to violet, in blue and red difference.
pub(super) static AXIS: LazyLock<[f32; 2]> = LazyLock::new(|| {
    let [violet, lime] = *HUES;
    unit([violet[0] - lime[0], violet[1] - lime[1]])
});

/// The inks as parts of white paper, in red, green and blue.
static PRINTED: LazyLock<[[f32; 3]; 2]> = LazyLock::new(|| {
    [Ink::Violet, Ink::Lime].map(|ink| ink.rgb().map(|part| f32::from(part) / 255.0))
});

/// Returns the blue and red difference of an ink (ITU-T T.871).
fn differences(ink: Ink) -> [f32; 2] {
    let [red, green, blue] = ink.rgb().map(f32::from);
    [-0.1687 * red - 0.3313 * green + 0.5 * blue, 0.5 * red - 0.4187 * green - 0.0813 * blue]
}

/// The area beside the inks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Paper {
    /// White paper in coloured light, or a coloured backdrop.
    Tinted,
    /// White paper in white light.
    White,
}

/// Returns the paper, if these three are the inks in a light that makes the areas beside them white paper.
pub(super) fn paper_of_the_border(inks: [(Ink, Place); 3], paper: [Place; 3]) -> Option<Paper> {
    let lights = paper.map(|[light, _, _]| light);
    let least = lights.into_iter().fold(f32::MAX, f32::min);
    let most = lights.into_iter().fold(0.0, f32::max);
    let white = mean(paper.into_iter());
    let [light, blue, red] = white;
    let tint = blue.hypot(red) / light.max(20.0);
    // The edge of a shadow may lie across the paper.
    if most > 2.5 * least + 10.0 || tint > MOST_TINT {
        return None;
    }
    let of =
        |ink: Ink| mean(inks.into_iter().filter(|(own, _)| *own == ink).map(|(_, place)| place));
    let (violet, lime) = (of(Ink::Violet), of(Ink::Lime));
    let are_inks = inks.into_iter().all(|(ink, place)| has_hue(ink, place, white))
        && violet[0] < 0.95 * lime[0]
        && have_proportions(violet, lime, white);
    are_inks.then_some(if tint > MOST_OF_WHITE { Paper::Tinted } else { Paper::White })
}

fn has_hue(ink: Ink, [luma, blue, red]: Place, [light, white_blue, white_red]: Place) -> bool {
    let [violet, lime] = *HUES;
    let hue = match ink {
        Ink::Violet => violet,
        Ink::Lime if luma >= light => return false,
        Ink::Lime => lime,
    };
    // The colour that white paper would have here is subtracted.
    let part = luma / light.max(1.0);
    let (x, y) = (blue - white_blue * part, red - white_red * part);
    let length = x.hypot(y);
    length >= LEAST_INK * light.max(8.0) && x * hue[0] + y * hue[1] >= HUE * length
}

/// Do both inks absorb light, and differ from each other, as the printed ones do?
fn have_proportions(violet: Place, lime: Place, white: Place) -> bool {
    let white = rgb(white);
    let part = |place: Place| pairs(rgb(place), white, |own, white| own / white.max(1.0));
    let between = |[violet, lime]: [[f32; 3]; 2]| pairs(lime, violet, |lime, violet| lime - violet);
    let taken =
        |[violet, lime]: [[f32; 3]; 2]| pairs(lime, violet, |l, v| 1.0 - f32::midpoint(l, v));
    let seen = [part(violet), part(lime)];
    let left = seen.iter().flatten().sum::<f32>() / 6.0;
    left <= MOST_LEFT
        && dot(between(seen), between(seen)).sqrt() >= LEAST_DISTANCE
        && likeness(between(seen), between(*PRINTED)) >= LEAST_LIKENESS
        && likeness(taken(seen), taken(*PRINTED)) >= LEAST_TAKEN
}

/// Converts to red, green and blue (ITU-T T.871).
fn rgb([luma, blue, red]: Place) -> [f32; 3] {
    [luma + 1.402 * red, luma - 0.3441 * blue - 0.7141 * red, luma + 1.772 * blue]
}

fn mean(places: impl Iterator<Item = Place>) -> Place {
    let (mut sum, mut count) = ([0.0; 3], 0.0_f32);
    for place in places {
        sum = pairs(sum, place, |sum, part| sum + part);
        count += 1.0;
    }
    sum.map(|part| part / count.max(1.0))
}

fn pairs(mut one: [f32; 3], other: [f32; 3], each: impl Fn(f32, f32) -> f32) -> [f32; 3] {
    one.iter_mut().zip(other).for_each(|(own, other)| *own = each(*own, other));
    one
}

fn dot(one: [f32; 3], other: [f32; 3]) -> f32 {
    pairs(one, other, |one, other| one * other).into_iter().sum()
}

/// Returns the cosine of the angle between two directions.
fn likeness(one: [f32; 3], other: [f32; 3]) -> f32 {
    dot(one, other) / (dot(one, one) * dot(other, other)).sqrt().max(f32::EPSILON)
}

fn unit([x, y]: [f32; 2]) -> [f32; 2] {
    let length = x.hypot(y).max(f32::EPSILON);
    [x / length, y / length]
}
