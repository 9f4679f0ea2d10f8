//! Pictures for the tests, and functions to measure the results.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use picture::{Prepared, Refusal, check, prepare};
use zune_core::bytestream::ZCursor;
use zune_jpeg::JpegDecoder;

use crate::camera::{Camera, CameraFile, Subject};

/// Takes a camera's photo of a person.
pub(crate) fn portrait(camera: &Camera, seed: u64) -> CameraFile {
    shot(camera, Subject::Portrait { seed }, seed as u32)
}

/// Takes a camera's photo of any subject.
pub(crate) fn shot(camera: &Camera, subject: Subject<'_>, sequence: u32) -> CameraFile {
    let taken_at = jiff::civil::date(2026, 9, 14).at(9, 12, 33, 120_000_000);
    camera.shoot(subject, taken_at, sequence).unwrap()
}

/// Returns a camera that is fast enough for hundreds of photos.
pub(crate) fn small_camera() -> Camera {
    Camera::new(4711).with_sensor(640, 480)
}

/// Checks and prepares a JPEG.
pub(crate) fn intake(bytes: &[u8]) -> Result<Prepared, Refusal> {
    let header = check(bytes, "jpg")?;
    prepare(bytes.to_vec(), header)
}

/// Checks and prepares a PNG.
pub(crate) fn intake_png(bytes: &[u8]) -> Result<Prepared, Refusal> {
    let header = check(bytes, "png")?;
    prepare(bytes.to_vec(), header)
}

/// Draws soft colours with some texture: red grows to the right, green downwards.
pub(crate) fn scene(width: u16, height: u16) -> Vec<u8> {
    let mut noise = 1_u32;
    let mut pixels = Vec::new();
    for y in 0..height {
        for x in 0..width {
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = noise >> 29;
            let red = u32::from(x) * 200 / u32::from(width) + 20 + grain;
            let green = u32::from(y) * 200 / u32::from(height) + 20 + grain;
            pixels.extend([red as u8, green as u8, 110 + grain as u8]);
        }
    }
    pixels
}

/// The encoding options of a fixture.
#[derive(Clone, Copy)]
pub(crate) struct Style {
    pub(crate) sampling: SamplingFactor,
    pub(crate) is_progressive: bool,
    pub(crate) restarts: Option<u16>,
}

pub(crate) const PLAIN: Style =
    Style { sampling: SamplingFactor::R_4_2_0, is_progressive: false, restarts: None };

/// Encodes the scene as a JPEG.
pub(crate) fn jpeg(width: u16, height: u16, style: Style) -> Vec<u8> {
    encode(&scene(width, height), width, height, ColorType::Rgb, style, |_| ())
}

/// Encodes pixels as a JPEG; `more` may add segments.
pub(crate) fn encode(
    pixels: &[u8],
    width: u16,
    height: u16,
    colours: ColorType,
    style: Style,
    more: impl FnOnce(&mut Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 92);
    encoder.set_sampling_factor(style.sampling);
    encoder.set_progressive(style.is_progressive);
    if let Some(interval) = style.restarts {
        encoder.set_restart_interval(interval);
    }
    more(&mut encoder);
    encoder.encode(pixels, width, height, colours).unwrap();
    bytes
}

/// Inserts a segment directly after the start of a JPEG.
pub(crate) fn with_segment(jpeg: &[u8], marker: u8, body: &[u8]) -> Vec<u8> {
    let length = ((body.len() + 2) as u16).to_be_bytes();
    [&jpeg[..2], &[0xff, marker], &length, body, &jpeg[2..]].concat()
}

/// Encodes samples as a PNG.
pub(crate) fn png(
    samples: &[u8],
    (width, height): (u32, u32),
    colour: png::ColorType,
    depth: png::BitDepth,
    more: impl FnOnce(&mut png::Encoder<'_, &mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(colour);
    encoder.set_depth(depth);
    more(&mut encoder);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(samples).unwrap();
    writer.finish().unwrap();
    bytes
}

/// Inserts chunks directly after the header of a PNG.
pub(crate) fn with_chunks(png: &[u8], chunks: &[([u8; 4], &[u8])]) -> Vec<u8> {
    let (head, rest) = png.split_at(8 + 25);
    let more: Vec<u8> = chunks.iter().flat_map(|(name, data)| chunk(*name, data)).collect();
    [head, &more, rest].concat()
}

/// Builds one PNG chunk.
pub(crate) fn chunk(name: [u8; 4], data: &[u8]) -> Vec<u8> {
    let body = [&name[..], data].concat();
    let mut crc = u32::MAX;
    for byte in &body {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    [&(data.len() as u32).to_be_bytes()[..], &body, &(!crc).to_be_bytes()].concat()
}

/// Builds a PNG header chunk.
pub(crate) fn png_header(
    width: u32,
    height: u32,
    depth: u8,
    colour: u8,
    interlaced: bool,
) -> Vec<u8> {
    let mut data = [width.to_be_bytes(), height.to_be_bytes()].concat();
    data.extend([depth, colour, 0, 0, u8::from(interlaced)]);
    chunk(*b"IHDR", &data)
}

/// Wraps data in a zlib stream without compression.
pub(crate) fn stored(data: &[u8]) -> Vec<u8> {
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in data {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    let mut bytes = vec![0x78, 0x01];
    let blocks: Vec<&[u8]> = data.chunks(60_000).collect();
    for (place, block) in blocks.iter().enumerate() {
        bytes.push(u8::from(place + 1 == blocks.len()));
        bytes.extend((block.len() as u16).to_le_bytes());
        bytes.extend((!(block.len() as u16)).to_le_bytes());
        bytes.extend_from_slice(block);
    }
    bytes.extend((b << 16 | a).to_be_bytes());
    bytes
}

/// A decoded picture.
pub(crate) struct Pixels {
    pub(crate) width: usize,
    pub(crate) height: usize,
    pub(crate) rgb: Vec<u8>,
}

impl Pixels {
    pub(crate) fn of(jpeg: &[u8]) -> Self {
        let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
        let samples = decoder.decode().unwrap();
        let (width, height) = decoder.dimensions().unwrap();
        let rgb = if samples.len() == width * height {
            samples.iter().flat_map(|grey| [*grey; 3]).collect()
        } else {
            samples
        };
        Self { width, height, rgb }
    }

    /// Returns the mean colour around a place, both coordinates from 0 to 1.
    pub(crate) fn around(&self, x: f64, y: f64) -> [f64; 3] {
        let (cx, cy) = ((x * self.width as f64) as usize, (y * self.height as f64) as usize);
        let reach = (self.width.min(self.height) / 16).max(1);
        let mut sum = [0.0; 3];
        let mut count = 0.0;
        for row in cy.saturating_sub(reach)..(cy + reach).min(self.height) {
            for column in cx.saturating_sub(reach)..(cx + reach).min(self.width) {
                let at = (row * self.width + column) * 3;
                for (sum, value) in sum.iter_mut().zip(&self.rgb[at..at + 3]) {
                    *sum += f64::from(*value);
                }
                count += 1.0;
            }
        }
        sum.map(|sum| sum / count)
    }
}

/// Returns the peak signal-to-noise ratio of two pictures of one size, in decibels.
pub(crate) fn psnr(a: &[u8], b: &[u8]) -> f64 {
    assert_eq!(a.len(), b.len());
    let squares: f64 = a.iter().zip(b).map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum();
    10.0 * (255.0_f64.powi(2) * a.len() as f64 / squares.max(1e-9)).log10()
}

/// Does the data contain these bytes?
pub(crate) fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
