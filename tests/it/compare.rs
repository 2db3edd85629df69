//! Postings side by side: what differs, and how it is shown.

use rolecall::explain::{compare, sanitize};
use rolecall::{Classifier, Label, Lens, Role, Scratch};

use crate::common::{folder, rolecall, run, stderr, stdout};
use crate::explain::{markup, posting};

#[test]
fn a_comparison_adds_up() {
    let classifier = Classifier::builtin().expect("the model inside");
    let mut scratch = Scratch::new();
    let (pm, hybrid) = (posting("pm.txt"), posting("hybrid.txt"));
    let found = compare(&classifier, &mut scratch, &pm, &hybrid);
    assert_eq!((found.a.label, found.b.label), (Label::Pm, Label::Hybrid));
    let shares = found.b.pm_share.zip(found.a.pm_share).map(|(b, a)| b - a);
    assert_eq!((found.share_change, found.share_change.is_some()), (shares, true));
    for role in Role::ALL {
        let changed: f64 =
            found.duties.iter().filter(|duty| duty.role == role).map(rolecall::explain::DutyChange::change).sum();
        let of = |side: &rolecall::explain::Side| match role {
            Role::Pm => side.strength.pm,
            Role::Pmm => side.strength.pmm,
        };
        assert!((changed - (of(&found.b) - of(&found.a))).abs() < 1e-9, "{role}");
    }
    let same = compare(&classifier, &mut scratch, &pm, &pm);
    assert!(same.phrases.is_empty() && same.duties.iter().all(|duty| duty.change().abs() < f64::EPSILON));
    // A line taken out is a phrase gone.
    let line = "- Rank the backlog by customer value and cost, and say no kindly and often\n";
    assert!(pm.contains(line));
    let edited = compare(&classifier, &mut scratch, &pm, &pm.replace(line, ""));
    assert!(edited.phrases.iter().any(|phrase| phrase.b.is_none() && phrase.phrase.contains("backlog")));
}

#[test]
fn compare_and_its_output() {
    let output = run(&["compare", "tests/postings/pm.txt", "tests/postings/hybrid.txt"], b"");
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let page = stdout(&output);
    assert!(page.contains("The label changes; the PM share falls by "), "{page}");
    assert!(page.lines().all(|line| line.chars().count() <= 80), "{page}");
    let output = run(&["compare", "--format", "json", "tests/postings/pm.txt", "-"], posting("pm.txt").as_bytes());
    let same: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
    assert_eq!(same["share_change"], 0.0);
    assert_eq!(run(&["compare", "tests/postings/pm.txt", "absent"], b"").status.code(), Some(2));
    // One standard input is not two postings.
    let twice = run(&["compare", "-", "-"], posting("pm.txt").as_bytes());
    assert_eq!((twice.status.code(), stdout(&twice)), (Some(2), String::new()));
    // A posting that cannot be classified has no share.
    let short = stdout(&run(&["compare", "tests/postings/short.txt", "tests/postings/pm.txt"], b""));
    assert!(short.contains("the PM shares cannot be compared"), "{short}");
    assert_eq!(short.matches("PM share ").count(), 1, "{short}");
    let hostile = stdout(&run(&["compare", "tests/postings/pm.txt", "tests/postings/hostile.txt"], b""));
    assert!(!hostile.contains(|c: char| c != '\n' && sanitize::is_unsafe(c)), "{hostile}");
    let json = run(&["compare", "--format", "json", "tests/postings/pm.txt", "tests/postings/hostile.txt"], b"");
    assert!(!stdout(&json).contains(|c: char| c != '\n' && sanitize::is_unsafe(c)));
}

#[test]
fn many_postings_side_by_side() {
    const FILES: [&str; 4] =
        ["tests/postings/pm.txt", "tests/postings/pmm.txt", "tests/postings/other.txt", "tests/postings/hostile.txt"];
    let compared = |more: &[&str], width: &str| {
        let mut command = rolecall();
        let output = command.arg("compare").args(FILES).args(more).env("COLUMNS", width).output().expect("runs");
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output)
    };
    for width in ["40", "80", "200"] {
        let page = compared(&["--lens", "all", "--top", "3"], width);
        let most = width.parse::<usize>().expect("a number");
        assert!(page.lines().all(|line| line.chars().count() <= most), "{page}");
        assert!(!page.contains(|c: char| c != '\n' && sanitize::is_unsafe(c)), "{page}");
        for wanted in ["1  tests/", "4  tests/", "PM working with", "Label and PM share by lens", "AIPMM      pm 0.9"] {
            assert!(page.contains(wanted), "{wanted}\n{page}");
        }
    }
    let json: serde_json::Value = serde_json::from_str(&compared(&["--format", "json"], "80")).expect("JSON");
    let list = |value: &serde_json::Value| value.as_array().expect("a list").clone();
    let postings = list(&json["postings"]);
    assert_eq!(postings.iter().map(|side| side["label"].clone()).collect::<Vec<_>>(), ["pm", "pmm", "unclear", "pm"]);
    for (at, side) in postings.iter().enumerate() {
        for role in ["pm", "pmm"] {
            let of_role = list(&json["duties"]).into_iter().filter(|duty| duty["role"] == role);
            let sum: f64 = of_role.map(|duty| duty["points"][at].as_f64().expect("points")).sum();
            assert!((sum - side["strength"][role].as_f64().expect("points")).abs() < 1e-9, "{at} {role}");
        }
    }
    let by_lens = compared(&["--format", "json", "--lens", "all"], "80");
    let lenses: Vec<String> = by_lens
        .lines()
        .map(|line| {
            serde_json::from_str::<serde_json::Value>(line).expect("JSON")["lens"].as_str().expect("a lens").to_owned()
        })
        .collect();
    assert_eq!(lenses, Lens::ALL.map(Lens::as_str));
}

#[test]
fn comparisons_as_pages() {
    let folder = folder("compared");
    let path = folder.join("page.html");
    let name = path.to_str().expect("UTF-8");
    let [pm, pmm, hostile] = ["pm", "pmm", "hostile"].map(|name| format!("tests/postings/{name}.txt"));
    for (files, phrases) in [(&[&*pm, &*hostile][..], true), (&[&*pm, &*pmm, &*hostile], false)] {
        let args = [&["compare", "--format", "html", "--lens", "all"][..], files].concat();
        let output = run(&[&args[..], &["-o", name, "--force"]].concat(), b"");
        assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()), "{}", stderr(&output));
        let page = std::fs::read_to_string(&path).expect("written");
        assert_eq!(stdout(&run(&args, b"")), page, "the same on standard output");
        assert!(!page.contains(|c: char| c != '\n' && sanitize::is_unsafe(c)));
        assert_eq!(page.contains("id=\"phrases\""), phrases);
        for tag in ["<script", "<img", " onerror", "http://", "https://"] {
            assert!(!markup(&page).contains(tag), "{tag}");
        }
        assert!(page.contains("Judged by their duties and titles</p>"), "both have titles");
        for wanted in ["postings compared</h1>", "id=\"lenses\"", "deciding what gets built", "Senior Product Manager"]
        {
            assert!(page.contains(wanted), "{wanted}");
        }
    }
    let codes = |more: &[&str]| run(&[&["compare", &pm, &pmm, "-o"][..], more].concat(), b"").status.code();
    assert_eq!(codes(&[name]), Some(2), "it exists");
    let copy = folder.join("pm.txt");
    std::fs::copy(&pm, &copy).expect("copied");
    let copy = copy.to_str().expect("UTF-8");
    let over = run(&["compare", copy, &pmm, "-o", copy, "--force"], b"");
    assert_eq!(over.status.code(), Some(2), "never an input");
    let brief = run(&["classify", "--brief", folder.to_str().expect("UTF-8"), "-o", copy, "--force"], b"");
    assert_eq!(brief.status.code(), Some(2), "nor a file of a folder that is read: {}", stderr(&brief));
    assert_eq!(std::fs::read_to_string(copy).expect("as it was"), posting("pm.txt"));
}
