//! Tests of the orientation, in all places where cameras and programs write it.

use crate::fixtures::{
    PLAIN, chunk, intake, intake_png, jpeg, png, scene, stored, with_chunks, with_segment,
};

/// Builds an EXIF block from its TIFF header on, with an orientation.
fn exif(orientation: u8) -> Vec<u8> {
    let mut block = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    block.extend([orientation, 0, 0, 0, 0, 0, 0]);
    block
}

fn xmp(orientation: u8) -> Vec<u8> {
    format!("<x:xmpmeta><rdf:Description tiff:Orientation=\"{orientation}\"/></x:xmpmeta>")
        .into_bytes()
}

fn in_jpeg(segments: &[Vec<u8>]) -> u8 {
    let plain = jpeg(64, 48, PLAIN);
    let photo = segments.iter().rev().fold(plain, |photo, body| with_segment(&photo, 0xe1, body));
    let prepared = intake(&photo).unwrap();
    let upright = if prepared.orientation > 4 { (48, 64) } else { (64, 48) };
    assert_eq!((prepared.web.width, prepared.web.height), upright);
    prepared.orientation
}

fn in_png(chunks: &[([u8; 4], &[u8])]) -> u8 {
    let plain = png(&scene(64, 48), (64, 48), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    let prepared = intake_png(&with_chunks(&plain, chunks)).unwrap();
    assert_eq!(prepared.original, plain);
    prepared.orientation
}

/// Encodes as `ImageMagick` does: name, length, digits in lines.
fn digits(name: &str, block: &[u8]) -> Vec<u8> {
    let lines: Vec<String> = block
        .chunks(36)
        .map(|line| line.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
        .collect();
    format!("\n{name}\n{:8}\n{}\n", block.len(), lines.join("\n")).into_bytes()
}

#[test]
fn a_jpeg_is_turned_as_exif_or_else_xmp_says() {
    let exif = |orientation| [&b"Exif\0\0"[..], &exif(orientation)].concat();
    let xmp = |orientation| [&b"http://ns.adobe.com/xap/1.0/\0"[..], &xmp(orientation)].concat();
    assert_eq!(in_jpeg(&[]), 1);
    for orientation in 1..=8 {
        assert_eq!(in_jpeg(&[exif(orientation)]), orientation);
        assert_eq!(in_jpeg(&[xmp(orientation)]), orientation);
    }
    assert_eq!(in_jpeg(&[xmp(3), exif(6)]), 6, "XMP comes first");
    assert_eq!(in_jpeg(&[exif(6), xmp(3)]), 6, "they disagree");
    assert_eq!(in_jpeg(&[exif(1), xmp(3)]), 1, "EXIF says upright");
    assert_eq!(in_jpeg(&[exif(0), xmp(3)]), 3, "the EXIF value is invalid");
    assert_eq!(in_jpeg(&[exif(9), xmp(9)]), 1);
}

#[test]
fn a_png_is_turned_as_its_exif_or_texts_say() {
    let (block, packet) = (exif(6), xmp(8));
    let with_mark = [&b"Exif\0\0"[..], &block].concat();
    assert_eq!(in_png(&[(*b"eXIf", &block)]), 6);
    assert_eq!(in_png(&[(*b"eXIf", &with_mark)]), 6);
    for (name, profile) in [("exif", &with_mark), ("APP1", &with_mark), ("exif", &block)] {
        let key = format!("Raw profile type {name}");
        let text = digits(name, profile);
        let plain = [key.as_bytes(), b"\0", &text].concat();
        assert_eq!(in_png(&[(*b"tEXt", &plain)]), 6, "{name}");
        let deflated = [key.as_bytes(), b"\0\0", &stored(&text)].concat();
        assert_eq!(in_png(&[(*b"zTXt", &deflated)]), 6, "{name}");
        let international = [key.as_bytes(), b"\0\x01\0\0\0", &stored(&text)].concat();
        assert_eq!(in_png(&[(*b"iTXt", &international)]), 6, "{name}");
    }
    let xmp = [&b"XML:com.adobe.xmp\0\0\0\0\0"[..], &packet].concat();
    assert_eq!(in_png(&[(*b"iTXt", &xmp)]), 8);
    let deflated = [&b"XML:com.adobe.xmp\0\x01\0\0\0"[..], &stored(&packet)].concat();
    assert_eq!(in_png(&[(*b"iTXt", &deflated)]), 8);
    let raw = [&b"Raw profile type xmp\0"[..], &digits("xmp", &packet)].concat();
    assert_eq!(in_png(&[(*b"tEXt", &raw)]), 8);
    assert_eq!(in_png(&[(*b"iTXt", &xmp), (*b"eXIf", &block)]), 6, "EXIF wins");
}

#[test]
fn orientation_is_read_behind_the_pixels_too() {
    let plain = png(&scene(64, 48), (64, 48), png::ColorType::Rgb, png::BitDepth::Eight, |_| ());
    let (pixels, end) = plain.split_at(plain.len() - 12);
    let late = [pixels, &chunk(*b"eXIf", &exif(3)), end].concat();
    assert_eq!(intake_png(&late).unwrap().orientation, 3);
}
