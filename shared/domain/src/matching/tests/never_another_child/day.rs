//! Random picture days, with the true student of each frame.

use std::collections::BTreeMap;

use crate::matching::tests::{code, photo, student};
use crate::matching::{CaptureTime, Frame};
use crate::photo::{CameraBody, CardSeen};

/// A random number generator: the same seed gives the same day on every machine (splitmix64).
pub(super) struct Chance(u64);

impl Chance {
    pub(super) fn of(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    pub(super) fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    pub(super) fn is(&mut self, percent: u64) -> bool {
        self.next() % 100 < percent
    }

    /// Returns a pause in milliseconds: mostly near the given value, sometimes far longer.
    fn pause(&mut self, usual: u64) -> i64 {
        // A product of three random factors has the distribution of real pauses.
        let factor = self.between(60, 160) * self.between(60, 160) * self.between(70, 150);
        i64::try_from(usual * factor / 1_000_000).unwrap()
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            let other = usize::try_from(self.between(0, u64::try_from(at).unwrap())).unwrap();
            items.swap(at, other);
        }
    }
}

/// What happens to the clock and counter of a body.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fault {
    None,
    /// The clock is set by this many seconds in the middle of the day.
    Set(i64),
    /// The battery dies for a while: the clock starts in the year 2000.
    Reset,
    /// The counter restarts at 1 after a pause.
    CounterAgain,
    /// No frame has a time.
    NoClock,
    /// Some frames have no time.
    SomeWithoutTime,
}

/// What the files say about the body that took them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Named {
    Nothing,
    /// Maker and model; both bodies are the same model.
    OneModel,
    /// Maker and model; the bodies are two models.
    TwoModels,
    Serial,
}

/// The parameters of a day.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    pub(super) fault: Fault,
    pub(super) bodies: u64,
    /// Whether each body has a label of its own, and some students go to both.
    pub(super) has_labels: bool,
    pub(super) named: Named,
    /// Two fraction digits of a second: 0 on no frame, 1 on all frames, 2 on some frames.
    pub(super) fractions: u64,
    /// Percent of cards that are damaged, but found.
    pub(super) damaged: u64,
    /// Percent of cards that are hidden: not photographed, not found, or the file is lost.
    pub(super) hidden: u64,
    /// Percent of photos that are deleted, sent twice, or decided by a person.
    pub(super) deleted: u64,
    pub(super) twice: u64,
    pub(super) by_hand: u64,
}

/// How a card was hidden.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hiding {
    NotPhotographed,
    NotFound,
    FileMissing,
    FileLost,
}

/// One photo with the truth about it.
pub(super) struct Shot {
    pub(super) body: u64,
    pub(super) owner: u8,
    /// The true time in milliseconds, and the number of the file.
    pub(super) at: i64,
    pub(super) number: u64,
}

/// A day: the input of the system, and the truth.
pub(super) struct Day {
    /// The frames of each label.
    pub(super) labels: Vec<Vec<Frame>>,
    pub(super) truth: BTreeMap<crate::ids::PhotoId, Shot>,
    /// The students whose card is hidden, by body, and how.
    pub(super) hidden: BTreeMap<(u64, u8), Hiding>,
    /// The longest true run, and the longest true pause inside a run in milliseconds.
    pub(super) longest_run: usize,
    pub(super) longest_pause: i64,
    /// Minimum number of runs of a body.
    pub(super) runs: usize,
    /// Whether photos were deleted on the camera, so that numbers are missing anyway.
    pub(super) is_culled: bool,
}

/// The students of a day: numbers from 10 up, in print order.
pub(super) const STUDENTS: std::ops::Range<u8> = 10..60;

impl Day {
    pub(super) fn of(plan: &Plan, chance: &mut Chance) -> Self {
        let mut day = Self {
            labels: Vec::new(),
            truth: BTreeMap::new(),
            hidden: BTreeMap::new(),
            longest_run: 0,
            longest_pause: 0,
            runs: usize::MAX,
            is_culled: plan.deleted > 0,
        };
        let mut next_id = 1_u16;
        let children = chance.between(6, 22);
        // Under two labels, both bodies may photograph the same student.
        let of_both = if plan.has_labels { chance.between(0, 3) } else { 0 };
        for body in 0..plan.bodies {
            let first = STUDENTS.start + u8::try_from(body * (children - of_both)).unwrap();
            let count = u8::try_from(children).unwrap();
            if day.labels.is_empty() || plan.has_labels {
                day.labels.push(Vec::new());
            }
            day.take(plan, chance, body, first..first + count, &mut next_id);
        }
        day.labels.iter_mut().for_each(|frames| chance.shuffle(frames));
        day
    }

    /// Lets one body photograph these students.
    #[expect(clippy::too_many_lines, reason = "one day, from the first frame to the last")]
    fn take(
        &mut self,
        plan: &Plan,
        chance: &mut Chance,
        body: u64,
        students: std::ops::Range<u8>,
        next_id: &mut u16,
    ) {
        let mut at = i64::try_from(chance.between(0, 20_000)).unwrap();
        let mut number =
            if chance.is(20) { chance.between(9_900, 9_999) } else { chance.between(1, 4_000) };
        let (few, many) = (chance.between(2, 4), chance.between(4, 7));
        let (between_poses, between_children) =
            (chance.between(2_000, 5_000), chance.between(15_000, 40_000));
        let mut clock = Clock { offset: 0, body, plan: *plan };
        let middle = students.start + u8::try_from(students.len()).unwrap() / 2;
        let resume = middle + 2;
        let mut runs = 0;
        for owner in students {
            if chance.is(5) {
                continue;
            }
            let hiding = chance.is(plan.hidden).then(|| match chance.between(0, 3) {
                0 => Hiding::NotPhotographed,
                1 => Hiding::NotFound,
                2 => Hiding::FileMissing,
                _ => Hiding::FileLost,
            });
            let shots = chance.between(few, many);
            let fault_after = (owner == middle).then(|| chance.between(0, shots));
            at += chance.pause(between_children).max(6_000);
            if owner == resume && plan.fault == Fault::Reset {
                clock.offset = 0;
            }
            for shot in 0..=shots {
                if fault_after == Some(shot) {
                    match plan.fault {
                        Fault::Set(seconds) => clock.offset = seconds * 1_000,
                        Fault::Reset => clock.offset = -841_000_000_000 - at,
                        Fault::CounterAgain => {
                            number = 1;
                            at += i64::try_from(chance.between(90_000, 400_000)).unwrap();
                        }
                        Fault::None | Fault::NoClock | Fault::SomeWithoutTime => {}
                    }
                }
                let is_card = shot == 0;
                if is_card && hiding == Some(Hiding::NotPhotographed) {
                    self.hidden.insert((body, owner), Hiding::NotPhotographed);
                    at += chance.pause(between_poses);
                    continue;
                }
                let pause = chance.pause(between_poses).max(300);
                if shot > 1 {
                    self.longest_pause = self.longest_pause.max(pause);
                }
                at += pause;
                let mut frame = clock.frame(chance, at, number, *next_id);
                let id = *next_id;
                *next_id += 1;
                number = if number == 9_999 { 1 } else { number + 1 };
                if is_card {
                    frame.card = if chance.is(plan.damaged) {
                        CardSeen::Unreadable
                    } else {
                        CardSeen::Code(code(owner).qr_text())
                    };
                    if let Some(hiding) = hiding {
                        self.hidden.insert((body, owner), hiding);
                        frame.card = CardSeen::None;
                        match hiding {
                            Hiding::FileMissing => continue,
                            Hiding::FileLost => {
                                frame.is_lost = true;
                                frame.captured_at = None;
                                frame.body = None;
                            }
                            Hiding::NotFound | Hiding::NotPhotographed => {}
                        }
                    }
                } else if chance.is(plan.deleted) {
                    continue;
                } else if chance.is(plan.by_hand) {
                    frame.by_hand =
                        Some([student(owner)].into_iter().filter(|_| chance.is(80)).collect());
                }
                let shot = |at| Shot { body, owner, at, number };
                if chance.is(plan.twice) && !frame.is_lost {
                    let again = Frame { photo: photo(*next_id), by_hand: None, ..frame.clone() };
                    *next_id += 1;
                    self.truth.insert(again.photo.clone(), shot(at));
                    self.labels.last_mut().unwrap().push(again);
                }
                self.truth.insert(photo(id), shot(at));
                self.labels.last_mut().unwrap().push(frame);
            }
            self.longest_run = self.longest_run.max(usize::try_from(shots).unwrap());
            runs += 1;
        }
        self.runs = self.runs.min(runs);
    }
}

/// A body's clock and its file naming.
///
struct Clock {
    offset: i64,
    body: u64,
    plan: Plan,
}

impl Clock {
    fn frame(&self, chance: &mut Chance, at: i64, number: u64, id: u16) -> Frame {
        let nine = jiff::civil::date(2026, 9, 14).at(9, 0, 0, 0);
        let shown = at + self.offset + i64::try_from(self.body).unwrap() * 1_700;
        let time = nine + jiff::Span::new().milliseconds(shown);
        let has_fraction = match self.plan.fractions {
            0 => false,
            1 => true,
            _ => chance.is(50),
        };
        let text = if has_fraction { format!("{time:.2}") } else { format!("{time:.0}") };
        let has_time = match self.plan.fault {
            Fault::NoClock => false,
            Fault::SomeWithoutTime => chance.is(80),
            Fault::None | Fault::Set(_) | Fault::Reset | Fault::CounterAgain => true,
        };
        let body = match self.plan.named {
            Named::Nothing => None,
            Named::OneModel => Some(CameraBody::Model("R6".into())),
            Named::TwoModels => Some(CameraBody::Model(self.body.to_string())),
            Named::Serial => Some(CameraBody::Serial(self.body.to_string())),
        };
        Frame {
            photo: photo(id),
            captured_at: CaptureTime::parse(&text).filter(|_| has_time),
            is_edit_time: false,
            body,
            file_name: format!("IMG_{number:04}.JPG"),
            card: CardSeen::None,
            looks_like_card: false,
            is_lost: false,
            by_hand: None,
        }
    }
}
