//! A simulated camera: it draws the photos of the demonstration and of the tests. No real person is in them.
//!
//! The files are like those of a school photographer's camera: six megapixels of gradients, texture and noise, 4:2:2,
//! quality 92, usually rotated. Their EXIF block contains private data (position, serial number, maker note,
//! thumbnail). The people are drawn shapes.

mod canvas;
mod classroom;
mod exif;
mod person;
mod portrait;

use canvas::{Canvas, Chance};
use jiff::civil::DateTime;
use jpeg_encoder::{ColorType, Encoder, EncodingError, ImageBuffer, JpegColorType, SamplingFactor};

/// One camera; its serial number and its file-naming style are in all its files.
#[derive(Debug, Clone)]
pub struct Camera {
    serial: u32,
    width: u16,
    height: u16,
}

/// The subject of a photo.
#[derive(Debug, Clone, Copy)]
pub enum Subject<'a> {
    /// A student; the same seed is the same person, in another moment.
    Portrait {
        /// Determines face, hair and clothes.
        seed: u64,
    },
    /// A hand that holds a camera card in a classroom.
    Card {
        /// The text of its QR code.
        qr_text: &'a str,
        /// False if the print is smeared: its corners can be found, its text cannot be read.
        readable: bool,
    },
}

/// A file of a memory card.
#[derive(Debug, Clone)]
pub struct CameraFile {
    /// Its name, `IMG_0042.JPG`.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Camera {
    /// Creates a camera with a sensor of 3000 × 2000 pixels.
    pub fn new(serial: u32) -> Self {
        Self { serial, width: 3000, height: 2000 }
    }

    /// Returns the same camera with another sensor size, for tests that need many photos.
    #[must_use]
    pub fn with_sensor(self, width: u16, height: u16) -> Self {
        Self { width, height, ..self }
    }

    /// Returns the file name for this sequence number.
    pub fn file_name(&self, sequence: u32) -> String {
        match self.serial % 3 {
            0 => format!("IMG_{sequence:04}.JPG"),
            1 => format!("DSC_{sequence:04}.JPG"),
            _ => format!("DSC{sequence:05}.JPG"),
        }
    }

    /// Takes a photo.
    ///
    /// # Errors
    ///
    /// When the picture cannot be encoded (a sensor without pixels) or the text does not fit a QR code.
    pub fn shoot(
        &self,
        subject: Subject<'_>,
        taken_at: DateTime,
        sequence: u32,
    ) -> Result<CameraFile, EncodingError> {
        let moment = Chance::new(u64::from(self.serial) << 32 | u64::from(sequence));
        let orientation = held(subject, moment);
        let (width, height) = match orientation {
            6 | 8 => (self.height, self.width),
            _ => (self.width, self.height),
        };
        // Drawn small, then enlarged while noise and weave are added in full size.
        //
        // Lenses are soft, sensors are not; drawing six megapixels of shapes would take a second.
        let enlarged = (self.width / 750).max(2);
        let mut canvas = Canvas::new(width.div_ceil(enlarged) + 1, height.div_ceil(enlarged) + 1);
        match subject {
            Subject::Portrait { seed } => portrait::draw(&mut canvas, seed, moment),
            Subject::Card { qr_text, readable } => {
                classroom::draw(&mut canvas, qr_text, readable, moment);
            }
        }
        let stored = canvas.as_stored(orientation);
        let block = exif::Block {
            serial: self.serial,
            taken_at,
            orientation,
            size: (self.width, self.height),
            thumbnail: &thumbnail(&stored)?,
        };
        let mut bytes = Vec::with_capacity(usize::from(self.width) * usize::from(self.height) / 2);
        let mut encoder = Encoder::new(&mut bytes, 92);
        encoder.set_sampling_factor(SamplingFactor::F_2_1);
        encoder.add_exif_metadata(&block.write())?;
        encoder.encode_image(Exposure::new(self, &stored, enlarged, moment))?;
        Ok(CameraFile { name: self.file_name(sequence), bytes })
    }
}

/// Returns the EXIF orientation of the camera: mostly portrait for pictures of people.
fn held(subject: Subject<'_>, moment: Chance) -> u16 {
    match (subject, moment.fork(1).below(8)) {
        (Subject::Portrait { .. }, 0..=4) | (Subject::Card { .. }, 0..=1) => 6,
        (Subject::Portrait { .. }, 5) | (Subject::Card { .. }, 2) => 8,
        _ => 1,
    }
}

/// Encodes the thumbnail of the EXIF block: 160 × 120 pixels.
fn thumbnail(stored: &Canvas) -> Result<Vec<u8>, EncodingError> {
    let (width, height) = (160, 120);
    let mut bytes = Vec::new();
    let pixels = stored.sampled(width, height);
    Encoder::new(&mut bytes, 70).encode(&pixels, width, height, ColorType::Rgb)?;
    Ok(bytes)
}

/// The exposed sensor: the drawing in full size, with sensor noise added.
struct Exposure {
    width: u16,
    height: u16,
    enlarged: u16,
    /// Brightness and the two colours of the drawing, in 1/256.
    planes: [Vec<i32>; 3],
    plane_width: usize,
    noise: Vec<i8>,
    /// A row of zeros to copy: filling sample by sample is slow in an unoptimised build.
    blank: Vec<u8>,
    moment: Chance,
}

/// The number of noise positions where a row can start.
const NOISE_STARTS: u64 = 8192;

impl Exposure {
    fn new(camera: &Camera, stored: &Canvas, enlarged: u16, moment: Chance) -> Self {
        let length = usize::from(camera.width) + usize::try_from(NOISE_STARTS).unwrap_or(0);
        let mut grain = moment.fork(2);
        let noise = (0..length).map(|_| grain.bell()).collect();
        let (width, height) = (camera.width, camera.height);
        let (planes, plane_width) = stored.planes();
        let blank = vec![0; usize::from(width)];
        Self { width, height, enlarged, planes, plane_width, noise, blank, moment }
    }

    /// Returns one row of a plane, enlarged vertically: a mix of the two nearest drawn rows.
    fn row(&self, plane: &[i32], y: u16) -> Vec<i32> {
        let (above, part) = (usize::from(y / self.enlarged), i32::from(y % self.enlarged));
        let row = |y: usize| plane.iter().skip(y * self.plane_width).take(self.plane_width);
        let whole = i32::from(self.enlarged);
        row(above).zip(row(above + 1)).map(|(a, b)| a + (b - a) * part / whole).collect()
    }
}

impl ImageBuffer for Exposure {
    fn get_jpeg_color_type(&self) -> JpegColorType {
        JpegColorType::Ycbcr
    }

    fn width(&self) -> u16 {
        self.width
    }

    fn height(&self) -> u16 {
        self.height
    }

    fn fill_buffers(&self, y: u16, buffers: &mut [Vec<u8>; 4]) {
        let whole = i32::from(self.enlarged);
        let start = self.moment.fork(u64::from(y) + 3).below(NOISE_STARTS);
        let noise = self.noise.get(usize::try_from(start).unwrap_or(0)..).unwrap_or_default();
        // A faint weave, like a cloth backdrop: real detail, so that decoding takes realistic time.
        let weave = if y % 6 < 3 { 160 } else { -160 };
        let [luma, blue, red, _] = buffers;
        let [luma_plane, blue_plane, red_plane] = &self.planes;

        let row = self.row(luma_plane, y);
        let filled = luma.len();
        luma.extend_from_slice(&self.blank);
        let place = luma.get_mut(filled..).unwrap_or_default();
        let steps = place
            .chunks_mut(usize::from(self.enlarged))
            .zip(noise.chunks(usize::from(self.enlarged)))
            .zip(row.iter().zip(row.iter().skip(1)));
        for ((pixels, grains), (a, b)) in steps {
            let step = (b - a) / whole;
            let (mut value, mut thread) = (*a + weave, -weave);
            for (pixel, grain) in pixels.iter_mut().zip(grains) {
                *pixel = level(value + thread + i32::from(*grain) * 224);
                value += step;
                thread += weave / 2;
            }
        }
        // The encoder halves the colour resolution anyway, so one value for each drawn pixel is enough.
        for (plane, buffer) in [(blue_plane, blue), (red_plane, red)] {
            let filled = buffer.len();
            buffer.extend_from_slice(&self.blank);
            let place = buffer.get_mut(filled..).unwrap_or_default();
            for (pixels, value) in
                place.chunks_mut(usize::from(self.enlarged)).zip(self.row(plane, y))
            {
                pixels.fill(level(value));
            }
        }
    }
}

/// Converts a level in 1/256 to a byte.
#[expect(
    clippy::as_conversions,
    clippy::cast_sign_loss,
    reason = "clamped to a byte; checked conversion took an eighth of the time of a photo"
)]
fn level(value: i32) -> u8 {
    (value >> 8).clamp(0, 255) as u8
}
