//! Accepts a limited number of connections, and closes them when the server stops.

use std::collections::BTreeMap;
use std::io;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
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

/// Buffer size of a connection in bytes; the headers of a request must fit in it.
const BUFFER: usize = 64 << 10;

/// Pause after a failure to accept a connection.
const RETRY_TIME: Duration = Duration::from_millis(20);

/// A connection. Requests carry it so that a handler can close it when the client stops reading.
#[derive(Debug, Clone, Default)]
pub(super) struct Connection(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// Requests in flight.
    busy: AtomicUsize,
    task: Mutex<Option<AbortHandle>>,
}

impl Connection {
    /// Closes the connection.
    pub(super) fn abort(&self) {
        if let Some(task) = &*lock(&self.0.task) {
            task.abort();
        }
    }

    /// Marks the connection as busy until the result is dropped.
    pub(super) fn busy(&self) -> Busy {
        self.0.busy.fetch_add(1, Ordering::Relaxed);
        Busy(self.clone())
    }

    fn idle(&self) -> bool {
        self.0.busy.load(Ordering::Relaxed) == 0
    }
}

/// One request in flight on a connection.
pub(super) struct Busy(Connection);

impl Drop for Busy {
    fn drop(&mut self) {
        let Self(Connection(inner)) = self;
        inner.busy.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Open connections by number, oldest first.
type Open = Mutex<BTreeMap<u64, Connection>>;

/// Removes a connection when its task ends or is aborted.
struct Entry {
    open: Arc<Open>,
    number: u64,
    app: Arc<App>,
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.open).remove(&self.number);
        self.app.metrics.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// No code panics while it holds a lock.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Completes at the first signal that came after [`Stop::at_signal`].
pub(super) struct Stop(Pin<Box<dyn Future<Output = ()> + Send>>);

impl std::fmt::Debug for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stop").finish_non_exhaustive()
    }
}

impl Stop {
    /// Listens for signals from now on. Must be called within a runtime.
    pub(super) fn at_signal() -> io::Result<Self> {
        Ok(Self(Box::pin(signal()?)))
    }
}

/// Serves connections until a signal ends the server.
pub(super) async fn serve(listener: TcpListener, router: Router, app: &Arc<App>, stop: Stop) -> io::Result<()> {
    let mut acceptor =
        Acceptor { app: Arc::clone(app), router, open: Arc::default(), accepted: 0, graceful: GracefulShutdown::new() };
    let Stop(mut stop) = stop;
    loop {
        match unless(pin!(&mut stop), pin!(listener.accept())).await {
            Some(Ok((stream, _))) => {
                acceptor.make_room(app.settings.max_connections);
                acceptor.start(stream);
            }
            // Out of file descriptors, or the client has disconnected: go on with one connection less.
            Some(Err(_)) => {
                let open = lock(&acceptor.open).len();
                acceptor.make_room(open);
                tokio::time::sleep(RETRY_TIME).await;
            }
            None => break,
        }
    }
    drop(listener);
    let again = pin!(signal()?);
    let end = pin!(tokio::time::timeout(app.settings.stop_timeout, acceptor.graceful.shutdown()));
    let _ = unless(again, end).await;
    Ok(())
}

struct Acceptor {
    app: Arc<App>,
    router: Router,
    open: Arc<Open>,
    /// Connections accepted so far.
    accepted: u64,
    graceful: GracefulShutdown,
}

impl Acceptor {
    /// Serves the requests of a connection in a task of its own.
    fn start(&mut self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let connection = Connection::default();
        let router = TowerToHyperService::new(self.router.clone());
        let own = connection.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let busy = own.busy();
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(own.clone());
            let response = hyper::service::Service::call(&router, request);
            async move {
                let _busy = busy;
                response.await
            }
        });
        let mut builder = http1::Builder::new();
        builder.timer(TokioTimer::new()).header_read_timeout(self.app.settings.header_timeout).max_buf_size(BUFFER);
        let served = self.graceful.watch(builder.serve_connection(TokioIo::new(stream), service));
        self.accepted += 1;
        lock(&self.open).insert(self.accepted, connection.clone());
        self.app.metrics.connections.fetch_add(1, Ordering::Relaxed);
        let entry = Entry { open: Arc::clone(&self.open), number: self.accepted, app: Arc::clone(&self.app) };
        let task = tokio::spawn(async move {
            let _entry = entry;
            let _ = served.await;
        });
        *lock(&connection.0.task) = Some(task.abort_handle());
    }

    /// Closes connections until there are fewer than `max`: idle ones first, each time the oldest.
    fn make_room(&self, max: usize) {
        let mut open = lock(&self.open);
        while open.len() >= max.max(1) {
            let oldest_idle = open.iter().find(|(_, connection)| connection.idle()).map(|(number, _)| *number);
            let Some(number) = oldest_idle.or_else(|| open.keys().next().copied()) else { return };
            if let Some(connection) = open.remove(&number) {
                connection.abort();
                self.app.metrics.evicted.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

/// The result of `task`, or `None` if `stop` completes before it.
async fn unless<T>(
    mut stop: Pin<&mut impl Future<Output = ()>>,
    mut task: Pin<&mut impl Future<Output = T>>,
) -> Option<T> {
    std::future::poll_fn(|context| {
        if stop.as_mut().poll(context).is_ready() {
            return Poll::Ready(None);
        }
        task.as_mut().poll(context).map(Some)
    })
    .await
}

/// Completes at SIGINT or SIGTERM.
#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(std::future::poll_fn(move |context| {
        if interrupt.poll_recv(context).is_ready() { Poll::Ready(()) } else { terminate.poll_recv(context).map(|_| ()) }
    }))
}

/// Completes at Ctrl-C.
#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = tokio::signal::ctrl_c().await;
    })
}
