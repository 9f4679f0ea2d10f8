//! Finds the corners (finder patterns) of QR codes: squares in squares, searched on the ink pixels.

use super::super::shrink::{index, nearest};

/// The maximum number of corners of a card held before a camera.
///
/// The search compares corners with each other, so its time grows with the third power of their number: a wall of
/// 1,600 corners would take ten minutes, 96 take less than a second.
pub(super) const MOST_CORNERS: usize = 96;

/// A possible corner of a code: its middle, and the length of its five stripes along the row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Corner {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) size: usize,
    /// Whether the stripes exist along both diagonals, too.
    pub(super) is_sure: bool,
}

impl Corner {
    /// Do stripes of this length around this place belong to this corner?
    ///
    /// Its stone (the dark centre) is three sevenths high; something much larger around it, or smaller in it, is
    /// another corner.
    fn is_at(self, x: usize, y: usize, size: usize) -> bool {
        x.abs_diff(self.x) < self.size / 2
            && y.abs_diff(self.y) < self.size / 2
            && size * 2 > self.size
            && size < self.size * 2
    }

    fn place(self) -> [f64; 2] {
        [pixels(self.x), pixels(self.y)]
    }

    /// Returns the vector to another corner, in pixels.
    fn to(self, other: Self) -> [f64; 2] {
        let part = |from: usize, to: usize| pixels(to) - pixels(from);
        [part(self.x, other.x), part(self.y, other.y)]
    }
}

/// Are three of these placed like the corners of a code?
///
/// They must have one size and equal distances at a right angle, as in codes of 21 to 45 modules, with paper along
/// one side.
pub(super) fn stand_as_in_a_code(corners: &[Corner], ink: &Ink) -> bool {
    // At least two pixels per module: smaller stripes are texture.
    let large: Vec<Corner> = corners.iter().copied().filter(|c| c.size >= 14).collect();
    large.iter().any(|corner| {
        let size = pixels(corner.size);
        let ways: Vec<[f64; 2]> = large
            .iter()
            .filter(|other| (0.65..1.5).contains(&(pixels(other.size) / size)))
            .map(|other| corner.to(*other))
            // From corner to corner there are 14 to 38 modules, and a corner has seven. The stripes of a rotated code
            // are up to 1.4 times as long along the row.
            .filter(|[x, y]| (1.2..6.5).contains(&(x.hypot(*y) / size)))
            .collect();
        ways.iter().any(|[ax, ay]| {
            ways.iter().any(|[bx, by]| {
                let (a, b) = (ax.hypot(*ay), bx.hypot(*by));
                let cosine = (ax * bx + ay * by) / (a * b);
                let ways = [([*ax, *ay], [*bx, *by]), ([*bx, *by], [*ax, *ay])];
                let is_side = |(way, other): &([f64; 2], [f64; 2])| {
                    ink.is_paper_beside(corner.place(), *way, *other)
                };
                cosine.abs() < 0.4 && (0.7..1.43).contains(&(a / b)) && ways.iter().any(is_side)
            })
        })
    })
}

/// Are two of these corners of one code whose third corner is hidden?
///
/// Cards have codes of 21 and 25 modules: from corner to corner there are 14 or 18, and a corner has seven. Between
/// two corners there are modules, so the lines that join them alternate between ink and paper.
pub(super) fn two_of_a_code(corners: &[Corner], ink: &Ink) -> bool {
    // At least two pixels per module: smaller stripes are texture.
    any_two(corners, 14, ink, |distance, likeness| {
        // Along a side, or diagonally; stripes of a rotated corner are up to 1.4 times as long.
        (0.75..1.34).contains(&likeness) && (1.3..4.0).contains(&distance)
    })
}

/// The same for corners that are not sure: only those of an upright code.
///
/// Their distances must match 14 or 18 modules closely, along a side or diagonally.
pub(super) fn two_of_an_upright_code(corners: &[Corner], ink: &Ink) -> bool {
    const DISTANCES: [f64; 4] = [14.0 / 7.0, 18.0 / 7.0, 19.8 / 7.0, 25.5 / 7.0];
    // Blur removes smaller ones completely, and many details in a portrait look like them.
    any_two(corners, 20, ink, |distance, likeness| {
        (0.9..1.12).contains(&likeness)
            && DISTANCES.iter().any(|own| (0.95..1.05).contains(&(distance / own)))
    })
}

/// Are there two corners of at least this size with modules between them?
///
/// `are_two` gets their distance in corner sizes, and the ratio of their sizes.
fn any_two(
    corners: &[Corner],
    least_size: usize,
    ink: &Ink,
    are_two: impl Fn(f64, f64) -> bool,
) -> bool {
    let large: Vec<Corner> = corners.iter().copied().filter(|c| c.size >= least_size).collect();
    large.iter().enumerate().any(|(place, one)| {
        large.iter().take(place).any(|other| {
            let size = pixels(one.size + other.size) / 2.0;
            let [x, y] = one.to(*other);
            are_two(x.hypot(y) / size, pixels(one.size) / pixels(other.size))
                && ink.has_modules(*one, *other)
                && ink.is_paper_beside_two(*one, *other)
        })
    })
}

/// The distance from two corners' middles to the quiet zone's middle, as a part of their distance: 5.5 modules of 14
/// or 18.
const QUIET: f64 = 0.35;

fn plus([x, y]: [f64; 2], [way_x, way_y]: [f64; 2], times: f64) -> [f64; 2] {
    [x + way_x * times, y + way_y * times]
}

fn negative([x, y]: [f64; 2]) -> [f64; 2] {
    [-x, -y]
}

fn pixels(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// Marks the ink pixels: below seven eighths of the mean around them; noise on plain paper stays above.
fn darkness(luma: &[u8], width: usize, height: usize, reach: usize) -> Vec<bool> {
    const EIGHTHS: u32 = 7;
    let row = |y: usize| luma.get(y * width..(y + 1) * width).unwrap_or_default();
    let mut columns = vec![0_u32; width];
    let mut rows = 0_u32;
    for y in 0..reach.min(height) {
        rows += 1;
        columns.iter_mut().zip(row(y)).for_each(|(sum, sample)| *sum += u32::from(*sample));
    }
    let mut dark = Vec::with_capacity(luma.len());
    for y in 0..height {
        if y + reach < height {
            rows += 1;
            columns.iter_mut().zip(row(y + reach)).for_each(|(sum, s)| *sum += u32::from(*s));
        }
        if y > reach {
            rows -= 1;
            columns.iter_mut().zip(row(y - reach - 1)).for_each(|(sum, s)| *sum -= u32::from(*s));
        }
        // The window slides along the row: one column enters ahead, one leaves behind.
        let mut ahead = columns.iter();
        let mut sum: u32 = ahead.by_ref().take(reach).sum();
        let mut wide = u32::try_from(reach.min(width)).unwrap_or(0);
        let mut behind = columns.iter();
        for (x, sample) in row(y).iter().enumerate() {
            if let Some(column) = ahead.next() {
                sum += column;
                wide += 1;
            }
            if x > reach
                && let Some(column) = behind.next()
            {
                sum -= column;
                wide -= 1;
            }
            // At most 255 × 8 × (20,000 / 8)²: below 2^35, so it needs 64 bits.
            let area = u64::from(wide * rows);
            dark.push(u64::from(*sample) * area * 8 < u64::from(sum) * u64::from(EIGHTHS));
        }
    }
    dark
}

/// The ink pixels of a picture.
pub(super) struct Ink {
    dark: Vec<bool>,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Ink {
    /// Finds the ink of a picture: darker than its surroundings, an eighth of the picture wide.
    pub(super) fn of(luma: &[u8], width: usize, height: usize) -> Self {
        Self { dark: darkness(luma, width, height, (width.max(height) / 16).max(4)), width, height }
    }

    /// Finds the ink of a picture out of focus, where white lines between black ones are grey.
    ///
    /// Ink is darker than its close surroundings, a thirtieth of the picture wide.
    pub(super) fn of_soft(luma: &[u8], width: usize, height: usize) -> Self {
        Self { dark: darkness(luma, width, height, (width.max(height) / 64).max(4)), width, height }
    }

    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.width + x).copied().unwrap_or(false)
    }

    /// Is the pixel nearest to a point ink? Outside the frame there is none.
    fn is_dark_at(&self, [x, y]: [f64; 2]) -> bool {
        x >= 0.0 && y >= 0.0 && {
            let (x, y) = (index(nearest(x)), index(nearest(y)));
            x < self.width && y < self.height && self.is_dark(x, y)
        }
    }

    /// Returns the picture rotated by 45 degrees around its middle, with light corners around it.
    pub(super) fn turned_by_an_eighth(&self) -> Self {
        /// The sine and the cosine of 45 degrees, in 1/256.
        const EIGHTH: isize = 181;
        let half = |length: usize| length.cast_signed() / 2;
        let side = (self.width + self.height) * 181 / 256;
        let mut dark = Vec::with_capacity(side * side);
        for v in (0..side).map(|v| v.cast_signed() - half(side)) {
            for u in (0..side).map(|u| u.cast_signed() - half(side)) {
                let x = usize::try_from(half(self.width) + (u + v) * EIGHTH / 256);
                let y = usize::try_from(half(self.height) + (v - u) * EIGHTH / 256);
                let is_dark = x.is_ok_and(|x| {
                    x < self.width && y.is_ok_and(|y| y < self.height && self.is_dark(x, y))
                });
                dark.push(is_dark);
            }
        }
        Self { dark, width: side, height: side }
    }

    /// Finds possible corners of codes: stripes of 1:1:3:1:1 along a row, and along the column through their middle.
    ///
    /// Not all of them, if there are too many.
    pub(super) fn corners(&self) -> Vec<Corner> {
        let mut found: Vec<Corner> = Vec::new();
        for (y, row) in self.dark.chunks_exact(self.width.max(1)).enumerate() {
            let mut runs = [0_usize; 5];
            let mut at = 0;
            for run in row.chunk_by(|a, b| a == b) {
                at += run.len();
                runs.rotate_left(1);
                runs[4] = run.len();
                if run.first() != Some(&true) || !is_corner(runs) {
                    continue;
                }
                let size = runs.iter().sum::<usize>();
                let x = at - size / 2;
                let known = found.iter_mut().find(|known| known.is_at(x, y, size));
                match known {
                    // A row nearer to the middle may show what the first one did not.
                    Some(known) => known.is_sure |= self.is_corner_across(x, y, size),
                    None if self.is_corner_along(x, y, size, [0, 1]) => {
                        let is_sure = self.is_corner_across(x, y, size);
                        // Already too many: only sure corners are still useful.
                        let most = if is_sure { 2 * MOST_CORNERS } else { MOST_CORNERS + 1 };
                        if found.len() < most {
                            found.push(Corner { x, y, size, is_sure });
                        }
                    }
                    None => {}
                }
            }
        }
        found
    }

    /// Do the lines next to the line between two corners alternate between ink and paper, as modules do?
    fn has_modules(&self, one: Corner, other: Corner) -> bool {
        const STEPS: usize = 48;
        let [x, y] = one.to(other);
        let length = x.hypot(y);
        let size = pixels(one.size + other.size) / 2.0;
        let (mut changes, mut dark) = (0_usize, 0_usize);
        let lines = [-0.4, -0.25, -0.1, 0.1, 0.25, 0.4];
        for line in lines {
            let (aside_x, aside_y) = (-y / length * size * line, x / length * size * line);
            let mut before = None;
            for step in 0..STEPS {
                // Excludes the corners themselves, which reach half a size from their middle, and the white around
                // them.
                let from = 0.65 * size / length;
                let part = from + (1.0 - 2.0 * from) * pixels(step) / pixels(STEPS);
                let at =
                    |from: usize, way: f64, aside: f64| nearest(pixels(from) + way * part + aside);
                let (u, v) = (at(one.x, x, aside_x), at(one.y, y, aside_y));
                let is_dark = self.is_dark(index(u), index(v));
                dark += usize::from(is_dark);
                changes += usize::from(before.is_some_and(|before| before != is_dark));
                before = Some(is_dark);
            }
        }
        let all = lines.len() * STEPS;
        changes >= 2 * lines.len() && (all / 5..all * 4 / 5).contains(&dark)
    }

    /// Is this line paper, like the quiet zone along a side of a code? Pixels outside the frame count as paper.
    fn is_paper_along(&self, [x, y]: [f64; 2], [to_x, to_y]: [f64; 2]) -> bool {
        const STEPS: usize = 24;
        /// Noise and the edge of a shadow may be on one or two steps.
        const MOST_DARK: usize = 2;
        let is_dark = |step: &usize| {
            let part = pixels(*step) / pixels(STEPS - 1);
            self.is_dark_at([x + (to_x - x) * part, y + (to_y - y) * part])
        };
        (0..STEPS).filter(is_dark).count() <= MOST_DARK
    }

    /// Is there paper beside a code along one side? The side goes from its corner one way, away from the other way.
    fn is_paper_beside(&self, corner: [f64; 2], way: [f64; 2], other_way: [f64; 2]) -> bool {
        let out = plus(corner, other_way, -QUIET);
        self.is_paper_along(out, plus(out, way, 1.0))
    }

    /// Do two corners of a code have paper beside them? They are on one side of it, or diagonally opposite.
    fn is_paper_beside_two(&self, one: Corner, other: Corner) -> bool {
        /// The part of a side that is checked when its other end may be covered.
        const NEAR: f64 = 0.45;
        let way = one.to(other);
        let (one, other) = (one.place(), other.place());
        let beside = |corner, way: [f64; 2], other_way| {
            self.is_paper_beside(corner, way.map(|part| part * NEAR), other_way)
        };
        [1.0, -1.0].into_iter().any(|turn| {
            let [x, y] = way;
            let across = [-y * turn, x * turn];
            let is_side = self.is_paper_beside(one, way, across)
                && (beside(one, across, way) || beside(other, across, negative(way)));
            // Diagonally opposite: the third corner, which may be covered, is at the right angle.
            let third = plus(plus(one, way, 0.5), across, 0.5);
            let (to_one, to_other) = (plus(one, third, -1.0), plus(other, third, -1.0));
            is_side
                || (beside(one, negative(to_one), to_other)
                    && beside(other, negative(to_other), to_one))
        })
    }

    /// Do all lines show a corner? Squares in a square look the same along every line through their middle, in any
    /// rotation.
    fn is_corner_across(&self, x: usize, y: usize, size: usize) -> bool {
        [[0, 1], [1, 1], [1, -1]].into_iter().all(|step| self.is_corner_along(x, y, size, step))
    }

    /// Does the line through this point in this direction have the stripes of a corner?
    fn is_corner_along(
        &self,
        x: usize,
        y: usize,
        size: usize,
        [step_x, step_y]: [isize; 2],
    ) -> bool {
        // The lengths of stone, gap and ring in this direction from the middle.
        let runs = |step_x: isize, step_y: isize| -> [usize; 3] {
            let mut lengths = [0; 3];
            let mut at = Some((x, y));
            let mut left = size * 2;
            for (length, colour) in lengths.iter_mut().zip([true, false, true]) {
                while let Some((x, y)) = at
                    && left > 0
                    && x < self.width
                    && y < self.height
                    && self.is_dark(x, y) == colour
                {
                    *length += 1;
                    left -= 1;
                    at = x.checked_add_signed(step_x).zip(y.checked_add_signed(step_y));
                }
            }
            lengths
        };
        let [stone, gap, ring] = runs(step_x, step_y);
        let [far_stone, far_gap, far_ring] = runs(-step_x, -step_y);
        // Both directions start at the middle.
        is_corner([far_ring, far_gap, (far_stone + stone).saturating_sub(1), gap, ring])
    }
}

/// Do the five runs have the proportions of a corner, with the tolerance of the later search?
fn is_corner(runs: [usize; 5]) -> bool {
    let [ring, gap, stone, far_gap, far_ring] = runs;
    let module = (ring + gap + far_gap + far_ring) / 4;
    let slack = module * 3 / 4;
    module > 0
        && [ring, gap, far_gap, far_ring].iter().all(|run| run.abs_diff(module) <= slack)
        && stone.abs_diff(3 * module) <= slack
}
