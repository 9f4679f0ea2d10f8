//! The files of `pages/`, embedded in the binary, with the data for their answers.

use std::borrow::Cow;
use std::io::Write as _;
use std::sync::{LazyLock, OnceLock};

use flate2::Compression;
use flate2::write::GzEncoder;
use include_dir::{Dir, include_dir};
use platform::base::crypto::digest::sha256_hex;

use super::shell;

static PAGES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/portals/pages");

/// Hex digits of the hash in a file name: 64 bits are enough to distinguish versions of our own files.
const HASH_DIGITS: usize = 16;

/// A file as served: its references already use names with hashes.
pub(crate) struct File {
    /// Its path below `pages/`.
    pub(crate) name: &'static str,
    pub(crate) content_type: &'static str,
    pub(crate) is_text: bool,
    /// Whether it is served under a name that contains the hash of its bytes.
    pub(crate) is_named_by_content: bool,
    pub(crate) bytes: Vec<u8>,
    hash: String,
    gzip: OnceLock<Option<Vec<u8>>>,
}

impl File {
    pub(crate) fn new(name: &'static str, bytes: Vec<u8>) -> Self {
        let (content_type, is_text) = kind(name);
        let hash = sha256_hex(&bytes).chars().take(HASH_DIGITS).collect();
        let is_named_by_content = !matches!(ending(name), "html" | "ico");
        let gzip = OnceLock::new();
        Self { name, content_type, is_text, is_named_by_content, bytes, hash, gzip }
    }

    /// Returns the name with the hash: `shared/api.js` becomes `shared/api.0123456789abcdef.js`.
    pub(crate) fn hashed_name(&self) -> String {
        match self.name.rsplit_once('.') {
            Some((stem, extension)) => format!("{stem}.{}.{extension}", self.hash),
            None => self.name.to_owned(),
        }
    }

    /// Returns a weak `ETag`, because the compressed and the plain bytes are equivalent.
    pub(crate) fn etag(&self) -> String {
        format!("W/\"{}\"", self.hash)
    }

    /// Returns the compressed bytes, made at the first request for them; `None` if compression gains nothing.
    pub(crate) fn gzip(&self) -> Option<&[u8]> {
        let compress = || {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(&self.bytes).ok()?;
            let compressed = encoder.finish().ok()?;
            (self.is_text && compressed.len() < self.bytes.len()).then_some(compressed)
        };
        self.gzip.get_or_init(compress).as_deref()
    }
}

/// Returns the extension. It compares case-sensitively, because all names are our own.
pub(crate) fn ending(name: &str) -> &str {
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}

/// Returns the content type, and whether it is text.
fn kind(name: &str) -> (&'static str, bool) {
    match ending(name) {
        "html" => ("text/html; charset=utf-8", true),
        "js" => ("text/javascript; charset=utf-8", true),
        "css" => ("text/css; charset=utf-8", true),
        "svg" => ("image/svg+xml; charset=utf-8", true),
        "ico" => ("image/x-icon", false),
        _ => ("application/octet-stream", false),
    }
}

/// A file's place below `pages/`, and its bytes.
type Source = (&'static str, Cow<'static, [u8]>);

/// Returns every file below `pages/` with its bytes, sorted by name. Pages are whole: each is in its shell.
pub(crate) fn sources() -> Vec<(&'static str, &'static [u8])> {
    static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(|| {
        let mut found = Vec::new();
        collect(&PAGES, &mut found);
        found.sort_unstable_by_key(|(name, _)| *name);
        found
    });
    SOURCES.iter().map(|(name, bytes)| (*name, bytes.as_ref())).collect()
}

fn collect(folder: &'static Dir<'static>, found: &mut Vec<Source>) {
    let named = |file: &'static include_dir::File<'static>| {
        let (name, bytes) = (file.path().to_str()?, file.contents());
        let page = std::str::from_utf8(bytes).ok().and_then(shell::page);
        let whole = page.map(|page| Cow::Owned(page.into_bytes()));
        Some((name, whole.unwrap_or(Cow::Borrowed(bytes))))
    };
    found.extend(folder.files().filter_map(named));
    for inner in folder.dirs() {
        collect(inner, found);
    }
}
