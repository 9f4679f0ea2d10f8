//! A small drawing surface: soft-edged shapes on floating-point pixels, and a pseudo-random generator to vary them.

/// Red, green and blue, 0 to 255.
pub(super) type Colour = [f32; 3];

/// A pseudo-random generator that is deterministic by seed (`SplitMix64`, public domain).
#[derive(Debug, Clone, Copy)]
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Derives another sequence from this one and a purpose.
    pub(super) fn fork(self, purpose: u64) -> Self {
        let mut fork = Self(self.0 ^ purpose.wrapping_mul(0xd6e8_feb8_6659_fd93));
        Self(fork.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a whole number below `limit`.
    pub(super) fn below(mut self, limit: u64) -> u64 {
        self.next() % limit.max(1)
    }

    /// Returns a number from 0 to 1.
    pub(super) fn part(&mut self) -> f32 {
        f32::from(u16::try_from(self.next() >> 48).unwrap_or(0)) / 65535.0
    }

    /// Returns a number from `low` to `high`.
    pub(super) fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.part()
    }

    /// Returns true with this probability.
    pub(super) fn happens(&mut self, part: f32) -> bool {
        self.part() < part
    }

    /// Returns one of the choices.
    pub(super) fn one_of<T: Copy>(&mut self, choices: &[T], otherwise: T) -> T {
        let place = self.next() % u64::try_from(choices.len().max(1)).unwrap_or(1);
        choices.get(usize::try_from(place).unwrap_or(0)).copied().unwrap_or(otherwise)
    }

    /// Returns a small number, mostly near 0: three times (the heads of eight coins minus 4), plus -1 to 2.
    pub(super) fn bell(&mut self) -> i8 {
        let heads = i8::try_from((self.next() >> 56).count_ones()).unwrap_or(4);
        let fine = i8::try_from((self.next() >> 62) & 3).unwrap_or(0);
        (heads - 4) * 3 + fine - 1
    }
}

/// A drawing. Shapes use the units of the pen, which has an origin, a unit length and a rotation.
#[derive(Debug, Clone)]
pub(super) struct Canvas {
    pub(super) width: u16,
    pub(super) height: u16,
    pixels: Vec<Colour>,
    pen: Pen,
}

#[derive(Debug, Clone, Copy)]
struct Pen {
    x: f32,
    y: f32,
    unit: f32,
    sin: f32,
    cos: f32,
}

impl Canvas {
    pub(super) fn new(width: u16, height: u16) -> Self {
        let pixels = vec![[0.0; 3]; usize::from(width) * usize::from(height)];
        Self { width, height, pixels, pen: Pen { x: 0.0, y: 0.0, unit: 1.0, sin: 0.0, cos: 1.0 } }
    }

    /// Sets the pen: the origin in pixels, the pixels per unit, and the rotation in radians.
    pub(super) fn set_pen(&mut self, x: f32, y: f32, unit: f32, turned: f32) {
        self.pen = Pen { x, y, unit, sin: turned.sin(), cos: turned.cos() };
    }

    /// Paints every pixel; calls `colour` with x and y from 0 to 1.
    pub(super) fn cover(&mut self, colour: impl Fn(f32, f32) -> Colour) {
        let (width, height) = (f32::from(self.width), f32::from(self.height));
        for (row, y) in self.pixels.chunks_exact_mut(usize::from(self.width)).zip(0_u16..) {
            for (pixel, x) in row.iter_mut().zip(0_u16..) {
                *pixel = colour(f32::from(x) / width, f32::from(y) / height);
            }
        }
    }

    /// Paints a shape that lies within `half` of `centre` (pen units).
    ///
    /// `distance` is negative inside. The edge fades over `soft` units, at least one pixel.
    pub(super) fn paint(
        &mut self,
        (centre, half): ([f32; 2], [f32; 2]),
        (soft, strength): (f32, f32),
        distance: impl Fn(f32, f32) -> f32,
        colour: impl Fn(f32, f32) -> Colour,
    ) {
        let Pen { x: ox, y: oy, unit, sin, cos } = self.pen;
        let soft = soft.max(1.0 / unit);
        let cx = ox + (centre[0] * cos - centre[1] * sin) * unit;
        let cy = oy + (centre[0] * sin + centre[1] * cos) * unit;
        // The extent of the rotated box.
        let reach_x = (half[0] * cos.abs() + half[1] * sin.abs() + soft) * unit;
        let reach_y = (half[0] * sin.abs() + half[1] * cos.abs() + soft) * unit;
        let columns = (pixel(cx - reach_x), pixel(cx + reach_x + 1.0).min(self.width));
        let rows = (pixel(cy - reach_y), pixel(cy + reach_y + 1.0).min(self.height));
        for y in rows.0..rows.1 {
            let start = usize::from(y) * usize::from(self.width);
            let range = start + usize::from(columns.0)..start + usize::from(columns.1);
            let Some(row) = self.pixels.get_mut(range) else { continue };
            for (pixel, x) in row.iter_mut().zip(columns.0..) {
                let (dx, dy) = ((f32::from(x) - ox) / unit, (f32::from(y) - oy) / unit);
                let (u, v) = (dx * cos + dy * sin, dy * cos - dx * sin);
                let cover = (0.5 - distance(u, v) / soft).clamp(0.0, 1.0) * strength;
                if cover > 0.0 {
                    *pixel = mix(*pixel, colour(u, v), cover);
                }
            }
        }
    }

    /// Paints an ellipse of one colour.
    pub(super) fn ellipse(&mut self, centre: [f32; 2], half: [f32; 2], soft: f32, colour: Colour) {
        self.paint((centre, half), (soft, 1.0), ellipse(centre, half), |_, _| colour);
    }

    /// Paints a box of one colour with rounded corners.
    pub(super) fn block(&mut self, centre: [f32; 2], half: [f32; 2], round: f32, colour: Colour) {
        self.paint((centre, half), (0.0, 1.0), rounded(centre, half, round), |_, _| colour);
    }

    /// Returns the drawing as the sensor stores it in this camera position (EXIF orientation 1, 6 or 8).
    pub(super) fn as_stored(&self, orientation: u16) -> Self {
        let width = usize::from(self.width);
        let column = |x: usize| self.pixels.iter().skip(x).step_by(width).copied();
        let pixels: Vec<Colour> = match orientation {
            // A viewer rotates it to the right, so it is stored rotated to the left: its top row is the right column.
            6 => (0..width).rev().flat_map(column).collect(),
            8 => (0..width).flat_map(|x| column(x).collect::<Vec<_>>().into_iter().rev()).collect(),
            _ => return self.clone(),
        };
        Self { width: self.height, height: self.width, pixels, pen: self.pen }
    }

    /// Returns brightness and colours in 1/256 (JFIF's conversion), and the number of samples per row.
    pub(super) fn planes(&self) -> ([Vec<i32>; 3], usize) {
        let plane = |weights: [f32; 3], plus: f32| {
            let sum = |c: &Colour| c[0] * weights[0] + c[1] * weights[1] + c[2] * weights[2] + plus;
            self.pixels.iter().map(|colour| fixed(sum(colour))).collect()
        };
        let luma = plane([0.299, 0.587, 0.114], 0.0);
        let blue = plane([-0.1687, -0.3313, 0.5], 128.0);
        let red = plane([0.5, -0.4187, -0.0813], 128.0);
        ([luma, blue, red], usize::from(self.width))
    }

    /// Returns red, green and blue bytes of `width` × `height` pixels, sampled evenly from the drawing.
    pub(super) fn sampled(&self, width: u16, height: u16) -> Vec<u8> {
        let place =
            |at: u16, of: u16, side: u16| usize::from(at) * usize::from(side) / usize::from(of);
        let mut bytes = Vec::with_capacity(usize::from(width) * usize::from(height) * 3);
        for y in 0..height {
            let row = place(y, height, self.height) * usize::from(self.width);
            for x in 0..width {
                let pixel = self.pixels.get(row + place(x, width, self.width));
                bytes.extend(pixel.copied().unwrap_or_default().map(byte));
            }
        }
        bytes
    }
}

/// Returns the distance to an ellipse; accurate enough near its edge.
pub(super) fn ellipse(centre: [f32; 2], half: [f32; 2]) -> impl Fn(f32, f32) -> f32 {
    move |x, y| {
        let (u, v) = ((x - centre[0]) / half[0], (y - centre[1]) / half[1]);
        let gradient = (u / half[0]).hypot(v / half[1]).max(1e-6);
        let level = u.hypot(v);
        (level - 1.0) * level / gradient
    }
}

/// Returns the distance to a box with rounded corners.
pub(super) fn rounded(centre: [f32; 2], half: [f32; 2], round: f32) -> impl Fn(f32, f32) -> f32 {
    move |x, y| {
        let u = (x - centre[0]).abs() - half[0] + round;
        let v = (y - centre[1]).abs() - half[1] + round;
        u.max(0.0).hypot(v.max(0.0)) + u.max(v).min(0.0) - round
    }
}

/// Mixes one colour over another.
pub(super) fn mix(under: Colour, over: Colour, cover: f32) -> Colour {
    let part = |a: f32, b: f32| a + (b - a) * cover;
    [part(under[0], over[0]), part(under[1], over[1]), part(under[2], over[2])]
}

/// Makes a colour lighter (above 1) or darker (below 1).
pub(super) fn lit(colour: Colour, light: f32) -> Colour {
    colour.map(|part| (part * light).min(255.0))
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which clips a shape at the edges of the canvas"
)]
fn pixel(position: f32) -> u16 {
    position as u16
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, which is what a sensor does"
)]
fn byte(level: f32) -> u8 {
    level as u8
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "levels are below 256, in 1/256"
)]
fn fixed(level: f32) -> i32 {
    (level * 256.0) as i32
}
