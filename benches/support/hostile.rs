//! The memory that a server can make the client use.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail};
use catena_token_issuer::{Certificate, Issuer, Reply, Setup};

use super::command::Client;
use super::memory;
use super::pairs::Interrupt;
use super::table::{Row, megabytes};

/// What is read of a body at most.
const LARGEST_BODY: usize = 1024 * 1024;

/// The largest peak that any of the answers leads to, and the answer's name.
pub fn peak_memory(program: &Path, directory: &Path, interrupt: &Interrupt) -> Result<Row> {
    let mut worst = (0, "");
    for (name, reply) in replies() {
        interrupt.check()?;
        let peak = peak_with(program, reply, directory)?;
        worst = worst.max((peak, name));
    }
    if worst.0 == 0 {
        bail!("no peak memory was told");
    }
    Ok(Row {
        figure: format!("peak memory, the worst of {} hostile answers ({})", replies().len(), worst.1),
        ours: megabytes(worst.0),
        goal: "≤ 20 MB".to_owned(),
        ..Row::default()
    })
}

fn peak_with(program: &Path, reply: Reply, directory: &Path) -> Result<u64> {
    let issuer =
        Issuer::start(Setup { certificate: Some(Certificate::Good), replies: vec![reply], ..Setup::default() });
    let ca = directory.join("hostile.pem");
    fs::write(&ca, issuer.trusted_pem())?;
    let mut client = Client::new_token(program, &issuer.url(), &ca, directory);
    client.arguments.extend(["--retries".into(), "0".into()]);
    memory::peak(&client)
}

fn replies() -> Vec<(&'static str, Reply)> {
    let zeros = || vec![b'0'; 64 * 1024];
    let endless = |head: &str, piece: Vec<u8>| Reply::Endless { head: head.as_bytes().to_vec(), piece };
    let mut chunk = format!("{:x}\r\n", zeros().len()).into_bytes();
    chunk.extend([zeros(), b"\r\n".to_vec()].concat());
    let full = |status: u16, before: &str, piece: &str, after: &str| {
        let room = (LARGEST_BODY - before.len() - after.len()) / piece.len() - 1;
        let last = piece.trim_end_matches(',');
        Reply::json(status, &format!("{before}{}{last}{after}", piece.repeat(room)))
    };
    vec![
        ("a body of 1 GB", endless("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n", zeros())),
        ("a body without an end", endless("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunk)),
        ("a head without an end", endless("HTTP/1.1 200 OK\r\n", b"X-More: 0123456789\r\n".repeat(3000))),
        ("a header without an end", endless("HTTP/1.1 200 OK\r\nX-More: ", zeros())),
        ("answers that are none yet", endless("", b"HTTP/1.1 100 Continue\r\n\r\n".repeat(3000))),
        ("a token of 1 MiB", full(200, "{\"token_type\":\"Bearer\",\"access_token\":\"", "a", "\"}")),
        ("a token of 1 MiB of another type", full(200, "{\"token_type\":\"mac\",\"access_token\":\"", "a", "\"}")),
        ("a token of 1 MiB beside an error", full(200, "{\"error\":\"x\",\"access_token\":\"", "a", "\"}")),
        ("a list of numbers for a token", full(200, "{\"access_token\":[", "0,", "]}")),
        ("a list of lists for a token", full(200, "{\"access_token\":[", "[0],", "]}")),
        ("a list of objects for a token", full(200, "{\"access_token\":[", "{\"\":0},", "]}")),
        ("a refusal with a list of objects", full(400, "{\"more\":[", "{\"\":0},", "]}")),
        ("1 MiB of opening brackets", full(200, "{\"access_token\":", "[", "")),
        ("a refusal with 1 MiB of escapes", full(400, "{\"error_description\":\"", "\\u001b", "\"}")),
    ]
}
