//! What every benchmark stands on: the server, the programs, and a directory that is gone afterwards.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use super::command::{Client, find_program};
use super::machine;
use super::nginx::{Nginx, TOKEN};
use super::pairs::Interrupt;

/// The program that `cargo bench` built, with the profile of a release.
const BUILT: &str = env!("CARGO_BIN_EXE_catena-token");

pub struct Ground {
    pub interrupt: Interrupt,
    pub curl: PathBuf,
    pub server: Nginx,
    /// The program as an installer leaves it.
    pub ours: PathBuf,
    /// The same, linked statically, where BENCHMARKS.md's command has built it.
    pub linked_statically: Option<PathBuf>,
    nginx: PathBuf,
    directory: TempDir,
}

impl Ground {
    pub fn prepare() -> Result<Self> {
        Self::prepare_at(&[])
    }

    /// The server listens at these addresses of the machine, too.
    pub fn prepare_at(addresses: &[&str]) -> Result<Self> {
        let (curl, nginx) = (find_program("curl")?, find_program("nginx")?);
        let directory = tempfile::tempdir().context("no temporary directory")?;
        let interrupt = Interrupt::listen()?;
        let server = Nginx::start(&nginx, directory.path(), addresses)?;
        let ours = install(Path::new(BUILT), "catena-token")?;
        let linked_statically = find_static().map(|built| install(&built, "catena-token-static")).transpose()?;
        Ok(Self { interrupt, curl, server, ours, linked_statically, nginx, directory })
    }

    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// A call that finds a kept token, if there is one.
    pub fn cached(&self) -> Client {
        Client::cached(&self.server, &self.ours, &self.directory().join("cache"))
    }

    /// A file with the same token, and `cat`, which prints it.
    pub fn cat(&self) -> Result<(PathBuf, Client)> {
        let file = self.directory().join("token");
        fs::write(&file, format!("{}\n", TOKEN.trim()))?;
        let cat = Client::other(&find_program("cat")?, vec![file.clone().into()], &self.server.home);
        Ok((file, cat))
    }

    /// The request by curl, which trusts `ca`.
    pub fn curl(&self, ca: &Path) -> Client {
        Client::curl(&self.curl, &self.server.token_endpoint(), ca, &self.server.home)
    }

    /// What the figures were measured on, and how.
    pub fn describe(&self) -> Result<String> {
        Ok(format!("{}\n{}", machine::describe(&self.curl, &self.nginx)?, super::METHOD))
    }
}

/// A copy beside the benchmark. What a linker has written stands in the page cache in single pages, of which each is
/// mapped for itself; what was copied, as every installer does it, stands there in larger pieces, and starts faster.
pub fn install(built: &Path, name: &str) -> Result<PathBuf> {
    let copy = std::env::current_exe()?.with_file_name(name);
    // The old one may be running.
    let _ = fs::remove_file(&copy);
    fs::copy(built, &copy).with_context(|| format!("cannot write {}", copy.display()))?;
    Ok(copy)
}

/// `target/TRIPLE/release/catena-token`, where that is not what `cargo bench` builds.
fn find_static() -> Option<PathBuf> {
    let target = Path::new(BUILT).parent()?.parent()?;
    let triple = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    Some(target.join(triple).join("release/catena-token")).filter(|built| built.is_file())
}
