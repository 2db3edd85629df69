//! The report of a run: one page, nothing outside it, the same bytes for the same rows.

use std::fmt::Write as _;

use super::html::{bar, estimate, percent, ratio};
use super::quantify::{Estimate, corrected, counted};
use super::reject::RejectReason;
use super::reliability::Known;
use super::summary::Summary;
use super::tally::{BARS, Details, GROUPS, Group, REASONS};
use crate::explain::html::escape::Text;
use crate::explain::wording::grouped;
use crate::model::{Duty, Label, Role};

/// Duties shown of each role.
const DUTIES: usize = 12;
/// Groups shown.
const SHOWN: usize = 60;

/// What a report is about, besides the counts.
pub(crate) struct About<'a> {
    /// Name of the input.
    pub input: &'a str,
    /// Name of the file with what was set aside, if anything was.
    pub rejects: Option<&'a str>,
    pub group_by: Option<&'a str>,
    pub model: &'a str,
    pub lens: &'a str,
    pub min_confidence: f64,
    pub known: &'a Known,
    pub duties: &'a [Duty],
}

const NAMES: [(&str, &str); 4] =
    [("pm", "Product management"), ("pmm", "Product marketing"), ("hybrid", "Hybrid of both"), ("unclear", "Unclear")];

/// Writes the page.
pub(crate) fn page(about: &About<'_>, summary: &Summary) -> String {
    let none = Details::default();
    let details = summary.tally.details.as_deref().unwrap_or(&none);
    let mut out = String::new();
    head(&mut out, about, summary);
    labels(&mut out, about, summary);
    shares(&mut out, details);
    duties(&mut out, about, details, summary);
    titles(&mut out, details);
    if let Some(column) = about.group_by {
        groups(&mut out, column, about, details);
    }
    reliability(&mut out, about, details, summary);
    rejects(&mut out, about, summary);
    methods(&mut out, about);
    let _ = write!(
        out,
        "<footer>Made by rolecall {} with the model {} through the lens {}.</footer>\n</main>\n</body>\n</html>\n",
        env!("CARGO_PKG_VERSION"),
        Text(about.model),
        Text(about.lens)
    );
    out
}

fn head(out: &mut String, about: &About<'_>, summary: &Summary) {
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">\n\
         <link rel=\"icon\" href=\"data:,\">\n\
         <title>Rolecall: {name}</title>\n<style>\n{css}</style>\n</head>\n<body>\n<main>\n\
         <h1>{name}</h1>\n<p class=\"soft\">What the duties of these postings say: product management, product \
         marketing, a hybrid of both, or unclear.</p>\n<dl class=\"figures\">",
        name = Text(about.input),
        css = include_str!("page.css")
    );
    let share = summary.mean_share.map_or_else(|| "–".to_owned(), |share| format!("{share:.2}"));
    let confidence = summary.mean_confidence.map_or_else(|| "–".to_owned(), |mean| format!("{mean:.2}"));
    for (name, figure) in [
        ("postings scored", grouped(summary.rows)),
        ("set aside", grouped(summary.rejects)),
        ("mean PM share", share),
        ("mean confidence", confidence),
    ] {
        let _ = write!(out, "\n<div><dt>{name}</dt><dd>{figure}</dd></div>");
    }
    out.push_str("\n</dl>\n");
}

fn labels(out: &mut String, about: &About<'_>, summary: &Summary) {
    let counts = &summary.tally.labels;
    out.push_str("<section>\n<h2>Labels</h2>\n<div class=\"bars\">\n");
    let better = about.known.confusion.as_ref().ok().filter(|_| summary.rows > 0).map(|table| corrected(counts, table));
    for (label, (class, name)) in NAMES.iter().enumerate() {
        let part = ratio(counts[label], summary.rows);
        let _ = writeln!(
            out,
            "<span>{name}</span>{}<span>{} <span class=\"soft\">{}</span>{}</span>",
            bar(class, part),
            grouped(counts[label]),
            percent(part),
            better.as_ref().map_or_else(String::new, |better| format!("<br>{}", corrected_to(better, label)))
        );
    }
    out.push_str("</div>\n");
    let reasons: Vec<_> = REASONS
        .iter()
        .zip(summary.tally.reasons)
        .filter(|(_, count)| *count > 0)
        .map(|(reason, count)| format!("{} {}", reason.as_str().replace('_', " "), grouped(count)))
        .collect();
    if !reasons.is_empty() {
        let _ =
            writeln!(out, "<p class=\"soft\" style=\"margin:.75rem 0 0\">Unclear because: {}.</p>", reasons.join(", "));
    }
    if better.is_some() {
        out.push_str(
            "<p class=\"soft\" style=\"margin:.75rem 0 0\">Corrected for the model’s known errors: see Methods.</p>\n",
        );
    }
    out.push_str("</section>\n");
}

fn shares(out: &mut String, details: &Details) {
    out.push_str("<section>\n<h2>PM share</h2>\n");
    let most = details.shares.iter().copied().max().unwrap_or(0);
    if most == 0 {
        out.push_str("<p class=\"soft\">No posting has role-specific duties.</p>\n</section>\n");
        return;
    }
    let _ = write!(
        out,
        "<p class=\"soft\">Product management’s part of the role-specific duties, over postings that are not unclear. \
         The tallest bar is {} postings.</p>\n<div class=\"histogram\" role=\"img\" aria-label=\"Histogram of PM share\">",
        grouped(most)
    );
    for (at, &count) in details.shares.iter().enumerate() {
        let (from, to) = (at as f64 / BARS as f64, (at + 1) as f64 / BARS as f64);
        // From 0.3 to 0.7 neither role has the posting to itself.
        let class = match at * 10 / BARS {
            0..3 => "pmm",
            3..7 => "hybrid",
            _ => "pm",
        };
        let _ = write!(
            out,
            "\n<i class=\"{class}\" style=\"height:{:.2}%\" title=\"{from:.2} to {to:.2}: {}\"></i>",
            ratio(count, most) * 100.0,
            grouped(count)
        );
    }
    out.push_str("\n</div>\n<div class=\"scale\"><span>0 all marketing</span><span>0.5</span><span>1 all management</span></div>\n</section>\n");
}

fn duties(out: &mut String, about: &About<'_>, details: &Details, summary: &Summary) {
    out.push_str(
        "<section>\n<h2>Most frequent duties</h2>\n<p class=\"soft\">In how many postings a duty is among the \
         strongest evidence for the role.</p>\n<div class=\"columns\">\n",
    );
    for role in Role::ALL {
        let counts = &details.duties[usize::from(role == Role::Pmm)];
        let mut sorted: Vec<_> = counts.iter().collect();
        sorted.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let most = sorted.first().map_or(0, |(_, count)| **count);
        let name = if role == Role::Pm { "Product management" } else { "Product marketing" };
        let _ = writeln!(out, "<div>\n<h3>{name}</h3>\n<div class=\"bars duties\">");
        for (id, count) in sorted.into_iter().take(DUTIES) {
            let duty = about.duties.iter().find(|duty| duty.id == *id).map_or(id.as_str(), |duty| duty.name.as_str());
            let _ = writeln!(
                out,
                "<span>{}</span>{}<span>{} <span class=\"soft\">{}</span></span>",
                Text(duty),
                bar(role.as_str(), ratio(*count, most)),
                grouped(*count),
                percent(ratio(*count, summary.rows))
            );
        }
        out.push_str("</div>\n");
        if most == 0 {
            out.push_str("<p class=\"soft\">None was found.</p>\n");
        }
        out.push_str("</div>\n");
    }
    out.push_str("</div>\n</section>\n");
}

fn titles(out: &mut String, details: &Details) {
    out.push_str("<section>\n<h2>Titles that disagree with their duties</h2>\n");
    if details.titled == 0 {
        out.push_str("<p class=\"soft\">No posting came with a title that could be compared.</p>\n</section>\n");
        return;
    }
    let _ = writeln!(
        out,
        "<p class=\"soft\">{} of {} titles ({}) claim something else than the duties say. The surest, each once:</p>",
        grouped(details.disagreeing),
        grouped(details.titled),
        percent(ratio(details.disagreeing, details.titled))
    );
    if !details.titles.is_empty() {
        out.push_str(
            "<div class=\"scroll\"><table>\n<tr><th>Title</th><th>claims</th><th>duties say</th>\
             <th class=\"number\">confidence</th><th class=\"number optional\">row</th></tr>\n",
        );
        for title in &details.titles {
            let _ = writeln!(
                out,
                "<tr><td class=\"name wide\">{}</td><td>{}</td><td>{}</td><td class=\"number\">{:.2}</td>\
                 <td class=\"number optional\">{}</td></tr>",
                Text(&title.title),
                marked(&title.says),
                marked(&title.label),
                1.0 - title.doubt as f64 / 1e6,
                grouped(title.row)
            );
        }
        out.push_str("</table></div>\n");
    }
    out.push_str("</section>\n");
}

/// A corrected share in small print.
fn corrected_to(better: &Estimate, label: usize) -> String {
    format!("<span class=\"estimate\"><small>corrected</small> {}</span>", estimate(better, label))
}

/// A label with its colour beside it.
fn marked(label: &str) -> String {
    let class = NAMES.iter().find(|(class, _)| *class == label).map_or("unclear", |(class, _)| class);
    format!("<span class=\"label\"><span class=\"key {class}\"></span>{}</span>", Text(label))
}

fn groups(out: &mut String, column: &str, about: &About<'_>, details: &Details) {
    let _ = write!(out, "<section>\n<h2>By {}</h2>\n", Text(column));
    let correct = about.known.confusion.as_ref();
    let _ = writeln!(
        out,
        "<p class=\"soft\">Shares of the labels, as counted with 95% intervals (Wilson){}.</p>",
        match correct {
            Ok(_) => ", and below them corrected for the model’s known errors (adjusted count)".to_owned(),
            Err(reason) => format!("; not corrected for the model’s errors: {reason}"),
        }
    );
    let mut sorted: Vec<(&str, &Group)> = details.groups.iter().map(|(name, group)| (name.as_str(), group)).collect();
    // Months and years read best in their own order, all else by size.
    let dated = |name: &str| name.get(..4).is_some_and(|year| year.bytes().all(|byte| byte.is_ascii_digit()));
    if !sorted.iter().all(|(name, _)| dated(name)) {
        sorted.sort_by_key(|(name, group)| (std::cmp::Reverse(group.rows()), *name));
    }
    out.push_str("<div class=\"scroll\"><table>\n<tr><th></th><th class=\"number\">postings</th>");
    for (class, _) in NAMES {
        let _ = write!(out, "<th>{}</th>", marked(class));
    }
    out.push_str("</tr>\n");
    for (name, group) in sorted.iter().take(SHOWN) {
        row(out, if name.is_empty() { "(empty)" } else { name }, group, correct.ok());
    }
    let mut rest = details.beyond;
    for (_, group) in sorted.iter().skip(SHOWN) {
        for (sum, count) in rest.labels.iter_mut().zip(group.labels) {
            *sum += count;
        }
    }
    if rest.rows() > 0 {
        row(out, "(all others)", &rest, correct.ok());
    }
    out.push_str("</table></div>\n");
    if details.beyond.rows() > 0 {
        let _ = writeln!(out, "<p class=\"soft\">Only the first {} values are told apart.</p>", grouped(GROUPS as u64));
    }
    out.push_str("</section>\n");
}

fn row(out: &mut String, name: &str, group: &Group, confusion: Option<&[[u64; 4]; 4]>) {
    let plain = counted(&group.labels);
    let better = confusion.map(|confusion| corrected(&group.labels, confusion));
    let _ = write!(out, "<tr><td class=\"name\">{}<span class=\"stack\">", Text(name));
    for (label, (class, _)) in NAMES.iter().enumerate() {
        let _ = write!(out, "<i class=\"{class}\" style=\"width:{:.2}%\"></i>", plain.share[label] * 100.0);
    }
    let _ = write!(out, "</span></td><td class=\"number\">{}</td>", grouped(group.rows()));
    for label in Label::ALL {
        let _ = write!(out, "<td class=\"estimate\">{}", estimate(&plain, label as usize));
        if let Some(better) = &better {
            let _ = write!(out, "<br>{}", corrected_to(better, label as usize));
        }
        out.push_str("</td>");
    }
    out.push_str("</tr>\n");
}

fn reliability(out: &mut String, about: &About<'_>, details: &Details, summary: &Summary) {
    out.push_str("<section>\n<h2>How far to trust it</h2>\n");
    let figures = &about.known.figures;
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
        let _ = writeln!(out, "<p>On {} labelled postings the model has {figures}.</p>", grouped(n));
    } else {
        let reason = about.known.confusion.as_ref().err().copied().unwrap_or("its report gives no figures");
        let _ = writeln!(out, "<p>How often the model is right is not known here: {reason}.</p>");
    }
    let _ = writeln!(
        out,
        "<p class=\"soft\">A confidence of 0.8 should be right eight times in ten. Beside what was measured stands how \
         many of the {} postings here have such a confidence.</p>",
        grouped(summary.rows)
    );
    out.push_str(
        "<div class=\"scroll\"><table>\n<tr><th>confidence</th><th class=\"number\">measured postings</th>\
         <th class=\"number\">of them right</th><th class=\"number\">postings here</th></tr>\n",
    );
    for (tenth, &here) in details.confidences.iter().enumerate() {
        let (from, to) = (tenth as f64 / 10.0, (tenth + 1) as f64 / 10.0);
        let bins = figures.reliability.as_deref().unwrap_or_default();
        let bin = bins.iter().find(|bin| (bin.from - from).abs() < 0.01 && (bin.to - to).abs() < 0.01 && bin.n > 0);
        if here == 0 && bin.is_none() {
            continue;
        }
        let (n, right) =
            bin.map_or_else(|| ("–".to_owned(), "–".to_owned()), |bin| (grouped(bin.n), percent(bin.accuracy)));
        let _ = writeln!(
            out,
            "<tr><td>{from:.1} to {to:.1}</td><td class=\"number\">{n}</td><td class=\"number\">{right}</td>\
             <td class=\"number\">{} <span class=\"soft\">{}</span></td></tr>",
            grouped(here),
            percent(ratio(here, summary.rows))
        );
    }
    out.push_str("</table></div>\n</section>\n");
}

fn rejects(out: &mut String, about: &About<'_>, summary: &Summary) {
    out.push_str("<section>\n<h2>Set aside</h2>\n");
    if summary.rejects == 0 {
        out.push_str("<p class=\"soft\">Every row could be read and scored.</p>\n");
    } else {
        let _ = writeln!(
            out,
            "<p class=\"soft\">{} rows could not be read or scored. They are in {} with their line, place and bytes.</p>\n\
             <div class=\"bars\">",
            grouped(summary.rejects),
            Text(about.rejects.unwrap_or("the rejects file"))
        );
        for (reason, count) in RejectReason::ALL.into_iter().zip(summary.tally.rejects).filter(|(_, count)| *count > 0)
        {
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
        [(summary.short, "rows were filled up with empty fields"), (summary.blank, "blank lines were passed over")]
    {
        if count > 0 {
            let _ = writeln!(out, "<p class=\"soft\" style=\"margin:.75rem 0 0\">{} {what}.</p>", grouped(count));
        }
    }
    out.push_str("</section>\n");
}

fn methods(out: &mut String, about: &About<'_>) {
    out.push_str("<section>\n<h2>Methods</h2>\n<p class=\"soft\">Labels are the most probable ones");
    if about.min_confidence > 0.0 {
        let _ = write!(out, ", and unclear where their probability is below {}", about.min_confidence);
    }
    out.push_str(
        ". Intervals of counted shares are Wilson score intervals (Wilson 1927); they tell how far chance moves a count, \
         not how often the model errs.</p>\n",
    );
    match &about.known.confusion {
        Ok(table) => {
            let n: u64 = table.iter().flatten().sum();
            let _ = writeln!(
                out,
                "<p class=\"soft\">Corrected shares are an adjusted count (Forman 2008), for four labels at once by the \
                 confusion matrix (Hopkins and King 2010): the shares of true labels under which the verdicts counted \
                 here are likeliest, given how often {} labelled postings were judged rightly and wrongly. \
                 They stay within 0 and 1. Their 95% intervals take in the doubt about the counts and about those {} \
                 postings (draws from both posteriors under Jeffreys’ prior), so they are wider. They hold as far as the model errs here as it erred there.</p>",
                grouped(n),
                grouped(n)
            );
        }
        Err(reason) => {
            let _ = writeln!(out, "<p class=\"soft\">Shares are not corrected for the model’s errors: {reason}.</p>");
        }
    }
    out.push_str("</section>\n");
}
