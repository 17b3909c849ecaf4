//! What the servers of the program share: one thread, until Ctrl-C or SIGTERM.

use anyhow::{Context, Result};
use tokio::{runtime::Runtime, sync::watch};

/// Returns what becomes true with Ctrl-C or SIGTERM.
pub fn until_told() -> Result<watch::Receiver<bool>> {
    let (stop, stopped) = watch::channel(false);
    ctrlc::set_handler(move || {
        // Nobody listens any more: we are ending already.
        let _ = stop.send(true);
    })
    .context("failed to catch Ctrl-C")?;
    Ok(stopped)
}

/// Returns a runtime for the network, of this thread.
pub fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().context("failed to start the network runtime")
}
