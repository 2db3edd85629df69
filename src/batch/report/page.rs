//! The report of a run: one HTML page that loads nothing.

use std::fmt::Write as _;

use htmlize::escape_all_quotes as escape;

use super::evaluation::{Errors, Evaluation, ReliabilityBin};
use super::groups;
use super::html::{bar, bounds, interval, key, name, percent, ratio};
use super::quantification::{Estimate, adjusted_shares, observed_shares};
use super::stats::{MAX_MISMATCHES, PM_SHARE_BINS, ReportStats};
use super::summary::Summary;
use crate::explain::numbers::grouped;
use crate::explain::sanitize::for_terminal;
use crate::model::{Duty, Label, Role};
use crate::proportion::wilson95;

/// Duties shown for each role.
const DUTIES: usize = 12;

/// What the page says besides the statistics.
pub(crate) struct Context<'a> {
    /// Name of the input.
    pub input: &'a str,
    /// Name of the file with the rejected rows, if there are any.
    pub rejects: Option<&'a str>,
    pub group_by: Option<&'a str>,
    /// The position of the column of periods among those of a group, if rows are grouped by period.
    pub period_at: Option<usize>,
    pub model: &'a str,
    pub lens: &'a str,
    pub min_confidence: f64,
    /// Whether the title of a posting is a prior for its label.
    pub uses_titles: bool,
    pub evaluation: &'a Evaluation,
    pub duties: &'a [Duty],
}

/// Writes the page.
pub(crate) fn page(context: &Context<'_>, summary: &Summary) -> String {
    let none = ReportStats::default();
    let stats = summary.stats.report.as_deref().unwrap_or(&none);
    let mut out = String::new();
    head(&mut out, context, summary);
    labels(&mut out, context, summary);
    pm_shares(&mut out, stats);
    duties(&mut out, context, stats, summary);
    titles(&mut out, stats);
    if let Some(column) = context.group_by {
        groups::section(&mut out, column, context, stats);
    }
    accuracy(&mut out, context, stats, summary);
    rejects(&mut out, context, summary);
    methods(&mut out, context);
    let _ = write!(
        out,
        "<footer>Created by rolecall {} with the model {} and the lens {}.</footer>\n</main>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        escape(context.model),
        escape(context.lens)
    );
    out
}

fn head(out: &mut String, context: &Context<'_>, summary: &Summary) {
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>Rolecall: {name}</title>\n<style>\n{css}</style>\n</head>\n<body>\n<main>\n\
         <h1>{name}</h1>\n<p class=\"soft\">Job postings classified by their {basis}: product management, product \
         marketing, a hybrid of both, or unclear.</p>\n<dl class=\"figures\">",
        name = escape(context.input),
        css = include_str!("page.css"),
        basis = if context.uses_titles { "duties and, where there are any, titles" } else { "duties" }
    );
    let share = summary.mean_share.map_or_else(|| "–".to_owned(), |share| format!("{share:.2}"));
    let confidence = summary.mean_confidence.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.2}"));
    for (name, figure) in [
        ("postings", grouped(summary.rows)),
        ("rejected rows", grouped(summary.rejects)),
        ("mean PM share", share),
        ("mean confidence", confidence),
    ] {
        let _ = write!(out, "\n<div><dt>{name}</dt><dd>{figure}</dd></div>");
    }
    out.push_str("\n</dl>\n");
}

fn labels(out: &mut String, context: &Context<'_>, summary: &Summary) {
    let counts = &summary.stats.labels;
    out.push_str("<section>\n<h2>Labels</h2>\n<div class=\"bars\">\n");
    let errors = context.evaluation.errors.as_ref().ok().filter(|_| summary.rows > 0);
    let estimate = errors.map(|errors| adjusted_shares(counts, errors));
    let observed = observed_shares(counts);
    let with_interval = |estimate: &Estimate, label: Label| {
        let interval = interval(estimate.low[label], estimate.high[label]);
        format!("{}, <small>{interval}</small>", percent(estimate.share[label]))
    };
    for (label, &count) in counts.iter() {
        let adjusted = |estimate| format!("<br><small>adjusted</small> {}", with_interval(estimate, label));
        let _ = writeln!(
            out,
            "<span>{}</span>{}<span>{} <span class=\"estimate\">{}{}</span></span>",
            name(label),
            bar(label.as_str(), observed.share[label]),
            grouped(count),
            if summary.rows > 0 { with_interval(&observed, label) } else { percent(0.0) },
            estimate.as_ref().map_or_else(String::new, adjusted)
        );
    }
    out.push_str("</div>\n");
    let reasons: Vec<_> = summary
        .reasons()
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| format!("{} {}", reason.as_str().replace('_', " "), grouped(count)))
        .collect();
    if !reasons.is_empty() {
        let _ = writeln!(
            out,
            "<p class=\"soft\" style=\"margin:.75rem 0 0\">Reasons for unclear: {}.</p>",
            reasons.join(", ")
        );
    }
    if estimate.is_some() {
        out.push_str(
            "<p class=\"soft\" style=\"margin:.75rem 0 0\">Adjusted for the model’s known errors: see Methods.</p>\n",
        );
    }
    out.push_str("</section>\n");
}

fn pm_shares(out: &mut String, stats: &ReportStats) {
    out.push_str("<section>\n<h2>PM share</h2>\n");
    let highest = stats.pm_shares.iter().copied().max().unwrap_or(0);
    if highest == 0 {
        out.push_str("<p class=\"soft\">No posting has duties that belong to one role.</p>\n</section>\n");
        return;
    }
    let _ = write!(
        out,
        "<p class=\"soft\">The share of product management among the duties that belong to one role, for postings that \
         are not unclear.</p>\n<div class=\"plot\"><div class=\"axis\"><span>{}</span><span>postings</span><span>0</span></div>\n<div class=\"histogram\" role=\"img\" aria-label=\"Histogram of PM share\">",
        grouped(highest)
    );
    for (at, (from, to, count)) in stats.pm_share_bins().enumerate() {
        // From 0.3 to 0.7 both roles have a substantial share.
        let class = match at * 10 / PM_SHARE_BINS {
            0..3 => "pmm",
            3..7 => "hybrid",
            _ => "pm",
        };
        let _ = write!(
            out,
            "\n<i class=\"{class}\" style=\"height:{:.2}%\" title=\"{from:.2} to {to:.2}: {}\"></i>",
            ratio(count, highest) * 100.0,
            grouped(count)
        );
    }
    out.push_str("\n</div>\n<div class=\"scale\"><span>0 = all product marketing</span><span>0.5</span><span>1 = all product management</span></div></div>\n</section>\n");
}

fn duties(out: &mut String, context: &Context<'_>, stats: &ReportStats, summary: &Summary) {
    out.push_str(
        "<section>\n<h2>Most frequent duties</h2>\n<p class=\"soft\">Number of postings in which a duty is among the \
         clearest evidence for the role.</p>\n<div class=\"columns\">\n",
    );
    for role in Role::ALL {
        let sorted = stats.duties_by_frequency(role);
        let highest = sorted.first().map_or(0, |(_, count)| *count);
        let label = if role == Role::Pm { Label::Pm } else { Label::Pmm };
        let _ = writeln!(out, "<div>\n<h3>{}</h3>\n<div class=\"bars duties\">", name(label));
        for (id, count) in sorted.into_iter().take(DUTIES) {
            let duty = context.duties.iter().find(|duty| duty.id == id).map_or(id, |duty| duty.name.as_str());
            let _ = writeln!(
                out,
                "<span>{}</span>{}<span>{} <span class=\"soft\">{}</span></span>",
                escape(duty),
                bar(role.as_str(), ratio(count, highest)),
                grouped(count),
                percent(ratio(count, summary.rows))
            );
        }
        out.push_str("</div>\n");
        if highest == 0 {
            out.push_str("<p class=\"soft\">None found.</p>\n");
        }
        out.push_str("</div>\n");
    }
    out.push_str("</div>\n</section>\n");
}

fn titles(out: &mut String, stats: &ReportStats) {
    out.push_str("<section>\n<h2>Titles that disagree with their duties</h2>\n");
    if stats.compared_titles == 0 {
        out.push_str("<p class=\"soft\">No posting has a title that claims a role.</p>\n</section>\n");
        return;
    }
    let _ = writeln!(
        out,
        "<p class=\"soft\">{} of {} titles ({}) claim a different role than the duties show.</p>",
        grouped(stats.mismatched_titles),
        grouped(stats.compared_titles),
        percent(ratio(stats.mismatched_titles, stats.compared_titles))
    );
    if !stats.mismatches.is_empty() {
        let _ = writeln!(
            out,
            "<p class=\"soft\">At most {MAX_MISMATCHES} are listed, highest confidence by duties first. A title that \
             occurs several times with the same label by duties is listed once.</p>\n\
             <div class=\"scroll\"><table>\n<tr><th>Title</th><th>title claims</th><th>by duties alone</th>\
             <th class=\"number\">confidence</th><th class=\"number optional\">row</th></tr>",
        );
        for mismatch in &stats.mismatches {
            let _ = writeln!(
                out,
                "<tr><td class=\"name wide\">{}</td><td>{}</td><td>{}</td><td class=\"number\">{:.2}</td>\
                 <td class=\"number optional\">{}</td></tr>",
                escape(&*for_terminal(&mismatch.title)),
                key(&mismatch.claim),
                key(&mismatch.label),
                1.0 - mismatch.uncertainty as f64 / 1e6,
                grouped(mismatch.row)
            );
        }
        out.push_str("</table></div>\n");
    }
    out.push_str("</section>\n");
}

fn accuracy(out: &mut String, context: &Context<'_>, stats: &ReportStats, summary: &Summary) {
    out.push_str("<section>\n<h2>Accuracy</h2>\n");
    let figures = &context.evaluation.figures;
    let mut parts = Vec::new();
    for (name, figure) in [
        ("accuracy", figures.accuracy),
        ("macro-F1", figures.macro_f1),
        ("calibration error", figures.calibration_error),
    ] {
        if let Some(figure) = figure {
            parts.push(format!("{name} {figure:.3}"));
        }
    }
    if let Some(n) = figures.n.filter(|_| !parts.is_empty()) {
        let figures = parts.join(", ");
        let _ = writeln!(out, "<p>On {} labeled postings the model has {figures}.</p>", grouped(n));
    } else {
        let reason = context.evaluation.errors.as_ref().err().copied().unwrap_or("its report gives no figures");
        let _ = writeln!(out, "<p>The accuracy of these labels is unknown: {reason}.</p>");
    }
    let _ = writeln!(
        out,
        "<p class=\"soft\">The confidence of a verdict is the estimated probability that it is correct. For each range \
         of confidence, the table has the share of correct verdicts on the labeled postings, with its 95% interval \
         (Wilson), which is wide where there are few of them. The last column counts the {} postings of this file.</p>",
        grouped(summary.rows)
    );
    out.push_str(
        "<div class=\"scroll\"><table>\n<tr><th>confidence</th><th class=\"number\">labeled postings</th>\
         <th class=\"number\">correct</th><th class=\"number\">postings in this file</th></tr>\n",
    );
    for (from, to, here) in stats.confidence_bins() {
        let bins = figures.reliability.as_deref().unwrap_or_default();
        let bin = bins.iter().find(|bin| (bin.from - from).abs() < 0.01 && (bin.to - to).abs() < 0.01 && bin.n > 0);
        if here == 0 && bin.is_none() {
            continue;
        }
        let correct = |bin: &ReliabilityBin| {
            let [low, high] = wilson95(bin.accuracy, bin.n as usize);
            let [low, high] = bounds(low, high);
            (grouped(bin.n), format!("{} <small>{low}–{high}</small>", percent(bin.accuracy)))
        };
        let (n, correct) = bin.map_or_else(|| ("–".to_owned(), "–".to_owned()), correct);
        let _ = writeln!(
            out,
            "<tr><td>{from:.1} to {to:.1}</td><td class=\"number\">{n}</td><td class=\"number\">{correct}</td>\
             <td class=\"number\">{} <span class=\"soft\">{}</span></td></tr>",
            grouped(here),
            percent(ratio(here, summary.rows))
        );
    }
    out.push_str("</table></div>\n</section>\n");
}

fn rejects(out: &mut String, context: &Context<'_>, summary: &Summary) {
    out.push_str("<section>\n<h2>Rejected rows</h2>\n");
    if summary.rejects == 0 {
        out.push_str("<p class=\"soft\">None.</p>\n");
    } else {
        let _ = writeln!(
            out,
            "<p class=\"soft\">{} rows could not be read or classified. They are in {} with their positions and contents.</p>\n\
             <div class=\"bars\">",
            grouped(summary.rejects),
            escape(context.rejects.unwrap_or("the rejects file"))
        );
        for (reason, count) in summary.reject_reasons().filter(|(_, count)| *count > 0) {
            let _ = writeln!(
                out,
                "<span>{}</span>{}<span>{}</span>",
                reason.as_str().replace('_', " "),
                bar("unclear", ratio(count, summary.rejects)),
                grouped(count)
            );
        }
        out.push_str("</div>\n");
    }
    for (count, what) in
        [(summary.padded_rows, "rows with missing fields, left empty"), (summary.empty_lines, "empty lines skipped")]
    {
        if count > 0 {
            let _ = writeln!(out, "<p class=\"soft\" style=\"margin:.75rem 0 0\">{what}: {}.</p>", grouped(count));
        }
    }
    out.push_str("</section>\n");
}

fn methods(out: &mut String, context: &Context<'_>) {
    out.push_str("<section>\n<h2>Methods</h2>\n<p class=\"soft\">Each posting has its most probable label");
    if context.min_confidence > 0.0 {
        let _ = write!(out, ", or unclear if its probability is below {}", context.min_confidence);
    }
    out.push_str(
        ". Intervals of observed shares are Wilson score intervals (Wilson 1927): they cover sampling error, \
         not the errors of the model.</p>\n",
    );
    match &context.evaluation.errors {
        Ok(errors) => adjustment(out, errors),
        Err(reason) => {
            let _ = writeln!(out, "<p class=\"soft\">Shares are not adjusted for the model’s errors: {reason}.</p>");
        }
    }
    out.push_str("</section>\n");
}

/// How shares are adjusted, and what that assumes.
fn adjustment(out: &mut String, errors: &Errors) {
    let n: u64 = errors.confusion.iter().flatten().sum();
    let _ = writeln!(
        out,
        "<p class=\"soft\">Adjusted shares correct for the model’s errors (adjusted count, Forman 2008; for several labels \
         by the confusion matrix, Hopkins and King 2010). They are the true shares under which the counts here are most \
         likely, given how often the model takes each label for another on {} labeled postings. Their 95% intervals cover \
         the sampling error of the counts, both here and on the labeled postings: error rates and shares are drawn from \
         their posteriors under Jeffreys’ prior (data augmentation, Tanner and Wong 1987; Joseph, Gyorkos and Coupal 1995).</p>\n\
         <p class=\"soft\">This assumes that the model makes the same errors here as on the labeled postings. The product \
         roles here must be like the labeled ones, not picked by the model or by doubtful titles.",
        grouped(n)
    );
    if let Some(feed) = errors.feed {
        let _ = writeln!(
            out,
            " The labeled postings of other jobs are near product roles: the model takes them for product roles more often \
             than most other jobs. So the other jobs here count as a mixture of near and far ones. Near ones are assumed \
             to be as frequent, relative to product roles, as among the labeled postings; the intervals allow a seventh to \
             seven times that. Far ones are assumed to be reported as product roles as rarely as the other jobs in a feed \
             of all occupations: {} of {}.",
            grouped(feed.reported),
            grouped(feed.others)
        );
    }
    out.push_str(" Where this does not hold, trust the observed shares rather than the adjusted ones.</p>\n");
}
