//! Decides which segments are remembered: a file may have millions, and needs few.

use super::{APP0, APP1, APP2, APP14};

pub(super) const EXIF_MARK: &[u8] = b"Exif\0\0";
pub(super) const XMP_MARK: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
pub(super) const PROFILE_MARK: &[u8] = b"ICC_PROFILE\0";

/// The maximum number of pieces of a colour profile: they are numbered in one byte.
const MOST_PROFILE_PIECES: usize = 255;

/// The metadata that was found so far in a file: only the first block of each kind is read.
#[derive(Default)]
pub(super) struct Metadata {
    has_exif: bool,
    has_xmp: bool,
    profile_pieces: usize,
}

impl Metadata {
    /// Is this segment needed, to show the picture or to be read?
    pub(super) fn is_needed(&mut self, marker: u8, content: &[u8]) -> bool {
        match marker {
            APP0 => content.starts_with(b"JFIF\0"),
            APP1 if content.starts_with(EXIF_MARK) => !std::mem::replace(&mut self.has_exif, true),
            APP1 if content.starts_with(XMP_MARK) => !std::mem::replace(&mut self.has_xmp, true),
            APP2 if content.starts_with(PROFILE_MARK) => {
                self.profile_pieces += 1;
                // One more than the limit: then it is no valid profile.
                self.profile_pieces <= MOST_PROFILE_PIECES + 1
            }
            APP14 => content.starts_with(b"Adobe"),
            // The tables, the frame and the coded pixels.
            0xc0..=0xcf | 0xda..=0xdd => true,
            _ => false,
        }
    }
}
