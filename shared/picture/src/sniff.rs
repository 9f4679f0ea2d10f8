//! Detects a file's type from its first bytes, by two methods: our own list and the `infer` crate.

use super::refusal::Foreign;
use domain::photo::PictureType;

/// The number of bytes that are examined: every known signature lies well inside.
const HEAD_BYTES: usize = 4096;

/// Returns the type of the content, or the foreign type.
///
/// A file is a picture only if both methods agree: a byte pattern that only one of them takes for a JPEG was made to
/// deceive. The extension only distinguishes TIFF from raw files, which start alike.
pub(super) fn content_type(bytes: &[u8], extension: &str) -> Result<PictureType, Foreign> {
    let head = bytes.get(..HEAD_BYTES).unwrap_or(bytes);
    let ours = by_signature(head, extension)?;
    match (ours, infer::get(head).map(|kind| kind.mime_type())) {
        (PictureType::Jpeg, Some("image/jpeg")) | (PictureType::Png, Some("image/png")) => Ok(ours),
        _ => Err(Foreign::Unknown),
    }
}

fn by_signature(head: &[u8], extension: &str) -> Result<PictureType, Foreign> {
    const SIGNATURES: &[(&[u8], Foreign)] = &[
        (b"GIF87a", Foreign::Gif),
        (b"GIF89a", Foreign::Gif),
        (b"BM", Foreign::Bmp),
        (b"8BPS", Foreign::Photoshop),
        (b"%PDF-", Foreign::Pdf),
        (b"PK\x03\x04", Foreign::Archive),
        (b"PK\x05\x06", Foreign::Archive),
        (b"Rar!\x1a\x07", Foreign::Archive),
        (b"7z\xbc\xaf\x27\x1c", Foreign::Archive),
        (b"\x1f\x8b", Foreign::Archive),
        (b"FUJIFILMCCD-RAW", Foreign::Raw),
        (b"IIU\0", Foreign::Raw),
        (b"IIRO", Foreign::Raw),
        (b"IIRS", Foreign::Raw),
        (b"\x1a\x45\xdf\xa3", Foreign::Video),
    ];
    if head.is_empty() {
        return Err(Foreign::Empty);
    }
    if head.starts_with(b"\xff\xd8\xff") {
        return Ok(PictureType::Jpeg);
    }
    if head.starts_with(super::png::SIGNATURE) {
        return Ok(PictureType::Png);
    }
    if let Some((_, foreign)) = SIGNATURES.iter().find(|(magic, _)| head.starts_with(magic)) {
        return Err(*foreign);
    }
    if head.starts_with(b"II*\0") || head.starts_with(b"MM\0*") {
        // Nearly every raw format is a TIFF inside; only the file name distinguishes them.
        let is_tiff = matches!(extension.to_ascii_lowercase().as_str(), "tif" | "tiff");
        return Err(if is_tiff { Foreign::Tiff } else { Foreign::Raw });
    }
    if head.get(4..8) == Some(b"ftyp") {
        return Err(match head.get(8..12) {
            Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1") => {
                Foreign::Heic
            }
            Some(b"avif" | b"avis") => Foreign::Avif,
            Some(b"crx ") => Foreign::Raw,
            _ => Foreign::Video,
        });
    }
    if head.starts_with(b"RIFF") {
        return Err(if head.get(8..12) == Some(b"WEBP") { Foreign::Webp } else { Foreign::Video });
    }
    Err(by_markup(head))
}

fn by_markup(head: &[u8]) -> Foreign {
    let text = head.trim_ascii_start().to_ascii_lowercase();
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&text);
    if !text.starts_with(b"<") {
        Foreign::Unknown
    } else if contains(text, b"<svg") {
        Foreign::Svg
    } else if [&b"<!doctype"[..], b"<html", b"<head", b"<body", b"<script"]
        .iter()
        .any(|tag| contains(text, tag))
    {
        Foreign::Html
    } else {
        Foreign::Unknown
    }
}

/// Does a file of another kind follow the picture's own end?
///
/// Cameras often append data there (a second, smaller JPEG; a short film; zeros). It is dropped, and not refused.
/// Archives, documents, pages and programs are refused.
pub(super) fn another_file_follows(behind: &[u8]) -> bool {
    const AT_ONCE: &[&[u8]] =
        &[b"MZ", b"\x7fELF", b"GIF8", b"PK\x03\x04", b"#!", b"\xca\xfe\xba\xbe"];
    // Long enough not to occur by chance in the compressed bytes of a camera's second picture.
    const ANYWHERE: &[&[u8]] = &[
        b"%pdf-1",
        b"<script",
        b"<!doctype",
        b"<html",
        b"<?php",
        b"rar!\x1a\x07",
        b"7z\xbc\xaf\x27\x1c",
    ];
    if AT_ONCE.iter().any(|magic| behind.starts_with(magic)) || ends_with_zip_directory(behind) {
        return true;
    }
    // Compares without a lower-case copy, because the rest may be as large as a whole file.
    let may_begin = |byte: u8| matches!(byte, b'%' | b'<' | b'R' | b'r' | b'7');
    behind.iter().enumerate().filter(|(_, byte)| may_begin(**byte)).any(|(at, _)| {
        let rest = behind.get(at..).unwrap_or_default();
        ANYWHERE.iter().any(|magic| {
            rest.get(..magic.len()).is_some_and(|start| start.eq_ignore_ascii_case(magic))
        })
    })
}

/// Does the data end with a ZIP directory?
///
/// A ZIP is read from its end: the record `PK 5 6` gives the length of the comment that ends the file.
fn ends_with_zip_directory(behind: &[u8]) -> bool {
    const RECORD_BYTES: usize = 22;
    let earliest = behind.len().saturating_sub(RECORD_BYTES + usize::from(u16::MAX));
    let Some(tail) = behind.get(earliest..) else { return false };
    tail.windows(RECORD_BYTES).enumerate().any(|(at, record)| {
        let &[b'P', b'K', 5, 6, .., low, high] = record else { return false };
        at + RECORD_BYTES + usize::from(u16::from_le_bytes([low, high])) == tail.len()
    })
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
