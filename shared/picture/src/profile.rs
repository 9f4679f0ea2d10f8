//! Colour profiles: selects the profile of a picture's copies, and builds profiles.
//!
//! Source: ICC.1:2010, section 7 (header), 8.3 (display profiles), 10 (tag types).

/// The largest profile that is copied, in bytes: those of cameras and displays take 0.5 to 10 KiB.
pub(super) const MOST_BYTES: usize = 512 << 10;

/// Returns the profile if it is valid and matches the picture's colour space.
///
/// A grey picture may have an RGB profile: some programs write that, and browsers treat it as equal amounts of all
/// three.
pub(super) fn fitting(profile: &[u8], is_grey: bool) -> Option<&[u8]> {
    let declared = profile.first_chunk().map(|size| u32::from_be_bytes(*size))?;
    let profile = profile.get(..usize::try_from(declared).ok()?)?;
    let space = profile.get(16..20)?;
    let is_one = (132..=MOST_BYTES).contains(&profile.len())
        && profile.get(36..40)? == b"acsp"
        && (space == b"RGB " || (is_grey && space == b"GRAY"));
    is_one.then_some(profile)
}

/// Builds a profile for Adobe RGB (1998), for cameras that declare it only in EXIF.
///
/// The colorants are the specification's, adapted to D50 (Adobe RGB (1998) Color Image Encoding, annex C; the values
/// are those of the published profile). The curve is its gamma of 563/256.
pub(super) fn adobe_rgb() -> Vec<u8> {
    const DESCRIPTION: &[u8] = b"Compatible with Adobe RGB (1998)\0";
    let mut description = [b"desc\0\0\0\0", &33_u32.to_be_bytes()[..], DESCRIPTION].concat();
    description.resize(description.len() + 4 + 4 + 2 + 1 + 67, 0);
    let curve = [&b"curv\0\0\0\0"[..], &1_u32.to_be_bytes(), &563_u16.to_be_bytes()].concat();
    let tags = [
        (*b"desc", description),
        (*b"cprt", b"text\0\0\0\0Public domain\0".to_vec()),
        (*b"wtpt", xyz([0xf351, 0x0001_0000, 0x0001_16cc])),
        (*b"rXYZ", xyz([0x9c18, 0x4fa5, 0x04fc])),
        (*b"gXYZ", xyz([0x348d, 0xa02c, 0x0f95])),
        (*b"bXYZ", xyz([0x2631, 0x102f, 0xbe9c])),
        (*b"rTRC", curve.clone()),
        (*b"gTRC", curve.clone()),
        (*b"bTRC", curve),
    ];
    assembled([2, 0x10], tags)
}

/// Builds a profile with these colorants (XYZ of red, green and blue, adapted to D50) and sRGB's tone curve.
///
/// It uses version 4, because only that has the curve as a formula (IEC 61966-2-1; parametric curve of type 3).
pub(super) fn with_srgb_curve(colorants: [[f64; 3]; 3]) -> Vec<u8> {
    let number = |value: f64| rounded(value * 65_536.0);
    let text = |text: &str| {
        let units: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let length = u32::try_from(units.len()).unwrap_or(0).to_be_bytes();
        let head = [&b"mluc\0\0\0\0"[..], &[0, 0, 0, 1, 0, 0, 0, 12], b"enUS", &length];
        [&head.concat()[..], &28_u32.to_be_bytes(), &units].concat()
    };
    let parameters = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.04045];
    let parameters = parameters.map(number).map(i32::to_be_bytes);
    let curve = [&b"para\0\0\0\0\0\x03\0\0"[..], parameters.as_flattened()].concat();
    let [red, green, blue] =
        colorants.map(|colorant| xyz(colorant.map(number).map(i32::cast_unsigned)));
    let tags = [
        (*b"desc", text("RGB with the tone curve of sRGB")),
        (*b"cprt", text("Public domain")),
        (*b"wtpt", xyz([0xf6d6, 0x0001_0000, 0xd32d])),
        (*b"rXYZ", red),
        (*b"gXYZ", green),
        (*b"bXYZ", blue),
        (*b"rTRC", curve.clone()),
        (*b"gTRC", curve.clone()),
        (*b"bTRC", curve),
    ];
    assembled([4, 0x20], tags)
}

/// Rounds to the nearest whole number.
#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "there is no other conversion; out of range it saturates"
)]
pub(super) fn rounded(value: f64) -> i32 {
    value.round() as i32
}

fn xyz(values: [u32; 3]) -> Vec<u8> {
    [&b"XYZ \0\0\0\0"[..], values.map(u32::to_be_bytes).as_flattened()].concat()
}

/// Assembles a display profile: header, directory, data.
fn assembled(version: [u8; 2], tags: [([u8; 4], Vec<u8>); 9]) -> Vec<u8> {
    let mut directory = 9_u32.to_be_bytes().to_vec();
    let mut data = Vec::new();
    for (name, mut content) in tags {
        let offset = 128 + 4 + 9 * 12 + data.len();
        directory.extend_from_slice(&name);
        for number in [offset, content.len()] {
            directory.extend_from_slice(&u32::try_from(number).unwrap_or(0).to_be_bytes());
        }
        content.resize(content.len().next_multiple_of(4), 0);
        data.append(&mut content);
    }
    let size = u32::try_from(128 + directory.len() + data.len()).unwrap_or(0);
    let mut header = size.to_be_bytes().to_vec();
    header.extend_from_slice(&[0; 4]);
    header.extend_from_slice(&version);
    header.extend_from_slice(b"\0\0mntrRGB XYZ ");
    header.extend_from_slice(&[0x07, 0xcf, 0, 6, 0, 3, 0, 0, 0, 0, 0, 0]);
    header.extend_from_slice(b"acsp");
    header.resize(68, 0);
    // The illuminant of the connection space: D50.
    header.extend_from_slice(&[0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
    header.resize(128, 0);
    [header, directory, data].concat()
}
