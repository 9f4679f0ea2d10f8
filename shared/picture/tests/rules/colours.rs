//! Tests of colours: the copies of a picture show the colours of the picture.
//!
//! There are two independent references: Chromium, whose numbers for colour patches are listed here, and `moxcms`.

use jpeg_encoder::{ColorType, SamplingFactor};
use moxcms::{ColorProfile, Layout, ToneReprCurve, TransformOptions};
use picture::{PngKind, Refusal};
use png::BitDepth;
use zune_core::bytestream::ZCursor;
use zune_jpeg::JpegDecoder;

use crate::chromium::{Chunk, PATCHES, as_chromium_shows, cicp};
use crate::fixtures::{
    PLAIN, Pixels, Style, contains, encode, intake, intake_png, jpeg, png, with_chunks,
    with_segment,
};

/// Builds six patches of 32 by 32 pixels, in 8 or 16 bits.
fn patches(depth: BitDepth, channels: impl Fn([u8; 3]) -> Vec<u8>) -> Vec<u8> {
    let places = (0..64).flat_map(|y| (0..96).map(move |x| (y / 32) * 3 + x / 32));
    let samples = places.flat_map(|place| channels(PATCHES[place]));
    match depth {
        BitDepth::Sixteen => samples.flat_map(|sample| [sample; 2]).collect(),
        BitDepth::One | BitDepth::Two | BitDepth::Four | BitDepth::Eight => samples.collect(),
    }
}

fn png_of_patches(chunks: &[Chunk], colour: png::ColorType, depth: BitDepth) -> Vec<u8> {
    let samples = patches(depth, |[r, g, b]| match colour {
        png::ColorType::Grayscale => vec![g],
        png::ColorType::GrayscaleAlpha => vec![g, 255],
        png::ColorType::Rgba => vec![r, g, b, 255],
        png::ColorType::Rgb | png::ColorType::Indexed => vec![r, g, b],
    });
    let plain = png(&samples, (96, 64), colour, depth, |_| ());
    let chunks: Vec<_> = chunks.iter().map(|(name, data)| (*name, &data[..])).collect();
    with_chunks(&plain, &chunks)
}

const WIDTH: u32 = 384;
const HEIGHT: u32 = 256;

/// Builds colours without grain, so that the losses of JPEG and half-size colours stay far below the measured
/// differences.
fn gradient() -> Vec<u8> {
    let places = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    let colour = |(x, y): (u32, u32)| {
        [x * 192 / WIDTH + 30, y * 192 / HEIGHT + 20, 220 - (x * 96 / WIDTH) - y * 64 / HEIGHT]
    };
    places.flat_map(|place| colour(place).map(|sample| sample as u8)).collect()
}

/// Returns a JPEG's pixels in sRGB, converted with its own colour profile.
fn in_srgb(jpeg: &[u8]) -> Pixels {
    let mut decoder = JpegDecoder::new(ZCursor::new(jpeg));
    decoder.decode_headers().unwrap();
    let profile = decoder.icc_profile();
    let mut pixels = Pixels::of(jpeg);
    if let Some(profile) = profile {
        let profile = ColorProfile::new_from_slice(&profile).unwrap();
        pixels.rgb = converted(&profile, &ColorProfile::new_srgb(), &pixels.rgb);
    }
    pixels
}

fn converted(from: &ColorProfile, to: &ColorProfile, rgb: &[u8]) -> Vec<u8> {
    let options = TransformOptions::default();
    let transform = from.create_transform_8bit(Layout::Rgb, to, Layout::Rgb, options).unwrap();
    let mut shown = vec![0; rgb.len()];
    transform.transform(rgb, &mut shown).unwrap();
    shown
}

fn converted_deep(from: &ColorProfile, rgb: &[u16]) -> Vec<u8> {
    let (options, to) = (TransformOptions::default(), ColorProfile::new_srgb());
    let transform = from.create_transform_16bit(Layout::Rgb, &to, Layout::Rgb, options).unwrap();
    let mut shown = vec![0; rgb.len()];
    transform.transform(rgb, &mut shown).unwrap();
    shown.iter().map(|sample| (u32::from(*sample) * 255 / 65_535) as u8).collect()
}

/// Returns the mean difference per channel.
fn difference(a: &[u8], b: &[u8]) -> [f64; 3] {
    assert_eq!(a.len(), b.len());
    let mut sums = [0.0; 3];
    for (a, b) in a.as_chunks::<3>().0.iter().zip(b.as_chunks::<3>().0) {
        for (sum, (a, b)) in sums.iter_mut().zip(a.iter().zip(b)) {
            *sum += f64::from(a.abs_diff(*b));
        }
    }
    sums.map(|sum| sum * 3.0 / a.len() as f64)
}

fn assert_close(name: &str, found: &[u8], expected: &[u8]) {
    let off = difference(found, expected);
    assert!(off.iter().all(|channel| *channel <= 2.0), "{name}: {off:?}");
}

/// Returns the middle of each patch in the web copy.
fn shown_patches(file: &[u8]) -> Vec<u8> {
    let shown = in_srgb(&intake_png(file).unwrap().web.bytes);
    let middles = [16, 48].into_iter().flat_map(|y| [16, 48, 80].map(|x| (x, y)));
    let middle = |(x, y): (usize, usize)| {
        shown.around(x as f64 / 96.0, y as f64 / 64.0).map(|channel| channel.round() as u8)
    };
    middles.flat_map(middle).collect()
}

#[test]
fn a_png_is_shown_as_chromium_shows_it() {
    for (chunks, expected) in as_chromium_shows() {
        let names: Vec<_> =
            chunks.iter().map(|(name, data)| format!("{} {data:?}", name.escape_ascii())).collect();
        for colour in [png::ColorType::Rgb, png::ColorType::Rgba] {
            for depth in [BitDepth::Eight, BitDepth::Sixteen] {
                let shown = shown_patches(&png_of_patches(&chunks, colour, depth));
                let name = format!("{} {colour:?} {depth:?}", names.join(" "));
                assert_close(&name, &shown, expected.as_flattened());
            }
        }
    }
}

#[test]
fn a_grey_png_is_shown_by_its_tone_curve() {
    for colour in [png::ColorType::Grayscale, png::ColorType::GrayscaleAlpha] {
        for depth in [BitDepth::Eight, BitDepth::Sixteen] {
            for (chunks, expected) in as_chromium_shows() {
                // Primaries have no meaning here: only the table's grey patches are comparable.
                let shown = shown_patches(&png_of_patches(&chunks, colour, depth));
                let greys = [4, 5].map(|place| (shown[place * 3], expected[place][0]));
                for (found, expected) in greys {
                    assert!(found.abs_diff(expected) <= 2, "{chunks:?}: {found} {expected}");
                }
            }
        }
    }
}

#[test]
fn a_palette_is_shown_by_its_tone_curve() {
    let samples: Vec<u8> =
        (0..64).flat_map(|y| (0..96).map(move |x| ((y / 32) * 3 + x / 32) as u8)).collect();
    let plain = png(&samples, (96, 64), png::ColorType::Indexed, BitDepth::Eight, |encoder| {
        encoder.set_palette(PATCHES.as_flattened().to_vec());
    });
    let linear = with_chunks(&plain, &[(*b"gAMA", &100_000_u32.to_be_bytes())]);
    let (_, expected) = as_chromium_shows().remove(1);
    assert_close("palette", &shown_patches(&linear), expected.as_flattened());
}

#[test]
fn hdr_is_refused_with_its_name() {
    for curve in [16, 18] {
        let hdr = png_of_patches(&[cicp(9, curve)], png::ColorType::Rgb, BitDepth::Sixteen);
        let refusal = intake_png(&hdr).unwrap_err();
        assert_eq!(refusal, Refusal::UnsupportedPng(PngKind::HighDynamicRange));
    }
}

fn linear(mut profile: ColorProfile) -> ColorProfile {
    let curve = Some(ToneReprCurve::Lut(Vec::new()));
    (profile.red_trc, profile.green_trc, profile.blue_trc) = (curve.clone(), curve.clone(), curve);
    profile.cicp = None;
    profile
}

fn profiles() -> Vec<(&'static str, ColorProfile)> {
    vec![
        ("sRGB", ColorProfile::new_srgb()),
        ("Display P3", ColorProfile::new_display_p3()),
        ("Adobe RGB", ColorProfile::new_adobe_rgb()),
        ("ProPhoto", ColorProfile::new_pro_photo_rgb()),
        ("BT.2020", ColorProfile::new_bt2020()),
        ("DCI P3", ColorProfile::new_dci_p3()),
        ("linear sRGB", linear(ColorProfile::new_srgb())),
        ("linear ProPhoto", linear(ColorProfile::new_pro_photo_rgb())),
    ]
}

#[test]
fn an_embedded_profile_is_kept_to_in_every_depth() {
    let rgb = gradient();
    let deep: Vec<u16> = rgb.iter().map(|sample| u16::from(*sample) * 257).collect();
    for (name, profile) in profiles() {
        let icc = profile.encode().unwrap();
        let packed = [&b"profile\0\0"[..], &crate::fixtures::stored(&icc)].concat();
        let expected = converted_deep(&profile, &deep);

        let file = png(&rgb, (WIDTH, HEIGHT), png::ColorType::Rgb, BitDepth::Eight, |_| ());
        let shown = intake_png(&with_chunks(&file, &[(*b"iCCP", &packed)])).unwrap();
        assert_close(&format!("{name} in PNG, 8 bits"), &in_srgb(&shown.web.bytes).rgb, &expected);

        let samples: Vec<u8> = deep.iter().flat_map(|sample| sample.to_be_bytes()).collect();
        let file = png(&samples, (WIDTH, HEIGHT), png::ColorType::Rgb, BitDepth::Sixteen, |_| ());
        let shown = intake_png(&with_chunks(&file, &[(*b"iCCP", &packed)])).unwrap();
        assert_close(&format!("{name} in PNG, 16 bits"), &in_srgb(&shown.web.bytes).rgb, &expected);

        let unsampled = Style { sampling: SamplingFactor::R_4_4_4, ..PLAIN };
        let file =
            encode(&rgb, WIDTH as u16, HEIGHT as u16, ColorType::Rgb, unsampled, |encoder| {
                encoder.add_icc_profile(&icc).unwrap();
            });
        let shown = intake(&file).unwrap();
        let expected = in_srgb(&file).rgb;
        assert_close(&format!("{name} in JPEG"), &in_srgb(&shown.web.bytes).rgb, &expected);
    }
}

/// Builds EXIF with a colour space.
fn colour_space(space: u8) -> Vec<u8> {
    let mut block =
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x1a\0\0\0\0".to_vec();
    block.extend(b"\0\x01\xa0\x01\0\x03\0\0\0\x01\0");
    block.extend([space, 0, 0, 0, 0, 0, 0]);
    block
}

#[test]
fn adobe_rgb_by_exif_alone_is_shown_as_the_camera_meant_it() {
    let rgb = gradient();
    let adobe = converted(&ColorProfile::new_srgb(), &ColorProfile::new_adobe_rgb(), &rgb);
    let unsampled = Style { sampling: SamplingFactor::R_4_4_4, ..PLAIN };
    let plain = encode(&adobe, WIDTH as u16, HEIGHT as u16, ColorType::Rgb, unsampled, |_| ());
    let prepared = intake(&with_segment(&plain, 0xe1, &colour_space(2))).unwrap();
    for (name, file) in [("web", &prepared.web.bytes), ("original", &prepared.original)] {
        assert_close(name, &in_srgb(file).rgb, &rgb);
    }
    // The original has a profile after its first header, and passes intake again.
    assert_eq!(prepared.original[..4], plain[..4]);
    assert_eq!(Pixels::of(&prepared.original).rgb, Pixels::of(&plain).rgb);
    assert_eq!(intake(&prepared.original).unwrap().original, prepared.original);

    let standard = intake(&with_segment(&plain, 0xe1, &colour_space(1))).unwrap();
    assert!(!contains(&standard.original, b"ICC_PROFILE"));
}

#[test]
fn pieces_of_a_profile_are_put_together_in_any_order() {
    let profile = ColorProfile::new_adobe_rgb().encode().unwrap();
    let (first, second) = profile.split_at(profile.len() / 2);
    let piece =
        |number: u8, of: u8, part: &[u8]| [b"ICC_PROFILE\0", &[number, of][..], part].concat();
    let plain = jpeg(64, 48, PLAIN);
    let of = |pieces: &[Vec<u8>]| {
        let add = |photo: Vec<u8>, body: &Vec<u8>| with_segment(&photo, 0xe2, body);
        intake(&pieces.iter().fold(plain.clone(), add)).unwrap().web.bytes
    };
    let whole = in_srgb(&of(&[piece(1, 1, &profile)])).rgb;
    assert_ne!(whole, in_srgb(&of(&[])).rgb);
    assert_eq!(in_srgb(&of(&[piece(1, 2, first), piece(2, 2, second)])).rgb, whole);
    assert_eq!(in_srgb(&of(&[piece(2, 2, second), piece(1, 2, first)])).rgb, whole);
    // A piece is missing, or a length is wrong: sRGB, as in Chromium.
    for pieces in [vec![piece(1, 2, first)], vec![piece(1, 1, first)]] {
        assert!(!contains(&of(&pieces), b"ICC_PROFILE"));
    }
}
