//! Reads a few values of an EXIF block, with limits.
//!
//! A block is a tree of directories with arbitrary offsets, so 64 KiB can expand to gigabytes. The crates that read a
//! whole block have no limits (the tests use `kamadak-exif` to write blocks). This module visits three directories,
//! each once, and copies a value only when it is read.
//!
//! Source: EXIF 2.32 (CIPA DC-008), 4.5 and 4.6; TIFF 6.0, section 2.

/// The bytes of a block that are read: the capacity of a JPEG segment.
///
/// In other formats, maker notes and thumbnails may follow after that.
const MOST_BYTES: usize = 64 << 10;
/// The directory entries that are read: cameras write fewer than 100.
const MOST_ENTRIES: usize = 512;
/// The bytes of a text that are read: times and serial numbers have fewer than 100.
const MOST_TEXT_BYTES: usize = 256;

/// The directories of a block that are read.
#[derive(Debug, Clone, Copy)]
enum Directory {
    /// The first one: orientation and camera.
    Main,
    /// The exposure data.
    Photo,
    /// Data for other programs.
    Interoperability,
}

/// A tag: its directory and its number there.
#[derive(Debug, Clone, Copy)]
pub(super) struct ExifTag(Directory, u16);

impl ExifTag {
    pub(super) const MAKE: Self = Self(Directory::Main, 0x010f);
    pub(super) const MODEL: Self = Self(Directory::Main, 0x0110);
    pub(super) const ORIENTATION: Self = Self(Directory::Main, 0x0112);
    pub(super) const DATE_TIME: Self = Self(Directory::Main, 0x0132);
    /// Adobe's tag for the serial number of the camera body.
    pub(super) const CAMERA_SERIAL_NUMBER: Self = Self(Directory::Main, 0xc62f);
    const PHOTO_DIRECTORY: Self = Self(Directory::Main, 0x8769);

    pub(super) const DATE_TIME_ORIGINAL: Self = Self(Directory::Photo, 0x9003);
    pub(super) const DATE_TIME_DIGITIZED: Self = Self(Directory::Photo, 0x9004);
    pub(super) const SUB_SEC_TIME: Self = Self(Directory::Photo, 0x9290);
    pub(super) const SUB_SEC_TIME_ORIGINAL: Self = Self(Directory::Photo, 0x9291);
    pub(super) const SUB_SEC_TIME_DIGITIZED: Self = Self(Directory::Photo, 0x9292);
    pub(super) const COLOR_SPACE: Self = Self(Directory::Photo, 0xa001);
    const INTEROPERABILITY_DIRECTORY: Self = Self(Directory::Photo, 0xa005);
    pub(super) const BODY_SERIAL_NUMBER: Self = Self(Directory::Photo, 0xa431);

    pub(super) const INTEROPERABILITY_INDEX: Self = Self(Directory::Interoperability, 0x0001);
}

/// Number, type, count, and the value or its offset.
type Entry = [u8; 12];

/// A block whose directories were found.
#[derive(Debug, Default)]
pub(super) struct ExifBlock<'a> {
    bytes: &'a [u8],
    is_little_endian: bool,
    main: &'a [Entry],
    photo: &'a [Entry],
    interoperability: &'a [Entry],
}

impl<'a> ExifBlock<'a> {
    /// Finds the directories of a block that starts with its TIFF header; `None` without such a header.
    pub(super) fn read(block: &'a [u8]) -> Option<Self> {
        let bytes = block.get(..MOST_BYTES).unwrap_or(block);
        let is_little_endian = match bytes.first_chunk()? {
            b"II*\0" => true,
            b"MM\0*" => false,
            _ => return None,
        };
        let mut read = Self { bytes, is_little_endian, ..Self::default() };
        read.main = read.directory(read.long(bytes.get(4..)?)?);
        read.photo = read.directory_at(ExifTag::PHOTO_DIRECTORY);
        read.interoperability = read.directory_at(ExifTag::INTEROPERABILITY_DIRECTORY);
        Some(read)
    }

    /// Returns a whole number; the first one if there are several.
    pub(super) fn number(&self, tag: ExifTag) -> Option<u32> {
        self.values(tag).find_map(|(kind, data)| match kind {
            Kind::Byte => data.first().map(|byte| u32::from(*byte)),
            Kind::Short => self.short(data).map(u32::from),
            Kind::Long => self.long(data),
            Kind::Ascii => None,
        })
    }

    /// Returns a text without padding, at most [`MOST_TEXT_BYTES`]; `None` if it is empty.
    pub(super) fn text(&self, tag: ExifTag) -> Option<String> {
        self.values(tag).find_map(|(kind, data)| {
            let text = data.get(..MOST_TEXT_BYTES).unwrap_or(data);
            let text = text.split(|byte| *byte == 0).next().filter(|_| kind == Kind::Ascii)?;
            let text = String::from_utf8_lossy(text);
            let text = text.trim();
            (!text.is_empty()).then(|| text.to_owned())
        })
    }

    fn directory_at(&self, pointer: ExifTag) -> &'a [Entry] {
        self.number(pointer).map(|at| self.directory(at)).unwrap_or_default()
    }

    fn directory(&self, at: u32) -> &'a [Entry] {
        let at = usize::try_from(at).unwrap_or(usize::MAX);
        // An offset inside the header is invalid.
        let Some(directory) = self.bytes.get(at..).filter(|_| at > 0) else { return &[] };
        let count = self.short(directory).map_or(0, usize::from).min(MOST_ENTRIES);
        let (entries, _) = directory.get(2..).unwrap_or_default().as_chunks::<12>();
        entries.get(..count).unwrap_or(entries)
    }

    /// Returns the values of a tag that lie within the block: one, unless the tag occurs twice.
    fn values(
        &self,
        ExifTag(directory, number): ExifTag,
    ) -> impl Iterator<Item = (Kind, &'a [u8])> {
        let entries = match directory {
            Directory::Main => self.main,
            Directory::Photo => self.photo,
            Directory::Interoperability => self.interoperability,
        };
        entries.iter().filter_map(move |entry| {
            let (head, value) = entry.split_at_checked(8)?;
            if self.short(head)? != number {
                return None;
            }
            let (kind, unit_bytes) = match self.short(head.get(2..)?)? {
                1 => (Kind::Byte, 1),
                2 => (Kind::Ascii, 1),
                3 => (Kind::Short, 2),
                4 => (Kind::Long, 4),
                _ => return None,
            };
            let count = usize::try_from(self.long(head.get(4..)?)?).ok()?;
            let length = count.checked_mul(unit_bytes)?;
            if let Some(inline) = value.get(..length) {
                return Some((kind, inline));
            }
            let at = usize::try_from(self.long(value)?).ok()?;
            Some((kind, self.bytes.get(at..at.checked_add(length)?)?))
        })
    }

    fn short(&self, bytes: &[u8]) -> Option<u16> {
        let two = *bytes.first_chunk()?;
        Some(if self.is_little_endian { u16::from_le_bytes(two) } else { u16::from_be_bytes(two) })
    }

    fn long(&self, bytes: &[u8]) -> Option<u32> {
        let four = *bytes.first_chunk()?;
        Some(if self.is_little_endian {
            u32::from_le_bytes(four)
        } else {
            u32::from_be_bytes(four)
        })
    }
}

/// The value types that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Byte,
    Ascii,
    Short,
    Long,
}

#[cfg(test)]
mod tests {
    use super::{ExifBlock, ExifTag};

    /// Builds a block with one entry whose value follows it.
    fn block(header: &[u8], kind: u8, count: u32, behind: &[u8]) -> Vec<u8> {
        let mut block = [header, &[0, 0, 0, 8, 0, 1, 0x01, 0x32, 0, kind]].concat();
        block.extend_from_slice(&count.to_be_bytes());
        block.extend_from_slice(&26_u32.to_be_bytes());
        block.extend_from_slice(&[0; 4]);
        block.extend_from_slice(behind);
        block
    }

    #[test]
    fn a_text_ends_at_its_first_zero_and_is_short() {
        let read = |count, behind: &[u8]| {
            let block = block(b"MM\0*", 2, count, behind);
            ExifBlock::read(&block).unwrap().text(ExifTag::DATE_TIME)
        };
        assert_eq!(read(20, b"2026:09:14 09:12:33\0").as_deref(), Some("2026:09:14 09:12:33"));
        assert_eq!(read(6, b" a \0b\0").as_deref(), Some("a"));
        assert_eq!(read(5, b"\0\0\0\0\0"), None);
        assert_eq!(read(6, b"short"), None, "it ends after the block");
        assert_eq!(read(u32::MAX, b"short"), None);
        assert_eq!(read(60_000, &b"x".repeat(60_000)).map(|text| text.len()), Some(256));
    }

    #[test]
    fn a_directory_that_points_to_itself_is_read_once() {
        // The main directory also points to itself.
        let block = b"II*\0\x08\0\0\0\x02\0\
            \x69\x87\x04\0\x01\0\0\0\x08\0\0\0\
            \x12\x01\x03\0\x01\0\0\0\x06\0\0\0";
        let read = ExifBlock::read(block).unwrap();
        assert_eq!(read.number(ExifTag::ORIENTATION), Some(6));
        assert_eq!(read.number(ExifTag::COLOR_SPACE), None);
    }

    #[test]
    fn a_block_that_is_cut_off_anywhere_is_read_as_far_as_it_goes() {
        let whole = block(b"MM\0*", 2, 20, b"2026:09:14 09:12:33\0");
        for length in 0..whole.len() {
            let cut = ExifBlock::read(&whole[..length]);
            assert_eq!(cut.and_then(|cut| cut.text(ExifTag::DATE_TIME)), None, "{length}");
        }
    }
}
