//! The program `catena-token`; the library of the same name has all of it.

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    catena_token::run()
}

#[cfg(not(unix))]
fn main() {
    compile_error!("catena-token runs on Linux and macOS; on Windows, install it in WSL");
}
