//! Tests with hostile bytes: every input gets an answer and never causes a crash.

use std::time::{Duration, Instant};

use jpeg_encoder::SamplingFactor;
use picture::{check, prepare};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::fixtures::{
    PLAIN, Style, jpeg, png, portrait, scene, small_camera, with_chunks, with_segment,
};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0<x tiff:Orientation='6'/>";

fn told(rgb: &[u8], chunks: &[([u8; 4], &[u8])]) -> Vec<u8> {
    let plain = png(rgb, (33, 21), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    with_chunks(&plain, chunks)
}

fn try_it(bytes: &[u8]) {
    if let Ok(header) = check(bytes, "jpg") {
        // A mutated header may claim a hundred megapixels: allowed, but slow to test.
        if u64::from(header.width) * u64::from(header.height) < 4_000_000 {
            drop(prepare(bytes.to_vec(), header));
        }
    }
}

/// Pictures of every supported kind, with all the metadata that is read.
fn corpus() -> Vec<Vec<u8>> {
    let camera_like = portrait(&small_camera().with_sensor(160, 120), 1).bytes;
    let rgb = scene(33, 21);
    vec![
        camera_like,
        jpeg(33, 21, PLAIN),
        jpeg(40, 24, Style { is_progressive: true, ..PLAIN }),
        jpeg(40, 24, Style { sampling: SamplingFactor::R_4_1_1, restarts: Some(1), ..PLAIN }),
        png(&rgb, (33, 21), png::ColorType::Rgb, png::BitDepth::Eight, |_| ()),
        png(&rgb[..33 * 21], (33, 21), png::ColorType::Grayscale, png::BitDepth::Eight, |_| ()),
        told(&rgb, &[(*b"cICP", &[9, 1, 0, 1]), (*b"gAMA", &[0, 1, 0x86, 0xa0])]),
        told(&rgb, &[(*b"cHRM", &[0, 0, 0x7a, 0x26].repeat(8)), (*b"gAMA", &[0, 1, 0x86, 0xa0])]),
        told(&rgb, &[(*b"zTXt", b"Raw profile type exif\0\0\x78\x01\x01\x05\0\xfa\xff\nexif")]),
        told(&rgb, &[(*b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0tiff:Orientation=\"6\"")]),
        with_segment(&jpeg(33, 21, PLAIN), 0xe1, XMP),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_crash(bytes in vec(any::<u8>(), 0..600)) {
        try_it(&bytes);
        try_it(&[&[0xff, 0xd8, 0xff, 0xe0], &bytes[..]].concat());
        try_it(&[&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], &bytes].concat());
    }

    #[test]
    fn changed_pictures_never_crash(
        which in 0..11_usize,
        changes in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = corpus().swap_remove(which);
        for (place, value) in changes {
            let at = place.index(bytes.len());
            bytes[at] = value;
        }
        try_it(&bytes);
    }
}

/// A short form of the fuzz target in `tests/fuzz`: a few seconds of deterministic mutations on the stable toolchain.
///
/// `cargo +nightly fuzz run picture` is the thorough one.
#[test]
fn seconds_of_mutations_never_crash() {
    let corpus = corpus();
    let until = Instant::now() + Duration::from_secs(4);
    let mut state = 0x2026_0914_u64;
    let mut next = move |limit: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % limit.max(1) as u64) as usize
    };
    while Instant::now() < until {
        let mut bytes = corpus[next(corpus.len())].clone();
        for _ in 0..=next(6) {
            let at = next(bytes.len());
            match next(6) {
                0 => bytes[at] = next(256) as u8,
                1 => bytes[at] ^= 1 << next(8),
                2 => bytes[at] = [0, 0xff, 0x7f, 0x80][next(4)],
                3 => bytes.truncate(at.max(1)),
                4 => {
                    let end = (at + next(40)).min(bytes.len());
                    let copy = bytes[at..end].to_vec();
                    let to = next(bytes.len());
                    bytes.splice(to..to, copy);
                }
                _ => {
                    let end = (at + next(20)).min(bytes.len());
                    bytes.drain(at..end);
                }
            }
            if bytes.is_empty() {
                break;
            }
        }
        try_it(&bytes);
    }
}
