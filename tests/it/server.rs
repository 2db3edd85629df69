//! A running server, and requests to it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;

use serde_json::Value;
use ureq::Agent;
use ureq::http::Response;

use super::common::rolecall;

/// A server that ends with its test.
pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
    pub agent: Agent,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub struct Answer {
    pub status: u16,
    pub head: Response<()>,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    pub fn header(&self, name: &str) -> &str {
        self.head.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

pub fn answer(response: Response<ureq::Body>) -> Answer {
    let (head, mut body) = response.into_parts();
    let body = body.with_config().limit(1 << 30).read_to_string().expect("a body");
    Answer { status: head.status.as_u16(), head: Response::from_parts(head, ()), body }
}

impl Server {
    pub fn start(args: &[&str]) -> Self {
        Self::start_with(rolecall().args(["serve", "--port", "0"]).args(args))
    }

    pub fn start_with(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().expect("piped")).read_line(&mut line).expect("an address");
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').parse().expect("an address");
        let agent = Agent::config_builder().http_status_as_error(false).timeout_global(Some(Duration::from_secs(60)));
        Self { child, address, agent: agent.build().new_agent() }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn get(&self, path: &str) -> Answer {
        answer(self.agent.get(self.url(path)).call().expect("an answer"))
    }

    pub fn post(&self, path: &str, media: &str, body: &[u8]) -> Answer {
        answer(self.agent.post(self.url(path)).header("content-type", media).send(body).expect("an answer"))
    }

    pub fn json(&self, path: &str, body: &Value) -> Answer {
        self.post(path, "application/json", body.to_string().as_bytes())
    }

    /// Sends `bytes` on a connection of its own and returns the first line of the answer.
    pub fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect();
        // Fails if the server answers before it has read everything.
        let _ = stream.write_all(bytes);
        let mut line = String::new();
        let _ = BufReader::new(stream).read_line(&mut line);
        line.trim_end().to_owned()
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
        stream
    }

    /// Ends the server and returns what it wrote to standard error.
    pub fn messages(mut self) -> String {
        let _ = self.child.kill();
        let mut text = String::new();
        self.child.stderr.take().expect("piped").read_to_string(&mut text).expect("UTF-8");
        text
    }

    #[cfg(unix)]
    pub fn signal(&mut self, name: &str) -> ExitStatus {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().expect("kill").success());
        self.child.wait().expect("it ends")
    }
}

/// A sample posting.
pub fn posting(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/postings/{name}.txt", env!("CARGO_MANIFEST_DIR"))).expect("a posting")
}

/// A table with `rows` rows of 800 bytes.
pub fn table(rows: usize) -> String {
    let text = posting("pm").replace('"', "'");
    let mut csv = "id,text\n".to_owned();
    for id in 0..rows {
        csv.push_str(&format!("{id},\"{}\"\n", &text[..800]));
    }
    csv
}
