//! `rolecall diff-models`: postings to which two models give different labels.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use rolecall::eval::load;
use rolecall::explain::{Axis, ModelDifference, diff_models, inert, words};
use rolecall::{Classifier, Label, Lens, Options, Scratch};

use super::output::{columns, stdout};
use super::text_view::{Flow, Page, Style};
use super::{Outcome, classify};

/// Compare two models on postings.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The first model file, or 'builtin' for the one inside the program
    a: PathBuf,
    /// The second
    b: PathBuf,
    /// JSON Lines or CSV with 'text' and 'label', and where known 'id' and 'title'
    file: PathBuf,
    /// Whose definition of the roles counts
    #[arg(long, default_value = "consensus")]
    lens: Lens,
    /// For people or for programs
    #[arg(long, value_enum, default_value = "text")]
    format: classify::Format,
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
    let page = Page { width: columns(), colour: false };
    let mut scratch = Scratch::new();
    let mut out = stdout();
    let mut differ = 0usize;
    for example in &examples {
        let title = example.title.as_deref();
        let Some(difference) = diff_models(&a, &b, &mut scratch, title, &example.text) else { continue };
        differ += 1;
        let row = Row { id: &example.id, title, label: example.label, difference: &difference };
        match args.format {
            classify::Format::Json => writeln!(out, "{}", inert::for_json(&serde_json::to_string(&row)?))?,
            classify::Format::Text => text(&mut out, page, &row)?,
        }
    }
    if args.format == classify::Format::Text {
        writeln!(
            out,
            "{differ} of {} postings are labelled differently by {} and {}",
            examples.len(),
            a.model_id(),
            b.model_id()
        )?;
    }
    out.flush()?;
    Ok(Outcome::Done)
}

fn text(out: &mut impl std::io::Write, page: Page, row: &Row<'_>) -> std::io::Result<()> {
    let found = row.difference;
    let name = row.title.map_or_else(|| row.id.to_owned(), |title| format!("{}: {title}", row.id));
    Flow::new().add(Style::Bold, &name).write(out, page, 0)?;
    let known = row.label.map(|label| format!("; labelled {label}")).unwrap_or_default();
    let labels = format!(
        "{} ({}) \u{2192} {} ({}), PM's part {:.2} \u{2192} {:.2}{known}",
        found.a.0,
        words::probability(found.a.1),
        found.b.0,
        words::probability(found.b.1),
        found.pm_share[0],
        found.pm_share[1]
    );
    Flow::new().add(Style::Plain, &labels).write(out, page, 2)?;
    let (up, down) = match found.axis {
        Axis::Product => ("a product role", "another job"),
        _ => ("PM", "PMM"),
    };
    for word in &found.words {
        let towards = if word.change() > 0.0 { up } else { down };
        let points = format!("{:.2} towards {towards} ({:.2} \u{2192} {:.2})", word.change().abs(), word.a, word.b);
        Flow::new()
            .add(Style::Bold, &word.words)
            .add(Style::Plain, ": ")
            .add(Style::Plain, &points)
            .write(out, page, 4)?;
    }
    writeln!(out)
}
