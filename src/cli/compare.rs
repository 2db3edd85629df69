//! `rolecall compare`: two postings, or a posting and its edited version.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Result, bail};
use rolecall::explain::{Comparison, Side, compare, inert, words};
use rolecall::{Classifier, Lens, Options, Reason, Role, Scratch};

use super::output::{Colour, columns, stdout};
use super::text_view::{Flow, Page, Style, style};
use super::{Outcome, classify};

/// Compare two postings.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The first posting: a file, or - for standard input
    a: PathBuf,
    /// The second, or the first one edited
    b: PathBuf,
    /// Whose definition of the roles counts
    #[arg(long, default_value = "consensus")]
    lens: Lens,
    /// How many duties and phrases to show at most
    #[arg(long, default_value_t = 12, value_name = "N")]
    top: usize,
    /// Model file; the one inside the program by default
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// For people or for programs
    #[arg(long, value_enum, default_value = "text")]
    format: classify::Format,
    /// When to colour
    #[arg(long, alias = "color", value_enum, default_value = "auto", value_name = "WHEN")]
    colour: Colour,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    if args.a.as_os_str() == "-" && args.b.as_os_str() == "-" {
        bail!("standard input can be one of the two postings, not both");
    }
    let classifier = match &args.model {
        Some(path) => Classifier::from_file(path)?,
        None => Classifier::builtin()?,
    };
    let classifier = classifier.with_options(Options::default().lens(args.lens));
    let (a, b) = (classify::read(&args.a)?, classify::read(&args.b)?);
    let found = compare(&classifier, &mut Scratch::new(), &a, &b);
    let mut out = stdout();
    match args.format {
        classify::Format::Json => writeln!(out, "{}", inert::for_json(&serde_json::to_string(&found)?))?,
        classify::Format::Text => {
            let names = [&args.a, &args.b].map(|path| path.display().to_string());
            text(&mut out, Page { width: columns(), colour: args.colour.wanted() }, &names, &found, args.top)?;
        }
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn text(out: &mut impl Write, page: Page, names: &[String; 2], found: &Comparison, top: usize) -> io::Result<()> {
    for (name, side) in names.iter().zip([&found.a, &found.b]) {
        let name = if name == "-" { "standard input" } else { name };
        let title = side.title.as_ref().map(|title| format!(": {}", title.text)).unwrap_or_default();
        Flow::new().add(Style::Bold, name).add(Style::Plain, &title).write(out, page, 0)?;
        Flow::new().add(Style::Plain, &one(side)).write(out, page, 2)?;
    }
    let same = if found.a.label == found.b.label { "The label is the same" } else { "The label changes" };
    let share = match found.share_change {
        // Its share means nothing.
        _ if [&found.a, &found.b].into_iter().any(unread) => "the share cannot be compared".to_owned(),
        change if change.abs() < 0.005 => "the share does not move".to_owned(),
        change => {
            let towards = if change > 0.0 { "PM" } else { "PMM" };
            format!("the share moves by {:.2} towards {towards}", change.abs())
        }
    };
    writeln!(out, "\n{same}; {share}.")?;
    let duties: Vec<_> = found.duties.iter().filter(|duty| duty.change().abs() >= 0.005).collect();
    if duties.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", page.paint(Style::Bold, "Duties, in points"))?;
    writeln!(out, " change    from      to")?;
    for duty in duties.iter().take(top) {
        let columns = format!("{:>+7.2} {:>7.2} {:>7.2}  ", duty.change(), duty.a, duty.b);
        row(out, page, &columns, duty.role, &duty.name)?;
    }
    more(out, duties.len(), top)?;
    if found.phrases.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", page.paint(Style::Bold, "Phrases, in points"))?;
    writeln!(out, " change")?;
    for phrase in found.phrases.iter().take(top) {
        let what = match (phrase.a, phrase.b) {
            (None, _) => "new",
            (_, None) => "gone",
            _ => "kept",
        };
        row(out, page, &format!("{:>+7.2}  {what:<4}  ", phrase.change()), phrase.role, &phrase.phrase)?;
    }
    more(out, found.phrases.len(), top)
}

fn one(side: &Side) -> String {
    let label = words::label(side.label);
    let verdict = match side.reason {
        Some(reason) => format!("{label}: {}", words::reason(reason)),
        None => format!("{label} ({})", words::probability(side.confidence)),
    };
    let [low, high] = side.pm_share_interval;
    let share = format!("; PM's part {:.2} (90% interval {low:.2} to {high:.2})", side.pm_share);
    if unread(side) { verdict } else { verdict + &share }
}

/// Whether a posting is no text to judge.
fn unread(side: &Side) -> bool {
    matches!(side.reason, Some(Reason::TooShort | Reason::NotEnglish))
}

fn row(out: &mut impl Write, page: Page, columns: &str, role: Role, text: &str) -> io::Result<()> {
    let indent = columns.chars().count();
    let mut block = Vec::new();
    Flow::new().add(style(role), words::role(role)).then(Style::Plain, text).write(&mut block, page, indent)?;
    write!(out, "{columns}")?;
    out.write_all(block.get(indent..).unwrap_or_default())
}

fn more(out: &mut impl Write, n: usize, top: usize) -> io::Result<()> {
    if n > top { writeln!(out, "         and {} smaller ones (--top)", n - top) } else { Ok(()) }
}
