//! Responses as JSON, and what they contain.

use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize as _;
use serde::de::value::{self, StrDeserializer};

use super::problem::Problem;
use crate::explain::{self, DutyTable, LensTable, Split, WhatIf, sanitize};
use crate::infer::{Classifier, Options, Scratch, Verdict};
use crate::model::{Label, Lens};

/// What a response has besides the verdict.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Include {
    /// The evidence by duty.
    Duties,
    /// The verdict through every lens.
    Lenses,
    /// The smallest set of lines whose removal changes the label.
    WhatIf,
    /// A hybrid as two lists of duties.
    Split,
    /// The text of the posting, without markup.
    Text,
    /// A self-contained HTML page.
    Html,
}

impl Include {
    /// The parts named in `list`, separated by commas.
    pub(super) fn list(list: &str) -> Result<Vec<Self>, Problem> {
        let known = |name| Self::deserialize(StrDeserializer::<value::Error>::new(name));
        let all: Result<_, _> = list.split(',').filter(|name| !name.is_empty()).map(known).collect();
        all.map_err(|error| Problem::bad_request(format!("include: {error}.")))
    }
}

/// A posting to classify, from the query and the body.
#[derive(Debug, Clone)]
pub(super) struct ClassifyRequest {
    pub text: String,
    pub title: Option<String>,
    pub options: Options,
    pub include: Vec<Include>,
}

/// Default of `top`, the maximum number of phrases per role, as in `rolecall classify --format json`.
const PHRASES: usize = 6;

/// The options of a request.
pub(super) fn options(
    lens: Option<Lens>,
    top: Option<u32>,
    ignore_title: bool,
    min_confidence: Option<f64>,
) -> Result<Options, Problem> {
    let min_confidence = min_confidence.unwrap_or(0.0);
    if !(0.0..=1.0).contains(&min_confidence) {
        return Err(Problem::bad_request("min_confidence must be from 0 to 1."));
    }
    let options =
        Options::default().lens(lens.unwrap_or(Lens::Consensus)).phrases(top.map_or(PHRASES, |top| top as usize));
    Ok(options.title(!ignore_title).min_confidence(min_confidence))
}

/// A verdict, and the parts that `include` asks for.
#[derive(serde::Serialize)]
pub(super) struct ClassifyResponse {
    #[serde(flatten)]
    pub verdict: Verdict,
    #[serde(skip_serializing_if = "Option::is_none")]
    duties: Option<DutyTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lenses: Option<LensTable>,
    #[serde(skip_serializing_if = "Option::is_none")]
    what_if: Option<WhatIf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<Split>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    html: Option<String>,
}

impl ClassifyResponse {
    pub(super) fn new(classifier: &Classifier, scratch: &mut Scratch, request: &ClassifyRequest) -> Self {
        let ClassifyRequest { text, options, include, .. } = request;
        let classifier = classifier.clone().with_options(*options);
        let title = request.title.as_deref();
        let wants = |part| include.contains(&part);
        let verdict = classifier.classify_with(scratch, title, text);
        let all_phrases = || classifier.clone().with_options(options.phrases(usize::MAX));
        Self {
            duties: wants(Include::Duties).then(|| DutyTable::new(&classifier, scratch, &verdict, text)),
            lenses: wants(Include::Lenses).then(|| LensTable::new(&classifier, scratch, title, text)),
            what_if: wants(Include::WhatIf).then(|| explain::what_if(&classifier, scratch, title, text)),
            split: (wants(Include::Split) && verdict.label == Label::Hybrid)
                .then(|| explain::split(&classifier, scratch, text)),
            text: wants(Include::Text).then(|| explain::without_markup(text)),
            html: wants(Include::Html)
                .then(|| explain::html::page(text, &explain::explain(&all_phrases(), scratch, title, text, false))),
            verdict,
        }
    }
}

/// A response in JSON. Characters that act on a terminal are escaped, as in the program's own
/// output.
pub(super) fn json(value: &impl serde::Serialize) -> Result<Response, Problem> {
    let json = serde_json::to_string(value).map_err(|_| Problem::defect())?;
    Ok(([(CONTENT_TYPE, "application/json")], sanitize::for_json(&json).into_owned()).into_response())
}
