//! The one table, in Markdown.

use std::fmt;

use super::memory::Peaks;
use super::pairs::Pair;
use super::statistics::Quartiles;

pub struct Table {
    rival: &'static str,
    rows: Vec<Row>,
}

/// One figure. What there is nothing to say about stays empty.
#[derive(Default)]
pub struct Row {
    pub figure: String,
    pub ours: String,
    /// The other program's.
    pub theirs: String,
    pub ratio: String,
    pub goal: String,
}

impl Table {
    /// Beside the program `rival`.
    pub fn beside(rival: &'static str) -> Self {
        Self { rival, rows: Vec::new() }
    }

    pub fn add(&mut self, row: Row) {
        self.rows.push(row);
    }
}

impl Row {
    /// Times in turn: each one's median, and the median of the ratios with its quartiles.
    pub fn pairs(figure: &str, pairs: Vec<Pair>, goal: Option<f64>) -> Self {
        let milliseconds = |seconds: f64| format!("{:.2} ms", seconds * 1e3);
        let ratio = Quartiles::of(pairs.iter().map(|(ours, theirs)| ours / theirs));
        Self {
            figure: figure.to_owned(),
            ours: milliseconds(Quartiles::of(pairs.iter().map(|pair| pair.0)).median),
            theirs: milliseconds(Quartiles::of(pairs.iter().map(|pair| pair.1)).median),
            ratio: format!("{:.3} ({:.3} – {:.3})", ratio.median, ratio.first, ratio.third),
            goal: at_most(goal),
        }
    }

    pub fn memory(figure: &str, peaks: Peaks, goal: Option<f64>) -> Self {
        Self {
            figure: figure.to_owned(),
            ours: megabytes(peaks.ours),
            theirs: megabytes(peaks.theirs),
            ratio: format!("{:.3}", peaks.ours as f64 / peaks.theirs as f64),
            goal: at_most(goal),
        }
    }

    /// Two counts, or why there are none.
    pub fn counts(figure: &str, ours: Option<u64>, theirs: Option<u64>, missing: &str) -> Self {
        let shown = |count: Option<u64>| count.map_or_else(|| missing.to_owned(), |count| count.to_string());
        let ratio = ours
            .zip(theirs.filter(|theirs| *theirs > 0))
            .map(|(ours, theirs)| format!("{:.3}", ours as f64 / theirs as f64));
        Self {
            figure: figure.to_owned(),
            ours: shown(ours),
            theirs: shown(theirs),
            ratio: ratio.unwrap_or_default(),
            ..Self::default()
        }
    }
}

impl Row {
    /// The same row with the most that its first column may be.
    pub fn at_most(mut self, most: &str) -> Self {
        self.goal = format!("≤ {most}");
        self
    }
}

fn at_most(goal: Option<f64>) -> String {
    goal.map_or_else(String::new, |goal| format!("≤ {goal:.2}"))
}

/// Of 10^6 bytes.
pub fn megabytes(bytes: u64) -> String {
    format!("{:.2} MB", bytes as f64 / 1e6)
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| figure | catena-token | {} | ratio | goal |\n|---|---:|---:|---:|---:|", self.rival)?;
        for Row { figure, ours, theirs, ratio, goal } in &self.rows {
            writeln!(f, "| {figure} | {ours} | {theirs} | {ratio} | {goal} |")?;
        }
        Ok(())
    }
}
