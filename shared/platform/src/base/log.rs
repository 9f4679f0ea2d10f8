//! Log lines of bounded length, so that no value from a request or another system fills the log.

use std::borrow::Cow;
use std::io::{self, Write};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

/// Bytes kept of one value.
///
/// Our own sentences and ids are shorter; a chain of causes may be longer.
const LONGEST_VALUE: usize = 1024;
/// Bytes up to which a line is written unchanged.
const LONGEST_LINE: usize = 2 * LONGEST_VALUE;

/// A writer that cuts the long values of each line.
#[derive(Debug, Clone)]
pub struct BoundedLines<W>(pub W);

impl<'w, W> MakeWriter<'w> for BoundedLines<W>
where
    W: MakeWriter<'w>,
{
    type Writer = BoundedLine<W::Writer>;

    fn make_writer(&'w self) -> Self::Writer {
        BoundedLine(self.0.make_writer())
    }
}

/// The writer of one line: `tracing_subscriber` writes each line in one call.
#[derive(Debug)]
pub struct BoundedLine<W>(W);

impl<W: Write> Write for BoundedLine<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(&bounded(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Cuts the long values of a JSON line, or a text line as a whole.
fn bounded(line: &[u8]) -> Cow<'_, [u8]> {
    if line.len() <= LONGEST_LINE {
        return Cow::Borrowed(line);
    }
    let text = String::from_utf8_lossy(line);
    let mut bounded = match serde_json::from_str::<Value>(&text) {
        Ok(mut json) => {
            cut_values(&mut json);
            json.to_string()
        }
        Err(_) => cut(text.trim_end(), LONGEST_LINE),
    };
    bounded.push('\n');
    Cow::Owned(bounded.into_bytes())
}

fn cut_values(value: &mut Value) {
    match value {
        Value::String(text) if text.len() > LONGEST_VALUE => *text = cut(text, LONGEST_VALUE),
        Value::Array(items) => items.iter_mut().for_each(cut_values),
        Value::Object(members) => members.values_mut().for_each(cut_values),
        Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
    }
}

/// Returns the beginning of a text, and how many bytes were cut.
fn cut(text: &str, longest: usize) -> String {
    let end = text.floor_char_boundary(longest);
    let kept = text.get(..end).unwrap_or_default();
    let missing = text.len().saturating_sub(kept.len());
    if missing == 0 { kept.to_owned() } else { format!("{kept}… ({missing} bytes cut)") }
}

/// Formats an error and its causes in one line.
///
/// Our errors name rows and services, never values.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::{Arc, Mutex};

    use tracing::Subscriber;
    use tracing_subscriber::fmt;

    use super::*;

    /// A buffer that keeps what was written, so that a test can read it.
    #[derive(Clone, Default)]
    pub(crate) struct Lines(Arc<Mutex<Vec<u8>>>);

    impl Lines {
        pub(crate) fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().map_err(|_| io::ErrorKind::Other)?.extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Logs an event with a long message, a long field and a long span field, and returns the written lines.
    fn written(log: impl Subscriber + Send + Sync, lines: &Lines, value: &str) -> String {
        tracing::subscriber::with_default(log, || {
            let span = tracing::info_span!("request", route = value);
            span.in_scope(|| tracing::error!(cause = value, "{value}"));
            tracing::error!("a short line");
        });
        lines.text()
    }

    #[test]
    fn a_long_value_is_cut_and_the_line_stays_json() {
        let (lines, value) = (Lines::default(), "é".repeat(82_000));
        let kept = lines.clone();
        let log = fmt().json().with_writer(BoundedLines(move || kept.clone())).finish();
        let text = written(log, &lines, &value);
        let [cut, short] = text.lines().collect::<Vec<_>>().try_into().unwrap();
        assert!(cut.len() < 5 * LONGEST_VALUE, "{} bytes", cut.len());
        let json: Value = serde_json::from_str(cut).unwrap();
        for at in ["/fields/cause", "/fields/message", "/span/route", "/spans/0/route"] {
            let kept = json.pointer(at).and_then(Value::as_str).unwrap();
            assert!(kept.ends_with("é… (162976 bytes cut)"), "{at}: {kept}");
        }
        let short: Value = serde_json::from_str(short).unwrap();
        assert_eq!(short["fields"]["message"], "a short line");
    }

    #[test]
    fn a_long_line_of_text_is_cut() {
        let (lines, value) = (Lines::default(), "x".repeat(164_000));
        let kept = lines.clone();
        let log = fmt().with_ansi(false).with_writer(BoundedLines(move || kept.clone())).finish();
        let text = written(log, &lines, &value);
        let [cut, short] = text.lines().collect::<Vec<_>>().try_into().unwrap();
        assert!(cut.len() < LONGEST_LINE + 40 && cut.ends_with(" bytes cut)"), "{cut}");
        assert!(short.ends_with("a short line"));
    }
}
