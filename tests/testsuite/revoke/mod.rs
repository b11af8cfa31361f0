//! `catena-token revoke`.

mod all;
mod cached;
mod given;
mod races;
