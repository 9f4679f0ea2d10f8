//! Never another child: random whole days, and an oracle that knows the student of each frame.
//!
//! (a) Every card is among the frames, damaged or not: no frame is given to another student, whatever the clocks and
//! counters did.
//!
//! (b) Cards were not photographed, not found, or their files are lost: no frame of another student reaches a family
//! where number, time, run length or print order reveals it. Frames that nothing reveals are counted and printed.

mod day;

use std::collections::BTreeSet;

use self::day::{Chance, Day, Fault, Hiding, Named, Plan, STUDENTS};
use super::*;

/// Number of days of each kind. All of them together take less than a minute.
const DAYS: u64 = 3_400;

fn day_cards() -> BTreeMap<CardCode, Holder> {
    STUDENTS.map(|number| (code(number), Holder::Student(student(number)))).collect()
}

fn match_day(day: &Day, cards: &BTreeMap<CardCode, Holder>, order: &[StudentId]) -> Vec<Match> {
    let of_label = |(at, frames): (usize, &Vec<Frame>)| {
        let others = day.labels.iter().enumerate().filter(|(other, _)| *other != at);
        let elsewhere = others.flat_map(|(_, frames)| {
            frames.iter().flat_map(|frame| {
                let by_hand = frame.by_hand.iter().flatten().cloned();
                by_hand.chain(card_holder(&frame.card, cards))
            })
        });
        let facts = DayFacts {
            cards,
            students_by_issued_id: &BTreeMap::new(),
            print_order: order,
            seen_elsewhere: &elsewhere.collect(),
        };
        match_camera(frames, &facts)
    };
    day.labels.iter().enumerate().flat_map(of_label).collect()
}

fn any_plan(chance: &mut Chance) -> Plan {
    let fault = match chance.between(0, 13) {
        0 => Fault::Set(-65),
        1 => Fault::Set(65),
        2 => Fault::Set(-3_600),
        3 => Fault::Set(3_600),
        4 => Fault::Set(-7),
        5 => Fault::Reset,
        6 => Fault::CounterAgain,
        7 => Fault::NoClock,
        8 => Fault::SomeWithoutTime,
        _ => Fault::None,
    };
    let bodies = if fault == Fault::NoClock { 1 } else { chance.between(1, 2) };
    let named = match chance.between(0, 9) {
        0 | 1 => Named::Nothing,
        2 => Named::OneModel,
        3 => Named::TwoModels,
        _ => Named::Serial,
    };
    Plan {
        fault,
        bodies,
        has_labels: bodies == 2 && chance.is(30),
        named,
        fractions: chance.between(0, 2),
        damaged: if chance.is(50) { 15 } else { 0 },
        hidden: 0,
        deleted: if chance.is(25) { 8 } else { 0 },
        twice: if chance.is(25) { 4 } else { 0 },
        by_hand: if chance.is(30) { 10 } else { 0 },
    }
}

/// Returns the frames that a card gave to another student.
fn wrong<'a>(day: &'a Day, matches: &'a [Match]) -> impl Iterator<Item = &'a Match> {
    matches.iter().filter(|one| {
        one.by == Some(MatchedBy::Card)
            && day
                .truth
                .get(&one.photo)
                .is_none_or(|shot| one.students != BTreeSet::from([student(shot.owner)]))
    })
}

#[test]
fn a_card_among_the_frames_gives_no_frame_to_another_child() {
    let cards = day_cards();
    let order: Vec<_> = STUDENTS.map(student).collect();
    let (mut given, mut photos) = (0, 0);
    let mut by_fault: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for seed in 0..DAYS {
        let mut chance = Chance::of(seed);
        let plan = any_plan(&mut chance);
        let day = Day::of(&plan, &mut chance);
        let matches = match_day(&day, &cards, &order);
        let wrong: Vec<_> = wrong(&day, &matches).map(|one| &day.truth[&one.photo]).collect();
        for shot in &wrong {
            println!("{} {} {}", shot.owner, shot.number, shot.at);
        }
        assert!(
            wrong.is_empty(),
            "day {seed}: {:?}, {} bodies, {:?}",
            plan.fault,
            plan.bodies,
            plan.named
        );
        let of_day = matches.iter().filter(|one| one.by == Some(MatchedBy::Card)).count();
        let all = matches
            .iter()
            .filter(|one| !one.is_camera_card && one.by != Some(MatchedBy::Hand))
            .count();
        given += of_day;
        photos += all;
        let labels = if plan.has_labels { "with labels" } else { "under one label" };
        let kind = format!("{:?}, {} bodies {labels}, {:?}", plan.fault, plan.bodies, plan.named);
        let sum = by_fault.entry(kind).or_default();
        *sum = (sum.0 + of_day, sum.1 + all);
    }
    for (fault, (given, photos)) in by_fault {
        println!("{fault}: {given} of {photos} photos given");
    }
    println!(
        "{DAYS} days with every card among the frames: 0 photos given to another student, {given} of {photos} given"
    );
}

#[test]
fn a_hidden_card_puts_no_other_child_before_a_family() {
    let cards = day_cards();
    let order: Vec<_> = STUDENTS.map(student).collect();
    let (mut hidden, mut held_back, mut silent, mut silent_days) = (0, 0, 0, 0);
    for seed in 0..DAYS {
        let mut chance = Chance::of(1_000_000 + seed);
        let plan = Plan { hidden: chance.between(2, 8), damaged: 3, ..any_plan(&mut chance) };
        let day = Day::of(&plan, &mut chance);
        let matches = match_day(&day, &cards, &order);
        hidden += day.hidden.len();
        let mut is_silent_day = false;
        for one in wrong(&day, &matches) {
            if !one.doubts.is_empty() {
                held_back += 1;
                continue;
            }
            let shows = evidence(&day, &plan, one, &matches);
            assert!(
                shows.is_empty(),
                "day {seed} ({:?}): {shows:?} reveals it, but no doubt was raised",
                plan.fault
            );
            silent += 1;
            is_silent_day = true;
        }
        silent_days += u64::from(is_silent_day);
    }
    println!(
        "{DAYS} days with {hidden} hidden cards: {held_back} photos of another child held back; in {silent_days} days \
         {silent} photos show in nothing"
    );
}

/// Returns the signs that a person with all photos and the truth would see.
fn evidence(day: &Day, plan: &Plan, one: &Match, matches: &[Match]) -> Vec<&'static str> {
    let shot = &day.truth[&one.photo];
    let mut shows = Vec::new();
    let Some(hiding) = day.hidden.get(&(shot.body, shot.owner)) else {
        return vec!["a card that is there"];
    };
    let is_number_gone = matches!(hiding, Hiding::FileMissing | Hiding::FileLost);
    if is_number_gone && !day.is_culled && plan.fault != Fault::CounterAgain {
        shows.push("number");
    }
    if day.runs < 12 {
        return shows;
    }
    let of_run = || matches.iter().filter(|other| other.run == one.run);
    let length = of_run().count();
    let mut times: Vec<_> =
        of_run().map(|other| (day.truth[&other.photo].at, day.truth[&other.photo].owner)).collect();
    times.sort_unstable();
    let change = times.windows(2).find(|pair| pair[0].1 != pair[1].1 && pair[1].1 == shot.owner);
    let pause =
        change.filter(|_| plan.fault == Fault::None).map_or(0, |pair| pair[1].0 - pair[0].0);
    if length > 2 * day.longest_run {
        shows.push("length");
    }
    if pause > 3 * day.longest_pause {
        shows.push("time");
    }
    let has_photo = matches.iter().any(|other| other.students.contains(&student(shot.owner)));
    let is_weak = 2 * length > 3 * day.longest_run || pause > 2 * day.longest_pause;
    if !has_photo && is_weak {
        shows.push("order of printing");
    }
    shows
}

#[test]
fn a_clean_day_is_doubted_in_less_than_one_run_of_a_hundred() {
    let cards = day_cards();
    let order: Vec<_> = STUDENTS.map(student).collect();
    let (mut runs, mut doubted) = (0_u64, 0_u64);
    let mut reasons: BTreeMap<Doubt, u64> = BTreeMap::new();
    for seed in 0..DAYS {
        let mut chance = Chance::of(2_000_000 + seed);
        let plan = Plan {
            fault: Fault::None,
            bodies: 1,
            has_labels: false,
            named: Named::Serial,
            fractions: chance.between(0, 1),
            damaged: 0,
            hidden: 0,
            deleted: 0,
            twice: 0,
            by_hand: 0,
        };
        let day = Day::of(&plan, &mut chance);
        let matches = match_day(&day, &cards, &order);
        let of_day: BTreeMap<_, _> =
            matches.iter().filter_map(|one| Some((one.run.clone()?, one.doubts.clone()))).collect();
        runs += u64::try_from(of_day.len()).unwrap();
        for doubts in of_day.values().filter(|doubts| !doubts.is_empty()) {
            doubted += 1;
            for doubt in doubts {
                *reasons.entry(*doubt).or_default() += 1;
            }
        }
    }
    println!("{DAYS} clean days with 5 % absent: {doubted} of {runs} runs doubted, {reasons:?}");
    assert!(doubted * 100 < runs, "{doubted} of {runs}");
}

#[test]
fn two_thousand_frames_of_one_camera_are_matched_at_once() {
    let frames: Vec<Frame> = (0..2_500_u16)
        .map(|number| {
            let of = 10 + u8::try_from(number / 5 % 50).unwrap();
            if number % 5 == 0 { card(number, of) } else { frame(number) }
        })
        .collect();
    let begun = std::time::Instant::now();
    let cards = day_cards();
    let facts = DayFacts {
        cards: &cards,
        students_by_issued_id: &BTreeMap::new(),
        print_order: &[],
        seen_elsewhere: &BTreeSet::new(),
    };
    let matches = match_camera(&frames, &facts);
    println!("2,000 photos and 500 cards: {:?}", begun.elapsed());
    assert_eq!(matches.iter().filter(|one| one.by == Some(MatchedBy::Card)).count(), 2_000);
    assert!(begun.elapsed().as_secs() < 2);
}
