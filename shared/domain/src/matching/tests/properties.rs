//! Properties that hold for any frames in any order.

use proptest::prelude::*;

use super::*;

fn any_card() -> impl Strategy<Value = CardSeen> {
    prop_oneof![
        6 => Just(CardSeen::None),
        3 => (1_u8..=5).prop_map(|of| CardSeen::Code(code(of).qr_text())),
        1 => Just(CardSeen::Code(code(9).qr_text())),
        1 => Just(CardSeen::Code(code(77).qr_text())),
        1 => Just(CardSeen::Unreadable),
    ]
}

/// Frames with colliding times, repeated and restarted numbers, and missing times.
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

fn time_of(frame: &Frame) -> Option<String> {
    frame.captured_at.map(|time| time.to_string())
}

proptest! {
    #[test]
    fn any_order_of_arrival_gives_the_same_answer(
        (frames, shuffled) in any_frames().prop_flat_map(|frames| {
            (Just(frames.clone()), Just(frames).prop_shuffle())
        })
    ) {
        let one = match_plainly(&frames);
        let other = match_plainly(&shuffled);
        prop_assert_eq!(one, other);
    }

    #[test]
    fn every_frame_is_matched_or_says_why_not(frames in any_frames()) {
        let matches = match_plainly(&frames);
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

    /// States the rule without the production code.
    ///
    /// Go back in time from a frame that a card gave to a student. The first frame that is not a plain one must be a
    /// card of exactly that student. If several share that instant, one of them must be. A card without a time may have
    /// any place that its number allows, even before the first frame with a time.
    #[test]
    fn no_frame_is_given_to_a_child_whose_card_is_not_the_nearest_before_it(frames in any_frames()) {
        for one in match_plainly(&frames) {
            if one.by != Some(MatchedBy::Card) {
                continue;
            }
            let frame = frames.iter().find(|frame| frame.photo == one.photo).unwrap();
            let Some(time) = time_of(frame) else { continue };
            let marks = |other: &&Frame| {
                !other.is_lost && other.card != CardSeen::None && time_of(other).is_some_and(|at| at <= time)
            };
            // `None` when the only cards before it have no time: then their numbers decide.
            let nearest = frames.iter().filter(marks).filter_map(time_of).max();
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
                .filter(|other| other.captured_at.is_none() || (time_of(other) >= nearest && marks(other)))
                .collect();
            // In the frame's own instant, the card of an earlier instant may still be the nearest.
            let at_once = nearest == time_of(frame);
            prop_assert!(at_once || candidates.iter().any(|other| is_theirs(other)));
        }
    }

    /// With distinct times and no gaps, the rule fits in one line.
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
