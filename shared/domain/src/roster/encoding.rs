//! From the bytes of a file to text.

use std::borrow::Cow;

use super::RosterError;

/// How workbooks begin: a ZIP (xlsx, ods, numbers) or an OLE compound file (xls).
const WORKBOOKS: [&[u8]; 2] = [b"PK\x03\x04", &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]];

/// The text of a file without its byte order mark.
///
/// UTF-16 needs its mark. Otherwise what is valid UTF-8 is UTF-8: text in Windows-1252 with a letter beyond ASCII is
/// practically never valid UTF-8 by chance. The rest is Windows-1252, which Excel on Windows writes and which can
/// represent every byte.
pub(super) fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, RosterError> {
    if WORKBOOKS.iter().any(|start| bytes.starts_with(start)) {
        return Err(RosterError::SpreadsheetNotCsv);
    }
    let text = match encoding_rs::Encoding::for_bom(bytes) {
        Some((encoding, mark)) if encoding != encoding_rs::UTF_8 => {
            encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default()).0
        }
        Some((_, mark)) => utf_8_or_windows_1252(bytes.get(mark..).unwrap_or_default()),
        None => utf_8_or_windows_1252(bytes),
    };
    // No text has a NUL: this is a binary file, or UTF-16 without its mark.
    if text.contains('\0') || bytes.starts_with(b"%PDF-") {
        return Err(RosterError::NotText);
    }
    if text.trim().is_empty() {
        return Err(RosterError::Empty);
    }
    Ok(text)
}

fn utf_8_or_windows_1252(bytes: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_text_is_read_from_every_encoding() {
        let utf_16 = |mark: [u8; 2], unit: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain("Zoë".encode_utf16().flat_map(unit)).collect::<Vec<u8>>()
        };
        let files: [Vec<u8>; 5] = [
            "Zoë".as_bytes().to_vec(),
            [b"\xEF\xBB\xBF".as_slice(), "Zoë".as_bytes()].concat(),
            b"Zo\xEB".to_vec(),
            utf_16([0xFF, 0xFE], u16::to_le_bytes),
            utf_16([0xFE, 0xFF], u16::to_be_bytes),
        ];
        for file in files {
            assert_eq!(decode(&file).unwrap(), "Zoë");
        }
    }

    #[test]
    fn a_workbook_is_told_to_be_saved_as_csv() {
        assert_eq!(decode(b"PK\x03\x04\x14\x00").unwrap_err(), RosterError::SpreadsheetNotCsv);
        assert_eq!(
            decode(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1").unwrap_err(),
            RosterError::SpreadsheetNotCsv
        );
    }

    #[test]
    fn what_is_not_text_is_refused() {
        assert_eq!(decode(b"%PDF-1.7\n").unwrap_err(), RosterError::NotText);
        assert_eq!(decode(b"\x89PNG\r\n\x1a\n\0\0\0").unwrap_err(), RosterError::NotText);
        assert_eq!(decode(b"F\0i\0r\0s\0t\0").unwrap_err(), RosterError::NotText);
        assert_eq!(decode(b" \r\n\t").unwrap_err(), RosterError::Empty);
        assert_eq!(decode(b"").unwrap_err(), RosterError::Empty);
    }
}
