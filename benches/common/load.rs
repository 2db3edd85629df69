//! A load on a server: connections that each send a request, wait for its answer, and send
//! the next. Shared by `benches/serve.rs` and the tests.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// What a load measured.
#[derive(Debug)]
pub struct Figures {
    /// Times to the end of each answer, in order of size.
    times: Vec<Duration>,
    took: Duration,
    /// Requests without an answer, or with another status than 200.
    pub failed: Vec<String>,
}

impl Figures {
    /// The time that `part` of the answers did not exceed.
    pub fn quantile(&self, part: f64) -> Duration {
        let at = (self.times.len() as f64 * part).ceil() as usize;
        self.times.get(at.saturating_sub(1)).copied().unwrap_or_default()
    }

    /// Answers per second.
    pub fn rate(&self) -> f64 {
        self.times.len() as f64 / self.took.as_secs_f64()
    }
}

/// A request for `/healthz`.
pub fn health() -> Vec<u8> {
    b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec()
}

/// A request to classify a posting of 4 KB.
pub fn classify() -> Vec<u8> {
    let mut text =
        "We make ferry timetables for island councils, and forty people work here.\n\nYour work\n".to_owned();
    for line in [
        "Own the roadmap of the timetable product and decide with engineers what gets built next\n",
        "Write user stories with acceptance criteria and keep the backlog in order for the squad\n",
        "Talk to harbor masters every week and turn what they struggle with into problems to solve\n",
        "Plan the launch of each release with the newsletter, a webinar and notes for the councils\n",
        "Answer the questions of sellers before a tender, with a comparison of what others offer\n",
        "We pay for the ferry, for thirty days of leave and for a course of your choice each year\n",
    ]
    .into_iter()
    .cycle()
    {
        if text.len() + line.len() > 4096 {
            break;
        }
        text.push_str(line);
    }
    let head = "POST /api/classify HTTP/1.1\r\nhost: localhost\r\ncontent-type: text/plain\r\ncontent-length:";
    format!("{head} {}\r\n\r\n{text}", text.len()).into_bytes()
}

/// Sends `request` `times` times on each of `connections` connections at once.
pub fn run(address: SocketAddr, request: &[u8], connections: usize, times: usize) -> Figures {
    let start = Instant::now();
    let answers: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> =
            (0..connections).map(|_| scope.spawn(|| one_connection(address, request, times))).collect();
        running.into_iter().flat_map(|one| one.join().unwrap_or_default()).collect()
    });
    let took = start.elapsed();
    let (mut all, mut failed) = (Vec::new(), Vec::new());
    for answer in answers {
        match answer {
            Ok(time) => all.push(time),
            Err(error) => failed.push(error.to_string()),
        }
    }
    failed.extend((all.len() + failed.len()..connections * times).map(|_| "not sent".to_owned()));
    all.sort_unstable();
    Figures { times: all, took, failed }
}

/// The time of each answer, up to the first failure.
fn one_connection(address: SocketAddr, request: &[u8], times: usize) -> Vec<io::Result<Duration>> {
    let mut reader = match connect(address) {
        Ok(stream) => BufReader::new(stream),
        Err(error) => return vec![Err(error)],
    };
    let mut answers = Vec::with_capacity(times);
    for _ in 0..times {
        let answer = one_request(&mut reader, request);
        let failed = answer.is_err();
        answers.push(answer);
        if failed {
            break;
        }
    }
    answers
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(60)))?;
    Ok(stream)
}

fn one_request(reader: &mut BufReader<TcpStream>, request: &[u8]) -> io::Result<Duration> {
    let start = Instant::now();
    reader.get_mut().write_all(request)?;
    let (mut line, mut status, mut length) = (String::new(), String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if status.is_empty() {
            line.trim_end().clone_into(&mut status);
        } else if line == "\r\n" {
            break;
        } else if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    io::copy(&mut reader.take(length), &mut io::sink())?;
    if status.ends_with(" 200 OK") { Ok(start.elapsed()) } else { Err(io::Error::other(status)) }
}

/// Memory of a process in kilobytes, where the system tells it.
pub fn memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.split_whitespace().next()?.parse().ok()
}
