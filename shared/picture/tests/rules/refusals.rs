//! Tests of refused pictures and of the texts for the photographer.

use domain::photo::PictureType;
use jpeg_encoder::ColorType;
use picture::{Foreign, JpegKind, PngKind, Refusal, check};

use crate::fixtures::{
    PLAIN, Style, chunk, encode, intake, intake_png, jpeg, png, png_header, portrait, scene,
    small_camera, stored, with_segment,
};

fn refusal(bytes: &[u8], extension: &str) -> Refusal {
    check(bytes, extension).unwrap_err()
}

fn foreign(bytes: &[u8], extension: &str) -> Foreign {
    let refusal = refusal(bytes, extension);
    let Refusal::NotAPicture(foreign) = refusal else { unreachable!("{refusal:?}") };
    foreign
}

#[test]
fn a_file_of_another_kind_is_named_for_what_it_is() {
    let cases: &[(&[u8], &str, Foreign)] = &[
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "heic", Foreign::Heic),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "jpg", Foreign::Heic),
        (b"\0\0\0\x18ftypavif\0\0\0\0", "avif", Foreign::Avif),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "cr3", Foreign::Raw),
        (b"\0\0\0\x18ftypmp42\0\0\0\0", "mp4", Foreign::Video),
        (b"II*\0\x10\0\0\0CR\x02\0", "cr2", Foreign::Raw),
        (b"MM\0*\0\0\0\x08", "nef", Foreign::Raw),
        (b"II*\0\x08\0\0\0", "tif", Foreign::Tiff),
        (b"FUJIFILMCCD-RAW 0201", "raf", Foreign::Raw),
        (b"GIF89a\x01\0\x01\0", "gif", Foreign::Gif),
        (b"RIFF\x24\0\0\0WEBPVP8 ", "webp", Foreign::Webp),
        (b"BM\x36\0\0\0", "bmp", Foreign::Bmp),
        (b"8BPS\0\x01", "psd", Foreign::Photoshop),
        (b"%PDF-1.7\n", "pdf", Foreign::Pdf),
        (b"PK\x03\x04\x14\0", "jpg", Foreign::Archive),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "svg", Foreign::Svg),
        (b"<?xml version='1.0'?>\n<svg onload='x()'/>", "jpg", Foreign::Svg),
        (b"\n  <!DOCTYPE html><html></html>", "jpg", Foreign::Html),
        (b"<script>alert(1)</script>", "jpg", Foreign::Html),
        (b"", "jpg", Foreign::Empty),
        (b"hello", "jpg", Foreign::Unknown),
        (b"\xff\xd8", "jpg", Foreign::Unknown),
    ];
    for (bytes, extension, expected) in cases {
        assert_eq!(foreign(bytes, extension), *expected, "{extension}");
    }
}

#[test]
fn every_refusal_has_its_own_code_and_a_sentence_that_says_what_to_do() {
    let foreign = [
        Foreign::Heic,
        Foreign::Avif,
        Foreign::Raw,
        Foreign::Tiff,
        Foreign::Gif,
        Foreign::Webp,
        Foreign::Bmp,
        Foreign::Photoshop,
        Foreign::Video,
        Foreign::Svg,
        Foreign::Pdf,
        Foreign::Archive,
        Foreign::Html,
        Foreign::Empty,
        Foreign::Unknown,
    ];
    let jpegs = [
        JpegKind::Cmyk,
        JpegKind::TwelveBit,
        JpegKind::Arithmetic,
        JpegKind::Lossless,
        JpegKind::ManyScans,
        JpegKind::LargeProgressive,
        JpegKind::Other,
    ];
    let mut refusals = vec![
        Refusal::Truncated,
        Refusal::Polyglot,
        Refusal::TooManyPixels { megapixels: 120 },
        Refusal::SideTooLong { pixels: 30_000 },
        Refusal::Damaged,
        Refusal::UnsupportedPng(PngKind::Animated),
        Refusal::UnsupportedPng(PngKind::HighDynamicRange),
        Refusal::UnsupportedPng(PngKind::LargeInterlaced),
    ];
    refusals.extend(foreign.map(Refusal::NotAPicture));
    refusals.extend(jpegs.map(Refusal::UnsupportedJpeg));
    let codes: std::collections::BTreeSet<&str> = refusals.iter().map(Refusal::code).collect();
    assert_eq!(codes.len(), refusals.len());
    for refusal in &refusals {
        let is_snake = |c: char| c.is_ascii_lowercase() || c == '_';
        assert!(refusal.code().chars().all(is_snake), "{}", refusal.code());
        let sentence = refusal.sentence();
        assert!(sentence.ends_with('.') && !sentence.contains("  "), "{sentence}");
        let advises = ["xport", "pload", "opy", "ave", "hoose", "only photos"];
        assert!(advises.iter().any(|verb| sentence.contains(verb)), "{sentence}");
    }
}

#[test]
fn the_bytes_say_what_a_picture_is_and_the_name_does_not() {
    let jpeg = jpeg(8, 8, PLAIN);
    let png = png(&[0; 12], (2, 2), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    for extension in ["JPG", "jpeg", "png", "PNG", "heic", "tif", "exe", ""] {
        assert_eq!(check(&jpeg, extension).unwrap().picture_type, PictureType::Jpeg);
        assert_eq!(check(&png, extension).unwrap().picture_type, PictureType::Png);
    }
}

#[test]
fn a_jpeg_cut_off_anywhere_is_refused() {
    for style in ALL_STYLES {
        let whole = jpeg(320, 240, style);
        assert!(intake(&whole).is_ok());
        let cuts = (3..whole.len() - 60)
            .step_by(whole.len() / 50)
            .chain(whole.len() - 60..whole.len() - 3);
        for cut in cuts {
            let error = intake(&whole[..cut]).map(|prepared| prepared.width);
            // The very last bits may be padding; then the shown picture lacks nothing.
            let shows_all = || {
                let shown = intake(&whole[..cut]).unwrap().web.bytes;
                shown == intake(&whole).unwrap().web.bytes
            };
            assert!(
                matches!(error, Err(Refusal::Truncated | Refusal::NotAPicture(Foreign::Unknown)))
                    || (cut + 8 > whole.len() && shows_all()),
                "{cut} of {}: {error:?}",
                whole.len()
            );
        }
    }
}

const ALL_STYLES: [Style; 4] = [
    PLAIN,
    Style { restarts: Some(4), ..PLAIN },
    Style { is_progressive: true, ..PLAIN },
    Style { sampling: jpeg_encoder::SamplingFactor::R_4_4_4, ..PLAIN },
];

#[test]
fn a_missing_end_marker_is_added_if_all_pixels_are_there() {
    for style in ALL_STYLES {
        let whole = jpeg(320, 240, style);
        let shown = intake(&whole).unwrap();
        for cut in [whole.len() - 2, whole.len() - 1] {
            let prepared = intake(&whole[..cut]);
            let name = format!("{:?} {} {cut}", style.restarts, style.is_progressive);
            let prepared = prepared.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
            assert_eq!(prepared.original, whole);
            assert_eq!(prepared.web.bytes, shown.web.bytes);
        }
    }
    let camera = portrait(&small_camera(), 1).bytes;
    assert!(intake(&camera[..camera.len() - 2]).is_ok());
    let png = png(&scene(64, 64), (64, 64), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    assert_eq!(intake_png(&png[..png.len() - 12]).unwrap().original, png);
}

#[test]
fn nothing_hides_behind_pixels_without_an_end_marker() {
    let whole = jpeg(64, 64, PLAIN);
    let open = &whole[..whole.len() - 2];
    for hidden in [
        &b"PK\x03\x04 some archive PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\x10\0\0\0\0\0"[..],
        b"....%PDF-1.4",
        b"<html><script>alert(1)</script>",
        b"<?php system($_GET['c']);",
    ] {
        assert_eq!(refusal(&[open, hidden].concat(), "jpg"), Refusal::Polyglot, "{hidden:?}");
    }
}

#[test]
fn stray_bytes_between_segments_are_passed_over_and_not_kept() {
    let whole = jpeg(64, 64, PLAIN);
    // After the header segment, and after it again with bytes that look like parts of a marker.
    let at = 4 + usize::from(u16::from_be_bytes([whole[4], whole[5]]));
    let strays =
        [&b"\0\0\0\0\0\0\0\0"[..], b"stray", b"\xff\0\xff\xff\0", b"\xff\xd0\xff\x01", b"\xff\xff"];
    for stray in strays {
        let odd = [&whole[..at], stray, &whole[at..]].concat();
        assert_eq!(intake(&odd).unwrap().original, whole, "{stray:?}");
    }
    // A segment whose length is too short: its rest is stray bytes.
    let exif = with_segment(&whole, 0xe1, b"Exif\0\0 something long");
    let mut short = exif;
    short[5] -= 9;
    assert_eq!(intake(&short).unwrap().original, whole);
}

#[test]
fn a_jpeg_whose_pixels_end_early_is_refused_even_with_an_end_marker_behind_them() {
    let styles =
        [PLAIN, Style { restarts: Some(4), ..PLAIN }, Style { is_progressive: true, ..PLAIN }];
    for style in styles {
        let whole = jpeg(320, 240, style);
        let scan = whole.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
        for part in 1..20 {
            let mut cut = whole[..scan + (whole.len() - scan) * part / 20].to_vec();
            // Not inside a marker.
            while cut.last() == Some(&0xff) {
                cut.pop();
            }
            cut.extend([0xff, 0xd9]);
            let result = intake(&cut);
            assert!(
                matches!(result, Err(Refusal::Truncated | Refusal::Damaged)),
                "{part} of 20, progressive {}: {:?}",
                style.is_progressive,
                result.map(|prepared| prepared.width)
            );
        }
    }
}

#[test]
fn a_png_cut_off_anywhere_is_refused() {
    let whole = png(&scene(64, 64), (64, 64), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    assert!(intake_png(&whole).is_ok());
    // Without its last chunk the picture is still complete.
    for cut in (8..whole.len()).filter(|cut| cut + 12 != whole.len()) {
        let error = intake_png(&whole[..cut]).unwrap_err();
        assert!(
            matches!(error, Refusal::Truncated | Refusal::NotAPicture(Foreign::Unknown)),
            "{cut}: {error:?}"
        );
    }
}

#[test]
fn a_png_whose_pixels_end_early_is_refused() {
    let rows = vec![0_u8; 30 * (1 + 40 * 3)];
    let short = [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_header(40, 40, 8, 2, false),
        chunk(*b"IDAT", &stored(&rows)),
        chunk(*b"IEND", &[]),
    ]
    .concat();
    let error = intake_png(&short).unwrap_err();
    assert!(matches!(error, Refusal::Truncated | Refusal::Damaged), "{error:?}");
}

#[test]
fn a_picture_that_hides_another_file_is_refused() {
    let jpeg = jpeg(64, 64, PLAIN);
    let png = png(&scene(8, 8), (8, 8), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    let zip = b"PK\x03\x04 some archive PK\x05\x06\0\0\0\0\x01\0\x01\0\x2e\0\0\0\x10\0\0\0\0\0";
    for hidden in [
        &zip[..],
        &[&b"x"[..], zip].concat(),
        b"%PDF-1.4",
        b"....%PDF-1.4",
        b"<html><script>alert(1)</script>",
        b"\n\n<SCRIPT>",
        b"<?php system($_GET['c']);",
        b"MZ\x90\0",
        b"\x7fELF",
        b"GIF89a",
        b"Rar!\x1a\x07\0",
    ] {
        let error = refusal(&[&jpeg[..], hidden].concat(), "jpg");
        assert_eq!(error, Refusal::Polyglot, "{hidden:?}");
        let error = refusal(&[&png[..], hidden].concat(), "png");
        assert_eq!(error, Refusal::Polyglot, "{hidden:?}");
    }
}

#[test]
fn what_cameras_append_is_neither_refused_nor_kept() {
    let picture = jpeg(64, 64, PLAIN);
    let second = jpeg(32, 32, PLAIN);
    for appended in [vec![0; 4096], second, b"SEFT camera trailer".to_vec()] {
        let prepared = intake(&[picture.clone(), appended].concat()).unwrap();
        assert_eq!(prepared.original.len(), picture.len());
        assert!(prepared.original.ends_with(&[0xff, 0xd9]));
    }
}

/// Builds the header of a JPEG of this size, without the pixels.
fn claiming(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = jpeg(16, 16, PLAIN);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

#[test]
fn a_decompression_bomb_is_refused_by_its_header() {
    assert_eq!(refusal(&claiming(65_500, 65_500), "jpg"), Refusal::SideTooLong { pixels: 65_500 });
    assert_eq!(
        refusal(&claiming(20_000, 5_001), "jpg"),
        Refusal::TooManyPixels { megapixels: 101 }
    );
    assert!(check(&claiming(20_000, 5_000), "jpg").is_ok());

    let bomb = |width, height| {
        [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            png_header(width, height, 8, 6, false),
            chunk(*b"IDAT", &stored(&[0; 64])),
            chunk(*b"IEND", &[]),
        ]
        .concat()
    };
    assert_eq!(refusal(&bomb(30_000, 30_000), "png"), Refusal::SideTooLong { pixels: 30_000 });
    assert_eq!(refusal(&bomb(10_001, 10_000), "png"), Refusal::TooManyPixels { megapixels: 101 });
    assert_eq!(refusal(&bomb(0, 10), "png"), Refusal::Damaged);
}

#[test]
fn a_progressive_jpeg_that_would_not_fit_in_memory_is_refused_by_its_header() {
    let mut bytes = claiming(20_000, 5_000);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    bytes[frame + 1] = 0xc2;
    // 4:4:4.
    bytes[frame + 11] = 0x11;
    let error = refusal(&bytes, "jpg");
    assert_eq!(error, Refusal::UnsupportedJpeg(JpegKind::LargeProgressive));
}

#[test]
fn a_jpeg_with_hundreds_of_scans_is_refused() {
    let whole = jpeg(64, 64, Style { is_progressive: true, ..PLAIN });
    let scan = whole.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let scans = &whole[scan..whole.len() - 2];
    let bytes = [&whole[..scan], &scans.repeat(100), &[0xff, 0xd9]].concat();
    let error = refusal(&bytes, "jpg");
    assert_eq!(error, Refusal::UnsupportedJpeg(JpegKind::ManyScans));
}

#[test]
fn kinds_of_jpeg_that_no_camera_writes_are_refused_with_their_name() {
    let with_marker = |marker: u8| {
        let mut bytes = jpeg(16, 16, PLAIN);
        let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        bytes[frame + 1] = marker;
        bytes
    };
    for (marker, kind) in [
        (0xc9, JpegKind::Arithmetic),
        (0xca, JpegKind::Arithmetic),
        (0xc3, JpegKind::Lossless),
        (0xc7, JpegKind::Lossless),
    ] {
        let error = refusal(&with_marker(marker), "jpg");
        assert_eq!(error, Refusal::UnsupportedJpeg(kind));
    }
    let mut twelve = with_marker(0xc1);
    let frame = twelve.windows(2).position(|pair| pair == [0xff, 0xc1]).unwrap();
    twelve[frame + 4] = 12;
    let error = refusal(&twelve, "jpg");
    assert_eq!(error, Refusal::UnsupportedJpeg(JpegKind::TwelveBit));
    for colours in [ColorType::Cmyk, ColorType::CmykAsYcck] {
        let cmyk = encode(&[90; 16 * 16 * 4], 16, 16, colours, PLAIN, |_| ());
        let error = refusal(&cmyk, "jpg");
        assert_eq!(error, Refusal::UnsupportedJpeg(JpegKind::Cmyk));
    }
    assert_eq!(refusal(&claiming(16, 0), "jpg"), Refusal::UnsupportedJpeg(JpegKind::Other));
}

#[test]
fn an_animated_png_is_refused() {
    let still = png(&scene(8, 8), (8, 8), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    let (head, rest) = still.split_at(8 + 25);
    let animated = [head, &chunk(*b"acTL", &[0, 0, 0, 2, 0, 0, 0, 0]), rest].concat();
    let error = refusal(&animated, "png");
    assert_eq!(error, Refusal::UnsupportedPng(PngKind::Animated));
}

#[test]
fn damaged_pixels_are_refused_and_not_shown() {
    let png = png(&scene(64, 64), (64, 64), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    let data = png.windows(4).position(|name| name == b"IDAT").unwrap();
    let mut broken = png.clone();
    broken[data + 40] ^= 0x55;
    assert_eq!(intake_png(&broken).unwrap_err(), Refusal::Damaged);

    // A missing table.
    let whole = jpeg(64, 64, PLAIN);
    let table = whole.windows(2).position(|pair| pair == [0xff, 0xc4]).unwrap();
    let mut broken = whole.clone();
    broken[table + 1] = 0xfe;
    assert_eq!(intake(&broken).unwrap_err(), Refusal::Damaged);
    // Bytes between the segments.
    let broken = [&whole[..2], b"junk", &whole[2..]].concat();
    assert!(matches!(intake(&broken), Err(Refusal::NotAPicture(_) | Refusal::Damaged)));
    // A second picture inside the first.
    let broken = with_segment(&whole, 0xd8, b"");
    assert_eq!(intake(&broken).unwrap_err(), Refusal::Damaged);
}
