//! Reads metadata in a PNG's text chunks: XMP, and EXIF as a "raw profile" in hexadecimal digits.
//!
//! Source: W3C PNG (third edition), 11.3.3; `ImageMagick` `coders/png.c`, `Magick_png_write_raw_profile`.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::ZlibDecoder;

/// The bytes of a text that are read, inflated or not: an EXIF block of 64 KiB takes twice that in digits.
const MOST_BYTES: usize = 256 << 10;
/// The maximum length of a keyword in bytes. Source: W3C PNG, 11.3.3.1.
const MOST_KEYWORD_BYTES: usize = 79;

const XMP: &[u8] = b"XML:com.adobe.xmp";
const RAW_XMP: &[u8] = b"Raw profile type xmp";
/// The second one is older: the unchanged segment of a JPEG.
const RAW_EXIF: [&[u8]; 2] = [b"Raw profile type exif", b"Raw profile type APP1"];

/// One text chunk.
pub(super) struct Text<'a> {
    /// Its keyword.
    keyword: &'a [u8],
    compressed: bool,
    content: &'a [u8],
}

impl<'a> Text<'a> {
    /// Parses a chunk; `None` if it is no valid text chunk.
    pub(super) fn read(chunk: [u8; 4], data: &'a [u8]) -> Option<Self> {
        let (keyword, _) = until_zero(data.get(..=MOST_KEYWORD_BYTES).unwrap_or(data))?;
        let rest = data.get(keyword.len() + 1..)?;
        let (compressed, content) = match &chunk {
            b"tEXt" => (false, rest),
            b"zTXt" => (true, rest.strip_prefix(b"\0")?),
            b"iTXt" => {
                let (&[compressed, _method], rest) = rest.split_first_chunk()?;
                let (_language, rest) = until_zero(rest)?;
                let (_translated, rest) = until_zero(rest)?;
                (compressed == 1, rest)
            }
            _ => return None,
        };
        Some(Self { keyword, compressed, content })
    }

    /// Is its keyword one of a text that we read?
    pub(super) fn is_read(&self) -> bool {
        [XMP, RAW_XMP].contains(&self.keyword) || RAW_EXIF.contains(&self.keyword)
    }

    /// Returns its EXIF block, from the TIFF header on.
    pub(super) fn exif(&self) -> Option<Vec<u8>> {
        if !RAW_EXIF.contains(&self.keyword) {
            return None;
        }
        let block = from_digits(&self.content()?)?;
        Some(block.strip_prefix(b"Exif\0\0").map_or_else(|| block.clone(), <[u8]>::to_vec))
    }

    /// Returns its XMP packet.
    pub(super) fn xmp(&self) -> Option<Cow<'a, [u8]>> {
        if self.keyword == XMP {
            return self.content();
        }
        (self.keyword == RAW_XMP).then(|| from_digits(&self.content()?).map(Cow::Owned)).flatten()
    }

    fn content(&self) -> Option<Cow<'a, [u8]>> {
        if !self.compressed {
            return Some(Cow::Borrowed(self.content.get(..MOST_BYTES).unwrap_or(self.content)));
        }
        let mut inflated = Vec::new();
        let most = u64::try_from(MOST_BYTES).unwrap_or(0);
        ZlibDecoder::new(self.content).take(most).read_to_end(&mut inflated).ok()?;
        Some(Cow::Owned(inflated))
    }
}

/// Decodes a raw profile: a line feed, its name, its length in decimal, then the bytes as digits in lines.
fn from_digits(text: &[u8]) -> Option<Vec<u8>> {
    let mut words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    let _name = words.next()?;
    let length: usize = std::str::from_utf8(words.next()?).ok()?.parse().ok()?;
    let digits: Vec<u8> = words.flatten().map_while(|digit| value(*digit)).collect();
    let bytes: Vec<u8> =
        digits.as_chunks::<2>().0.iter().map(|[high, low]| high << 4 | low).collect();
    (bytes.len() >= length).then(|| bytes.get(..length).map(<[u8]>::to_vec))?
}

fn value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

fn until_zero(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = data.iter().position(|byte| *byte == 0)?;
    Some((data.get(..end)?, data.get(end + 1..)?))
}
