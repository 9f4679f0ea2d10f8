//! Determines what the numbers of a PNG mean as colours: its tone curve and its primaries.
//!
//! The copies are JPEGs with sRGB's tone curve for every PNG, because eight bits of a linear curve are far too few in
//! the shadows. So a table converts the tone while the pixels are decoded. Primaries other than sRGB's become a
//! colour profile, which preserves colours outside sRGB.
//!
//! Precedence and limits are Chromium's (measured with version 156): cICP, iCCP, sRGB, gAMA with or without cHRM.
//! Sources: W3C PNG (third edition), 4.3 and 11.3.2; ITU-T H.273, tables 2 and 3.

use super::icc_curves::MatrixProfile;
use super::png::Png;
use super::profile;
use super::refusal::{PngKind, Refusal};

/// How to interpret the pixels of a PNG.
#[derive(Debug, Default)]
pub(super) struct Colours {
    /// Converts a stored number to sRGB's curve; `None` if no conversion is needed.
    pub(super) tone: Option<Tone>,
    /// The profile of the copies; `None` for sRGB.
    pub(super) profile: Option<Vec<u8>>,
    /// Whether this comes from the file's own profile, which the original then keeps.
    pub(super) is_own: bool,
}

impl Colours {
    /// Reads the colour chunks.
    ///
    /// # Errors
    ///
    /// For HDR, which an eight-bit JPEG cannot show.
    pub(super) fn of_png(png: &Png, bytes: &[u8]) -> Result<Self, Refusal> {
        let chunk = |name| png.colour_chunk(bytes, name);
        if let Some((curve, primaries)) = chunk(*b"cICP").map(named).transpose()?.flatten() {
            return Ok(Self::new(png, curve, primaries));
        }
        if let Some(own) = png.profile(bytes) {
            let Some(profile) = profile::fitting(&own, png.is_grey) else {
                return Ok(Self::default());
            };
            let linear = MatrixProfile::read(profile).filter(MatrixProfile::is_nearly_linear);
            if let Some(linear) = linear {
                return Ok(Self::of_linear(png, &linear));
            }
            return Ok(Self { tone: None, is_own: true, profile: Some(profile.to_vec()) });
        }
        if chunk(*b"sRGB").is_some() {
            return Ok(Self::default());
        }
        let Some(gamma) = chunk(*b"gAMA").and_then(numbers::<1>) else {
            // Primaries without a curve are not enough information.
            return Ok(Self::default());
        };
        let [gamma] = gamma.map(|gamma| gamma / 100_000.0);
        let primaries = match chunk(*b"cHRM") {
            None => None,
            Some(data) => {
                let places = numbers::<8>(data).map(|places| places.map(|place| place / 100_000.0));
                let read = places.map(Primaries).filter(|read| read.colorants().is_some());
                let Some(read) = read else { return Ok(Self::default()) };
                Some(read)
            }
        };
        // Such values come from programs that mean sRGB.
        let is_usual = primaries.is_none() && (gamma * 2.2 - 1.0).abs() < 0.05;
        if gamma == 0.0 || is_usual {
            return Ok(Self::default());
        }
        Ok(Self::new(png, Curve::Gamma(1.0 / gamma), primaries.unwrap_or(Primaries::SRGB)))
    }

    /// Keeps only the primaries of a nearly linear profile, as editors use internally.
    fn of_linear(png: &Png, own: &MatrixProfile) -> Self {
        let channels = if png.is_grey { 1..2 } else { 0..3 };
        let tables = channels.map(|channel| table(png, |stored| own.light(channel, stored)));
        let profile = (!png.is_grey).then(|| profile::with_srgb_curve(own.colorants));
        Self { tone: Some(Tone(tables.collect())), profile, is_own: true }
    }

    fn new(png: &Png, curve: Curve, primaries: Primaries) -> Self {
        let profile = if png.is_grey || primaries.are_srgb() {
            None
        } else {
            primaries.colorants().map(profile::with_srgb_curve)
        };
        let tone =
            (curve != Curve::Srgb).then(|| Tone(vec![table(png, |stored| curve.light(stored))]));
        Self { tone, profile, is_own: false }
    }
}

/// Parses a whole chunk as big-endian numbers.
fn numbers<const COUNT: usize>(data: &[u8]) -> Option<[f64; COUNT]> {
    let words: [[u8; 4]; COUNT] = data.as_chunks::<4>().0.try_into().ok()?;
    Some(words.map(|word| f64::from(u32::from_be_bytes(word))))
}

/// Returns curve and primaries by their code points; `None` for unsupported ones: then other chunks decide.
fn named(data: &[u8]) -> Result<Option<(Curve, Primaries)>, Refusal> {
    const FULL_RANGE_RGB: [u8; 2] = [0, 1];
    let &[primaries, curve, matrix, range] = data else { return Ok(None) };
    if [matrix, range] != FULL_RANGE_RGB {
        return Ok(None);
    }
    let curve = match curve {
        // Video curves are shown like video on a screen (ITU-R BT.1886).
        1 | 6 | 11 | 14 | 15 => Curve::Gamma(2.4),
        4 => Curve::Gamma(2.2),
        5 => Curve::Gamma(2.8),
        7 => Curve::Smpte240,
        8 => Curve::Gamma(1.0),
        13 => Curve::Srgb,
        16 | 18 => return Err(Refusal::UnsupportedPng(PngKind::HighDynamicRange)),
        17 => Curve::Smpte428,
        _ => return Ok(None),
    };
    Ok(Primaries::named(primaries).map(|primaries| (curve, primaries)))
}

/// A curve from a stored number between 0 and 1 to light between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Curve {
    Srgb,
    Gamma(f64),
    Smpte240,
    Smpte428,
}

impl Curve {
    fn light(self, stored: f64) -> f64 {
        match self {
            Self::Srgb if stored <= 0.04045 => stored / 12.92,
            Self::Srgb => ((stored + 0.055) / 1.055).powf(2.4),
            Self::Gamma(exponent) => stored.powf(exponent),
            Self::Smpte240 if stored < 0.0913 => stored / 4.0,
            Self::Smpte240 => ((stored + 0.1115) / 1.1115).powf(1.0 / 0.45),
            Self::Smpte428 => stored.powf(2.6) * 52.37 / 48.0,
        }
    }
}

/// Tables from stored numbers of 8 or 16 bits to sRGB's curve in 8 bits: one for all channels, or one per channel.
#[derive(Debug)]
pub(super) struct Tone(Vec<Vec<u8>>);

/// Computes the table of a curve.
fn table(png: &Png, light: impl Fn(f64) -> f64) -> Vec<u8> {
    let most = if png.has_sixteen_bits { u16::MAX } else { 255 };
    let shown = |stored: u16| {
        let light = light(f64::from(stored) / f64::from(most)).clamp(0.0, 1.0);
        let shown = if light <= 0.003_130_8 {
            light * 12.92
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        };
        u8::try_from(profile::rounded(shown * 255.0)).unwrap_or(u8::MAX)
    };
    (0..=most).map(shown).collect()
}

impl Tone {
    /// Returns the sRGB number for a stored number of a channel.
    pub(super) fn shown(&self, channel: usize, stored: u16) -> u8 {
        let table = self.0.get(channel).or(self.0.first());
        table.and_then(|table| table.get(usize::from(stored))).copied().unwrap_or(u8::MAX)
    }
}

/// Chromaticities: x and y of white, red, green and blue, in cHRM's order.
#[derive(Debug, Clone, Copy)]
struct Primaries([f64; 8]);

type Triple = [f64; 3];

impl Primaries {
    const SRGB: Self = Self([0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06]);

    fn named(code: u8) -> Option<Self> {
        const D65: [f64; 2] = [0.3127, 0.3290];
        const C: [f64; 2] = [0.310, 0.316];
        let ([wx, wy], [rx, ry, gx, gy, bx, by]) = match code {
            1 => return Some(Self::SRGB),
            4 => (C, [0.67, 0.33, 0.21, 0.71, 0.14, 0.08]),
            5 => (D65, [0.64, 0.33, 0.29, 0.60, 0.15, 0.06]),
            6 | 7 => (D65, [0.630, 0.340, 0.310, 0.595, 0.155, 0.070]),
            8 => (C, [0.681, 0.319, 0.243, 0.692, 0.145, 0.049]),
            9 => (D65, [0.708, 0.292, 0.170, 0.797, 0.131, 0.046]),
            10 => ([1.0 / 3.0, 1.0 / 3.0], [1.0, 0.0, 0.0, 1.0, 0.0, 0.0]),
            11 => ([0.314, 0.351], [0.680, 0.320, 0.265, 0.690, 0.150, 0.060]),
            12 => (D65, [0.680, 0.320, 0.265, 0.690, 0.150, 0.060]),
            22 => (D65, [0.630, 0.340, 0.295, 0.605, 0.155, 0.077]),
            _ => return None,
        };
        Some(Self([wx, wy, rx, ry, gx, gy, bx, by]))
    }

    fn are_srgb(self) -> bool {
        self.0.iter().zip(Self::SRGB.0).all(|(found, srgb)| (found - srgb).abs() < 0.0005)
    }

    /// Returns XYZ of red, green and blue, adapted to D50 as in profiles; `None` if the primaries are degenerate.
    fn colorants(self) -> Option<[Triple; 3]> {
        /// Bradford's cone responses. Source: ICC.1:2010, annex E.3.
        const CONES: [Triple; 3] =
            [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]];
        const D50: Triple = [0.9642, 1.0, 0.8249];
        let [wx, wy, rx, ry, gx, gy, bx, by] = self.0;
        let xyz = |x: f64, y: f64| [x, y, 1.0 - x - y];
        if wy <= 0.0 {
            return None;
        }
        let white = xyz(wx, wy).map(|part| part / wy);
        let directions = transposed([xyz(rx, ry), xyz(gx, gy), xyz(bx, by)]);
        let amounts = times(inverted(directions)?, white);
        let (from, to) = (times(CONES, white), times(CONES, D50));
        let back = inverted(CONES)?;
        let adapted = |direction: Triple, amount: f64| {
            let cones = times(CONES, direction.map(|part| part * amount));
            let [(l, from_l, to_l), (m, from_m, to_m), (s, from_s, to_s)] = zipped(cones, from, to);
            times(back, [l * to_l / from_l, m * to_m / from_m, s * to_s / from_s])
        };
        let [red, green, blue] = amounts;
        let colorants =
            [adapted(xyz(rx, ry), red), adapted(xyz(gx, gy), green), adapted(xyz(bx, by), blue)];
        let fits = |part: &f64| part.is_finite() && part.abs() < 4.0;
        colorants.iter().flatten().all(fits).then_some(colorants)
    }
}

#[expect(clippy::many_single_char_names, reason = "the letters of a matrix")]
fn zipped([a, b, c]: Triple, [d, e, f]: Triple, [g, h, i]: Triple) -> [(f64, f64, f64); 3] {
    [(a, d, g), (b, e, h), (c, f, i)]
}

#[expect(clippy::many_single_char_names, reason = "the letters of a matrix")]
fn dot([a, b, c]: Triple, [x, y, z]: Triple) -> f64 {
    a * x + b * y + c * z
}

fn times(rows: [Triple; 3], vector: Triple) -> Triple {
    rows.map(|row| dot(row, vector))
}

#[expect(clippy::many_single_char_names, reason = "the letters of a matrix")]
fn transposed([[a, b, c], [d, e, f], [g, h, i]]: [Triple; 3]) -> [Triple; 3] {
    [[a, d, g], [b, e, h], [c, f, i]]
}

fn inverted([a, b, c]: [Triple; 3]) -> Option<[Triple; 3]> {
    let cross =
        |[a, b, c]: Triple, [d, e, f]: Triple| [b * f - c * e, c * d - a * f, a * e - b * d];
    let determinant = dot(a, cross(b, c));
    if determinant.abs() < 1e-9 {
        return None;
    }
    let columns = [cross(b, c), cross(c, a), cross(a, b)];
    Some(transposed(columns.map(|column| column.map(|part| part / determinant))))
}
