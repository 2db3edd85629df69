//! The lexicon, the model, the description of the API, health and metrics.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use super::App;
use super::problem::Problem;
use super::query::{NoSettings, Settings};
use super::responses::json;
use crate::explain::LexiconEntry;
use crate::infer::Reason;
use crate::model::{Label, Lens};

#[derive(serde::Serialize)]
struct About<'a> {
    version: &'static str,
    model: &'a str,
    labels: &'static [Label],
    reasons: &'static [Reason],
    lenses: &'static [Lens],
    duties: usize,
    max_posting_bytes: u64,
    max_table_bytes: u64,
}

pub(super) async fn lexicon(State(app): State<Arc<App>>, _: Settings<NoSettings>) -> Result<Response, Problem> {
    json(&app.work.classifier.duties().map(LexiconEntry::new).collect::<Vec<_>>())
}

pub(super) async fn model(State(app): State<Arc<App>>, _: Settings<NoSettings>) -> Result<Response, Problem> {
    let classifier = &app.work.classifier;
    json(&About {
        version: env!("CARGO_PKG_VERSION"),
        model: classifier.model_id(),
        labels: &Label::ALL,
        reasons: &Reason::ALL,
        lenses: &Lens::ALL,
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
