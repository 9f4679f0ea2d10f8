//! A photo: an uploaded file and what became of it.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::ids::{PhotoId, StudentId};
use crate::matching::{Doubt, Note};

/// What a photographer may upload.
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
    /// Reads a declared content type in any spelling that browsers and programs use for these two.
    ///
    /// Windows keeps `image/pjpeg` and `image/x-png` from Internet Explorer's days; `image/jpg` is no registered
    /// type and common all the same.
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

    /// Reads the extension of a file name.
    pub fn of_file_name(name: &str) -> Option<Self> {
        match extension(name)?.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" | "jif" | "jfi" | "pjpeg" | "pjp" | "mpo" => {
                Some(Self::Jpeg)
            }
            "png" | "apng" => Some(Self::Png),
            _ => None,
        }
    }

    /// The type to upload a file under; `None` if declared type and name both say another kind of file.
    ///
    /// A browser takes the type from the computer's registry, so that it may be empty or odd; the name then
    /// decides. What neither tells is uploaded as a JPEG. In the end the bytes decide, whatever was promised.
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

    /// The content type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }
}

/// A content type without its parameters, in lower case.
fn essence(content_type: &str) -> String {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}

/// What follows the last dot of a file's name; folders before the name do not count.
fn extension(name: &str) -> Option<&str> {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let (stem, extension) = name.rsplit_once('.')?;
    (!stem.is_empty() && !extension.is_empty()).then_some(extension)
}

/// How far a photo has come. What it is matched to is not a state of its own: see [`Photo::students`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhotoState {
    /// Announced; its bytes may still be on their way.
    Registered,
    /// Arrived, decoded, stripped; its pictures exist.
    Checked,
    /// Arrived and refused, with a reason.
    Refused,
}

/// What a frame shows of a camera card.
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

/// How a photo found its students.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// By the camera card photographed before it.
    Card,
    /// By its file name.
    FileName,
    /// By a person, who is always right.
    Hand,
}

/// The camera body a file names, as a digest: it is compared, and never shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameraBody {
    /// Maker, model and serial number: one body and no other.
    Serial(String),
    /// Maker and model only: another body of this model looks the same.
    Model(String),
}

/// The label of a camera within a picture day: what its photographer calls it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CameraLabel(String);

/// The text is no camera label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("1 to 20 letters, digits, spaces, hyphens or underscores")]
pub struct CameraLabelError;

impl CameraLabel {
    /// Reads a label: it becomes part of a table key and a queue's group, so it is plain.
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

    /// The label.
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
    /// Its id: leads to the picture day, derived from the content.
    pub id: PhotoId,
    /// The camera it was taken with.
    pub camera: CameraLabel,
    /// What the photographer's file was called. Personal: sealed.
    pub file_name: String,
    /// Bytes of the upload.
    pub bytes: u64,
    /// What it is: the promised type until it is checked, then the type of its bytes.
    pub picture_type: PictureType,
    /// How far it has come.
    pub state: PhotoState,
    /// Why it was refused: a stable code.
    pub refusal: Option<String>,
    /// Where its pictures lie, once checked: a keyed hash of the content, within the studio.
    pub content: String,
    /// The camera's civil time, `2026-09-14T09:12:33.120`.
    pub captured_at: Option<String>,
    /// Whether that is the time of the last edit: the file has no time of capture.
    pub is_edit_time: bool,
    /// The body that took it, where the file names one.
    pub body: Option<CameraBody>,
    /// Upright size in pixels.
    pub size: Option<(u32, u32)>,
    /// What it shows of a camera card.
    pub card: CardSeen,
    /// Whether something in it may be a part of a card, too little for a card that was found.
    pub looks_like_card: bool,
    /// Whether it shows a camera card, so that families never see it.
    pub is_camera_card: bool,
    /// Whose photo it is.
    pub students: BTreeSet<StudentId>,
    /// How that was found.
    pub matched_by: Option<MatchedBy>,
    /// Why matching found no student.
    pub note: Option<Note>,
    /// The run it is part of, named by the photo of its card, where a card gave it its student.
    pub run: Option<PhotoId>,
    /// Why a person must look at its run before a family is shown it.
    pub doubts: BTreeSet<Doubt>,
    /// When a registered photo that never arrived stops waiting: seconds since 1970.
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
