//! Streams, and the program that is released.

mod linked_statically;
mod streams;
