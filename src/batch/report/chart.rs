//! Charts of the page, as SVG.

use std::fmt::Write as _;

use htmlize::escape_all_quotes as escape;

use super::stats::{LabelCounts, size};
use crate::explain::numbers::grouped;
use crate::model::Label;

/// Size of a chart in its own units, and the margins for its axes.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 220.0;
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 34.0;
const TOP: f64 = 10.0;

/// Maximum number of periods named below the axis.
const MAX_NAMES: usize = 12;

/// A round number of at least `max`, for the top of an axis.
fn axis_top(max: u64) -> u64 {
    let mut step = 1;
    loop {
        for factor in [1, 2, 5] {
            if step * factor * 2 >= max.max(2) {
                return step * factor * 2;
            }
        }
        step *= 10;
    }
}

/// Postings by label in each period, as stacked columns with both axes.
pub(crate) fn series(out: &mut String, groups: &[(&str, &LabelCounts)]) {
    let top = axis_top(groups.iter().map(|(_, counts)| size(counts)).max().unwrap_or(0));
    let (plot, step) = (HEIGHT - TOP - BOTTOM, (WIDTH - LEFT) / groups.len().max(1) as f64);
    let _ = write!(
        out,
        "<svg class=\"series\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"Postings by period and label\">"
    );
    for tick in [0, top / 2, top] {
        let y = TOP + plot * (1.0 - tick as f64 / top as f64);
        let _ = write!(
            out,
            "\n<line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y:.1}\" y2=\"{y:.1}\"/><text x=\"{:.1}\" y=\"{:.1}\" \
             text-anchor=\"end\">{}</text>",
            LEFT - 6.0,
            y + 4.0,
            grouped(tick)
        );
    }
    let every = groups.len().div_ceil(MAX_NAMES).max(1);
    for (at, (name, counts)) in groups.iter().enumerate() {
        let x = LEFT + step * at as f64;
        let mut y = TOP + plot;
        for label in Label::ALL {
            let height = plot * counts[label] as f64 / top as f64;
            if height <= 0.0 {
                continue;
            }
            y -= height;
            let _ = write!(
                out,
                "\n<rect class=\"fill-{label}\" x=\"{:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{height:.1}\">\
                 <title>{}, {label}: {}</title></rect>",
                x + step * 0.1,
                step * 0.8,
                escape(*name),
                grouped(counts[label])
            );
        }
        if at % every == 0 {
            let _ = write!(
                out,
                "\n<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>",
                x + step / 2.0,
                HEIGHT - BOTTOM + 16.0,
                escape(*name)
            );
        }
    }
    let _ = writeln!(
        out,
        "\n<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">period; height: number of postings</text>\n</svg>",
        LEFT + (WIDTH - LEFT) / 2.0,
        HEIGHT - 2.0
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_end_at_round_numbers() {
        for (max, top) in [(0, 2), (1, 2), (2, 2), (3, 4), (7, 10), (11, 20), (99, 100), (101, 200), (4321, 10_000)] {
            assert_eq!(axis_top(max), top, "{max}");
        }
    }

    /// By hand: 176 units for an axis to 4, so 44 for a posting; 332 for a period, 0.8 of them filled.
    #[test]
    fn bars_and_names_are_where_the_axes_say() {
        let (first, second) = ([1, 0, 2, 1].into(), [0, 1, 0, 0].into());
        let mut out = String::new();
        series(&mut out, &[("2024-01", &first), ("<2>", &second)]);
        let tick = |y: &str, below: &str, number: &str| {
            format!(
                r#"<line x1="56" x2="720" y1="{y}" y2="{y}"/><text x="50.0" y="{below}" text-anchor="end">{number}</text>"#
            )
        };
        let bar = |label: &str, x: &str, y: &str, height: &str, title: &str| {
            format!(
                r#"<rect class="fill-{label}" x="{x}" y="{y}" width="265.6" height="{height}"><title>{title}</title></rect>"#
            )
        };
        let name =
            |x: &str, y: &str, text: &str| format!(r#"<text x="{x}" y="{y}" text-anchor="middle">{text}</text>"#);
        assert_eq!(
            out.lines().skip(1).collect::<Vec<_>>(),
            [
                tick("186.0", "190.0", "0"),
                tick("98.0", "102.0", "2"),
                tick("10.0", "14.0", "4"),
                bar("pm", "89.2", "142.0", "44.0", "2024-01, pm: 1"),
                bar("hybrid", "89.2", "54.0", "88.0", "2024-01, hybrid: 2"),
                bar("unclear", "89.2", "10.0", "44.0", "2024-01, unclear: 1"),
                name("222.0", "202.0", "2024-01"),
                bar("pmm", "421.2", "142.0", "44.0", "&lt;2&gt;, pmm: 1"),
                name("554.0", "202.0", "&lt;2&gt;"),
                name("388.0", "218.0", "period; height: number of postings"),
                "</svg>".to_owned(),
            ]
        );
    }

    #[test]
    fn of_13_periods_every_second_is_named() {
        let counts = [1, 0, 0, 0].into();
        let names: Vec<_> = (10..23).map(|day| format!("2024-01-{day}")).collect();
        let mut out = String::new();
        series(&mut out, &names.iter().map(|name| (name.as_str(), &counts)).collect::<Vec<_>>());
        let named: Vec<_> = names.iter().filter(|name| out.contains(&format!(">{name}</text>"))).collect();
        assert_eq!(named, names.iter().step_by(2).collect::<Vec<_>>());
    }
}
