//! `catena-token inspect`.

mod claims;
mod verify;
mod verify_keys;
