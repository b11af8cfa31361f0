//! What is printed: the format, and the variable's name in those that have one.

use super::setting::{Faults, Setting, named};
use crate::args::OutputArgs;
use crate::error::{Exit, Failure};
use crate::output::{EnvName, Format};

pub struct Output {
    /// `--format`, `--json`, `CATENA_FORMAT`; `token`.
    pub format: Setting<Format>,
    /// `--env-name`; `CATENA_TOKEN`.
    pub env_name: EnvName,
}

impl Output {
    /// `None` when a fault was noted.
    pub fn resolve(args: &OutputArgs, faults: &mut Faults) -> Option<Self> {
        let flag = if args.json { Some(Format::Json) } else { args.format };
        let name = if args.json { "--json" } else { "--format" };
        let format = named(name, "CATENA_FORMAT").value(flag, Format::Token, Format::parse);
        let format = faults.take("format", format, |format| format.name().to_owned())?;
        if args.env_name.is_some() && !format.value.has_env_name() {
            let why = format!("the format `{}` ({}) names no variable", format.value.name(), format.origin);
            let failure = Failure::new(Exit::Usage, "--env-name cannot be used", why)
                .hint("it goes with --format env, sh, fish or powershell");
            return faults.note("variable's name", Err(failure));
        }
        Some(Self { format, env_name: args.env_name.clone().unwrap_or_default() })
    }
}
