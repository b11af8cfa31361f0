//! Standard streams, and the released program.

mod linked_statically;
mod streams;
