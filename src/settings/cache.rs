//! Whether and where tokens are kept, and which kept one is good enough.

use std::path::PathBuf;
use std::time::Duration;

use super::environment;
use super::setting::{Faults, Origin, Setting, named, tell_setting};
use crate::args::CacheArgs;
use crate::cache::directory::Directory;
use crate::duration;
use crate::error::Failure;
use crate::event::{Event, tell};

pub struct CacheSettings {
    /// `--min-ttl`, `CATENA_MIN_TTL`; `None` is the leeway.
    pub min_ttl: Setting<Option<Duration>>,
    /// `--refresh`.
    pub is_fresh: bool,
    /// `--cache-dir`, `CATENA_CACHE_DIR`, else below `XDG_CACHE_HOME` or `HOME`. `None` by `--no-cache` or
    /// `CATENA_NO_CACHE`, and where there is no home.
    pub directory: Option<Directory>,
}

const NAME: &str = "catena-token";

impl CacheSettings {
    /// `None` when a fault was noted.
    pub fn resolve(args: CacheArgs, faults: &mut Faults) -> Option<Self> {
        let min_ttl = named("--min-ttl", "CATENA_MIN_TTL");
        let min_ttl = min_ttl.value(args.min_ttl.map(Some), None, |text| duration::parse(text).map(Some));
        let shown = |min_ttl: &Option<Duration>| {
            min_ttl.map_or("30s, or a tenth of the lifetime".to_owned(), duration::display)
        };
        let min_ttl = faults.take("least time to live", min_ttl, shown);
        let is_fresh = args.refresh;
        let directory = place(args, faults);
        Some(Self { min_ttl: min_ttl?, is_fresh, directory: directory? })
    }
}

/// Where tokens are kept, if they are; `None` when a fault was noted.
pub fn place(args: CacheArgs, faults: &mut Faults) -> Option<Option<Directory>> {
    let is_off = faults.note("cache", no_cache(args.no_cache))?;
    Some(match (is_off.value, directory(args.cache_dir)) {
        (true, _) => {
            tell(Event::WithoutCache { why: &format!("tokens are neither kept nor looked for ({})", is_off.origin) });
            None
        }
        (false, None) => {
            tell(Event::WithoutCache { why: NO_HOME });
            None
        }
        (false, Some(directory)) => {
            tell_setting("cache directory", &directory, |directory| directory.path.to_string_lossy().into_owned());
            Some(directory.value)
        }
    })
}

/// Why there is no directory.
pub const NO_HOME: &str = "tokens are not kept: neither HOME nor --cache-dir says where";

fn no_cache(flag: bool) -> Result<Setting<bool>, Failure> {
    named("--no-cache", "CATENA_NO_CACHE").value(flag.then_some(true), false, |text| match text {
        "1" | "true" | "yes" | "on" => Ok(true),
        "0" | "false" | "no" | "off" => Ok(false),
        _ => Err("it is none of 1, true, yes, on, 0, false, no, off".to_owned()),
    })
}

/// Where tokens are kept; `None` where nothing says so. Relative XDG paths count as not set, as the specification
/// wants.
pub fn directory(flag: Option<PathBuf>) -> Option<Setting<Directory>> {
    let named = |path: PathBuf, origin| Some(Setting { value: Directory { path, base: None }, origin });
    if let Some(path) = flag {
        return named(path, Origin::Flag("--cache-dir"));
    }
    if let Some(path) = environment::get("CATENA_CACHE_DIR").into_value() {
        return named(path.into(), Origin::Variable("CATENA_CACHE_DIR"));
    }
    let absolute = |name| environment::get(name).into_value().map(PathBuf::from).filter(|path| path.is_absolute());
    if let Some(path) = absolute("XDG_CACHE_HOME") {
        return named(path.join(NAME), Origin::Variable("XDG_CACHE_HOME"));
    }
    absolute("HOME").map(|home| Setting {
        value: Directory { path: home.join(".cache").join(NAME), base: Some(home) },
        origin: Origin::Variable("HOME"),
    })
}
