//! Memory, standard streams, and the released program.

mod linked_statically;
mod memory;
mod streams;
