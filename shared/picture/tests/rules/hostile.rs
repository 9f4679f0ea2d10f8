//! Bytes from somebody who means harm: whatever they are, there is an answer and never a crash.

use std::time::{Duration, Instant};

use domain::photo::PictureType;
use jpeg_encoder::SamplingFactor;
use picture::{check, prepare};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::fixtures::{PLAIN, Style, jpeg, png, portrait, scene, small_camera};

fn try_both(bytes: &[u8]) {
    for (declared, extension) in [(PictureType::Jpeg, "jpg"), (PictureType::Png, "png")] {
        if let Ok(header) = check(bytes, declared, extension) {
            // A mutated header may claim a hundred megapixels: lawful, but slow to test.
            if u64::from(header.width) * u64::from(header.height) < 4_000_000 {
                drop(prepare(bytes.to_vec(), header));
            }
        }
    }
}

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
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_crash(bytes in vec(any::<u8>(), 0..600)) {
        try_both(&bytes);
        try_both(&[&[0xff, 0xd8, 0xff, 0xe0], &bytes[..]].concat());
        try_both(&[&b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR"[..], &bytes].concat());
    }

    #[test]
    fn changed_pictures_never_crash(
        which in 0..6_usize,
        changes in vec((any::<proptest::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = corpus().swap_remove(which);
        for (place, value) in changes {
            let at = place.index(bytes.len());
            bytes[at] = value;
        }
        try_both(&bytes);
    }
}

/// The fuzz target of `tests/fuzz` for everybody: a few seconds of mutations on the stable toolchain, the same
/// every time. `cargo +nightly fuzz run picture` is the thorough one.
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
        try_both(&bytes);
    }
}
