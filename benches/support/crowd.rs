//! Many processes at once: from the start of the first to the end of the last.

use std::process::Child;
use std::time::Instant;

use anyhow::{Result, bail};

use super::command::Client;

/// In seconds. All must succeed.
pub fn time(count: usize, client: &Client) -> Result<f64> {
    let started = Instant::now();
    let children = (0..count).map(|_| client.command().spawn()).collect::<Result<Vec<Child>, _>>()?;
    let mut failed = 0;
    for mut child in children {
        failed += usize::from(!child.wait()?.success());
    }
    if failed > 0 {
        bail!("{failed} of {count} calls of `{}` failed", client.program.display());
    }
    Ok(started.elapsed().as_secs_f64())
}
