//! Bodies of requests to the page's API, through a server on the loopback address. The first
//! byte chooses the request.
#![no_main]

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::sync::LazyLock;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use rolecall::Classifier;
use rolecall::serve::{Server, Settings};

const REQUESTS: [(&str, &str); 7] = [
    ("/api/classify", "application/json"),
    ("/api/classify", "text/plain"),
    ("/api/classify", "application/octet-stream"),
    ("/api/compare", "application/json"),
    ("/api/batch", "text/csv"),
    ("/api/batch?format=events", "application/x-ndjson"),
    ("/api/columns", "text/csv"),
];

static ADDRESS: LazyLock<SocketAddr> = LazyLock::new(|| {
    // Only other panics end the run.
    rolecall::panics::silence_caught();
    let classifier = Classifier::builtin().expect("a sound model");
    let any = SocketAddr::new(Ipv4Addr::LOCALHOST.into(), 0);
    let server = Server::bind(classifier, Settings::default(), any, true).expect("listens");
    let address = server.address();
    std::thread::spawn(move || server.run());
    address
});

fuzz_target!(|data: &[u8]| {
    let Some((&which, body)) = data.split_first() else { return };
    let (path, media) = REQUESTS[usize::from(which) % REQUESTS.len()];
    let mut stream = TcpStream::connect(*ADDRESS).expect("connects");
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: {media}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        *ADDRESS,
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("sent");
    let _ = stream.write_all(body);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    assert!(answer.starts_with(b"HTTP/1.1 "), "an answer");
    assert!(!answer.starts_with(b"HTTP/1.1 500"), "no defect: {}", String::from_utf8_lossy(&answer));
});
