//! Tests of each matching rule alone, and of properties that hold for any frames.

mod clocks;
mod doubts;
mod never_another_child;
mod properties;

use super::*;

fn student(number: u8) -> StudentId {
    StudentId::from_random([number; 16])
}

fn code(number: u8) -> CardCode {
    CardCode::from_digest(&[number; 32])
}

/// Cards 1 to 5 belong to students 1 to 5; card 9 is the spare with number 9.
fn cards() -> BTreeMap<CardCode, Holder> {
    (1..=5)
        .map(|number| (code(number), Holder::Student(student(number))))
        .chain([(code(9), Holder::Spare(9))])
        .collect()
}

fn ids() -> BTreeMap<String, StudentId> {
    (1..=5).map(|number| (format!("000{number}"), student(number))).collect()
}

fn photo(number: u16) -> PhotoId {
    let mut bits = [0; 16];
    bits[..2].copy_from_slice(&number.to_be_bytes());
    PhotoId::from_random(bits)
}

fn at(time: jiff::civil::DateTime) -> Option<CaptureTime> {
    CaptureTime::parse(&time.to_string())
}

/// The frame with this number, taken that many seconds after nine o'clock.
fn frame(number: u16) -> Frame {
    let nine = jiff::civil::date(2026, 9, 14).at(9, 0, 0, 0);
    Frame {
        photo: photo(number),
        captured_at: at(nine + jiff::Span::new().seconds(i64::from(number))),
        is_edit_time: false,
        body: None,
        looks_like_card: false,
        file_name: format!("IMG_{number:04}.JPG"),
        card: CardSeen::None,
        is_lost: false,
        by_hand: None,
    }
}

fn card(number: u16, of: u8) -> Frame {
    Frame { card: CardSeen::Code(code(of).qr_text()), ..frame(number) }
}

fn unreadable(number: u16) -> Frame {
    Frame { card: CardSeen::Unreadable, ..frame(number) }
}

fn untimed(frame: Frame) -> Frame {
    Frame { captured_at: None, ..frame }
}

fn lost(number: u16) -> Frame {
    Frame { is_lost: true, ..untimed(frame(number)) }
}

/// Matches without a print order and without other cameras.
fn match_plainly(frames: &[Frame]) -> Vec<Match> {
    let day = DayFacts {
        cards: &cards(),
        students_by_issued_id: &ids(),
        print_order: &[],
        seen_elsewhere: &BTreeSet::new(),
    };
    match_camera(frames, &day)
}

fn matched(frames: &[Frame]) -> BTreeMap<PhotoId, Match> {
    match_plainly(frames).into_iter().map(|m| (m.photo.clone(), m)).collect()
}

/// Returns the numbers of the students on this frame, or its note.
fn found(frames: &[Frame], number: u16) -> Result<Vec<u8>, Option<Note>> {
    let matches = matched(frames);
    let one = &matches[&photo(number)];
    if one.students.is_empty() {
        return Err(one.note);
    }
    Ok((1..=5).filter(|n| one.students.contains(&student(*n))).collect())
}

#[test]
fn frames_belong_to_the_last_card_before_them() {
    let frames = [frame(1), card(2, 1), frame(3), frame(4), card(5, 2), frame(6)];
    assert_eq!(found(&frames, 1), Err(Some(Note::BeforeFirstCard)));
    assert_eq!(found(&frames, 3), Ok(vec![1]));
    assert_eq!(found(&frames, 4), Ok(vec![1]));
    assert_eq!(found(&frames, 6), Ok(vec![2]));
    let matches = matched(&frames);
    assert!(matches[&photo(2)].is_camera_card && matches[&photo(2)].students.is_empty());
    assert_eq!(matches[&photo(3)].by, Some(MatchedBy::Card));
    assert!(!matches[&photo(3)].is_camera_card);
}

#[test]
fn nothing_is_given_to_the_child_before_a_card_that_cannot_be_used() {
    for (ends, note) in [
        (unreadable(3), Note::AfterUnreadableCard),
        (Frame { card: CardSeen::Code("PD-broken".into()), ..frame(3) }, Note::AfterUnreadableCard),
        (card(3, 77), Note::ForeignCard),
        (card(3, 9), Note::SpareCard(9)),
        (lost(3), Note::AfterLostFrame),
    ] {
        let frames = [card(1, 1), frame(2), ends, frame(4), card(5, 2), frame(6)];
        assert_eq!(found(&frames, 2), Ok(vec![1]));
        assert_eq!(found(&frames, 4), Err(Some(note)));
        assert_eq!(found(&frames, 6), Ok(vec![2]));
    }
}

#[test]
fn of_two_cards_in_a_row_the_second_counts_and_the_same_one_twice_is_one() {
    let frames = [card(1, 1), card(2, 2), frame(3), card(4, 3), card(5, 3), frame(6)];
    assert_eq!(found(&frames, 3), Ok(vec![2]));
    assert_eq!(found(&frames, 6), Ok(vec![3]));
}

#[test]
fn what_a_person_decided_is_never_overwritten() {
    let given = |frame: Frame, to: &[u8]| Frame {
        by_hand: Some(to.iter().map(|number| student(*number)).collect()),
        ..frame
    };
    let frames = [
        card(1, 1),
        given(frame(2), &[2, 3]),
        given(frame(3), &[]),
        frame(4),
        given(unreadable(5), &[4]),
        given(card(6, 5), &[4]),
        frame(7),
    ];
    let matches = matched(&frames);
    assert_eq!(found(&frames, 2), Ok(vec![2, 3]));
    assert_eq!(found(&frames, 3), Err(None));
    assert_eq!(matches[&photo(3)].by, Some(MatchedBy::Hand));
    assert_eq!(found(&frames, 4), Ok(vec![1]));
    // A frame wrongly taken for an unreadable card is a photo. A card that was read stays hidden and still counts.
    assert!(!matches[&photo(5)].is_camera_card);
    assert!(matches[&photo(6)].is_camera_card);
    assert_eq!(found(&frames, 7), Ok(vec![5]));
}

#[test]
fn file_names_count_only_on_a_camera_without_any_card() {
    let named = |number, name: &str| Frame { file_name: name.into(), ..frame(number) };
    let plain = [named(1, "0001.jpg"), named(2, "0002_2.jpg"), named(3, "IMG_0003.JPG")];
    assert_eq!(found(&plain, 1), Ok(vec![1]));
    assert_eq!(found(&plain, 2), Ok(vec![2]));
    assert_eq!(found(&plain, 3), Err(Some(Note::NoCardAndNoNameMatch)));
    assert_eq!(matched(&plain)[&photo(1)].by, Some(MatchedBy::FileName));
    for card in [card(9, 3), unreadable(9), card(9, 77)] {
        let with_card = [plain.as_slice(), &[card]].concat();
        assert_eq!(found(&with_card, 1), Err(Some(Note::BeforeFirstCard)));
    }
    // Without times and in any order, file names still decide.
    let untimed = plain.map(untimed);
    assert_eq!(found(&untimed, 2), Ok(vec![2]));
}

#[test]
fn where_clock_and_number_disagree_nothing_is_given() {
    let frames = [
        Frame { file_name: "IMG_0900.JPG".into(), ..card(1, 1) },
        Frame { file_name: "IMG_0100.JPG".into(), ..frame(2) },
        Frame { file_name: "IMG_0050.JPG".into(), ..card(3, 2) },
        Frame { file_name: "IMG_0901.JPG".into(), ..frame(4) },
    ];
    assert_eq!(found(&frames, 2), Err(Some(Note::ClockDisagrees)));
    assert_eq!(found(&frames, 4), Err(Some(Note::ClockDisagrees)));
}

#[test]
fn within_a_second_the_number_decides_also_when_the_camera_begins_again() {
    let at_once = |frame: Frame, name: &str| Frame {
        captured_at: self::frame(7).captured_at,
        file_name: name.into(),
        ..frame
    };
    let frames = [
        at_once(card(1, 1), "IMG_9998.JPG"),
        at_once(frame(2), "IMG_9999.JPG"),
        at_once(frame(3), "IMG_0001.JPG"),
        at_once(card(4, 2), "IMG_0002.JPG"),
        at_once(frame(5), "IMG_0003.JPG"),
    ];
    assert_eq!(found(&frames, 2), Ok(vec![1]));
    assert_eq!(found(&frames, 3), Ok(vec![1]));
    assert_eq!(found(&frames, 5), Ok(vec![2]));
}

#[test]
fn the_fraction_of_a_second_counts() {
    let timed = |frame: Frame, time: &str, name: &str| Frame {
        captured_at: CaptureTime::parse(&format!("2026-09-14T09:00:{time}")),
        file_name: name.into(),
        ..frame
    };
    let frames = [
        timed(card(0, 1), "00.10", "AAA.JPG"),
        timed(frame(1), "01.00", "BBB.JPG"),
        timed(card(8, 2), "01.50", "CCC.JPG"),
        timed(frame(2), "01.70", "DDD.JPG"),
    ];
    assert_eq!(found(&frames, 1), Ok(vec![1]));
    assert_eq!(found(&frames, 2), Ok(vec![2]));
}

#[test]
fn a_frame_without_a_time_is_placed_by_its_number_or_not_at_all() {
    let frames =
        [card(1, 1), untimed(frame(2)), frame(3), untimed(card(4, 2)), frame(5), untimed(frame(6))];
    assert_eq!(found(&frames, 2), Ok(vec![1]));
    assert_eq!(found(&frames, 5), Ok(vec![2]));
    assert_eq!(found(&frames, 6), Ok(vec![2]));
    let strange = Frame { file_name: "DSC0002.JPG".into(), ..untimed(frame(2)) };
    assert_eq!(found(&[card(1, 1), strange, frame(3)], 2), Err(Some(Note::NoPlaceInOrder)));
    // Far from any other number, or next to a number that occurs twice.
    assert_eq!(found(&[card(1, 1), untimed(frame(200))], 200), Err(Some(Note::NoPlaceInOrder)));
    let twice = Frame { photo: photo(77), ..frame(1) };
    assert_eq!(found(&[card(1, 1), twice, untimed(frame(2))], 2), Err(Some(Note::NoPlaceInOrder)));
}

#[test]
fn a_card_without_a_place_makes_every_frame_of_its_camera_unsure() {
    let nowhere = Frame { file_name: "card.jpg".into(), ..untimed(card(9, 2)) };
    let frames = [card(1, 1), frame(2), nowhere];
    assert_eq!(found(&frames, 2), Err(Some(Note::NoPlaceInOrder)));
    // A lost file of another kind, such as a list or a note, changes nothing.
    let list = Frame { file_name: "list.pdf".into(), ..lost(9) };
    assert_eq!(found(&[card(1, 1), frame(2), list], 2), Ok(vec![1]));
}

#[test]
fn a_camera_without_a_clock_is_ordered_by_number() {
    let frames = [card(9997, 1), frame(9999), frame(1), card(2, 2), frame(3)].map(untimed);
    assert_eq!(found(&frames, 9999), Ok(vec![1]));
    assert_eq!(found(&frames, 1), Ok(vec![1]));
    assert_eq!(found(&frames, 3), Ok(vec![2]));
}

#[test]
fn a_day_adds_up() {
    let picture = |frame: &Frame, one: Option<&Match>| Photo {
        id: frame.photo.clone(),
        camera: crate::photo::CameraLabel::parse("A").unwrap(),
        file_name: frame.file_name.clone(),
        bytes: 1,
        picture_type: crate::photo::PictureType::Jpeg,
        state: if frame.is_lost { PhotoState::Refused } else { PhotoState::Checked },
        refusal: None,
        content: String::new(),
        captured_at: frame.captured_at.map(|time| time.to_string()),
        is_edit_time: false,
        body: None,
        looks_like_card: false,
        note: None,
        run: None,
        doubts: BTreeSet::new(),
        size: None,
        card: frame.card.clone(),
        is_camera_card: one.is_some_and(|m| m.is_camera_card),
        students: one.map(|m| m.students.clone()).unwrap_or_default(),
        matched_by: one.and_then(|m| m.by),
        expires_at: None,
    };
    let frames = [
        frame(1),
        card(2, 1),
        frame(3),
        card(4, 2),
        card(5, 3),
        frame(6),
        unreadable(7),
        frame(8),
        card(9, 77),
        card(10, 9),
        frame(11),
        lost(12),
    ];
    let matches = matched(&frames);
    let photos: Vec<Photo> = frames.iter().map(|f| picture(f, matches.get(&f.photo))).collect();
    // Frames that are stored and read back are equal.
    assert_eq!(photos.iter().map(Frame::from).collect::<Vec<_>>(), frames);

    let students = (1..=5).map(student).collect();
    let day = reconcile(&photos, &cards(), &students);
    assert_eq!(day.photographed, BTreeSet::from([student(1), student(3)]));
    assert_eq!(day.students_without_photo, BTreeSet::from([student(2), student(4), student(5)]));
    assert_eq!(day.cards_seen.len(), 4);
    assert_eq!(
        day.cards_without_photos,
        [CardWithoutPhotos { code: code(2), student: student(2) }]
    );
    assert_eq!(day.unmatched, [photo(1), photo(8), photo(11)]);
    assert_eq!(day.unreadable_cards, [photo(7)]);
    assert_eq!(day.foreign_cards, [photo(9)]);
    assert_eq!(day.refused, [photo(12)]);
}
