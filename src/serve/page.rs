//! The web page and its assets.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use super::problem::Problem;

const INDEX: &str = include_str!("assets/index.html");

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

const ASSETS: [(&str, &str, &str); 8] = [
    ("style.css", CSS, include_str!("assets/style.css")),
    ("app.js", JAVASCRIPT, include_str!("assets/app.js")),
    ("dom.js", JAVASCRIPT, include_str!("assets/dom.js")),
    ("verdict.js", JAVASCRIPT, include_str!("assets/verdict.js")),
    ("compare.js", JAVASCRIPT, include_str!("assets/compare.js")),
    ("table.js", JAVASCRIPT, include_str!("assets/table.js")),
    ("examples.js", JAVASCRIPT, include_str!("assets/examples.js")),
    ("icon.svg", SVG, include_str!("assets/icon.svg")),
];

pub(super) async fn index() -> Response {
    file(HTML, INDEX)
}

pub(super) async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let found = ASSETS.iter().find(|(known, ..)| *known == name);
    let &(_, media, text) = found.ok_or_else(|| Problem::new(StatusCode::NOT_FOUND, "There is no such file."))?;
    Ok(file(media, text))
}

/// The browser must not show a cached page after the program is updated.
fn file(media: &'static str, text: &'static str) -> Response {
    ([(CONTENT_TYPE, media), (CACHE_CONTROL, "no-cache")], text).into_response()
}
