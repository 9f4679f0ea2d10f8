//! Checks one uploaded picture and prepares its copies. Bytes in, bytes out.
//!
//! [`check`] examines a file without decoding it. [`prepare`] makes the stripped original and the three pictures for
//! families and photographers. Neither function blocks on I/O, and neither trusts the input.

mod capture_time;
mod card;
mod colour;
mod decode;
mod exif_block;
mod icc_curves;
mod jpeg;
mod lanczos;
mod planes;
mod png;
mod png_texts;
mod profile;
mod refusal;
mod shrink;
mod sniff;
mod taken;
mod watermark;
mod xmp;

use domain::photo::{CameraBody, CardSeen, PictureType};

use colour::Colours;
use decode::{Filling, PngPixels};
use jpeg::Jpeg;
use planes::{Planes, colour_size, fitted, swaps_sides};
use png::Png;
pub use refusal::{Foreign, JpegKind, PngKind, Refusal};
use shrink::{Shrinking, Size};
use taken::Taken;

/// The longest accepted side, in pixels.
pub const MAX_SIDE: u32 = 20_000;
/// The highest accepted number of pixels.
pub const MAX_PIXELS: u64 = 100_000_000;

/// The peak memory for one file from its first byte to its copies, including the file: 512 MiB.
///
/// A format may force a decoder to use 384 MiB (see `decode`), the file takes 50 MiB, and the rest is rows in
/// progress and finished copies. Headers add nothing: their parts are limited in number and length where they are
/// read (`exif_block`, `jpeg`, `png`, `png_texts`, `profile`). A test measures the peak.
pub const PEAK_BYTES: usize = 512 << 20;

/// Long side of the picture that families keep, in pixels.
pub const WEB_PIXELS: u32 = 2048;
/// Long side of the watermarked picture, in pixels.
pub const PROOF_PIXELS: u32 = 1200;
/// Long side of the picture in lists, in pixels.
pub const THUMBNAIL_PIXELS: u32 = 400;

/// A file that passed [`check`]: a complete picture of an accepted kind and size. Nothing is decoded yet.
#[derive(Debug)]
pub struct Header {
    /// The type of the bytes.
    pub picture_type: PictureType,
    /// Stored width in pixels, before the camera's orientation is applied.
    pub width: u32,
    /// Stored height in pixels.
    pub height: u32,
    anatomy: Anatomy,
}

#[derive(Debug)]
enum Anatomy {
    Jpeg(Jpeg),
    Png(Png),
}

/// The results for one picture.
#[derive(Debug)]
pub struct Prepared {
    /// The uploaded file without unneeded metadata; its pixels are unchanged.
    ///
    /// Removed are EXIF, positions, maker notes, XMP, IPTC, thumbnails and comments. The colour profile stays. The
    /// orientation is removed with the EXIF block, so a viewer must apply [`Prepared::orientation`].
    pub original: Vec<u8>,
    /// Upright, at most [`WEB_PIXELS`] long.
    pub web: Derivative,
    /// Upright, watermarked, at most [`PROOF_PIXELS`] long.
    pub proof: Derivative,
    /// Upright, at most [`THUMBNAIL_PIXELS`] long.
    pub thumbnail: Derivative,
    /// The camera's civil time of capture: `2026-09-14T09:12:33.12`, with the camera's decimals.
    pub captured_at: Option<String>,
    /// Whether that is the time of the last edit, because the file has no other time.
    pub is_edit_time: bool,
    /// The camera body, in plain text. Callers store a digest of it.
    pub body: Option<CameraBody>,
    /// EXIF orientation of the original, 1 to 8.
    pub orientation: u8,
    /// Width of the upright original in pixels.
    pub width: u32,
    /// Height of the upright original in pixels.
    pub height: u32,
    /// The camera card in the picture, not yet checked against a picture day.
    pub card: CardSeen,
    /// Whether a part of the picture may belong to a card, but not enough for a card that was found.
    pub looks_like_card: bool,
}

/// A JPEG made from the original: no metadata except its colour profile.
#[derive(Debug)]
pub struct Derivative {
    /// The bytes of the file.
    pub bytes: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Checks a file before any pixel is decoded, with little memory.
///
/// Only the bytes decide what the file is; the extension only helps to name a file that is no picture. The picture
/// must be complete, of a supported kind and not too large, and must hide no other file. Without an end marker, only
/// decoding shows whether the picture is complete.
///
/// # Errors
///
/// The first rule that the file breaks.
pub fn check(bytes: &[u8], extension: &str) -> Result<Header, Refusal> {
    decode::guarded(|| take_apart(bytes, extension))
}

fn take_apart(bytes: &[u8], extension: &str) -> Result<Header, Refusal> {
    let picture_type = sniff::content_type(bytes, extension).map_err(Refusal::NotAPicture)?;
    let (header, behind) = match picture_type {
        PictureType::Jpeg => {
            let jpeg = Jpeg::read(bytes)?;
            let (width, height) = (jpeg.frame.width.into(), jpeg.frame.height.into());
            let behind = jpeg.behind(bytes);
            (Header { picture_type, width, height, anatomy: Anatomy::Jpeg(jpeg) }, behind)
        }
        PictureType::Png => {
            let png = Png::read(bytes)?;
            let (width, height) = (png.width, png.height);
            let behind = bytes.get(png.end..).unwrap_or_default();
            (Header { picture_type, width, height, anatomy: Anatomy::Png(png) }, behind)
        }
    };
    if sniff::another_file_follows(behind) {
        return Err(Refusal::Polyglot);
    }
    let pixels = header.width.max(header.height);
    if pixels > MAX_SIDE {
        return Err(Refusal::SideTooLong { pixels });
    }
    let pixels = u64::from(header.width) * u64::from(header.height);
    if pixels > MAX_PIXELS {
        let megapixels = u32::try_from(pixels.div_ceil(1_000_000)).unwrap_or(u32::MAX);
        return Err(Refusal::TooManyPixels { megapixels });
    }
    match &header.anatomy {
        Anatomy::Jpeg(jpeg) => {
            jpeg.supported()?;
            decode::jpeg_fits(jpeg)?;
        }
        Anatomy::Png(png) => png.supported()?,
    }
    Ok(header)
}

/// Makes the stripped original and all copies of a picture.
///
/// Takes the file by value, because it becomes the original: it is stripped in place and never in memory twice.
///
/// # Errors
///
/// When not every pixel can be decoded.
pub fn prepare(mut bytes: Vec<u8>, header: Header) -> Result<Prepared, Refusal> {
    let stored = Size { width: header.width, height: header.height };
    decode::guarded(move || {
        let (taken, planes, profile) = match header.anatomy {
            Anatomy::Jpeg(jpeg) => decode_jpeg(&mut bytes, &jpeg, stored)?,
            Anatomy::Png(png) => decode_png(&mut bytes, &png, stored)?,
        };
        let orientation = taken.orientation.unwrap_or(1);
        let profile = profile.as_deref();
        let web = planes.upright(orientation);
        let mut proof = web.shrunk(PROOF_PIXELS)?;
        let (card, looks_like_card) = card::search(&proof, &web);
        let thumbnail = derivative(&proof.shrunk(THUMBNAIL_PIXELS)?, profile)?;
        watermark::stamp(&mut proof);
        let (width, height) = if swaps_sides(orientation) {
            (stored.height, stored.width)
        } else {
            (stored.width, stored.height)
        };
        Ok(Prepared {
            original: bytes,
            web: derivative(&web, profile)?,
            proof: derivative(&proof, profile)?,
            thumbnail,
            captured_at: taken.at,
            is_edit_time: taken.is_edit_time,
            body: taken.body,
            orientation,
            width,
            height,
            card,
            looks_like_card,
        })
    })
}

type Decoded = (Taken, Planes, Option<Vec<u8>>);

fn decode_jpeg(bytes: &mut Vec<u8>, jpeg: &Jpeg, stored: Size) -> Result<Decoded, Refusal> {
    let taken = jpeg.exif(bytes).map(Taken::read).unwrap_or_default().or_xmp(jpeg.xmp(bytes));
    let is_grey = jpeg.frame.components.len() == 1;
    let own = jpeg.profile(bytes);
    let mut profile =
        own.as_deref().and_then(|own| profile::fitting(own, is_grey)).map(<[u8]>::to_vec);
    let is_rgb = jpeg.is_rgb(bytes);
    jpeg.strip(bytes, profile.is_some());

    let mut pixels = decoded(bytes, jpeg, stored, is_rgb, Filling::Ones);
    if !jpeg.has_end_marker {
        // Any error means that the end is missing; a result that depends on the filling is incomplete too.
        pixels = pixels.map_err(|_| Refusal::Truncated);
        if pixels.is_ok() && pixels != decoded(bytes, jpeg, stored, is_rgb, Filling::Zeros) {
            pixels = Err(Refusal::Truncated);
        }
    }
    let pixels = pixels?;
    if profile.is_none() && taken.is_adobe_rgb && !is_grey {
        // Only the EXIF block said so, and the original loses it.
        let adobe_rgb = profile::adobe_rgb();
        Jpeg::add_profile(bytes, &adobe_rgb);
        profile = Some(adobe_rgb);
    }
    Ok((taken, pixels, profile))
}

fn decoded(
    bytes: &mut Vec<u8>,
    jpeg: &Jpeg,
    stored: Size,
    is_rgb: bool,
    filling: Filling,
) -> Result<Planes, Refusal> {
    let target = fitted(stored, WEB_PIXELS);
    let mut planes: Vec<Shrinking> = decode::jpeg_planes(jpeg)
        .into_iter()
        .zip(&jpeg.frame.components)
        .enumerate()
        .map(|(place, (size, component))| {
            // The part of the picture that one sample of this plane covers gives the extent of its samples.
            let most = jpeg.frame.components.iter();
            let (h, v) = most.fold((1, 1), |(h, v), c| (c.horizontal.max(h), c.vertical.max(v)));
            let reach = |pixels: u32, factor: u8, most: u8| {
                f64::from(pixels) * f64::from(factor) / f64::from(most)
            };
            let shown = (
                reach(stored.width, component.horizontal, h),
                reach(stored.height, component.vertical, v),
            );
            plane(size, target, shown, place > 0 && !is_rgb)
        })
        .collect();
    decode::jpeg(bytes, jpeg, &mut planes, filling)?;
    finished(planes, target, is_rgb)
}

fn decode_png(bytes: &mut Vec<u8>, png: &Png, stored: Size) -> Result<Decoded, Refusal> {
    let taken = png.exif(bytes).map(|block| Taken::read(&block)).unwrap_or_default();
    let taken = taken.or_xmp(png.xmp(bytes).as_deref());
    let Colours { tone, profile, is_own } = Colours::of_png(png, bytes)?;
    // The decoder gets only the kept chunks: it would buffer every text and inflate without our limits.
    png.strip(bytes, is_own);
    let pixels = PngPixels::open(bytes, png, tone)?;
    let is_grey = pixels.is_grey();

    let target = fitted(stored, WEB_PIXELS);
    let shown = (stored.width.into(), stored.height.into());
    let planes = if is_grey { 0..1 } else { 0..3 };
    let mut planes: Vec<Shrinking> =
        planes.map(|place| plane(stored, target, shown, place > 0)).collect();
    pixels.decode(&mut planes)?;
    Ok((taken, finished(planes, target, false)?, profile))
}

/// Builds the shrinking of a plane to its size in the web picture. `shown` is the picture's extent in it.
fn plane(source: Size, target: Size, shown: (f64, f64), is_colour: bool) -> Shrinking {
    if !is_colour {
        return Shrinking::new(source, target, shown);
    }
    // The last colour sample of an odd side covers one pixel beyond the picture.
    let half = colour_size(target);
    let over = |half: u32, side: u32| f64::from(half * 2) / f64::from(side);
    let shown =
        (shown.0 * over(half.width, target.width), shown.1 * over(half.height, target.height));
    Shrinking::new(source, half, shown)
}

fn finished(planes: Vec<Shrinking>, size: Size, is_rgb: bool) -> Result<Planes, Refusal> {
    let mut planes = planes.into_iter().map(Shrinking::finish);
    let mut next = || planes.next().transpose();
    match (next()?, next()?, next()?) {
        (Some(red), Some(green), Some(blue)) if is_rgb => {
            Planes::from_rgb(size, [red, green, blue])
        }
        (Some(luma), Some(blue), Some(red)) => Ok(Planes { size, luma, colour: Some([blue, red]) }),
        (Some(luma), None, None) => Ok(Planes { size, luma, colour: None }),
        _ => Err(Refusal::Damaged),
    }
}

fn derivative(planes: &Planes, profile: Option<&[u8]>) -> Result<Derivative, Refusal> {
    let Size { width, height } = planes.size;
    Ok(Derivative { bytes: planes.encode(profile)?, width, height })
}
