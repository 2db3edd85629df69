//! `rolecall serve`: its API over loopback.

use std::io::{BufRead as _, BufReader};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::common::{folder, rolecall, run, stdout};
use super::server::{Server, answer, posting, table};

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
    assert!(root["paths"]["/api/batch"]["post"]["description"].is_string());
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
        let response = &root["paths"][path][method]["responses"][status];
        let response =
            response["$ref"].as_str().map_or(response, |name| root.pointer(&name[1..]).expect("a definition"));
        let schema = &response["content"][answer.header("content-type")]["schema"];
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
        ("setting of a table for its columns", post("/api/columns?delimiter=;", "text/csv", b"id;text\n1;a\n"), 400),
        ("a lens in the query of a comparison", post("/api/compare?lens=guide", "application/json", b"{}"), 400),
        ("setting of the model", server.get("/api/model?lens=guide"), 400),
        ("setting of the lexicon", server.get("/api/lexicon?lens=guide"), 400),
        ("probability over 1", post("/api/classify?min_confidence=2", "text/plain", b""), 400),
        ("an image", post("/api/classify", "image/png", b""), 415),
        ("two texts", post("/api/compare", "text/plain", b""), 415),
        ("an array that is cut off", post("/api/batch?format=events", "application/x-ndjson", b"[\x9c\n"), 422),
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
    let no_method = table.iter().find(|row| row.2 == 405).expect("a row with 405");
    assert_eq!(no_method.1.header("allow"), "POST");
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
    let csv = table(12_000);
    let rows = server.post("/api/batch?only=true&id_column=id&columns=label", "text/csv", csv.as_bytes());
    let ids = rows.body.lines().map(|line| line.split('"').nth(3).expect("an id").parse::<usize>().expect("a number"));
    assert!(ids.eq(0..12_000));
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
fn another_port_is_chosen_and_said() {
    // If another program listens there, the port is taken all the same.
    let _taken = std::net::TcpListener::bind("127.0.0.1:4780");
    let server = Server::start_with(rolecall().arg("serve"));
    assert_eq!(server.get("/healthz").status, 200);
    let port = server.address.port();
    let message = server.messages();
    assert!(message.contains(&format!("port 4780 is taken; using {port}")), "{message}");
}

#[cfg(target_os = "linux")]
#[test]
fn the_page_is_opened_in_the_browser() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder("browser");
    let browser = folder.join("xdg-open");
    let start = |script: &str| {
        std::fs::write(&browser, script).expect("written");
        std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("made executable");
        Server::start_with(rolecall().args(["serve", "--port", "0", "--open"]).env("PATH", &folder))
    };
    let opened = folder.join("opened");
    let server = start(&format!("#!/bin/sh\necho \"$@\" > {0}.part\n/bin/mv {0}.part {0}\n", opened.display()));
    let deadline = Instant::now() + Duration::from_secs(30);
    while !opened.exists() && Instant::now() < deadline {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(std::fs::read_to_string(&opened).expect("a browser was started"), format!("{}\n", server.url("/")));
    // A browser that cannot start ends the server as little as none at all.
    for broken in ["#!/bin/sh\nexit 3\n", "no program"] {
        let mut server = start(broken);
        let mut lines = BufReader::new(server.child.stderr.take().expect("piped")).lines();
        assert!(lines.any(|line| line.expect("UTF-8").contains("no browser could be started")), "{broken}");
        assert_eq!(server.get("/healthz").status, 200);
    }
}

#[test]
fn an_address_of_the_network_is_warned_about() {
    let server = Server::start(&["--bind", "0.0.0.0"]);
    assert_eq!(server.get("/healthz").status, 200);
    let message = server.messages();
    assert!(message.contains("warning: 0.0.0.0 can be reached from other machines"), "{message}");
}
