//! Bars drawn with block characters.

use super::page::{Page, Style};

/// A block filled to 0 to 7 eighths.
const EIGHTHS: [&str; 8] = ["", "\u{258f}", "\u{258e}", "\u{258d}", "\u{258c}", "\u{258b}", "\u{258a}", "\u{2589}"];

/// A bar for `value`; `max` fills `width` columns. Values above 0 draw at least an eighth of a block.
pub(super) fn bar(value: f64, max: f64, width: usize) -> String {
    let eighths = if max > 0.0 { (value.max(0.0) / max * (width * 8) as f64).round() as usize } else { 0 };
    let eighths = eighths.clamp(usize::from(value > 0.0), width * 8);
    "\u{2588}".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}

/// The PM share: the PM part solid from the left, the PMM part shaded.
pub(super) fn share(page: Page, share: f64, width: usize) -> String {
    let filled = column(share, width);
    let pm = page.paint(Style::Pm, &"\u{2588}".repeat(filled));
    pm + &page.paint(Style::Pmm, &"\u{2592}".repeat(width - filled))
}

/// The interval below the share's bar: `├──┤`.
pub(super) fn interval(rolecall::Interval { low, high }: rolecall::Interval, width: usize) -> String {
    let last = width.saturating_sub(1);
    let (low, high) = (column(low, width).min(last), column(high, width).saturating_sub(1).min(last));
    if high <= low {
        return " ".repeat(low) + "\u{2502}";
    }
    " ".repeat(low) + "\u{251c}" + &"\u{2500}".repeat(high - low - 1) + "\u{2524}"
}

fn column(share: f64, width: usize) -> usize {
    (share.clamp(0.0, 1.0) * width as f64).round() as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars() {
        let page = Page { width: 80, color: false };
        assert_eq!(bar(1.0, 2.0, 4), "\u{2588}\u{2588}");
        assert_eq!(bar(0.001, 2.0, 4), "\u{258f}");
        assert_eq!(bar(0.0, 0.0, 4), "");
        assert_eq!(share(page, 0.75, 4), "\u{2588}\u{2588}\u{2588}\u{2592}");
        assert_eq!(interval([0.0, 1.0].into(), 4), "\u{251c}\u{2500}\u{2500}\u{2524}");
        assert_eq!(interval([1.0, 1.0].into(), 4), "   \u{2502}");
    }
}
