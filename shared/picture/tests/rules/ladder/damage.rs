//! The damages of a card before a camera, step by step.

use super::print::{CARD, Print};
use super::scene::{Chance, Frame, Pose, SKIN};

/// One kind of damage with its level. Lengths are parts of the card's width.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Damage {
    Clean,
    /// Out of focus, with this standard deviation.
    Blur(f32),
    /// Moved in a straight line by this length.
    Motion(f32),
    /// A thumb over the lower edge, this wide.
    Thumb(f32),
    /// Fingers over this many corners of the code.
    Fingers(usize),
    /// A hand or another object over one half.
    HalfCovered,
    /// One half covered, and out of focus.
    HalfBlur(f32),
    /// This part of the card is outside the frame.
    Outside(f32),
    /// Reduced to this part of the light.
    Dark(f32),
    /// Coloured light: a channel loses up to this part.
    Cast(f32),
    /// A shadow with a hard edge, reduced to this part of the light.
    Shadow(f32),
    /// A lamp reflected on the card, this large.
    Glare(f32),
    /// Tilted away by this angle.
    Tilt(f32),
}

/// The steps of the ladder that must be found.
pub(crate) const RUNGS: [Damage; 21] = [
    Damage::Clean,
    Damage::Blur(0.01),
    Damage::Blur(0.02),
    Damage::Blur(0.04),
    Damage::Motion(0.08),
    Damage::Motion(0.15),
    Damage::Thumb(0.3),
    Damage::Thumb(0.6),
    Damage::Fingers(1),
    Damage::Fingers(2),
    Damage::HalfCovered,
    Damage::HalfBlur(0.02),
    Damage::Outside(0.1),
    Damage::Outside(0.3),
    Damage::Outside(0.5),
    Damage::Dark(0.25),
    Damage::Cast(0.4),
    Damage::Shadow(0.3),
    Damage::Glare(0.1),
    Damage::Glare(0.25),
    Damage::Tilt(0.8),
];

impl Damage {
    pub(crate) fn apply(self, frame: &mut Frame, print: &Print, pose: &Pose, chance: &mut Chance) {
        let width = pose.width();
        match self {
            Self::Clean | Self::Outside(_) | Self::Tilt(_) => {}
            Self::Blur(part) => frame.blur(width * part),
            Self::Motion(part) => frame.smear(width * part, chance.between(0.0, 3.1)),
            Self::Thumb(part) => {
                let at = chance.between(-0.4, 0.4) * CARD.0;
                let skin = chance.one_of(&SKIN);
                let wide = part * CARD.0 / 2.0;
                let edge = CARD.1 / 2.0;
                frame.cover(pose, skin, |u, v| {
                    ((u - at) / wide).powi(2) + ((v - edge) / (wide * 1.5)).powi(2) < 1.0
                });
            }
            Self::Fingers(count) => {
                let (centre, side) = print.code_on_card();
                let skin = chance.one_of(&SKIN);
                // The middles of the three corners are 7.5 of the code's 29 modules from its edges, including the
                // quiet zone.
                let away = side * 7.0 / 29.0;
                let corners = [(-away, -away), (away, -away), (-away, away)];
                let first = chance.below(3);
                for at in (first..first + count).map(|at| corners[at % 3]) {
                    frame.cover(pose, skin, |u, v| {
                        (u - at.0).hypot(v - centre - at.1) < side * 6.0 / 29.0
                    });
                }
            }
            Self::HalfCovered => cover_half(frame, pose, chance),
            Self::HalfBlur(part) => {
                cover_half(frame, pose, chance);
                frame.blur(width * part);
            }
            Self::Dark(part) => {
                let mut noise = Chance::new(9);
                frame.each(|_, _, pixel| pixel.map(|own| own * part + noise.between(-6.0, 6.0)));
            }
            Self::Cast(part) => {
                let gains = [0; 3].map(|_| chance.between(1.0 - part, 1.0));
                frame.each(|_, _, pixel| [0, 1, 2].map(|i| pixel[i] * gains[i]));
            }
            Self::Shadow(part) => {
                let (sin, cos) = chance.between(0.0, 6.2).sin_cos();
                frame.each(|x, y, pixel| {
                    let (u, v) = pose.on_card(x, y);
                    if u * cos + v * sin > 0.0 { pixel.map(|own| own * part) } else { pixel }
                });
            }
            Self::Glare(part) => {
                let at = (chance.between(-0.3, 0.3) * CARD.0, chance.between(-0.3, 0.3) * CARD.1);
                let reach = 2.0 * (part * CARD.0).powi(2);
                frame.each(|x, y, pixel| {
                    let (u, v) = pose.on_card(x, y);
                    let light = 260.0 * (-((u - at.0).powi(2) + (v - at.1).powi(2)) / reach).exp();
                    pixel.map(|own| own + light)
                });
            }
        }
    }
}

fn cover_half(frame: &mut Frame, pose: &Pose, chance: &mut Chance) {
    let colour =
        chance.one_of(&[SKIN[0], SKIN[1], SKIN[2], [30.0; 3], [200.0, 30.0, 40.0], [240.0; 3]]);
    let side = chance.below(4);
    let (half_width, half_height) = (CARD.0 * 0.55, CARD.1 * 0.55);
    frame.cover(pose, colour, |u, v| {
        u.abs() < half_width
            && v.abs() < half_height
            && match side {
                0 => u < 0.0,
                1 => u > 0.0,
                2 => v < 0.0,
                _ => v > 0.0,
            }
    });
}

impl Frame {
    fn each(&mut self, mut change: impl FnMut(f32, f32, [f32; 3]) -> [f32; 3]) {
        let width = self.width;
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            // A pixel that is too bright for a sensor stays white behind a filter, too.
            *pixel = change((at % width) as f32, (at / width) as f32, *pixel)
                .map(|part| part.clamp(0.0, 255.0));
        }
    }

    fn cover(&mut self, pose: &Pose, colour: [f32; 3], is_covered: impl Fn(f32, f32) -> bool) {
        self.each(|x, y, pixel| {
            let (u, v) = pose.on_card(x, y);
            if is_covered(u, v) { colour } else { pixel }
        });
    }

    /// Blurs: three means in both directions are nearly a Gaussian of this deviation.
    pub(crate) fn blur(&mut self, deviation: f32) {
        let exact = ((4.0 * deviation * deviation + 1.0).sqrt() - 1.0) / 2.0;
        let low = exact.floor() as usize;
        // Some of the three reach one pixel further, so that small deviations are exact, too.
        let more = ((exact - exact.floor()) * 3.0).round() as usize;
        for pass in 0..3 {
            let reach = low + usize::from(pass < more);
            let (width, height) = (self.width, self.height);
            self.mean(reach, width, height, 1, width);
            self.mean(reach, height, width, width, 1);
        }
    }

    /// Replaces lines by the mean of `2 × reach + 1` pixels; edges repeat.
    fn mean(&mut self, reach: usize, length: usize, lines: usize, step: usize, next: usize) {
        if reach == 0 {
            return;
        }
        let mut line = vec![[0.0_f32; 3]; length];
        for start in (0..lines).map(|line| line * next) {
            for (at, own) in line.iter_mut().enumerate() {
                *own = self.pixels[start + at * step];
            }
            let at = |at: isize| line[at.clamp(0, length as isize - 1) as usize];
            let reach = reach as isize;
            let mut sum = [0.0_f64; 3];
            let add = |sum: &mut [f64; 3], pixel: [f32; 3], sign: f64| {
                sum.iter_mut().zip(pixel).for_each(|(sum, part)| *sum += sign * f64::from(part));
            };
            (-reach..=reach).for_each(|place| add(&mut sum, at(place), 1.0));
            for place in 0..length {
                self.pixels[start + place * step] =
                    sum.map(|part| (part / (2 * reach + 1) as f64) as f32);
                add(&mut sum, at(place as isize + reach + 1), 1.0);
                add(&mut sum, at(place as isize - reach), -1.0);
            }
        }
    }

    /// Smears by the mean over a line of this length and direction.
    fn smear(&mut self, length: f32, angle: f32) {
        let steps = (length.ceil() as usize).clamp(2, 60);
        let (sin, cos) = angle.sin_cos();
        let from = self.pixels.clone();
        let (width, height) = (self.width, self.height);
        let shifts: Vec<(isize, isize)> = (0..steps)
            .map(|step| {
                let way = (step as f32 / (steps - 1) as f32 - 0.5) * length;
                ((way * cos).round() as isize, (way * sin).round() as isize)
            })
            .collect();
        for (at, pixel) in self.pixels.iter_mut().enumerate() {
            let (x, y) = ((at % width) as isize, (at / width) as isize);
            let mut sum = [0.0; 3];
            for (dx, dy) in &shifts {
                let x = (x + dx).clamp(0, width as isize - 1) as usize;
                let y = (y + dy).clamp(0, height as isize - 1) as usize;
                sum.iter_mut().zip(from[y * width + x]).for_each(|(sum, part)| *sum += part);
            }
            *pixel = sum.map(|part| part / steps as f32);
        }
    }
}
