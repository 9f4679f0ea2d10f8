//! Decodes the bytes of a text file.
//!
//! A byte order mark decides. Without one, valid UTF-8 is UTF-8. For everything else, the encoding with the most
//! plausible names wins. When one program appended rows to a file of another, each row is decoded separately.

mod known_words;
mod mojibake;
mod plausible;

use std::borrow::Cow;

use super::RosterError;
use super::text_encoding::TextEncoding;

/// Minimum lead in points of the best encoding over the next one that gives another text.
const MARGIN: i32 = 12;
/// Minimum points of a certain encoding.
const LEAST_POINTS: i32 = 10;
/// Maximum size of the sample of lines with letters beyond ASCII, in bytes.
const SAMPLE_BYTES: usize = 64 * 1024;
/// Maximum number of encodings in a person's choice.
const MOST_CANDIDATES: usize = 5;

/// A decoded file.
pub(super) struct Decoded<'bytes> {
    pub(super) text: Cow<'bytes, str>,
    pub(super) encoding: TextEncoding,
    /// The encoding of the lines that are not in `encoding`.
    pub(super) other_rows: Option<TextEncoding>,
    /// Start positions of lines in the other encoding.
    pub(super) other_lines: Vec<usize>,
    /// Start positions of lines that an earlier conversion broke and that are repaired.
    pub(super) repaired_lines: Vec<usize>,
    /// The possible encodings, the most likely first; empty when the encoding is certain.
    pub(super) candidates: Vec<TextEncoding>,
}

impl<'bytes> Decoded<'bytes> {
    fn certain(text: Cow<'bytes, str>, encoding: TextEncoding) -> Self {
        Self {
            text,
            encoding,
            other_rows: None,
            other_lines: Vec::new(),
            repaired_lines: Vec::new(),
            candidates: Vec::new(),
        }
    }
}

/// Decodes a file without its byte order mark and without the end-of-file marks of DOS.
pub(super) fn decode(
    bytes: &[u8],
    forced: Option<TextEncoding>,
) -> Result<Decoded<'_>, RosterError> {
    let (marked, bytes) = without_mark(bytes);
    let bytes = without_end_marks(bytes, marked.or(forced));
    let decoded = match forced {
        Some(encoding) => Decoded::certain(encoding.decode(bytes), encoding),
        None => guess(bytes, marked),
    };
    // Text has no NUL, so this is a binary file.
    if decoded.text.contains('\0') || is_binary(bytes) {
        return Err(RosterError::NotText);
    }
    if decoded.text.trim().is_empty() {
        return Err(RosterError::Empty);
    }
    Ok(decoded)
}

/// Returns the encoding of the byte order mark, and the bytes after it.
fn without_mark(bytes: &[u8]) -> (Option<TextEncoding>, &[u8]) {
    let Some((encoding, length)) = encoding_rs::Encoding::for_bom(bytes) else {
        return (None, bytes);
    };
    (TextEncoding::parse(encoding.name()), bytes.get(length..).unwrap_or_default())
}

/// Removes Ctrl-Z and NUL from the end: DOS programs fill the last block of a file with them.
fn without_end_marks(bytes: &[u8], encoding: Option<TextEncoding>) -> &[u8] {
    let is_wide = matches!(encoding, Some(TextEncoding::Utf16Le | TextEncoding::Utf16Be))
        || wide_without_mark(bytes).is_some();
    let mut bytes = bytes;
    while let (false, [rest @ .., 0x1A | 0]) = (is_wide, bytes) {
        bytes = rest;
    }
    bytes
}

fn is_binary(bytes: &[u8]) -> bool {
    let starts: [&[u8]; 5] = [b"%PDF-", b"{\\rtf", b"\x89PNG", b"\xFF\xD8\xFF", b"\x1F\x8B"];
    starts.iter().any(|start| bytes.starts_with(start))
}

/// Detects UTF-16 without a byte order mark: line ends and separators have their NUL on the same side.
fn wide_without_mark(bytes: &[u8]) -> Option<TextEncoding> {
    let start = bytes.get(..bytes.len().min(4_096)).unwrap_or_default();
    let nuls =
        |parity: usize| start.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let encoding = match (nuls(0), nuls(1)) {
        (0, 1..) => TextEncoding::Utf16Le,
        (1.., 0) => TextEncoding::Utf16Be,
        _ => return None,
    };
    let is_whole = bytes.len().is_multiple_of(2);
    let has_lines = start.chunks_exact(2).any(|unit| {
        matches!(
            unit,
            [b'\n' | b'\r' | b',' | b';' | b'\t', 0] | [0, b'\n' | b'\r' | b',' | b';' | b'\t']
        )
    });
    (is_whole && has_lines).then_some(encoding)
}

fn guess(bytes: &[u8], marked: Option<TextEncoding>) -> Decoded<'_> {
    let wide = marked.filter(|encoding| *encoding != TextEncoding::Utf8);
    if let Some(encoding) = wide.or_else(|| wide_without_mark(bytes)) {
        return repair(Decoded::certain(encoding.decode(bytes), encoding));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => repair(Decoded::certain(Cow::Borrowed(text), TextEncoding::Utf8)),
        Err(_) => repair(from_names(bytes, marked.is_some())),
    }
}

/// Repairs a workbook's cell that an earlier conversion broke; `None` when there is nothing to repair.
pub(super) fn repaired_cell(cell: &str) -> Option<String> {
    mojibake::repaired(cell)
}

/// Repairs the lines that an earlier conversion broke.
fn repair(decoded: Decoded<'_>) -> Decoded<'_> {
    let is_broken = decoded.text.lines().any(|line| mojibake::repaired(line).is_some());
    if !is_broken {
        return decoded;
    }
    let mut text = String::with_capacity(decoded.text.len());
    let mut repaired_lines = Vec::new();
    let mut other_lines = Vec::new();
    let mut from = 0;
    for line in decoded.text.split_inclusive(['\n', '\r']) {
        if decoded.other_lines.binary_search(&from).is_ok() {
            other_lines.push(text.len());
        }
        from += line.len();
        match mojibake::repaired(line) {
            Some(line) => {
                repaired_lines.push(text.len());
                text.push_str(&line);
            }
            None => text.push_str(line),
        }
    }
    Decoded { text: Cow::Owned(text), other_lines, repaired_lines, ..decoded }
}

/// A sample of the lines with bytes beyond ASCII.
#[derive(Default)]
struct Sample {
    valid: Vec<u8>,
    broken: Vec<u8>,
}

impl Sample {
    fn of(bytes: &[u8]) -> Self {
        let mut sample = Self::default();
        for line in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
            if line.is_ascii() {
                continue;
            }
            let lines = if std::str::from_utf8(line).is_ok() {
                &mut sample.valid
            } else {
                &mut sample.broken
            };
            if lines.len() < SAMPLE_BYTES {
                lines.extend_from_slice(
                    line.get(..line.len().min(SAMPLE_BYTES)).unwrap_or_default(),
                );
                lines.push(b'\n');
            }
        }
        sample
    }

    fn all(&self) -> Vec<u8> {
        [self.broken.as_slice(), &self.valid].concat()
    }
}

/// Decodes text that is not valid UTF-8, in the encoding with the most plausible names.
fn from_names(bytes: &[u8], is_marked_utf_8: bool) -> Decoded<'_> {
    let sample = Sample::of(bytes);
    let whole = ranked(&sample.all());
    let mixed = ranked(&sample.broken);
    let best_points = |ranked: &[Ranked]| ranked.first().map_or(i32::MIN, |best| best.points);
    let valid_text = String::from_utf8_lossy(&sample.valid);
    // Rows that are valid UTF-8 with a letter beyond ASCII are rarely so by chance, unless the file is East Asian.
    let valid_points = plausible::points(&valid_text);
    let is_mixed = is_marked_utf_8
        || valid_points.is_some_and(|points| {
            let mean = points.saturating_add(best_points(&mixed)) / 2;
            mean >= best_points(&whole)
        });
    let ranked = if is_mixed { mixed } else { whole };
    let Some(best) = ranked.first() else {
        return Decoded::certain(
            TextEncoding::Windows1252.decode(bytes),
            TextEncoding::Windows1252,
        );
    };
    let encoding = best.encoding;
    let candidates = if is_certain(&ranked) {
        Vec::new()
    } else {
        ranked.iter().take(MOST_CANDIDATES).map(|ranked| ranked.encoding).collect()
    };
    if is_mixed {
        return Decoded { candidates, ..line_by_line(bytes, encoding) };
    }
    Decoded { candidates, ..Decoded::certain(encoding.decode(bytes), encoding) }
}

/// Decodes each line as UTF-8 where it is valid, otherwise in the other encoding.
fn line_by_line(bytes: &[u8], other: TextEncoding) -> Decoded<'static> {
    let mut text = String::with_capacity(bytes.len());
    let mut other_lines = Vec::new();
    for line in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        if let Ok(line) = std::str::from_utf8(line) {
            text.push_str(line);
        } else {
            other_lines.push(text.len());
            text.push_str(&mixed_line(line, other));
        }
    }
    Decoded {
        other_rows: Some(other),
        other_lines,
        ..Decoded::certain(Cow::Owned(text), TextEncoding::Utf8)
    }
}

/// Decodes a line whose cells have two encodings: valid UTF-8 stays.
fn mixed_line(line: &[u8], other: TextEncoding) -> String {
    let mut text = String::with_capacity(line.len());
    for chunk in line.utf8_chunks() {
        text.push_str(chunk.valid());
        text.push_str(&other.decode(chunk.invalid()));
    }
    text
}

/// An encoding with its points and the decoded text.
struct Ranked {
    encoding: TextEncoding,
    points: i32,
    text: String,
}

/// Returns whether the best encoding has enough points, no odd signs, and a clear lead over the next text.
fn is_certain(ranked: &[Ranked]) -> bool {
    let Some(best) = ranked.first() else { return false };
    let other = ranked.iter().find(|other| other.text != best.text);
    best.points >= LEAST_POINTS
        && !plausible::has_odd_sign(&best.text)
        && other.is_none_or(|other| best.points.saturating_sub(other.points) >= MARGIN)
}

/// Ranks encodings by the names they give, the best first. Of encodings with equal text, only the first stays.
fn ranked(sample: &[u8]) -> Vec<Ranked> {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(sample, true);
    let guess = detector.guess(None, chardetng::Utf8Detection::Deny);
    let guessed = TextEncoding::for_web_label(guess.name().as_bytes());
    let mut ranked: Vec<Ranked> = Vec::new();
    for encoding in TextEncoding::ALL {
        let is_unicode =
            matches!(encoding, TextEncoding::Utf8 | TextEncoding::Utf16Le | TextEncoding::Utf16Be);
        // Try a multi-byte encoding only when the byte statistics suggest it.
        if is_unicode || (!encoding.is_single_byte() && guessed != Some(encoding)) {
            continue;
        }
        let text = encoding.decode(sample).into_owned();
        let Some(points) = plausible::points(&text) else { continue };
        let points = points + prior(encoding) + if guessed == Some(encoding) { 20 } else { 0 };
        if let Some(same) = ranked.iter_mut().find(|ranked| ranked.text == text) {
            same.points = same.points.max(points);
        } else {
            ranked.push(Ranked { encoding, points, text });
        }
    }
    ranked.sort_by_key(|ranked| std::cmp::Reverse(ranked.points));
    ranked
}

/// Returns the bonus points of encodings that office programs write today.
fn prior(encoding: TextEncoding) -> i32 {
    match encoding {
        TextEncoding::Windows1252 => 10,
        TextEncoding::Macintosh => 4,
        TextEncoding::Windows1250 | TextEncoding::Windows1251 | TextEncoding::Windows1253 => 3,
        TextEncoding::Windows1254 | TextEncoding::Windows1255 | TextEncoding::Windows1256 => 2,
        TextEncoding::Ibm850 | TextEncoding::Windows1257 | TextEncoding::Windows1258 => 1,
        TextEncoding::Utf8
        | TextEncoding::Utf16Le
        | TextEncoding::Utf16Be
        | TextEncoding::Ibm437
        | TextEncoding::Iso8859_2
        | TextEncoding::Ibm852
        | TextEncoding::Koi8U
        | TextEncoding::Iso8859_5
        | TextEncoding::MacCyrillic
        | TextEncoding::Ibm866
        | TextEncoding::Iso8859_7
        | TextEncoding::Windows874
        | TextEncoding::ShiftJis
        | TextEncoding::EucJp
        | TextEncoding::Gb18030
        | TextEncoding::Big5
        | TextEncoding::EucKr => 0,
    }
}

#[cfg(test)]
mod tests;
