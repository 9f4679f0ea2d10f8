//! Upload attempts of a registered file: the first, the next after a refusal, and a longer wait.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::AttributeValue;
use domain::photo::{CardSeen, Photo, PhotoState, PictureType};

use super::announced::{Announcement, Candidate, NewFile};
use crate::records::photos::check::Known;
use crate::records::photos::photo::{PhotoRow, name_place};
use crate::store::change::Edit;
use crate::store::item::{json, number};

/// Stable code for a file whose announced length differs from the length of its bytes.
pub(super) const LENGTH_DIFFERS: &str = "length_differs";

/// Starts an edit that succeeds only if the row still has the state and attempt that were read.
fn as_it_was_read(row: &PhotoRow) -> Edit {
    let edit = Edit::default().expect("state", json(&row.photo.state));
    match row.attempt {
        1 => edit.expect_absent("attempt"),
        attempt => edit.expect("attempt", number(attempt)),
    }
}

/// Extends the wait for a file that was registered before; another length starts another attempt.
///
/// Camera and file name stay as first announced: they are the file's place in the order. Without that place, the
/// frames after a camera card that never arrives would be assigned to the child before it.
pub(super) fn wait_longer(
    row: &mut PhotoRow,
    file: &NewFile,
    announced: &Announcement<'_>,
) -> Edit {
    let mut edit = as_it_was_read(row).set("ends", number(announced.ends));
    row.photo.expires_at = Some(announced.ends);
    // A length that cannot be accepted changes nothing for a length that can.
    if let Ok(picture_type) = file.picture_type
        && row.photo.bytes != file.bytes
    {
        row.attempt = row.attempt.saturating_add(1);
        row.photo.bytes = file.bytes;
        row.photo.picture_type = picture_type;
        edit = edit
            .set("attempt", number(row.attempt))
            .set("bytes", number(file.bytes))
            .set("type", json(&picture_type));
    }
    // A row without expiry stays without.
    let Some(before) = row.forgotten_at else { return edit };
    row.forgotten_at = announced.forgotten_at_in(&row.photo.camera);
    // The first frame of its camera may have removed the expiry in the meantime: then this edit is refused and the
    // row is read again.
    with_end_of_life(edit.expect("ttl", number(before)), row.forgotten_at)
}

/// Sets when the store removes a row, in seconds since 1970; `None` keeps the row.
fn with_end_of_life(edit: Edit, forgotten_at: Option<i64>) -> Edit {
    match forgotten_at {
        Some(at) => edit.set("ttl", number(at)),
        None => edit.remove("ttl"),
    }
}

/// Moves a refused photo to its next attempt, if its row is still as it was read.
///
/// The photo waits for its bytes again, with its new name, camera and type; or it is refused for a new reason.
pub(super) fn next_attempt(
    row: &mut PhotoRow,
    file: &NewFile,
    announced: &Announcement<'_>,
) -> Edit {
    let edit = as_it_was_read(row);
    row.attempt = row.attempt.saturating_add(1);
    row.photo.file_name.clone_from(&file.name);
    row.photo.camera = announced.camera.clone();
    row.photo.bytes = file.bytes;
    let name = announced.key.seal(&name_place(&row.photo.id), file.name.as_bytes());
    let edit = edit
        .set("attempt", number(row.attempt))
        .set("name", AttributeValue::B(name.into()))
        .set("camera", json(announced.camera))
        .set("bytes", number(file.bytes));
    match &file.picture_type {
        Ok(picture_type) => {
            row.photo.state = PhotoState::Registered;
            row.photo.picture_type = *picture_type;
            row.photo.refusal = None;
            row.photo.expires_at = Some(announced.ends);
            row.forgotten_at = announced.forgotten_at_in(announced.camera);
            let edit = edit
                .set("state", json(&PhotoState::Registered))
                .set("type", json(picture_type))
                .set("ends", number(announced.ends))
                .remove("refusal");
            with_end_of_life(edit, row.forgotten_at)
        }
        Err(reason) => {
            row.photo.refusal = Some((*reason).to_owned());
            edit.set("refusal", AttributeValue::S((*reason).to_owned()))
        }
    }
}

/// Builds a new photo: it waits for its bytes, unless they are known already.
pub(super) fn new_photo(
    candidate: &Candidate<'_>,
    announced: &Announcement<'_>,
    known: Option<&Known>,
) -> Photo {
    let file = candidate.file;
    let photo = Photo {
        id: candidate.photo.clone(),
        camera: announced.camera.clone(),
        file_name: file.name.clone(),
        bytes: file.bytes,
        picture_type: *file.picture_type.as_ref().unwrap_or(&PictureType::Jpeg),
        state: PhotoState::Registered,
        refusal: None,
        content: candidate.content.clone(),
        captured_at: None,
        is_edit_time: false,
        body: None,
        size: None,
        card: CardSeen::None,
        looks_like_card: false,
        is_camera_card: false,
        students: BTreeSet::new(),
        matched_by: None,
        note: None,
        run: None,
        doubts: BTreeSet::new(),
        expires_at: Some(announced.ends),
    };
    let refused = |photo, reason: &str| Photo {
        state: PhotoState::Refused,
        refusal: Some(reason.to_owned()),
        expires_at: None,
        ..photo
    };
    match (file.picture_type, known.and_then(|known| known.checked.as_ref())) {
        (Err(reason), _) => refused(photo, reason),
        (Ok(_), None) => photo,
        // The known facts were compared with the bytes; the announced length was not.
        (Ok(_), Some(checked)) if checked.bytes.is_some_and(|bytes| bytes != file.bytes) => {
            refused(photo, LENGTH_DIFFERS)
        }
        (Ok(_), Some(checked)) => checked.apply(photo),
    }
}
