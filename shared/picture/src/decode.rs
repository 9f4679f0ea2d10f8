//! Decodes the pixels of a file: the only module that chooses decoders.
//!
//! Photos come from untrusted sources, so the decoders are memory-safe Rust. Measured on a 24-megapixel 4:2:2 camera
//! JPEG, up to the three finished pictures, relative to sharp 0.35 = 1.00 (two Zen 4 vCPUs):
//!
//! | stack | CPU | memory | PSNR |
//! |---|---|---|---|
//! | zune-jpeg whole image, RGB | 0.84-1.03 | 0.60-0.71 | 36.86 dB |
//! | jpeg-decoder 0.3 at half size, RGB | 0.94 | 0.42 | 36.82 dB |
//! | **zune-jpeg 0.5.16-rc3, rows streamed as planes** | **0.65-0.76** | **0.17-0.20** | **36.88 dB** |
//! | libjpeg-turbo at half size (C) | 0.44-0.52 | 0.17-0.19 | 36.72 dB |
//!
//! So the decoder returns one row of blocks at a time, as brightness and colour planes. This avoids a conversion to
//! RGB and back, colour planes in full size, and the whole picture in memory. The whole picture is in memory only if
//! its format stores it in passes (progressive JPEG, interlaced PNG), up to [`BUFFERED_BYTES`].

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use png::{BitDepth, ColorType, DecodingError, Transformations};
use zune_core::bytestream::ZCursor;
use zune_core::options::DecoderOptions;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::{JpegDecoder, RawImcuRowStatus};

use super::colour::Tone;
use super::jpeg::Jpeg;
use super::png::Png;
use super::refusal::{JpegKind, PngKind, Refusal};
use super::shrink::{Shrinking, Size, index};

/// The memory that a decoder may use when the format forces it to buffer everything: 384 MiB.
///
/// So the worker stays within 512 MB. All other pictures take 26 MB for 24 megapixels, including the file and the
/// finished pictures (measured).
const BUFFERED_BYTES: usize = 384 << 20;

/// Runs a decoder on untrusted bytes. A panic in it means that the file is damaged.
pub(super) fn guarded<T>(decode: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(decode)).unwrap_or(Err(Refusal::Damaged))
}

/// Returns the sizes of a JPEG's planes in full size: one of brightness, or one of brightness and two of colour.
pub(super) fn jpeg_planes(jpeg: &Jpeg) -> Vec<Size> {
    let frame = &jpeg.frame;
    let most =
        |f: fn(&super::jpeg::Component) -> u8| frame.components.iter().map(f).max().unwrap_or(1);
    let (most_horizontal, most_vertical) = (most(|c| c.horizontal), most(|c| c.vertical));
    let samples = |pixels: u16, factor: u8, most: u8| {
        (u32::from(pixels) * u32::from(factor)).div_ceil(u32::from(most))
    };
    frame
        .components
        .iter()
        .map(|component| Size {
            width: samples(frame.width, component.horizontal, most_horizontal),
            height: samples(frame.height, component.vertical, most_vertical),
        })
        .collect()
}

/// Refuses a JPEG that would not fit in memory during decoding.
pub(super) fn jpeg_fits(jpeg: &Jpeg) -> Result<(), Refusal> {
    // Two bytes per sample, and a copy of all samples while a progressive scan is read (measured: 164 MB for 24
    // megapixels at 4:2:0). So 67 megapixels of progressive 4:2:0 fit, or 33 of 4:4:4.
    let bytes_per_sample = match (jpeg.frame.is_progressive(), jpeg.scans) {
        (true, _) => 4,
        (false, 2..) => 2,
        (false, _) => 0,
    };
    let samples: usize = jpeg_planes(jpeg).iter().map(|plane| plane.samples()).sum();
    if samples * bytes_per_sample > BUFFERED_BYTES {
        return Err(Refusal::UnsupportedJpeg(JpegKind::LargeProgressive));
    }
    Ok(())
}

/// The bytes that follow the coded pixels during decoding.
#[derive(Debug, Clone, Copy)]
pub(super) enum Filling {
    /// Bits that are no valid code.
    Ones,
    /// Bits that are valid codes; used only for a comparison with [`Filling::Ones`].
    Zeros,
}

/// Decodes a stripped JPEG into its planes.
///
/// Decoding is strict: data that ends early or breaks off inside the picture is an error, never a grey area. The
/// decoder invents zeros when it reaches the end marker early, so this function inserts bytes of ones before that
/// marker. No code consists only of ones (ITU-T T.81, annex C), and the unused bits of a complete picture are ones
/// anyway.
///
/// Some bits of a picture belong to no code. If the end marker is missing, decode with both fillings: a complete
/// picture gives the same result with either.
pub(super) fn jpeg(
    bytes: &mut Vec<u8>,
    jpeg: &Jpeg,
    planes: &mut [Shrinking],
    filling: Filling,
) -> Result<(), Refusal> {
    const END: [u8; 2] = [0xff, 0xd9];
    /// More bytes than the decoder reads ahead. A byte of ones is stored with a zero after it.
    const ONES: [u8; 32] = *b"\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0\xff\0";
    let pixels_end = bytes.len().saturating_sub(END.len());
    bytes.truncate(pixels_end);
    bytes.reserve_exact(ONES.len() + END.len());
    bytes.extend_from_slice(match filling {
        Filling::Ones => &ONES,
        Filling::Zeros => &[0; 32],
    });
    bytes.extend_from_slice(&END);
    let result = stream_planes(bytes, jpeg, planes);
    bytes.truncate(pixels_end);
    bytes.extend_from_slice(&END);
    result
}

/// Decodes one row of blocks at a time.
fn stream_planes(bytes: &[u8], jpeg: &Jpeg, planes: &mut [Shrinking]) -> Result<(), Refusal> {
    const BLOCK_ROWS: u32 = 8;
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(index(super::MAX_SIDE))
        .set_max_height(index(super::MAX_SIDE));
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(|error| jpeg_refusal(&error))?;
    let mut raw = decoder.raw_output();
    let strides: Vec<usize> = planes.iter().map(Shrinking::row_samples).collect();
    loop {
        let mut rooms: Vec<&mut [u8]> = planes
            .iter_mut()
            .zip(&jpeg.frame.components)
            .map(|(plane, component)| plane.room(u32::from(component.vertical) * BLOCK_ROWS))
            .collect();
        match raw.decode_next_imcu_row(&mut rooms, &strides) {
            Ok(RawImcuRowStatus::RowReady { rows_written }) => {
                for (plane, rows) in planes.iter_mut().zip(rows_written) {
                    plane.filled(u32::try_from(rows).unwrap_or(0))?;
                }
            }
            Ok(RawImcuRowStatus::Complete) => return Ok(()),
            Ok(RawImcuRowStatus::NeedMoreInput) => return Err(Refusal::Truncated),
            Ok(_) => return Err(Refusal::Damaged),
            Err(error) => return Err(jpeg_refusal(&error)),
        }
    }
}

fn jpeg_refusal(error: &DecodeErrors) -> Refusal {
    if error.is_recoverable_eof() {
        return Refusal::Truncated;
    }
    if matches!(error, DecodeErrors::Unsupported(_)) {
        return Refusal::UnsupportedJpeg(JpegKind::Other);
    }
    Refusal::Damaged
}

/// A PNG that is ready to decode, with its header read.
pub(super) struct PngPixels<'a> {
    reader: png::Reader<Cursor<&'a [u8]>>,
    colour: ColorType,
    tone: Option<Tone>,
    is_interlaced: bool,
    width: u32,
    height: u32,
}

impl<'a> PngPixels<'a> {
    /// Reads the header of a stripped PNG; nothing is inflated.
    pub(super) fn open(bytes: &'a [u8], png: &Png, tone: Option<Tone>) -> Result<Self, Refusal> {
        let limits = png::Limits { bytes: BUFFERED_BYTES };
        let mut decoder = png::Decoder::new_with_limits(Cursor::new(bytes), limits);
        decoder.set_ignore_iccp_chunk(true);
        // Palettes, low bit depths and transparent colours become 8 bits per channel. 16 bits become 8 too, unless
        // their tone must be converted first.
        let keeps_sixteen = png.has_sixteen_bits && tone.is_some();
        let (transformations, expected) = if keeps_sixteen {
            (Transformations::EXPAND, BitDepth::Sixteen)
        } else {
            (Transformations::normalize_to_color8(), BitDepth::Eight)
        };
        decoder.set_transformations(transformations);
        let reader = decoder.read_info().map_err(|error| png_refusal(&error))?;
        let (colour, depth) = reader.output_color_type();
        if depth != expected {
            return Err(Refusal::Damaged);
        }
        let Png { is_interlaced, width, height, .. } = *png;
        Ok(Self { reader, colour, tone, is_interlaced, width, height })
    }

    /// Whether the picture is grey.
    pub(super) fn is_grey(&self) -> bool {
        matches!(self.colour, ColorType::Grayscale | ColorType::GrayscaleAlpha)
    }

    fn has_sixteen_bits(&self) -> bool {
        self.reader.output_color_type().1 == BitDepth::Sixteen
    }

    /// Decodes into one plane of brightness, or one of brightness and two of colour.
    ///
    /// Transparent pixels are shown on white, as on a web page.
    pub(super) fn decode(mut self, planes: &mut [Shrinking]) -> Result<(), Refusal> {
        if self.is_interlaced {
            let bytes = self.reader.output_buffer_size().unwrap_or(usize::MAX);
            if bytes > BUFFERED_BYTES {
                return Err(Refusal::UnsupportedPng(PngKind::LargeInterlaced));
            }
            let mut pixels = vec![0; bytes];
            let info = self.reader.next_frame(&mut pixels).map_err(|error| png_refusal(&error))?;
            for row in pixels.chunks_exact(info.line_size) {
                let toned = self.tone.as_ref().map(|tone| toned(row, tone, &self));
                add_row(toned.as_deref().unwrap_or(row), self.colour, planes)?;
            }
            return Ok(());
        }
        let bytes_per_sample = if self.has_sixteen_bits() { 2 } else { 1 };
        let mut row = vec![0; index(self.width) * self.colour.samples() * bytes_per_sample];
        for _ in 0..self.height {
            let found = self.reader.read_row(&mut row).map_err(|error| png_refusal(&error))?;
            found.ok_or(Refusal::Truncated)?;
            let toned = self.tone.as_ref().map(|tone| toned(&row, tone, &self));
            add_row(toned.as_deref().unwrap_or(&row), self.colour, planes)?;
        }
        // The data after the last row must be valid too, including the checksums.
        self.reader.finish().map_err(|error| png_refusal(&error))
    }
}

/// Converts a row to sRGB's tone curve in 8 bits. Alpha is not converted.
fn toned(row: &[u8], tone: &Tone, pixels: &PngPixels<'_>) -> Vec<u8> {
    let channels = pixels.colour.samples();
    let has_alpha = matches!(pixels.colour, ColorType::GrayscaleAlpha | ColorType::Rgba);
    let one = |(place, (high, stored)): (usize, (u8, u16))| {
        let channel = place % channels;
        let is_alpha = has_alpha && channel + 1 == channels;
        if is_alpha { high } else { tone.shown(channel, stored) }
    };
    if pixels.has_sixteen_bits() {
        let samples = row.as_chunks::<2>().0.iter();
        samples.map(|pair| (pair[0], u16::from_be_bytes(*pair))).enumerate().map(one).collect()
    } else {
        row.iter().map(|byte| (*byte, u16::from(*byte))).enumerate().map(one).collect()
    }
}

fn png_refusal(error: &DecodingError) -> Refusal {
    match error {
        DecodingError::IoError(_) => Refusal::Truncated,
        DecodingError::LimitsExceeded => Refusal::UnsupportedPng(PngKind::LargeInterlaced),
        DecodingError::Format(_) | DecodingError::Parameter(_) => Refusal::Damaged,
    }
}

/// Adds one row of interleaved pixels to the planes.
fn add_row(row: &[u8], colour: ColorType, planes: &mut [Shrinking]) -> Result<(), Refusal> {
    match planes {
        [grey] => {
            let room = grey.room(1);
            match colour {
                ColorType::GrayscaleAlpha => {
                    for (sample, [value, alpha]) in room.iter_mut().zip(row.as_chunks().0) {
                        *sample = over_white(*value, *alpha);
                    }
                }
                ColorType::Grayscale => {
                    room.copy_from_slice(row.get(..room.len()).ok_or(Refusal::Damaged)?);
                }
                ColorType::Rgb | ColorType::Rgba | ColorType::Indexed => {
                    return Err(Refusal::Damaged);
                }
            }
            grey.filled(1)
        }
        [luma, blue, red] => {
            let rooms = (luma.room(1), blue.room(1), red.room(1));
            match colour {
                ColorType::Rgba => to_planes(rooms, row.as_chunks().0, |[r, g, b, a]: [u8; 4]| {
                    [over_white(r, a), over_white(g, a), over_white(b, a)]
                }),
                ColorType::Rgb => to_planes(rooms, row.as_chunks().0, |rgb: [u8; 3]| rgb),
                ColorType::Grayscale | ColorType::GrayscaleAlpha | ColorType::Indexed => {
                    return Err(Refusal::Damaged);
                }
            }
            luma.filled(1)?;
            blue.filled(1)?;
            red.filled(1)
        }
        _ => Err(Refusal::Damaged),
    }
}

fn to_planes<const CHANNELS: usize>(
    (luma, blue, red): (&mut [u8], &mut [u8], &mut [u8]),
    pixels: &[[u8; CHANNELS]],
    rgb: impl Fn([u8; CHANNELS]) -> [u8; 3],
) {
    let samples = luma.iter_mut().zip(blue).zip(red).zip(pixels);
    for (((luma, blue), red), pixel) in samples {
        let [r, g, b] = rgb(*pixel);
        (*luma, *blue, *red) = jpeg_encoder::rgb_to_ycbcr(r, g, b);
    }
}

fn over_white(value: u8, alpha: u8) -> u8 {
    let (value, alpha) = (u16::from(value), u16::from(alpha));
    let mixed = (value * alpha + 255 * (255 - alpha) + 127) / 255;
    u8::try_from(mixed).unwrap_or(u8::MAX)
}
