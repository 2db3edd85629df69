//! A local web server: a page to paste a posting into, and the API that the page uses.
//!
//! Everything it serves is in the program; it makes no connections and stores no text. It protects
//! itself against slow, large and cross-origin requests:
//!
//! - connections, waiting requests, and the size and time of bodies are limited
//!   (`connections`, `work`, `body`);
//! - requests for another host or from another origin are refused (`guard`).

mod about;
mod body;
mod connections;
mod guard;
mod metrics;
mod page;
mod postings;
mod problem;
mod query;
mod responses;
mod router;
mod tables;
mod work;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::error::{Error, ErrorKind};
use crate::infer::Classifier;
use body::BodyMemory;
use connections::Stop;
use metrics::Metrics;
use work::Work;

/// Limits and permissions of a server. [`Settings::default`] permits no other host or origin.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Settings {
    /// Host names that requests may be for, besides `localhost` and IP addresses.
    pub hosts: Vec<String>,
    /// Origins whose pages may use the API, such as `https://example.com`.
    pub origins: Vec<String>,
    /// Maximum size of a posting in bytes. Default: 4 MiB.
    pub max_posting: u64,
    /// Maximum size of a table in bytes. Default: 1 GiB.
    pub max_table: u64,
    /// Maximum number of open connections, at least 1. At the limit, a new connection closes the oldest idle
    /// one or, if none is idle, the oldest. Default: 512.
    pub max_connections: usize,
    /// Maximum number of postings that are being classified or waiting; further requests get status
    /// 503. Default: 128.
    pub max_waiting: usize,
    /// Time limit for the headers of a request. Default: 5 seconds.
    pub header_timeout: Duration,
    /// Time limit for the body of a posting, and for each chunk of a table. Default: 10 seconds.
    pub body_timeout: Duration,
    /// Time limit for requests in progress when the server stops. Default: 30 seconds.
    pub stop_timeout: Duration,
    /// Program that reads workbooks and Parquet files in a process of its own, as in
    /// [`TableOptions::converter`](crate::table::TableOptions::converter). Default: none.
    pub converter: Option<PathBuf>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hosts: Vec::new(),
            origins: Vec::new(),
            max_posting: 4 << 20,
            max_table: 1 << 30,
            max_connections: 512,
            max_waiting: 128,
            header_timeout: Duration::from_secs(5),
            body_timeout: Duration::from_secs(10),
            stop_timeout: Duration::from_secs(30),
            converter: None,
        }
    }
}

/// What all requests share.
#[derive(Debug)]
struct App {
    settings: Settings,
    /// Whether only this machine can reach the server.
    loopback: bool,
    metrics: Metrics,
    bodies: BodyMemory,
    work: Work,
}

/// A server that listens but does not respond yet.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    runtime: Runtime,
    stop: Stop,
    app: Arc<App>,
}

impl Server {
    /// Listens on `address`; if its port is taken and `any_port` is set, on a free port. From then on,
    /// SIGINT and SIGTERM stop [`Server::run`] and no longer the process.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] if it cannot listen there.
    pub fn bind(
        classifier: Classifier,
        settings: Settings,
        address: SocketAddr,
        any_port: bool,
    ) -> Result<Self, Error> {
        let failed = |error: io::Error| {
            let taken = error.kind() == io::ErrorKind::AddrInUse;
            let error = Error::from_cause(ErrorKind::Io, error).file(address);
            if taken { error.hint("another program listens there; choose another --port") } else { error }
        };
        let listener = match TcpListener::bind(address) {
            Err(error) if any_port && error.kind() == io::ErrorKind::AddrInUse => {
                TcpListener::bind(SocketAddr::new(address.ip(), 0))
            }
            other => other,
        };
        let listener = listener.map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let runtime = Builder::new_multi_thread().enable_all().thread_name("serve").build().map_err(failed)?;
        // Listens for signals already here: one may come between `bind` and `run`.
        let stop = {
            let _context = runtime.enter();
            Stop::at_signal().map_err(failed)?
        };
        let work = Work::new(classifier, settings.max_waiting);
        let bodies = BodyMemory::new(settings.max_posting);
        let app = App { loopback: address.ip().is_loopback(), metrics: Metrics::default(), bodies, work, settings };
        Ok(Self { listener, address, runtime, stop, app: Arc::new(app) })
    }

    /// The address it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves requests until SIGINT or SIGTERM. Then it accepts no more requests. It returns when those in
    /// flight have ended, after [`Settings::stop_timeout`], or at a second signal.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when signals or connections cannot be received.
    pub fn run(self) -> Result<(), Error> {
        let Self { listener, runtime, stop, app, .. } = self;
        let done = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            connections::serve(listener, router::router(&app), &app, stop).await
        });
        // A search whose client has disconnected must not keep the program running.
        runtime.shutdown_background();
        done.map_err(|error| Error::from_cause(ErrorKind::Io, error))
    }
}
