//! Odd meanings: several postings in one text, résumés, duties that are somebody else's, and names
//! that try to act on what shows them.
//!
//! `tests/cases/meanings` has a file per kind. A header such as `=== pm a name` begins a case and
//! says what is right. What stands in `<<` and `>>` must not be evidence, what stands in `[[` and
//! `]]` must be. The program gets the cases marked `limit` wrong: they have to stay wrong, so that
//! the mark is taken away when the program gets better.

use std::collections::BTreeSet;

use rolecall::explain::wording;
use rolecall::{Classifier, Label, Note, Options, Reason, Role, Span, Verdict};
use serde_json::Value;

use super::batch::{PM, PMM};
use super::common::{folder, rolecall, run, stderr, stdout};

struct Case {
    limit: bool,
    /// A label, or another word for what is right.
    right: String,
    name: String,
    /// The text without marks.
    text: String,
    /// The marked passages, and whether each is a duty.
    marks: Vec<(bool, Span)>,
}

impl Case {
    fn of(case: &str) -> Self {
        let (header, body) = case.split_once('\n').expect("a text");
        let (limit, header) = header.strip_prefix("limit ").map_or((false, header), |header| (true, header));
        let (right, name) = header.split_once(' ').expect("a name");
        let (text, marks) = unmarked(body);
        Self { limit, right: right.to_owned(), name: name.to_owned(), text, marks }
    }
}

fn unmarked(body: &str) -> (String, Vec<(bool, Span)>) {
    let (mut text, mut marks, mut rest) = (String::new(), Vec::new(), body);
    while let Some(at) = rest.find("<<").into_iter().chain(rest.find("[[")).min() {
        let duty = rest[at..].starts_with('[');
        let (inside, after) = rest[at + 2..].split_once(if duty { "]]" } else { ">>" }).expect("an end");
        text.push_str(&rest[..at]);
        marks.push((duty, Span::new(text.len(), text.len() + inside.len())));
        text.push_str(inside);
        rest = after;
    }
    text.push_str(rest);
    (text, marks)
}

/// Checks a kind, of which at least `least` cases have no mark. `faults` says what is wrong with one.
fn check(kind: &str, least: usize, faults: impl Fn(&Case) -> Vec<String>) {
    let path = format!("tests/cases/meanings/{kind}.txt");
    let file = format!("\n{}", std::fs::read_to_string(&path).expect(&path));
    let cases: Vec<Case> = file.split("\n=== ").skip(1).map(Case::of).collect();
    let mut wrong = Vec::new();
    for case in &cases {
        let faults = faults(case);
        if case.limit && faults.is_empty() {
            wrong.push(format!("{}: is right, so it is no limit any more", case.name));
        }
        if !case.limit {
            wrong.extend(faults.into_iter().map(|fault| format!("{}: {fault}", case.name)));
        }
    }
    assert!(wrong.is_empty(), "{kind}:\n{}", wrong.join("\n"));
    let right = cases.iter().filter(|case| !case.limit).count();
    assert!(right >= least, "{kind}: {right} cases without a mark");
}

fn verdict(text: &str) -> Verdict {
    let all = Options::default().phrases(usize::MAX);
    Classifier::builtin().expect("a sound model").with_options(all).classify(text)
}

fn label(case: &Case, verdict: &Verdict) -> Vec<String> {
    let Verdict { label, confidence, strength, .. } = verdict;
    let fault = format!("{label} {confidence:.2}, strengths {:.1} and {:.1}", strength.pm, strength.pmm);
    if label.as_str() == case.right { Vec::new() } else { vec![fault] }
}

#[test]
fn several_postings_are_noted() {
    check("two-postings", 5, |case| {
        let notes = verdict(&case.text).notes;
        assert!(["several", "one"].contains(&case.right.as_str()), "{}", case.right);
        let right = notes.contains(&Note::SeveralPostings) == (case.right == "several");
        if right { Vec::new() } else { vec![format!("notes {notes:?}")] }
    });
}

#[test]
fn a_resume_is_no_posting() {
    check("cv", 5, |case| {
        let found = verdict(&case.text);
        let mut faults = label(case, &found);
        let resume = found.notes.contains(&Note::Resume);
        let reason = found.reason == Some(Reason::OffTopic);
        if [resume, reason] != [case.right == Label::Unclear.as_str(); 2] {
            faults.push(format!("notes {:?}, reason {:?}", found.notes, found.reason));
        }
        faults
    });
}

/// The label, and which passages are evidence.
fn duties(case: &Case) -> Vec<String> {
    let found = verdict(&case.text);
    let mut faults = label(case, &found);
    for (duty, span) in &case.marks {
        let own = |role: Role| role.as_str() == case.right;
        let near: Vec<_> = found.evidence.iter().filter(|phrase| phrase.span.overlaps(*span)).collect();
        if *duty && !near.iter().any(|phrase| own(phrase.role)) {
            faults.push(format!("no evidence in '{}'", span.of(&case.text)));
        }
        // A phrase that goes on into a passage may be shown whole, if its keywords are before it.
        let inside = near
            .iter()
            .filter(|phrase| !own(phrase.role) || phrase.keywords.iter().any(|keyword| keyword.span.overlaps(*span)));
        if !duty {
            faults.extend(inside.map(|phrase| format!("{} evidence '{}'", phrase.role, phrase.phrase)));
        }
    }
    faults
}

#[test]
fn what_somebody_else_does_is_no_duty() {
    // Of the first two kinds fewer than five cases are right.
    for (kind, least) in [("company", 2), ("attended", 4), ("denied", 5)] {
        check(kind, least, duties);
    }
}

#[test]
fn a_posting_again_adds_nothing() {
    const JOINTS: [&str; 7] =
        ["", "\n", "\n\n", "\n---\n", "\n\n==========\n\n", "\nShow less\n", "\n\nShow more\n\nShow less\n\n"];
    check("twice", 5, |case| {
        let posting = case.text.trim();
        let once = verdict(posting);
        let mut faults = label(case, &once);
        let twice = JOINTS.map(|joint| (joint, [posting, posting].join(joint))).into_iter();
        for (joint, text) in twice.chain([("thrice", [posting; 3].join("\n\n"))]) {
            let found = verdict(&text);
            let near = once.pm_share.zip(found.pm_share).is_some_and(|(once, found)| (once - found).abs() < 0.05);
            if found.label != once.label || !near {
                faults.push(format!("{joint:?}: {} {:?} for {:?}", found.label, found.pm_share, once.pm_share));
            }
        }
        faults
    });
}

/// What a posting is said to lack, as JSON and as text.
fn absent(posting: &str, top: &str) -> [Vec<String>; 2] {
    let json = stdout(&run(&["classify", "--duties", "--format", "json", "--top", top, "-"], posting.as_bytes()));
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let themes = json["duties"]["absent"].as_array().expect("themes");
    let page = stdout(&run(&["classify", "--top", top, "-"], posting.as_bytes()));
    let lists = page.split("\n\n").filter(|block| block.starts_with("No line mainly about"));
    // The text is wrapped.
    let words = |list: &str| list.lines().skip(1).flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ");
    [
        themes.iter().map(|theme| theme["name"].as_str().expect("a name").to_owned()).collect(),
        lists.flat_map(|list| words(list).split("; ").map(str::to_owned).collect::<Vec<_>>()).collect(),
    ]
}

#[test]
fn what_is_stated_is_not_absent() {
    let classifier = Classifier::builtin().expect("a sound model");
    let known = |name: &str| {
        classifier.duties().any(|duty| Role::ALL.iter().any(|role| wording::theme(*role, &duty.theme) == name))
    };
    check("absent", 5, |case| {
        let (stated, posting) = case.text.split_once('\n').expect("a posting");
        let mut faults = label(case, &verdict(posting));
        let [one, five, all] = ["1", "5", "1000"].map(|top| absent(posting, top));
        if one[0] != one[1] || one != five || one != all {
            faults.push(format!("not the same: {one:?} {five:?} {all:?}"));
        }
        for name in stated.strip_prefix("stated: ").expect("what is stated").split("; ") {
            assert!(known(name), "{}: {name}", case.name);
            if all[0].iter().any(|absent| absent == name) {
                faults.push(format!("absent: {name}"));
            }
        }
        faults
    });
}

/// A text with U+202E for `{202e}`, and with postings for `{pm}` and `{pmm}`.
fn decoded(text: &str) -> String {
    let mut parts = text.split('{');
    let mut decoded = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once('}').unwrap_or_default();
        match (name, u32::from_str_radix(name, 16).ok().and_then(char::from_u32)) {
            ("pm", _) => decoded.extend([PM, rest]),
            ("pmm", _) => decoded.extend([PMM, rest]),
            (_, Some(c)) => decoded.extend([c.to_string().as_str(), rest]),
            // The brace of a JSON object.
            _ => decoded.extend(["{", part]),
        }
    }
    decoded
}

/// Controls, marks of direction, and what has no width; by Unicode's lists, not by the program's.
fn acts(c: char) -> bool {
    let hidden = matches!(c, '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}')
        || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    hidden || c.is_control() && !matches!(c, '\n' | '\t')
}

#[test]
#[cfg_attr(not(unix), ignore = "files with such names cannot be made")]
fn hostile_characters_are_signs() {
    check("safety", 5, |case| {
        let (shown, table) = case.text.split_once('\n').expect("a table");
        let (file, table) = (decoded(&case.name), decoded(table));
        let folder = folder("meanings-safety");
        std::fs::write(folder.join(&file), &table).expect("written");
        let header = table.lines().next().unwrap_or_default();
        let group = header.split(',').find(|name| name.starts_with("company")).unwrap_or("company");
        let commands = match case.right.as_str() {
            "batch" => vec![vec!["batch", &file, "-o", "out.csv", "--report", "report.html", "--group-by", group]],
            "eval" => vec![vec!["eval", &file], vec!["eval", "--errors", &file]],
            _ => ["--highlight", "--brief", "--format=html"].map(|option| vec!["classify", option, &file]).to_vec(),
        };
        let mut said = String::new();
        for args in commands {
            let output = rolecall().args(args).current_dir(&folder).output().expect("it runs");
            said += &(stdout(&output) + &stderr(&output));
        }
        said += &std::fs::read_to_string(folder.join("report.html")).unwrap_or_default();
        let raw: BTreeSet<char> = said.chars().filter(|c| acts(*c)).collect();
        let mut faults: Vec<String> = raw.iter().map(|c| format!("raw {}", c.escape_unicode())).collect();
        for code in shown.strip_prefix("shown: ").expect("what is shown").split(' ') {
            let code = u32::from_str_radix(code, 16).expect("a code point");
            let symbol = char::from_u32(0x2400 + if code == 0x7f { 0x21 } else { code }).filter(|_| code < 0x80);
            if !said.contains(&format!("\u{2039}U+{code:04X}\u{203a}")) && !symbol.is_some_and(|c| said.contains(c)) {
                faults.push(format!("U+{code:04X} is not shown"));
            }
        }
        faults
    });
}
