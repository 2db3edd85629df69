//! `rolecall serve` under load, and with clients that are slow, hostile or many.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;

use super::load;
use super::server::{Server, posting, table};

/// Targets are checked by `cargo bench --bench serve`; the limits here are for a debug build on a busy machine.
#[test]
fn a_load_of_64_connections_meets_no_error_and_no_growth() {
    let server = Server::start(&[]);
    let request = load::classify();
    let process = server.child.id();
    load::run(server.address, &request, 64, 4);
    let before = load::memory(process);
    let rounds = std::iter::repeat_with(|| {
        let figures = load::run(server.address, &request, 64, 12);
        assert_eq!(figures.failed, [""; 0]);
        (figures.quantile(0.5), figures.quantile(0.99))
    });
    let rounds: Vec<_> = rounds.take(3).collect();
    assert!(rounds.iter().any(|(median, p99)| *p99 < *median * 10), "{rounds:?}");
    let (health, classified) =
        (load::run(server.address, &load::health(), 64, 12), load::run(server.address, &request, 64, 12));
    assert_eq!(health.failed, [""; 0]);
    assert!(classified.rate() > health.rate() / 100.0, "{} and {} a second", classified.rate(), health.rate());
    if let Some((before, after)) = before.zip(load::memory(process)) {
        assert!(after < before + 16_384, "from {before} KB to {after} KB");
    }
}

/// A hostile request over and over; then the first lines of its answers are returned.
fn hostile(server: &Server, request: &[u8], done: &AtomicBool) -> Vec<String> {
    let mut lines = Vec::new();
    while !done.load(Ordering::Relaxed) || lines.is_empty() {
        lines.push(server.raw(request));
        std::thread::sleep(Duration::from_millis(5));
    }
    lines
}

#[test]
fn hostile_clients_do_not_keep_others_from_being_served() {
    let server = Server::start(&[]);
    let post = |media: &str, body: &[u8]| {
        let head = format!("POST /api/classify HTTP/1.1\r\nhost: localhost\r\ncontent-type: {media}\r\n");
        [format!("{head}content-length: {}\r\n\r\n", body.len()).as_bytes(), body].concat()
    };
    let requests = [
        (post("application/json", b"{\"text\":"), "HTTP/1.1 400 Bad Request"),
        (post("application/json", b"{\"text\":\"\xff\"}"), "HTTP/1.1 400 Bad Request"),
        (post("application/json", b"[1]"), "HTTP/1.1 400 Bad Request"),
        (post("video/mp4", b"text"), "HTTP/1.1 415 Unsupported Media Type"),
        (post("text/plain", &vec![b'a'; 10 << 20]), "HTTP/1.1 413 Payload Too Large"),
        (b"GET / HTTP/9.9\r\n\r\n".to_vec(), "HTTP/1.1 400 Bad Request"),
        (b"\0\x01\x02\xff\r\n\r\n".to_vec(), "HTTP/1.1 400 Bad Request"),
        (
            format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(200_000)).into_bytes(),
            "HTTP/1.1 431 Request Header Fields Too Large",
        ),
    ];
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let slow: Vec<_> = (0..100).map(|_| server.connect()).collect();
        for (at, mut stream) in slow.iter().enumerate() {
            let whole = post("text/plain", b"a text");
            let part = if at % 2 == 0 { 13 } else { whole.len() - 2 };
            stream.write_all(&whole[..part]).expect("written");
        }
        let attacks: Vec<_> =
            requests.iter().map(|(request, _)| scope.spawn(|| hostile(&server, request, &done))).collect();
        let served: Vec<_> =
            (0..40).map(|_| server.json("/api/classify", &json!({"text": posting("pm")})).status).collect();
        done.store(true, Ordering::Relaxed);
        assert_eq!(served, [200; 40]);
        for (attack, (_, expected)) in attacks.into_iter().zip(&requests) {
            let lines = attack.join().expect("lines");
            // A client that still sends when it is refused may find the connection reset.
            assert!(lines.iter().all(|line| line == expected || line.is_empty()), "{expected}: {lines:?}");
            assert!(lines.iter().any(|line| line == expected), "{expected}: {lines:?}");
        }
    });
    assert_eq!(server.get("/healthz").body, "ok\n");
}

/// Without a limit, the server would hold 320 MB of bodies here.
#[test]
fn long_bodies_that_never_end_take_limited_memory() {
    let server = Server::start(&[]);
    let length = 4 << 20;
    let head = format!("POST /api/classify HTTP/1.1\r\nhost: localhost\r\ncontent-length: {length}\r\n\r\n");
    let body = vec![b'a'; length - 1];
    std::thread::scope(|scope| {
        let sent: Vec<_> = (0..80)
            .map(|_| {
                scope.spawn(|| {
                    let mut stream = server.connect();
                    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
                    let mut line = String::new();
                    let _ = BufReader::new(stream).read_line(&mut line);
                    line
                })
            })
            .collect();
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!(server.json("/api/classify", &json!({"text": posting("pm")})).status, 200, "a short one is served");
        let memory = load::memory(server.child.id());
        let lines: Vec<_> = sent.into_iter().map(|sent| sent.join().expect("a line")).collect();
        // One that still sends when it is refused may find the connection reset.
        let refused = lines.iter().filter(|line| line.contains(" 503 ") || line.is_empty()).count();
        let late = lines.iter().filter(|line| line.contains(" 408 ")).count();
        assert!(refused > 20 && late > 20 && refused + late == 80, "{lines:?}");
        assert!(memory.is_none_or(|memory| memory < 300 << 10), "{memory:?} KB");
    });
}

/// Sends the head of a request, and then a byte of its body at a time until the server ends
/// the connection.
fn drip(server: &Server, head: &[u8]) -> String {
    let mut stream = server.connect();
    stream.write_all(head).expect("written");
    let mut answer = stream.try_clone().expect("a handle");
    std::thread::scope(|scope| {
        scope.spawn(move || {
            while stream.write_all(b"a").is_ok() {
                std::thread::sleep(Duration::from_millis(500));
            }
        });
        let mut text = String::new();
        let _ = answer.read_to_string(&mut text);
        let _ = answer.shutdown(std::net::Shutdown::Both);
        text
    })
}

#[test]
fn slow_clients_are_dropped_and_others_served() {
    let server = Server::start(&[]);
    let slow = [
        (&b"GET / HTTP/1.1\r\nhost: loc"[..], ""),
        (b"POST /api/classify HTTP/1.1\r\nhost: localhost\r\ncontent-length: 999\r\n\r\n", "HTTP/1.1 408 "),
        (b"POST /api/batch HTTP/1.1\r\nhost: localhost\r\ncontent-length: 999\r\n\r\n", "HTTP/1.1 408 "),
        (
            b"POST /api/columns HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n3e7\r\n",
            "HTTP/1.1 408 ",
        ),
    ];
    std::thread::scope(|scope| {
        let dropped = slow.map(|(head, expected)| (scope.spawn(|| drip(&server, head)), expected));
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(server.get("/healthz").status, 200);
        // The slow tables take all places.
        assert_eq!(server.post("/api/batch", "text/csv", table(1).as_bytes()).status, 503);
        for (answer, expected) in dropped {
            let answer = answer.join().expect("an answer");
            assert!(answer.starts_with(expected), "{answer}");
            assert_eq!(answer.is_empty(), expected.is_empty(), "{answer}");
            assert!(answer.is_empty() || answer.contains("application/problem+json"), "{answer}");
        }
    });
    assert_eq!(server.post("/api/batch", "text/csv", table(1).as_bytes()).status, 200);
}

#[test]
fn clients_that_take_no_answer_make_room_for_other_tables() {
    let server = Server::start(&[]);
    // More than the buffers of a connection hold.
    let large = table(25_000);
    let head = "POST /api/batch HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/csv\r\ncontent-length:";
    let deaf: Vec<_> = (0..2)
        .map(|_| {
            let mut stream = server.connect();
            stream.write_all(format!("{head} {}\r\n\r\n{large}", large.len()).as_bytes()).expect("written");
            stream
        })
        .collect();
    let small = table(1);
    assert_eq!(server.post("/api/batch", "text/csv", small.as_bytes()).status, 503);
    let served = std::iter::repeat_with(|| {
        std::thread::sleep(Duration::from_secs(1));
        server.post("/api/batch", "text/csv", small.as_bytes()).status
    });
    assert!(served.take(120).any(|status| status == 200));
    drop(deaf);
}

#[test]
fn idle_connections_make_room_for_others() {
    let server = Server::start(&[]);
    let idle: Vec<_> = (0..2000).map_while(|_| TcpStream::connect(server.address).ok()).collect();
    assert!(idle.len() > 600, "{} connections", idle.len());
    assert_eq!(server.json("/api/classify", &json!({"text": posting("pm")})).json()["label"], "pm");
    let metrics = server.get("/metrics").body;
    let value = |name: &str| -> usize {
        let line = metrics.lines().find(|line| line.split(' ').next() == Some(name)).expect("a counter");
        line.rsplit(' ').next().expect("a value").parse().expect("a number")
    };
    assert!(value("rolecall_connections") <= 512);
    assert!(value("rolecall_connections_evicted_total") > 0);
}

#[test]
fn requests_beyond_the_limit_are_told_to_come_back() {
    let server = Server::start(&[]);
    let body = json!({"text": posting("hybrid"), "include": ["what_if"]}).to_string();
    let statuses: Vec<_> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..40)
            .map(|_| scope.spawn(|| server.post("/api/classify", "application/json", body.as_bytes())))
            .collect();
        asked.into_iter().map(|asked| asked.join().expect("an answer")).collect()
    });
    assert!(statuses.iter().all(|answer| matches!(answer.status, 200 | 503)));
    let refused: Vec<_> = statuses.iter().filter(|answer| answer.status == 503).collect();
    assert!(!refused.is_empty() && refused.iter().all(|answer| answer.header("retry-after") == "1"));
    assert!(statuses.iter().filter(|answer| answer.status == 200).count() >= 16);
}

#[cfg(unix)]
#[test]
fn signals_finish_what_is_under_way() {
    for name in ["-INT", "-TERM"] {
        let mut server = Server::start(&[]);
        let mut stream = server.connect();
        stream
            .write_all(
                b"POST /api/classify HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: 4\r\n\r\n",
            )
            .expect("written");
        let mut reader = BufReader::new(stream.try_clone().expect("a handle"));
        let mut line = String::new();
        reader.read_line(&mut line).expect("the server waits for the body");
        assert!(line.starts_with("HTTP/1.1 100"), "{line}");
        let id = server.child.id().to_string();
        assert!(std::process::Command::new("kill").args([name, &id]).status().expect("kill").success());
        // No new connection is taken once the signal has arrived.
        while TcpStream::connect(server.address).is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
        stream.write_all(b"text").expect("written");
        let mut rest = String::new();
        reader.read_to_string(&mut rest).expect("an answer");
        assert!(rest.contains("HTTP/1.1 200 OK") && rest.contains("too_short"), "{rest}");
        assert!(server.child.wait().expect("it ends").success());
    }
    assert_eq!(Server::start(&[]).signal("-TERM").code(), Some(0));
}
