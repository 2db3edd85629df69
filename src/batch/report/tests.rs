//! The page and the figures of a small run, whose numbers are easy to check by hand.

use serde_json::{Value, json};

use super::evaluation::{Errors, Evaluation, Feed, Figures, ReliabilityBin};
use super::page::{Context, page};
use super::stats::{LabelCounts, ReportStats, Stats, TitleMismatch};
use super::summary::Summary;
use super::{figures, groups};
use crate::model::{ByLens, Duty, Label, Role};

/// A model without errors: the adjusted shares are those observed.
const PERFECT: Errors =
    Errors { confusion: [[MANY, 0, 0, 0], [0, MANY, 0, 0], [0, 0, MANY, 0], [0, 0, 0, MANY]], feed: None };
/// Enough labeled postings that an error which none of them shows is next to impossible.
const MANY: u64 = 100_000_000;

fn report() -> ReportStats {
    let mut report = ReportStats {
        compared_titles: 8,
        mismatched_titles: 2,
        mismatches: vec![TitleMismatch {
            uncertainty: 100_000,
            row: 1234,
            title: "Product Manager".to_owned(),
            claim: "pm".to_owned(),
            label: "pmm".to_owned(),
        }],
        ..ReportStats::default()
    };
    for (bin, count) in [(0, 2), (5, 4), (6, 1), (13, 1), (14, 10)] {
        report.pm_shares[bin] = count;
    }
    for (tenth, count) in [(3, 1), (7, 11), (9, 8)] {
        report.confidences[tenth] = count;
    }
    for (id, count) in [("roadmap", 8), ("unlisted", 8), ("backlog", 4)] {
        report.duties[Role::Pm].insert(id.to_owned(), count);
    }
    report
}

/// 20 rows: means of 0.5 among the 18 that are not unclear, and of 0.75.
fn summary(report: ReportStats) -> Summary {
    let mut stats = Stats {
        labels: [10, 5, 3, 2].into(),
        reasons: [1, 1, 0, 0],
        pm_share_sum: 9_000_000,
        confidence_sum: 15_000_000,
        padded_rows: 6,
        empty_lines: 7,
        report: Some(Box::new(report)),
        ..Stats::default()
    };
    (stats.rejects[0], stats.rejects[3]) = (3, 1);
    Summary::new(stats, 0)
}

fn evaluation(errors: Result<Errors, &'static str>) -> Evaluation {
    let bin = |from: f64, n, accuracy| ReliabilityBin { from, to: from + 0.1, n, accuracy };
    Evaluation {
        figures: Figures {
            n: Some(1234),
            accuracy: Some(0.9),
            macro_f1: Some(0.85),
            reliability: Some(vec![bin(0.5, 0, 0.0), bin(0.6, 4, 0.5), bin(0.7, 10, 0.8), bin(0.9, 5, 1.0)]),
            ..Figures::default()
        },
        errors,
    }
}

fn context<'a>(evaluation: &'a Evaluation, duties: &'a [Duty]) -> Context<'a> {
    Context {
        input: "jobs.csv",
        rejects: Some("rejects.csv"),
        group_by: None,
        period_at: None,
        model: "m",
        lens: "consensus",
        min_confidence: 0.0,
        uses_titles: true,
        evaluation,
        duties,
    }
}

fn duties() -> [Duty; 2] {
    [("backlog", "Keep the backlog"), ("roadmap", "Own the roadmap")].map(|(id, name)| Duty {
        id: id.to_owned(),
        name: name.to_owned(),
        theme: String::new(),
        kinds: ByLens::default(),
    })
}

/// The text of HTML, with a space for each run of tags and spaces.
fn text(html: &str) -> String {
    let pieces = html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text));
    pieces.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

/// The section below the heading `name`.
fn section(page: &str, name: &str) -> String {
    let start = page.find(&format!("<h2>{name}</h2>")).unwrap_or_else(|| panic!("no section {name}"));
    page[start..].split("</section>").next().unwrap().to_owned()
}

/// Expected intervals: Wilson's formula in Python.
#[test]
fn each_section_of_the_page_has_its_numbers() {
    let (evaluation, duties) = (evaluation(Err("no matrix")), duties());
    let page = page(&context(&evaluation, &duties), &summary(report()));
    for (name, expected) in [
        (
            "Labels",
            "Labels Product management 10 50.0%, 95% interval 30% to 70% Product marketing 5 25.0%, 95% interval 11% to 47% \
             Hybrid of both 3 15.0%, 95% interval 5% to 36% Unclear 2 10.0%, 95% interval 3% to 30% \
             Reasons for unclear: too short 1, off topic 1.",
        ),
        (
            "Most frequent duties",
            "Most frequent duties Number of postings in which a duty is among the clearest evidence for the role. \
             Product management Own the roadmap 8 40.0% unlisted 8 40.0% Keep the backlog 4 20.0% \
             Product marketing None found.",
        ),
        (
            "Titles that disagree with their duties",
            "Titles that disagree with their duties 2 of 8 titles (25.0%) claim a different role than the duties show. \
             At most 25 are listed, highest confidence by duties first. A title that occurs several times with the \
             same label by duties is listed once. \
             Title title claims by duties alone confidence row \
             Product Manager pm pmm 0.90 1,234",
        ),
        (
            "Rejected rows",
            "Rejected rows 4 rows could not be read or classified. They are in rejects.csv with their positions and \
             contents. not text 3 unclosed quote 1 rows with missing fields, left empty: 6. empty lines skipped: 7.",
        ),
    ] {
        assert_eq!(text(&section(&page, name)), expected);
    }
    let accuracy = text(&section(&page, "Accuracy"));
    assert!(accuracy.contains("On 1,234 labeled postings the model has accuracy 0.900, macro-F1 0.850."), "{accuracy}");
    let (_, table) = accuracy.split_once("postings in this file ").unwrap();
    assert_eq!(
        table,
        "0.3 to 0.4 – – 1 5.0% 0.6 to 0.7 4 50.0% 15–85 0 0.0% 0.7 to 0.8 10 80.0% 49–94 11 55.0% \
         0.9 to 1.0 5 100.0% 57–100 8 40.0%"
    );
    let methods = text(&section(&page, "Methods"));
    assert!(methods.starts_with("Methods Each posting has its most probable label. Intervals"), "{methods}");
    assert!(methods.ends_with("not adjusted for the model’s errors: no matrix."), "{methods}");
}

#[test]
fn the_page_says_whether_titles_were_used() {
    let evaluation = evaluation(Err("no matrix"));
    for (uses_titles, expected) in
        [(true, "by their duties and, where there are any, titles:"), (false, "by their duties:")]
    {
        let context = Context { uses_titles, ..context(&evaluation, &[]) };
        assert!(page(&context, &summary(report())).contains(expected), "{expected}");
    }
}

#[test]
fn columns_of_the_histogram_have_the_color_of_their_share() {
    let evaluation = evaluation(Err("no matrix"));
    let page = page(&context(&evaluation, &[]), &summary(report()));
    let shares = section(&page, "PM share");
    let columns: Vec<_> = shares.lines().filter(|line| line.starts_with("<i ")).collect();
    assert_eq!(columns.len(), 20);
    for (at, class, height, title) in [
        (0, "pmm", "20.00", "0.00 to 0.05: 2"),
        (5, "pmm", "40.00", "0.25 to 0.30: 4"),
        (6, "hybrid", "10.00", "0.30 to 0.35: 1"),
        (13, "hybrid", "10.00", "0.65 to 0.70: 1"),
        (14, "pm", "100.00", "0.70 to 0.75: 10"),
        (19, "pm", "0.00", "0.95 to 1.00: 0"),
    ] {
        assert_eq!(columns[at], format!(r#"<i class="{class}" style="height:{height}%" title="{title}"></i>"#));
    }
}

#[test]
fn sections_without_numbers_say_so() {
    let mut evaluation = evaluation(Ok(PERFECT));
    evaluation.figures = Figures { n: Some(9), ..Figures::default() };
    let mut context = context(&evaluation, &[]);
    context.min_confidence = 0.25;
    let empty = page(&context, &Summary::new(Stats::default(), 0));
    for (name, expected) in [
        ("PM share", "PM share No posting has duties that belong to one role."),
        (
            "Titles that disagree with their duties",
            "Titles that disagree with their duties No posting has a title that claims a role.",
        ),
        ("Rejected rows", "Rejected rows None."),
    ] {
        assert_eq!(text(&section(&empty, name)), expected);
    }
    assert!(!section(&empty, "Labels").contains("adjusted"));
    let labels = text(&section(&page(&context, &summary(report())), "Labels"));
    assert!(
        labels.contains("Product management 10 50.0%, 95% interval 30% to 70% adjusted 50.0%, 95% interval "),
        "{labels}"
    );
    assert!(empty.contains("The accuracy of these labels is unknown: its report gives no figures."));
    assert!(empty.contains("label, or unclear if its probability is below 0.25. Intervals"));
    assert!(empty.contains("on 400,000,000 labeled postings.") && !empty.contains("feed of all occupations"));
    let feed = Some(Feed { others: 6355, reported: 5 });
    let evaluation = Evaluation { errors: Ok(Errors { feed, ..PERFECT }), ..evaluation.clone() };
    let context = Context { evaluation: &evaluation, ..context };
    assert!(page(&context, &Summary::new(Stats::default(), 0)).contains("feed of all occupations: 5 of 6,355."));
    let agreeing = ReportStats { compared_titles: 8, ..ReportStats::default() };
    let titles = text(&section(&page(&context, &summary(agreeing)), "Titles that disagree with their duties"));
    assert!(titles.contains("0 of 8 titles (0.0%)") && !titles.contains("listed"), "{titles}");
}

/// Counts of groups by name.
fn grouped(names: &[(&str, [u64; 4])], others: [u64; 4]) -> ReportStats {
    let groups = names.iter().map(|(name, counts)| ((*name).to_owned(), (*counts).into())).collect();
    ReportStats { groups, other_groups: others.into(), ..ReportStats::default() }
}

/// Expected intervals: Wilson's and Newcombe's formulas in Python.
#[test]
fn groups_of_ten_or_more_are_adjusted() {
    let evaluation = evaluation(Ok(PERFECT));
    let context = context(&evaluation, &[]);
    let html = |stats: &ReportStats| {
        let mut out = String::new();
        groups::section(&mut out, "team", &context, stats);
        out
    };
    let two = html(&grouped(&[("a", [8, 2, 0, 0]), ("b", [2, 8, 0, 0])], [0; 4]));
    let words = text(&two);
    assert!(words.contains("a 10 80.0% 49–94 adjusted 80.0%"), "{words}");
    assert!(words.contains("b − a −60 −80 to −16 adjusted −60"), "{words}");
    assert!(!two.contains("<svg") && !words.contains("(all others)") && !words.contains("counted separately"));
    let small = text(&html(&grouped(&[("a", [8, 2, 0, 0]), ("b", [2, 7, 0, 0])], [1, 0, 0, 0])));
    assert!(small.contains("b 9 22.2% 6–55 77.8%"), "{small}");
    assert!(small.contains("(all others) 1 100.0% 21–100 0.0% 0–79"), "{small}");
    assert!(small.contains("Only the first 10,000 values are counted separately."), "{small}");
    assert!(!small.contains("adjusted −"), "{small}");
}

/// By hand: of three groups or more each is compared with the sum of the others, if it has ten postings.
#[test]
fn groups_are_compared_with_all_others() {
    let counts = [[8, 2, 0, 0], [2, 8, 3, 0], [0, 4, 0, 5]].map(LabelCounts::from);
    let groups = ["a", "b", "c"].into_iter().zip(&counts).collect::<Vec<_>>();
    let pairs = groups::pairs(&groups, None);
    assert_eq!(pairs.len(), 2);
    for (pair, name, expected) in [
        (&pairs[0], "a", [8.0 / 10.0 - 2.0 / 22.0, -3.0 / 22.0]),
        (&pairs[1], "b", [2.0 / 13.0 - 8.0 / 19.0, 3.0 / 13.0]),
    ] {
        assert_eq!((pair.first.as_str(), pair.second.as_str()), (name, "all others"));
        let share = pair.observed().share;
        for (found, expected) in [share[Label::Pm], share[Label::Hybrid]].into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-9, "{name}: {found}, expected {expected}");
        }
    }
}

/// Adjusting takes time: it is done for the first 400 groups and differences. Most of these are too small.
#[test]
fn the_first_groups_are_adjusted() {
    let evaluation = evaluation(Ok(PERFECT));
    let context = Context { group_by: Some("year"), period_at: Some(0), ..context(&evaluation, &[]) };
    let years: Vec<_> =
        (0..402).map(|at| (format!("{}", 1600 + at), [if at < 398 { 1 } else { 10 }, 0, 0, 0])).collect();
    let years: Vec<_> = years.iter().map(|(year, counts)| (year.as_str(), *counts)).collect();
    let found = figures_of(&context, &summary(grouped(&years, [0; 4])));
    let adjusted = |name: &str, at: usize| found[name][at * 4]["adjusted"].is_number();
    for name in ["groups", "differences"] {
        assert_eq!([0, 399, 400].map(|at| adjusted(name, at)), [false, true, false], "{name}");
    }
}

#[test]
fn two_dates_or_more_are_charted() {
    let evaluation = evaluation(Err("no matrix"));
    for (names, charted) in [
        (&["2024-01", "2024-02"][..], true),
        (&["2024-01", "(no date)"], false),
        (&["2024-01"], false),
        (&["a", "b"], false),
    ] {
        let counted: Vec<_> = names.iter().map(|name| (*name, [1, 0, 0, 0])).collect();
        let mut out = String::new();
        groups::section(&mut out, "month", &context(&evaluation, &[]), &grouped(&counted, [0; 4]));
        assert_eq!(out.contains("<svg"), charted, "{names:?}");
    }
}

fn figures_of(context: &Context<'_>, summary: &Summary) -> Value {
    serde_json::from_str(&figures::to_json(context, summary)).unwrap()
}

#[test]
fn figures_have_the_numbers_of_the_page() {
    let evaluation = evaluation(Err("no matrix"));
    let found = figures_of(&context(&evaluation, &[]), &summary(report()));
    assert_eq!(
        found["totals"],
        json!([
            {"name": "postings", "count": 20},
            {"name": "rejected_rows", "count": 4},
            {"name": "rows_with_missing_fields", "count": 6},
            {"name": "empty_lines", "count": 7},
            {"name": "repeated_headers", "count": 0},
            {"name": "mean_pm_share", "share": 0.5},
            {"name": "mean_confidence", "share": 0.75},
        ])
    );
    assert_eq!(found["pm_share_histogram"][5], json!({"range": "0.25 to 0.30", "count": 4}));
    assert_eq!(found["confidence_histogram"][7], json!({"range": "0.7 to 0.8", "count": 11}));
    assert_eq!(
        found["duties"],
        json!([
            {"role": "pm", "duty": "roadmap", "count": 8, "share": 0.4},
            {"role": "pm", "duty": "unlisted", "count": 8, "share": 0.4},
            {"role": "pm", "duty": "backlog", "count": 4, "share": 0.2},
        ])
    );
    let titles = json!([{"name": "compared", "count": 8}, {"name": "disagree", "count": 2, "share": 0.25}]);
    assert_eq!(found["titles"], titles);
    let empty = figures_of(&context(&evaluation, &[]), &Summary::new(Stats::default(), 0));
    assert_eq!(empty["titles"], json!([{"name": "compared", "count": 0}, {"name": "disagree", "count": 0}]));
}

#[test]
fn figures_of_groups_and_differences_are_adjusted() {
    let evaluation = evaluation(Ok(PERFECT));
    let context = Context { group_by: Some("team"), ..context(&evaluation, &[]) };
    let stats = grouped(&[("a", [8, 2, 0, 0]), ("b", [2, 8, 0, 0])], [1, 0, 0, 0]);
    let found = figures_of(&context, &summary(stats));
    let groups = found["groups"].as_array().unwrap();
    assert_eq!(groups.len(), 12);
    assert_eq!((&groups[0]["share"], &groups[0]["adjusted"]), (&json!(0.8), &json!(0.8)));
    assert_eq!((&groups[8]["group"], &groups[8]["count"]), (&json!(["(all others)"]), &json!(1)));
    let difference = &found["differences"][0];
    assert_eq!((&difference["of"], &difference["minus"]), (&json!("b"), &json!("a")));
    assert_eq!((&difference["difference"], &difference["adjusted"]), (&json!(-0.6), &json!(-0.6)));
    let without = figures_of(&context, &summary(grouped(&[("a", [8, 2, 0, 0])], [0; 4])));
    assert_eq!(without["groups"].as_array().unwrap().len(), 4);
}
