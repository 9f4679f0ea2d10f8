//! The anatomy of a PNG: its chunks, read without inflating anything.
//!
//! Source: W3C PNG (third edition), sections 5 and 11.

use std::borrow::Cow;
use std::io::Read as _;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use super::png_texts::Text;
use super::profile;
use super::refusal::{PngKind, Refusal};

/// The eight bytes every PNG begins with.
pub(super) const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The chunk every PNG ends with, and its checksum.
const LAST_CHUNK: &[u8] = b"\0\0\0\0IEND\xae\x42\x60\x82";

/// Chunks that are remembered, at the most: a picture needs about ten, its pixels counting as one. Texts and private
/// chunks are passed over however many there are.
const MOST_CHUNKS: usize = 1_024;
/// Texts that are remembered, at the most, of those that may hold what is read. Programs write one of each kind.
const MOST_TEXTS: usize = 8;
/// Bytes of a chunk that says how the pixels are meant. The longest is a table of 256 opacities.
const MOST_MEANING_BYTES: usize = 256;
/// Bytes of a colour profile's chunk: no packing is worth more than its profile, its name has 79 letters.
const MOST_PACKED_PROFILE_BYTES: usize = profile::MOST_BYTES + 1_024;

/// A whole PNG file, taken apart.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "four findings that do not exclude each other")]
pub(super) struct Png {
    pub(super) width: u32,
    pub(super) height: u32,
    /// Whether it is stored in seven passes over all of it.
    pub(super) is_interlaced: bool,
    /// Whether each channel takes two bytes.
    pub(super) has_sixteen_bits: bool,
    /// Whether there is brightness only.
    pub(super) is_grey: bool,
    /// Whether it has more than one frame.
    is_animated: bool,
    /// The chunks that show the picture or are read, in order. All others leave.
    chunks: Vec<Chunk>,
    /// Where the picture ends: the byte after its `IEND` chunk, or the end of the file.
    pub(super) end: usize,
}

#[derive(Debug)]
struct Chunk {
    name: [u8; 4],
    whole: Range<usize>,
    data: Range<usize>,
}

impl Chunk {
    /// Whether a chunk at this place is of the same name and stands right behind.
    fn goes_on(&self, name: [u8; 4], at: usize) -> bool {
        self.name == name && self.whole.end == at
    }
}

/// Which chunks were met on the way through a file.
#[derive(Default)]
struct Met {
    texts: usize,
    has_exif: bool,
    is_animated: bool,
    has_unknown_critical: bool,
}

impl Met {
    /// Whether a chunk is needed, to show the picture or to be read.
    fn is_needed(&mut self, name: [u8; 4], data: &[u8]) -> bool {
        match &name {
            // Of these the decoder knows what is too long.
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
    /// Takes a PNG apart. Its last chunk may be missing, as long as all chunks before it are whole.
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
                    // All pixels in a row are one, in however many chunks they come.
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

    /// Refuses what the decoder does not read, before it is asked to.
    pub(super) fn supported(&self) -> Result<(), Refusal> {
        if self.is_animated {
            return Err(Refusal::UnsupportedPng(PngKind::Animated));
        }
        Ok(())
    }

    /// The EXIF block, from its TIFF header on: its own chunk's, or one that a program keeps in a text.
    pub(super) fn exif<'a>(&self, bytes: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        let chunk = self.data(bytes).find(|(name, _)| name == b"eXIf");
        match chunk {
            Some((_, block)) => Some(block.strip_prefix(b"Exif\0\0").unwrap_or(block).into()),
            None => self.texts(bytes).find_map(|text| text.exif()).map(Cow::Owned),
        }
    }

    /// The XMP packet.
    pub(super) fn xmp<'a>(&self, bytes: &'a [u8]) -> Option<Cow<'a, [u8]>> {
        self.texts(bytes).find_map(|text| text.xmp())
    }

    /// A chunk that says what colours mean: it counts only before the pixels.
    pub(super) fn colour_chunk<'a>(&self, bytes: &'a [u8], name: [u8; 4]) -> Option<&'a [u8]> {
        let mut before = self.data(bytes).take_while(|(name, _)| name != b"IDAT");
        before.find(|(found, _)| *found == name).map(|(_, data)| data)
    }

    /// The colour profile in the file, inflated; `None` for one larger than is kept.
    pub(super) fn profile(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let chunk = self.colour_chunk(bytes, *b"iCCP")?;
        let name_end = chunk.iter().position(|byte| *byte == 0)?;
        let (0, packed) = chunk.get(name_end + 1..)?.split_first().map(|(m, rest)| (*m, rest))?
        else {
            return None;
        };
        let mut profile = Vec::new();
        // One byte more than there may be: then it is too large.
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
        if !self.has(*b"IEND") {
            bytes.reserve_exact(LAST_CHUNK.len());
            bytes.extend_from_slice(LAST_CHUNK);
        }
    }

    fn has(&self, name: [u8; 4]) -> bool {
        self.chunks.iter().any(|chunk| chunk.name == name)
    }
}
