//! Reads a camera card's QR code off a frame.
//!
//! Every photo is searched, and nearly none shows a card, so the search works on the small picture: a card
//! held at arm's length has a code of at least a tenth of the frame, four or more pixels per module there.
//! Only when something in it looks like a code's corner and nothing can be read is the large picture asked.
//! Measured on a 24-megapixel photo without a card: 5 % of all CPU time.
//!
//! A missed card is the dearer mistake: the next child's photos would go to the child before. So three corners
//! that stand to each other as a code's do, without a text that can be read, are reported as an unreadable
//! card, and a person looks at it. In ordinary photos that does not happen: each corner is five stripes of
//! 1:1:3:1:1 along the row, the column and both diagonals, and three of one size must stand at a right angle.

use std::collections::BTreeSet;

use domain::camera_card::{CardCode, CardCodeError};
use domain::photo::CardSeen;
use rqrr::PreparedImage;

use super::decode::guarded;
use super::planes::Planes;
use super::refusal::Refusal;
use super::shrink::index;

/// More corners than this are no card held before a camera. The search compares corners with each other, so
/// its time grows with their number's third power: a wall of 1,600 would keep it busy for ten minutes,
/// 96 for less than a second.
const MOST_CORNERS: usize = 96;

/// What one search found.
#[derive(Debug, PartialEq, Eq)]
enum Found {
    /// Nothing that looks like any part of a code.
    Nothing,
    /// Corners, but no card; a code of something else, perhaps.
    Corners,
    /// A card, read or not.
    Card(CardSeen),
}

/// What the frame shows of a camera card. `small` is searched first, `large` if need be.
pub(super) fn read(small: &Planes, large: &Planes) -> CardSeen {
    let first = search(small);
    let second = match &first {
        Found::Nothing | Found::Card(CardSeen::Code(_)) => Found::Nothing,
        Found::Corners | Found::Card(CardSeen::Unreadable | CardSeen::None) => search(large),
    };
    match (first, second) {
        (Found::Card(CardSeen::Code(code)), _) | (_, Found::Card(CardSeen::Code(code))) => {
            CardSeen::Code(code)
        }
        (Found::Card(seen), _) | (_, Found::Card(seen)) => seen,
        (Found::Nothing | Found::Corners, Found::Nothing | Found::Corners) => CardSeen::None,
    }
}

fn search(picture: &Planes) -> Found {
    let (width, height) = (index(picture.size.width), index(picture.size.height));
    let ink = Ink { dark: darkness(&picture.luma, width, height), width, height };
    let corners = ink.corners();
    let sure: Vec<Corner> = corners.iter().copied().filter(|corner| corner.is_sure).collect();
    let has_code = stand_as_in_a_code(&sure);
    match corners.len() {
        0 => Found::Nothing,
        3..=MOST_CORNERS => {
            let first = read_codes(&ink, has_code);
            if first != Found::Card(CardSeen::Unreadable) || !has_code {
                return first;
            }
            // Of 750 codes one has modules that look like a corner along the rows and the columns, and the search built
            // its grid on them. Turned by an eighth, only true corners look like corners.
            let turned = ink.turned_by_an_eighth();
            // Somebody may have drawn a wall that shows this way only.
            if turned.corners().len() > MOST_CORNERS {
                return first;
            }
            let second = read_codes(&turned, has_code);
            if matches!(second, Found::Card(CardSeen::Code(_))) { second } else { first }
        }
        _ if has_code => Found::Card(CardSeen::Unreadable),
        _ => Found::Corners,
    }
}

/// A panic in the search is no reason to refuse the photo, but somebody should look at it.
fn read_codes(ink: &Ink, has_code: bool) -> Found {
    guarded(|| Ok::<_, Refusal>(read_codes_unguarded(ink, has_code)))
        .unwrap_or(Found::Card(CardSeen::Unreadable))
}

fn read_codes_unguarded(ink: &Ink, has_code: bool) -> Found {
    let mut image =
        PreparedImage::prepare_from_bitmap(ink.width, ink.height, |x, y| ink.is_dark(x, y));
    let mut codes = BTreeSet::new();
    let mut is_foreign = false;
    let mut is_unreadable = false;
    for grid in image.detect_grids() {
        let Ok((_, text)) = grid.decode() else { continue };

        match CardCode::from_qr_text(&text) {
            Ok(code) => {
                codes.insert(code);
            }
            // Somebody else's: a poster, a ticket. But an area without any ink reads as an empty text.
            Err(CardCodeError::NotACard) => is_foreign |= !text.is_empty(),
            Err(CardCodeError::WrongLength | CardCodeError::UnknownSymbol) => is_unreadable = true,
        }
    }
    let mut codes = codes.into_iter();
    match (codes.next(), codes.next()) {
        (Some(code), None) => Found::Card(CardSeen::Code(code.as_str().to_owned())),
        // Two cards in one frame: a person decides.
        (Some(_), Some(_)) => Found::Card(CardSeen::Unreadable),
        (None, _) if is_unreadable || (has_code && !is_foreign) => {
            Found::Card(CardSeen::Unreadable)
        }
        (None, _) => Found::Corners,
    }
}

/// What may be the corner of a code: where its middle is and how long its five stripes are along the row.
#[derive(Debug, Clone, Copy)]
struct Corner {
    x: usize,
    y: usize,
    size: usize,
    /// Whether the stripes are there along both diagonals, too.
    is_sure: bool,
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

    /// The way to another corner, in pixels.
    fn to(self, other: Self) -> [f64; 2] {
        let part = |from: usize, to: usize| pixels(to) - pixels(from);
        [part(self.x, other.x), part(self.y, other.y)]
    }
}

/// Whether three of these stand as the corners of a code do: of one size, at a right angle, equally far apart,
/// and as far as codes of 21 to 45 modules have them.
fn stand_as_in_a_code(corners: &[Corner]) -> bool {
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
                cosine.abs() < 0.4 && (0.7..1.43).contains(&(a / b))
            })
        })
    })
}

fn pixels(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
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

/// Which pixels of a picture are ink.
struct Ink {
    dark: Vec<bool>,
    width: usize,
    height: usize,
}

impl Ink {
    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark.get(y * self.width + x).copied().unwrap_or(false)
    }

    /// The same turned by 45 degrees around its middle, with light corners around it.
    fn turned_by_an_eighth(&self) -> Self {
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
    fn corners(&self) -> Vec<Corner> {
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
