//! Shrinks one plane of samples while its rows still arrive from the decoder.
//!
//! It holds only the rows that the filter still needs: a few megabytes instead of the whole picture.
//! `fast_image_resize`'s Lanczos3 processes one band of finished rows at a time, with the matching fractional window.
//! So the result equals that of one call on the whole plane.

use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use super::lanczos;
use super::refusal::Refusal;

/// The number of samples before a band is resized: 512 rows of 6,000.
///
/// Each call computes the weights of its columns again, so a band must be tall enough to make that negligible.
const BAND_SAMPLES: usize = 3 << 20;

/// The reach of Lanczos3 in samples of the smaller picture.
const REACH: f64 = lanczos::REACH;

/// Width and height of a plane, in samples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size {
    pub(super) width: u32,
    pub(super) height: u32,
}

impl Size {
    /// Returns the number of samples in a plane of this size.
    pub(super) fn samples(self) -> usize {
        index(self.width) * index(self.height)
    }
}

/// A plane that is being reduced from the source's size to the target's.
pub(super) struct Shrinking {
    source: Size,
    target: Size,
    /// The part of the source that the target shows, in source samples.
    ///
    /// A colour plane of an odd-sized picture reaches half a sample beyond the picture's edge.
    shown: (f64, f64),
    /// The rows that have arrived and are still needed.
    rows: Vec<u8>,
    /// The source row number of the first of them.
    first_row: u32,
    /// The number of rows that contain samples already.
    filled_rows: u32,
    /// The number of rows in a band.
    band_rows: u32,
    finished: Vec<u8>,
    finished_rows: u32,
    resizer: Resizer,
}

impl Shrinking {
    pub(super) fn new(source: Size, target: Size, shown: (f64, f64)) -> Self {
        let at_least = 32 + 2 * nearest((REACH * shown.1 / f64::from(target.height)).ceil());
        let band_rows =
            u32::try_from(BAND_SAMPLES / index(source.width).max(1)).unwrap_or(u32::MAX);
        Self {
            source,
            target,
            shown: (shown.0.min(source.width.into()), shown.1.min(source.height.into())),
            rows: Vec::new(),
            first_row: 0,
            filled_rows: 0,
            band_rows: band_rows.max(at_least).min(source.height),
            finished: vec![0; target.samples()],
            finished_rows: 0,
            resizer: Resizer::new(),
        }
    }

    /// Returns the number of samples in one source row.
    pub(super) fn row_samples(&self) -> usize {
        index(self.source.width)
    }

    /// Returns space for the next rows: at most `count`, fewer at the picture's end.
    pub(super) fn room(&mut self, count: u32) -> &mut [u8] {
        let left = self.source.height - self.first_row - self.filled_rows;
        let start = self.row_samples() * index(self.filled_rows);
        let end = start + self.row_samples() * index(count.min(left));
        if self.rows.len() < end {
            // Resized to the final size at once: growing step by step would copy data and need twice the memory.
            let band = self.row_samples() * index(self.band_rows + count);
            self.rows.resize(end.max(band), 0);
        }
        self.rows.get_mut(start..end).unwrap_or_default()
    }

    /// Reports how many rows of the space now contain samples.
    pub(super) fn filled(&mut self, count: u32) -> Result<(), Refusal> {
        let left = self.source.height - self.first_row - self.filled_rows;
        self.filled_rows += count.min(left);
        let is_last = self.first_row + self.filled_rows == self.source.height;
        if is_last || self.filled_rows >= self.band_rows {
            self.finish_band(is_last)?;
        }
        Ok(())
    }

    /// Returns the smaller plane, once every row has arrived.
    pub(super) fn finish(self) -> Result<Vec<u8>, Refusal> {
        if self.finished_rows == self.target.height {
            Ok(self.finished)
        } else {
            Err(Refusal::Truncated)
        }
    }

    fn finish_band(&mut self, is_last: bool) -> Result<(), Refusal> {
        let scale = self.shown.1 / f64::from(self.target.height);
        let reach = REACH * scale.max(1.0);
        let arrived = f64::from(self.first_row + self.filled_rows);
        // Target row r depends on source rows up to (r + ½) × scale + reach.
        let until = if is_last {
            self.target.height
        } else {
            nearest(((arrived - reach) / scale - 0.5).floor().max(0.0)).min(self.target.height)
        };
        if until <= self.finished_rows {
            return Ok(());
        }
        let source = ImageRef::new(
            self.source.width,
            self.filled_rows,
            self.rows.get(..self.row_samples() * index(self.filled_rows)).unwrap_or_default(),
            PixelType::U8,
        )
        .map_err(|_| Refusal::Damaged)?;
        let band = index(self.target.width) * index(self.finished_rows)
            ..index(self.target.width) * index(until);
        let mut target = Image::from_slice_u8(
            self.target.width,
            until - self.finished_rows,
            self.finished.get_mut(band).unwrap_or_default(),
            PixelType::U8,
        )
        .map_err(|_| Refusal::Damaged)?;
        let top = (f64::from(self.finished_rows) * scale - f64::from(self.first_row)).max(0.0);
        let height = f64::from(until - self.finished_rows) * scale;
        let options =
            options()?.crop(0.0, top, self.shown.0, height.min(f64::from(self.filled_rows) - top));
        self.resizer.resize(&source, &mut target, &options).map_err(|_| Refusal::Damaged)?;
        self.finished_rows = until;
        self.forget_until(((f64::from(until) + 0.5) * scale - reach).floor().max(0.0));
        Ok(())
    }

    /// Drops the rows before this source row.
    fn forget_until(&mut self, row: f64) {
        let done = nearest(row).saturating_sub(self.first_row).min(self.filled_rows);
        let row = self.row_samples();
        self.rows.copy_within(row * index(done)..row * index(self.filled_rows), 0);
        self.first_row += done;
        self.filled_rows -= done;
    }
}

/// Shrinks a whole plane at once.
pub(super) fn shrink(samples: &[u8], source: Size, target: Size) -> Result<Vec<u8>, Refusal> {
    if source == target {
        return Ok(samples.to_vec());
    }
    let source = ImageRef::new(source.width, source.height, samples, PixelType::U8)
        .map_err(|_| Refusal::Damaged)?;
    let mut smaller = Image::new(target.width, target.height, PixelType::U8);
    let options = options()?;
    Resizer::new().resize(&source, &mut smaller, &options).map_err(|_| Refusal::Damaged)?;
    Ok(smaller.into_vec())
}

fn options() -> Result<ResizeOptions, Refusal> {
    let filter = lanczos::filter().ok_or(Refusal::Damaged)?;
    let algorithm = ResizeAlg::Convolution(FilterType::Custom(filter));
    Ok(ResizeOptions::new().resize_alg(algorithm))
}

/// Converts a pixel count to an index.
#[expect(
    clippy::as_conversions,
    reason = "lossless: Lambda and every machine we run on have 64 bits"
)]
pub(super) const fn index(pixels: u32) -> usize {
    pixels as usize
}

/// Converts a pixel position to a whole number.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "positions lie within a picture; `as` saturates at both ends, which is what is wanted"
)]
pub(super) fn nearest(position: f64) -> u32 {
    position.round() as u32
}
