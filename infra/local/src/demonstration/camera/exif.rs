//! The EXIF block of the demonstration camera: a little-endian TIFF without pixels.
//!
//! It contains more than a family would want: the location of the school, the owner of the camera, a second picture.
//! Intake must remove that. Source: CIPA DC-008 (EXIF 2.32), sections 4.5 and 4.6.

use jiff::civil::DateTime;

/// The position of every demonstration school, in degrees, minutes and hundredths of seconds.
///
/// It is in the middle of the South Pacific, far from any person (48°52.6′ S, 123°23.6′ W).
const LATITUDE: [u32; 3] = [48, 52, 3600];
const LONGITUDE: [u32; 3] = [123, 23, 3600];

/// The camera's data about one picture.
pub(super) struct Block<'a> {
    pub(super) serial: u32,
    pub(super) taken_at: DateTime,
    pub(super) orientation: u16,
    pub(super) size: (u16, u16),
    pub(super) thumbnail: &'a [u8],
}

enum Value {
    Text(String),
    Short(u16),
    Long(u32),
    Rational(Vec<[u32; 2]>),
    Bytes(Vec<u8>),
}

type Field = (u16, Value);

impl Block<'_> {
    /// Writes the block, starting with its TIFF header.
    pub(super) fn write(&self) -> Vec<u8> {
        const HEADER_BYTES: u32 = 8;
        let mut bytes = b"II*\0\x08\0\0\0".to_vec();
        // The size of every directory is known before its offset: measure first, then write.
        let main_at = HEADER_BYTES;
        let exif_at = main_at + length(&self.main(0, 0));
        let gps_at = exif_at + length(&self.details());
        let thumbnail_at = gps_at + length(&Self::position());
        let second_length = length(&self.second(0));
        bytes.extend(directory(&self.main(exif_at, gps_at), main_at, thumbnail_at));
        bytes.extend(directory(&self.details(), exif_at, 0));
        bytes.extend(directory(&Self::position(), gps_at, 0));
        let second = self.second(thumbnail_at + second_length);
        bytes.extend(directory(&second, thumbnail_at, 0));
        bytes.extend_from_slice(self.thumbnail);
        bytes
    }

    fn main(&self, exif_at: u32, gps_at: u32) -> Vec<Field> {
        let (make, model) = match self.serial % 3 {
            0 => ("Larkfield", "Larkfield L6"),
            1 => ("Optima", "OPTIMA D750"),
            _ => ("Kestrel", "KM-7S"),
        };
        vec![
            (0x010f, Value::Text(make.to_owned())),
            (0x0110, Value::Text(model.to_owned())),
            (0x0112, Value::Short(self.orientation)),
            (0x011a, Value::Rational(vec![[300, 1]])),
            (0x011b, Value::Rational(vec![[300, 1]])),
            (0x0128, Value::Short(2)),
            (0x0132, Value::Text(self.time())),
            (0x013b, Value::Text("Pat Example, 12 Sample Street".to_owned())),
            (0x8769, Value::Long(exif_at)),
            (0x8825, Value::Long(gps_at)),
        ]
    }

    fn details(&self) -> Vec<Field> {
        let thousandths = self.taken_at.subsec_nanosecond() / 1_000_000;
        vec![
            (0x829a, Value::Rational(vec![[1, 160]])),
            (0x829d, Value::Rational(vec![[56, 10]])),
            (0x8827, Value::Short(200)),
            (0x9000, Value::Bytes(b"0231".to_vec())),
            (0x9003, Value::Text(self.time())),
            (0x9004, Value::Text(self.time())),
            (0x9291, Value::Text(format!("{thousandths:03}"))),
            (0x920a, Value::Rational(vec![[85, 1]])),
            (0x927c, Value::Bytes(b"MAKERNOTE owner=Pat Example; shutter count=48213".to_vec())),
            (0xa001, Value::Short(1)),
            (0xa002, Value::Long(self.size.0.into())),
            (0xa003, Value::Long(self.size.1.into())),
            (0xa431, Value::Text(format!("{:010}", self.serial))),
            (0xa434, Value::Text("85mm f/1.8".to_owned())),
        ]
    }

    fn position() -> Vec<Field> {
        let degrees = |[whole, minutes, hundredths]: [u32; 3]| {
            Value::Rational(vec![[whole, 1], [minutes, 1], [hundredths, 100]])
        };
        vec![
            (0x0000, Value::Bytes(vec![2, 3, 0, 0])),
            (0x0001, Value::Text("S".to_owned())),
            (0x0002, degrees(LATITUDE)),
            (0x0003, Value::Text("W".to_owned())),
            (0x0004, degrees(LONGITUDE)),
        ]
    }

    fn second(&self, picture_at: u32) -> Vec<Field> {
        let length = u32::try_from(self.thumbnail.len()).unwrap_or(0);
        vec![
            (0x0103, Value::Short(6)),
            (0x0201, Value::Long(picture_at)),
            (0x0202, Value::Long(length)),
        ]
    }

    fn time(&self) -> String {
        self.taken_at.strftime("%Y:%m:%d %H:%M:%S").to_string()
    }
}

impl Value {
    /// Returns the type code, the number of values, and their bytes.
    fn encoded(&self) -> (u16, usize, Vec<u8>) {
        match self {
            Self::Text(text) => {
                let bytes = [text.as_bytes(), &[0]].concat();
                (2, bytes.len(), bytes)
            }
            Self::Short(number) => (3, 1, number.to_le_bytes().to_vec()),
            Self::Long(number) => (4, 1, number.to_le_bytes().to_vec()),
            Self::Rational(parts) => {
                let bytes = parts.iter().flatten().flat_map(|part| part.to_le_bytes()).collect();
                (5, parts.len(), bytes)
            }
            Self::Bytes(bytes) => (7, bytes.len(), bytes.clone()),
        }
    }
}

/// Returns the size of a directory in bytes, with the values that do not fit into its entries.
fn length(fields: &[Field]) -> u32 {
    u32::try_from(directory(fields, 0, 0).len()).unwrap_or(0)
}

/// Writes a directory for offset `at`.
fn directory(fields: &[Field], at: u32, next: u32) -> Vec<u8> {
    let count = u16::try_from(fields.len()).unwrap_or(0);
    let mut entries = count.to_le_bytes().to_vec();
    let mut values = Vec::new();
    let values_at = at + 2 + u32::from(count) * 12 + 4;
    for (tag, value) in fields {
        let (kind, number, mut bytes) = value.encoded();
        entries.extend(tag.to_le_bytes());
        entries.extend(kind.to_le_bytes());
        entries.extend(u32::try_from(number).unwrap_or(0).to_le_bytes());
        if bytes.len() > 4 {
            let offset = values_at + u32::try_from(values.len()).unwrap_or(0);
            entries.extend(offset.to_le_bytes());
            bytes.resize(bytes.len().next_multiple_of(2), 0);
            values.append(&mut bytes);
        } else {
            bytes.resize(4, 0);
            entries.append(&mut bytes);
        }
    }
    entries.extend(next.to_le_bytes());
    entries.append(&mut values);
    entries
}
