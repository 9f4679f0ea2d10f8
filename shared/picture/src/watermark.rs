//! Writes the watermark PROOF across the whole picture.
//!
//! It is drawn from strokes, not from a font file. The word repeats along rising rows, every second row shifted by
//! half a word, so that every crop of useful size contains it.

use std::sync::LazyLock;

use super::planes::Planes;
use super::shrink::{index, nearest};

/// One stroke of a letter: from a point to a point, in cap heights, y upwards.
type Stroke = [f32; 4];

const P: &[Stroke] = &[
    [0.0, 0.0, 0.0, 1.0],
    [0.0, 1.0, 0.38, 1.0],
    [0.38, 1.0, 0.55, 0.92],
    [0.55, 0.92, 0.60, 0.74],
    [0.60, 0.74, 0.55, 0.56],
    [0.55, 0.56, 0.38, 0.48],
    [0.38, 0.48, 0.0, 0.48],
];
const R: &[Stroke] = &[
    [0.0, 0.0, 0.0, 1.0],
    [0.0, 1.0, 0.38, 1.0],
    [0.38, 1.0, 0.55, 0.92],
    [0.55, 0.92, 0.60, 0.74],
    [0.60, 0.74, 0.55, 0.56],
    [0.55, 0.56, 0.38, 0.48],
    [0.38, 0.48, 0.0, 0.48],
    [0.30, 0.48, 0.62, 0.0],
];
const O: &[Stroke] = &[
    [0.68, 0.50, 0.66, 0.70],
    [0.66, 0.70, 0.61, 0.85],
    [0.61, 0.85, 0.53, 0.94],
    [0.53, 0.94, 0.42, 0.99],
    [0.42, 0.99, 0.26, 0.99],
    [0.26, 0.99, 0.15, 0.94],
    [0.15, 0.94, 0.07, 0.85],
    [0.07, 0.85, 0.02, 0.70],
    [0.02, 0.70, 0.00, 0.50],
    [0.00, 0.50, 0.02, 0.30],
    [0.02, 0.30, 0.07, 0.15],
    [0.07, 0.15, 0.15, 0.06],
    [0.15, 0.06, 0.26, 0.01],
    [0.26, 0.01, 0.42, 0.01],
    [0.42, 0.01, 0.53, 0.06],
    [0.53, 0.06, 0.61, 0.15],
    [0.61, 0.15, 0.66, 0.30],
    [0.66, 0.30, 0.68, 0.50],
];
const F: &[Stroke] = &[[0.0, 0.0, 0.0, 1.0], [0.0, 1.0, 0.56, 1.0], [0.0, 0.52, 0.46, 0.52]];
const WORD: [&[Stroke]; 5] = [P, R, O, O, F];

/// The stencil of one word with its margin: 512 × 128 points, powers of two so that it repeats with a bit mask.
const STENCIL_WIDTH: u32 = 512;
const STENCIL_HEIGHT: u32 = 128;
/// Cap height in stencil points. A letter and its space take 1.05 of it, the word 5.25, the rest is the gap.
const CAP_POINTS: f32 = 78.0;
const ADVANCE: f32 = 1.05;

/// The opacity of the white letter, of 256.
const LETTER_STRENGTH: u32 = 104;
/// The opacity of its dark rim, of 256: it keeps the word visible on white clothes.
const RIM_STRENGTH: u32 = 72;

/// Letter and rim at one point of the stencil, 0 to 255 each.
type Ink = [u8; 2];

static STENCIL: LazyLock<Vec<Ink>> = LazyLock::new(draw_stencil);

/// Writes the word all over the picture.
pub(super) fn stamp(picture: &mut Planes) {
    // About seven rows of words cross the shorter side.
    let shorter = picture.size.width.min(picture.size.height);
    let cap_pixels = (f64::from(shorter) / 11.0).max(8.0);
    let scale = f64::from(CAP_POINTS) / cap_pixels;
    let width = index(picture.size.width);
    stamp_plane(&mut picture.luma, width, scale, |sample, [letter, rim]| {
        let light = 255 * letter + sample * (65536 - letter);
        ((light >> 16) * (65536 - rim)) >> 16
    });
    for colour in picture.colour.iter_mut().flatten() {
        stamp_plane(colour, width.div_ceil(2), scale * 2.0, |sample, [letter, _]| {
            (128 * letter + sample * (65536 - letter)) >> 16
        });
    }
}

/// Mixes the stencil into a plane; `mix` gets a sample and the two inks as parts of 65,536.
fn stamp_plane(plane: &mut [u8], width: usize, scale: f64, mix: impl Fn(u32, [u32; 2]) -> u32) {
    // Steps along the word (rising by 30 degrees) and across it, in 1/65,536 points.
    let step = |part: f64| nearest(scale * part * 65536.0);
    let (along, up) = (step(0.866_025_4), step(0.5));
    let stencil = STENCIL.as_slice();
    let (mut row_u, mut row_v) = (0_u32, 0_u32);
    for row in plane.chunks_exact_mut(width.max(1)) {
        let (mut u, mut v) = (row_u, row_v);
        for sample in row {
            let line = v >> 16;
            // Every second row of words is shifted by half a word.
            let shift = if line & STENCIL_HEIGHT == 0 { 0 } else { STENCIL_WIDTH / 2 };
            let column = ((u >> 16) + shift) & (STENCIL_WIDTH - 1);
            let point = (line & (STENCIL_HEIGHT - 1)) * STENCIL_WIDTH + column;
            if let Some(&[letter, rim]) = stencil.get(index(point))
                && (letter | rim) != 0
            {
                let inks = [u32::from(letter) * LETTER_STRENGTH, u32::from(rim) * RIM_STRENGTH];
                *sample = u8::try_from(mix(u32::from(*sample), inks)).unwrap_or(u8::MAX);
            }
            u = u.wrapping_add(along);
            v = v.wrapping_add(up);
        }
        row_u = row_u.wrapping_sub(up);
        row_v = row_v.wrapping_add(along);
    }
}

fn draw_stencil() -> Vec<Ink> {
    let mut stencil = Vec::with_capacity(index(STENCIL_WIDTH * STENCIL_HEIGHT));
    for v in 0..u16::try_from(STENCIL_HEIGHT).unwrap_or(0) {
        for u in 0..u16::try_from(STENCIL_WIDTH).unwrap_or(0) {
            let x = (f32::from(u) - 24.0) / CAP_POINTS;
            let y = 1.0 - (f32::from(v) - 25.0) / CAP_POINTS;
            let away = WORD
                .iter()
                .zip(0_u8..)
                .flat_map(|(letter, place)| {
                    let x = x - f32::from(place) * ADVANCE;
                    // Letters out of reach are not measured.
                    let near = (-0.3..1.0).contains(&x);
                    letter.iter().filter(move |_| near).map(move |stroke| distance(stroke, x, y))
                })
                .fold(1.0, f32::min);
            stencil.push([ink(away, 0.085), ink(away, 0.13)]);
        }
    }
    for [letter, rim] in &mut stencil {
        *rim = rim.saturating_sub(*letter);
    }
    stencil
}

/// Returns the ink of a point at this distance from the middle of a stroke of this half width, with soft edges.
fn ink(away: f32, half_width: f32) -> u8 {
    let covered = ((half_width - away) * CAP_POINTS / 1.5 + 0.5).clamp(0.0, 1.0);
    u8::try_from(nearest(f64::from(covered * 255.0))).unwrap_or(u8::MAX)
}

fn distance(stroke: &Stroke, x: f32, y: f32) -> f32 {
    let [x0, y0, x1, y1] = *stroke;
    let (dx, dy) = (x1 - x0, y1 - y0);
    let along = (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
    (x - x0 - along * dx).hypot(y - y0 - along * dy)
}
