//! One uploaded picture: what is let in, and what is made of it. Bytes in, bytes out.
//!
//! [`check`] looks at a file without decoding it; [`prepare`] makes the stripped original and the three
//! pictures families and photographers see. Neither waits for anything, and neither trusts a single byte.

mod capture_time;
mod card;
mod colour;
mod decode;
mod exif_block;
mod icc_curves;
mod jpeg;
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

/// The longest side taken in, in pixels.
pub const MAX_SIDE: u32 = 20_000;
/// The most pixels taken in.
pub const MAX_PIXELS: u64 = 100_000_000;

/// The most memory that one file takes from its first byte to its copies, the file included: 512 MiB.
///
/// 384 MiB are what a format may force a decoder to hold (see `decode`), 50 MiB the file, the rest is rows on their
/// way and finished copies. Whatever stands in a header adds nothing to it: its parts are limited in number and length
/// where they are read (`exif_block`, `jpeg`, `png`, `png_texts`, `profile`). A test measures it.
pub const PEAK_BYTES: usize = 512 << 20;

/// Long side of the picture families keep, in pixels.
pub const WEB_PIXELS: u32 = 2048;
/// Long side of the watermarked picture, in pixels.
pub const PROOF_PIXELS: u32 = 1200;
/// Long side of the picture in lists, in pixels.
pub const THUMBNAIL_PIXELS: u32 = 400;

/// A file that passed [`check`]: a whole picture of a kind and size we take. Nothing is decoded yet.
#[derive(Debug)]
pub struct Header {
    /// What the bytes are.
    pub picture_type: PictureType,
    /// Width as stored, in pixels: the camera's own orientation is not applied.
    pub width: u32,
    /// Height as stored, in pixels.
    pub height: u32,
    anatomy: Anatomy,
}

#[derive(Debug)]
enum Anatomy {
    Jpeg(Jpeg),
    Png(Png),
}

/// What is made of one picture.
#[derive(Debug)]
pub struct Prepared {
    /// The file as uploaded, its pixels untouched, with everything removed that is not needed to show it:
    /// EXIF, positions, maker notes, XMP, IPTC, thumbnails, comments. Its colour profile stays. Since its
    /// orientation is gone with the EXIF block, whoever shows it applies [`Prepared::orientation`].
    pub original: Vec<u8>,
    /// Up to [`WEB_PIXELS`] long, upright.
    pub web: Derivative,
    /// Up to [`PROOF_PIXELS`] long, upright, watermarked.
    pub proof: Derivative,
    /// Up to [`THUMBNAIL_PIXELS`] long, upright.
    pub thumbnail: Derivative,
    /// When it was taken: the camera's civil time, `2026-09-14T09:12:33.12`, with as many digits as the camera wrote.
    pub captured_at: Option<String>,
    /// Whether that is the time of the last edit: no other time was there.
    pub is_edit_time: bool,
    /// The body that took it, in plain text. Callers store a digest of it.
    pub body: Option<CameraBody>,
    /// EXIF orientation of the original, 1 to 8.
    pub orientation: u8,
    /// Width of the original held upright, in pixels.
    pub width: u32,
    /// Height of the original held upright, in pixels.
    pub height: u32,
    /// What it shows of a camera card, not yet checked against a picture day.
    pub card: CardSeen,
    /// Whether something in it may be a part of a card, too little for a card that was found.
    pub looks_like_card: bool,
}

/// A JPEG made of the original: no metadata but its colour profile.
#[derive(Debug)]
pub struct Derivative {
    /// The file.
    pub bytes: Vec<u8>,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
}

/// Looks at a file before a single pixel is decoded and little memory is spent.
///
/// The bytes alone decide what it is; the name's extension only helps to name what is no picture. The picture must
/// be whole, of a kind that is read, not too large, and must hide no other file. Without an end marker, whether it is
/// whole is known when it is decoded.
///
/// # Errors
///
/// The first rule the file breaks.
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

/// Makes everything that is made of a picture.
///
/// Takes the file itself, because it becomes the original: stripped in place, it is never in memory twice.
///
/// # Errors
///
/// When the pixels cannot be decoded to the last one.
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
        // Whatever is wrong with it, its end is missing; and what depends on the filling is not all there.
        pixels = pixels.map_err(|_| Refusal::Truncated);
        if pixels.is_ok() && pixels != decoded(bytes, jpeg, stored, is_rgb, Filling::Zeros) {
            pixels = Err(Refusal::Truncated);
        }
    }
    let pixels = pixels?;
    if profile.is_none() && taken.is_adobe_rgb && !is_grey {
        // The original loses its EXIF block, which alone said so.
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
            // What of the picture one sample of this plane covers, and with it how far its samples reach.
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
    // The decoder is given what is kept: it would hold every text, and inflate what it likes.
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

/// A plane on its way to its place in the web picture. `shown` is how far the picture's edge reaches in it.
fn plane(source: Size, target: Size, shown: (f64, f64), is_colour: bool) -> Shrinking {
    if !is_colour {
        return Shrinking::new(source, target, shown);
    }
    // The last colour sample of an odd side covers one pixel more than there is.
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
