//! `/api/classify` and `/api/compare`.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::de::DeserializeOwned;

use super::App;
use super::body::{self, Media};
use super::problem::Problem;
use super::query::{NoSettings, Settings};
use super::responses::{ClassifyRequest, ClassifyResponse, Include, json, options};
use crate::explain;
use crate::infer::{Options, Scratch};
use crate::model::Lens;
use crate::read::Document;

/// How gzip and Zstandard files begin.
const COMPRESSED: [&[u8]; 2] = [&[0x1f, 0x8b], &[0x28, 0xb5, 0x2f, 0xfd]];

/// The settings of a request; those in a JSON body override them.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClassifyQuery {
    title: Option<String>,
    lens: Option<Lens>,
    top: Option<u32>,
    ignore_title: Option<bool>,
    min_confidence: Option<f64>,
    /// Parts separated by commas.
    include: Option<String>,
}

/// The body of a request in JSON.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ClassifyBody {
    text: String,
    title: Option<String>,
    lens: Option<Lens>,
    /// An integer, which JSON may write as `6.0`.
    top: Option<f64>,
    ignore_title: Option<bool>,
    min_confidence: Option<f64>,
    #[serde(default)]
    include: Vec<Include>,
}

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct CompareBody {
    a: String,
    b: String,
    lens: Option<Lens>,
}

pub(super) async fn classify(
    State(app): State<Arc<App>>,
    Settings(settings): Settings<ClassifyQuery>,
    request: Request,
) -> Result<Response, Problem> {
    let media = body::posting(request.headers())?;
    let body = posting_body(&app, request).await?;
    let request = match media {
        Media::Json => from_json(settings, &body.bytes)?,
        Media::File => from_query(text(&body.bytes)?, settings)?,
    };
    let search = request.include.contains(&Include::WhatIf);
    let classifier = app.work.classifier.clone();
    let bytes = request.text.len();
    let work = move |scratch: &mut Scratch| ClassifyResponse::new(&classifier, scratch, &request);
    let response = app.work.run(search, bytes, work).await?;
    app.metrics.verdict(response.verdict.label);
    json(&response)
}

pub(super) async fn compare(
    State(app): State<Arc<App>>,
    _: Settings<NoSettings>,
    request: Request,
) -> Result<Response, Problem> {
    body::json(request.headers())?;
    let body = posting_body(&app, request).await?;
    let CompareBody { a, b, lens } = parse(&body.bytes)?;
    let options = Options::default().lens(lens.unwrap_or(Lens::Consensus));
    let classifier = app.work.classifier.clone().with_options(options);
    json(&app.work.run(false, body.bytes.len(), move |scratch| explain::compare(&classifier, scratch, &a, &b)).await?)
}

async fn posting_body(app: &App, request: Request) -> Result<body::WholeBody, Problem> {
    let (head, body) = request.into_parts();
    let limits = (app.settings.max_posting, &app.bodies);
    body::read(&head.headers, body, limits, app.settings.body_timeout).await
}

fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| Problem::bad_request(format!("The body is not valid: {error}.")))
}

/// The request in a JSON body, whose settings override those of the query.
fn from_json(settings: ClassifyQuery, bytes: &[u8]) -> Result<ClassifyRequest, Problem> {
    let body: ClassifyBody = parse(bytes)?;
    // An invalid setting is refused even if the body overrides it.
    options(None, None, false, settings.min_confidence)?;
    let settings = ClassifyQuery {
        title: body.title.or(settings.title),
        lens: body.lens.or(settings.lens),
        top: body.top.map(integer).transpose()?.or(settings.top),
        ignore_title: body.ignore_title.or(settings.ignore_title),
        min_confidence: body.min_confidence.or(settings.min_confidence),
        include: settings.include,
    };
    let mut request = from_query(body.text, settings)?;
    request.include.extend(body.include);
    Ok(request)
}

fn integer(number: f64) -> Result<u32, Problem> {
    if number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number) {
        return Ok(number as u32);
    }
    Err(Problem::bad_request("top must be an integer of at least 0."))
}

fn from_query(text: String, settings: ClassifyQuery) -> Result<ClassifyRequest, Problem> {
    let ClassifyQuery { title, lens, top, ignore_title, min_confidence, include } = settings;
    let options = options(lens, top, ignore_title.unwrap_or_default(), min_confidence)?;
    let include = Include::list(include.as_deref().unwrap_or_default())?;
    Ok(ClassifyRequest { text, title, options, include })
}

/// The text of a file: text in any encoding, a Word document or an email.
fn text(bytes: &[u8]) -> Result<String, Problem> {
    // A compressed file can unpack to a thousand times the size limit.
    if COMPRESSED.iter().any(|magic| bytes.starts_with(magic)) {
        return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "The file is compressed; send it unpacked."));
    }
    let document = Document::read(bytes, None).map_err(|error| Problem::unreadable("file", &error))?;
    Ok(document.text().to_owned())
}
