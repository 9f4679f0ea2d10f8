//! Draws a hand that holds a camera card in a classroom.

use domain::camera_card::pattern::Border;
use qrcode::{Color, EcLevel, QrCode};

use super::canvas::{Canvas, Chance, Colour, ellipse, lit, mix, rounded};

/// Draws the frame that a photographer takes before each student.
pub(super) fn draw(canvas: &mut Canvas, qr_text: &str, readable: bool, moment: Chance) {
    let mut moment = moment.fork(0xca7d);
    room(canvas, &mut moment);
    let Ok(code) = QrCode::with_error_correction_level(qr_text, EcLevel::Q) else { return };

    let (width, height) = (f32::from(canvas.width), f32::from(canvas.height));
    let unit = width.min(height) * moment.between(0.125, 0.15);
    let x = width * moment.between(0.42, 0.58);
    let y = height * moment.between(0.42, 0.52);
    canvas.set_pen(x, y, unit, moment.between(-0.22, 0.22));
    card(canvas, &code, readable);
    hand(canvas, &mut moment);
}

/// Draws a board, a shelf of books and a window, out of focus.
fn room(canvas: &mut Canvas, moment: &mut Chance) {
    let wall = [206.0, 198.0, 180.0];
    let floor = [150.0, 124.0, 98.0];
    canvas.cover(|x, y| {
        let light = 1.08 - x * 0.2 - y * 0.1;
        lit(mix(wall, floor, ((y - 0.78) * 30.0).clamp(0.0, 1.0)), light)
    });
    let (width, height) = (f32::from(canvas.width), f32::from(canvas.height));
    canvas.set_pen(0.0, 0.0, 1.0, 0.0);
    let soft = width * 0.012;
    let board = [width * moment.between(0.3, 0.5), height * 0.3];
    let size = [width * 0.3, height * 0.2];
    let mut area = |centre: [f32; 2], half: [f32; 2], colour: Colour| {
        canvas.paint((centre, half), (soft, 1.0), rounded(centre, half, 2.0), |_, _| colour);
    };
    area(board, [size[0] + width * 0.012, size[1] + width * 0.012], [142.0, 104.0, 70.0]);
    area(board, size, [58.0, 92.0, 78.0]);
    area([width * 0.93, height * 0.28], [width * 0.1, height * 0.22], [226.0, 238.0, 246.0]);
    area([width * 0.93, height * 0.28], [width * 0.008, height * 0.22], [240.0; 3]);
    area([width * 0.2, height * 0.74], [width * 0.24, height * 0.012], [128.0, 92.0, 62.0]);
    let mut x = 0.0;
    while x < width * 0.42 {
        let thick = width * moment.between(0.008, 0.022);
        let tall = height * moment.between(0.05, 0.1);
        let colour =
            [moment.between(60.0, 210.0), moment.between(60.0, 190.0), moment.between(60.0, 180.0)];
        area([x + thick, height * 0.728 - tall], [thick, tall], colour);
        x += thick * 2.2;
    }
}

/// A quarter of an A4 sheet, in millimetres.
const CARD: [f32; 2] = [105.0, 148.5];

/// Draws the card: one unit is half the code's side, the origin is the code's centre.
fn card(canvas: &mut Canvas, code: &QrCode, readable: bool) {
    let paper = [247.0, 246.0, 242.0];
    let border = Border::new(CARD[0], CARD[1]);
    let area = border.code();
    // The code has 21 modules and a margin of four on each side.
    let unit = area.width * 21.0 / 29.0 / 2.0;
    let origin = [area.left + area.width / 2.0, area.top + area.width / 2.0];
    let place = |left: f32, top: f32, width: f32, height: f32| {
        let half = [width / 2.0 / unit, height / 2.0 / unit];
        let centre =
            [(left + width / 2.0 - origin[0]) / unit, (top + height / 2.0 - origin[1]) / unit];
        (centre, half)
    };
    let (centre, half) = place(0.0, 0.0, CARD[0], CARD[1]);
    let shade = [centre[0] + 0.06, centre[1] + 0.1];
    canvas
        .paint((shade, half), (0.25, 0.35), rounded(shade, half, 0.08), |_, _| [30.0, 28.0, 26.0]);
    canvas.paint((centre, half), (0.0, 1.0), rounded(centre, half, 0.06), |x, y| {
        lit(paper, 1.0 - x * 0.03 - y * 0.02)
    });
    for (patch, ink) in border.patches() {
        let (centre, half) = place(patch.left, patch.top, patch.width, patch.height);
        canvas.block(centre, half, 0.0, ink.rgb().map(f32::from));
    }
    let inside = border.inside();
    let (middle, half_inside) = place(inside.left, inside.top, inside.width, inside.height);
    canvas.block(middle, half_inside, 0.0, paper);
    let side = u8::try_from(code.width()).unwrap_or(21);
    let modules: Vec<f32> = code
        .to_colors()
        .into_iter()
        .map(|colour| if colour == Color::Dark { 1.0 } else { 0.0 })
        .collect();
    let dark = |x: i16, y: i16| -> f32 {
        if !(0..i16::from(side)).contains(&x) || !(0..i16::from(side)).contains(&y) {
            return 0.0;
        }
        let place =
            usize::try_from(y).unwrap_or(0) * usize::from(side) + usize::try_from(x).unwrap_or(0);
        modules.get(place).copied().unwrap_or(0.0)
    };
    // A smeared print: wet ink drawn along the rows. The three finder corners stay dry.
    let smeared = |x: i16, y: i16| -> f32 {
        let far = i16::from(side) - 8;
        let is_corner = (x < 8 && (y < 8 || y >= far)) || (x >= far && y < 8);
        if readable || is_corner {
            return dark(x, y);
        }
        (-3..=3).map(|step| dark(x + step, y)).sum::<f32>() / 4.5
    };
    let ink = [34.0, 33.0, 36.0];
    canvas.paint(
        ([0.0, 0.0], [1.0, 1.0]),
        (0.0, 1.0),
        rounded([0.0, 0.0], [1.0, 1.0], 0.0),
        |x, y| {
            let module = |part: f32| whole(f32::midpoint(part, 1.0) * f32::from(side));
            mix(paper, ink, smeared(module(x), module(y)).min(1.0))
        },
    );
    // The printed name and code, too small to read.
    for (line, length) in [(1.42, 0.8), (1.8, 0.95), (2.4, 0.6)] {
        canvas.block([0.0, line], [length, 0.08], 0.02, [92.0, 92.0, 96.0]);
    }
    canvas.block([0.0, -1.46], [0.7, 0.04], 0.02, [110.0, 110.0, 112.0]);
}

/// Draws the hand that holds the card at its lower edge.
fn hand(canvas: &mut Canvas, moment: &mut Chance) {
    let skin = moment.one_of(
        &[[236.0, 190.0, 160.0], [190.0, 138.0, 104.0], [122.0, 82.0, 60.0]],
        [236.0, 190.0, 160.0],
    );
    let side = if moment.happens(0.5) { 1.0 } else { -1.0 };
    let x = side * 0.75;
    canvas.paint(([x, 4.4], [0.75, 0.95]), (0.06, 1.0), ellipse([x, 4.4], [0.72, 0.92]), |u, v| {
        lit(skin, 0.95 - (u - x) * 0.1 - (v - 4.4) * 0.08)
    });
    let thumb = ([x - side * 0.25, 3.45], [0.24, 0.46]);
    canvas.paint(thumb, (0.04, 1.0), ellipse(thumb.0, thumb.1), |u, v| {
        lit(skin, 1.04 - (u - x) * 0.14 - (v - 3.4) * 0.12)
    });
    let nail = ([x - side * 0.25, 3.18], [0.13, 0.15]);
    canvas.paint(nail, (0.03, 0.8), ellipse(nail.0, nail.1), |_, _| {
        mix(skin, [255.0, 226.0, 220.0], 0.6)
    });
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "a module's number: below 200"
)]
fn whole(position: f32) -> i16 {
    position.floor() as i16
}
