//! Tests of whole sheets.

use super::*;

fn student(number: u16, given_name: &str, family_name: &str) -> CardToPrint {
    let mut digest = [0; 32];
    digest[..2].copy_from_slice(&number.to_be_bytes());
    digest[31] = 7;
    CardToPrint {
        code: CardCode::from_digest(&digest),
        holder: PrintedHolder::Student {
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
            class: Some("Room 12 – 3rd grade".to_owned()),
        },
    }
}

fn class(count: u16) -> Vec<CardToPrint> {
    let names = [
        ("Łukasz", "Żółć"),
        ("Seán", "O'Brien"),
        ("小龙", "李"),
        ("محمد", "عبد الله"),
        ("יוסף", "כהן"),
        ("민준", "김"),
        ("Hubert Blaine", "Wolfeschlegelsteinhausenbergerdorff"),
        ("María de los Ángeles", "García-Hernández y Fernández de Córdoba"),
        ("=cmd()", "<b>&amp;"),
    ];
    (0..count)
        .zip(names.iter().cycle())
        .map(|(number, (given, family))| {
            if number % 15 == 14 {
                let card = student(number, "", "");
                return CardToPrint { holder: PrintedHolder::Spare(number / 15 + 1), ..card };
            }
            student(number, given, family)
        })
        .collect()
}

fn sheet(paper: Paper, to_print: &[CardToPrint]) -> Vec<u8> {
    cards(&Sheet { paper, title: "Oak School – 14 Sep 2026", cards: to_print }).unwrap()
}

fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type/Page").count() - text.matches("/Type/Pages").count()
        + text.matches("/Type /Page").count()
        - text.matches("/Type /Pages").count()
}

#[test]
fn a_class_is_a_small_file_of_four_cards_a_page() {
    for paper in [Paper::A4, Paper::Letter] {
        let pdf = sheet(paper, &class(30));
        assert!(pdf.starts_with(b"%PDF-"));
        assert_eq!(pages(&pdf), 8);
        println!("30 cards: {} bytes", pdf.len());
        assert!(pdf.len() < 500_000);
    }
}

#[test]
fn the_same_cards_are_the_same_bytes() {
    assert_eq!(sheet(Paper::A4, &class(9)), sheet(Paper::A4, &class(9)));
}

#[test]
fn a_whole_school_is_printed_in_seconds() {
    let school = class(600);
    let start = std::time::Instant::now();
    let pdf = sheet(Paper::Letter, &school);
    println!("600 cards: {} bytes in {:?}", pdf.len(), start.elapsed());
    assert_eq!(pages(&pdf), 150);
    assert!(start.elapsed() < std::time::Duration::from_secs(10));
}

#[test]
fn without_cards_there_is_no_pdf() {
    let empty = Sheet { paper: Paper::A4, title: "", cards: &[] };
    assert!(matches!(cards(&empty), Err(PdfError::NoCards)));
}
