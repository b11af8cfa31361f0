//! Draws a terminal session as an SVG picture, from a real run: `cargo demo -- --draw docs/session.svg`.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use catena_token_issuer::{CLIENT_ID, CLIENT_SECRET, Issuer};

const SESSION: [&str; 5] = [
    "export CATENA_CLIENT_ID=acme CATENA_CLIENT_SECRET_FILE=~/.config/catena-secret",
    "catena-token",
    "catena-token inspect",
    "catena-token exec -- sh -c 'echo \"a token of ${#CATENA_TOKEN} characters\"'",
    "catena-token --client-secret-file old-secret; echo $?",
];

/// In characters.
const WIDTH: usize = 96;

/// The size of a character, in units of the picture.
const SIZE: (usize, usize) = (8, 20);

/// The picture of a session with `issuer`, whose files are in `home`.
pub fn draw(issuer: &Issuer, home: &Path) -> std::io::Result<String> {
    std::fs::create_dir_all(home.join(".config"))?;
    std::fs::write(home.join(".config/catena-secret"), CLIENT_SECRET)?;
    std::fs::write(home.join("old-secret"), "a secret that was replaced")?;
    let program = Path::new(env!("CARGO_BIN_EXE_catena-token")).parent().unwrap_or(Path::new("/"));
    let path = std::env::var("PATH").unwrap_or_default();
    let mut lines = Vec::new();
    for command in SESSION {
        lines.push(format!("$ {command}"));
        let output = Command::new("sh")
            .args(["-c", &format!("{command}\n")])
            .env_clear()
            .env("PATH", format!("{}:{path}", program.display()))
            .env("HOME", home)
            .env("CATENA_ISSUER", issuer.url())
            .env("CATENA_CLIENT_ID", CLIENT_ID)
            .env("CATENA_CLIENT_SECRET_FILE", home.join(".config/catena-secret"))
            .current_dir(home)
            .output()?;
        let shown = [&output.stderr[..], &output.stdout[..]].concat();
        // The reader's issuer is the default one.
        let (own, default) = (format!("localhost:{}", issuer.port()), "auth.catenatelematics.com");
        let shown = String::from_utf8_lossy(&shown).replace(&format!("http://{own}"), &format!("https://{default}"));
        let shown = shown.replace(&own, default);
        lines.extend(shown.lines().flat_map(fold));
    }
    Ok(svg(&lines))
}

/// A token is cut, and any other long line is broken between words.
fn fold(line: &str) -> Vec<String> {
    if line.starts_with("eyJ") {
        return vec![line.chars().take(WIDTH - 1).chain(['\u{2026}']).collect()];
    }
    let mut lines = vec![String::new()];
    for word in line.split_inclusive(' ') {
        if lines.last().is_some_and(|last| last.chars().count() + word.trim_end().chars().count() > WIDTH) {
            lines.push(String::new());
        }
        lines.last_mut().into_iter().for_each(|last| last.push_str(word));
    }
    lines
}

fn svg(lines: &[String]) -> String {
    let (width, height) = ((WIDTH + 4) * SIZE.0, (lines.len() + 2) * SIZE.1);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>A session with catena-token</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"#1b1f24\"/>\n\
         <g font-family=\"ui-monospace, Menlo, Consolas, monospace\" font-size=\"13\" fill=\"#d1d7de\">\n"
    );
    for (number, line) in lines.iter().enumerate() {
        let y = (number + 1) * SIZE.1 + SIZE.1 / 2;
        let weight = if line.starts_with("$ ") { " font-weight=\"bold\" fill=\"#ffffff\"" } else { "" };
        // Fonts differ in width: each line gets its own.
        let length = line.chars().count() * SIZE.0;
        let text = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            svg,
            "<text x=\"16\" y=\"{y}\" xml:space=\"preserve\" textLength=\"{length}\"{weight}>{text}</text>"
        );
    }
    svg + "</g>\n</svg>\n"
}
