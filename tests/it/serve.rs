//! `rolecall serve`: its API over loopback.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ExitStatus};
use std::time::Duration;

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Response;

use super::common::{run, start, stdout};

/// A server that ends with its test.
struct Server {
    child: Child,
    address: SocketAddr,
    agent: Agent,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

struct Answer {
    status: u16,
    head: Response<()>,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    fn header(&self, name: &str) -> &str {
        self.head.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

fn answer(response: Response<ureq::Body>) -> Answer {
    let (head, mut body) = response.into_parts();
    let body = body.with_config().limit(1 << 30).read_to_string().expect("a body");
    Answer { status: head.status.as_u16(), head: Response::from_parts(head, ()), body }
}

impl Server {
    fn start(args: &[&str]) -> Self {
        let mut child = start(&[&["serve", "--port", "0"], args].concat());
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("an address");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').parse().expect("an address");
        let agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60)));
        Self { child, address, agent: agent.build().new_agent() }
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    fn get(&self, path: &str) -> Answer {
        answer(self.agent.get(self.url(path)).call().expect("an answer"))
    }

    fn post(&self, path: &str, media: &str, body: &[u8]) -> Answer {
        answer(self.agent.post(self.url(path)).header("content-type", media).send(body).expect("an answer"))
    }

    fn json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, "application/json", body.to_string().as_bytes())
    }

    /// Sends `bytes` on a connection of its own and returns the first line of the answer.
    fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // Fails if the server answers before it has read everything.
        let _ = stream.write_all(bytes);
        let mut line = String::new();
        let _ = BufReader::new(stream).read_line(&mut line);
        line.trim_end().to_owned()
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream
    }

    #[cfg(unix)]
    fn signal(&mut self, name: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(std::process::Command::new("kill").args([name, &id]).status().expect("kill").success());
        self.child.wait().expect("it ends")
    }
}

fn posting(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/postings/{name}.txt", env!("CARGO_MANIFEST_DIR"))).expect("a posting")
}

/// What is wrong with `value` by `schema`, of the few keywords that the description uses.
fn mismatch(root: &Value, schema: &Value, value: &Value, at: &str) -> Option<String> {
    if let Some(name) = schema["$ref"].as_str() {
        return mismatch(root, root.pointer(&name[1..]).expect("a definition"), value, at);
    }
    if let Some(any) = schema["anyOf"].as_array() {
        let all: Option<Vec<_>> = any.iter().map(|schema| mismatch(root, schema, value, at)).collect();
        return all.map(|all| all.join("; "));
    }
    let fits = match schema["type"].as_str().expect("a type") {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        "integer" => value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("unknown type {other}"),
    };
    if !fits || schema["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        return Some(format!("{at}: {value} is not {schema}"));
    }
    if let (Some(fields), Some(properties)) = (value.as_object(), schema["properties"].as_object()) {
        let required = schema["required"].as_array().into_iter().flatten();
        if let Some(missing) = required.filter_map(Value::as_str).find(|name| !fields.contains_key(*name)) {
            return Some(format!("{at}: no {missing}"));
        }
        // Stricter than JSON Schema: the description must name every field.
        return fields.iter().find_map(|(name, value)| match properties.get(name) {
            Some(schema) => mismatch(root, schema, value, &format!("{at}.{name}")),
            None => Some(format!("{at}: {name} is not described")),
        });
    }
    let items = value.as_array().into_iter().flatten();
    items.zip(0..).find_map(|(item, number)| mismatch(root, &schema["items"], item, &format!("{at}[{number}]")))
}

#[test]
fn a_verdict_is_the_one_of_the_program() {
    let server = Server::start(&[]);
    let of_program: Value =
        serde_json::from_str(&stdout(&run(&["classify", "--format", "json", "tests/postings/hybrid.txt"], b"")))
            .expect("JSON");
    let text = posting("hybrid");
    let as_json = server.json("/api/classify", &json!({"text": text}));
    assert_eq!((as_json.status, as_json.header("content-type")), (200, "application/json"));
    assert_eq!(as_json.json(), of_program);
    for media in ["text/plain", "text/plain; charset=utf-8", "text/html", "application/octet-stream"] {
        assert_eq!(server.post("/api/classify", media, text.as_bytes()).json(), of_program, "{media}");
    }
    let titled = server.post("/api/classify?title=Product%20Marketing%20Manager&top=1", "text/plain", text.as_bytes());
    assert_eq!(titled.json()["title"]["says"], "pmm");
    let body = json!({"text": text, "title": "Product Marketing Manager", "top": 1});
    assert_eq!(titled.json(), server.json("/api/classify", &body).json());
}

#[test]
fn answers_match_the_description() {
    let server = Server::start(&[]);
    let root = server.get("/api/openapi.json").json();
    assert_eq!(root["openapi"], "3.1.0");
    let all = json!(["duties", "lenses", "what_if", "split", "text", "html"]);
    let hybrid = json!({"text": posting("hybrid"), "include": all});
    let titled = json!({"text": posting("pm"), "title": "Product Marketing Manager", "lens": "aipmm", "include": all});
    let csv = "id,title,text\n1,PM,Own the roadmap.\n";
    let answers = [
        ("/api/classify", "200", server.json("/api/classify", &hybrid)),
        ("/api/classify", "200", server.json("/api/classify", &titled)),
        ("/api/classify", "200", server.json("/api/classify", &json!({"text": "", "include": all}))),
        ("/api/classify", "400", server.json("/api/classify", &json!({"txt": ""}))),
        ("/api/compare", "200", server.json("/api/compare", &json!({"a": posting("pm"), "b": posting("pmm")}))),
        ("/api/columns", "200", server.post("/api/columns", "text/csv", csv.as_bytes())),
        ("/api/columns", "422", server.post("/api/columns", "text/csv", b"")),
        ("/api/lexicon", "200", server.get("/api/lexicon")),
        ("/api/model", "200", server.get("/api/model")),
    ];
    for (path, status, answer) in &answers {
        assert_eq!(answer.status.to_string(), *status, "{path}: {}", answer.body);
        let method = if root["paths"][path]["get"].is_object() { "get" } else { "post" };
        let content = &root["paths"][path][method]["responses"][status]["content"];
        let schema = &content[answer.header("content-type")]["schema"];
        assert!(schema.is_object(), "{path} {status}: {} is not described", answer.header("content-type"));
        assert_eq!(mismatch(&root, schema, &answer.json(), path), None);
    }
    for (name, answered) in [("what_if", &answers[0].2), ("split", &answers[0].2), ("lenses", &answers[1].2)] {
        assert!(answered.json()[name].is_object(), "{name}");
    }
}

#[test]
fn bad_requests_have_their_status() {
    let server = Server::start(&["--max-posting", "1"]);
    let large = vec![b'a'; 10 << 20];
    let post = |path: &str, media: &str, body: &[u8]| server.post(path, media, body);
    let table = [
        ("wrong field", post("/api/classify", "application/json", br#"{"text":"a","colour":1}"#), 400),
        ("wrong type", post("/api/classify", "application/json", br#"{"text":7}"#), 400),
        ("no JSON", post("/api/classify", "application/json", b"{"), 400),
        ("deep JSON", post("/api/classify", "application/json", "[".repeat(100_000).as_bytes()), 400),
        ("JSON not UTF-8", post("/api/classify", "application/json", b"{\"text\":\"\xff\"}"), 400),
        ("text not UTF-8", post("/api/classify", "text/plain", b"caf\xe9"), 200),
        ("a compressed file", post("/api/classify", "text/plain", b"\x1f\x8b\x08"), 422),
        ("a binary file", post("/api/classify", "application/octet-stream", b"\x89PNG\r\n\x1a\n\0\0"), 422),
        ("unknown lens", post("/api/classify?lens=mirror", "text/plain", b""), 400),
        ("unknown setting", post("/api/classify?lense=guide", "text/plain", b""), 400),
        ("probability over 1", post("/api/classify?min_confidence=2", "text/plain", b""), 400),
        ("an image", post("/api/classify", "image/png", b""), 415),
        ("two texts", post("/api/compare", "text/plain", b""), 415),
        ("unknown column", post("/api/batch?text_column=nope", "text/csv", b"id,text\n1,a\n"), 422),
        ("unknown output", post("/api/batch?columns=nope", "text/csv", b"id,text\n1,a\n"), 400),
        ("no such path", server.get("/api/nothing"), 404),
        ("no such file", server.get("/assets/..%2fCargo.toml"), 404),
        ("no such method", server.get("/api/classify"), 405),
    ];
    for (name, answer, status) in &table {
        assert_eq!(answer.status, *status, "{name}: {}", answer.body);
        if *status >= 400 {
            assert_eq!(answer.header("content-type"), "application/problem+json", "{name}");
            assert_eq!(answer.json()["status"], *status, "{name}");
        }
    }
    assert_eq!(table[17].1.header("allow"), "POST");
    assert_eq!(
        server.raw(
            &[b"POST /api/classify HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10485760\r\n\r\n", &large[..]]
                .concat()
        ),
        "HTTP/1.1 413 Payload Too Large"
    );
    // Not announced: it is too large once it has arrived.
    let chunks: Vec<u8> = (0..10).flat_map(|_| [b"100000\r\n", &large[..1 << 20], b"\r\n"].concat()).collect();
    let head = b"POST /api/classify HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n";
    assert_eq!(server.raw(&[head, &chunks[..]].concat()), "HTTP/1.1 413 Payload Too Large");
    assert_eq!(server.get("/healthz").body, "ok\n");
}

#[test]
fn foreign_hosts_and_origins_are_refused() {
    let server = Server::start(&["--allow-host", "jobs.example", "--allow-origin", "https://team.example"]);
    let status = |headers: &str| {
        let line = server.raw(format!("GET /healthz HTTP/1.1\r\n{headers}connection: close\r\n\r\n").as_bytes());
        line.split(' ').nth(1).unwrap_or_default().to_owned()
    };
    let table = [
        ("host: localhost\r\n", "200"),
        ("host: 127.0.0.1:4780\r\n", "200"),
        ("host: [::1]:80\r\n", "200"),
        ("host: JOBS.example\r\n", "200"),
        ("host: evil.example\r\n", "421"),
        ("host: localhost.evil.example\r\n", "421"),
        ("host: 192.168.0.7\r\n", "421"),
        ("", "400"),
        ("host: localhost\r\nhost: evil.example\r\n", "400"),
        ("host: localhost\r\norigin: http://localhost\r\n", "200"),
        ("host: localhost\r\norigin: https://team.example\r\n", "200"),
        ("host: localhost\r\norigin: http://evil.example\r\n", "403"),
        ("host: localhost\r\norigin: null\r\n", "403"),
    ];
    for (headers, expected) in table {
        assert_eq!(status(headers), expected, "{headers:?}");
    }
    let preflight = |server: &Server, origin: &str| {
        let asked = server.agent.options(server.url("/api/classify")).header("origin", origin);
        answer(asked.header("access-control-request-method", "POST").call().expect("an answer"))
            .header("access-control-allow-origin")
            .to_owned()
    };
    assert_eq!(preflight(&server, "https://team.example"), "https://team.example");
    assert_eq!(preflight(&server, "https://evil.example"), "");
    assert_eq!(preflight(&Server::start(&[]), "https://team.example"), "");
}

#[test]
fn the_page_has_a_strict_policy_and_no_foreign_address() {
    let server = Server::start(&[]);
    let page = server.get("/");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'; script-src 'self'"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    let mut files: Vec<&str> = page.body.split("/assets/").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    files.extend(["dom.js", "verdict.js", "compare.js", "table.js", "examples.js"]);
    for name in files {
        let file = server.get(&format!("/assets/{name}"));
        assert_eq!(file.status, 200, "{name}");
        for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "@import"] {
            assert!(!file.body.contains(sink), "{name}: {sink}");
        }
        let addresses = file.body.replace("http://www.w3.org/2000/svg", "");
        assert!(!addresses.contains("http://") && !addresses.contains("https://"), "{name}");
    }
}

#[test]
fn tables_come_back_row_by_row() {
    let server = Server::start(&[]);
    let (pm, pmm) = (posting("pm").replace('"', "'"), posting("pmm").replace('"', "'"));
    let csv = format!("id,text\n1,\"{pm}\"\n2,\"{pmm}\"\n3,a,b,c\n");
    let rows = server.post("/api/batch?only=true&id_column=id&columns=label", "text/csv", csv.as_bytes());
    assert_eq!(rows.body, "{\"id\":\"1\",\"rolecall_label\":\"pm\"}\n{\"id\":\"2\",\"rolecall_label\":\"pmm\"}\n");
    let as_csv = server.post("/api/batch?format=csv&only=true&id_column=id&columns=label", "text/csv", csv.as_bytes());
    assert_eq!(as_csv.body, "id,rolecall_label\n1,pm\n2,pmm\n");
    let events = server.post("/api/batch?format=events&columns=label", "text/csv", csv.as_bytes());
    let lines: Vec<Value> = events.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(lines.iter().filter(|line| line["rolecall_label"].is_string()).count(), 2);
    let rejected: Vec<_> = lines.iter().filter(|line| line["rolecall_rejected"].is_object()).collect();
    assert_eq!((rejected.len(), &rejected[0]["rolecall_rejected"]["row"]), (1, &json!(3)));
    let last = &lines[lines.len() - 1]["rolecall_summary"];
    assert_eq!((&last["rows"], &last["rejected"], &last["labels"]["pmm"]), (&json!(2), &json!(1), &json!(1)));
    assert!(server.get("/metrics").body.contains("rolecall_rows_total 6"));
}

#[test]
fn a_table_larger_than_memory_keeps_its_order() {
    let server = Server::start(&[]);
    let text = posting("pm").replace('"', "'");
    let mut csv = "id,text\n".to_owned();
    for id in 0..12_000 {
        csv.push_str(&format!("{id},\"{}\"\n", &text[..800]));
    }
    let rows = server.post("/api/batch?only=true&id_column=id&columns=label", "text/csv", csv.as_bytes());
    let ids = rows.body.lines().map(|line| line.split('"').nth(3).expect("an id").parse::<usize>().expect("a number"));
    assert!(ids.eq(0..12_000));
}

#[test]
fn slow_clients_are_dropped_and_others_served() {
    let server = Server::start(&[]);
    let (mut header, mut body) = (server.connect(), server.connect());
    header.write_all(b"GET / HTTP/1.1\r\nhost: loc").expect("written");
    body.write_all(b"POST /api/classify HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\nabc").expect("written");
    assert_eq!(server.get("/healthz").status, 200);
    let mut rest = String::new();
    let _ = header.read_to_string(&mut rest);
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 408"), "{rest}");
    rest.clear();
    let _ = body.read_to_string(&mut rest);
    assert!(rest.starts_with("HTTP/1.1 408"), "{rest}");
    assert!(rest.contains("application/problem+json"));
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
    assert!(refused.iter().all(|answer| answer.header("retry-after") == "1"));
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

#[test]
fn a_taken_port_is_an_error_only_if_asked_for() {
    let server = Server::start(&[]);
    let port = server.address.port().to_string();
    let refused = run(&["serve", "--port", &port], b"");
    assert_eq!(refused.status.code(), Some(2));
    let message = super::common::stderr(&refused);
    assert!(message.contains(&port) && message.contains("choose another --port"), "{message}");
}

#[test]
fn an_address_of_the_network_is_warned_about() {
    let mut server = Server::start(&["--bind", "0.0.0.0"]);
    assert_eq!(server.get("/healthz").status, 200);
    let _ = server.child.kill();
    let mut message = String::new();
    server.child.stderr.take().expect("piped").read_to_string(&mut message).expect("UTF-8");
    assert!(message.contains("warning: 0.0.0.0 can be reached from other machines"), "{message}");
}
