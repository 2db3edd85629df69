//! Bars made of block characters.

use super::flow::{Page, Style};

/// Eighths of a block.
const PARTS: [&str; 8] = ["", "\u{258f}", "\u{258e}", "\u{258d}", "\u{258c}", "\u{258b}", "\u{258a}", "\u{2589}"];

/// A bar of `value` out of `most`, `width` columns wide at most, in eighths.
pub(super) fn bar(value: f64, most: f64, width: usize) -> String {
    let eighths = if most > 0.0 { (value.max(0.0) / most * (width * 8) as f64).round() as usize } else { 0 };
    let eighths = eighths.clamp(usize::from(value > 0.0), width * 8);
    "\u{2588}".repeat(eighths / 8) + PARTS[eighths % 8]
}

/// The share: PM's part filled from the left, PMM's shaded from the right.
pub(super) fn share(page: Page, share: f64, width: usize) -> String {
    let filled = column(share, width);
    let pm = page.paint(Style::Pm, &"\u{2588}".repeat(filled));
    pm + &page.paint(Style::Pmm, &"\u{2592}".repeat(width - filled))
}

/// The interval below the share's bar: `├──┤`.
pub(super) fn interval([low, high]: [f64; 2], width: usize) -> String {
    let last = width.saturating_sub(1);
    let (low, high) = (column(low, width).min(last), column(high, width).saturating_sub(1).min(last));
    if high <= low {
        return " ".repeat(low) + "\u{2502}";
    }
    " ".repeat(low) + "\u{251c}" + &"\u{2500}".repeat(high - low - 1) + "\u{2524}"
}

fn column(part: f64, width: usize) -> usize {
    ((part.clamp(0.0, 1.0) * width as f64).round() as usize).min(width)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars() {
        let page = Page { width: 80, colour: false };
        assert_eq!(bar(1.0, 2.0, 4), "\u{2588}\u{2588}");
        assert_eq!(bar(0.001, 2.0, 4), "\u{258f}");
        assert_eq!(bar(0.0, 0.0, 4), "");
        assert_eq!(share(page, 0.75, 4), "\u{2588}\u{2588}\u{2588}\u{2592}");
        assert_eq!(interval([0.0, 1.0], 4), "\u{251c}\u{2500}\u{2500}\u{2524}");
        assert_eq!(interval([1.0, 1.0], 4), "   \u{2502}");
    }
}
