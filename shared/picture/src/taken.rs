//! What a camera wrote about how and when a picture was taken: the facts that outlive the EXIF block.

use domain::photo::CameraBody;
use exif::{Exif, In, Tag, Value};

use super::xmp;
use crate::capture_time;

/// What is read before the EXIF block is thrown away.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Taken {
    /// The camera's civil time, `2026-09-14T09:12:33.12`: with the digits of a second that the camera wrote.
    /// Cameras do not know their zone reliably.
    pub(super) at: Option<String>,
    /// Whether that is the time of the last edit: no other time was there.
    pub(super) is_edit_time: bool,
    /// The body in plain text. Callers store a digest of it.
    pub(super) body: Option<CameraBody>,
    /// Orientation, 1 to 8; `None` if there is none that makes sense.
    pub(super) orientation: Option<u8>,
    /// Whether the colours are Adobe RGB though no profile says so.
    ///
    /// Cameras set to Adobe RGB leave out the profile and write the interoperability index `R03` (DCF 2.0,
    /// "optional file"), and some a colour space of 2, which EXIF does not list. Without the EXIF block the
    /// picture would look dull everywhere.
    pub(super) is_adobe_rgb: bool,
}

impl Taken {
    /// Adds what an XMP packet says. EXIF wins: viewers read only EXIF, so that its orientation is the one the
    /// photographer saw, and programs that turn the pixels correct EXIF and often leave XMP stale.
    pub(super) fn or_xmp(mut self, packet: Option<&[u8]>) -> Self {
        if self.orientation.is_none() {
            self.orientation = packet.and_then(xmp::orientation);
        }
        self
    }

    /// Reads an EXIF block from its TIFF header on. Broken EXIF is no reason to refuse a photo.
    pub(super) fn read(block: &[u8]) -> Self {
        let mut reader = exif::Reader::new();
        reader.continue_on_error(true);
        let exif = match reader.read_raw(block.to_vec()) {
            Ok(exif) => exif,
            Err(error) => match error.distill_partial_result(|_| ()) {
                Ok(exif) => exif,
                Err(_) => return Self::default(),
            },
        };
        let orientation = exif
            .get_field(Tag::Orientation, In::PRIMARY)
            .and_then(|field| field.value.get_uint(0))
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

fn is_adobe_rgb(exif: &Exif) -> bool {
    const ADOBE_RGB: u32 = 2;
    let space = exif.get_field(Tag::ColorSpace, In::PRIMARY);
    let index = ascii(exif, Tag::InteroperabilityIndex);
    space.and_then(|field| field.value.get_uint(0)) == Some(ADOBE_RGB)
        || index.is_some_and(|index| index.starts_with(b"R03"))
}

/// The body by its serial number, or by its model where it writes none.
///
/// Makers write the serial number in one of two tags of the standard; one of them is Adobe's.
fn body(exif: &Exif) -> Option<CameraBody> {
    let model =
        [Tag::Make, Tag::Model].map(|tag| capture_time::text(exif, tag).unwrap_or_default());
    let camera_serial = Tag(exif::Context::Tiff, 0xc62f);
    let serial = [Tag::BodySerialNumber, camera_serial]
        .into_iter()
        .filter_map(|tag| capture_time::text(exif, tag))
        // Nothing but zeros is what a body writes that has no number.
        .find(|serial| serial.chars().any(|c| c.is_alphanumeric() && c != '0'));
    let [maker, model] = model;
    match serial {
        Some(serial) => Some(CameraBody::Serial(format!("{maker}|{model}|{serial}"))),
        None if maker.is_empty() && model.is_empty() => None,
        None => Some(CameraBody::Model(format!("{maker}|{model}"))),
    }
}

fn ascii(exif: &Exif, tag: Tag) -> Option<&[u8]> {
    let Value::Ascii(lines) = &exif.get_field(tag, In::PRIMARY)?.value else { return None };
    lines.first().map(Vec::as_slice)
}
