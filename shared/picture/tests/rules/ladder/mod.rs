//! The ladder: rendered frames with a camera card, damaged step by step, and portraits without a card.

mod damage;
mod print;
mod scene;

pub(crate) use damage::{Damage, RUNGS};
pub(crate) use print::{Design, Print};
pub(crate) use scene::{Chance, Frame, Pose, portrait};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

/// Widths of the card as parts of the frame's width.
pub(crate) const SIZES: [f32; 4] = [0.6, 0.3, 0.15, 0.1];

/// Renders one frame of the ladder as a camera's file; returns it with the text of its code.
pub(crate) fn frame(design: Design, damage: Damage, size: f32, seed: u64) -> (Vec<u8>, String) {
    let mut chance = Chance::new(seed.wrapping_mul(31).wrapping_add((size * 1000.0) as u64));
    let mut frame = portrait(&mut chance);
    let print = Print::new(design, &mut chance);
    let pose = Pose::new(&frame, &print, damage, size, &mut chance);
    frame.hold(&print, &pose);
    damage.apply(&mut frame, &print, &pose, &mut chance);
    (jpeg(&frame), print.code.clone())
}

/// Encodes a frame as a camera's file.
pub(crate) fn jpeg(frame: &Frame) -> Vec<u8> {
    let pixels: Vec<u8> = frame
        .pixels
        .iter()
        .flat_map(|pixel| pixel.map(|part| part.clamp(0.0, 255.0) as u8))
        .collect();
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, 85);
    encoder.set_sampling_factor(SamplingFactor::R_4_2_0);
    encoder.encode(&pixels, frame.width as u16, frame.height as u16, ColorType::Rgb).unwrap();
    bytes
}
