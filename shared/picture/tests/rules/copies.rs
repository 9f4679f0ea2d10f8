//! Tests of the copies: orientation, colours and size, for every kind of source.

use fast_image_resize::images::Image;
use fast_image_resize::{PixelType, Resizer};
use jpeg_encoder::{ColorType, SamplingFactor};
use picture::{Derivative, Prepared};

use crate::camera::{Camera, Subject};
use crate::fixtures::{
    PLAIN, Pixels, Style, chunk, encode, intake, intake_png, jpeg, png, png_header, portrait, psnr,
    scene, shot, stored, with_segment,
};

/// Checks the orientation: red grows to the right and green downwards, so the corners show it.
fn assert_upright(picture: &Pixels) {
    let near = |x: f64, y: f64| {
        let [red, green, _] = picture.around(x, y);
        let expected = [20.0 + 200.0 * x, 20.0 + 200.0 * y];
        assert!(
            (red - expected[0]).abs() < 14.0 && (green - expected[1]).abs() < 14.0,
            "at {x} {y}: {red:.0} {green:.0}, not {expected:?}"
        );
    };
    for (x, y) in [(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9), (0.5, 0.5)] {
        near(x, y);
    }
}

fn size(copy: &Derivative) -> (u32, u32) {
    let pixels = Pixels::of(&copy.bytes);
    assert_eq!((copy.width as usize, copy.height as usize), (pixels.width, pixels.height));
    (copy.width, copy.height)
}

fn sizes(prepared: &Prepared) -> [(u32, u32); 3] {
    [size(&prepared.web), size(&prepared.proof), size(&prepared.thumbnail)]
}

#[test]
fn copies_have_their_long_sides_and_keep_the_shape() {
    let prepared = intake(&jpeg(3000, 2000, PLAIN)).unwrap();
    assert_eq!(sizes(&prepared), [(2048, 1366), (1200, 800), (400, 266)]);
    let prepared = intake(&jpeg(1500, 2500, PLAIN)).unwrap();
    assert_eq!(sizes(&prepared), [(1228, 2048), (720, 1200), (240, 400)]);
}

#[test]
fn a_picture_is_never_enlarged() {
    for (width, height) in [(1, 1), (2, 1), (1, 3), (7, 5), (8, 8), (17, 33), (399, 400)] {
        let expected = (u32::from(width), u32::from(height));
        let prepared = intake(&jpeg(width, height, PLAIN)).unwrap();
        assert_eq!(sizes(&prepared), [expected; 3]);
        let pixels = scene(width, height);
        let png = png(&pixels, expected, png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
        assert_eq!(sizes(&intake_png(&png).unwrap()), [expected; 3]);
    }
    assert_eq!(sizes(&intake(&jpeg(1000, 3, PLAIN)).unwrap())[2], (400, 2));
    assert_eq!(sizes(&intake(&jpeg(5000, 1, PLAIN)).unwrap()), [(2048, 1), (1200, 1), (400, 1)]);
}

#[test]
fn every_way_to_store_colours_looks_the_same() {
    for sampling in [
        SamplingFactor::R_4_4_4,
        SamplingFactor::R_4_4_0,
        SamplingFactor::R_4_2_2,
        SamplingFactor::R_4_2_0,
        SamplingFactor::R_4_1_1,
        SamplingFactor::R_4_1_0,
    ] {
        for is_progressive in [false, true] {
            for restarts in [None, Some(2)] {
                // A quarter of the colours across and half down, in separate scans, with restarts: the encoder of
                // these tests and the decoder count its blocks differently. No camera writes it.
                if restarts.is_some() && matches!(sampling, SamplingFactor::R_4_1_0) {
                    continue;
                }
                let style = Style { sampling, is_progressive, restarts };
                for (width, height) in [(320, 200), (331, 247), (2600, 301)] {
                    let prepared = intake(&jpeg(width, height, style)).unwrap_or_else(|refusal| {
                        panic!("{sampling:?} {is_progressive} {restarts:?} {width}: {refusal:?}")
                    });
                    assert_upright(&Pixels::of(&prepared.web.bytes));
                    assert_upright(&Pixels::of(&prepared.thumbnail.bytes));
                }
            }
        }
    }
}

#[test]
fn a_jpeg_that_stores_red_green_and_blue_keeps_its_colours() {
    // The encoder stores three equal components unchanged when it is told that they are already converted.
    let photo = encode(
        &scene(320, 200),
        320,
        200,
        ColorType::Ycbcr,
        Style { sampling: SamplingFactor::R_4_4_4, ..PLAIN },
        |encoder| {
            encoder.add_app_segment(14, b"Adobe\0\x64\0\0\0\0\0".to_vec()).unwrap();
        },
    );
    let prepared = intake(&photo).unwrap();
    assert_upright(&Pixels::of(&prepared.web.bytes));
    assert_upright(&Pixels::of(&prepared.thumbnail.bytes));
    assert_eq!(prepared.original, photo);
}

#[test]
fn a_grey_picture_stays_grey() {
    let grey: Vec<u8> = (0..300 * 200).map(|at| (at % 300 * 255 / 300) as u8).collect();
    let photo = encode(&grey, 300, 200, ColorType::Luma, PLAIN, |_| ());
    let from_png = png(&grey, (300, 200), png::ColorType::Grayscale, png::BitDepth::Eight, |_| ());
    for prepared in [intake(&photo).unwrap(), intake_png(&from_png).unwrap()] {
        let picture = Pixels::of(&prepared.web.bytes);
        assert!(picture.around(0.1, 0.5)[0] < 50.0 && picture.around(0.9, 0.5)[0] > 200.0);
        assert!(picture.rgb.as_chunks().0.iter().all(|[r, g, b]| r == g && g == b));
        // One component only.
        let frame = prepared.web.bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
        assert_eq!(prepared.web.bytes[frame + 9], 1);
    }
}

#[test]
fn all_eight_orientations_come_out_upright() {
    // The scene as stored, for each orientation: the position of a stored pixel in the upright picture.
    type Place = fn(usize, usize, usize, usize) -> (usize, usize);
    let (width, height) = (320_usize, 200_usize);
    let upright = scene(320, 200);
    let places: [Place; 8] = [
        |x, y, _, _| (x, y),
        |x, y, w, _| (w - 1 - x, y),
        |x, y, w, h| (w - 1 - x, h - 1 - y),
        |x, y, _, h| (x, h - 1 - y),
        |x, y, _, _| (y, x),
        |x, y, w, _| (w - 1 - y, x),
        |x, y, w, h| (w - 1 - y, h - 1 - x),
        |x, y, _, h| (y, h - 1 - x),
    ];
    for (orientation, place) in (1_u8..).zip(places) {
        let (stored_width, stored_height) =
            if orientation > 4 { (height, width) } else { (width, height) };
        let mut pixels = Vec::new();
        for y in 0..stored_height {
            for x in 0..stored_width {
                let (ux, uy) = place(x, y, width, height);
                let at = (uy * width + ux) * 3;
                pixels.extend_from_slice(&upright[at..at + 3]);
            }
        }
        let photo = encode(
            &pixels,
            stored_width as u16,
            stored_height as u16,
            ColorType::Rgb,
            PLAIN,
            |_| (),
        );
        let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
        let prepared = intake(&with_segment(&photo, 0xe1, &exif)).unwrap();
        assert_eq!(prepared.orientation, orientation);
        assert_eq!((prepared.width, prepared.height), (320, 200));
        assert_eq!(prepared.original, photo, "the original's pixels must not be rotated");
        for copy in [&prepared.web, &prepared.thumbnail] {
            assert_upright(&Pixels::of(&copy.bytes));
        }
        assert_eq!(size(&prepared.proof), (320, 200));
    }
}

#[test]
fn every_kind_of_png_is_read() {
    let (width, height) = (320_u32, 200_u32);
    let rgb = scene(320, 200);
    let pixels = rgb.as_chunks::<3>().0;
    let deep: Vec<u8> = rgb.iter().flat_map(|value| [*value, 0x80]).collect();
    let opaque: Vec<u8> = pixels.iter().flat_map(|[r, g, b]| [*r, *g, *b, 255]).collect();
    let deep_opaque: Vec<u8> = opaque.iter().flat_map(|value| [*value, *value]).collect();
    // 6 × 6 × 6 colours: steps of 51.
    let palette: Vec<u8> = (0..216_u32)
        .flat_map(|at| [at / 36, at / 6 % 6, at % 6])
        .map(|step| (step * 51) as u8)
        .collect();
    let step = |value: u8| (u32::from(value) + 25) / 51;
    let indexed: Vec<u8> =
        pixels.iter().map(|[r, g, b]| (step(*r) * 36 + step(*g) * 6 + step(*b)) as u8).collect();
    let size = (width, height);
    let nothing = |_: &mut png::Encoder<'_, &mut Vec<u8>>| ();
    let cases = [
        ("8 bit", png(&rgb, size, png::ColorType::Rgb, png::BitDepth::Eight, nothing)),
        ("16 bit", png(&deep, size, png::ColorType::Rgb, png::BitDepth::Sixteen, nothing)),
        ("alpha", png(&opaque, size, png::ColorType::Rgba, png::BitDepth::Eight, nothing)),
        (
            "16 alpha",
            png(&deep_opaque, size, png::ColorType::Rgba, png::BitDepth::Sixteen, nothing),
        ),
        (
            "palette",
            png(&indexed, size, png::ColorType::Indexed, png::BitDepth::Eight, |encoder| {
                encoder.set_palette(palette);
            }),
        ),
        ("interlaced", interlaced(&rgb, width as usize, height as usize)),
    ];
    for (name, file) in cases {
        let prepared = intake_png(&file).unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"));
        if name == "palette" {
            let [red, green, _] = Pixels::of(&prepared.web.bytes).around(0.9, 0.1);
            assert!((red - 200.0).abs() < 30.0 && (green - 40.0).abs() < 30.0);
        } else {
            assert_upright(&Pixels::of(&prepared.web.bytes));
        }
        assert_eq!(prepared.original, file);
    }
}

/// Encodes with Adam7. Source: W3C PNG, section 8.2.
fn interlaced(rgb: &[u8], width: usize, height: usize) -> Vec<u8> {
    let passes = [
        (0, 0, 8, 8),
        (4, 0, 8, 8),
        (0, 4, 4, 8),
        (2, 0, 4, 4),
        (0, 2, 2, 4),
        (1, 0, 2, 2),
        (0, 1, 1, 2),
    ];
    let mut data = Vec::new();
    for (x0, y0, dx, dy) in passes {
        for y in (y0..height).step_by(dy) {
            data.push(0);
            for x in (x0..width).step_by(dx) {
                let at = (y * width + x) * 3;
                data.extend_from_slice(&rgb[at..at + 3]);
            }
        }
    }
    [
        b"\x89PNG\r\n\x1a\n".to_vec(),
        png_header(width as u32, height as u32, 8, 2, true),
        chunk(*b"IDAT", &stored(&data)),
        chunk(*b"IEND", &[]),
    ]
    .concat()
}

#[test]
fn what_is_transparent_is_shown_over_white() {
    let size = (64, 64);
    let half = [200, 0, 0, 128].repeat(64 * 64);
    let clear = [0, 0, 0, 0].repeat(64 * 64);
    let grey = [0, 128].repeat(64 * 64);
    let rgba =
        |samples: &[u8]| png(samples, size, png::ColorType::Rgba, png::BitDepth::Eight, |_| ());
    let grey = png(&grey, size, png::ColorType::GrayscaleAlpha, png::BitDepth::Eight, |_| ());
    for (file, expected) in
        [(rgba(&half), [227.0, 127.0, 127.0]), (rgba(&clear), [255.0; 3]), (grey, [127.0; 3])]
    {
        let found = Pixels::of(&intake_png(&file).unwrap().web.bytes).around(0.5, 0.5);
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 5.0, "{found} {expected}");
        }
    }
}

#[test]
fn the_web_picture_is_as_good_as_a_full_decode_and_lanczos() {
    let camera = Camera::new(3);
    let photos = [
        portrait(&camera, 1).bytes,
        shot(&camera, Subject::Card { qr_text: "PD-ABCDE23456", readable: true }, 8).bytes,
    ];
    for photo in photos {
        let prepared = intake(&photo).unwrap();
        assert_eq!(prepared.orientation, 1, "the comparison needs an unrotated picture");
        let full = Pixels::of(&photo);
        let source =
            Image::from_vec_u8(full.width as u32, full.height as u32, full.rgb, PixelType::U8x3)
                .unwrap();
        let mut reference = Image::new(prepared.web.width, prepared.web.height, PixelType::U8x3);
        Resizer::new().resize(&source, &mut reference, None).unwrap();
        let found = psnr(&Pixels::of(&prepared.web.bytes).rgb, reference.buffer());
        assert!(found >= 35.0, "{found:.2} dB");
    }
}

#[test]
fn the_proof_is_marked_all_over_and_the_web_picture_is_not() {
    // On black, white and grey, in every tile of an eighth of the proof.
    for level in [0_u8, 128, 255] {
        let photo =
            encode(&vec![level; 1500 * 1000 * 3], 1500, 1000, ColorType::Rgb, PLAIN, |_| ());
        let prepared = intake(&photo).unwrap();
        let web = Pixels::of(&prepared.web.bytes);
        assert!(web.rgb.iter().all(|value| value.abs_diff(level) <= 2));
        let proof = Pixels::of(&prepared.proof.bytes);
        let (tile_width, tile_height) = (proof.width / 8, proof.height / 8);
        for tile in 0..64 {
            let (left, top) = (tile % 8 * tile_width, tile / 8 * tile_height);
            let marked = (top..top + tile_height)
                .flat_map(|y| (left..left + tile_width).map(move |x| (x, y)))
                .filter(|(x, y)| proof.rgb[(y * proof.width + x) * 3].abs_diff(level) > 20)
                .count();
            let part = marked as f64 / (tile_width * tile_height) as f64;
            assert!((0.005..0.5).contains(&part), "level {level}, tile {tile}: {part:.3}");
        }
    }
}

#[test]
fn the_same_photo_gives_the_same_files_every_time() {
    let photo = portrait(&crate::fixtures::small_camera(), 5).bytes;
    let (first, second) = (intake(&photo).unwrap(), intake(&photo).unwrap());
    assert_eq!(first.web.bytes, second.web.bytes);
    assert_eq!(first.proof.bytes, second.proof.bytes);
    assert_eq!(first.thumbnail.bytes, second.thumbnail.bytes);
    assert_eq!(first.original, second.original);
}
