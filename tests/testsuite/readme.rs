//! README: every command block is run.
