//! Tests with workbooks and pages that other libraries wrote, and with hostile files.

use std::io::Write as _;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet};

use crate::roster::{
    ColumnUse, Field, FileFormat, MAX_UNPACKED_BYTES, ReadOptions, Roster, RosterError, RowReason,
    WarningReason, read,
};

fn roster(bytes: &[u8]) -> Roster {
    read(bytes, &ReadOptions::default()).unwrap()
}

fn error(bytes: &[u8]) -> RosterError {
    read(bytes, &ReadOptions::default()).unwrap_err()
}

fn names(roster: &Roster) -> Vec<(&str, &str)> {
    roster.rows.iter().map(|row| (row.given_name.as_str(), row.family_name.as_str())).collect()
}

fn ids(roster: &Roster) -> Vec<Option<&str>> {
    roster.rows.iter().map(|row| row.school_issued_id.as_deref()).collect()
}

fn write_row(sheet: &mut Worksheet, row: u32, cells: &[&str]) {
    for (column, cell) in cells.iter().enumerate() {
        sheet.write_string(row, u16::try_from(column).unwrap(), *cell).unwrap();
    }
}

const HEADER: [&str; 4] = ["Student ID", "First Name", "Last Name", "Class"];

/// Creates a workbook with one sheet, written by `fill`.
fn workbook(fill: impl Fn(&mut Worksheet)) -> Vec<u8> {
    let mut book = Workbook::new();
    fill(book.add_worksheet());
    book.save_to_buffer().unwrap()
}

/// Creates an archive of files.
fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn ids_are_read_as_a_person_sees_them() {
    let file = workbook(|sheet| {
        write_row(sheet, 0, &["Oak School, roster"]);
        write_row(sheet, 2, &HEADER);
        let zeros = Format::new().set_num_format("00000");
        for (at, name) in ["Ann", "Bob", "Cy", "Di"].iter().enumerate() {
            write_row(sheet, u32::try_from(at).unwrap() + 3, &["", *name, "Lee", "1A"]);
        }
        sheet.write_number(3, 0, 42).unwrap();
        sheet.write_number_with_format(4, 0, 43, &zeros).unwrap();
        sheet.write_string(5, 0, "0044").unwrap();
        sheet.write_formula(6, 0, Formula::new("=\"S\"&45").set_result("S45")).unwrap();
    });
    let roster = roster(&file);
    assert_eq!(ids(&roster), [Some("42"), Some("00043"), Some("0044"), Some("S45")]);
    assert_eq!((roster.format, roster.header_row, roster.rows[0].row), (FileFormat::Xlsx, 3, 4));
}

#[test]
fn cells_that_a_workbook_damaged_are_named() {
    let file = workbook(|sheet| {
        write_row(sheet, 0, &HEADER);
        write_row(sheet, 1, &["7", "Ann", "Lee"]);
        let date = Format::new().set_num_format("d-mmm");
        let day = ExcelDateTime::from_ymd(2026, 1, 2).unwrap();
        sheet.write_datetime_with_format(1, 3, &day, &date).unwrap();
        write_row(sheet, 2, &["", "Bob", "Day", "1A"]);
        sheet.write_number(2, 0, 1_234_567_890_123_456_789.0).unwrap();
        write_row(sheet, 3, &["9", "Cy", "Fox"]);
        sheet.write_formula(3, 3, Formula::new("=X9").set_result("#REF!")).unwrap();
        write_row(sheet, 4, &["10", "ZoÃ«", "Gray", "1A"]);
    });
    let roster = roster(&file);
    let refused: Vec<_> = roster.refused.iter().map(|r| (r.row, r.field, r.reason)).collect();
    assert_eq!(
        refused,
        [
            (2, Some(Field::Class), RowReason::DamagedBySpreadsheet),
            (4, Some(Field::Class), RowReason::FormulaError),
        ]
    );
    assert_eq!(roster.rows[0].warnings[0].reason, WarningReason::IdRounded);
    assert_eq!(names(&roster), [("Bob", "Day"), ("Zoë", "Gray")]);
}

#[test]
fn a_merged_class_holds_for_its_rows() {
    let file = workbook(|sheet| {
        write_row(sheet, 0, &["Class", "Student ID", "First Name", "Last Name"]);
        for (row, name) in [(1, "Ann"), (2, "Bob"), (3, "Cy")] {
            write_row(sheet, row, &["", "", name, "Lee"]);
        }
        sheet.merge_range(1, 0, 2, 0, "1A", &Format::new()).unwrap();
        sheet.merge_range(1, 1, 2, 1, "7", &Format::new()).unwrap();
    });
    let roster = roster(&file);
    let classes: Vec<_> = roster.rows.iter().map(|row| row.class.as_deref()).collect();
    assert_eq!(classes, [Some("1A"), Some("1A"), None]);
    // The rows of a merged cell never share an id.
    assert_eq!(ids(&roster), [Some("7"), None, None]);
    assert_eq!(roster.rows[1].warnings[0].reason, WarningReason::FilledDown);
}

#[test]
fn the_first_sheet_with_a_header_is_read_or_the_chosen_one() {
    let mut book = Workbook::new();
    write_row(book.add_worksheet().set_name("Notes").unwrap(), 0, &["As of today"]);
    for (name, child) in [("Grade 1", "Ann"), ("Grade 2", "Bob")] {
        let sheet = book.add_worksheet().set_name(name).unwrap();
        write_row(sheet, 0, &HEADER);
        write_row(sheet, 1, &["7", child, "Lee", "1A"]);
    }
    let file = book.save_to_buffer().unwrap();
    let first = roster(&file);
    assert_eq!(first.sheet.as_deref(), Some("Grade 1"));
    assert_eq!(first.sheets, ["Notes", "Grade 1", "Grade 2"]);
    let chosen = |sheet: &str| {
        read(&file, &ReadOptions { sheet: Some(sheet.to_owned()), ..ReadOptions::default() })
    };
    assert_eq!(names(&chosen("Grade 2").unwrap()), [("Bob", "Lee")]);
    assert_eq!(chosen("Grade 3").unwrap_err().code(), "roster_unknown_sheet");
    let none = chosen("Notes").unwrap_err();
    assert_eq!(none.code(), "roster_no_header");
    assert_eq!(none.sample().unwrap().sheets.len(), 3);
}

#[test]
fn a_workbook_that_is_none_says_what_it_is() {
    assert_eq!(error(b"PK\x03\x04cut off").code(), "roster_spreadsheet_damaged");
    assert_eq!(error(&archive(&[("word/document.xml", b"<w/>")])).code(), "spreadsheet_not_csv");
    assert_eq!(error(&archive(&[("Index/Document.iwa", b"x")])).code(), "spreadsheet_not_csv");
    assert_eq!(
        error(&archive(&[("xl/workbook.xml", b"<x/>")])).code(),
        "roster_spreadsheet_damaged"
    );
    let ole = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    assert_eq!(error(ole).code(), "roster_spreadsheet_damaged");
}

#[test]
fn a_protected_workbook_is_named() {
    let mut file = cfb::CompoundFile::create(std::io::Cursor::new(Vec::new())).unwrap();
    file.create_stream("/EncryptedPackage").unwrap().write_all(b"secret").unwrap();
    file.flush().unwrap();
    assert_eq!(error(&file.into_inner().into_inner()).code(), "roster_password_protected");
    let manifest = b"<manifest:manifest><manifest:encryption-data/></manifest:manifest>";
    let ods = archive(&[("META-INF/manifest.xml", manifest), ("content.xml", b"\x01\x02")]);
    assert_eq!(error(&ods).code(), "roster_password_protected");
}

#[test]
fn a_workbook_with_macros_is_read_and_its_macros_are_not() {
    let plain = workbook(|sheet| {
        write_row(sheet, 0, &HEADER);
        write_row(sheet, 1, &["7", "Ann", "Lee", "1A"]);
    });
    let mut writer = zip::ZipWriter::new_append(std::io::Cursor::new(plain.clone())).unwrap();
    // This is not a real macro project, so any attempt to read it would fail.
    writer
        .start_file("xl/vbaProject.bin", zip::write::SimpleFileOptions::default())
        .and_then(|()| Ok(writer.write_all(b"Sub Auto_Open()")?))
        .unwrap();
    let with_macros = writer.finish().unwrap().into_inner();
    assert_eq!(roster(&with_macros), roster(&plain));
}

#[test]
fn an_archive_that_unpacks_too_large_is_refused() {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    writer.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1024 * 1024];
    for _ in 0..=MAX_UNPACKED_BYTES / 1024 / 1024 {
        writer.write_all(&zeros).unwrap();
    }
    let mut bomb = writer.finish().unwrap().into_inner();
    assert!(bomb.len() < 1024 * 1024);
    assert_eq!(error(&bomb).code(), "roster_unpacks_too_large");
    // The same archive with a false size, 24 bytes after the signature in the central directory.
    let at = bomb.windows(4).rposition(|four| four == b"PK\x01\x02").unwrap() + 24;
    bomb[at..at + 4].copy_from_slice(&7u32.to_le_bytes());
    let code = error(&bomb).code();
    assert!(["roster_unpacks_too_large", "roster_spreadsheet_damaged"].contains(&code), "{code}");
}

#[test]
fn a_far_away_cell_makes_no_room_for_all_between() {
    let file = workbook(|sheet| {
        write_row(sheet, 0, &HEADER);
        write_row(sheet, 1, &["7", "Ann", "Lee", "1A"]);
        sheet.write_string(1_048_575, 16_383, "x").unwrap();
    });
    assert_eq!(names(&roster(&file)), [("Ann", "Lee")]);
}

#[test]
fn a_page_that_calls_itself_xls_is_read() {
    let page = "<html><head><meta charset='utf-8'></head><body><table>\
        <tr><th>Class</th><th>Student ID</th><th>First Name</th><th>Last Name</th></tr>\n\
        <tr><td rowspan=2>1A</td><td>007</td><td>Zo&euml;</td><td>O'Neil &amp; Lee</td></tr>\
        <tr><td>8</td><td>Bob<td>Day</tr></table></body></html>";
    let roster = roster(page.as_bytes());
    assert_eq!(roster.format, FileFormat::Html);
    assert_eq!(names(&roster), [("Zoë", "O'Neil & Lee"), ("Bob", "Day")]);
    assert_eq!(ids(&roster), [Some("007"), Some("8")]);
    assert_eq!(roster.rows[1].class.as_deref(), Some("1A"));
    let windows = b"<table><meta charset=windows-1252><tr><td>First<td>Last<tr><td>Jos\xE9<td>Pe\xF1a</table>";
    assert_eq!(names(&self::roster(windows)), [("José", "Peña")]);
}

#[test]
fn the_xml_of_old_excel_is_read() {
    let xml = r#"<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>
        <Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
        <Worksheet ss:Name="Roster"><Table>
        <Row><Cell><Data ss:Type="String">Student ID</Data></Cell><Cell><Data ss:Type="String">First Name</Data></Cell><Cell><Data ss:Type="String">Last Name</Data></Cell></Row>
        <Row ss:Index="4"><Cell><Data ss:Type="Number">7</Data></Cell><Cell ss:Index="3"><Data ss:Type="String">Lee &amp; Day</Data></Cell></Row>
        </Table></Worksheet></Workbook>"#;
    let roster = roster(xml.as_bytes());
    assert_eq!(
        (roster.format, roster.sheet.as_deref()),
        (FileFormat::XmlSpreadsheet, Some("Roster"))
    );
    assert_eq!(names(&roster), [("", "Lee & Day")]);
    assert_eq!((roster.rows[0].row, ids(&roster)), (4, vec![Some("7")]));
}

#[test]
fn many_rows_of_a_workbook_are_read_at_once() {
    let file = workbook(|sheet| {
        write_row(sheet, 0, &HEADER);
        for row in 1..=20_000 {
            write_row(sheet, row, &[&row.to_string(), "Łukasz", "Lee", "1A"]);
        }
    });
    let start = std::time::Instant::now();
    let roster = roster(&file);
    println!("read {} bytes in {:?}", file.len(), start.elapsed());
    assert_eq!(roster.rows.len(), 20_000);
    assert!(start.elapsed() < std::time::Duration::from_mins(2));
}

#[test]
fn columns_without_a_header_are_mapped_by_place() {
    let file = workbook(|sheet| write_row(sheet, 0, &["7", "Lee, Ann", "1A"]));
    let no_header = error(&file);
    assert_eq!(no_header.sample().unwrap().rows[0].cells, ["7", "Lee, Ann", "1A"]);
    let options: ReadOptions = serde_json::from_str(
        r##"{"mapping":{"#1":"school_issued_id","#2":"full_name_last_first","#3":"class"},"header_row":0}"##,
    )
    .unwrap();
    let roster = read(&file, &options).unwrap();
    assert_eq!(names(&roster), [("Ann", "Lee")]);
    assert_eq!(roster.columns[2].becomes, ColumnUse::Field(Field::Class));
    assert_eq!(roster.mapping(), options.mapping);
}

proptest::proptest! {
    #[test]
    fn no_damage_makes_it_panic(
        at in proptest::collection::vec((0usize..6_000, proptest::prelude::any::<u8>()), 1..20),
    ) {
        let mut file = workbook(|sheet| {
            write_row(sheet, 0, &HEADER);
            write_row(sheet, 1, &["7", "Ann", "Lee", "1A"]);
        });
        for (place, byte) in at {
            let length = file.len();
            file[place % length] = byte;
        }
        drop(read(&file, &ReadOptions::default()));
    }
}
