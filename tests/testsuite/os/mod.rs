//! Memory, standard streams, and what is released: the program and the image.

mod image;
mod linked_statically;
mod memory;
mod streams;
