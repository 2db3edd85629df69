//! `rolecall compare`: two postings or more.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use rolecall::explain::{Comparison, LensTable, SideBySide, compare, html, sanitize, side_by_side};
use rolecall::{Classifier, Document, Lens, Options, Scratch};

use super::Outcome;
use super::args::{LensChoice, ModelArgs, OutputArgs, PageFormat, lens_or_all};
use super::input::EncodingArgs;
use super::output::write_result;
use super::view::{comparison, side_by_side as table};

/// Compare postings, or two versions of one.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Two or more postings: files, or - for standard input. For two, the changes from the first
    /// to the second are shown
    #[arg(value_name = "FILE", num_args = 2.., required = true)]
    files: Vec<PathBuf>,
    /// Whose definition of the two roles to use; all also shows the label and share through each
    /// lens or, in JSON, one comparison per lens
    #[arg(long, default_value = "consensus", value_parser = lens_or_all())]
    lens: LensChoice,
    /// Show at most N duties and phrases
    #[arg(long, default_value_t = 12, value_name = "N")]
    top: usize,
    #[command(flatten)]
    encoding: EncodingArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// Output format, text by default; html is a self-contained page
    #[arg(long, value_enum)]
    format: Option<PageFormat>,
    #[command(flatten)]
    output: OutputArgs,
}

/// A comparison as JSON: what changed between two postings, or several side by side. With
/// `--lens all` there is one per lens.
#[derive(serde::Serialize)]
struct JsonOutput<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    lens: Option<Lens>,
    #[serde(flatten)]
    changes: Option<&'a Comparison>,
    #[serde(flatten)]
    postings: Option<&'a SideBySide>,
}

/// The postings side by side and, for two, what changed.
fn compare_all(classifier: &Classifier, scratch: &mut Scratch, postings: &[&str]) -> (SideBySide, Option<Comparison>) {
    if let [a, b] = postings {
        let changes = compare(classifier, scratch, a, b);
        (SideBySide::from(&changes), Some(changes))
    } else {
        (side_by_side(classifier, scratch, postings), None)
    }
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    if args.files.iter().filter(|path| path.as_os_str() == "-").count() > 1 {
        bail!("only one of the postings can be standard input");
    }
    let format = args.output.format(args.format);
    args.output.check(&args.files, format)?;
    let options = match args.lens {
        LensChoice::One(lens) => Options::default().lens(lens),
        LensChoice::All => Options::default(),
    };
    let classifier = args.model.load(options)?;
    let documents = args.files.iter().map(|path| args.encoding.read(path)).collect::<Result<Vec<_>>>()?;
    let postings: Vec<&str> = documents.iter().map(Document::text).collect();
    let names: Vec<String> = args.files.iter().map(|path| path.display().to_string()).collect();
    let names: Vec<&str> = names.iter().map(|name| if name == "-" { "standard input" } else { name }).collect();
    let mut scratch = Scratch::new();
    let mut out = Vec::new();
    if format == PageFormat::Json {
        let each: &[Option<Lens>] = &match args.lens {
            LensChoice::One(_) => vec![None],
            LensChoice::All => Lens::ALL.map(Some).to_vec(),
        };
        for &lens in each {
            let classifier = classifier.clone().with_options(lens.map_or(options, |lens| options.lens(lens)));
            let (all, changes) = compare_all(&classifier, &mut scratch, &postings);
            let output = JsonOutput { lens, postings: changes.is_none().then_some(&all), changes: changes.as_ref() };
            writeln!(out, "{}", sanitize::for_json(&serde_json::to_string(&output)?))?;
        }
    } else {
        let lenses: Vec<LensTable> = match args.lens {
            LensChoice::All => {
                postings.iter().map(|text| LensTable::new(&classifier, &mut scratch, None, text)).collect()
            }
            LensChoice::One(_) => Vec::new(),
        };
        let (all, changes) = compare_all(&classifier, &mut scratch, &postings);
        if format == PageFormat::Html {
            out.write_all(html::comparison(&names, &all, changes.as_ref(), &lenses, args.top).as_bytes())?;
        } else {
            let page = args.output.page();
            match &changes {
                Some(changes) => comparison::write(&mut out, page, [names[0], names[1]], changes, args.top)?,
                None => table::write(&mut out, page, &names, &all, args.top)?,
            }
            if !lenses.is_empty() {
                table::write_lenses(&mut out, page, &lenses)?;
            }
        }
    }
    write_result(args.output.file(), &out)?;
    let changed = documents.iter().any(Document::has_changed);
    Ok(if changed { Outcome::Incomplete } else { Outcome::Done })
}
