//! `rolecall serve`: the page and its API.

use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};

use anyhow::Result;
use rolecall::Options;
use rolecall::serve::{Server, Settings};

use super::Outcome;
use super::args::ModelArgs;
use super::convert_table::own_program;
use super::output::{message, stdout};

/// The port without `--port`; another one is used if it is taken.
const PORT: u16 = 4780;

/// Start a local web page to paste postings into.
#[derive(clap::Args)]
#[command(after_help = "The address is printed to standard output. Nothing leaves this machine: the page \
                        loads nothing from elsewhere, no connections are made, and no text is stored or logged.\n\
                        The API is described at /api/openapi.json. SIGINT and SIGTERM finish the requests in progress.")]
pub(super) struct Args {
    /// Port to listen on; 0 chooses a free one. By default 4780, or a free one if that is taken
    #[arg(short, long, value_name = "PORT")]
    port: Option<u16>,
    /// Address to listen on; unless it is a loopback address, other machines can reach the server
    #[arg(long, value_name = "ADDRESS", default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    bind: IpAddr,
    /// Open the page in the browser
    #[arg(long)]
    open: bool,
    /// Another host name under which this server is reached; may be repeated
    #[arg(long, value_name = "NAME")]
    allow_host: Vec<String>,
    /// Origin whose pages may use the API, such as https://example.com; may be repeated
    #[arg(long, value_name = "ORIGIN", value_parser = origin)]
    allow_origin: Vec<String>,
    /// Refuse postings larger than this many megabytes
    #[arg(long, value_name = "MB", default_value_t = Settings::default().max_posting >> 20,
          value_parser = clap::value_parser!(u64).range(1..=256))]
    max_posting: u64,
    /// Refuse tables larger than this many megabytes
    #[arg(long, value_name = "MB", default_value_t = Settings::default().max_table >> 20,
          value_parser = clap::value_parser!(u64).range(1..=65536))]
    max_table: u64,
    #[command(flatten)]
    model: ModelArgs,
}

fn origin(text: &str) -> Result<String, String> {
    let authority = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
    let plain = authority.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#@*,".contains(&byte));
    if plain && !authority.is_empty() {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("must be a scheme and a host, such as https://example.com".to_owned())
    }
}

pub(super) fn run(args: Args) -> Result<Outcome> {
    let classifier = args.model.load(Options::default())?;
    let mut settings = Settings::default();
    settings.hosts = args.allow_host;
    settings.origins = args.allow_origin;
    settings.max_posting = args.max_posting << 20;
    settings.max_table = args.max_table << 20;
    settings.converter = Some(own_program());
    let address = SocketAddr::new(args.bind, args.port.unwrap_or(PORT));
    let server = Server::bind(classifier, settings, address, args.port.is_none())?;
    let bound = server.address();
    if !bound.ip().is_loopback() {
        message(&format!(
            "warning: {} can be reached from other machines, without encryption or passwords",
            bound.ip()
        ));
    }
    if args.port.is_none() && bound.port() != PORT {
        message(&format!("port {PORT} is taken; using {}", bound.port()));
    }
    let url = url(bound);
    let mut out = stdout()?;
    writeln!(out, "{url}")?;
    out.flush()?;
    drop(out);
    message("press Ctrl-C to stop");
    if args.open {
        open(&url);
    }
    server.run()?;
    Ok(Outcome::Done)
}

/// The address as a browser on this machine reaches it.
fn url(bound: SocketAddr) -> String {
    let any = bound.ip().is_unspecified();
    let here = if any { SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), bound.port()) } else { bound };
    format!("http://{here}/")
}

/// Starts the system's browser, or says that there is none.
fn open(url: &str) {
    let (program, args): (_, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("rundll32", &["url.dll,FileProtocolHandler"])
    } else {
        ("xdg-open", &[])
    };
    let mut command = Command::new(program);
    command.args(args).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // The program may run for as long as the browser does, and fails only at its end.
    std::thread::spawn(move || {
        if !command.status().is_ok_and(|status| status.success()) {
            message("no browser could be started; open the address yourself");
        }
    });
}
