//! Detects the file format, and limits the unpacked size of an archive.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::roster::{FileFormat, MAX_UNPACKED_BYTES, RosterError};

/// First bytes of a ZIP archive: xlsx, ods, Numbers, Word.
const ZIP: &[u8] = b"PK\x03\x04";
/// First bytes of an OLE compound file: xls, and any Office file with a password.
const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
/// Maximum number of files in an archive. A workbook has a few dozen.
const MOST_FILES: usize = 10_000;
/// Number of bytes in which HTML and XML must be recognisable.
const START_BYTES: usize = 2_048;

/// Returns the format of a file; `None` for text.
pub(super) fn format_of(bytes: &[u8]) -> Result<Option<FileFormat>, RosterError> {
    if bytes.starts_with(ZIP) {
        return format_of_archive(bytes).map(Some);
    }
    if bytes.starts_with(OLE) {
        return format_of_compound(bytes).map(Some);
    }
    Ok(format_of_markup(bytes))
}

/// Opens an archive and checks that its unpacked files are not larger than a roster may be.
///
/// An archive may declare false sizes, so its files are unpacked once and counted.
pub(super) fn open_archive(bytes: &[u8]) -> Result<ZipArchive<Cursor<&[u8]>>, RosterError> {
    let damaged = |_| RosterError::SpreadsheetDamaged;
    let too_large = RosterError::UnpacksTooLarge { limit_bytes: MAX_UNPACKED_BYTES };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    if archive.len() > MOST_FILES {
        return Err(too_large);
    }
    let mut declared: u64 = 0;
    for at in 0..archive.len() {
        let file = archive.by_index_raw(at).map_err(|_| RosterError::SpreadsheetDamaged)?;
        if file.encrypted() {
            return Err(RosterError::PasswordProtected);
        }
        declared = declared.saturating_add(file.size());
    }
    if declared > MAX_UNPACKED_BYTES {
        return Err(too_large);
    }
    let mut unpacked: u64 = 0;
    for at in 0..archive.len() {
        let file = archive.by_index(at).map_err(|_| RosterError::SpreadsheetDamaged)?;
        let left = MAX_UNPACKED_BYTES.saturating_sub(unpacked).saturating_add(1);
        // Ignore a cut-off file or a wrong checksum here: reading the file reports it.
        unpacked = unpacked.saturating_add(count(file.take(left)));
        if unpacked > MAX_UNPACKED_BYTES {
            return Err(too_large);
        }
    }
    Ok(archive)
}

/// Counts the bytes of a reader until its end or an error.
fn count(mut reader: impl std::io::Read) -> u64 {
    let mut buffer = vec![0; 64 * 1024];
    let mut bytes: u64 = 0;
    while let Ok(read @ 1..) = reader.read(&mut buffer) {
        bytes = bytes.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
    }
    bytes
}

fn format_of_archive(bytes: &[u8]) -> Result<FileFormat, RosterError> {
    let archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|_| RosterError::SpreadsheetDamaged)?;
    let has =
        |name: &str| archive.file_names().flatten().any(|found| found.eq_ignore_ascii_case(name));
    if has("xl/workbook.xml") {
        Ok(FileFormat::Xlsx)
    } else if has("content.xml") && has("META-INF/manifest.xml") {
        Ok(FileFormat::Ods)
    } else {
        Err(RosterError::SpreadsheetNotCsv)
    }
}

fn format_of_compound(bytes: &[u8]) -> Result<FileFormat, RosterError> {
    let damaged = |_| RosterError::SpreadsheetDamaged;
    let file = cfb::CompoundFile::open(Cursor::new(bytes)).map_err(damaged)?;
    if file.exists("/EncryptedPackage") {
        Err(RosterError::PasswordProtected)
    } else if file.exists("/Workbook") || file.exists("/Book") {
        Ok(FileFormat::Xls)
    } else {
        Err(RosterError::SpreadsheetNotCsv)
    }
}

/// Detects HTML and XML files with the name `.xls`.
fn format_of_markup(bytes: &[u8]) -> Option<FileFormat> {
    let start = bytes.get(..bytes.len().min(START_BYTES)).unwrap_or_default();
    // UTF-16 has a NUL beside each ASCII letter, so remove NULs.
    let letters: Vec<u8> =
        start.iter().filter(|byte| byte.is_ascii() && **byte != 0).copied().collect();
    let text = String::from_utf8(letters).unwrap_or_default().to_lowercase();
    let text = text.trim_start();
    if !text.starts_with('<') {
        return None;
    }
    if text.contains("urn:schemas-microsoft-com:office:spreadsheet")
        && text.starts_with("<?xml")
        && !text.contains("<html")
    {
        return Some(FileFormat::XmlSpreadsheet);
    }
    let tags = ["<html", "<table", "<!doctype html", "<body", "<meta", "<head"];
    tags.iter().any(|tag| text.contains(tag)).then_some(FileFormat::Html)
}
