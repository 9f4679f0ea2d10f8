//! A picture as planes: brightness in full size and, unless it is grey, two colours in half size.
//!
//! JPEG stores pictures in this form (4:2:0), so nothing between decoding and encoding is converted to RGB.

use jpeg_encoder::{Encoder, ImageBuffer, JpegColorType, SamplingFactor};

use super::refusal::Refusal;
use super::shrink::{Size, index, shrink};

/// The quality of all pictures for families, on the JPEG committee's scale; the reference measurements use it too.
const QUALITY: u8 = 85;

/// A picture in planes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planes {
    pub(super) size: Size,
    pub(super) luma: Vec<u8>,
    /// Blue and red differences; `None` in a grey picture.
    pub(super) colour: Option<[Vec<u8>; 2]>,
}

/// Returns the size of a colour plane: each sample covers two by two pixels.
pub(super) fn colour_size(size: Size) -> Size {
    Size { width: size.width.div_ceil(2), height: size.height.div_ceil(2) }
}

/// Returns the size that fits into a square of this side, never larger than the original.
///
/// A reduced size has even sides, so that its colour planes cover it exactly.
pub(super) fn fitted(size: Size, longest: u32) -> Size {
    let long = size.width.max(size.height);
    if long <= longest {
        return size;
    }
    let scaled = |side: u32| {
        let doubled = u64::from(long) * 2;
        let even = (u64::from(side) * u64::from(longest) + u64::from(long)) / doubled * 2;
        u32::try_from(even).unwrap_or(longest).clamp(1, longest)
    };
    Size { width: scaled(size.width), height: scaled(size.height) }
}

impl Planes {
    /// Converts planes of red, green and blue.
    pub(super) fn from_rgb(size: Size, planes: [Vec<u8>; 3]) -> Result<Self, Refusal> {
        let [mut red, mut green, mut blue] = planes;
        for ((r, g), b) in red.iter_mut().zip(&mut green).zip(&mut blue) {
            (*r, *g, *b) = jpeg_encoder::rgb_to_ycbcr(*r, *g, *b);
        }
        let half = colour_size(size);
        let colour = [shrink(&green, size, half)?, shrink(&blue, size, half)?];
        Ok(Self { size, luma: red, colour: Some(colour) })
    }

    /// Returns a copy that fits into a square of this side.
    pub(super) fn shrunk(&self, longest: u32) -> Result<Self, Refusal> {
        let size = fitted(self.size, longest);
        let halves = (colour_size(self.size), colour_size(size));
        let colour = match &self.colour {
            Some([blue, red]) => {
                Some([shrink(blue, halves.0, halves.1)?, shrink(red, halves.0, halves.1)?])
            }
            None => None,
        };
        Ok(Self { size, luma: shrink(&self.luma, self.size, size)?, colour })
    }

    /// Returns brightness at half the size (each sample is the mean of four), with width and height.
    pub(super) fn half_luma(&self) -> (Vec<u8>, usize, usize) {
        let width = index(self.size.width);
        let mut luma = Vec::with_capacity(self.luma.len() / 4);
        for rows in self.luma.chunks_exact((width * 2).max(1)) {
            let (upper, lower) = rows.split_at(width);
            for (a, b) in upper.chunks_exact(2).zip(lower.chunks_exact(2)) {
                let sum: u16 = a.iter().chain(b).map(|sample| u16::from(*sample)).sum();
                luma.push(u8::try_from(sum / 4).unwrap_or(u8::MAX));
            }
        }
        (luma, width / 2, index(self.size.height) / 2)
    }

    /// Rotates and mirrors the picture as the EXIF orientation (1 to 8) requires.
    pub(super) fn upright(self, orientation: u8) -> Self {
        if !(2..=8).contains(&orientation) {
            return self;
        }
        let half = colour_size(self.size);
        let turned = |samples: Vec<u8>, size: Size| turn(samples, size, orientation);
        let size = if swaps_sides(orientation) {
            Size { width: self.size.height, height: self.size.width }
        } else {
            self.size
        };
        Self {
            size,
            luma: turned(self.luma, self.size),
            colour: self.colour.map(|[blue, red]| [turned(blue, half), turned(red, half)]),
        }
    }

    /// Encodes a JPEG that contains only the picture and its colour profile.
    pub(super) fn encode(&self, profile: Option<&[u8]>) -> Result<Vec<u8>, Refusal> {
        // A camera's photo takes about a sixth of a byte per pixel at this quality.
        let mut bytes = Vec::with_capacity(self.size.samples() / 4 + 1024);
        let mut encoder = Encoder::new(&mut bytes, QUALITY);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        if let Some(profile) = profile {
            encoder.add_icc_profile(profile).map_err(|_| Refusal::Damaged)?;
        }
        encoder.encode_image(self).map_err(|_| Refusal::Damaged)?;
        Ok(bytes)
    }
}

/// Does this orientation swap width and height?
pub(super) const fn swaps_sides(orientation: u8) -> bool {
    matches!(orientation, 5..=8)
}

/// Rotates one plane. Source: EXIF 2.32, tag 0x0112: the position of the stored row 0 and column 0.
fn turn(mut samples: Vec<u8>, size: Size, orientation: u8) -> Vec<u8> {
    let width = index(size.width);
    match orientation {
        2 => samples.chunks_exact_mut(width).for_each(<[u8]>::reverse),
        3 => samples.reverse(),
        4 => {
            samples.reverse();
            samples.chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        5 => samples = transposed(&samples, size),
        6 => {
            samples = transposed(&samples, size);
            samples.chunks_exact_mut(index(size.height)).for_each(<[u8]>::reverse);
        }
        7 => {
            samples = transposed(&samples, size);
            samples.reverse();
        }
        8 => {
            samples = transposed(&samples, size);
            samples.reverse();
            samples.chunks_exact_mut(index(size.height)).for_each(<[u8]>::reverse);
        }
        _ => {}
    }
    samples
}

/// Turns rows into columns, in strips of 32 rows, so that the written columns stay in the processor's cache.
fn transposed(samples: &[u8], size: Size) -> Vec<u8> {
    const STRIP: usize = 32;
    let (width, height) = (index(size.width), index(size.height));
    let mut turned = vec![0; samples.len()];
    for (strip, rows) in samples.chunks(width * STRIP).enumerate() {
        for (x, column) in turned.chunks_exact_mut(height).enumerate() {
            let place = column.iter_mut().skip(strip * STRIP);
            for (to, from) in place.zip(rows.iter().skip(x).step_by(width)) {
                *to = *from;
            }
        }
    }
    turned
}

impl ImageBuffer for &Planes {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        if self.colour.is_some() { JpegColorType::Ycbcr } else { JpegColorType::Luma }
    }

    fn width(&self) -> u16 {
        u16::try_from(self.size.width).unwrap_or(0)
    }

    fn height(&self) -> u16 {
        u16::try_from(self.size.height).unwrap_or(0)
    }

    /// Fills the encoder's buffers with doubled colour samples.
    ///
    /// The encoder requests colours in full size and, with its method `Nearest`, takes every second sample of every
    /// second row. So doubling is exact, and the rows between are never read. (The last row is: the encoder repeats
    /// it to fill its blocks.)
    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let width = index(self.size.width);
        let row = |plane: &[u8], width: usize, y: usize| -> Vec<u8> {
            plane.get(y * width..(y + 1) * width).map(<[u8]>::to_vec).unwrap_or_default()
        };
        let [luma, blue, red, _] = buffers;
        luma.extend_from_slice(&row(&self.luma, width, usize::from(y)));
        let Some(colours) = &self.colour else { return };
        for (buffer, plane) in [blue, red].into_iter().zip(colours) {
            let start = buffer.len();
            buffer.resize(start + width, 0);
            if y.is_multiple_of(2) || u32::from(y) + 1 == self.size.height {
                let half = row(plane, width.div_ceil(2), usize::from(y / 2));
                let doubled = buffer.get_mut(start..).unwrap_or_default();
                for (pair, sample) in doubled.chunks_mut(2).zip(half) {
                    pair.fill(sample);
                }
            }
        }
    }
}
