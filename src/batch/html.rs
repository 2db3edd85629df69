//! Pieces of a page: numbers made readable, bars.

use super::quantify::Estimate;

/// A part as a percentage: `12.3%`.
pub(crate) fn percent(part: f64) -> String {
    format!("{:.1}%", part * 100.0)
}

/// `part` of `whole`, nothing of nothing.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A bar of `class` filled to `part`, 0 to 1.
pub(crate) fn bar(class: &str, part: f64) -> String {
    format!("<span class=\"bar\"><i class=\"{class}\" style=\"width:{:.2}%\"></i></span>", part.clamp(0.0, 1.0) * 100.0)
}

/// A share of one label with its interval.
pub(crate) fn estimate(estimate: &Estimate, label: usize) -> String {
    let range = |number: f64| format!("{:.0}", number * 100.0);
    format!(
        "{} <small>{}–{}</small>",
        percent(estimate.share[label]),
        range(estimate.low[label]),
        range(estimate.high[label])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        assert_eq!(percent(0.1234), "12.3%");
        assert!(bar("pm", 2.0).contains("width:100.00%"));
    }
}
