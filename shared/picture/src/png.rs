//! The anatomy of a PNG: its chunks, read without inflating anything.
//!
//! Source: W3C PNG (third edition), sections 5 and 11.

use std::ops::Range;

use super::refusal::{PngKind, Refusal};

/// The eight bytes every PNG begins with.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// A whole PNG file, taken apart.
#[derive(Debug)]
pub(super) struct Png {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Whether it is stored in seven passes over all of it.
    pub(super) is_interlaced: bool,
    chunks: Vec<Chunk>,
    /// Where the picture ends: the byte after its `IEND` chunk.
    pub(super) end: usize,
}

#[derive(Debug)]
struct Chunk {
    name: [u8; 4],
    whole: Range<usize>,
    data: Range<usize>,
}

impl Png {
    /// Takes a PNG apart.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut chunks = Vec::new();
        let mut at = SIGNATURE.len();
        let end = loop {
            let rest = bytes.get(at..).ok_or(Refusal::Truncated)?;
            let (length, rest) = rest.split_first_chunk().ok_or(Refusal::Truncated)?;
            let name: &[u8; 4] = rest.first_chunk().ok_or(Refusal::Truncated)?;
            if !name.iter().all(u8::is_ascii_alphabetic) {
                return Err(Refusal::Damaged);
            }
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap_or(usize::MAX);
            let data = at + 8..(at + 8).saturating_add(length);
            let next = data.end.saturating_add(4);
            if next > bytes.len() {
                return Err(Refusal::Truncated);
            }
            chunks.push(Chunk { name: *name, whole: at..next, data });
            if name == b"IEND" {
                break next;
            }
            at = next;
        };
        let header = chunks.first().filter(|chunk| chunk.name == *b"IHDR");
        let header = header.and_then(|chunk| bytes.get(chunk.data.clone()));
        let Some(&[w3, w2, w1, w0, h3, h2, h1, h0, _, _, _, _, interlace]) = header else {
            return Err(Refusal::Damaged);
        };
        let png = Self {
            width: u32::from_be_bytes([w3, w2, w1, w0]),
            height: u32::from_be_bytes([h3, h2, h1, h0]),
            is_interlaced: interlace != 0,
            chunks,
            end,
        };
        let is_known = |chunk: &Chunk| matches!(&chunk.name, b"IHDR" | b"PLTE" | b"IDAT" | b"IEND");
        let is_critical = |chunk: &Chunk| chunk.name[0].is_ascii_uppercase();
        if png.width == 0
            || png.height == 0
            || !png.has(*b"IDAT")
            || png.chunks.iter().any(|chunk| is_critical(chunk) && !is_known(chunk))
        {
            return Err(Refusal::Damaged);
        }
        Ok(png)
    }

    /// Refuses what the decoder does not read, before it is asked to.
    pub(super) fn supported(&self) -> Result<(), Refusal> {
        if self.has(*b"acTL") {
            return Err(Refusal::UnsupportedPng(PngKind::Animated));
        }
        Ok(())
    }

    /// The EXIF block, from its TIFF header on.
    pub(super) fn exif<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        let chunk = self.chunks.iter().find(|chunk| chunk.name == *b"eXIf")?;
        bytes.get(chunk.data.clone())
    }

    /// Takes everything out of the file that is not needed to show the picture, in place: EXIF, texts
    /// (XMP is one), times, private chunks, and whatever follows the end. The pixels are not touched.
    pub(super) fn strip(&self, bytes: &mut Vec<u8>, keep_profile: bool) {
        let mut kept = SIGNATURE.len();
        for chunk in &self.chunks {
            let needed = match &chunk.name {
                b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" | b"gAMA" | b"cHRM" | b"sRGB"
                | b"sBIT" | b"pHYs" | b"cICP" => true,
                b"iCCP" => keep_profile,
                _ => false,
            };
            if needed {
                bytes.copy_within(chunk.whole.clone(), kept);
                kept += chunk.whole.len();
            }
        }
        bytes.truncate(kept);
    }

    fn has(&self, name: [u8; 4]) -> bool {
        self.chunks.iter().any(|chunk| chunk.name == name)
    }
}
