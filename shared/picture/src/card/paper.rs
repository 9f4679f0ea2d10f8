//! Finds a sheet of paper held before the camera: a hint that a card was there which nothing else found.
//!
//! A sheet is a bright rectangle without colour, with dark marks inside. The picture is divided into tiles; tiles of
//! paper, plain or marked, must fill a rectangle. Walls reach the frame's edges and shirts are no rectangles.

use super::border::View;
use super::field::{Field, real};

/// The side of a tile, in pixels of the view.
const TILE: usize = 6;
/// The most colour of paper, as a part of its brightness.
const MOST_COLOUR: f32 = 0.14;
/// Paper is at least this bright, of 255.
const LEAST_LIGHT: f32 = 110.0;
/// Tiles of one sheet differ at most by this factor in brightness.
const MOST_SHADE: f32 = 1.35;
/// A mark is at most this part of the paper's brightness.
const MARK: f32 = 0.62;
/// The least part of the frame that a sheet covers, and the most.
const COVERED: std::ops::Range<f32> = 0.015..0.6;
/// How much of its rectangle a sheet fills, at least; one that is turned a little fills less than all.
const FILLED: f32 = 0.72;
/// Which part of a sheet has marks.
const MARKED: std::ops::Range<f32> = 0.12..0.8;

/// One tile.
#[derive(Clone, Copy)]
struct Tile {
    /// The brightness of the paper in it.
    light: f32,
    is_marked: bool,
}

/// Does the frame look like a sheet of paper?
pub(super) fn is_seen(view: &View) -> bool {
    let (columns, rows) = (view.luma.width / TILE, view.luma.height / TILE);
    let tiles: Vec<Option<Tile>> = (0..rows)
        .flat_map(|row| (0..columns).map(move |column| (column, row)))
        .map(|(column, row)| tile(view, column * TILE, row * TILE))
        .collect();
    let mut is_seen = vec![false; tiles.len()];
    (0..tiles.len()).any(|start| {
        let sheet = Sheet::around(start, &tiles, columns, &mut is_seen);
        sheet.is_some_and(|sheet| sheet.is_paper(columns, rows))
    })
}

/// The tile at a place, if it may be paper.
fn tile(view: &View, left: usize, top: usize) -> Option<Tile> {
    let mut samples = [0.0_f32; TILE * TILE];
    let mut colour = [0.0_f32; 2];
    let places = (0..TILE).flat_map(|y| (0..TILE).map(move |x| (left + x, top + y)));
    for (sample, (x, y)) in samples.iter_mut().zip(places) {
        *sample = view.luma.at(x, y)?;
        for (sum, field) in colour.iter_mut().zip(&view.colour) {
            *sum += Field::at(field, x, y)?;
        }
    }
    samples.sort_by(f32::total_cmp);
    let [blue, red] = colour.map(|sum| sum / real(TILE * TILE));
    let (dark, light) = (samples.get(TILE)?, samples.get(TILE * TILE - 3)?);
    let has_colour = blue.hypot(red) > MOST_COLOUR * light;
    let is_paper = *light > LEAST_LIGHT && !has_colour;
    is_paper.then_some(Tile { light: *light, is_marked: *dark < MARK * light })
}

/// Tiles of paper that touch each other.
struct Sheet {
    count: usize,
    marked: usize,
    left: usize,
    top: usize,
    right: usize,
    bottom: usize,
}

impl Sheet {
    /// The tiles around this one; `None` where it is no paper or belongs to a sheet already seen.
    fn around(
        start: usize,
        tiles: &[Option<Tile>],
        columns: usize,
        is_seen: &mut [bool],
    ) -> Option<Self> {
        let place = |at: usize| (at.checked_rem(columns), at.checked_div(columns));
        let mut sheet =
            Self { count: 0, marked: 0, left: usize::MAX, top: usize::MAX, right: 0, bottom: 0 };
        let first = tiles.get(start).copied().flatten()?;
        // A sheet begins where it is plain: its brightness is the paper's.
        if first.is_marked || is_seen.get(start).copied().unwrap_or(true) {
            return None;
        }
        let mut open = vec![(start, first)];
        while let Some((at, tile)) = open.pop() {
            let Some(seen) = is_seen.get_mut(at).filter(|seen| !**seen) else { continue };
            *seen = true;
            let (Some(column), Some(row)) = place(at) else { continue };
            sheet.count += 1;
            sheet.marked += usize::from(tile.is_marked);
            sheet.left = sheet.left.min(column);
            sheet.top = sheet.top.min(row);
            sheet.right = sheet.right.max(column);
            sheet.bottom = sheet.bottom.max(row);
            let beside = [
                (column > 0).then(|| at - 1),
                (column + 1 < columns).then_some(at + 1),
                at.checked_sub(columns),
                Some(at + columns),
            ];
            for next in beside.into_iter().flatten() {
                let Some(other) = tiles.get(next).copied().flatten() else { continue };
                let (least, most) = (other.light.min(tile.light), other.light.max(tile.light));
                if most < least * MOST_SHADE {
                    open.push((next, other));
                }
            }
        }
        Some(sheet)
    }

    fn is_paper(&self, columns: usize, rows: usize) -> bool {
        let (width, height) = (self.right + 1 - self.left, self.bottom + 1 - self.top);
        let edges = usize::from(self.left == 0)
            + usize::from(self.top == 0)
            + usize::from(self.right + 1 == columns)
            + usize::from(self.bottom + 1 == rows);
        let count = real(self.count);
        edges <= 1
            && COVERED.contains(&(count / real((columns * rows).max(1))))
            && count >= FILLED * real(width * height)
            && MARKED.contains(&(real(self.marked) / count))
            && (0.4..2.5).contains(&(real(width) / real(height)))
    }
}
