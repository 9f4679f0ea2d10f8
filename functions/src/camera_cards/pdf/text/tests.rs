//! Tests of names in many scripts, fitted and drawn.

use super::*;

fn fitted(text: &str) -> Fitted {
    let room = Room { width: 260.0, height: 80.0, most: 30.0, least: 9.0 };
    let fitted = Fonts::load().unwrap().fit(text, Weight::Bold, &room);
    assert!(fitted.height() <= room.height + 0.1, "{text}");
    for line in &fitted.lines {
        assert!(line.width * fitted.size <= room.width + 0.1, "{text}");
    }
    fitted
}

fn drawn(fitted: &Fitted) -> String {
    let runs = fitted.lines.iter().flat_map(|line| &line.runs);
    runs.map(|run| run.text.as_str()).collect()
}

#[test]
fn no_name_of_the_worlds_schools_is_drawn_as_boxes() {
    for name in [
        "Łukasz Żółć",
        "Seán O’Brien",
        "李小龙",
        "さくら カタカナ",
        "김민준 쀏",
        "Nguyễn Thị Ánh",
        "محمد عبد الله",
        "יוסף כהן",
        "Ольга Ґудзь",
        "Αλέξανδρος",
        "Arman Սարգսյան",
        "გიორგი",
        "José Núñez",
    ] {
        let fitted = fitted(name);
        for run in fitted.lines.iter().flat_map(|line| &line.runs) {
            assert!(run.glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0), "{name}");
        }
    }
}

#[test]
fn the_table_of_printable_characters_is_that_of_the_fonts() {
    use domain::camera_card::printable::{RANGES, is_printable};
    let fonts = Fonts::load().unwrap();
    let has = |c: char| fonts.regular.has(c) || fonts.bold.has(c);
    for (first, last) in RANGES {
        for c in first..=last {
            assert!(has(c), "{:x}", u32::from(c));
        }
    }
    let scripts = ['\u{20}'..='\u{6ff}', '\u{10a0}'..='\u{10ff}', '\u{1e00}'..='\u{1fff}'];
    for c in scripts.into_iter().flatten().filter(|c| c.is_alphanumeric()) {
        assert_eq!(is_printable(c), has(c), "{:x}", u32::from(c));
    }
}

#[test]
fn a_character_that_turns_the_writing_is_not_printed() {
    assert_eq!(drawn(&fitted("Ann\u{202e}Lee\u{200b}\u{2066}")), "AnnLee");
}

#[test]
fn a_name_shrinks_then_wraps_and_only_at_last_is_cut() {
    assert!((fitted("Ann Lee").size - 30.0).abs() < 0.01);
    assert_eq!(fitted("Ann Lee").lines.len(), 1);
    let long = fitted("Wolfeschlegelsteinhausenbergerdorff Hubert Blaine");
    assert!(long.size < 30.0 && !drawn(&long).contains('…'));
    assert!(!drawn(&fitted(&format!("{} {}", "x".repeat(100), "y".repeat(100)))).contains('…'));
    assert!(drawn(&fitted(&"W".repeat(500))).ends_with('…'));
    assert!(fitted("").lines.is_empty());
}

#[test]
fn from_right_to_left_the_first_word_is_drawn_last() {
    let fonts = Fonts::load().unwrap();
    let line = fonts.line("Ann יוסף כהן Lee", Weight::Bold);
    let runs: Vec<&str> = line.runs.iter().map(|run| run.text.as_str()).collect();
    assert_eq!(runs, ["Ann ", "יוסף כהן", " Lee"]);
    let hebrew = &line.runs[1].glyphs;
    assert!(hebrew[0].text_range.start > hebrew[hebrew.len() - 1].text_range.start);
}
