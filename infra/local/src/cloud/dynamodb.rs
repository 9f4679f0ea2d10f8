//! DynamoDB: `dynoxide` on one SQLite file.

use dynoxide::Database;
use std::path::Path;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// How long a request may hold up a stop. A half-sent one would hold it up for ever.
const LONGEST_STOP: Duration = Duration::from_secs(5);

/// Opens the tables of a folder, or tables in memory.
pub(super) fn open(
    dir: Option<&Path>,
) -> Result<Database, Box<dyn std::error::Error + Send + Sync>> {
    let Some(dir) = dir else { return Ok(Database::memory()?) };
    let file = dir.join("dynamodb.sqlite");
    let file = file.to_str().ok_or("the folder's name is not UTF-8")?;
    Ok(Database::new(file)?)
}

/// Serves until told to stop.
pub(super) async fn serve(listener: TcpListener, tables: Database, stop: watch::Receiver<bool>) {
    let stopped = |mut stop: watch::Receiver<bool>| async move {
        // An error means that the sender is gone, which is a stop as well.
        drop(stop.wait_for(|stop| *stop).await);
    };
    let graceful = stopped(stop.clone());
    let too_long = async {
        stopped(stop).await;
        tokio::time::sleep(LONGEST_STOP).await;
    };
    tokio::select! {
        served = dynoxide::server::serve_with_shutdown(listener, tables, graceful) => {
            if let Err(error) = served {
                tracing::error!(%error, "the local DynamoDB ended");
            }
        }
        () = too_long => {}
    }
}

/// Deletes expired items on an interval: `dynoxide` does so only when asked.
pub(super) async fn sweep(tables: Database, period: Duration, stop: watch::Receiver<bool>) {
    crate::schedules::every(period, stop, || {
        let tables = tables.clone();
        async move {
            match tokio::task::spawn_blocking(move || tables.sweep_ttl()).await {
                Ok(Ok(0)) => {}
                Ok(Ok(items)) => tracing::debug!(items, "expired items deleted"),
                Ok(Err(error)) => tracing::error!(%error, "expired items could not be deleted"),
                Err(error) => tracing::error!(%error, "expired items could not be deleted"),
            }
        }
    })
    .await;
}
