//! File names that contain the student's id: `0042.jpg`, `0042_2.jpg`, `0042-2.jpg`.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::ids::StudentId;

/// Returns the file name without folders and extension, in NFC, because a Mac writes `é` as two characters.
pub(super) fn stem(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default().trim();
    let stem = match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem,
        Some(_) | None => name,
    };
    stem.nfc().collect()
}

/// Returns the student whose school-issued id is the file name.
///
/// The id may be followed by `_` or `-` and a shot number of up to three digits. Leading zeros count: `42.jpg` is not
/// `0042`, and `IMG_0042.JPG` matches no student. When the two readings give two students (`12-3.jpg` with the ids `12`
/// and `12-3`), the result is `None`.
pub(super) fn student<'a>(
    file_name: &str,
    students_by_issued_id: &'a BTreeMap<String, StudentId>,
) -> Option<&'a StudentId> {
    let stem = stem(file_name);
    let whole = students_by_issued_id.get(stem.as_str());
    let numbered = stem
        .rsplit_once(['_', '-'])
        .filter(|(_, shot)| {
            (1..=3).contains(&shot.len()) && shot.bytes().all(|byte| byte.is_ascii_digit())
        })
        .and_then(|(id, _)| students_by_issued_id.get(id));
    match (whole, numbered) {
        (Some(one), Some(other)) if one != other => None,
        (whole, numbered) => whole.or(numbered),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn student_of(file_name: &str, ids: &[&str]) -> Option<usize> {
        let students: Vec<StudentId> =
            (1..).map(|n| StudentId::from_random([n; 16])).take(ids.len()).collect();
        let by_id = ids.iter().map(|id| (*id).to_owned()).zip(students.iter().cloned()).collect();
        let found = student(file_name, &by_id)?;
        students.iter().position(|student| student == found)
    }

    #[test]
    fn a_file_named_by_the_students_id_is_theirs() {
        for name in [
            "0042.jpg",
            "0042.JPEG",
            "0042_2.jpg",
            "0042-2.jpg",
            "3A/0042.jpg",
            "C:\\x\\0042_12.png",
            "0042",
        ] {
            assert_eq!(student_of(name, &["42", "0042"]), Some(1), "{name}");
        }
        assert_eq!(student_of("Zoe\u{308}7.jpg", &["Zoë7"]), Some(0));
    }

    #[test]
    fn a_file_that_only_resembles_an_id_is_nobodys() {
        for name in [
            "IMG_0042.JPG",
            "00042.jpg",
            "42.jpg",
            "0042_2_1.jpg",
            "0042_.jpg",
            "0042_1234.jpg",
            "0042a.jpg",
            ".jpg",
            "",
            "0042 2.jpg",
            "_2.jpg",
        ] {
            assert_eq!(student_of(name, &["0042"]), None, "{name}");
        }
    }

    #[test]
    fn a_name_that_fits_two_students_is_nobodys() {
        assert_eq!(student_of("12-3.jpg", &["12", "12-3"]), None);
        assert_eq!(student_of("12-3.jpg", &["12-3"]), Some(0));
        assert_eq!(student_of("12-3.jpg", &["12"]), Some(0));
    }
}
