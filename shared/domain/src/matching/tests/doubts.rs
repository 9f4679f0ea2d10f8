//! The doubts of a run, one reason per test.

use super::*;

/// Students one after the other: a card every 60 seconds, then this many photos five seconds apart.
fn day_of(shots: [u16; 10]) -> Vec<Frame> {
    let mut frames = Vec::new();
    for (child, shots) in (0..).zip(shots) {
        for shot in 0..=shots {
            let mut one = frame(u16::try_from(frames.len()).unwrap() + 1);
            one.captured_at = seconds(child * 60 + shot * 5);
            if shot == 0 {
                one.card = CardSeen::Code(code(10 + u8::try_from(child).unwrap()).qr_text());
            }
            frames.push(one);
        }
    }
    frames
}

/// Ten students with four photos each.
fn usual_day() -> Vec<Frame> {
    day_of([4; 10])
}

fn seconds(after_nine: u16) -> Option<CaptureTime> {
    let nine = jiff::civil::date(2026, 9, 14).at(9, 0, 0, 0);
    at(nine + jiff::Span::new().seconds(i64::from(after_nine)))
}

/// Returns the doubts of each photo of the day, by its number.
fn doubts(frames: &[Frame], order: &[u8]) -> BTreeMap<u16, BTreeSet<Doubt>> {
    doubts_beside(frames, order, &[])
}

/// Returns the same when these students were seen on another camera.
fn doubts_beside(
    frames: &[Frame],
    order: &[u8],
    elsewhere: &[u8],
) -> BTreeMap<u16, BTreeSet<Doubt>> {
    let cards = (10..30).map(|of| (code(of), Holder::Student(student(of)))).collect();
    let order: Vec<_> = order.iter().map(|of| student(*of)).collect();
    let day = DayFacts {
        cards: &cards,
        students_by_issued_id: &BTreeMap::new(),
        print_order: &order,
        seen_elsewhere: &elsewhere.iter().map(|of| student(*of)).collect(),
    };
    let matches = match_camera(frames, &day);
    (0..100)
        .filter_map(|number| {
            let one = matches.iter().find(|one| one.photo == photo(number))?;
            (!one.doubts.is_empty()).then(|| (number, one.doubts.clone()))
        })
        .collect()
}

#[test]
fn a_usual_day_is_not_doubted() {
    let order: Vec<u8> = (10..20).collect();
    assert_eq!(doubts(&usual_day(), &order), BTreeMap::new());
}

#[test]
fn a_card_that_was_not_photographed_shows_in_length_and_pause() {
    let mut frames = usual_day();
    // The card of the sixth student was never taken, so the numbers have no gap.
    frames.retain(|one| one.photo != photo(26));
    for (number, one) in (1..).zip(&mut frames) {
        one.file_name = format!("IMG_{number:04}.JPG");
    }
    let found = doubts(&frames, &[]);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [22, 23, 24, 25, 27, 28, 29, 30]);
    assert_eq!(found[&22], BTreeSet::from([Doubt::LongRun, Doubt::PauseInside]));
}

#[test]
fn a_card_whose_file_never_came_shows_in_the_numbers() {
    let mut frames = usual_day();
    frames.retain(|one| one.photo != photo(26));
    assert!(doubts(&frames, &[])[&22].contains(&Doubt::NumberGap));
    // A missing number directly before a card hides nothing.
    let mut harmless = usual_day();
    harmless.retain(|one| one.photo != photo(25));
    assert_eq!(doubts(&harmless, &[]), BTreeMap::new());
    // Nor does a missing number that a movie has.
    let with_file = |name: &str| {
        let mut frames = usual_day();
        frames.retain(|one| one.photo != photo(24));
        frames.push(Frame { file_name: name.into(), ..lost(99) });
        doubts(&frames, &[])
    };
    for film in ["IMG_0024.MOV", "MVI_0024.MP4"] {
        assert_eq!(with_file(film), BTreeMap::new(), "{film}");
    }
    // A sidecar proves that there was a photo. Sony counts movies separately.
    for other in ["IMG_0024.XMP", "C0024.MP4"] {
        assert!(with_file(other)[&23].contains(&Doubt::NumberGap), "{other}");
    }
}

#[test]
fn a_frame_with_a_part_of_a_card_is_doubted() {
    let mut frames = usual_day();
    frames[7].looks_like_card = true;
    assert_eq!(doubts(&frames, &[])[&8], BTreeSet::from([Doubt::CardLike]));
}

#[test]
fn a_skipped_card_counts_only_with_other_evidence() {
    // Student 29 is printed after the third student and was not seen: as far as is known, absent.
    let order = [10, 11, 12, 29, 13, 14, 15, 16, 17, 18, 19];
    assert_eq!(doubts(&usual_day(), &order), BTreeMap::new());
    // Five photos where three are usual do not prove a missing card.
    let longer = day_of([3, 3, 5, 3, 3, 3, 3, 3, 3, 3]);
    assert_eq!(doubts(&longer, &[]), BTreeMap::new());
    let found = doubts(&longer, &order);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [10, 11, 12, 13, 14]);
    assert_eq!(found[&10], BTreeSet::from([Doubt::PrintOrder]));
    assert_eq!(doubts_beside(&longer, &order, &[29]), BTreeMap::new(), "seen on another camera");
    // A pause that is long, but too short to count alone.
    let mut pausing = usual_day();
    for (place, one) in (0_u16..).zip(&mut pausing).skip(13) {
        one.captured_at = seconds(place / 5 * 60 + place % 5 * 5 + 21);
    }
    assert_eq!(doubts(&pausing, &[]), BTreeMap::new());
    let found = doubts(&pausing, &order);
    assert_eq!(found.keys().copied().collect::<Vec<_>>(), [12, 13, 14, 15]);
    assert_eq!(found[&12], BTreeSet::from([Doubt::PrintOrder]));
    assert_eq!(doubts_beside(&pausing, &order, &[29]), BTreeMap::new());
}

#[test]
fn a_confirmed_run_is_not_doubted_again_until_a_frame_comes() {
    let mut frames = usual_day();
    frames[7].looks_like_card = true;
    for one in &mut frames[6..10] {
        one.by_hand = Some(BTreeSet::from([student(11)]));
    }
    assert_eq!(doubts(&frames, &[]), BTreeMap::new());
    frames[9].by_hand = None;
    frames[9].looks_like_card = true;
    assert_eq!(doubts(&frames, &[]).keys().copied().collect::<Vec<_>>(), [10]);
}

#[test]
fn a_frame_given_to_another_child_makes_what_follows_doubtful() {
    let mut frames = usual_day();
    frames[7].by_hand = Some(BTreeSet::from([student(29)]));
    assert_eq!(doubts(&frames, &[])[&9], BTreeSet::from([Doubt::HandDiffers]));
    // A frame that was removed and assigned to no student may have had closed eyes.
    frames[7].by_hand = Some(BTreeSet::new());
    assert_eq!(doubts(&frames, &[]), BTreeMap::new());
    let mut longer = day_of([3, 3, 5, 3, 3, 3, 3, 3, 3, 3]);
    longer[9].by_hand = Some(BTreeSet::new());
    assert_eq!(doubts(&longer, &[])[&11], BTreeSet::from([Doubt::HandDiffers]));
    // At the end of a run it says nothing about the other frames.
    let mut last = usual_day();
    last[9].by_hand = Some(BTreeSet::new());
    assert_eq!(doubts(&last, &[]), BTreeMap::new());
}
