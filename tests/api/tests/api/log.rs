//! Captures the log of the functions, in the same format as in a deployment.

use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use serde_json::Value;
use tracing_subscriber::fmt::MakeWriter;

/// The whole log of this process as JSON lines.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().map_err(|_| io::ErrorKind::Other)?.extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;
    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

impl Log {
    /// Returns the log of this process, which starts with the first call.
    pub(crate) fn of_process() -> &'static Self {
        static LOG: LazyLock<Log> = LazyLock::new(|| {
            let log = Log::default();
            let lines = tracing_subscriber::fmt().json().with_writer(log.clone());
            let kept = lines.with_max_level(tracing::Level::INFO).try_init();
            assert!(kept.is_ok(), "another test has already set the subscriber");
            log
        });
        &LOG
    }

    /// Returns the error events of one request id.
    pub(crate) fn errors_of(&self, request_id: &str) -> Vec<Value> {
        let of_request = self.lines_with(request_id).into_iter();
        let lines = of_request.filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        lines.filter(|line| line["level"] == "ERROR" && line["span"]["id"] == request_id).collect()
    }

    /// Returns the lines that contain a text.
    pub(crate) fn lines_with(&self, text: &str) -> Vec<String> {
        let bytes = self.0.lock().map(|bytes| bytes.clone()).unwrap_or_default();
        let lines = String::from_utf8_lossy(&bytes);
        lines.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
    }
}
