//! Measures up to which damage camera cards are read and found.
//!
//! Usage: `cargo run -p bench-tests --bin cards [FRAMES [PORTRAITS]]`.
//!
//! With file names instead of numbers, it prints what is seen in those files.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    reason = "a measurement: what does not fit is a broken measurement"
)]

#[path = "../../../../shared/picture/tests/rules/ladder/mod.rs"]
mod ladder;

use domain::photo::CardSeen;
use ladder::{Chance, Damage, Design, RUNGS, SIZES, frame, jpeg, portrait};
use qrcode::EcLevel;

/// Today's card, the same card at the other error correction levels, and the other print designs.
const DESIGNS: [Design; 7] = [
    Design::Colour,
    Design::Level(EcLevel::L),
    Design::Level(EcLevel::M),
    Design::Level(EcLevel::H),
    Design::Grey,
    Design::Old,
    Design::OldWhiteOnBlack,
];

/// Damage beyond the steps that must be found.
const FURTHER: [Damage; 5] = [
    Damage::Blur(0.06),
    Damage::Blur(0.08),
    Damage::HalfBlur(0.04),
    Damage::Motion(0.3),
    Damage::Dark(0.12),
];

fn seen(file: &[u8]) -> picture::Prepared {
    let header = picture::check(file, "").unwrap();
    picture::prepare(file.to_vec(), header).unwrap()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<u64> = arguments.iter().map_while(|text| text.parse().ok()).collect();
    if numbers.len() < arguments.len() {
        for name in &arguments {
            let start = std::time::Instant::now();
            let prepared = seen(&std::fs::read(name).unwrap());
            println!("{:?} {:?} {name}", prepared.card, start.elapsed());
        }
        return;
    }
    let frames = numbers.first().copied().unwrap_or(10);
    println!("{frames} frames per cell: read / found, in %.");
    for design in DESIGNS.into_iter().filter(|_| frames > 0) {
        let (mut all, mut all_read, mut all_found) = (0, 0, 0);
        println!(
            "\n| {design:?} | {} |",
            SIZES.map(|size| format!("{:.0} %", size * 100.0)).join(" | ")
        );
        for damage in RUNGS.into_iter().chain(FURTHER) {
            let cells = SIZES.map(|size| {
                let (mut read, mut found) = (0, 0);
                for seed in 0..frames {
                    let (file, code) = frame(design, damage, size, seed + 1000);
                    match seen(&file).card {
                        CardSeen::Code(own) => {
                            assert_eq!(own, code);
                            read += 1;
                            found += 1;
                        }
                        CardSeen::Unreadable => found += 1,
                        CardSeen::None => {}
                    }
                }
                if RUNGS.contains(&damage) {
                    all += frames;
                    all_read += read;
                    all_found += found;
                }
                format!("{} / {}", read * 100 / frames, found * 100 / frames)
            });
            println!("| {damage:?} | {} |", cells.join(" | "));
        }
        println!("read {all_read} and found {all_found} of {all} on the ladder");
    }
    let portraits = numbers.get(1).copied().unwrap_or(1000);
    let (mut cards, mut parts) = (Vec::new(), 0);
    for seed in 0..portraits {
        let file = jpeg(&portrait(&mut Chance::new(seed)));
        let prepared = seen(&file);
        if prepared.card != CardSeen::None {
            cards.push(seed);
        }
        parts += u32::from(prepared.looks_like_card);
    }
    println!("\n{portraits} portraits without a card: cards {cards:?}, parts of cards {parts}");
}
