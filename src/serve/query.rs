//! The settings in the query of a request.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// Settings from the query; what cannot be parsed as `T` is refused with 400.
pub(super) struct Settings<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Settings<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Query::try_from_uri(&parts.uri)
            .map(|Query(settings)| Self(settings))
            .map_err(|error| Problem::bad_request(format!("{}.", error.body_text())))
    }
}

/// Of a path without settings: a query that would have no effect is refused.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NoSettings {}
