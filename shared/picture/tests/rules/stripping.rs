//! Tests which metadata is removed and which stays.

use jpeg_encoder::{ColorType, SamplingFactor};
use picture::Prepared;

use crate::camera::{Camera, Subject};
use crate::fixtures::{
    PLAIN, Pixels, Style, chunk, contains, encode, intake, intake_png, jpeg, png, portrait, scene,
    shot, small_camera, with_segment,
};

fn files(prepared: &Prepared) -> [(&'static str, &[u8]); 4] {
    [
        ("original", &prepared.original),
        ("web", &prepared.web.bytes),
        ("proof", &prepared.proof.bytes),
        ("thumbnail", &prepared.thumbnail.bytes),
    ]
}

/// Returns the markers of a JPEG's segments, up to its first scan.
fn markers(jpeg: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut at = 2;
    while jpeg[at + 1] != 0xda {
        found.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    found
}

/// Builds data of this size that looks like a profile.
fn profile(bytes: usize, space: [u8; 4]) -> Vec<u8> {
    let mut profile: Vec<u8> = (0..bytes).map(|at| (at * 7 % 251) as u8).collect();
    profile[..4].copy_from_slice(&(bytes as u32).to_be_bytes());
    profile[16..20].copy_from_slice(&space);
    profile[36..40].copy_from_slice(b"acsp");
    profile
}

#[test]
fn nothing_the_camera_knew_leaves_with_any_file() {
    let photo = portrait(&Camera::new(4_711_815), 3).bytes;
    let secrets: [&[u8]; 8] = [
        b"Exif",
        b"MAKERNOTE",
        b"Pat Example",
        b"0004711815",
        b"2026:09:14",
        // 48 degrees, 52 minutes: the position as EXIF stores it.
        &[48, 0, 0, 0, 1, 0, 0, 0, 52, 0, 0, 0, 1, 0, 0, 0],
        b"85mm",
        b"Kestrel",
    ];
    let known = secrets.iter().filter(|secret| contains(&photo, secret)).count();
    assert!(known >= 7, "the camera must write private data");
    let prepared = intake(&photo).unwrap();
    for (name, file) in files(&prepared) {
        for secret in secrets {
            assert!(
                !contains(file, secret),
                "{name} contains {:?}",
                String::from_utf8_lossy(secret)
            );
        }
        let markers = markers(file);
        assert!(
            markers.iter().all(|marker| matches!(marker, 0xe0 | 0xc0 | 0xc4 | 0xdb)),
            "{name}: {markers:x?}"
        );
    }
    // The thumbnail in the EXIF block was a separate JPEG.
    let starts = prepared.original.windows(3).filter(|three| three == b"\xff\xd8\xff").count();
    assert_eq!(starts, 1);
}

#[test]
fn xmp_iptc_comments_and_unknown_segments_leave() {
    let mut photo = jpeg(64, 48, PLAIN);
    for (marker, body) in [
        (0xe1, &b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>SECRET</x:xmpmeta>"[..]),
        (0xed, b"Photoshop 3.0\08BIM\x04\x04\0\0\0\0\0\x0aSECRET"),
        (0xfe, b"SECRET comment"),
        (0xe2, b"MPF\0SECRET"),
        (0xe2, b"FPXR\0SECRET"),
        (0xe4, b"SECRET"),
        (0xeb, b"HDR SECRET"),
        (0xef, b"SECRET"),
        (0xf0, b"SECRET"),
    ] {
        photo = with_segment(&photo, marker, body);
    }
    // And one directly before the end, after the pixels.
    let end = photo.len() - 2;
    let photo = [&photo[..end], b"\xff\xfe\0\x08SECRET", &photo[end..]].concat();
    let prepared = intake(&photo).unwrap();
    for (name, file) in files(&prepared) {
        assert!(!contains(file, b"SECRET"), "{name}");
    }
    assert_eq!(prepared.original, jpeg(64, 48, PLAIN));
}

#[test]
fn the_originals_pixels_stay_as_they_are_to_the_last_bit() {
    for style in [
        PLAIN,
        Style { sampling: SamplingFactor::R_4_4_4, ..PLAIN },
        Style { is_progressive: true, ..PLAIN },
        Style { restarts: Some(3), ..PLAIN },
    ] {
        let plain = jpeg(203, 131, style);
        let photo = with_segment(&plain, 0xe1, b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0");
        let original = intake(&photo).unwrap().original;
        assert_eq!(original, plain);
        assert_eq!(Pixels::of(&original).rgb, Pixels::of(&photo).rgb);
    }
}

#[test]
fn a_thumbnail_in_the_jfif_header_leaves_and_the_density_stays() {
    let plain = jpeg(32, 32, PLAIN);
    let jfif = [&b"JFIF\0\x01\x02\x01\x01\x2c\x01\x2c\x02\x01"[..], b"SECRET"].concat();
    // Without the encoder's own header.
    let bare = [&plain[..2], &plain[20..]].concat();
    let original = intake(&with_segment(&bare, 0xe0, &jfif)).unwrap().original;
    assert!(!contains(&original, b"SECRET"));
    assert!(contains(&original, b"JFIF\0\x01\x02\x01\x01\x2c\x01\x2c\0\0"));
}

#[test]
fn the_colour_profile_stays_in_the_original_and_in_every_copy() {
    // Large enough to need two segments.
    for bytes in [560, 90_000] {
        let colours = profile(bytes, *b"RGB ");
        let photo = encode(&scene(64, 48), 64, 48, ColorType::Rgb, PLAIN, |encoder| {
            encoder.add_icc_profile(&colours).unwrap();
        });
        let prepared = intake(&photo).unwrap();
        for (name, file) in files(&prepared) {
            let mut decoder =
                zune_jpeg::JpegDecoder::new(zune_core::bytestream::ZCursor::new(file));
            decoder.decode_headers().unwrap();
            assert_eq!(decoder.icc_profile().as_ref(), Some(&colours), "{name}");
        }
    }
}

#[test]
fn a_profile_that_is_none_leaves() {
    let mut false_size = profile(600, *b"RGB ");
    false_size[..4].copy_from_slice(&u32::MAX.to_be_bytes());
    let mut unsigned = profile(600, *b"RGB ");
    unsigned[36] = 0;
    for wrong in [profile(600, *b"CMYK"), false_size, unsigned, b"SECRET".to_vec()] {
        let photo = encode(&scene(64, 48), 64, 48, ColorType::Rgb, PLAIN, |encoder| {
            encoder.add_icc_profile(&wrong).unwrap();
        });
        let prepared = intake(&photo).unwrap();
        for (name, file) in files(&prepared) {
            assert!(!contains(file, b"ICC_PROFILE"), "{name}");
        }
    }
}

#[test]
fn adobe_rgb_that_only_exif_told_of_becomes_a_profile() {
    // An interoperability directory with the index R03.
    let tiff = b"II*\0\x08\0\0\0\
        \x01\0\x69\x87\x04\0\x01\0\0\0\x1a\0\0\0\0\0\0\0\
        \x01\0\x05\xa0\x04\0\x01\0\0\0\x2c\0\0\0\0\0\0\0\
        \x01\0\x01\0\x02\0\x04\0\0\0R03\0\0\0\0\0";
    let photo = with_segment(&jpeg(64, 48, PLAIN), 0xe1, &[b"Exif\0\0", &tiff[..]].concat());
    let prepared = intake(&photo).unwrap();
    assert!(contains(&prepared.web.bytes, b"Adobe RGB (1998)"));
    assert!(contains(&prepared.thumbnail.bytes, b"acsp"));
    let standard = intake(&jpeg(64, 48, PLAIN)).unwrap();
    assert!(!contains(&standard.web.bytes, b"ICC_PROFILE"));
}

#[test]
fn a_png_keeps_its_pixels_and_loses_its_texts() {
    let plain = png(&scene(20, 10), (20, 10), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    let (head, rest) = plain.split_at(8 + 25);
    let secrets = [
        chunk(*b"tEXt", b"Author\0SECRET"),
        chunk(*b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0SECRET"),
        chunk(*b"eXIf", b"II*\0\x08\0\0\0\0\0SECRET"),
        chunk(*b"tIME", &[7, 234, 9, 14, 9, 12, 33]),
        chunk(*b"prVt", b"SECRET"),
    ]
    .concat();
    let photo = [head, &secrets, rest, b"trailing"].concat();
    let prepared = intake_png(&photo).unwrap();
    assert_eq!(prepared.original, plain);
    for (name, file) in files(&prepared) {
        assert!(!contains(file, b"SECRET"), "{name}");
    }
}

#[test]
fn capture_time_orientation_and_upright_size_are_read_before_the_metadata_goes() {
    let camera = small_camera();
    let mut seen = std::collections::BTreeSet::new();
    for seed in 0..12 {
        let prepared = intake(&portrait(&camera, seed).bytes).unwrap();
        assert_eq!(prepared.captured_at.as_deref(), Some("2026-09-14T09:12:33.120"));
        let upright = if prepared.orientation == 1 { (640, 480) } else { (480, 640) };
        assert_eq!((prepared.width, prepared.height), upright);
        seen.insert(prepared.orientation);
    }
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), [1, 6, 8]);
}

#[test]
fn broken_or_absurd_metadata_is_no_reason_to_refuse_a_photo() {
    let plain = jpeg(64, 48, PLAIN);
    let exif = |body: &[u8]| with_segment(&plain, 0xe1, &[b"Exif\0\0", body].concat());
    let real = shot(&small_camera(), Subject::Portrait { seed: 1 }, 1).bytes;
    let start = real.windows(4).position(|four| four == b"Exif").unwrap() + 6;
    let mut never = real[start..start + 900].to_vec();
    let time = never.windows(10).position(|ten| ten == b"2026:09:14").unwrap();
    never[time..time + 10].copy_from_slice(b"0000:00:00");
    for body in [b"".to_vec(), b"nonsense".to_vec(), b"II*\0\xff\xff\xff\xff".to_vec(), never] {
        let prepared = intake(&exif(&body)).unwrap();
        assert!((1..=8).contains(&prepared.orientation));
    }
    let prepared = intake(&plain).unwrap();
    assert_eq!((prepared.captured_at, prepared.orientation), (None, 1));
}
