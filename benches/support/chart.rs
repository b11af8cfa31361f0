//! Lines over a number of processes, as a picture (SVG): both axes are logarithmic.

use std::fmt::Write as _;

/// One line: its name, its colour, and the points from left to right, a number of processes and seconds each.
pub struct Line {
    pub name: &'static str,
    pub colour: &'static str,
    /// Its name stands so much lower than its end: two lines may end at one place.
    pub lower: f64,
    pub points: Vec<(usize, f64)>,
}

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 80.0;
/// Room for the lines' names.
const RIGHT: f64 = 190.0;
const TOP: f64 = 50.0;
const BOTTOM: f64 = 60.0;

/// The lines' highest and lowest second are powers of ten, so that the axis has whole marks.
struct Axes {
    processes: (f64, f64),
    seconds: (f64, f64),
}

/// The whole picture; every line has a point at least.
pub fn draw(title: &str, lines: &[Line]) -> String {
    let points = || lines.iter().flat_map(|line| line.points.iter());
    let most = points().map(|point| point.0 as f64).fold(2.0, f64::max);
    let lowest = points().map(|point| point.1).fold(f64::MAX, f64::min).log10().floor();
    let highest = points().map(|point| point.1).fold(0.0, f64::max).log10().ceil();
    let axes = Axes { processes: (0.0, most.log10()), seconds: (lowest, highest) };
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="13">
<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>
<text x="{LEFT}" y="28" font-size="16" fill="#222222">{title}</text>"##
    );
    axes.draw(&mut svg, points().map(|point| point.0).collect());
    for line in lines {
        axes.draw_line(&mut svg, line);
    }
    svg.push_str("</svg>\n");
    svg
}

impl Axes {
    fn x(&self, processes: usize) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * ((processes as f64).log10() - self.processes.0)
            / (self.processes.1 - self.processes.0)
    }

    fn y(&self, seconds: f64) -> f64 {
        let share = (seconds.log10() - self.seconds.0) / (self.seconds.1 - self.seconds.0);
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * share
    }

    fn draw(&self, svg: &mut String, mut counts: Vec<usize>) {
        counts.sort_unstable();
        counts.dedup();
        let (right, bottom) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
        for count in counts {
            let x = self.x(count);
            let _ = writeln!(
                svg,
                r##"<text x="{x:.1}" y="{:.1}" text-anchor="middle" fill="#555555">{count}</text>"##,
                bottom + 20.0
            );
        }
        for power in self.seconds.0 as i32..=self.seconds.1 as i32 {
            let seconds = 10_f64.powi(power);
            let y = self.y(seconds);
            let name = if power < 0 { format!("{} ms", seconds * 1e3) } else { format!("{seconds} s") };
            let _ = writeln!(
                svg,
                r##"<line x1="{LEFT}" y1="{y:.1}" x2="{right}" y2="{y:.1}" stroke="#dddddd"/>
<text x="{:.1}" y="{:.1}" text-anchor="end" fill="#555555">{name}</text>"##,
                LEFT - 8.0,
                y + 4.0
            );
        }
        let _ = writeln!(
            svg,
            r##"<text x="{:.1}" y="{:.1}" text-anchor="middle" fill="#555555">processes started at once</text>"##,
            (LEFT + right) / 2.0,
            HEIGHT - 14.0
        );
    }

    fn draw_line(&self, svg: &mut String, Line { name, colour, lower, points }: &Line) {
        let places: Vec<String> =
            points.iter().map(|(count, seconds)| format!("{:.1},{:.1}", self.x(*count), self.y(*seconds))).collect();
        let _ = writeln!(
            svg,
            r#"<polyline points="{}" fill="none" stroke="{colour}" stroke-width="2"/>"#,
            places.join(" ")
        );
        for place in &places {
            let (x, y) = place.split_once(',').unwrap_or_default();
            let _ = writeln!(svg, r#"<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>"#);
        }
        let Some((count, seconds)) = points.last() else { return };
        let (x, y) = (self.x(*count) + 10.0, self.y(*seconds) + 4.0 + lower);
        let _ = writeln!(svg, r#"<text x="{x:.1}" y="{y:.1}" fill="{colour}">{name}</text>"#);
    }
}
