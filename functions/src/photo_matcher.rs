//! The matching worker: assigns the photos of one camera to students.
//!
//! It matches all frames of the camera each time, in capture order. So the result does not depend on the order of
//! arrival.

use std::collections::{BTreeMap, BTreeSet};

use domain::camera_card::{CardCode, Holder};
use domain::ids::StudentId;
use domain::matching::{DayFacts, Frame, Match, card_holder, match_camera};
use domain::photo::MatchedBy;
use domain::student::Student;
use platform::access::work::{MatchCamera, accept};
use platform::aws_lambda_events::sqs::SqsMessage;
use platform::records::photos::PhotoRow;
use platform::worker::{Answer, Batch, in_order};
use platform::{ApiError, App};

/// Processes a batch of cameras.
pub async fn handle(app: &'static App, batch: Batch) -> Answer {
    in_order(batch, |message| match_one(app, message)).await
}

async fn match_one(app: &'static App, message: SqsMessage) -> Result<(), ApiError> {
    let (store, work) = accept::<MatchCamera>(app, "photo-matcher", &message).await?;
    let Some(camera) = store.frames_to_match(&work).await? else {
        return Ok(());
    };
    let cards = store.camera_cards(&camera.day).await?;
    let students = store.enrolled(&camera.day.school_id, camera.day.school_year()).await?;
    let frames: Vec<_> = camera.photos.iter().map(|row| Frame::from(&row.photo)).collect();
    let facts = DayFacts {
        cards: &cards,
        print_order: &print_order(&students),
        students_by_issued_id: &by_issued_id(students),
        seen_elsewhere: &seen(&camera.elsewhere, &cards),
    };
    let matches = match_camera(&frames, &facts);
    let before: BTreeMap<_, _> = camera.photos.iter().map(|row| (&row.photo.id, row)).collect();
    let mut changed = 0_usize;
    for found in matches {
        let Some(row) = before.get(&found.photo) else { continue };
        let is_same = is_as_before(row, &found);
        if is_same && !row.waits_for_matching {
            continue;
        }
        let is_written = store.write_match(row, &found).await?;
        changed += usize::from(is_written && !is_same);
    }
    Ok(store.log_matched(&work, changed).await?)
}

fn is_as_before(row: &PhotoRow, found: &Match) -> bool {
    row.students == found.students
        && row.matched_by == found.by
        && row.is_camera_card == found.is_camera_card
        && (row.run == found.run || found.by == Some(MatchedBy::Hand))
        && row.note == found.note
        && row.doubts == found.doubts
}

/// Returns the students in the order in which their cards are printed and handed out.
fn print_order(students: &[Student]) -> Vec<StudentId> {
    let mut students: Vec<_> = students.iter().collect();
    students.sort_by_cached_key(|student| student.card_order());
    students.into_iter().map(|student| student.id.clone()).collect()
}

/// Returns the students whom other cameras of the day saw: by card, or by a photo assigned by hand.
fn seen(photos: &[PhotoRow], cards: &BTreeMap<CardCode, Holder>) -> BTreeSet<StudentId> {
    photos
        .iter()
        .flat_map(|row| {
            let by_hand = row.students.iter().filter(|_| row.matched_by == Some(MatchedBy::Hand));
            let on_card = card_holder(&row.card, cards);
            by_hand.cloned().chain(on_card)
        })
        .collect()
}

/// Maps the school-issued numbers to students; a number that several students share is left out.
fn by_issued_id(students: Vec<Student>) -> BTreeMap<String, StudentId> {
    let mut holders: BTreeMap<String, Vec<StudentId>> = BTreeMap::new();
    for student in students {
        if let Some(issued) = student.details.school_issued_id {
            holders.entry(issued).or_default().push(student.id);
        }
    }
    holders
        .into_iter()
        .filter_map(|(issued, mut holders)| {
            let only = holders.pop()?;
            holders.is_empty().then_some((issued, only))
        })
        .collect()
}
