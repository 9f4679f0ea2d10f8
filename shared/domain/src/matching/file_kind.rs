//! The lost files that may have been a photo of a camera card.

use super::file_name::stem;

/// Extensions of files that cannot show a card: movies, sounds, sidecars, catalogues, documents, system files.
const NEVER_A_CARD: [&str; 42] = [
    "3gp", "aac", "aae", "avi", "cos", "crm", "csv", "ctg", "cub", "db", "dat", "doc", "docx",
    "dop", "ds_store", "idx", "ini", "insv", "json", "lnk", "lrv", "lrcat", "m2ts", "m4v", "mkv",
    "mov", "mp3", "mp4", "mpg", "mts", "pdf", "pp3", "rtf", "srt", "thm", "txt", "wav", "wmv",
    "xls", "xlsx", "xmp", "zip",
];

/// Returns whether a file of this name may be a photo of a camera card.
///
/// A name without an extension may be anything. A Mac writes `._IMG_0042.JPG` beside the photo of that name; it is not
/// a photo.
pub(super) fn may_be_a_card(file_name: &str) -> bool {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    if name.starts_with('.') || file_name.to_lowercase().contains("__macosx") {
        return false;
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    !NEVER_A_CARD.contains(&ending.as_str())
}

/// Returns whether a file of this name is a movie: the camera counted it, so no photo has its number.
///
/// A sidecar is not a movie: its number belongs to the photo beside it.
pub(super) fn is_film(file_name: &str) -> bool {
    let ending = file_name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    ["3gp", "avi", "crm", "insv", "lrv", "m2ts", "m4v", "mkv", "mov", "mp4", "mpg", "mts", "wmv"]
        .contains(&ending.as_str())
}

/// Returns the path without its extension, in lower case. A raw file and its JPEG share it.
pub(super) fn path_stem(file_name: &str) -> (String, String) {
    let folder = file_name.rsplit_once(['/', '\\']).map_or("", |(folder, _)| folder);
    (folder.to_lowercase(), stem(file_name).to_lowercase())
}

/// Returns whether the name is of a raw file. Cameras write it beside a JPEG of the same name.
pub(super) fn is_raw(file_name: &str) -> bool {
    let ending = file_name.rsplit_once('.').map_or("", |(_, ending)| ending).to_lowercase();
    [
        "3fr", "arw", "cr2", "cr3", "crw", "dng", "erf", "fff", "gpr", "heic", "heif", "hif",
        "iiq", "kdc", "mrw", "nef", "nrw", "orf", "pef", "raf", "raw", "rw2", "rwl", "sr2", "srf",
        "srw", "x3f",
    ]
    .contains(&ending.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_film_or_a_sidecar_is_no_card() {
        for name in [
            "MVI_0042.MOV",
            "IMG_0042.mp4",
            "IMG_0042.THM",
            "IMG_0042.xmp",
            ".DS_Store",
            "Thumbs.db",
            "desktop.ini",
            "._IMG_0042.JPG",
            "__MACOSX/IMG_0042.JPG",
            "list.pdf",
            "100CANON/.hidden.jpg",
        ] {
            assert!(!may_be_a_card(name), "{name}");
        }
    }

    #[test]
    fn a_picture_or_an_unknown_file_may_be_a_card() {
        for name in [
            "IMG_0042.JPG",
            "IMG_0042.png",
            "IMG_0042.CR3",
            "IMG_0042.HEIC",
            "IMG_0042",
            "IMG_0042.xyz",
        ] {
            assert!(may_be_a_card(name), "{name}");
        }
    }
}
