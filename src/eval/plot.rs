//! The reliability diagram.

use std::fmt::Write as _;

use super::Bin;

/// An SVG of confidence against accuracy: a bar a bin, as wide as its bin, its size
/// written above it, and the line on which a calibrated model's bars end.
pub(crate) fn reliability_svg(title: &str, bins: &[Bin]) -> String {
    let (width, height, left, top) = (460.0, 440.0, 60.0, 50.0);
    let (w, h) = (width - left - 20.0, height - top - 60.0);
    let x = |value: f64| left + value * w;
    let y = |value: f64| top + (1.0 - value) * h;
    let mut svg = String::new();
    let _ = write!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"sans-serif\" font-size=\"12\" role=\"img\" aria-label=\"{title}\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
         <text x=\"{left}\" y=\"28\" font-size=\"15\" fill=\"#222\">{title}</text>\n"
    );
    for tick in 0..=5 {
        let value = f64::from(tick) / 5.0;
        let _ = writeln!(
            svg,
            "<line x1=\"{left}\" x2=\"{:.1}\" y1=\"{:.1}\" y2=\"{:.1}\" stroke=\"#ddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#444\">{value:.1}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#444\">{value:.1}</text>",
            left + w,
            y(value),
            y(value),
            left - 6.0,
            y(value) + 4.0,
            x(value),
            top + h + 18.0
        );
    }
    for bin in bins {
        let _ = writeln!(
            svg,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"#4477aa\"><title>{} verdicts, \
             confidence {:.2}, accuracy {:.2}</title></rect>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#222\">{}</text>",
            x(bin.from) + 2.0,
            y(bin.accuracy),
            (bin.to - bin.from) * w - 4.0,
            bin.accuracy * h,
            bin.n,
            bin.confidence,
            bin.accuracy,
            x(f64::midpoint(bin.from, bin.to)),
            y(bin.accuracy) - 4.0,
            bin.n
        );
    }
    let _ = write!(
        svg,
        "<line x1=\"{:.1}\" y1=\"{:.1}\" x2=\"{:.1}\" y2=\"{:.1}\" stroke=\"#cc3311\" stroke-dasharray=\"5 4\"/>\n\
         <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#222\">confidence</text>\n\
         <text x=\"16\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#222\" transform=\"rotate(-90 16 {:.1})\">part that is \
         right</text>\n</svg>\n",
        x(0.0),
        y(0.0),
        x(1.0),
        y(1.0),
        x(0.5),
        height - 16.0,
        y(0.5),
        y(0.5)
    );
    svg
}
