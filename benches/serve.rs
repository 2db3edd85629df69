//! `rolecall serve` over loopback: time until it is ready, load, memory, size.
//!
//! ```text
//! cargo bench --bench serve
//! ```
//!
//! Ends with exit code 1 if a target is missed.

#![allow(clippy::print_stdout, reason = "benchmarks print their figures")]

#[path = "common/load.rs"]
mod load;

use std::io::{self, BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

const PROGRAM: &str = env!("CARGO_BIN_EXE_rolecall");

/// Servers that are started to measure the time until one is ready.
const STARTS: usize = 21;

const CONNECTIONS: usize = 64;

/// Requests on each connection in a round.
const REQUESTS: usize = 150;

const ROUNDS: usize = 5;

/// A server that ends when it is dropped.
struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    fn start() -> io::Result<Self> {
        let mut child = Command::new(PROGRAM)
            .args(["serve", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        let out = child.stdout.take().ok_or(io::ErrorKind::BrokenPipe)?;
        BufReader::new(out).read_line(&mut line)?;
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').parse();
        Ok(Self { child, address: address.map_err(io::Error::other)? })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Prints a figure; returns whether it is within its target.
fn report(name: &str, figure: &str, target: &str, met: bool) -> bool {
    println!("{name:<44} {figure:>16}  {target:<24} {}", if met { "met" } else { "MISSED" });
    met
}

/// Times from the start of the program to the first verdict, in order of size.
fn starts(request: &[u8]) -> io::Result<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let start = Instant::now();
        let server = Server::start()?;
        let answer = load::run(server.address, request, 1, 1);
        times.push(start.elapsed());
        if let Some(error) = answer.failed.first() {
            return Err(io::Error::other(error.clone()));
        }
    }
    times.sort_unstable();
    Ok(times)
}

fn main() -> io::Result<ExitCode> {
    let (classify, health) = (load::classify(), load::health());
    let mut met = true;
    let megabytes = std::fs::metadata(PROGRAM)?.len() as f64 / 1e6;
    met &= report("size of the program", &format!("{megabytes:.1} MB"), "under 20 MB", megabytes < 20.0);
    let starts = starts(&classify)?;
    // The least of several is what the program itself takes; the others may have waited for
    // other programs.
    let (least, median) = (starts[0], starts[STARTS / 2]);
    let figure = format!("{:.1} ms", least.as_secs_f64() * 1e3);
    met &= report("from start to the first verdict, least", &figure, "within 50 ms", least.as_millis() < 50);
    println!("  the median of {STARTS} starts: {:.1} ms", median.as_secs_f64() * 1e3);

    let server = Server::start()?;
    let memory = || load::memory(server.child.id());
    let mut failed = Vec::new();
    let mut round = |request: &[u8]| {
        let figures = load::run(server.address, request, CONNECTIONS, REQUESTS);
        failed.extend(figures.failed.iter().cloned());
        figures
    };
    round(&classify);
    let before = memory();
    // In turns, so that the load of the machine is the same for both.
    let both: Vec<_> = (0..ROUNDS).map(|_| (round(&classify), round(&health))).collect();
    let after = memory();
    let median = |mut figures: Vec<f64>| {
        figures.sort_unstable_by(f64::total_cmp);
        figures[figures.len() / 2]
    };
    let rates = |of: fn(&(load::Figures, load::Figures)) -> f64| median(both.iter().map(of).collect());
    println!("{CONNECTIONS} connections, {} requests of each kind in {ROUNDS} rounds", ROUNDS * CONNECTIONS * REQUESTS);
    met &= report("requests without an answer or not 200", &failed.len().to_string(), "none", failed.is_empty());
    for error in failed.iter().take(3) {
        println!("  {error}");
    }
    println!(
        "  /healthz: {:.0} answers/s, /api/classify of 4 KB: {:.0} answers/s",
        rates(|b| b.1.rate()),
        rates(|b| b.0.rate())
    );
    println!("  classify to healthz: {:.2}", rates(|both| both.0.rate() / both.1.rate()));
    let (middle, slow) = (rates(|b| b.0.quantile(0.5).as_secs_f64()), rates(|b| b.0.quantile(0.99).as_secs_f64()));
    println!("  /api/classify: median {:.2} ms, p99 {:.2} ms", middle * 1e3, slow * 1e3);
    met &= report(
        "p99 to the median of /api/classify",
        &format!("{:.1}", slow / middle),
        "under 10",
        slow < middle * 10.0,
    );
    if let Some((before, after)) = before.zip(after) {
        let growth = after as f64 / before as f64;
        let figure = format!("{:.1} to {:.1} MB", before as f64 / 1024.0, after as f64 / 1024.0);
        met &= report("memory after the first round and the last", &figure, "at most 1.1 times", growth <= 1.1);
    }
    Ok(if met { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
