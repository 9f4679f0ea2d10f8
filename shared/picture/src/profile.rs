//! Colour profiles: which one a picture's copies carry.
//!
//! Source: ICC.1:2010, section 7 (header), 8.3 (display profiles), 10 (tag types).

/// Profiles larger than this are not copied: cameras' and displays' take 0.5 to 10 KiB.
const MOST_BYTES: usize = 512 << 10;

/// The profile, if it is one and speaks of the colours this picture has.
pub(super) fn fitting(profile: &[u8], is_grey: bool) -> Option<&[u8]> {
    let declared = profile.first_chunk().map(|size| u32::from_be_bytes(*size))?;
    let profile = profile.get(..usize::try_from(declared).ok()?)?;
    let space: &[u8] = if is_grey { b"GRAY" } else { b"RGB " };
    let is_one = (132..=MOST_BYTES).contains(&profile.len())
        && profile.get(36..40)? == b"acsp"
        && profile.get(16..20)? == space;
    is_one.then_some(profile)
}

/// A profile for Adobe RGB (1998), for cameras that say so in EXIF only.
///
/// The colorants are the specification's, adapted to D50 (Adobe RGB (1998) Color Image Encoding, annex C;
/// the values are those of the published profile), the curve its gamma of 563/256.
pub(super) fn adobe_rgb() -> Vec<u8> {
    const DESCRIPTION: &[u8] = b"Compatible with Adobe RGB (1998)\0";
    let mut description = [b"desc\0\0\0\0", &33_u32.to_be_bytes()[..], DESCRIPTION].concat();
    description.resize(description.len() + 4 + 4 + 2 + 1 + 67, 0);
    let xyz =
        |values: [u32; 3]| [&b"XYZ \0\0\0\0"[..], &values.map(u32::to_be_bytes).concat()].concat();
    let curve = [&b"curv\0\0\0\0"[..], &1_u32.to_be_bytes(), &563_u16.to_be_bytes()].concat();
    let tags: [(&[u8; 4], Vec<u8>); 9] = [
        (b"desc", description),
        (b"cprt", b"text\0\0\0\0Public domain\0".to_vec()),
        (b"wtpt", xyz([0xf351, 0x0001_0000, 0x0001_16cc])),
        (b"rXYZ", xyz([0x9c18, 0x4fa5, 0x04fc])),
        (b"gXYZ", xyz([0x348d, 0xa02c, 0x0f95])),
        (b"bXYZ", xyz([0x2631, 0x102f, 0xbe9c])),
        (b"rTRC", curve.clone()),
        (b"gTRC", curve.clone()),
        (b"bTRC", curve),
    ];
    let mut directory = 9_u32.to_be_bytes().to_vec();
    let mut data = Vec::new();
    for (name, mut content) in tags {
        let offset = 128 + 4 + 9 * 12 + data.len();
        directory.extend_from_slice(name);
        for number in [offset, content.len()] {
            directory.extend_from_slice(&u32::try_from(number).unwrap_or(0).to_be_bytes());
        }
        content.resize(content.len().next_multiple_of(4), 0);
        data.append(&mut content);
    }
    let size = u32::try_from(128 + directory.len() + data.len()).unwrap_or(0);
    let mut header = size.to_be_bytes().to_vec();
    header.extend_from_slice(b"\0\0\0\0\x02\x10\0\0mntrRGB XYZ ");
    header.extend_from_slice(&[0x07, 0xcf, 0, 6, 0, 3, 0, 0, 0, 0, 0, 0]);
    header.extend_from_slice(b"acsp");
    header.resize(68, 0);
    // The illuminant of the connection space: D50.
    header.extend_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    header.resize(128, 0);
    [header, directory, data].concat()
}
