//! Refuses requests that other sites' pages send through a browser.
//!
//! A site can point its own host name to this machine (DNS rebinding), and its page can then read
//! responses as if they came from the site. Such requests carry that host name, so only `localhost`,
//! IP addresses and the names in the settings are served.

use std::net::IpAddr;

use axum::http::header::{HOST, ORIGIN};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri};

use super::App;
use super::problem::Problem;

/// Checks the host and the origin of a request.
pub(super) fn check(app: &App, uri: &Uri, headers: &HeaderMap) -> Result<(), Problem> {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else {
        return Err(Problem::bad_request("The request must have one Host header."));
    };
    let host = host.to_str().ok().and_then(|host| host.parse::<Authority>().ok());
    let named = |authority: &Authority| served(app, authority.host());
    if !host.as_ref().is_some_and(named) || !uri.authority().is_none_or(named) {
        let detail = "This server does not serve that host name; allow it with --allow-host.";
        return Err(Problem::new(StatusCode::MISDIRECTED_REQUEST, detail));
    }
    let Some(origin) = headers.get(ORIGIN) else { return Ok(()) };
    let origin = origin.to_str().unwrap_or_default();
    let own = origin.split_once("://").is_some_and(|(_, authority)| host.is_some_and(|host| host == authority));
    if own || app.settings.origins.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin)) {
        Ok(())
    } else {
        let detail = "Pages of that origin may not use this server; allow it with --allow-origin.";
        Err(Problem::new(StatusCode::FORBIDDEN, detail))
    }
}

/// Whether requests for `host`, without its port, are served.
fn served(app: &App, host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    if let Ok(address) = bare.parse::<IpAddr>() {
        // DNS rebinding needs a name. A server on a loopback address is reached only by loopback
        // addresses.
        return !app.loopback || address.is_loopback();
    }
    host.eq_ignore_ascii_case("localhost") || app.settings.hosts.iter().any(|name| name.eq_ignore_ascii_case(host))
}
