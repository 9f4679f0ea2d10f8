//! The anatomy of a JPEG: its segments, read without decoding a single pixel.
//!
//! One walk answers four questions: how large the picture is, whether it is whole, where it ends, and
//! which segments are needed to show it. (`img-parts` was considered: it copies every segment and says
//! neither whether the end is missing nor what follows it.)
//!
//! Source: ITU-T T.81, annex B; Adobe Technical Note 5116 for APP14; ICC.1:2010 annex B.4.

mod coverage;
mod metadata;

use std::ops::Range;

use coverage::Coverage;
use metadata::{EXIF_MARK, Metadata, PROFILE_MARK, XMP_MARK};

use super::profile;
use super::refusal::{JpegKind, Refusal};

/// More scans than this are refused. Encoders write about 10, the finest scripts of `jpegtran` fewer than
/// 64; each one makes a decoder visit every block of the picture again.
const MAX_SCANS: u32 = 64;
/// Segments that are remembered, at the most. A picture of 64 scans with tables for each has fewer than 400, and a
/// colour profile of 255 pieces is the largest there can be. A comment or a maker's segment is never remembered.
const MOST_SEGMENTS: usize = 1_024;

/// A whole JPEG file, taken apart.
#[derive(Debug)]
pub(super) struct Jpeg {
    /// What the frame header says.
    pub(super) frame: Frame,
    /// The segments that show the picture or are read, in order. All others leave.
    segments: Vec<Segment>,
    /// Scans in the picture: one, unless it is progressive or not interleaved.
    pub(super) scans: u32,
    /// Where the picture ends: the byte after its end-of-image marker, or the end of the file.
    pub(super) end: usize,
    /// Whether the end-of-image marker is there. Without it only decoding tells whether all pixels are.
    pub(super) has_end_marker: bool,
}

/// The frame header.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    pub(super) width: u16,
    pub(super) height: u16,
    pub(super) components: Vec<Component>,
    marker: u8,
    precision: u8,
}

/// One colour component.
#[derive(Debug, Clone, Copy)]
pub(super) struct Component {
    id: u8,
    pub(super) horizontal: u8,
    pub(super) vertical: u8,
}

#[derive(Debug)]
struct Segment {
    marker: u8,
    /// From the marker's first byte to the last byte that belongs to it, coded pixels included.
    whole: Range<usize>,
    /// What follows the length.
    body: Range<usize>,
}

const START_OF_SCAN: u8 = 0xda;
const START_OF_IMAGE: u8 = 0xd8;
const END_OF_IMAGE: u8 = 0xd9;
const APP0: u8 = 0xe0;
const APP1: u8 = 0xe1;
const APP2: u8 = 0xe2;
const APP14: u8 = 0xee;

impl Jpeg {
    /// Takes a JPEG apart.
    ///
    /// Stray bytes before a segment are passed over, as every viewer does (libjpeg, `next_marker`). Behind coded
    /// pixels there are none: what stands there belongs to the pixels.
    pub(super) fn read(bytes: &[u8]) -> Result<Self, Refusal> {
        let mut segments = Vec::new();
        let mut metadata = Metadata::default();
        let mut frame = None;
        let mut scans = 0;
        let mut coverage = Coverage::default();
        let mut at = 2;
        let (end, has_end_marker) = loop {
            let (marker, start, after) = match marker_from(bytes, at) {
                Some(found) => found,
                // The file ends where a marker is due: right behind the pixels, if there are any.
                None if scans > 0 => break (bytes.len(), false),
                None => return Err(Refusal::Truncated),
            };
            if marker == END_OF_IMAGE {
                break (after, true);
            }
            // A marker without a length: a stray one before the pixels is passed over too. A second start of image
            // is not, nor is anything that breaks the coded pixels off.
            if matches!(marker, 0x01 | 0xd0..=0xd8) {
                if marker == START_OF_IMAGE || scans > 0 {
                    return Err(Refusal::Damaged);
                }
                at = after;
                continue;
            }
            let length = usize::from(be16(bytes, after).ok_or(Refusal::Truncated)?);
            if length < 2 {
                return Err(Refusal::Damaged);
            }
            let body = after + 2..after + length;
            let content = bytes.get(body.clone()).ok_or(Refusal::Truncated)?;
            if is_start_of_frame(marker) {
                let read = Frame::read(marker, content).ok_or(Refusal::Damaged)?;
                if frame.replace(read).is_some() {
                    return Err(Refusal::Damaged);
                }
            }
            let mut next = body.end;
            if marker == START_OF_SCAN {
                let frame = frame.as_ref().ok_or(Refusal::Damaged)?;
                coverage.add(frame, content).ok_or(Refusal::Damaged)?;
                scans += 1;
                if scans > MAX_SCANS {
                    return Err(Refusal::UnsupportedJpeg(JpegKind::ManyScans));
                }
                next = end_of_coded_pixels(bytes, next);
            }
            if metadata.is_needed(marker, content) {
                if segments.len() == MOST_SEGMENTS {
                    return Err(Refusal::UnsupportedJpeg(JpegKind::ManySegments));
                }
                segments.push(Segment { marker, whole: start..next, body });
            }
            at = next;
        };
        let frame = frame.ok_or(Refusal::Damaged)?;
        if scans == 0 || !coverage.is_complete(&frame) {
            return Err(Refusal::Truncated);
        }
        Ok(Self { frame, segments, scans, end, has_end_marker })
    }

    /// Refuses what the decoder does not read, before it is asked to.
    pub(super) fn supported(&self) -> Result<(), Refusal> {
        let frame = &self.frame;
        let kind = match frame.marker {
            0xc3 | 0xc5..=0xc7 | 0xcb | 0xcd..=0xcf => Some(JpegKind::Lossless),
            0xc9 | 0xca => Some(JpegKind::Arithmetic),
            _ if frame.precision == 12 => Some(JpegKind::TwelveBit),
            _ if frame.precision != 8 => Some(JpegKind::Other),
            // The height comes after the pixels (a DNL segment): fax machines did that.
            _ if frame.height == 0 || self.segments.iter().any(|s| s.marker == 0xdc) => {
                Some(JpegKind::Other)
            }
            _ => match frame.components.len() {
                1 | 3 => None,
                4 => Some(JpegKind::Cmyk),
                _ => Some(JpegKind::Other),
            },
        };
        match kind {
            Some(kind) => Err(Refusal::UnsupportedJpeg(kind)),
            None if frame.width == 0 => Err(Refusal::Damaged),
            None => Ok(()),
        }
    }

    /// The bytes behind which another file could be hidden: all behind the end marker. Without one, all behind
    /// the last scan's header.
    pub(super) fn behind<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let last = self.segments.iter().rfind(|segment| segment.marker == START_OF_SCAN);
        let from = match last {
            Some(scan) if !self.has_end_marker => scan.body.end,
            _ => self.end,
        };
        bytes.get(from..).unwrap_or_default()
    }

    /// The body of the EXIF segment, from its TIFF header on.
    pub(super) fn exif<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        self.bodies(bytes, APP1).find_map(|body| body.strip_prefix(EXIF_MARK))
    }

    /// The XMP packet: its first segment, where programs write the orientation.
    pub(super) fn xmp<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        self.bodies(bytes, APP1).find_map(|body| body.strip_prefix(XMP_MARK))
    }

    /// The colour profile, put together from its numbered pieces. `None` if there is none, a piece lacks, or it is larger
    /// than one that is kept.
    pub(super) fn profile(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut pieces: Vec<(u8, u8, &[u8])> = self
            .bodies(bytes, APP2)
            .filter_map(|body| match body.strip_prefix(PROFILE_MARK)? {
                [number, of, piece @ ..] => Some((*number, *of, piece)),
                _ => None,
            })
            .collect();
        pieces.sort_by_key(|(number, _, _)| *number);
        let (_, count, _) = *pieces.first()?;
        let complete = pieces.len() == usize::from(count)
            && pieces
                .iter()
                .zip(1_u16..)
                .all(|((number, of, _), place)| u16::from(*number) == place && *of == count);
        let length: usize = pieces.iter().map(|(_, _, piece)| piece.len()).sum();
        (complete && length <= profile::MOST_BYTES)
            .then(|| pieces.iter().flat_map(|(_, _, piece)| *piece).copied().collect())
    }

    /// Whether the three components are red, green and blue rather than brightness and two colours.
    pub(super) fn is_rgb(&self, bytes: &[u8]) -> bool {
        let adobe =
            self.bodies(bytes, APP14).find_map(|body| match body.strip_prefix(b"Adobe")? {
                [_, _, _, _, _, _, transform, ..] => Some(*transform),
                _ => None,
            });
        let has_jfif = self.bodies(bytes, APP0).any(|body| body.starts_with(b"JFIF\0"));
        let ids: Vec<u8> = self.frame.components.iter().map(|c| c.id).collect();
        match adobe {
            _ if ids.len() != 3 => false,
            Some(transform) => transform == 0,
            None => !has_jfif && ids == *b"RGB",
        }
    }

    /// Takes everything out of the file that is not needed to show the picture, in place: EXIF with its
    /// positions, maker notes and thumbnails, XMP, IPTC, comments, and whatever follows the end.
    ///
    /// The coded pixels are not touched: not one of them changes.
    pub(super) fn strip(&self, bytes: &mut Vec<u8>, keep_profile: bool) {
        let mut kept = 2;
        for segment in &self.segments {
            let body = bytes.get(segment.body.clone()).unwrap_or_default();
            let new_body_length = match segment.marker {
                // Its density; a thumbnail may follow.
                APP0 if body.starts_with(b"JFIF\0") => Some(14),
                APP2 if keep_profile && body.starts_with(PROFILE_MARK) => Some(body.len()),
                // How the colours are coded.
                APP14 if body.starts_with(b"Adobe") => Some(12),
                // The tables, the frame and the coded pixels.
                0xc0..=0xcf | 0xda..=0xdd => None,
                _ => continue,
            };
            match new_body_length {
                Some(length) if length > body.len() => {}
                Some(length) => {
                    let start = segment.body.start;
                    bytes.copy_within(start..start + length, kept + 4);
                    let field = u16::try_from(length + 2).unwrap_or(u16::MAX).to_be_bytes();
                    write(bytes, kept, &[0xff, segment.marker]);
                    write(bytes, kept + 2, &field);
                    if segment.marker == APP0 {
                        write(bytes, kept + 4 + 12, &[0, 0]);
                    }
                    kept += 4 + length;
                }
                None => {
                    bytes.copy_within(segment.whole.clone(), kept);
                    kept += segment.whole.len();
                }
            }
        }
        bytes.truncate(kept);
        bytes.reserve_exact(2);
        bytes.extend_from_slice(&[0xff, END_OF_IMAGE]);
    }

    /// Adds a colour profile to a stripped file: behind the JFIF header, which comes first.
    pub(super) fn add_profile(bytes: &mut Vec<u8>, profile: &[u8]) {
        let Ok(length) = u16::try_from(2 + PROFILE_MARK.len() + 2 + profile.len()) else { return };
        let head = [&[0xff, APP2], &length.to_be_bytes()[..], PROFILE_MARK, &[1, 1]].concat();
        let has_jfif = bytes.get(2..4) == Some(&[0xff, APP0]);
        let at = if has_jfif { 4 + be16(bytes, 4).map_or(0, usize::from) } else { 2 };
        if at <= bytes.len() {
            bytes.reserve_exact(head.len() + profile.len());
            bytes.splice(at..at, head.into_iter().chain(profile.iter().copied()));
        }
    }

    fn bodies<'a>(&self, bytes: &'a [u8], marker: u8) -> impl Iterator<Item = &'a [u8]> {
        self.segments
            .iter()
            .filter(move |segment| segment.marker == marker)
            .filter_map(|segment| bytes.get(segment.body.clone()))
    }
}

impl Frame {
    fn read(marker: u8, content: &[u8]) -> Option<Self> {
        let (&[precision, h1, h0, w1, w0, count], rest) = content.split_first_chunk()?;
        let components: Vec<Component> = rest
            .as_chunks::<3>()
            .0
            .iter()
            .map(|&[id, sampling, _]| Component {
                id,
                horizontal: sampling >> 4,
                vertical: sampling & 15,
            })
            .collect();
        let plausible = rest.len() == usize::from(count) * 3
            && components
                .iter()
                .all(|c| (1..=4).contains(&c.horizontal) && (1..=4).contains(&c.vertical));
        plausible.then_some(Self {
            width: u16::from_be_bytes([w1, w0]),
            height: u16::from_be_bytes([h1, h0]),
            components,
            marker,
            precision,
        })
    }

    /// Whether the picture is coded in several passes over all of it.
    pub(super) fn is_progressive(&self) -> bool {
        self.marker == 0xc2
    }
}

const fn is_start_of_frame(marker: u8) -> bool {
    // 0xc4, 0xc8 and 0xcc are tables and a reserved code.
    matches!(marker, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf)
}

/// The next marker from this place on: its code, where it starts and the byte after it. `None` at the end of the
/// file. Fill bytes may stand before its code, and stray bytes before it.
fn marker_from(bytes: &[u8], from: usize) -> Option<(u8, usize, usize)> {
    let mut start = from;
    loop {
        start += next_ff(bytes.get(start..)?)?;
        let rest = bytes.get(start..)?;
        let code = rest.iter().position(|byte| *byte != 0xff)?;
        match rest.get(code)? {
            // A stuffed byte among the stray ones.
            0x00 => start += code + 1,
            // Fill bytes are left behind.
            marker => return Some((*marker, start + code - 1, start + code + 1)),
        }
    }
}

/// Where the next marker stands that is no part of the coded pixels, or the end of the file.
fn end_of_coded_pixels(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(ff) = next_ff(rest) else { return bytes.len() };
        at += ff;
        match bytes.get(at + 1) {
            // A stuffed 0xff, or a restart: still inside.
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            // A marker, or the first half of one that was cut off.
            Some(_) | None => return at,
        }
    }
}

/// The first 0xff. Whole blocks are asked first: `contains` is vectorised, a search for a place is not.
fn next_ff(bytes: &[u8]) -> Option<usize> {
    const BLOCK: usize = 64;
    let clear = bytes.chunks(BLOCK).take_while(|block| !block.contains(&0xff)).count() * BLOCK;
    let place = bytes.get(clear..)?.iter().position(|byte| *byte == 0xff)?;
    Some(clear + place)
}

fn be16(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..)?.first_chunk().map(|pair| u16::from_be_bytes(*pair))
}

fn write(bytes: &mut [u8], at: usize, what: &[u8]) {
    if let Some(place) = bytes.get_mut(at..at + what.len()) {
        place.copy_from_slice(what);
    }
}
