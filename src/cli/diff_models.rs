//! `rolecall diff-models`: postings to which two models give different labels.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use rolecall::eval::load;
use rolecall::explain::{Axis, ModelDifference, diff_models, inert, words};
use rolecall::{Classifier, Label, Lens, Options, Scratch};

use super::Outcome;
use super::args::{ColorArgs, Format, lens};
use super::output::stdout;
use super::view::{Page, Paragraph, Style};

/// Compare two models on postings.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The first model file, or 'builtin' for the one inside the program
    a: PathBuf,
    /// The second
    b: PathBuf,
    /// JSON Lines or CSV with 'text', and where known 'id', 'title' and 'label' (pm, pmm, hybrid or
    /// unclear)
    file: PathBuf,
    /// Whose definition of the roles counts
    #[arg(long, default_value = "consensus", value_parser = lens())]
    lens: Lens,
    /// For people or for programs
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    color: ColorArgs,
}

#[derive(serde::Serialize)]
struct Row<'a> {
    id: &'a str,
    title: Option<&'a str>,
    /// What the file says it is.
    label: Option<Label>,
    #[serde(flatten)]
    difference: &'a ModelDifference,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let [a, b] = [&args.a, &args.b].map(|path| {
        let model = if path.as_os_str() == "builtin" { Classifier::builtin() } else { Classifier::from_file(path) };
        model.map(|classifier| classifier.with_options(Options::default().lens(args.lens)))
    });
    let (a, b) = (a?, b?);
    let examples = load(&args.file)?;
    let page = Page::stdout(args.color.color);
    let mut scratch = Scratch::new();
    let mut out = stdout();
    let mut differ: Vec<(Option<Label>, ModelDifference)> = Vec::new();
    for example in &examples {
        let title = example.title.as_deref();
        let Some(difference) = diff_models(&a, &b, &mut scratch, title, &example.text) else { continue };
        let row = Row { id: &example.id, title, label: example.label, difference: &difference };
        match args.format {
            Format::Json => writeln!(out, "{}", inert::for_json(&serde_json::to_string(&row)?))?,
            Format::Text => text(&mut out, page, &row)?,
        }
        differ.push((example.label, difference));
    }
    if args.format == Format::Text {
        let (first, second) = (a.model_id(), b.model_id());
        let (n, of) = (differ.len(), examples.len());
        let total = format!("{n} of {of} postings are labelled differently by {first} and {second}");
        Paragraph::new().add(Style::Bold, &total).write(&mut out, page, 0)?;
        summary(&mut out, page, &differ)?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

/// From which labels to which, and how often either model has the file's label.
fn summary(
    out: &mut impl std::io::Write,
    page: Page,
    differ: &[(Option<Label>, ModelDifference)],
) -> std::io::Result<()> {
    let mut moves: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for (_, found) in differ {
        *moves.entry((found.a.0.index(), found.b.0.index())).or_default() += 1;
    }
    let mut moves: Vec<_> = moves.into_iter().collect();
    moves.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let name = |at: usize| Label::ALL.get(at).map_or("", |label| label.as_str());
    let list: Vec<_> =
        moves.iter().map(|&((from, to), n)| format!("{} \u{2192} {} {n}", name(from), name(to))).collect();
    Paragraph::new().add(Style::Plain, &list.join(", ")).write(out, page, 2)?;
    let known: Vec<_> = differ.iter().filter_map(|(label, found)| Some(((*label)?, found))).collect();
    if known.is_empty() {
        return Ok(());
    }
    let first = known.iter().filter(|(label, found)| found.a.0 == *label).count();
    let second = known.iter().filter(|(label, found)| found.b.0 == *label).count();
    let neither = known.len() - first - second;
    let text = format!(
        "Labels in the file, for {} of these: the first model agrees with {first}, the second with {second}, neither \
         with {neither}",
        known.len()
    );
    Paragraph::new().add(Style::Plain, &text).write(out, page, 2)
}

fn text(out: &mut impl std::io::Write, page: Page, row: &Row<'_>) -> std::io::Result<()> {
    let found = row.difference;
    let name = row.title.map_or_else(|| row.id.to_owned(), |title| format!("{}: {title}", row.id));
    Paragraph::new().add(Style::Bold, &name).write(out, page, 0)?;
    let known = row.label.map(|label| format!("; the file says {label}")).unwrap_or_default();
    let labels = format!(
        "{} ({}) \u{2192} {} ({}), PM's part {:.2} \u{2192} {:.2}{known}",
        found.a.0,
        words::probability(found.a.1),
        found.b.0,
        words::probability(found.b.1),
        found.pm_share[0],
        found.pm_share[1]
    );
    Paragraph::new().add(Style::Plain, &labels).write(out, page, 2)?;
    Paragraph::new().add(Style::Dim, "words whose points changed most:").write(out, page, 4)?;
    let (up, down) = match found.axis {
        Axis::Product => ("a product role", "another job"),
        _ => ("PM", "PMM"),
    };
    for word in &found.words {
        let towards = if word.change() > 0.0 { up } else { down };
        let points = format!("{:.2} towards {towards} ({:.2} \u{2192} {:.2})", word.change().abs(), word.a, word.b);
        Paragraph::new()
            .add(Style::Bold, &word.words)
            .add(Style::Plain, ": ")
            .add(Style::Plain, &points)
            .write(out, page, 4)?;
    }
    writeln!(out)
}
