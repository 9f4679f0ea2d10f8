//! A photo: an uploaded file and its current state.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{PhotoId, StudentId};
use crate::matching::{Doubt, Note};

/// The file types that a photographer may upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PictureType {
    /// `image/jpeg`
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// `image/png`
    #[serde(rename = "image/png")]
    Png,
}

impl PictureType {
    /// Parses a declared content type, in every spelling that browsers and programs use for these two types.
    ///
    /// Windows still has `image/pjpeg` and `image/x-png` from Internet Explorer. `image/jpg` is not registered, but
    /// common.
    pub fn parse(content_type: &str) -> Option<Self> {
        match essence(content_type).as_str() {
            "image/jpeg"
            | "image/jpg"
            | "image/pjpeg"
            | "image/jpe"
            | "image/jfif"
            | "image/x-jpeg"
            | "image/x-jpg"
            | "image/x-citrix-jpeg"
            | "application/jpg"
            | "application/jpeg" => Some(Self::Jpeg),
            "image/png"
            | "image/x-png"
            | "image/x-citrix-png"
            | "image/apng"
            | "image/vnd.mozilla.apng"
            | "application/png" => Some(Self::Png),
            _ => None,
        }
    }

    /// Returns the type for the extension of a file name.
    pub fn of_file_name(name: &str) -> Option<Self> {
        match extension(name)?.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" | "jif" | "jfi" | "pjpeg" | "pjp" | "mpo" => {
                Some(Self::Jpeg)
            }
            "png" | "apng" => Some(Self::Png),
            _ => None,
        }
    }

    /// Returns the type to upload a file under; `None` if content type and name both declare another kind of file.
    ///
    /// A browser takes the content type from the computer's registry, so it may be empty or wrong; then the name
    /// decides. A file without both is uploaded as a JPEG. In the end only the bytes decide.
    pub fn promised(content_type: &str, name: &str) -> Option<Self> {
        let says_nothing = matches!(
            essence(content_type).as_str(),
            "" | "application/octet-stream" | "binary/octet-stream" | "*/*" | "image/*"
        );
        let unnamed = says_nothing && extension(name).is_none();
        Self::parse(content_type)
            .or_else(|| Self::of_file_name(name))
            .or_else(|| unnamed.then_some(Self::Jpeg))
    }

    /// Returns the content type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// Returns a content type without its parameters, in lower case.
fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// Returns the text after the last dot of a file name, without its folders.
fn extension(name: &str) -> Option<&str> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then_some(extension)
}

/// The processing state of a photo. Matching is not a state of its own: see [`Photo::students`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoState {
    /// Announced; its bytes may not have arrived.
    Registered,
    /// Uploaded, decoded and stripped of metadata; its pictures exist.
    Checked,
    /// Uploaded and refused, with a reason.
    Refused,
}

/// The camera card that a frame shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardSeen {
    /// No card.
    #[default]
    None,
    /// A card with this code.
    Code(String),
    /// A card that could not be read.
    Unreadable,
}

/// The way a photo was matched to its students.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// By the camera card photographed before it.
    Card,
    /// By its file name.
    FileName,
    /// By a person, whose decision always wins.
    Hand,
}

/// The camera body that a file names, as a digest. It is compared and never shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraBody {
    /// Maker, model and serial number: exactly one body.
    Serial(String),
    /// Maker and model only: another body of this model looks the same.
    Model(String),
}

/// The photographer's label for a camera within a picture day.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CameraLabel(String);

/// The text is not a camera label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a camera label has 1 to 20 letters, digits, spaces, hyphens or underscores")]
pub struct CameraLabelError;

impl CameraLabel {
    /// Parses a label. It becomes part of a table key and of a queue's message group, so its characters are limited.
    ///
    /// # Errors
    ///
    /// When it is not 1 to 20 letters, digits, spaces, hyphens or underscores.
    pub fn parse(typed: &str) -> Result<Self, CameraLabelError> {
        let label = typed.trim();
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b' ' | b'-' | b'_');
        if label.is_empty() || label.len() > 20 || !label.bytes().all(plain) {
            return Err(CameraLabelError);
        }
        Ok(Self(label.to_owned()))
    }

    /// Returns the label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for CameraLabel {
    type Error = CameraLabelError;
    fn try_from(text: String) -> Result<Self, CameraLabelError> {
        Self::parse(&text)
    }
}
impl From<CameraLabel> for String {
    fn from(label: CameraLabel) -> Self {
        label.0
    }
}

/// A photo of a picture day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// The id: leads to the picture day, derived from the content.
    pub id: PhotoId,
    /// The camera it was taken with.
    pub camera: CameraLabel,
    /// The name of the photographer's file. Personal: encrypted.
    pub file_name: String,
    /// Size of the upload in bytes.
    pub bytes: u64,
    /// The file type: the promised one until the photo is checked, then the type of its bytes.
    pub picture_type: PictureType,
    /// The processing state.
    pub state: PhotoState,
    /// Why it was refused: a stable code.
    pub refusal: Option<String>,
    /// The storage location of its pictures, once checked: a keyed hash of the content, within the studio.
    pub content: String,
    /// The camera's civil time, `2026-09-14T09:12:33.120`.
    pub captured_at: Option<String>,
    /// Whether `captured_at` is the time of the last edit, because the file has no capture time.
    pub is_edit_time: bool,
    /// The body that took it, where the file names one.
    pub body: Option<CameraBody>,
    /// Width and height in pixels, after rotating the picture upright.
    pub size: Option<(u32, u32)>,
    /// The camera card that it shows.
    pub card: CardSeen,
    /// Whether it may show a part of a card, although no card was found.
    pub looks_like_card: bool,
    /// Whether it shows a camera card. Families never see such a photo.
    pub is_camera_card: bool,
    /// The students that it shows.
    pub students: BTreeSet<StudentId>,
    /// How they were found.
    pub matched_by: Option<MatchedBy>,
    /// Why matching found no student.
    pub note: Option<Note>,
    /// The run of the photo, named by the photo of its card, where a card gave it its student.
    pub run: Option<PhotoId>,
    /// Why a person must check its run before a family sees it.
    pub doubts: BTreeSet<Doubt>,
    /// Expiry of a registered photo that never arrives, in seconds since 1970.
    ///
    pub expires_at: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::PictureType::{self, Jpeg, Png};

    #[test]
    fn declared_type_or_name_tells_the_kind_of_picture() {
        let odd =
            ["image/pjpeg", "image/jpg", "IMAGE/JPEG", " image/jpeg; charset=binary", "image/JPG"];
        for declared in odd {
            assert_eq!(PictureType::promised(declared, "IMG_0001"), Some(Jpeg), "{declared}");
        }
        let empty = ["", "application/octet-stream", "text/plain", "image/*"];
        for declared in empty {
            for name in ["a.JPG", "100CANON/IMG_1.jpeg", "a.b.Jpe", "a.jfif", "DSCF0001.MPO"] {
                assert_eq!(PictureType::promised(declared, name), Some(Jpeg), "{declared} {name}");
            }
            assert_eq!(PictureType::promised(declared, "a.PNG"), Some(Png), "{declared}");
        }
        assert_eq!(PictureType::promised("image/x-png", "a.jpg"), Some(Png));
        assert_eq!(PictureType::promised("", "IMG_0001"), Some(Jpeg));
        assert_eq!(PictureType::promised("", "D.I.M/IMG_0001"), Some(Jpeg));
    }

    #[test]
    fn other_kinds_are_known_before_they_are_uploaded() {
        let others = [
            ("image/heic", "IMG_0001.HEIC"),
            ("", "IMG_0001.CR3"),
            ("application/octet-stream", "IMG_0001.NEF"),
            ("video/mp4", "film"),
            ("image/svg+xml", "logo.svg"),
            ("text/html", "a.jpg.html"),
            ("", "Thumbs.db"),
        ];
        for (declared, name) in others {
            assert_eq!(PictureType::promised(declared, name), None, "{declared} {name}");
        }
    }
}
