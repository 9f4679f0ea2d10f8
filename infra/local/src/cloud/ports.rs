//! The ports of the services: free ones at first, the same ones after a restart.
//!
//! A client's presigned URL contains the port. It must still work after the runner was killed and restarted.

use std::io;
use std::path::Path;
use tokio::net::TcpListener;

/// Binds four listeners on the loopback address, on the folder's previous ports if they are free.
pub(super) async fn bind_as_before(dir: &Path) -> io::Result<[TcpListener; 4]> {
    let file = dir.join("ports.json");
    let former: [u16; 4] = std::fs::read(&file)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default();
    let [a, b, c, d] = former;
    let listeners = [bind(a).await?, bind(b).await?, bind(c).await?, bind(d).await?];
    let mut ports = Vec::with_capacity(listeners.len());
    for listener in &listeners {
        ports.push(listener.local_addr()?.port());
    }
    std::fs::write(&file, serde_json::to_vec(&ports)?)?;
    Ok(listeners)
}

async fn bind(port: u16) -> io::Result<TcpListener> {
    match TcpListener::bind(("127.0.0.1", port)).await {
        Err(_) if port != 0 => TcpListener::bind(("127.0.0.1", 0)).await,
        bound => bound,
    }
}
