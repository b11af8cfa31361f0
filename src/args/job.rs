//! `exec` and `renew`: a command that runs with a token, and a file that is kept fresh.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, ValueHint};

use crate::output::EnvName;
use crate::token_file::Readers;

#[derive(Args)]
pub struct ExecArgs {
    /// The variable that holds the token
    ///
    /// [default: CATENA_TOKEN]
    #[arg(long, global = true, value_name = "NAME", value_parser = EnvName::parse, value_hint = ValueHint::Other,
        help_heading = "Command")]
    pub env_name: Option<EnvName>,
    /// Keep a token file fresh while CMD runs
    ///
    /// For a command that outlives a token: CATENA_TOKEN_FILE names the file, which holds a token that lives whenever it
    /// is read. It is removed at the end. Signals are passed on, and CMD's end is the end of this call.
    #[arg(long, help_heading = "Command")]
    pub renew: bool,
    /// Where that file is
    ///
    /// In a directory that nobody else can write to; the last one is made if it is missing. [default: a private directory
    /// in $XDG_RUNTIME_DIR, else /dev/shm]
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, requires = "renew", help_heading = "Command")]
    pub token_file: Option<PathBuf>,
    /// 0600, or 0640 for readers of its group
    ///
    /// [default: 0600]
    #[arg(long, value_name = "MODE", value_parser = Readers::parse, value_hint = ValueHint::Other,
        requires = "token_file", help_heading = "Command")]
    pub token_file_mode: Option<Readers>,
    /// The command and its arguments
    #[arg(required = true, trailing_var_arg = true, value_name = "CMD", value_hint = ValueHint::CommandWithArguments)]
    pub command: Vec<OsString>,
}

#[derive(Args)]
pub struct RenewArgs {
    /// The file that holds the token, and nothing else
    ///
    /// In a directory that nobody else can write to; the last one is made if it is missing. It is replaced as a whole,
    /// and stays when this call ends.
    #[arg(long, value_name = "PATH", value_hint = ValueHint::FilePath, help_heading = "File")]
    pub token_file: PathBuf,
    /// 0600, or 0640 for readers of its group
    ///
    /// [default: 0600]
    #[arg(long, value_name = "MODE", value_parser = Readers::parse, value_hint = ValueHint::Other,
        help_heading = "File")]
    pub token_file_mode: Option<Readers>,
}
