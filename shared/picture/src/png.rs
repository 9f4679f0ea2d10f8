//! Reads the structure of a PNG: its chunks, without inflating any data.
//!
//! Source: W3C PNG (third edition), sections 5 and 11.

use std::borrow::Cow;
use std::io::Read as _;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use super::png_texts::Text;
use super::profile;
use super::refusal::{PngKind, Refusal};

/// The eight bytes at the start of every PNG.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The last chunk of every PNG, with its checksum.
const LAST_CHUNK: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";

/// The maximum number of remembered chunks: a picture needs about ten; its pixel chunks count as one.
///
/// Any number of texts and private chunks is skipped.
const MOST_CHUNKS: usize = 1_024;
/// The maximum number of remembered texts with data that is read. Programs write one of each kind.
const MOST_TEXTS: usize = 8;
/// The maximum size of a chunk with pixel semantics, in bytes. The longest is a table of 256 opacities.
const MOST_MEANING_BYTES: usize = 256;
/// The maximum size of a colour profile's chunk in bytes: compression never enlarges it much, its name has 79
/// letters.
const MOST_PACKED_PROFILE_BYTES: usize = profile::MOST_BYTES + 1_024;

/// The structure of a complete PNG file.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four independent findings")]
pub(super) struct Png {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Whether the picture is stored in seven passes.
    pub(super) is_interlaced: bool,
    /// Whether each channel takes two bytes.
    pub(super) has_sixteen_bits: bool,
    /// Whether the picture is grey.
    pub(super) is_grey: bool,
    /// Whether it has more than one frame.
    is_animated: bool,
    /// The chunks that show the picture or are read, in order. All others are removed.
    chunks: Vec<Chunk>,
    /// The end of the picture: the byte after its `IEND` chunk, or the end of the file.
    pub(super) end: usize,
}

#[derive(Debug)]
struct Chunk {
    name: [u8; 4],
    whole: Range<usize>,
    data: Range<usize>,
}

impl Chunk {
    /// Does a chunk at this position have the same name and follow directly?
    fn goes_on(&self, name: [u8; 4], at: usize) -> bool {
        self.name == name && self.whole.end == at
    }
}

/// The chunks that were found so far in a file.
#[derive(Default)]
struct Met {
    texts: usize,
    has_exif: bool,
    is_animated: bool,
    has_unknown_critical: bool,
}

impl Met {
    /// Is this chunk needed, to show the picture or to be read?
    fn is_needed(&mut self, name: [u8; 4], data: &[u8]) -> bool {
        match &name {
            // For these chunks the decoder checks the length.
            b"IHDR" | b"PLTE" | b"IDAT" | b"IEND" => true,
            b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"sBIT" | b"pHYs" | b"cICP" => {
                data.len() <= MOST_MEANING_BYTES
            }
            b"iCCP" => data.len() <= MOST_PACKED_PROFILE_BYTES,
            b"eXIf" => !std::mem::replace(&mut self.has_exif, true),
            b"tEXt" | b"zTXt" | b"iTXt" => {
                let is_read = self.texts < MOST_TEXTS
                    && Text::read(name, data).is_some_and(|text| text.is_read());
                self.texts += usize::from(is_read);
                is_read
            }
            b"acTL" => {
                self.is_animated = true;
                false
            }
            [first, ..] => {
                self.has_unknown_critical |= first.is_ascii_uppercase();
                false
            }
        }
    }
}

impl Png {
    /// Parses a PNG. Its last chunk may be missing, if all chunks before it are complete.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut chunks: Vec<Chunk> = Vec::new();
        let mut met = Met::default();
        let mut last = [0; 4];
        let mut at = SIGNATURE.len();
        let end = loop {
            let rest = bytes.get(at..).ok_or(Refusal::Truncated)?;
            if rest.is_empty() && last == *b"IDAT" {
                break at;
            }
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
            let content = bytes.get(data.clone()).ok_or(Refusal::Truncated)?;
            if met.is_needed(*name, content) {
                let is_full = chunks.len() == MOST_CHUNKS;
                match chunks.last_mut() {
                    // Consecutive pixel chunks count as one, however many there are.
                    Some(before) if name == b"IDAT" && before.goes_on(*name, at) => {
                        before.whole.end = next;
                    }
                    _ if is_full => {
                        return Err(Refusal::UnsupportedPng(PngKind::ManyChunks));
                    }
                    _ => chunks.push(Chunk { name: *name, whole: at..next, data }),
                }
            }
            if name == b"IEND" {
                break next;
            }
            last = *name;
            at = next;
        };
        let begins =
            |chunk: &&Chunk| chunk.name == *b"IHDR" && chunk.whole.start == SIGNATURE.len();
        let header = chunks.first().filter(begins);
        let header = header.and_then(|chunk| bytes.get(chunk.data.clone()));
        let Some(&[w3, w2, w1, w0, h3, h2, h1, h0, depth, colour, _, _, interlace]) = header else {
            return Err(Refusal::Damaged);
        };
        let png = Self {
            width: u32::from_be_bytes([w3, w2, w1, w0]),
            height: u32::from_be_bytes([h3, h2, h1, h0]),
            is_interlaced: interlace != 0,
            has_sixteen_bits: depth == 16,
            is_grey: matches!(colour, 0 | 4),
            is_animated: met.is_animated,
            chunks,
            end,
        };
        if png.width == 0 || png.height == 0 || !png.has(*b"IDAT") || met.has_unknown_critical {
            return Err(Refusal::Damaged);
        }
        Ok(png)
    }

    /// Refuses pictures that the decoder does not support.
    pub(super) fn supported(&self) -> Result<(), Refusal> {
        if self.is_animated {
            return Err(Refusal::UnsupportedPng(PngKind::Animated));
        }
        Ok(())
    }

    /// Returns the EXIF block from its TIFF header on: from its own chunk, or from a text chunk.
    pub(super) fn exif<'a>(&self, bytes: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let chunk = self.data(bytes).find(|(name, _)| name == b"eXIf");
        match chunk {
            Some((_, block)) => Some(block.strip_prefix(b"Exif\0\0").unwrap_or(block).into()),
            None => self.texts(bytes).find_map(|text| text.exif()).map(Cow::Owned),
        }
    }

    /// Returns the XMP packet.
    pub(super) fn xmp<'a>(&self, bytes: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        self.texts(bytes).find_map(|text| text.xmp())
    }

    /// Returns a colour chunk; it counts only before the pixels.
    pub(super) fn colour_chunk<'a>(&self, bytes: &'a [u8], name: [u8; 4]) -> Option<&'a [u8]> {
        let mut before = self.data(bytes).take_while(|(name, _)| name != b"IDAT");
        before.find(|(found, _)| *found == name).map(|(_, data)| data)
    }

    /// Returns the inflated colour profile of the file; `None` if it is too large.
    pub(super) fn profile(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let chunk = self.colour_chunk(bytes, *b"iCCP")?;
        let name_end = chunk.iter().position(|byte| *byte == 0)?;
        let (0, packed) = chunk.get(name_end + 1..)?.split_first().map(|(m, rest)| (*m, rest))?
        else {
            return None;
        };
        let mut profile = Vec::new();
        // One byte more than the limit: then it is too large.
        let most = u64::try_from(profile::MOST_BYTES + 1).unwrap_or(0);
        ZlibDecoder::new(packed).take(most).read_to_end(&mut profile).ok()?;
        (profile.len() <= profile::MOST_BYTES).then_some(profile)
    }

    fn texts<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = Text<'a>> {
        self.data(bytes).filter_map(|(name, data)| Text::read(name, data))
    }

    fn data<'a>(&self, bytes: &'a [u8]) -> impl Iterator<Item = ([u8; 4], &'a [u8])> {
        let chunks = self.chunks.iter();
        chunks.filter_map(|chunk| Some((chunk.name, bytes.get(chunk.data.clone())?)))
    }

    /// Removes everything that is not needed to show the picture, in place.
    ///
    /// Removed are EXIF, texts (including XMP), times, private chunks, and all data after the end. The pixels are
    /// unchanged.
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
        if !self.has(*b"IEND") {
            bytes.reserve_exact(LAST_CHUNK.len());
            bytes.extend_from_slice(LAST_CHUNK);
        }
    }

    fn has(&self, name: [u8; 4]) -> bool {
        self.chunks.iter().any(|chunk| chunk.name == name)
    }
}
