//! The camera's data about how and when a picture was taken, which is kept after the EXIF block is removed.

use domain::photo::CameraBody;

use super::exif_block::{ExifBlock, ExifTag};
use super::xmp;
use crate::capture_time;

/// The values that are read before the EXIF block is discarded.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// The camera's civil time, `2026-09-14T09:12:33.12`, with the camera's decimals of a second.
    ///
    /// Cameras do not know their time zone reliably.
    pub(super) at: Option<String>,
    /// Whether that is the time of the last edit, because the file has no other time.
    pub(super) is_edit_time: bool,
    /// The camera body in plain text. Callers store a digest of it.
    pub(super) body: Option<CameraBody>,
    /// Orientation, 1 to 8; `None` if there is no valid one.
    pub(super) orientation: Option<u8>,
    /// Whether the colours are Adobe RGB although no profile says so.
    ///
    /// Cameras set to Adobe RGB omit the profile and write the interoperability index `R03` (DCF 2.0, "optional
    /// file"). Some write a colour space of 2, which EXIF does not list. Without this flag the picture would look
    /// dull after the EXIF block is removed.
    pub(super) is_adobe_rgb: bool,
}

impl Taken {
    /// Adds the values of an XMP packet. EXIF wins.
    ///
    /// Viewers read only EXIF, so its orientation is the one that the photographer saw. Programs that rotate the
    /// pixels correct EXIF and often leave XMP outdated.
    pub(super) fn or_xmp(mut self, packet: Option<&[u8]>) -> Self {
        if self.orientation.is_none() {
            self.orientation = packet.and_then(xmp::orientation);
        }
        self
    }

    /// Reads an EXIF block from its TIFF header on. Broken EXIF is no reason to refuse a photo.
    pub(super) fn read(block: &[u8]) -> Self {
        let Some(exif) = ExifBlock::read(block) else { return Self::default() };
        let orientation = exif
            .number(ExifTag::ORIENTATION)
            .and_then(|value| u8::try_from(value).ok())
            .filter(|value| (1..=8).contains(value));
        let found = capture_time::find(&exif);
        Self {
            is_edit_time: found.as_ref().is_some_and(|found| found.is_edit_time),
            at: found.map(|found| found.at),
            body: body(&exif),
            orientation,
            is_adobe_rgb: is_adobe_rgb(&exif),
        }
    }
}

fn is_adobe_rgb(exif: &ExifBlock<'_>) -> bool {
    const ADOBE_RGB: u32 = 2;
    let index = exif.text(ExifTag::INTEROPERABILITY_INDEX);
    exif.number(ExifTag::COLOR_SPACE) == Some(ADOBE_RGB)
        || index.is_some_and(|index| index.starts_with("R03"))
}

/// Returns the body by its serial number, or by its model if it writes none.
///
/// Manufacturers write the serial number in one of two tags: a standard one and Adobe's.
fn body(exif: &ExifBlock<'_>) -> Option<CameraBody> {
    let [maker, model] =
        [ExifTag::MAKE, ExifTag::MODEL].map(|tag| exif.text(tag).unwrap_or_default());
    let serial = [ExifTag::BODY_SERIAL_NUMBER, ExifTag::CAMERA_SERIAL_NUMBER]
        .into_iter()
        .filter_map(|tag| exif.text(tag))
        // A serial number of only zeros means that the body has none.
        .find(|serial| serial.chars().any(|c| c.is_alphanumeric() && c != '0'));
    match serial {
        Some(serial) => Some(CameraBody::Serial(format!("{maker}|{model}|{serial}"))),
        None if maker.is_empty() && model.is_empty() => None,
        None => Some(CameraBody::Model(format!("{maker}|{model}"))),
    }
}

#[cfg(test)]
mod tests {
    use exif::experimental::Writer;
    use exif::{Field, In, Tag, Value};

    use super::{CameraBody, Taken};

    fn read(tags: &[(Tag, &str)]) -> Taken {
        let fields: Vec<_> = tags
            .iter()
            .map(|(tag, text)| Field {
                tag: *tag,
                ifd_num: In::PRIMARY,
                value: Value::Ascii(vec![text.as_bytes().to_vec()]),
            })
            .collect();
        let mut writer = Writer::new();
        for field in &fields {
            writer.push_field(field);
        }
        let mut block = std::io::Cursor::new(Vec::new());
        writer.write(&mut block, false).unwrap();
        Taken::read(&block.into_inner())
    }

    /// Cameras, scanners and programs write one, two or all of the three times.
    #[test]
    fn the_time_is_the_capture_or_the_digitizing_or_the_last_edit() {
        let original = (Tag::DateTimeOriginal, "2026:09:14 09:00:01");
        let digitized = (Tag::DateTimeDigitized, "2026:09:14 09:00:02");
        let edit = (Tag::DateTime, "2026:09:14 09:00:03");
        let empty = (Tag::DateTimeOriginal, "    :  :     :  :  ");
        for (tags, second, is_edit_time) in [
            (vec![original, digitized, edit], "01", false),
            (vec![digitized, edit], "02", false),
            (vec![empty, digitized], "02", false),
            (vec![edit], "03", true),
            (vec![empty, edit], "03", true),
        ] {
            let taken = read(&tags);
            assert_eq!(taken.at, Some(format!("2026-09-14T09:00:{second}")), "{tags:?}");
            assert_eq!(taken.is_edit_time, is_edit_time, "{tags:?}");
        }
        assert_eq!(read(&[empty]).at, None);
        // The fraction applies only to its own time.
        let fraction = (Tag::SubSecTimeOriginal, "55");
        assert_eq!(read(&[digitized, fraction]).at.as_deref(), Some("2026-09-14T09:00:02"));
    }

    #[test]
    fn a_body_is_its_serial_number_or_else_its_model() {
        let (make, model) = ((Tag::Make, "Canon"), (Tag::Model, "EOS R6"));
        let adobes = Tag(exif::Context::Tiff, 0xc62f);
        let serial = |number: &str| Some(CameraBody::Serial(format!("Canon|EOS R6|{number}")));
        assert_eq!(read(&[make, model, (Tag::BodySerialNumber, "0123")]).body, serial("0123"));
        assert_eq!(read(&[make, model, (adobes, "77")]).body, serial("77"));
        let of_model = Some(CameraBody::Model("Canon|EOS R6".to_owned()));
        assert_eq!(read(&[make, model]).body, of_model);
        assert_eq!(read(&[make, model, (Tag::BodySerialNumber, "0000")]).body, of_model);
        assert_eq!(read(&[(Tag::DateTime, "2026:09:14 09:00:03")]).body, None);
    }
}
