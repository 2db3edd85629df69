//! `rolecall batch --stats` and `--by`: the figures of the report as data.

use rolecall::batch::GroupCounts;
use rolecall::{Classifier, Options};
use serde_json::Value;

use super::batch::{NURSE, PM, PMM, ends, input, json, read, records};

/// 60 rows over three months and two companies.
fn table() -> String {
    let mut text = "id,posted,company,text\n".to_owned();
    for row in 0..60 {
        let posting = [PM, PMM, NURSE][row % 3];
        let company = ["A", "B\u{202e}\u{7}"][row / 3 % 2];
        text.push_str(&format!("{row},{:02}.{:02}.2026,{company},\"{posting}\"\n", row % 28 + 1, row / 20 + 1));
    }
    text
}

fn stats(test: &str, name: &str, more: &[&str]) -> String {
    let (folder, path) = input(test, "in.csv", table());
    let file = folder.join(name);
    let more = [&["--columns", "label", "--stats", file.to_str().expect("UTF-8")], more].concat();
    ends(&path, &folder.join("out.csv"), &more, 0);
    read(&file)
}

#[test]
fn json_has_the_figures_of_the_report() {
    let figures = json(&stats("stats-json", "stats.json", &["--by", "month"]));
    let find = |section: &str, key: &str, value: &str| -> Value {
        let rows = figures[section].as_array().expect(section);
        rows.iter().find(|row| row[key] == value).unwrap_or_else(|| panic!("no {value} in {section}")).clone()
    };
    assert_eq!(figures["input"], "in.csv");
    assert_eq!(figures["group_by"], "posted (month)");
    assert_eq!(find("totals", "name", "postings")["count"], 60);
    let pm = find("labels", "label", "pm");
    assert_eq!(pm["count"], 20);
    let number = |row: &Value, name: &str| row[name].as_f64().unwrap_or_else(|| panic!("no {name}: {row}"));
    assert!((number(&pm, "share") - 1.0 / 3.0).abs() < 1e-6);
    // Wilson's interval of 20 in 60, by its formula in Python.
    assert!((number(&pm, "low") - 0.227_293).abs() < 1e-6, "{pm}");
    assert_eq!(find("unclear_reasons", "reason", "off_topic")["count"], 20);
    assert!(!figures["duties"].as_array().expect("duties").is_empty());
    let shares = figures["pm_share_histogram"].as_array().expect("bins");
    assert_eq!(shares.iter().map(|bin| bin["count"].as_u64().expect("a count")).sum::<u64>(), 40);
    let groups: Vec<_> =
        figures["groups"].as_array().expect("groups").iter().map(|row| row["group"][0].clone()).collect();
    assert_eq!(groups.iter().step_by(4).collect::<Vec<_>>(), ["2026-01", "2026-02", "2026-03"]);
    let difference = find("differences", "of", "2026-02");
    assert_eq!(difference["minus"], "2026-01");
    assert!(number(&difference, "low") < number(&difference, "difference"));
}

#[test]
fn csv_has_one_figure_a_row() {
    let rows = records(&stats("stats-csv", "stats.csv", &["--group-by", "company,posted", "--by", "quarter"]), b',');
    assert_eq!(rows[0].len(), 10);
    assert!(rows.iter().all(|row| row.len() == 10));
    let group = |name: &str| rows.iter().filter(|row| row[0] == "groups" && row[1] == name).count();
    assert_eq!(group("A · 2026-Q1"), 4, "{rows:?}");
    // Characters that change the direction of text, and control characters, are signs.
    assert_eq!(group("B\u{2039}U+202E\u{203a}\u{2407} · 2026-Q1"), 4, "{rows:?}");
}

#[test]
fn small_groups_are_not_adjusted() {
    let figures = json(&stats("stats-small", "stats.json", &["--group-by", "id"]));
    let groups = figures["groups"].as_array().expect("groups");
    assert!(groups.iter().all(|row| row.get("adjusted").is_none()), "each has one posting");
}

/// Programs that count rows themselves, in parts, get the same shares.
#[test]
fn shares_of_rows_counted_elsewhere_are_the_same() {
    let figures = json(&stats("stats-counts", "stats.json", &["--group-by", "company"]));
    let expected = figures["groups"].as_array().expect("groups");
    let classifier = Classifier::builtin().expect("a model");
    let mut counts = GroupCounts::default();
    for row in 0..60 {
        let label = classifier.classify([PM, PMM, NURSE][row % 3]).label;
        counts.add(&[["A", "B\u{202e}\u{7}"][row / 3 % 2]], label, 1);
    }
    let shares = counts.shares(&classifier);
    assert_eq!(shares.len(), expected.len());
    for (found, expected) in shares.iter().zip(expected) {
        let mut row = serde_json::json!({"group": found.group, "label": found.label.as_str(), "count": found.count});
        let adjusted = found.adjusted.unwrap_or_else(|| panic!("not enough rows: {shares:?}"));
        let names = ["share", "low", "high", "adjusted", "adjusted_low", "adjusted_high"];
        for (name, number) in names.into_iter().zip(found.share.into_iter().chain(adjusted)) {
            row[name] = number.into();
        }
        assert_eq!(row, *expected);
    }
    let strict = classifier.with_options(Options::default().min_confidence(0.5));
    assert!(counts.shares(&strict).iter().all(|found| found.adjusted.is_none()), "measured without");
}

#[test]
fn the_page_draws_the_series() {
    let (folder, path) = input("stats-page", "in.csv", table());
    let page = folder.join("report.html");
    let report = ["--report", page.to_str().expect("UTF-8"), "--columns", "label"];
    ends(&path, &folder.join("out.csv"), &[&report[..], &["--by", "month"]].concat(), 0);
    let html = read(&page);
    for expected in ["<svg class=\"series\"", "2026-01, pm: 7", "period; height: number of postings", "Newcombe"] {
        assert!(html.contains(expected), "no {expected}");
    }
    ends(&path, &folder.join("out.csv"), &[&report[..], &["--group-by", "company", "--force"]].concat(), 0);
    let html = read(&page);
    assert!(!html.contains('\u{202e}') && !html.contains('\u{7}') && html.contains("U+202E"));
}

#[test]
fn a_period_adds_the_first_column_of_dates() {
    let rows = records(&stats("stats-adds", "stats.csv", &["--group-by", "company", "--by", "quarter"]), b',');
    let named = records(&stats("stats-named", "stats.csv", &["--group-by", "company,posted", "--by", "quarter"]), b',');
    assert_eq!(rows, named);
    let (folder, path) = input("stats-no-dates", "in.csv", table().replace(".2026", ""));
    let file = folder.join("s.json");
    let more = ["--stats", file.to_str().expect("UTF-8"), "--by", "month", "--group-by", "company"];
    let messages = ends(&path, &folder.join("out.csv"), &more, 2);
    assert!(messages.contains("there is no column of dates"), "{messages}");
    // As many dates as other values.
    let row = |value: &str| format!("{value},\"{PM}\"\n");
    std::fs::write(&path, format!("when,text\n{}{}", row("2026-03-05"), row("soon"))).expect("written");
    let more = ["--stats", file.to_str().expect("UTF-8"), "--by", "month"];
    let messages = ends(&path, &folder.join("out.csv"), &more, 2);
    assert!(messages.contains("there is no column of dates"), "{messages}");
}

/// Its first column to group by is taken for that of the dates.
#[test]
fn a_table_without_rows_has_no_groups() {
    let (folder, path) = input("stats-no-rows", "in.csv", "when,text\n");
    let file = folder.join("s.json");
    let more = ["--stats", file.to_str().expect("UTF-8"), "--by", "month", "--group-by", "when"];
    ends(&path, &folder.join("out.csv"), &more, 0);
    assert_eq!(json(&read(&file))["totals"][0]["count"], 0);
}

#[test]
fn what_cannot_be_grouped_is_an_error() {
    let (folder, path) = input("stats-wrong", "in.csv", table());
    let out = folder.join("out.csv");
    let file = folder.join("s.json");
    let file = file.to_str().expect("UTF-8");
    for (more, word) in [
        (&["--stats", file, "--by", "week"][..], "month, quarter or year"),
        (&["--stats", "s.txt"], ".json or .csv"),
        (&["--group-by", "company"], "--report or --stats"),
    ] {
        let messages = ends(&path, &out, more, 2);
        assert!(messages.contains(word), "{messages}");
    }
}
