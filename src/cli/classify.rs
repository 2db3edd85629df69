//! `rolecall classify`: one posting.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Result, bail};
use rolecall::explain::{self, DutyTable, LensTable, Split, WhatIf, html, sanitize};
use rolecall::{Classifier, Document, Label, Lens, Options, Scratch, Verdict};

use super::args::{LensChoice, ModelArgs, OutputArgs, PageFormat, lens_or_all, probability};
use super::input::{EncodingArgs, offsets_in_file};
use super::output::write_result;
use super::view::{self, Extras};
use super::{Outcome, brief};

/// Classify a posting: a file, standard input, or text pasted at a prompt.
#[derive(clap::Args)]
pub(super) struct Args {
    /// File with the posting (plain text, Markdown, HTML, Word document or email), or - for
    /// standard input; without FILE, paste the posting at a prompt. Several files or a folder
    /// need --brief
    #[arg(value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Job title: only a prior, which the duties can confirm or outweigh; by default the title found in
    /// the posting
    #[arg(long)]
    title: Option<String>,
    /// Judge by the duties alone; the title is still shown
    #[arg(long)]
    ignore_title: bool,
    /// Whose definition of the two roles to use; all prints one line per lens
    #[arg(long, default_value = "consensus", value_parser = lens_or_all())]
    lens: LensChoice,
    /// Show at most N phrases per role; by default 6, or all of them with --highlight, --duties
    /// or --format html
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    /// Report a verdict as unclear if its confidence is below P, from 0 to 1
    #[arg(long, default_value_t = 0.0, value_name = "P", value_parser = probability)]
    min_confidence: f64,
    #[command(flatten)]
    encoding: EncodingArgs,
    #[command(flatten)]
    model: ModelArgs,
    /// Output format, text by default; html is a self-contained page
    #[arg(long, value_enum)]
    format: Option<PageFormat>,
    /// Print one tab-separated line per posting: label, confidence, title and, for several
    /// postings, the file
    #[arg(long, conflicts_with_all = ["format", "highlight", "duties", "what_if"])]
    brief: bool,
    /// Show the whole posting with the phrases marked
    #[arg(long)]
    highlight: bool,
    /// Show points by duty
    #[arg(long)]
    duties: bool,
    /// Find the fewest lines whose removal changes the label; for a hybrid, also list the duties
    /// of each role
    #[arg(long)]
    what_if: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// A verdict as JSON, with the results of `--duties` and `--what-if`.
#[derive(serde::Serialize)]
struct JsonOutput<'a> {
    #[serde(flatten)]
    verdict: &'a Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    duties: Option<DutyTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<WhatIf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<Split>,
}

pub(super) fn run(args: &Args) -> Result<Outcome> {
    let format = args.output.format(args.format);
    args.output.check(&args.files, format)?;
    let lens = match args.lens {
        LensChoice::One(lens) => lens,
        LensChoice::All if format == PageFormat::Text && (args.highlight || args.duties || args.what_if) => {
            bail!("--highlight, --duties and --what-if need one lens, not --lens all");
        }
        LensChoice::All => Lens::Consensus,
    };
    let all = args.highlight || args.duties || format == PageFormat::Html;
    let top = args.top.unwrap_or(if all { usize::MAX } else { Options::default().phrases });
    // Text views total the phrases that they do not list, and name the duties that no phrase states.
    let phrases = if format == PageFormat::Text { usize::MAX } else { top };
    let options =
        Options::default().lens(lens).phrases(phrases).title(!args.ignore_title).min_confidence(args.min_confidence);
    let classifier = args.model.load(options)?;
    let title = args.title.as_deref();
    let mut out = Vec::new();
    if args.brief {
        let outcome = brief::write(&mut out, &classifier, &args.encoding, title, &args.files)?;
        write_result(args.output.file(), &out)?;
        return Ok(outcome);
    }
    let document = match &args.files[..] {
        [] => args.encoding.prompt()?,
        [path] if path.is_dir() => bail!("{}: is a directory; --brief reads its files", path.display()),
        [path] => args.encoding.read(path)?,
        _ => bail!("several postings need --brief, one line each"),
    };
    let posting = document.text();
    let mut scratch = Scratch::new();
    match (format, args.lens) {
        (PageFormat::Html, _) => {
            let found = explain::explain(&classifier, &mut scratch, title, posting, args.what_if);
            out.write_all(html::page(posting, &found).as_bytes())?;
        }
        (PageFormat::Text, LensChoice::All) => {
            let table = LensTable::new(&classifier, &mut scratch, title, posting);
            view::lenses::write(&mut out, args.output.page(), &table)?;
        }
        (PageFormat::Text, LensChoice::One(_)) => {
            let verdict = classifier.classify_with(&mut scratch, title, posting);
            let (what_if, split) = what_if_and_split(args, &classifier, &mut scratch, posting, &verdict);
            let extras = Extras { top, highlight: args.highlight, duties: args.duties, what_if, split };
            let table = DutyTable::new(&classifier, &mut scratch, &verdict, posting);
            view::write_verdict(&mut out, args.output.page(), (&verdict, posting), &table, &extras)?;
        }
        (PageFormat::Json, LensChoice::One(_)) => write_json(&mut out, args, &classifier, &document)?,
        (PageFormat::Json, LensChoice::All) => {
            for lens in Lens::ALL {
                write_json(&mut out, args, &classifier.clone().with_options(options.lens(lens)), &document)?;
            }
        }
    }
    write_result(args.output.file(), &out)?;
    Ok(if document.has_changed() { Outcome::Incomplete } else { Outcome::Done })
}

fn write_json(out: &mut Vec<u8>, args: &Args, classifier: &Classifier, document: &Document) -> Result<()> {
    let posting = document.text();
    let mut scratch = Scratch::new();
    let verdict = classifier.classify_with(&mut scratch, args.title.as_deref(), posting);
    let (what_if, split) = what_if_and_split(args, classifier, &mut scratch, posting, &verdict);
    let duties = args.duties.then(|| DutyTable::new(classifier, &mut scratch, &verdict, posting));
    let output = JsonOutput { verdict: &verdict, duties, what_if, split };
    let json = if document.has_offsets_of_file() {
        serde_json::to_string(&output)?
    } else {
        // Offsets in a text that was decoded or unpacked are not those in the file.
        let mut output = serde_json::to_value(&output)?;
        offsets_in_file(&mut output, document);
        output.to_string()
    };
    Ok(writeln!(out, "{}", sanitize::for_json(&json))?)
}

/// The results of `--what-if`.
fn what_if_and_split(
    args: &Args,
    classifier: &Classifier,
    scratch: &mut Scratch,
    posting: &str,
    verdict: &Verdict,
) -> (Option<WhatIf>, Option<Split>) {
    let title = args.title.as_deref();
    let what_if = args.what_if.then(|| explain::what_if(classifier, scratch, title, posting));
    let split = (args.what_if && verdict.label == Label::Hybrid).then(|| explain::split(classifier, scratch, posting));
    (what_if, split)
}
