//! Clock and counter behaviour of cameras, one case per test.

use super::*;

/// A frame with this file name, taken at this time of the picture day.
fn taken(id: u16, name: &str, time: &str) -> Frame {
    Frame {
        captured_at: CaptureTime::parse(&format!("2026-09-14T{time}")),
        file_name: name.into(),
        ..frame(id)
    }
}

fn with_card(frame: Frame, of: u8) -> Frame {
    Frame { card: CardSeen::Code(code(of).qr_text()), ..frame }
}

fn by_body(frame: Frame, serial: &str) -> Frame {
    Frame { body: Some(CameraBody::Serial(serial.into())), ..frame }
}

#[test]
fn a_clock_set_back_gives_no_frame_to_another_child() {
    let frames = [
        with_card(taken(1, "IMG_0001.JPG", "10:00:00"), 1),
        taken(2, "IMG_0002.JPG", "10:00:10"),
        with_card(taken(3, "IMG_0003.JPG", "10:01:00"), 2),
        taken(4, "IMG_0004.JPG", "10:01:10"),
        // The clock is set back by 65 seconds here.
        taken(5, "IMG_0005.JPG", "10:00:15"),
        with_card(taken(6, "IMG_0006.JPG", "10:00:40"), 3),
        taken(7, "IMG_0007.JPG", "10:00:50"),
    ];
    assert_eq!(found(&frames, 2), Ok(vec![1]));
    assert_eq!(found(&frames, 4), Ok(vec![2]));
    assert_eq!(found(&frames, 5), Err(Some(Note::ClockDisagrees)));
    assert_eq!(found(&frames, 7), Ok(vec![3]));
}

#[test]
fn a_dead_battery_gives_no_frame_to_another_child() {
    let reset = |id, name, time: &str| Frame {
        captured_at: CaptureTime::parse(&format!("2000-01-01T{time}")),
        ..taken(id, name, "00:00:00")
    };
    let frames = [
        with_card(taken(1, "IMG_0001.JPG", "10:00:00"), 1),
        taken(2, "IMG_0002.JPG", "10:00:10"),
        with_card(reset(3, "IMG_0003.JPG", "00:00:10"), 2),
        reset(4, "IMG_0004.JPG", "00:00:20"),
        taken(5, "IMG_0005.JPG", "10:03:00"),
        with_card(taken(6, "IMG_0006.JPG", "10:04:00"), 3),
        taken(7, "IMG_0007.JPG", "10:04:10"),
    ];
    assert_eq!(found(&frames, 2), Ok(vec![1]));
    assert_eq!(found(&frames, 4), Ok(vec![2]));
    assert_eq!(found(&frames, 5), Err(Some(Note::ClockDisagrees)));
    assert_eq!(found(&frames, 7), Ok(vec![3]));
    // By time alone, the second student's frames would come first, and the last of them would go to the first student.
    let names = ["ab.jpg", "cd.jpg", "ef.jpg", "gh.jpg", "ij.jpg", "kl.jpg", "mn.jpg"];
    let unnumbered: Vec<_> = frames
        .iter()
        .zip(names)
        .map(|(frame, name)| Frame { file_name: name.into(), ..frame.clone() })
        .collect();
    assert_eq!(found(&unnumbered, 5), Err(Some(Note::ClockDisagrees)));
}

#[test]
fn two_bodies_of_one_label_are_matched_apart() {
    let first = |id, name, time| by_body(taken(id, name, time), "111");
    let second = |id, name, time| by_body(taken(id, name, time), "222");
    let frames = [
        with_card(first(1, "100CANON/IMG_0001.JPG", "10:00:00"), 1),
        first(2, "100CANON/IMG_0002.JPG", "10:00:10"),
        first(3, "100CANON/IMG_0003.JPG", "10:00:30"),
        with_card(second(4, "101CANON/IMG_0001.JPG", "10:00:05"), 2),
        second(5, "101CANON/IMG_0002.JPG", "10:00:20"),
        second(6, "101CANON/IMG_0003.JPG", "10:00:40"),
    ];
    for (id, of) in [(2, 1), (3, 1), (5, 2), (6, 2)] {
        assert_eq!(found(&frames, id), Ok(vec![of]), "{id}");
    }
    // Without serial numbers, the same number twice proves two counters, so no frame gets a student.
    let unknown = frames.clone().map(|frame| Frame { body: None, ..frame });
    for id in [2, 3, 5, 6] {
        assert_eq!(found(&unknown, id), Err(Some(Note::TwoBodies)), "{id}");
    }
    // A frame that names no body cannot be assigned to either body.
    let mut stripped = frames.to_vec();
    stripped.push(taken(7, "edited.jpg", "10:00:50"));
    assert_eq!(found(&stripped, 7), Err(Some(Note::TwoBodies)));
    assert_eq!(found(&stripped, 6), Ok(vec![2]));
}

#[test]
fn a_missing_fraction_of_a_second_is_not_zero() {
    let frames = [
        with_card(taken(1, "IMG_0001.JPG", "10:00:00.10"), 1),
        taken(2, "IMG_0002.JPG", "10:00:05.80"),
        with_card(taken(3, "IMG_0003.JPG", "10:00:05"), 2),
        taken(4, "IMG_0004.JPG", "10:00:07.10"),
    ];
    assert_eq!(found(&frames, 2), Ok(vec![1]));
    assert_eq!(found(&frames, 4), Ok(vec![2]));
}

#[test]
fn a_counter_that_begins_again_needs_a_new_card() {
    let again = |pause: &str| {
        vec![
            with_card(taken(1, "IMG_0001.JPG", "10:00:00"), 1),
            taken(2, "IMG_0002.JPG", "10:00:05"),
            taken(3, "IMG_0003.JPG", "10:00:10"),
            taken(4, "IMG_0001.JPG", pause),
            with_card(taken(5, "IMG_0002.JPG", "10:10:00"), 2),
            taken(6, "IMG_0003.JPG", "10:10:05"),
        ]
    };
    let after_a_change_of_cards = again("10:05:00");
    assert_eq!(found(&after_a_change_of_cards, 3), Ok(vec![1]));
    assert_eq!(found(&after_a_change_of_cards, 4), Err(Some(Note::CounterStartedAgain)));
    assert_eq!(found(&after_a_change_of_cards, 6), Ok(vec![2]));
    // Ten seconds are too short to change a memory card, so these are two bodies.
    let at_once = again("10:00:20");
    assert_eq!(found(&at_once, 3), Err(Some(Note::TwoBodies)));
}

#[test]
fn an_edit_time_may_deny_and_is_never_enough() {
    let edited = |frame: Frame| Frame { is_edit_time: true, ..frame };
    let numbered =
        [with_card(taken(1, "IMG_0001.JPG", "18:00:00"), 1), taken(2, "IMG_0002.JPG", "18:00:05")];
    assert_eq!(found(&numbered.clone().map(edited), 2), Ok(vec![1]));
    let unnumbered = [with_card(taken(1, "ab.jpg", "18:00:00"), 1), taken(2, "cd.jpg", "18:00:05")];
    assert_eq!(found(&unnumbered, 2), Ok(vec![1]));
    assert_eq!(found(&unnumbered.map(edited), 2), Err(Some(Note::ClockDisagrees)));
}

#[test]
fn a_lost_film_or_sidecar_is_no_break() {
    for name in ["MVI_0002.MOV", "IMG_0002.XMP", ".DS_Store", "._IMG_0002.JPG", "IMG_0001.CR3"] {
        let beside = Frame { file_name: name.into(), ..lost(9) };
        assert_eq!(found(&[card(1, 1), beside, frame(3)], 3), Ok(vec![1]), "{name}");
    }
    for name in ["IMG_0002.JPG", "IMG_0002.CR3", "IMG_0002.HEIC"] {
        let photo = Frame { file_name: name.into(), ..lost(9) };
        let frames = [card(1, 1), photo, frame(3)];
        assert_eq!(found(&frames, 3), Err(Some(Note::AfterLostFrame)), "{name}");
    }
}
