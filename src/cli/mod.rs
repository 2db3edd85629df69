//! The command line: one file per command.
#![allow(clippy::doc_markdown, reason = "the help prints doc comments as they are")]

mod args;
mod batch;
mod brief;
mod calibrate;
mod classify;
mod closed_streams;
mod compare;
mod convert_table;
mod count;
mod eval;
mod input;
mod lexicon;
mod memory_limit;
mod output;
mod progress;
mod report;
mod serve;
mod train;
mod view;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use rolecall::explain::sanitize;

/// Reads a job posting and says whether the job is product management, product
/// marketing or a hybrid of both, with the phrases that show it.
#[derive(Parser)]
#[command(name = "rolecall", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 success, 1 some rows were rejected or a check failed, 2 wrong usage \
                        or unreadable input.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Classify(classify::Args),
    Batch(batch::Args),
    Compare(compare::Args),
    Eval(eval::Args),
    Lexicon(lexicon::Args),
    Serve(serve::Args),
    Train(train::Args),
    Report(report::Args),
    Calibrate(calibrate::Args),
    Count(count::Args),
}

impl Command {
    /// The memory that it may need, in bytes, besides postings and tables.
    fn memory(&self) -> u64 {
        match self {
            Self::Train(_) | Self::Report(_) | Self::Calibrate(_) | Self::Count(_) => memory_limit::TRAINING,
            _ => memory_limit::COMMAND,
        }
    }
}

/// How a command ended without an error.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// Everything was done.
    Done,
    /// Some rows were rejected, or a check failed.
    Incomplete,
}

/// Runs the program.
pub(crate) fn main() -> ExitCode {
    rolecall::panics::silence_caught();
    if let Some(code) = convert_table::main() {
        return code;
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Help and version go to standard output, wrong usage to standard error.
        Err(error) if !error.use_stderr() => {
            return exit_code(output::print_help(&error).map(|()| Outcome::Done).map_err(anyhow::Error::from));
        }
        Err(error) => {
            if std::env::args_os().any(|arg| arg.to_string_lossy().contains(sanitize::is_unsafe)) {
                // The message repeats what was typed.
                let _ = write!(io::stderr(), "{}", sanitize::for_terminal(&error.to_string()));
            } else {
                let _ = error.print();
            }
            return ExitCode::from(2);
        }
    };
    if let Err(error) = memory_limit::require(cli.command.memory(), "") {
        return exit_code(Err(error));
    }
    exit_code(match cli.command {
        Command::Classify(args) => classify::run(&args),
        Command::Batch(args) => batch::run(&args),
        Command::Compare(args) => compare::run(&args),
        Command::Eval(args) => eval::run(&args),
        Command::Lexicon(args) => lexicon::run(&args),
        Command::Serve(args) => serve::run(args),
        Command::Train(args) => train::run(&args),
        Command::Report(args) => report::run(&args),
        Command::Calibrate(args) => calibrate::run(&args),
        Command::Count(args) => count::run(&args),
    })
}

fn exit_code(done: anyhow::Result<Outcome>) -> ExitCode {
    match done {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Incomplete) => ExitCode::from(1),
        // `rolecall … | head -1` is not an error.
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::message(&output::one_line(&error));
            ExitCode::from(2)
        }
    }
}
