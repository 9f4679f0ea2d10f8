//! The two readers of QR codes: a quick one for every frame with corners, a thorough one where a card is.

use std::collections::BTreeSet;

use domain::camera_card::{CardCode, CardCodeError};
use rqrr::PreparedImage;
use rxing::common::HybridBinarizer;
use rxing::multi::MultipleBarcodeReader;
use rxing::qrcode::QRCodeReader;
use rxing::qrcode::cpp_port::QrReader;
use rxing::{BinaryBitmap, DecodeHintValue, DecodeHints, Luma8Source, Reader};

use super::super::decode::guarded;
use super::super::planes::Planes;
use super::super::refusal::Refusal;
use super::super::shrink::{Size, index, shrink};
use super::corners::{Corner, Ink};

/// The result of reading one frame.
#[derive(Debug, Default)]
pub(super) struct Reading {
    /// The card codes.
    pub(super) codes: BTreeSet<CardCode>,
    /// Whether a text claims to be a card but has no valid code, or a reader failed.
    pub(super) is_broken: bool,
    /// The areas of foreign codes, as parts of the picture's width and height: left, top, right, bottom.
    foreign: Vec<[f64; 4]>,
}

impl Reading {
    /// Adds a text that was read, and its area.
    fn add(&mut self, text: &str, around: [f64; 4]) {
        match CardCode::from_qr_text(text) {
            Ok(code) => {
                self.codes.insert(code);
            }
            // A foreign code: a poster, a ticket. But an area without any ink reads as an empty text.
            Err(CardCodeError::NotACard) if !text.is_empty() => self.foreign.push(around),
            Err(CardCodeError::NotACard) => {}
            Err(CardCodeError::WrongLength | CardCodeError::UnknownSymbol) => self.is_broken = true,
        }
    }

    /// Adds the results of another reader or another size.
    pub(super) fn join(&mut self, other: Self) {
        self.codes.extend(other.codes);
        self.is_broken |= other.is_broken;
        self.foreign.extend(other.foreign);
    }

    /// Does this corner belong to a foreign code?
    pub(super) fn is_foreign(&self, corner: &Corner, width: usize, height: usize) -> bool {
        let (x, y) = (part(corner.x, width), part(corner.y, height));
        self.foreign.iter().any(|[left, top, right, bottom]| {
            // Some readers report the middles of the corners as the code's area.
            let (across, down) = ((right - left) * 0.3, (bottom - top) * 0.3);
            (left - across..right + across).contains(&x) && (top - down..bottom + down).contains(&y)
        })
    }
}

fn part(pixels: usize, of: usize) -> f64 {
    let real = |count: usize| u32::try_from(count).map_or(f64::MAX, f64::from);
    real(pixels) / real(of).max(1.0)
}

/// Runs the quick reader. A panic in it does not refuse the photo, but a person must check it.
pub(super) fn quick(ink: &Ink) -> Reading {
    let read = || {
        let mut reading = Reading::default();
        let mut image =
            PreparedImage::prepare_from_bitmap(ink.width, ink.height, |x, y| ink.is_dark(x, y));
        for grid in image.detect_grids() {
            let Ok((_, text)) = grid.decode() else { continue };
            let points = grid.bounds.map(|point| (f64::from(point.x), f64::from(point.y)));
            reading.add(&text, frame(points.into_iter(), ink.width, ink.height));
        }
        Ok::<_, Refusal>(reading)
    };
    guarded(read).unwrap_or(Reading { is_broken: true, ..Reading::default() })
}

/// Returns the smallest rectangle around points, in parts of the picture.
fn frame(points: impl Iterator<Item = (f64, f64)>, width: usize, height: usize) -> [f64; 4] {
    let whole = [f64::MAX, f64::MAX, f64::MIN, f64::MIN];
    let [left, top, right, bottom] = points.fold(whole, |[left, top, right, bottom], (x, y)| {
        [left.min(x), top.min(y), right.max(x), bottom.max(y)]
    });
    let one = |side: usize| 1.0 / part(1, side).recip().max(1.0);
    [left * one(width), top * one(height), right * one(width), bottom * one(height)]
}

/// The long sides of the pictures for the thorough reader, in pixels.
///
/// Modules of a blurred or large code are read best at two to four pixels; those of a small card need the whole
/// picture.
const SIZES: [u32; 6] = [280, 400, 560, 800, 1200, 2048];

/// Runs the thorough reader: a pyramid of sizes, black on white and white on black, until a card is read.
pub(super) fn thorough(large: &Planes) -> Reading {
    let mut reading = Reading::default();
    let mut before = 0;
    for long in SIZES {
        let size = super::super::planes::fitted(large.size, long);
        if size.width == before {
            break;
        }
        before = size.width;
        let Ok(luma) = shrink(&large.luma, large.size, size) else { continue };
        let read = || {
            let mut at_this_size = pyramid_step(&luma, size);
            if at_this_size.codes.is_empty() {
                let inverted: Vec<u8> = luma.iter().map(|sample| 255 - sample).collect();
                at_this_size.join(pyramid_step(&inverted, size));
            }
            Ok::<_, Refusal>(at_this_size)
        };
        if let Ok(read) = guarded(read) {
            reading.join(read);
        }
        if !reading.codes.is_empty() {
            break;
        }
    }
    reading
}

fn pyramid_step(luma: &[u8], size: Size) -> Reading {
    let mut reading = Reading::default();
    let bitmap = || {
        let source = Luma8Source::new_with_slice(luma, size.width, size.height).ok()?;
        Some(BinaryBitmap::new(HybridBinarizer::new(source)))
    };
    let hints = DecodeHints::default().with(DecodeHintValue::TryHarder(true));
    let several =
        bitmap().and_then(|mut map| QrReader.decode_multiple_with_hints(&mut map, &hints).ok());
    let mut results = several.unwrap_or_default();
    if results.is_empty() {
        // The older corner finder reads codes that the newer one misses, and the reverse.
        let one =
            bitmap().and_then(|mut map| QRCodeReader.decode_with_hints(&mut map, &hints).ok());
        results.extend(one);
    }
    for result in results {
        let points =
            result.getPoints().iter().map(|point| (f64::from(point.x), f64::from(point.y)));
        reading.add(result.getText(), frame(points, index(size.width), index(size.height)));
    }
    reading
}
