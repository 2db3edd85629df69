//! Pieces of the HTML report.

use htmlize::escape_all_quotes as escape;

use super::quantification::Estimate;
use crate::model::Label;

/// The name of a label.
pub(crate) fn name(label: Label) -> &'static str {
    match label {
        Label::Pm => "Product management",
        Label::Pmm => "Product marketing",
        Label::Hybrid => "Hybrid of both",
        Label::Unclear => "Unclear",
    }
}

/// A fraction as a percentage: `12.3%`.
pub(crate) fn percent(fraction: f64) -> String {
    format!("{:.1}%", fraction * 100.0)
}

/// `part` divided by `whole`; 0 if `whole` is.
pub(crate) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A bar in the color of `class`, filled to `fraction`.
pub(crate) fn bar(class: &str, fraction: f64) -> String {
    let width = fraction.clamp(0.0, 1.0) * 100.0;
    format!("<span class=\"bar\"><i class=\"{class}\" style=\"width:{width:.2}%\"></i></span>")
}

/// The bounds of an interval in percent, with as many decimals as its width asks for.
pub(crate) fn bounds(low: f64, high: f64) -> [String; 2] {
    let decimals = match high - low {
        0.05.. => 0,
        0.005.. => 1,
        0.0005.. => 2,
        0.00005.. => 3,
        _ => 4,
    };
    [low, high].map(|bound| format!("{:.decimals$}", bound * 100.0))
}

/// An interval in words.
pub(crate) fn interval(low: f64, high: f64) -> String {
    let [low, high] = bounds(low, high);
    format!("95% interval {low}% to {high}%")
}

/// The share of one label with its interval.
pub(crate) fn share(estimate: &Estimate, label: Label) -> String {
    let [low, high] = bounds(estimate.low[label], estimate.high[label]);
    format!("{} <small>{low}–{high}</small>", percent(estimate.share[label]))
}

/// An adjusted share in small print.
pub(crate) fn adjusted(estimate: &Estimate, label: Label) -> String {
    format!("<span class=\"estimate\"><small>adjusted</small> {}</span>", share(estimate, label))
}

/// A label after a square of its color; also for claims of titles that are not labels.
pub(crate) fn key(label: &str) -> String {
    let class = if Label::ALL.iter().any(|known| known.as_str() == label) { label } else { "unclear" };
    format!("<span class=\"label\"><span class=\"key {class}\"></span>{}</span>", escape(label))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ByLabel;

    #[test]
    fn numbers() {
        assert_eq!(percent(0.1234), "12.3%");
        assert_eq!((ratio(1, 4), ratio(3, 0)), (0.25, 0.0));
        assert!(bar("pm", 2.0).contains("width:100.00%"));
        assert!(bar("pm", 0.125).contains("width:12.50%"));
        let estimate = Estimate { share: ByLabel::splat(0.5), low: ByLabel::splat(0.054), high: ByLabel::splat(0.946) };
        assert_eq!(share(&estimate, Label::Pm), "50.0% <small>5–95</small>");
        for (low, high, expected) in [
            (0.004, 0.056, "95% interval 0% to 6%"),
            (0.004, 0.04, "95% interval 0.4% to 4.0%"),
            (0.0001, 0.0032, "95% interval 0.01% to 0.32%"),
            (0.5, 0.504, "95% interval 50.00% to 50.40%"),
            (0.5, 0.5001, "95% interval 50.000% to 50.010%"),
            (0.0, 0.000_006, "95% interval 0.0000% to 0.0006%"),
        ] {
            assert_eq!(interval(low, high), expected);
        }
        assert_eq!(
            adjusted(&estimate, Label::Pm),
            "<span class=\"estimate\"><small>adjusted</small> 50.0% <small>5–95</small></span>"
        );
    }

    #[test]
    fn labels_have_names_and_keys_in_their_colors() {
        let names = ["Product management", "Product marketing", "Hybrid of both", "Unclear"];
        assert_eq!(Label::ALL.map(name), names);
        for (label, class, text) in
            [("pm", "pm", "pm"), ("hybrid", "hybrid", "hybrid"), ("<x>", "unclear", "&lt;x&gt;")]
        {
            let expected = format!("<span class=\"label\"><span class=\"key {class}\"></span>{text}</span>");
            assert_eq!(key(label), expected);
        }
    }
}
