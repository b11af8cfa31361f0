//! The arguments of a subcommand, which are built only when it is named.
//!
//! clap builds every subcommand of a command line that names another one, or none: that is a hundred options for
//! nothing.

use clap::error::Error;
use clap::{ArgMatches, Args, Command, FromArgMatches};

#[cfg_attr(test, derive(PartialEq))]
pub struct Deferred<T>(pub T);

impl<T: Args> Args for Deferred<T> {
    fn augment_args(command: Command) -> Command {
        command.defer(T::augment_args)
    }

    fn augment_args_for_update(command: Command) -> Command {
        command.defer(T::augment_args_for_update)
    }
}

impl<T: FromArgMatches> FromArgMatches for Deferred<T> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, Error> {
        T::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), Error> {
        self.0.update_from_arg_matches(matches)
    }
}
