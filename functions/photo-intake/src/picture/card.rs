//! Reads a camera card's QR code off a frame.
//!
//! Every photo is searched, and nearly none shows a card, so the search works on the small picture: a card
//! held at arm's length has a code of at least a tenth of the frame, five or more pixels per module there.
//! Only when something looks like a code and cannot be read is the large picture asked. Measured on a
//! 24-megapixel photo: 5 % of all CPU time.
//!
//! A missed card is the dearer mistake: the next child's photos would go to the child before. So whatever
//! has the three corners and the ruled edges of a code but no readable text is reported as unreadable, and a
//! person looks at it. Three corners in an ordinary photo do not happen: each is five stripes in the
//! proportions 1:1:3:1:1, both ways, round a closed ring.

use std::collections::BTreeSet;

use domain::camera_card::{CardCode, CardCodeError};
use domain::photo::CardSeen;
use rqrr::{BitGrid, Grid, Point, PreparedImage};

use super::decode::guarded;
use super::planes::Planes;
use super::refusal::Refusal;
use super::shrink::index;

/// More corners than this are no card held before a camera. The search compares corners with each other, so
/// its time grows with their number's third power: a wall of 1,600 would keep it busy for ten minutes,
/// 96 for less than a second.
const MOST_CORNERS: usize = 96;

/// What the frame shows of a camera card. `small` is searched first, `large` if need be.
pub(super) fn read(small: &Planes, large: &Planes) -> CardSeen {
    match search(small) {
        CardSeen::Unreadable => search(large),
        seen @ (CardSeen::None | CardSeen::Code(_)) => seen,
    }
}

fn search(picture: &Planes) -> CardSeen {
    let (width, height) = (index(picture.size.width), index(picture.size.height));
    let dark = darkness(&picture.luma, width, height);
    match corners(&dark, width, height) {
        0..3 => return CardSeen::None,
        3..=MOST_CORNERS => {}
        _ => return CardSeen::Unreadable,
    }
    // A panic in the search is no reason to refuse the photo, but somebody should look at it.
    guarded(|| Ok::<_, Refusal>(read_codes(&dark, width, height))).unwrap_or(CardSeen::Unreadable)
}

fn read_codes(dark: &[bool], width: usize, height: usize) -> CardSeen {
    let mut image = PreparedImage::prepare_from_bitmap(width, height, |x, y| {
        dark.get(y * width + x).copied().unwrap_or(false)
    });
    let mut codes = BTreeSet::new();
    let mut is_unreadable = false;
    for grid in image.detect_grids() {
        match grid.decode().map(|(_, text)| CardCode::from_qr_text(&text)) {
            Ok(Ok(code)) => {
                codes.insert(code);
            }
            // Somebody else's QR code: a poster, a ticket.
            Ok(Err(CardCodeError::NotACard)) => {}
            Ok(Err(CardCodeError::WrongLength | CardCodeError::UnknownSymbol)) => {
                is_unreadable = true;
            }
            Err(_) => is_unreadable |= is_plausible(&grid),
        }
    }
    let mut codes = codes.into_iter();
    match (codes.next(), codes.next()) {
        (Some(code), None) => CardSeen::Code(code.as_str().to_owned()),
        // Two cards in one frame: a person decides.
        (Some(_), Some(_)) => CardSeen::Unreadable,
        (None, _) if is_unreadable => CardSeen::Unreadable,
        (None, _) => CardSeen::None,
    }
}

/// Whether something that cannot be read has the shape of a code: about square, and large enough that its
/// modules could be told apart.
fn is_plausible<G: BitGrid>(grid: &Grid<G>) -> bool {
    const LEAST_MODULE_PIXELS: f64 = 2.0;
    let [a, b, c, d] = grid.bounds;
    let length = |from: Point, to: Point| f64::from(from.x - to.x).hypot(f64::from(from.y - to.y));
    let sides = [length(a, b), length(b, c), length(c, d), length(d, a)];
    let shortest = sides.into_iter().fold(f64::INFINITY, f64::min);
    let longest = sides.into_iter().fold(0.0, f64::max);
    let modules = f64::from(u16::try_from(grid.grid.size()).unwrap_or(u16::MAX));
    shortest >= modules * LEAST_MODULE_PIXELS && longest <= shortest * 2.0
}

/// Which pixels are ink: clearly darker than their surroundings, an eighth of the picture wide.
fn darkness(luma: &[u8], width: usize, height: usize) -> Vec<bool> {
    /// Ink is below seven eighths of the mean around it; noise on plain paper stays above.
    const EIGHTHS: u32 = 7;
    let reach = (width.max(height) / 16).max(4);
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

/// How many corners of codes there seem to be: stripes of 1:1:3:1:1 along a row, and along the column through
/// their middle. Counting ends when there are too many.
fn corners(dark: &[bool], width: usize, height: usize) -> usize {
    let mut found: Vec<(usize, usize, usize)> = Vec::new();
    for (y, row) in dark.chunks_exact(width.max(1)).enumerate() {
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
            let is_known = found.iter().any(|(known_x, known_y, known_size)| {
                x.abs_diff(*known_x) < *known_size / 2 && y.abs_diff(*known_y) < *known_size
            });
            if !is_known && is_corner_column(dark, width, height, (x, y), size) {
                found.push((x, y, size));
                if found.len() > MOST_CORNERS {
                    return found.len();
                }
            }
        }
    }
    found.len()
}

/// Whether the five runs have the proportions of a corner, with the tolerance of the search that follows.
fn is_corner(runs: [usize; 5]) -> bool {
    let [a, b, c, d, e] = runs;
    let module = (a + b + d + e) / 4;
    let slack = module * 3 / 4;
    module > 0
        && [a, b, d, e].iter().all(|run| run.abs_diff(module) <= slack)
        && c.abs_diff(3 * module) <= slack
}

/// Whether the column through this point has the stripes, too.
fn is_corner_column(
    dark: &[bool],
    width: usize,
    height: usize,
    (x, y): (usize, usize),
    size: usize,
) -> bool {
    let is_dark = |y: usize| dark.get(y * width + x).copied().unwrap_or(false);
    let run = |ys: &mut dyn Iterator<Item = usize>| -> [usize; 3] {
        let mut lengths = [0; 3];
        let mut ys = ys.take(size * 2).peekable();
        for (length, colour) in lengths.iter_mut().zip([true, false, true]) {
            while ys.next_if(|y| is_dark(*y) == colour).is_some() {
                *length += 1;
            }
        }
        lengths
    };
    let [up_stone, up_gap, up_ring] = run(&mut (0..=y).rev());
    let [down_stone, down_gap, down_ring] = run(&mut (y + 1..height));
    is_corner([up_ring, up_gap, up_stone + down_stone, down_gap, down_ring])
}
