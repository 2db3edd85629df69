//! The command line: one file a command.

mod batch;
mod calibrate;
mod classify;
mod compare;
mod diff_models;
mod eval;
mod lexicon;
mod output;
mod progress;
mod report;
mod text_view;
mod train;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Reads a job posting and says whether the job is product management, product
/// marketing or a hybrid, and shows the phrases that say so.
#[derive(Parser)]
#[command(name = "rolecall", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done, 1 done but something was set aside or a check failed, \
                        2 wrong use or unreadable input.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Judge one posting: a file, standard input, or pasted at a prompt
    Classify(classify::Args),
    /// Score a file of postings: CSV, TSV or JSON Lines
    Batch(batch::Args),
    /// Compare two postings, or a posting and its edited version
    Compare(compare::Args),
    /// Measure a model on labelled postings
    Eval(eval::Args),
    /// List the duties, whom each source gives them to, and their sources
    Lexicon(lexicon::Args),
    /// Train the model from the corpus, or check that the committed one is its product
    Train(train::Args),
    /// Write the evaluation report and the model card's tables, or check them
    Report(report::Args),
    /// List the postings to which two models give different labels, and the words behind it
    DiffModels(diff_models::Args),
    /// Fit the calibration on labelled postings, or compare variants of the model
    Calibrate(calibrate::Args),
}

/// How a command ended well.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// All was done.
    Done,
    /// Done, but something was set aside or a check failed.
    Incomplete,
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version go to stdout with 0, wrong use to stderr with 2.
            let code = if error.use_stderr() { 2 } else { 0 };
            let _ = error.print();
            return ExitCode::from(code);
        }
    };
    let done = match cli.command {
        Command::Classify(args) => classify::run(&args),
        Command::Batch(args) => batch::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::DiffModels(args) => diff_models::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Lexicon(args) => lexicon::run(&args),
        Command::Train(args) => train::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
    };
    match done {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Incomplete) => ExitCode::from(1),
        // Whoever read us has seen enough: `rolecall … | head -1` is no error.
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}
