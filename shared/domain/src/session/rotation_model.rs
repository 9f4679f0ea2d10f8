//! Explores every interleaving of up to three requests and responses in flight, including lost and late ones.
//!
//! Each is played against the real transition. An honest browser must never lose its session and never look like a
//! thief.

use std::collections::{HashSet, VecDeque};

use super::{Generations, Pace, Step};

/// Maximum ticks that a request or a response is in flight.
const LATENCY: i64 = 1;
/// Modelled time in ticks: two renewals and the late messages after them.
const END: i64 = 16;
/// Maximum number of requests and responses in flight at the same time.
const IN_FLIGHT: usize = 3;

#[derive(Clone, PartialEq, Eq, Hash)]
struct World {
    now: i64,
    server: Generations,
    cookie: u32,
    /// The generation and the age of each request. Sorted, so that equal worlds compare equal.
    requests: Vec<(u32, i64)>,
    /// The generation that each response hands out, if any, and its age.
    answers: Vec<(Option<u32>, i64)>,
}

struct Explored {
    newest_generation: u32,
    false_alarms: usize,
}

fn explore(pace: Pace) -> Explored {
    let acknowledged = Generations { current: 0, acknowledged_at: Some(0) };
    let first = World {
        now: 0,
        server: acknowledged,
        cookie: 0,
        requests: Vec::new(),
        answers: Vec::new(),
    };
    let mut seen = HashSet::from([first.clone()]);
    let mut waiting = VecDeque::from([first]);
    let mut false_alarms = 0;
    while let Some(world) = waiting.pop_front() {
        for next in follow(&world, pace, &mut false_alarms) {
            if seen.insert(next.clone()) {
                waiting.push_back(next);
            }
        }
    }
    let newest_generation = seen.iter().map(|world| world.server.current).max().unwrap_or(0);
    Explored { newest_generation, false_alarms }
}

fn follow(world: &World, pace: Pace, false_alarms: &mut usize) -> Vec<World> {
    let mut next = Vec::new();
    if world.requests.len() + world.answers.len() < IN_FLIGHT {
        let mut sent = world.clone();
        sent.requests.push((world.cookie, 0));
        sent.requests.sort_unstable();
        next.push(sent);
    }
    for (at, (generation, _)) in world.requests.iter().enumerate() {
        match world.server.present(*generation, world.now, pace) {
            Step::Stolen => *false_alarms += 1,
            Step::Serve { store, hand_out } => {
                let mut served = world.clone();
                served.requests.remove(at);
                served.server = store.unwrap_or(world.server);
                served.answers.push((hand_out.then_some(served.server.current), 0));
                served.answers.sort_unstable();
                next.push(served);
            }
        }
    }
    for (at, (handed_out, _)) in world.answers.iter().enumerate() {
        let mut lost = world.clone();
        lost.answers.remove(at);
        let arrived = World { cookie: handed_out.unwrap_or(world.cookie), ..lost.clone() };
        next.extend([lost, arrived]);
    }
    let ages = world.requests.iter().map(|one| one.1).chain(world.answers.iter().map(|one| one.1));
    if world.now < END && ages.max().unwrap_or(0) < LATENCY {
        let mut later = world.clone();
        later.now += 1;
        later.requests.iter_mut().for_each(|one| one.1 += 1);
        later.answers.iter_mut().for_each(|one| one.1 += 1);
        next.push(later);
    }
    next
}

#[test]
fn b11_an_honest_browser_never_loses_its_session_whatever_is_lost_or_late() {
    for grace in [1, 2] {
        let explored = explore(Pace { renew_after: 6, grace });
        assert_eq!(explored.false_alarms, 0, "grace of {grace}");
        assert!(explored.newest_generation >= 2, "the model must reach a second renewal");
    }
}

#[test]
fn b11_without_a_grace_an_honest_browser_would_look_like_a_thief() {
    assert!(explore(Pace { renew_after: 6, grace: 0 }).false_alarms > 0);
}

#[test]
fn b11_a_thief_and_the_owner_cannot_both_go_on() {
    // After one party renews, the other presents an old generation. A thief in step with the owner gets the same
    // successors, but a thief who cannot know when the owner sends requests is detected.
    for thief_every in 3..=10 {
        let pace = Pace { renew_after: 6, grace: 1 };
        let mut server = Generations { current: 0, acknowledged_at: Some(0) };
        let mut cookies = [0_u32; 2];
        let caught = (0..100).find(|now| {
            let polls = [true, now % thief_every == 0];
            (0..2).any(|who| {
                if !polls.get(who).copied().unwrap_or(false) {
                    return false;
                }
                match server.present(cookies[who], *now, pace) {
                    Step::Stolen => true,
                    Step::Serve { store, hand_out } => {
                        server = store.unwrap_or(server);
                        if hand_out {
                            cookies[who] = server.current;
                        }
                        false
                    }
                }
            })
        });
        assert!(
            caught.is_some(),
            "a thief with a request every {thief_every} ticks is not detected"
        );
    }
}

#[test]
fn b11_of_older_secrets_only_the_one_just_before_is_ever_served() {
    let pace = Pace { renew_after: 6, grace: 1 };
    for acknowledged_at in [None, Some(10)] {
        let server = Generations { current: 2, acknowledged_at };
        for (generation, is_served) in [(0, false), (1, true), (2, true), (3, false)] {
            let step = server.present(generation, 10, pace);
            assert_eq!(step != Step::Stolen, is_served, "{generation} {acknowledged_at:?}");
        }
    }
}
