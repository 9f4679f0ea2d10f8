//! The rules of matching, each on its own and then for any frames at all.

use proptest::prelude::*;

use super::*;

fn student(number: u8) -> StudentId {
    StudentId::from_random([number; 16])
}

fn code(number: u8) -> CardCode {
    CardCode::from_digest(&[number; 32])
}

/// Cards 1 to 5 are of students 1 to 5; card 9 is the spare with number 9.
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

/// The frame with this number, taken that many seconds after nine.
fn frame(number: u16) -> Frame {
    let nine = jiff::civil::date(2026, 9, 14).at(9, 0, 0, 0);
    Frame {
        photo: photo(number),
        captured_at: Some(nine + jiff::Span::new().seconds(i64::from(number))),
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

fn matched(frames: &[Frame]) -> BTreeMap<PhotoId, Match> {
    match_camera(frames, &cards(), &ids()).into_iter().map(|m| (m.photo.clone(), m)).collect()
}

/// The student's number or the note of the frame with this number.
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
    // What was taken for an unreadable card is a photo; a card that was read is hidden all the same, and counts.
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
    // Without times and out of any order, names still tell.
    let untimed = plain.map(untimed);
    assert_eq!(found(&untimed, 2), Ok(vec![2]));
}

#[test]
fn capture_time_comes_before_the_files_number() {
    let frames = [
        Frame { file_name: "IMG_0900.JPG".into(), ..card(1, 1) },
        Frame { file_name: "IMG_0100.JPG".into(), ..frame(2) },
        Frame { file_name: "IMG_0050.JPG".into(), ..card(3, 2) },
    ];
    assert_eq!(found(&frames, 2), Ok(vec![1]));
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
    let half = |frame: Frame| Frame {
        captured_at: frame.captured_at.map(|time| time + jiff::Span::new().milliseconds(500)),
        ..frame
    };
    let mut late = half(card(1, 2));
    late.photo = photo(8);
    late.file_name = "AAA_0000.JPG".into();
    assert_eq!(found(&[card(0, 1), frame(1), late], 1), Ok(vec![1]));
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
    // Far from any other number, or beside a number that stands twice.
    assert_eq!(found(&[card(1, 1), untimed(frame(200))], 200), Err(Some(Note::NoPlaceInOrder)));
    let twice = Frame { photo: photo(77), ..frame(1) };
    assert_eq!(found(&[card(1, 1), twice, untimed(frame(2))], 2), Err(Some(Note::NoPlaceInOrder)));
}

#[test]
fn a_card_without_a_place_makes_every_frame_of_its_camera_unsure() {
    let nowhere = Frame { file_name: "card.jpg".into(), ..untimed(card(9, 2)) };
    let frames = [card(1, 1), frame(2), nowhere];
    assert_eq!(found(&frames, 2), Err(Some(Note::NoPlaceInOrder)));
    // A lost file of another kind (a list, a note) does not.
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
    // Stored and read back, the frames are the same.
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

fn any_card() -> impl Strategy<Value = CardSeen> {
    prop_oneof![
        6 => Just(CardSeen::None),
        3 => (1_u8..=5).prop_map(|of| CardSeen::Code(code(of).qr_text())),
        1 => Just(CardSeen::Code(code(9).qr_text())),
        1 => Just(CardSeen::Code(code(77).qr_text())),
        1 => Just(CardSeen::Unreadable),
    ]
}

/// Frames with times that collide, numbers that repeat and begin again, and times that are missing.
fn any_frames() -> impl Strategy<Value = Vec<Frame>> {
    let number = prop_oneof![0_u16..30, 9_990_u16..10_000];
    let hand = prop_oneof![
        8 => Just(None),
        1 => proptest::collection::btree_set((1_u8..=5).prop_map(student), 0..3).prop_map(Some)
    ];
    let frame = (number, 0_u16..40, 0_u8..8, any_card(), hand, 0_u8..12).prop_map(
        |(number, second, without_time, card, by_hand, is_lost)| Frame {
            captured_at: frame(second).captured_at.filter(|_| without_time > 0),
            card,
            by_hand,
            is_lost: is_lost == 0,
            ..frame(number)
        },
    );
    proptest::collection::vec(frame, 0..40).prop_map(|mut frames| {
        for (frame, number) in frames.iter_mut().zip(0..) {
            frame.photo = photo(number);
        }
        frames
    })
}

proptest! {
    #[test]
    fn any_order_of_arrival_gives_the_same_answer(
        (frames, shuffled) in any_frames().prop_flat_map(|frames| {
            (Just(frames.clone()), Just(frames).prop_shuffle())
        })
    ) {
        let one = match_camera(&frames, &cards(), &ids());
        let other = match_camera(&shuffled, &cards(), &ids());
        prop_assert_eq!(one, other);
    }

    #[test]
    fn every_frame_is_matched_or_says_why_not(frames in any_frames()) {
        let matches = match_camera(&frames, &cards(), &ids());
        prop_assert_eq!(matches.len(), frames.iter().filter(|frame| !frame.is_lost).count());
        for one in matches {
            let frame = frames.iter().find(|frame| frame.photo == one.photo).unwrap();
            if let Some(students) = &frame.by_hand {
                prop_assert_eq!(&one.students, students);
                prop_assert_eq!(one.by, Some(MatchedBy::Hand));
            } else {
                prop_assert_eq!(one.students.is_empty(), one.by.is_none());
                prop_assert!(one.by.is_some() || one.note.is_some() || one.is_camera_card);
                prop_assert!(!one.is_camera_card || one.students.is_empty());
            }
            if let CardSeen::Code(_) = frame.card {
                prop_assert!(one.is_camera_card);
            }
        }
    }

    /// Said without the machinery: go back in time from a frame given by card; the first thing that is not a plain
    /// frame must be the card of exactly that student, or of several in the same instant one must be.
    #[test]
    fn no_frame_is_given_to_a_child_whose_card_is_not_the_nearest_before_it(frames in any_frames()) {
        for one in match_camera(&frames, &cards(), &ids()) {
            if one.by != Some(MatchedBy::Card) {
                continue;
            }
            let frame = frames.iter().find(|frame| frame.photo == one.photo).unwrap();
            let Some(time) = frame.captured_at else { continue };
            let marks = |other: &&Frame| {
                !other.is_lost && other.card != CardSeen::None && other.captured_at.is_some_and(|at| at <= time)
            };
            let nearest = frames.iter().filter(marks).filter_map(|other| other.captured_at).max();
            prop_assert!(nearest.is_some());
            let is_theirs = |other: &Frame| match &other.card {
                CardSeen::Code(text) => CardCode::from_qr_text(text)
                    .ok()
                    .and_then(|code| cards().get(&code).cloned())
                    .is_some_and(|holder| match holder {
                        Holder::Student(student) => one.students == BTreeSet::from([student]),
                        Holder::Spare(_) => false,
                    }),
                CardSeen::None | CardSeen::Unreadable => false,
            };
            let candidates: Vec<&Frame> = frames
                .iter()
                .filter(|other| other.captured_at.is_none() || (other.captured_at >= nearest && marks(other)))
                .collect();
            // In the same instant as the frame itself, an earlier instant's card may still be the nearest.
            let at_once = nearest == frame.captured_at;
            prop_assert!(at_once || candidates.iter().any(|other| is_theirs(other)));
        }
    }

    /// With distinct times and no gaps the rule can be said in one line.
    #[test]
    fn in_plain_order_each_frame_has_exactly_the_student_of_the_last_card(
        shown in proptest::collection::vec(any_card(), 1..60)
    ) {
        let frames: Vec<Frame> = shown.iter().zip(0..).map(|(card, number)| Frame {
            card: card.clone(), ..frame(number)
        }).collect();
        let matches = matched(&frames);
        for (at, frame) in frames.iter().enumerate() {
            let last = shown[..=at].iter().rev().find(|card| **card != CardSeen::None);
            let expected: BTreeSet<StudentId> = match (&shown[at], last) {
                (CardSeen::None, Some(CardSeen::Code(text))) => CardCode::from_qr_text(text)
                    .ok()
                    .and_then(|code| cards().get(&code).cloned())
                    .into_iter()
                    .filter_map(|holder| match holder {
                        Holder::Student(student) => Some(student),
                        Holder::Spare(_) => None,
                    })
                    .collect(),
                _ => BTreeSet::new(),
            };
            prop_assert_eq!(&matches[&frame.photo].students, &expected);
        }
    }
}
