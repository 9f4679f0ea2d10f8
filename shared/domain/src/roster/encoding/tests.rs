//! Tests with files in the encodings of many programs.

use super::*;

/// Encodes a text. The test fails for characters that the encoding does not have.
fn encoded(text: &str, encoding: TextEncoding) -> Vec<u8> {
    let bytes_of = |c: char| -> Vec<u8> {
        if c.is_ascii() {
            return vec![u8::try_from(c).unwrap()];
        }
        let byte = (0x80..=0xFF).find(|byte| encoding.decode(&[*byte]) == c.to_string());
        vec![byte.unwrap_or_else(|| panic!("{c} in {encoding:?}"))]
    };
    text.chars().flat_map(bytes_of).collect()
}

fn read(bytes: &[u8]) -> Decoded<'_> {
    decode(bytes, None).unwrap()
}

#[test]
fn the_same_text_is_read_from_every_encoding_with_a_mark() {
    let utf_16 = |mark: &[u8], unit: fn(u16) -> [u8; 2]| {
        let units = "Zoë,Lee\n".encode_utf16().flat_map(unit);
        mark.iter().copied().chain(units).collect::<Vec<u8>>()
    };
    let files: [Vec<u8>; 6] = [
        "Zoë,Lee\n".as_bytes().to_vec(),
        [b"\xEF\xBB\xBF".as_slice(), "Zoë,Lee\n".as_bytes()].concat(),
        utf_16(&[0xFF, 0xFE], u16::to_le_bytes),
        utf_16(&[0xFE, 0xFF], u16::to_be_bytes),
        utf_16(&[], u16::to_le_bytes),
        utf_16(&[], u16::to_be_bytes),
    ];
    for file in files {
        let decoded = read(&file);
        assert_eq!(decoded.text, "Zoë,Lee\n");
        assert!(decoded.candidates.is_empty());
    }
}

/// Files with names as schools have them, in the encodings that their computers write.
const FILES: [(&str, &[TextEncoding]); 13] = [
    (
        "First,Last\nJosé,Peña\nZoë,Müller\nChloé,Françoise\nD’Arcy,O’Neil\n",
        &[TextEncoding::Windows1252, TextEncoding::Macintosh],
    ),
    (
        "First,Last\nJosé,Peña\nZoë,Müller\nChloé,Françoise\n",
        &[
            TextEncoding::Windows1252,
            TextEncoding::Macintosh,
            TextEncoding::Ibm850,
            TextEncoding::Ibm437,
        ],
    ),
    ("First,Last\nAnn,Lee\nRaúl,Ibarra\n", &[TextEncoding::Windows1252, TextEncoding::Macintosh]),
    ("First,Last\nAnn,Lee\nRenée,Smith\n", &[TextEncoding::Windows1252, TextEncoding::Macintosh]),
    (
        "Vorname;Nachname\nJörg;Schäfer\nKäthe;Groß\nÖzgür;Schön\n",
        &[TextEncoding::Windows1252, TextEncoding::Macintosh, TextEncoding::Ibm850],
    ),
    (
        "Imię;Nazwisko\nŁukasz;Wiśniewski\nMałgorzata;Dąbrowska\nPaweł;Żak\n",
        &[TextEncoding::Windows1250, TextEncoding::Iso8859_2, TextEncoding::Ibm852],
    ),
    (
        "Jméno;Příjmení\nTomáš;Dvořák\nŠárka;Němcová\nJiří;Růžička\n",
        &[TextEncoding::Windows1250, TextEncoding::Iso8859_2, TextEncoding::Ibm852],
    ),
    (
        "First;Last\nIvana;Kovačić\nĐuro;Božić\nŽeljko;Jurić\n",
        &[TextEncoding::Windows1250, TextEncoding::Iso8859_2],
    ),
    (
        "Имя;Фамилия\nИван;Петров\nАнна;Кузнецова\nЮлия;Щербакова\n",
        &[
            TextEncoding::Windows1251,
            TextEncoding::Koi8U,
            TextEncoding::Iso8859_5,
            TextEncoding::Ibm866,
            TextEncoding::MacCyrillic,
        ],
    ),
    (
        "First;Last\nΓιώργος;Παπαδόπουλος\nΕλένη;Κωνσταντίνου\n",
        &[TextEncoding::Windows1253, TextEncoding::Iso8859_7],
    ),
    ("First;Last\nAyşe;Yıldız\nGökhan;Çelik\nIşıl;Doğan\n", &[TextEncoding::Windows1254]),
    ("First;Last\nדוד;כהן\nשרה;לוי\n", &[TextEncoding::Windows1255]),
    ("First;Last\nمحمد;احمد\nفاطمة;حسن\n", &[TextEncoding::Windows1256]),
];

#[test]
fn names_are_right_in_every_encoding_or_a_person_chooses() {
    for (text, encodings) in FILES {
        for encoding in encodings {
            let file = encoded(text, *encoding);
            let decoded = read(&file);
            let is_offered =
                decoded.candidates.iter().any(|candidate| candidate.decode(&file) == text);
            let is_right = decoded.text == text && decoded.candidates.is_empty();
            println!(
                "{:<14} {} {}",
                encoding.label(),
                if is_right { "right " } else { "choose" },
                text.lines().nth(1).unwrap()
            );
            assert!(
                is_right || is_offered,
                "{encoding:?} {text} read as {:?} {} {:?}",
                decoded.encoding,
                decoded.text,
                decoded.candidates
            );
        }
    }
}

#[test]
fn western_names_leave_no_doubt() {
    for (text, encodings) in FILES.iter().take(5) {
        for encoding in encodings.iter().filter(|encoding| **encoding != TextEncoding::Ibm437) {
            let file = encoded(text, *encoding);
            assert_eq!(read(&file).candidates, [], "{encoding:?} {text}");
        }
    }
}

#[test]
fn one_windows_byte_breaks_no_other_name() {
    let file = b"First,Last\nZo\xC3\xAB,M\xC3\xBCller\n\xC5\x81ukasz,Lee\nRen\xE9,Smith\n";
    let decoded = read(file);
    assert_eq!(decoded.text, "First,Last\nZoë,Müller\nŁukasz,Lee\nRené,Smith\n");
    assert_eq!(decoded.encoding, TextEncoding::Utf8);
    assert_eq!(decoded.other_rows, Some(TextEncoding::Windows1252));
    let line = decoded.text.find("René").unwrap();
    assert_eq!(decoded.other_lines, [line]);
}

#[test]
fn broken_text_is_repaired_and_said() {
    let decoded = read("First,Last\nJosÃ©,PeÃ±a\nZoë,Lee\n".as_bytes());
    assert_eq!(decoded.text, "First,Last\nJosé,Peña\nZoë,Lee\n");
    assert_eq!(decoded.repaired_lines, [11]);
}

#[test]
fn a_forced_encoding_is_obeyed() {
    let decoded = decode(b"Jos\x8E", Some(TextEncoding::Macintosh)).unwrap();
    assert_eq!((decoded.text.as_ref(), decoded.encoding), ("José", TextEncoding::Macintosh));
    let broken = decode("JosÃ©".as_bytes(), Some(TextEncoding::Utf8)).unwrap();
    assert_eq!(broken.text, "JosÃ©");
}

#[test]
fn east_asian_files_are_read_or_a_person_chooses() {
    let names = "姓,名\n王,小明\n李,小龙\n张,伟\n陈,静\n刘,洋\n赵,敏\n黄,磊\n周,杰\n吴,刚\n";
    let (bytes, _, _) = encoding_rs::GBK.encode(names);
    let decoded = read(&bytes);
    assert!(
        decoded.text == names || decoded.candidates.contains(&TextEncoding::Gb18030),
        "{:?} {:?}",
        decoded.encoding,
        decoded.candidates
    );
}

#[test]
fn what_is_not_text_is_refused() {
    let error = |bytes: &[u8]| decode(bytes, None).map(|_| ()).unwrap_err();
    assert_eq!(error(b"%PDF-1.7\n"), RosterError::NotText);
    assert_eq!(error(b"\x89PNG\r\n\x1a\n\0\0\0\x0D"), RosterError::NotText);
    assert_eq!(error(b" \r\n\t"), RosterError::Empty);
    assert_eq!(error(b""), RosterError::Empty);
    assert_eq!(error(b"\x1a"), RosterError::Empty);
}

#[test]
fn the_end_mark_of_dos_is_no_row() {
    assert_eq!(read(b"First,Last\r\nAnn,Lee\r\n\x1A").text, "First,Last\r\nAnn,Lee\r\n");
    assert_eq!(read(b"First,Last\r\nAnn,Lee\r\n\x1A\0\0\0").text, "First,Last\r\nAnn,Lee\r\n");
}

/// One odd letter proves little; a sign that no name has proves that the encoding is wrong.
#[test]
fn a_sign_inside_a_word_is_never_certain() {
    for byte in 0x80..=0xff_u8 {
        let file = [b"First;Last;Student ID\nB".as_slice(), &[byte], b"z;Lee;0042\n"].concat();
        let decoded = read(&file);
        let word = decoded.text.lines().nth(1).unwrap().split(';').next().unwrap().to_owned();
        let is_name = word.chars().all(|c| c.is_alphabetic() || "’ʼ‘".contains(c));
        assert!(is_name || !decoded.candidates.is_empty(), "{byte:#x} {word}");
    }
}
