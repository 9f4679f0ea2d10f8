//! Portraits of children before backdrops, and a card held into them.

use super::damage::Damage;
use super::print::{CARD, Print};

/// A pseudo-random generator that is deterministic by seed.
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        for _ in 0..4 {
            chance.next();
        }
        chance
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub(crate) fn below(&mut self, count: usize) -> usize {
        (self.next() >> 33) as usize % count
    }

    pub(crate) fn between(&mut self, least: f32, most: f32) -> f32 {
        least + (most - least) * ((self.next() >> 40) as f32 / 16_777_216.0)
    }

    pub(crate) fn one_of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// Returns a random colour; most are as muted as paint and cloth.
    fn colour(&mut self) -> [f32; 3] {
        let light = self.between(30.0, 235.0);
        let most = if self.below(3) == 0 { 110.0 } else { 45.0 };
        [0; 3].map(|_| (light + self.between(-most, most)).clamp(5.0, 250.0))
    }
}

/// A picture in full colour.
pub(crate) struct Frame {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) pixels: Vec<[f32; 3]>,
}

/// Width and height of the frames: the size at which cards are searched.
const FRAME: (usize, usize) = (1200, 800);

pub(crate) const SKIN: [[f32; 3]; 4] =
    [[236.0, 190.0, 160.0], [190.0, 138.0, 104.0], [122.0, 82.0, 60.0], [250.0, 215.0, 190.0]];

/// Draws a child before a backdrop, without a card.
pub(crate) fn portrait(chance: &mut Chance) -> Frame {
    let (width, height) = FRAME;
    let (w, h) = (width as f32, height as f32);
    let backdrop = match chance.below(4) {
        0 => [235.0, 235.0, 232.0],
        1 => [92.0, 110.0, 130.0],
        _ => chance.colour(),
    };
    let light = (chance.between(0.0, w), chance.between(0.0, h));
    let things: Vec<([f32; 4], [f32; 3])> = (0..chance.below(2) * chance.below(14))
        .map(|_| {
            let size = [chance.between(15.0, 120.0), chance.between(15.0, 160.0)];
            ([chance.between(0.0, w), chance.between(0.0, h), size[0], size[1]], chance.colour())
        })
        .collect();
    let cloth = Cloth::new(chance);
    let skin = chance.one_of(&SKIN);
    let hair = chance.one_of(&[[30.0, 24.0, 20.0], [110.0, 76.0, 44.0], [200.0, 166.0, 100.0]]);
    let (x0, size) = (chance.between(0.25, 0.75) * w, chance.between(70.0, 170.0));
    let (y0, shoulders) = (h * 0.42, size * 2.2);
    let grain = chance.between(0.0, 5.0);
    let mut noise = Chance::new(chance.next());
    let ellipse = |x: f32, y: f32, cx: f32, cy: f32, rx: f32, ry: f32| {
        let (u, v) = ((x - cx) / rx, (y - cy) / ry);
        u * u + v * v < 1.0
    };
    let mut pixels = Vec::with_capacity(width * height);
    for row in 0..height {
        for column in 0..width {
            let (x, y) = (column as f32, row as f32);
            let shade = 1.0 - 0.35 * (((x - light.0) / w).powi(2) + ((y - light.1) / h).powi(2));
            let mut colour = backdrop.map(|part| part * shade);
            for ([cx, cy, rx, ry], own) in &things {
                if (x - cx).abs() < *rx && (y - cy).abs() < *ry {
                    colour = *own;
                }
            }
            if ellipse(x, y, x0, h, shoulders, h - y0 - size * 0.75) {
                colour = cloth.at(x - x0, y).map(|part| part * (1.0 - (x - x0).abs() / w * 0.5));
            }
            if ellipse(x, y, x0, y0 - size * 0.1, size * 0.86, size * 1.06) {
                colour = hair;
            }
            if ellipse(x, y, x0, y0, size * 0.72, size) {
                colour = skin.map(|part| part * (1.08 - (x - x0 + size) / size * 0.12));
                let is_eye = ellipse(
                    (x - x0).abs(),
                    y,
                    size * 0.3,
                    y0 - size * 0.1,
                    size * 0.1,
                    size * 0.06,
                );
                if is_eye || ellipse(x, y, x0, y0 + size * 0.5, size * 0.28, size * 0.06) {
                    colour = colour.map(|part| part * 0.5);
                }
            }
            let grey = noise.between(-grain, grain);
            pixels.push(colour.map(|part| part + grey));
        }
    }
    Frame { width, height, pixels }
}

/// The pattern of a child's clothes.
struct Cloth {
    kind: usize,
    colours: [[f32; 3]; 2],
    period: f32,
    turn: (f32, f32),
}

impl Cloth {
    fn new(chance: &mut Chance) -> Self {
        let first = if chance.below(4) == 0 { [240.0; 3] } else { chance.colour() };
        let angle = chance.between(0.0, 3.1);
        Self {
            kind: chance.below(7),
            colours: [first, chance.colour()],
            period: chance.between(8.0, 90.0),
            turn: angle.sin_cos(),
        }
    }

    fn at(&self, x: f32, y: f32) -> [f32; 3] {
        let [one, other] = self.colours;
        let (u, v) = (x * self.turn.1 + y * self.turn.0, y * self.turn.1 - x * self.turn.0);
        let band = |at: f32| (at / self.period).rem_euclid(2.0) < 1.0;
        let mixed = |part: f32| [0, 1, 2].map(|i| one[i] * part + other[i] * (1.0 - part));
        match self.kind {
            0..=2 => one,
            3 => mixed(if band(u) { 1.0 } else { 0.0 }),
            4 => mixed(f32::midpoint(f32::from(u8::from(band(u))), f32::from(u8::from(band(v))))),
            5 => mixed(if band(u) == band(v) { 1.0 } else { 0.0 }),
            _ => {
                let cell = |at: f32| at.rem_euclid(self.period) - self.period / 2.0;
                mixed(if cell(u).hypot(cell(v)) < self.period * 0.3 { 1.0 } else { 0.0 })
            }
        }
    }
}

/// The position and rotation of a card: a plane before the camera.
pub(crate) struct Pose {
    centre: [f32; 3],
    across: [f32; 3],
    down: [f32; 3],
    /// Pixels per millimetre.
    scale: f32,
    depth: f32,
    middle: (f32, f32),
}

impl Pose {
    #[expect(clippy::many_single_char_names, reason = "places and lengths")]
    pub(crate) fn new(
        frame: &Frame,
        _print: &Print,
        damage: Damage,
        size: f32,
        chance: &mut Chance,
    ) -> Self {
        let (w, h) = (frame.width as f32, frame.height as f32);
        let scale = w * size / CARD.0;
        let (half_width, half_height) = (CARD.0 * scale / 2.0, CARD.1 * scale / 2.0);
        let free = |half: f32, whole: f32, chance: &mut Chance| {
            if half * 2.2 < whole {
                chance.between(half * 1.1, whole - half * 1.1)
            } else {
                whole / 2.0
            }
        };
        let mut x = free(half_width, w, chance);
        let mut y = free(half_height, h, chance);
        let most = if size > 0.5 { 0.2 } else { 0.5 };
        let (mut roll, mut tilt) = (chance.between(-most, most), 0.15);
        match damage {
            Damage::Outside(part) => {
                roll = chance.between(-0.1, 0.1);
                match chance.below(4) {
                    0 => x = half_width * (1.0 - 2.0 * part),
                    1 => x = w - half_width * (1.0 - 2.0 * part),
                    2 => y = half_height * (1.0 - 2.0 * part),
                    _ => y = h - half_height * (1.0 - 2.0 * part),
                }
            }
            Damage::Tilt(by) => tilt = by,
            Damage::Clean
            | Damage::Blur(_)
            | Damage::Motion(_)
            | Damage::Thumb(_)
            | Damage::Fingers(_)
            | Damage::HalfCovered
            | Damage::HalfBlur(_)
            | Damage::Dark(_)
            | Damage::Cast(_)
            | Damage::Shadow(_)
            | Damage::Glare(_) => {}
        }
        let (yaw, pitch) = if matches!(damage, Damage::Tilt(_)) {
            (tilt * chance.one_of(&[-1.0, 1.0]), chance.between(-0.2, 0.2))
        } else {
            (chance.between(-tilt, tilt), chance.between(-tilt, tilt))
        };
        let depth = w * 1.4;
        let turned = |[x, y, z]: [f32; 3]| {
            let (sin, cos) = roll.sin_cos();
            let [x, y] = [x * cos - y * sin, x * sin + y * cos];
            let (sin, cos) = yaw.sin_cos();
            let [x, z] = [x * cos - z * sin, x * sin + z * cos];
            let (sin, cos) = pitch.sin_cos();
            [x, y * cos - z * sin, y * sin + z * cos]
        };
        Self {
            centre: [x - w / 2.0, y - h / 2.0, depth],
            across: turned([1.0, 0.0, 0.0]),
            down: turned([0.0, 1.0, 0.0]),
            scale,
            depth,
            middle: (w / 2.0, h / 2.0),
        }
    }

    /// Returns the place on the card at a pixel, in millimetres from the card's middle.
    pub(crate) fn on_card(&self, x: f32, y: f32) -> (f32, f32) {
        let ray = [x - self.middle.0, y - self.middle.1, self.depth];
        let dot = |a: [f32; 3], b: [f32; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let [a, b] = [self.across, self.down];
        let normal =
            [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        let far = dot(self.centre, normal) / dot(ray, normal);
        let point = [0, 1, 2].map(|i| far * ray[i] - self.centre[i]);
        (dot(point, a) / self.scale, dot(point, b) / self.scale)
    }

    /// Returns the card's width in the frame, in pixels.
    pub(crate) fn width(&self) -> f32 {
        CARD.0 * self.scale
    }
}

impl Frame {
    /// Draws the card over the scene, with several points per pixel, mixed as by a lens.
    pub(crate) fn hold(&mut self, print: &Print, pose: &Pose) {
        let points: &[f32] =
            if pose.scale < 4.0 { &[0.125, 0.375, 0.625, 0.875] } else { &[0.25, 0.75] };
        for row in 0..self.height {
            for column in 0..self.width {
                let (u, v) = pose.on_card(column as f32 + 0.5, row as f32 + 0.5);
                if u.abs() > CARD.0 * 0.52 || v.abs() > CARD.1 * 0.52 {
                    continue;
                }
                let pixel = &mut self.pixels[row * self.width + column];
                let mut sum = [0.0; 3];
                for down in points {
                    for across in points {
                        let (u, v) = pose.on_card(column as f32 + across, row as f32 + down);
                        let colour =
                            print.colour_at(u + CARD.0 / 2.0, v + CARD.1 / 2.0).unwrap_or(*pixel);
                        sum.iter_mut().zip(colour).for_each(|(sum, part)| *sum += part);
                    }
                }
                *pixel = sum.map(|part| part / (points.len() * points.len()) as f32);
            }
        }
    }
}
