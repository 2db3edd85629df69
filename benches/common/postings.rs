//! The postings to measure on.

use std::path::PathBuf;

/// A short posting with only a few duties.
const SHORT: &str = "\
You own the roadmap of our parcel scanner, rank the backlog with six engineers and write the \
requirements of each release. You also brief the sales team on what is new, and visit depots to \
see what slows the drivers down.";

/// Parts of a posting of ordinary length.
const PARTS: [(&str, &[&str]); 4] = [
    (
        "About us",
        &[
            "We build parcel scanners and the software behind them. Two hundred carriers in nine countries use them every day.",
            "We are owned by the people who work here, and we have been profitable since our third year.",
        ],
    ),
    (
        "What you will do",
        &[
            "Own the roadmap for the handheld line and explain to everyone who asks why things are in the order they are.",
            "Spend two days a month in depots, watch how parcels are sorted, and turn what you see into requirements.",
            "Write user stories with acceptance criteria and refine them with engineers, a designer and a tester.",
            "Decide together with the tech lead how much of a quarter goes into debt, and how much into features.",
            "Define what a successful release looks like in numbers, and read those numbers when it is out.",
            "Plan the launch of each release with marketing, support and the country teams.",
            "Write the release notes that carriers read, and the short version that their drivers read.",
            "Keep an eye on competing scanners, and lay out where ours is better and where it is not.",
            "Prepare price changes with finance, and the reasons for them with the account managers.",
            "Present progress, risks and open questions to the steering group once a month.",
        ],
    ),
    (
        "What you bring",
        &[
            "Five years or more of work on technical products, with hardware among them if possible.",
            "You write clearly, you listen well, and you say no kindly.",
            "A degree in engineering, logistics or business, or the same learned on the job.",
            "You can read a data sheet, and a balance sheet at a pinch. SQL helps.",
        ],
    ),
    (
        "What we offer",
        &[
            "Thirty days of holiday, a pension that we match, health insurance for you and your family.",
            "A workshop with every scanner we have ever made, and time to take them apart.",
            "We are an equal opportunity employer. Send a CV and one page about a product you like.",
        ],
    ),
];

/// A posting of ordinary length.
fn long() -> String {
    let mut text = String::from("Product Manager, Handhelds\n");
    for (heading, lines) in PARTS {
        text.extend(["\n", heading, "\n"]);
        for line in lines {
            text.extend(["- ", line, "\n"]);
        }
    }
    text
}

/// Postings and their origin: the JSON Lines file named by `ROLECALL_BENCH_FILE`, else
/// `../shared/postings/tune.jsonl`, else postings written for this project.
pub fn postings() -> (Vec<String>, String) {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let file = std::env::var_os("ROLECALL_BENCH_FILE")
        .map_or_else(|| root.join("../shared/postings/tune.jsonl"), PathBuf::from);
    if let Ok(lines) = std::fs::read_to_string(&file) {
        let text =
            |line: &str| serde_json::from_str::<serde_json::Value>(line).ok()?["text"].as_str().map(str::to_owned);
        let texts: Vec<String> = lines.lines().filter_map(text).collect();
        if !texts.is_empty() {
            return (texts, file.display().to_string());
        }
    }
    let mut texts = vec![SHORT.to_owned(), long()];
    for name in ["pm", "pmm", "hybrid", "other", "blob"] {
        texts.extend(std::fs::read_to_string(root.join(format!("tests/postings/{name}.txt"))));
    }
    (texts, "postings written for this project".to_owned())
}

/// A posting as job boards send it: each line an element, special characters as entities.
pub fn html(text: &str) -> String {
    let mut html = String::from("<div class=\"description\">");
    for line in text.lines() {
        let line =
            line.replace('&', "&amp;").replace('<', "&lt;").replace('\'', "&#39;").replace('\u{2019}', "&rsquo;");
        html.extend(["<p style=\"margin:0\"><span>", line.as_str(), "</span></p>\n"]);
    }
    html + "</div>"
}
