//! Accepts connections, at most a limited number, and ends them when the server stops.

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;

use super::App;

/// A connection. Requests carry it, so that one whose client takes no answer can be ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Connection(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Requests under way.
    busy: AtomicUsize,
    task: Mutex<Option<AbortHandle>>,
}

impl Connection {
    /// Closes the connection.
    pub(super) fn abort(&self) {
        if let Some(task) = &*self.0.task.lock().unwrap_or_else(PoisonError::into_inner) {
            task.abort();
        }
    }

    /// Says that an answer is under way.
    pub(super) fn busy(&self) -> Busy {
        self.0.busy.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }

    fn idle(&self) -> bool {
        self.0.busy.load(Ordering::Relaxed) == 0
    }
}

/// Open connections, oldest first.
type Open = Arc<Mutex<BTreeMap<u64, Connection>>>;

/// Removes a connection when its task ends or is aborted.
struct Entry(Open, u64, Arc<App>);

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
        self.2.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Keeps a connection from being closed for others, until it is dropped.
pub(super) struct Busy(Connection);

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.0.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Serves connections until a signal ends the server.
pub(super) async fn serve(listener: TcpListener, router: Router, app: &Arc<App>) -> io::Result<()> {
    let open = Open::default();
    let graceful = GracefulShutdown::new();
    let mut stop = std::pin::pin!(signal()?);
    let mut number = 0;
    loop {
        let accept = std::pin::pin!(listener.accept());
        let stream = match either(accept, stop.as_mut()).await {
            Some(Ok((stream, _))) => stream,
            // Out of file descriptors, or the client has gone: others may be served.
            Some(Err(_)) => {
                let now = open.lock().unwrap_or_else(PoisonError::into_inner).len();
                make_room(&open, app, now);
                tokio::time::sleep(Duration::from_millis(20)).await;
                continue;
            }
            None => break,
        };
        make_room(&open, app, app.settings.max_connections);
        number += 1;
        start(stream, number, &router, (&open, app), &graceful);
    }
    drop(listener);
    let again = std::pin::pin!(signal()?);
    let end = std::pin::pin!(tokio::time::timeout(app.settings.stop_time, graceful.shutdown()));
    let _ = either(end, again).await;
    Ok(())
}

/// The result of `first`, or `None` if `second` ends before it.
async fn either<T>(
    mut first: std::pin::Pin<&mut impl Future<Output = T>>,
    mut second: std::pin::Pin<&mut impl Future<Output = ()>>,
) -> Option<T> {
    std::future::poll_fn(|context| {
        if second.as_mut().poll(context).is_ready() {
            return std::task::Poll::Ready(None);
        }
        first.as_mut().poll(context).map(Some)
    })
    .await
}

fn start(
    stream: TcpStream,
    number: u64,
    router: &Router,
    (open, app): (&Open, &Arc<App>),
    graceful: &GracefulShutdown,
) {
    let _ = stream.set_nodelay(true);
    let connection = Connection::default();
    let inner = TowerToHyperService::new(router.clone());
    let of = connection.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let busy = of.busy();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(of.clone());
        let answer = hyper::service::Service::call(&inner, request);
        async move {
            let answer = answer.await;
            drop(busy);
            answer
        }
    });
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(app.settings.header_time).max_buf_size(64 << 10);
    let served = graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
    open.lock().unwrap_or_else(PoisonError::into_inner).insert(number, connection.clone());
    app.metrics.connections.fetch_add(1, Ordering::Relaxed);
    let entry = Entry(Arc::clone(open), number, Arc::clone(app));
    let task = tokio::spawn(async move {
        let _entry = entry;
        let _ = served.await;
    });
    *connection.0.task.lock().unwrap_or_else(PoisonError::into_inner) = Some(task.abort_handle());
}

/// Closes the oldest idle connections until there are fewer than `max`.
fn make_room(open: &Open, app: &App, max: usize) {
    let mut open = open.lock().unwrap_or_else(PoisonError::into_inner);
    while open.len() >= max.max(1) {
        let oldest_idle = open.iter().find(|(_, connection)| connection.idle()).map(|(number, _)| *number);
        // If all are busy, the one that has taken longest.
        let Some(number) = oldest_idle.or_else(|| open.keys().next().copied()) else { return };
        if let Some(connection) = open.remove(&number) {
            connection.abort();
            app.metrics.evicted.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Ends at SIGINT or SIGTERM.
fn signal() -> io::Result<impl Future<Output = ()>> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(async move {
            let (first, second) = (std::pin::pin!(interrupt.recv()), std::pin::pin!(terminate.recv()));
            let second = std::pin::pin!(async { _ = second.await });
            let _ = either(first, second).await;
        })
    }
    #[cfg(not(unix))]
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
