//! What the server knows and how it is doing.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::App;
use super::answers::json;
use super::problem::Problem;
use crate::infer::Reason;
use crate::model::{Duty, Kind, Label, Lens, Role};

/// A duty, and the kind that each source assigns to it.
#[derive(serde::Serialize)]
struct Entry<'a> {
    duty: &'a str,
    name: &'a str,
    theme: &'a str,
    consensus: Kind,
    by_lens: serde_json::Map<String, serde_json::Value>,
    sources_pm: Vec<Lens>,
    sources_pmm: Vec<Lens>,
    disputed: bool,
}

impl<'a> Entry<'a> {
    fn new(duty: &'a Duty) -> Self {
        let said = |lens: Lens| Some((lens.to_string(), duty.kinds[lens]?.as_str().into()));
        Self {
            duty: &duty.id,
            name: &duty.name,
            theme: &duty.theme,
            consensus: duty.kind(Lens::Consensus),
            by_lens: Lens::sources().into_iter().filter_map(said).collect(),
            sources_pm: duty.sources(Role::Pm),
            sources_pmm: duty.sources(Role::Pmm),
            disputed: duty.disputed(),
        }
    }
}

#[derive(serde::Serialize)]
struct About<'a> {
    version: &'static str,
    model: &'a str,
    labels: [Label; 4],
    reasons: [Reason; 4],
    lenses: Vec<Lens>,
    duties: usize,
    max_posting_bytes: u64,
    max_table_bytes: u64,
}

pub(super) async fn lexicon(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    json(&app.work.classifier.duties().map(Entry::new).collect::<Vec<_>>())
}

pub(super) async fn model(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let classifier = &app.work.classifier;
    json(&About {
        version: env!("CARGO_PKG_VERSION"),
        model: classifier.model_id(),
        labels: Label::ALL,
        reasons: [Reason::TooShort, Reason::OffTopic, Reason::NotEnglish, Reason::LowConfidence],
        lenses: Lens::ALL.to_vec(),
        duties: classifier.duties().count(),
        max_posting_bytes: app.settings.max_posting,
        max_table_bytes: app.settings.max_table,
    })
}

pub(super) async fn openapi() -> Response {
    ([(CONTENT_TYPE, "application/json")], include_str!("assets/openapi.json")).into_response()
}

pub(super) async fn health() -> Response {
    ([(CONTENT_TYPE, "text/plain; charset=utf-8")], "ok\n").into_response()
}

pub(super) async fn metrics(State(app): State<Arc<App>>) -> Response {
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], app.metrics.text()).into_response()
}
