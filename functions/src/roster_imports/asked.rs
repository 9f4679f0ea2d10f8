//! Parses a roster-import request: the file, how to read it, and how to compare its rows.

use data_encoding::BASE64;
use domain::roster::{
    CompareOptions, MAX_BYTES, ReadOptions, RosterError, RosterScope, TextEncoding,
};
use platform::http::request::{body, header, json as read_json, query};
use platform::records::roster_imports::{RosterUpload, RosterWishes};
use platform::{ApiError, Request};
use serde::Deserialize;
use utoipa::ToSchema;

/// The content types of roster files, in lower case. Windows reports CSV as Excel when Excel is installed.
const FILE_TYPES: [&str; 9] = [
    "text/csv",
    "application/csv",
    "text/plain",
    "text/tab-separated-values",
    "application/vnd.ms-excel",
    "application/octet-stream",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel.sheet.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
];
/// A request of this type announces a file that is uploaded to S3.
const JSON: &str = "application/json";

/// A roster file that is too large for a request body.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRosterUpload {
    /// Its length in bytes: at most 64 MiB.
    bytes: u64,
    /// Base64 of its SHA-256.
    sha256: String,
    /// Its type, with the values that `Content-Type` has for a file in the request.
    content_type: String,
}

/// The caller's confirmation that more students leave than allowed without one.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ApplyImport {
    /// The number of students who leave, as in the preview; required above 5 % of the school.
    #[serde(default)]
    pub(crate) confirm_left: Option<usize>,
}

/// The file of a request.
pub(crate) enum RosterBody<'a> {
    /// The file is the request body.
    File(&'a [u8]),
    /// The file will be uploaded to S3.
    Announced(RosterUpload),
}

/// Returns the file in the body, or the file that the body announces.
pub(crate) fn sent(request: &Request) -> Result<RosterBody<'_>, ApiError> {
    let content_type = header(request, "content-type").unwrap_or_default();
    if essence(content_type) == JSON {
        return announced(&read_json(request)?).map(RosterBody::Announced);
    }
    file_type(content_type)?;
    let file = body(request);
    if file.len() > platform::http::request::MOST_BODY_BYTES {
        return Err(ApiError::TooLarge);
    }
    Ok(RosterBody::File(file))
}

fn announced(upload: &NewRosterUpload) -> Result<RosterUpload, ApiError> {
    let sha256 = BASE64
        .decode(upload.sha256.as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or(ApiError::Invalid { code: "bad_sha256", field: "sha256" })?;
    let code = match usize::try_from(upload.bytes) {
        Ok(0) => Some("roster_empty"),
        Ok(bytes) if bytes <= MAX_BYTES => None,
        Ok(_) | Err(_) => Some("roster_too_large"),
    };
    if let Some(code) = code {
        return Err(ApiError::Invalid { code, field: "bytes" });
    }
    let content_type = file_type(&upload.content_type)
        .map_err(|_| ApiError::Invalid { code: "roster_type_not_taken", field: "content_type" })?;
    Ok(RosterUpload { bytes: upload.bytes, sha256, content_type })
}

/// Returns the media type without parameters, in lower case.
fn essence(content_type: &str) -> String {
    content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

fn file_type(content_type: &str) -> Result<&'static str, ApiError> {
    let essence = essence(content_type);
    FILE_TYPES.into_iter().find(|known| *known == essence).ok_or(ApiError::UnsupportedType)
}

/// Parses from the query how to read and compare the file.
pub(crate) fn wishes(request: &Request) -> Result<RosterWishes, ApiError> {
    let scope = match query(request, "scope").as_deref() {
        None | Some("partial") => RosterScope::Partial,
        Some("whole") => RosterScope::Whole,
        Some(_) => return Err(ApiError::Invalid { code: "bad_scope", field: "scope" }),
    };
    let keep_known_ids = match query(request, "ids").as_deref() {
        None | Some("keep") => true,
        Some("file") => false,
        Some(_) => return Err(ApiError::Invalid { code: "bad_ids", field: "ids" }),
    };
    let mapping = match query(request, "mapping") {
        None => domain::roster::Mapping::default(),
        Some(text) => serde_json::from_str(&text)
            .map_err(|_| ApiError::Invalid { code: "bad_mapping", field: "mapping" })?,
    };
    let header_row = match query(request, "header_row") {
        None => None,
        Some(text) => Some(
            text.parse()
                .map_err(|_| ApiError::Invalid { code: "bad_header_row", field: "header_row" })?,
        ),
    };
    let encoding = match query(request, "encoding") {
        None => None,
        Some(label) => Some(
            TextEncoding::parse(&label)
                .ok_or(ApiError::Invalid { code: "bad_encoding", field: "encoding" })?,
        ),
    };
    Ok(RosterWishes {
        options: ReadOptions { mapping, header_row, encoding, sheet: query(request, "sheet") },
        compare: CompareOptions { scope, keep_known_ids, ..CompareOptions::default() },
    })
}

/// Parses the confirmation of an apply request; an empty body has none.
pub(crate) fn apply(request: &Request) -> Result<ApplyImport, ApiError> {
    if body(request).is_empty() { Ok(ApplyImport::default()) } else { read_json(request) }
}

/// Turns an unreadable file into an answer; the field names what the caller can change.
pub(crate) fn unreadable(error: &RosterError) -> ApiError {
    let field = match error {
        RosterError::MappingUnknownColumn { .. } | RosterError::MappingTwice { .. } => "mapping",
        RosterError::UnknownSheet { .. } => "sheet",
        RosterError::TooLarge { .. }
        | RosterError::UnpacksTooLarge { .. }
        | RosterError::TooManyRows { .. }
        | RosterError::Empty
        | RosterError::NoRows
        | RosterError::SpreadsheetNotCsv
        | RosterError::PasswordProtected
        | RosterError::SpreadsheetDamaged
        | RosterError::NotText
        | RosterError::NoHeader { .. }
        | RosterError::ChooseColumn { .. }
        | RosterError::ChooseNameOrder { .. } => "file",
    };
    ApiError::Invalid { code: error.code(), field }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use domain::roster::MapTo;
    use platform::lambda_http::http::Request as HttpRequest;
    use platform::lambda_http::{Body, RequestExt as _};

    use super::*;

    fn request(content_type: &str, body: &str) -> Request {
        let request = HttpRequest::builder().header("content-type", content_type);
        request.body(Body::from(body)).unwrap()
    }

    fn asked(name: &str, value: &str) -> Result<RosterWishes, ApiError> {
        let query = HashMap::from([(name.to_owned(), value.to_owned())]);
        wishes(&request("text/csv", "").with_query_string_parameters(query))
    }

    #[test]
    fn what_offices_call_a_roster_is_taken() {
        for content_type in FILE_TYPES.into_iter().chain(["text/csv; charset=utf-8", "Text/CSV"]) {
            let request = request(content_type, "a,b");
            assert!(matches!(sent(&request), Ok(RosterBody::File(b"a,b"))), "{content_type}");
        }
        for content_type in ["image/png", ""] {
            let request = request(content_type, "x");
            assert_eq!(sent(&request).err().unwrap().code(), "unsupported_type");
        }
    }

    #[test]
    fn an_announced_file_has_a_length_a_hash_and_a_type() {
        let hash = BASE64.encode(&[7; 32]);
        let said = |bytes: u64, hash: &str, content_type: &str| {
            let body =
                format!(r#"{{"bytes":{bytes},"sha256":"{hash}","content_type":"{content_type}"}}"#);
            match sent(&request(JSON, &body)) {
                Ok(RosterBody::Announced(upload)) => Ok(upload.bytes),
                Ok(RosterBody::File(_)) => panic!("no file"),
                Err(error) => Err(error.code()),
            }
        };
        assert_eq!(said(5_000_000, &hash, "text/csv"), Ok(5_000_000));
        assert_eq!(said(0, &hash, "text/csv"), Err("roster_empty"));
        assert_eq!(said(64 * 1024 * 1024 + 1, &hash, "text/csv"), Err("roster_too_large"));
        assert_eq!(said(1, "short", "text/csv"), Err("bad_sha256"));
        assert_eq!(said(1, &hash, "image/png"), Err("roster_type_not_taken"));
    }

    #[test]
    fn a_mapping_names_fields_that_exist() {
        let good = asked("mapping", r##"{"Vorname": "given_name", "#2": "ignore"}"##).unwrap();
        assert_eq!(good.options.mapping.0.get("#2"), Some(&MapTo::Ignore));
        for bad in ["", "[]", r#"{"a": "birth_date"}"#, r#"{"a": 1}"#] {
            assert_eq!(asked("mapping", bad).err().unwrap().code(), "bad_mapping", "{bad}");
        }
    }

    #[test]
    fn a_file_is_a_part_of_the_school_unless_the_caller_says_otherwise() {
        assert_eq!(wishes(&request("text/csv", "")).unwrap().compare.scope, RosterScope::Partial);
        assert_eq!(asked("scope", "whole").unwrap().compare.scope, RosterScope::Whole);
        assert!(!asked("ids", "file").unwrap().compare.keep_known_ids);
        for (name, bad, code) in [
            ("scope", "all", "bad_scope"),
            ("ids", "mine", "bad_ids"),
            ("header_row", "first", "bad_header_row"),
            ("encoding", "klingon", "bad_encoding"),
        ] {
            assert_eq!(asked(name, bad).err().unwrap().code(), code);
        }
    }
}
