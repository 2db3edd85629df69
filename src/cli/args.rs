//! Arguments that several commands share.

use std::path::PathBuf;

use anyhow::Result;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ColorChoice, ValueEnum};
use rolecall::{Classifier, Lens, Options};

/// Output format of commands that have no page to show.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// The model to use.
#[derive(clap::Args)]
pub(super) struct ModelArgs {
    /// Model file to use instead of the built-in model
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
}

impl ModelArgs {
    /// Loads the model.
    pub(super) fn load(&self, options: Options) -> Result<Classifier> {
        let classifier = match &self.model {
            Some(path) => Classifier::from_file(path)?,
            None => Classifier::builtin()?,
        };
        Ok(classifier.with_options(options))
    }
}

/// Color of text output.
#[derive(clap::Args)]
pub(super) struct ColorArgs {
    /// When to use color; auto means on a terminal, unless NO_COLOR is set
    #[arg(long, alias = "colour", default_value = "auto", value_name = "WHEN")]
    pub color: ColorChoice,
}

/// Parser of lenses.
pub(super) fn lens() -> impl TypedValueParser<Value = Lens> {
    PossibleValuesParser::new(Lens::ALL.map(Lens::as_str)).try_map(|name| name.parse::<Lens>())
}

/// Parser of probabilities.
pub(super) fn probability(text: &str) -> Result<f64, String> {
    let number: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.0..=1.0).contains(&number) { Ok(number) } else { Err("must be from 0 to 1".to_owned()) }
}
