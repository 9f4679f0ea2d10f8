//! Reads the structure of a JPEG: its segments, without decoding a single pixel.
//!
//! One pass answers four questions: how large the picture is, whether it is complete, where it ends, and which
//! segments are needed to show it. (`img-parts` was considered: it copies every segment, and reports neither a
//! missing end nor the data after it.)
//!
//! Source: ITU-T T.81, annex B; Adobe Technical Note 5116 for APP14; ICC.1:2010 annex B.4.

mod coverage;
mod metadata;

use std::ops::Range;

use coverage::Coverage;
use metadata::{EXIF_MARK, Metadata, PROFILE_MARK, XMP_MARK};

use super::profile;
use super::refusal::{JpegKind, Refusal};

/// The maximum number of scans.
///
/// Encoders write about 10, the finest scripts of `jpegtran` fewer than 64. Each scan makes a decoder visit every
/// block of the picture again.
const MAX_SCANS: u32 = 64;
/// The maximum number of remembered segments.
///
/// A picture of 64 scans with tables for each has fewer than 400, and a colour profile has at most 255 pieces.
/// Comments and manufacturers' segments are never remembered.
const MOST_SEGMENTS: usize = 1_024;

/// The structure of a complete JPEG file.
#[derive(Debug)]
pub(super) struct Jpeg {
    /// The frame header.
    pub(super) frame: Frame,
    /// The segments that show the picture or are read, in order. All others are removed.
    segments: Vec<Segment>,
    /// The number of scans: one, unless the picture is progressive or not interleaved.
    pub(super) scans: u32,
    /// The end of the picture: the byte after its end-of-image marker, or the end of the file.
    pub(super) end: usize,
    /// Whether the end-of-image marker exists. Without it, only decoding shows whether all pixels are there.
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
    /// From the marker's first byte to the segment's last byte, including coded pixels.
    whole: Range<usize>,
    /// The data after the length.
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
    /// Parses a JPEG.
    ///
    /// Stray bytes before a segment are skipped, as every viewer does (libjpeg, `next_marker`). After coded pixels
    /// there are none: all bytes there belong to the pixels.
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
                // The file ends where a marker must be: directly after the pixels, if there are any.
                None if scans > 0 => break (bytes.len(), false),
                None => return Err(Refusal::Truncated),
            };
            if marker == END_OF_IMAGE {
                break (after, true);
            }
            // A marker without a length. A stray one before the pixels is skipped too. A second start of image is an
            // error, and so is any marker that interrupts the coded pixels.
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

    /// Refuses pictures that the decoder does not support.
    pub(super) fn supported(&self) -> Result<(), Refusal> {
        let frame = &self.frame;
        let kind = match frame.marker {
            0xc3 | 0xc5..=0xc7 | 0xcb | 0xcd..=0xcf => Some(JpegKind::Lossless),
            0xc9 | 0xca => Some(JpegKind::Arithmetic),
            _ if frame.precision == 12 => Some(JpegKind::TwelveBit),
            _ if frame.precision != 8 => Some(JpegKind::Other),
            // The height follows after the pixels (a DNL segment), as fax machines wrote it.
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

    /// Returns the bytes in which another file could be hidden: all after the end marker.
    ///
    /// Without an end marker: all after the last scan's header.
    pub(super) fn behind<'a>(&self, bytes: &'a [u8]) -> &'a [u8] {
        let last = self.segments.iter().rfind(|segment| segment.marker == START_OF_SCAN);
        let from = match last {
            Some(scan) if !self.has_end_marker => scan.body.end,
            _ => self.end,
        };
        bytes.get(from..).unwrap_or_default()
    }

    /// Returns the body of the EXIF segment, from its TIFF header on.
    pub(super) fn exif<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        self.bodies(bytes, APP1).find_map(|body| body.strip_prefix(EXIF_MARK))
    }

    /// Returns the XMP packet: its first segment, where programs write the orientation.
    pub(super) fn xmp<'a>(&self, bytes: &'a [u8]) -> Option<&'a [u8]> {
        self.bodies(bytes, APP1).find_map(|body| body.strip_prefix(XMP_MARK))
    }

    /// Assembles the colour profile from its numbered pieces.
    ///
    /// `None` if there is none, a piece is missing, or it is too large.
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

    /// Are the three components red, green and blue, instead of brightness and two colours?
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

    /// Removes everything that is not needed to show the picture, in place.
    ///
    /// Removed are EXIF with its positions, maker notes and thumbnails, XMP, IPTC, comments, and all data after the
    /// end. The coded pixels are unchanged.
    pub(super) fn strip(&self, bytes: &mut Vec<u8>, keep_profile: bool) {
        let mut kept = 2;
        for segment in &self.segments {
            let body = bytes.get(segment.body.clone()).unwrap_or_default();
            let new_body_length = match segment.marker {
                // The pixel density; a thumbnail may follow.
                APP0 if body.starts_with(b"JFIF\0") => Some(14),
                APP2 if keep_profile && body.starts_with(PROFILE_MARK) => Some(body.len()),
                // The colour encoding.
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

    /// Adds a colour profile to a stripped file, after the JFIF header, which must come first.
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

    /// Is the picture coded in several passes?
    pub(super) fn is_progressive(&self) -> bool {
        self.marker == 0xc2
    }
}

const fn is_start_of_frame(marker: u8) -> bool {
    // 0xc4, 0xc8 and 0xcc are tables and a reserved code.
    matches!(marker, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf)
}

/// Finds the next marker: its code, its start and the byte after it. `None` at the end of the file.
///
/// Fill bytes may precede its code, and stray bytes may precede the marker.
fn marker_from(bytes: &[u8], from: usize) -> Option<(u8, usize, usize)> {
    let mut start = from;
    loop {
        start += next_ff(bytes.get(start..)?)?;
        let rest = bytes.get(start..)?;
        let code = rest.iter().position(|byte| *byte != 0xff)?;
        match rest.get(code)? {
            // A stuffed byte among the stray bytes.
            0x00 => start += code + 1,
            // Fill bytes are skipped.
            marker => return Some((*marker, start + code - 1, start + code + 1)),
        }
    }
}

/// Finds the next marker that is no part of the coded pixels, or the end of the file.
fn end_of_coded_pixels(bytes: &[u8], from: usize) -> usize {
    let mut at = from;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(ff) = next_ff(rest) else { return bytes.len() };
        at += ff;
        match bytes.get(at + 1) {
            // A stuffed 0xff or a restart marker: still inside.
            Some(0x00 | 0xd0..=0xd7) => at += 2,
            Some(0xff) => at += 1,
            // A marker, or the first half of one that was cut off.
            Some(_) | None => return at,
        }
    }
}

/// Finds the first 0xff. It tests whole blocks first: `contains` is vectorised, a position search is not.
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
