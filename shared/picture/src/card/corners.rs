//! The corners of QR codes in a picture: squares around squares, searched on the pixels that are ink.

use super::super::shrink::{index, nearest};

/// More corners than this are no card held before a camera. The search compares corners with each other, so
/// its time grows with their number's third power: a wall of 1,600 would keep it busy for ten minutes,
/// 96 for less than a second.
pub(super) const MOST_CORNERS: usize = 96;

/// What may be the corner of a code: where its middle is and how long its five stripes are along the row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Corner {
    pub(super) x: usize,
    pub(super) y: usize,
    pub(super) size: usize,
    /// Whether the stripes are there along both diagonals, too.
    pub(super) is_sure: bool,
}

impl Corner {
    /// Whether stripes of this length around this place belong to this corner. Its stone is three sevenths high;
    /// something much larger around it, or smaller in it, is another one.
    fn is_at(self, x: usize, y: usize, size: usize) -> bool {
        x.abs_diff(self.x) < self.size / 2
            && y.abs_diff(self.y) < self.size / 2
            && size * 2 > self.size
            && size < self.size * 2
    }

    fn place(self) -> [f64; 2] {
        [pixels(self.x), pixels(self.y)]
    }

    /// The way to another corner, in pixels.
    fn to(self, other: Self) -> [f64; 2] {
        let part = |from: usize, to: usize| pixels(to) - pixels(from);
        [part(self.x, other.x), part(self.y, other.y)]
    }
}

/// Whether three of these stand as the corners of a code do: of one size, at a right angle, equally far apart,
/// as far as codes of 21 to 45 modules have them, and with paper along one side.
pub(super) fn stand_as_in_a_code(corners: &[Corner], ink: &Ink) -> bool {
    // Two pixels per module at least: smaller stripes are texture.
    let large: Vec<Corner> = corners.iter().copied().filter(|c| c.size >= 14).collect();
    large.iter().any(|corner| {
        let size = pixels(corner.size);
        let ways: Vec<[f64; 2]> = large
            .iter()
            .filter(|other| (0.65..1.5).contains(&(pixels(other.size) / size)))
            .map(|other| corner.to(*other))
            // From corner to corner there are 14 to 38 modules, of which a corner has seven; a turned code's
            // stripes are up to 1.4 times as long along the row.
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

/// Whether two of these are corners of one code, whose third is hidden.
///
/// Cards have codes of 21 and 25 modules: from corner to corner there are 14 or 18, of which a corner has seven. Between
/// two corners there are modules, so the lines that join them change between ink and paper.
pub(super) fn two_of_a_code(corners: &[Corner], ink: &Ink) -> bool {
    // Two pixels per module at least: smaller stripes are texture.
    any_two(corners, 14, ink, |distance, likeness| {
        // Along a side, or across from corner to corner; stripes of a turned corner are up to 1.4 times as long.
        (0.75..1.34).contains(&likeness) && (1.3..4.0).contains(&distance)
    })
}

/// The same for corners that are not sure: only those of a code that is held upright, at just the distances of 14 or
/// 18 modules along a side and from corner to corner.
pub(super) fn two_of_an_upright_code(corners: &[Corner], ink: &Ink) -> bool {
    const DISTANCES: [f64; 4] = [14.0 / 7.0, 18.0 / 7.0, 19.8 / 7.0, 25.5 / 7.0];
    // Blur leaves nothing of smaller ones, and much in a portrait looks like them.
    any_two(corners, 20, ink, |distance, likeness| {
        (0.9..1.12).contains(&likeness)
            && DISTANCES.iter().any(|own| (0.95..1.05).contains(&(distance / own)))
    })
}

/// Whether there are two of this size or more with modules between them: `are_two` is given their distance, in
/// corners, and the size of one by that of the other.
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

/// How far from the middles of two corners the middle of the quiet zone is, in parts of their distance: 5.5 modules of 14
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

/// Which pixels are ink: below seven eighths of the mean around them; noise on plain paper stays above.
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
            // At most 255 × 8 × (20,000 / 8)²: below 2^35, so in 64 bits.
            let area = u64::from(wide * rows);
            dark.push(u64::from(*sample) * area * 8 < u64::from(sum) * u64::from(EIGHTHS));
        }
    }
    dark
}

/// Which pixels of a picture are ink.
pub(super) struct Ink {
    dark: Vec<bool>,
    pub(super) width: usize,
    pub(super) height: usize,
}

impl Ink {
    /// The ink of a picture: darker than its surroundings, an eighth of the picture wide.
    pub(super) fn of(luma: &[u8], width: usize, height: usize) -> Self {
        Self { dark: darkness(luma, width, height, (width.max(height) / 16).max(4)), width, height }
    }

    /// The ink of a picture out of focus, where white lines between black ones have become grey: darker than what is
    /// next to it, a thirtieth of the picture wide.
    pub(super) fn of_soft(luma: &[u8], width: usize, height: usize) -> Self {
        Self { dark: darkness(luma, width, height, (width.max(height) / 64).max(4)), width, height }
    }

    pub(super) fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.width + x).copied().unwrap_or(false)
    }

    /// Whether the pixel nearest to a point is ink; outside the frame there is none.
    fn is_dark_at(&self, [x, y]: [f64; 2]) -> bool {
        x >= 0.0 && y >= 0.0 && {
            let (x, y) = (index(nearest(x)), index(nearest(y)));
            x < self.width && y < self.height && self.is_dark(x, y)
        }
    }

    /// The same turned by 45 degrees around its middle, with light corners around it.
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

    /// What may be corners of codes: stripes of 1:1:3:1:1 along a row, and along the column through their
    /// middle. Not all of them, when there are too many.
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
                    // A row nearer to the middle may show what the first did not.
                    Some(known) => known.is_sure |= self.is_corner_across(x, y, size),
                    None if self.is_corner_along(x, y, size, [0, 1]) => {
                        let is_sure = self.is_corner_across(x, y, size);
                        // Too many already: only what is certain is still worth knowing.
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

    /// Whether the lines beside the one from corner to corner change between ink and paper as modules do.
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
                // Not the corners themselves, which reach half a size from their middle, nor the white around them.
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

    /// Whether a line is paper, as the quiet zone along a side of a code is. Outside the frame there may be paper.
    fn is_paper_along(&self, [x, y]: [f64; 2], [to_x, to_y]: [f64; 2]) -> bool {
        const STEPS: usize = 24;
        /// Noise and the edge of a shadow may be on one step or two.
        const MOST_DARK: usize = 2;
        let is_dark = |step: &usize| {
            let part = pixels(*step) / pixels(STEPS - 1);
            self.is_dark_at([x + (to_x - x) * part, y + (to_y - y) * part])
        };
        (0..STEPS).filter(is_dark).count() <= MOST_DARK
    }

    /// Whether there is paper beside a code along one of its sides: from its corner one way, away from the other way.
    fn is_paper_beside(&self, corner: [f64; 2], way: [f64; 2], other_way: [f64; 2]) -> bool {
        let out = plus(corner, other_way, -QUIET);
        self.is_paper_along(out, plus(out, way, 1.0))
    }

    /// Whether two corners of a code have paper beside them: they are on one side of it, or across from each other.
    fn is_paper_beside_two(&self, one: Corner, other: Corner) -> bool {
        /// The part of a side that is looked at where its other end may be covered.
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
            // Across from each other: the third corner, which may be covered, is at the right angle.
            let third = plus(plus(one, way, 0.5), across, 0.5);
            let (to_one, to_other) = (plus(one, third, -1.0), plus(other, third, -1.0));
            is_side
                || (beside(one, negative(to_one), to_other)
                    && beside(other, negative(to_other), to_one))
        })
    }

    /// Squares around a square look the same along every line through their middle, however they are turned.
    fn is_corner_across(&self, x: usize, y: usize, size: usize) -> bool {
        [[0, 1], [1, 1], [1, -1]].into_iter().all(|step| self.is_corner_along(x, y, size, step))
    }

    /// Whether the line through this point in this direction has the stripes of a corner.
    fn is_corner_along(
        &self,
        x: usize,
        y: usize,
        size: usize,
        [step_x, step_y]: [isize; 2],
    ) -> bool {
        // How long stone, gap and ring are, going this way from the middle.
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
        // Both ways begin at the middle.
        is_corner([far_ring, far_gap, (far_stone + stone).saturating_sub(1), gap, ring])
    }
}

/// Whether the five runs have the proportions of a corner, with the tolerance of the search that follows.
fn is_corner(runs: [usize; 5]) -> bool {
    let [ring, gap, stone, far_gap, far_ring] = runs;
    let module = (ring + gap + far_gap + far_ring) / 4;
    let slack = module * 3 / 4;
    module > 0
        && [ring, gap, far_gap, far_ring].iter().all(|run| run.abs_diff(module) <= slack)
        && stone.abs_diff(3 * module) <= slack
}
