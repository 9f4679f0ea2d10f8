//! Secrets Manager: `winterbaume` in memory, with a JSON snapshot that is written before each answer.

use super::access_key::AccessKey;
use super::door::{self, JsonService};
use super::folder;
use http_body_util::Full;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use winterbaume_core::StatefulService;
use winterbaume_core::service::{MockRequest, MockService};
use winterbaume_secretsmanager::SecretsManagerService;

/// The largest request body: more than the largest secret.
///
/// Source: AWS Secrets Manager User Guide, "Quotas": 64 KB.
const LARGEST_BYTES: usize = 256 * 1024;

/// Loads the secrets of a file.
pub(super) async fn open(
    file: PathBuf,
) -> Result<Arc<SecretsManagerService>, Box<dyn std::error::Error + Send + Sync>> {
    let secrets = Arc::new(SecretsManagerService::new());
    match std::fs::read(&file) {
        Ok(kept) => {
            let kept = serde_json::from_slice(&kept)?;
            let restored = secrets.restore(super::ACCOUNT, super::REGION, kept).await;
            restored.map_err(|error| format!("{error:?}"))?;
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(error.into()),
    }
    secrets.notifier().subscribe(move |account, region, view| {
        if (account, region) == (super::ACCOUNT, super::REGION)
            && let Err(error) = save(&file, view)
        {
            tracing::error!(%error, "cannot save the secrets");
        }
    });
    Ok(secrets)
}

fn save(file: &Path, view: &impl serde::Serialize) -> std::io::Result<()> {
    folder::replace(file, &serde_json::to_vec(view)?)
}

/// Builds the HTTP service. It handles one request at a time, so that snapshots are written in order.
pub(super) fn service(secrets: Arc<SecretsManagerService>, key: &AccessKey) -> impl JsonService {
    let one_at_a_time = Arc::new(tokio::sync::Mutex::new(()));
    door::guarded(Some(key), LARGEST_BYTES, move |head, body| {
        let (secrets, one_at_a_time) = (Arc::clone(&secrets), Arc::clone(&one_at_a_time));
        async move {
            let host = head.headers.get("host").and_then(|host| host.to_str().ok());
            let uri = format!("http://{}{}", host.unwrap_or("localhost"), head.uri);
            let method = head.method.to_string();
            let _one = one_at_a_time.lock().await;
            let answer =
                secrets.handle(MockRequest { method, uri, headers: head.headers, body }).await;
            let mut response = http::Response::builder().status(answer.status);
            for (name, value) in &answer.headers {
                response = response.header(name, value);
            }
            let body = Full::new(answer.body);
            response.body(body).unwrap_or_default()
        }
    })
}
