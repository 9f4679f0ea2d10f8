//! The encodings of text files: their labels and decoders.

use std::borrow::Cow;

use encoding_rs as web;
use oem_cp::code_table as dos;
use serde::{Deserialize, Serialize};

/// The encoding of a text file. The API uses its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum TextEncoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, little-endian.
    Utf16Le,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Western Europe and the Americas, Windows.
    Windows1252,
    /// Western Europe and the Americas, Mac ("Western (Mac OS Roman)").
    Macintosh,
    /// Western Europe, DOS.
    Ibm850,
    /// United States, DOS.
    Ibm437,
    /// Central Europe, Windows.
    Windows1250,
    /// Central Europe, Unix.
    Iso8859_2,
    /// Central Europe, DOS.
    Ibm852,
    /// Cyrillic, Windows.
    Windows1251,
    /// Cyrillic, Unix.
    Koi8U,
    /// Cyrillic, the ISO standard.
    Iso8859_5,
    /// Cyrillic, Mac.
    MacCyrillic,
    /// Cyrillic, DOS.
    Ibm866,
    /// Greek, Windows.
    Windows1253,
    /// Greek, the ISO standard.
    Iso8859_7,
    /// Turkish, Windows.
    Windows1254,
    /// Hebrew, Windows.
    Windows1255,
    /// Arabic and Persian, Windows.
    Windows1256,
    /// Baltic languages, Windows.
    Windows1257,
    /// Vietnamese, Windows.
    Windows1258,
    /// Thai, Windows.
    Windows874,
    /// Japanese, Windows and Mac.
    ShiftJis,
    /// Japanese, Unix.
    EucJp,
    /// Chinese, simplified.
    Gb18030,
    /// Chinese, traditional.
    Big5,
    /// Korean.
    EucKr,
}

impl TextEncoding {
    /// Every encoding, the likely ones first.
    pub const ALL: [Self; 28] = [
        Self::Utf8,
        Self::Utf16Le,
        Self::Utf16Be,
        Self::Windows1252,
        Self::Macintosh,
        Self::Ibm850,
        Self::Ibm437,
        Self::Windows1250,
        Self::Iso8859_2,
        Self::Ibm852,
        Self::Windows1251,
        Self::Koi8U,
        Self::Iso8859_5,
        Self::MacCyrillic,
        Self::Ibm866,
        Self::Windows1253,
        Self::Iso8859_7,
        Self::Windows1254,
        Self::Windows1255,
        Self::Windows1256,
        Self::Windows1257,
        Self::Windows1258,
        Self::Windows874,
        Self::ShiftJis,
        Self::EucJp,
        Self::Gb18030,
        Self::Big5,
        Self::EucKr,
    ];

    /// Returns the label for the API and for a person's choice.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Windows1252 => "windows-1252",
            Self::Macintosh => "macintosh",
            Self::Ibm850 => "IBM850",
            Self::Ibm437 => "IBM437",
            Self::Windows1250 => "windows-1250",
            Self::Iso8859_2 => "ISO-8859-2",
            Self::Ibm852 => "IBM852",
            Self::Windows1251 => "windows-1251",
            Self::Koi8U => "KOI8-U",
            Self::Iso8859_5 => "ISO-8859-5",
            Self::MacCyrillic => "x-mac-cyrillic",
            Self::Ibm866 => "IBM866",
            Self::Windows1253 => "windows-1253",
            Self::Iso8859_7 => "ISO-8859-7",
            Self::Windows1254 => "windows-1254",
            Self::Windows1255 => "windows-1255",
            Self::Windows1256 => "windows-1256",
            Self::Windows1257 => "windows-1257",
            Self::Windows1258 => "windows-1258",
            Self::Windows874 => "windows-874",
            Self::ShiftJis => "Shift_JIS",
            Self::EucJp => "EUC-JP",
            Self::Gb18030 => "gb18030",
            Self::Big5 => "Big5",
            Self::EucKr => "EUC-KR",
        }
    }

    /// Parses a label, ignoring case.
    pub fn parse(label: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|encoding| encoding.label().eq_ignore_ascii_case(label.trim()))
    }

    /// Decodes bytes without a byte order mark. Invalid bytes become U+FFFD.
    pub(super) fn decode(self, bytes: &[u8]) -> Cow<'_, str> {
        match self.decoder() {
            Decoder::Web(encoding) => encoding.decode_without_bom_handling(bytes).0,
            Decoder::Dos(table) => Cow::Owned(decode_dos(table, bytes)),
        }
    }

    /// Returns whether each byte is one character.
    pub(super) fn is_single_byte(self) -> bool {
        match self.decoder() {
            Decoder::Web(encoding) => encoding.is_single_byte(),
            Decoder::Dos(_) => true,
        }
    }

    /// Returns the encoding for a label as HTML and XML files use it.
    pub(super) fn for_web_label(label: &[u8]) -> Option<Self> {
        let found = web::Encoding::for_label(label)?;
        // GB18030 includes GBK.
        let found = if found == web::GBK { web::GB18030 } else { found };
        Self::ALL.into_iter().find(|encoding| match encoding.decoder() {
            Decoder::Web(encoding) => encoding == found,
            Decoder::Dos(_) => false,
        })
    }

    fn decoder(self) -> Decoder {
        Decoder::Web(match self {
            Self::Utf8 => web::UTF_8,
            Self::Utf16Le => web::UTF_16LE,
            Self::Utf16Be => web::UTF_16BE,
            Self::Windows1252 => web::WINDOWS_1252,
            Self::Macintosh => web::MACINTOSH,
            Self::Ibm850 => return Decoder::Dos(&dos::DECODING_TABLE_CP850),
            Self::Ibm437 => return Decoder::Dos(&dos::DECODING_TABLE_CP437),
            Self::Windows1250 => web::WINDOWS_1250,
            Self::Iso8859_2 => web::ISO_8859_2,
            Self::Ibm852 => return Decoder::Dos(&dos::DECODING_TABLE_CP852),
            Self::Windows1251 => web::WINDOWS_1251,
            Self::Koi8U => web::KOI8_U,
            Self::Iso8859_5 => web::ISO_8859_5,
            Self::MacCyrillic => web::X_MAC_CYRILLIC,
            Self::Ibm866 => web::IBM866,
            Self::Windows1253 => web::WINDOWS_1253,
            Self::Iso8859_7 => web::ISO_8859_7,
            Self::Windows1254 => web::WINDOWS_1254,
            Self::Windows1255 => web::WINDOWS_1255,
            Self::Windows1256 => web::WINDOWS_1256,
            Self::Windows1257 => web::WINDOWS_1257,
            Self::Windows1258 => web::WINDOWS_1258,
            Self::Windows874 => web::WINDOWS_874,
            Self::ShiftJis => web::SHIFT_JIS,
            Self::EucJp => web::EUC_JP,
            Self::Gb18030 => web::GB18030,
            Self::Big5 => web::BIG5,
            Self::EucKr => web::EUC_KR,
        })
    }
}

/// The decoder of an encoding.
enum Decoder {
    /// An encoding of `encoding_rs`.
    Web(&'static web::Encoding),
    /// A table of the characters 128 to 255.
    Dos(&'static [char; 128]),
}

fn decode_dos(table: &[char; 128], bytes: &[u8]) -> String {
    let character = |byte: &u8| match byte.checked_sub(128) {
        None => char::from(*byte),
        Some(place) => {
            table.get(usize::from(place)).copied().unwrap_or(char::REPLACEMENT_CHARACTER)
        }
    };
    bytes.iter().map(character).collect()
}

/// The label names no known encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown text encoding")]
pub struct UnknownEncoding;

impl TryFrom<String> for TextEncoding {
    type Error = UnknownEncoding;
    fn try_from(label: String) -> Result<Self, UnknownEncoding> {
        Self::parse(&label).ok_or(UnknownEncoding)
    }
}

impl From<TextEncoding> for String {
    fn from(encoding: TextEncoding) -> Self {
        encoding.label().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_reads_back_from_its_label() {
        for encoding in TextEncoding::ALL {
            assert_eq!(TextEncoding::parse(&encoding.label().to_lowercase()), Some(encoding));
            assert_eq!(
                encoding.decode(b"Ann,Lee\n") == "Ann,Lee\n",
                !encoding.label().starts_with("UTF-16")
            );
        }
        assert_eq!(serde_json::to_string(&TextEncoding::Macintosh).unwrap(), "\"macintosh\"");
        assert!(serde_json::from_str::<TextEncoding>("\"klingon\"").is_err());
    }

    #[test]
    fn one_letter_has_its_byte_in_each_encoding() {
        for (encoding, byte) in [
            (TextEncoding::Windows1252, 0xE9),
            (TextEncoding::Macintosh, 0x8E),
            (TextEncoding::Ibm850, 0x82),
            (TextEncoding::Ibm437, 0x82),
            (TextEncoding::Windows1250, 0xE9),
        ] {
            assert_eq!(encoding.decode(&[byte]), "é");
        }
    }
}
