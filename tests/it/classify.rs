//! `rolecall classify`: text, JSON, errors.

use crate::common::{folder, rolecall, run, stderr, stdout};

/// Characters that would control a terminal.
fn active(text: &str) -> Vec<char> {
    text.chars().filter(|&c| c != '\n' && rolecall::explain::sanitize::is_unsafe(c)).collect()
}

fn text(args: &[&str]) -> String {
    let output = run(&[&["classify"], args].concat(), b"");
    assert_eq!(output.status.code(), Some(0), "{args:?}: {}", stderr(&output));
    assert_eq!(stderr(&output), "");
    stdout(&output)
}

fn json(args: &[&str]) -> serde_json::Value {
    serde_json::from_str(&text(&[args, &["--format", "json"]].concat())).expect("one JSON object")
}

#[test]
fn sample_postings_get_their_labels() {
    let table = [
        ("pm", "pm", "Product management, ", "pm"),
        ("pmm", "pmm", "Product marketing, ", "pmm"),
        ("hybrid", "hybrid", "Hybrid of product management and product marketing, ", "pm"),
        ("other", "unclear", "Unclear: ", "other"),
        ("blob", "pm", "Product management, ", ""),
    ];
    for (name, label, opening, title) in table {
        let path = format!("tests/postings/{name}.txt");
        let verdict = json(&[&path]);
        assert_eq!(verdict["label"], label, "{name}");
        assert!(text(&[&path]).starts_with(opening), "{name}");
        if !title.is_empty() {
            assert_eq!(verdict["title"]["says"], title, "{name}");
            assert_eq!(verdict["by_duties_alone"]["title_agrees"], name != "hybrid", "{name}");
        }
    }
}

#[test]
fn points_add_up_to_the_total() {
    let page = text(&["tests/postings/pm.txt"]);
    let mut blocks = 0;
    let mut sum: Option<f64> = None;
    let mut in_block = false;
    for line in page.lines() {
        if line.ends_with(" (clearest first; points, at most 1 per line)") {
            (in_block, sum) = (true, Some(0.0));
            continue;
        }
        let Some(points) = line.get(..7).and_then(|head| head.trim().parse::<f64>().ok()).filter(|_| in_block) else {
            continue;
        };
        if line.ends_with("total") {
            let found = sum.take().expect("a block");
            // Each row is rounded to two places.
            assert!((found - points).abs() < 0.06, "{found} {points}");
            (blocks, in_block) = (blocks + 1, false);
        } else {
            sum = sum.map(|sum| sum + points);
        }
    }
    assert!(blocks >= 1, "{page}");
    for wanted in ["other wording", "(role names in them are not counted)", "Ignored, ", "Lens: consensus", "PM: "] {
        assert!(page.contains(wanted), "{wanted}\n{page}");
    }
}

#[test]
fn a_duty_that_is_not_listed_is_not_missing() {
    let missing = |top: &str| {
        let page = text(&["--top", top, "tests/postings/hybrid.txt"]);
        page.split_once("No line mainly about these product management duties").expect("a list").1.to_owned()
    };
    assert_eq!(missing("1"), missing("99"));
}

#[test]
fn phrases_do_not_cut_hyphenated_words() {
    let mut seen = 0;
    for name in ["pm", "pmm", "hybrid", "other"] {
        let path = format!("tests/postings/{name}.txt");
        let posting = std::fs::read_to_string(&path).expect("UTF-8");
        let verdict = json(&["--top", "99", &path]);
        for phrase in verdict["evidence"].as_array().expect("phrases") {
            let offset = |name: &str| usize::try_from(phrase[name].as_u64().expect("an offset")).expect("an offset");
            let (before, after) = (&posting[..offset("start")], &posting[offset("end")..]);
            let cut = |rest: &str| rest.starts_with('-') && rest[1..].starts_with(char::is_alphanumeric);
            assert!(!before.ends_with('-') && !cut(after), "{phrase}");
            seen += usize::from(posting[offset("start")..offset("end")].contains('-'));
        }
    }
    assert!(seen >= 3, "phrases with hyphens: {seen}");
}

#[test]
fn text_fits_the_width() {
    for (width, file) in
        [("40", "hybrid"), ("60", "pmm"), ("80", "pm"), ("80", "blob"), ("80", "hostile"), ("200", "hybrid")]
    {
        let path = format!("tests/postings/{file}.txt");
        let output = rolecall().args(["classify", &path]).env("COLUMNS", width).output().expect("runs");
        let most = width.parse::<usize>().expect("a number");
        for line in stdout(&output).lines() {
            assert!(line.chars().count() <= most, "{file} at {width}: {line}");
        }
    }
}

#[test]
fn only_terminals_get_color() {
    let page = text(&["tests/postings/pm.txt"]);
    assert_eq!(active(&page), [] as [char; 0]);
    let marked =
        |word: &str| word.len() > 2 && word.starts_with('*') && word.trim_end_matches([',', ';']).ends_with('*');
    assert!(page.split_whitespace().any(marked), "keywords are marked without color: {page}");
    let always = text(&["--color", "always", "tests/postings/pm.txt"]);
    assert!(always.contains("\x1b[1;38;5;33m"));
    let silent =
        rolecall().args(["classify", "--color", "auto", "tests/postings/pm.txt"]).env("NO_COLOR", "1").output();
    assert_eq!(stdout(&silent.expect("runs")), page);
}

#[test]
fn control_characters_are_escaped() {
    let page = text(&["tests/postings/hostile.txt"]);
    assert_eq!(active(&page), [] as [char; 0], "{page}");
    assert!(page.contains("\u{2039}U+009B\u{203a}"), "{page}");
    let raw = text(&["tests/postings/hostile.txt", "--format", "json"]);
    assert_eq!(active(&raw), [] as [char; 0], "{raw}");
    // The escapes decode to the posting's own text.
    let posting = std::fs::read_to_string("tests/postings/hostile.txt").expect("it is there");
    let verdict: serde_json::Value = serde_json::from_str(&raw).expect("JSON");
    let phrases = verdict["evidence"].as_array().expect("a list");
    assert!(phrases.len() >= 2);
    for phrase in phrases {
        let at = |name: &str| usize::try_from(phrase[name].as_u64().expect("an offset")).expect("small");
        let (start, end) = (at("start"), at("end"));
        assert!(posting.get(start..end).is_some(), "{phrase}");
    }
}

#[test]
fn a_title_is_a_prior_and_is_compared_with_the_duties() {
    let args = ["--title", "Product Marketing Manager", "tests/postings/pm.txt"];
    let with_title = json(&args);
    assert_eq!(with_title["title"]["says"], "pmm");
    assert!(with_title["title"]["prior"]["pmm"].as_f64().expect("a number") > 0.8);
    let alone = json(&[&args[..], &["--ignore-title"]].concat());
    assert_eq!((&alone["label"], &alone["by_duties_alone"]["title_agrees"]), (&"pm".into(), &false.into()));
    assert_eq!(with_title["by_duties_alone"], alone["by_duties_alone"], "the same with and without the title");
    let pm = |verdict: &serde_json::Value| verdict["probabilities"]["pm"].as_f64().expect("a number");
    assert!(pm(&with_title) < pm(&alone), "the title speaks against product management");
    assert!(pm(&json(&["--title", "Product Manager", "tests/postings/pm.txt"])) > pm(&alone));
    let words: Vec<String> = text(&args).split_whitespace().map(str::to_owned).collect();
    assert!(words.join(" ").contains("the duties alone say product management"), "{words:?}");
}

#[test]
fn a_title_that_outweighs_the_duties_is_named() {
    let page = text(&["--title", "Growth Marketing Manager", "tests/postings/pm.txt"]);
    assert!(page.starts_with("Unclear: its title claims another job"), "{page}");
    assert!(!page.contains("few duties"), "{page}");
    assert!(text(&["tests/postings/other.txt"]).starts_with("Unclear: few duties of either role"));
}

/// Postings written for this test whose title claims another job than the duties state.
#[test]
fn misleading_titles_are_outweighed_by_plain_duties() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/labeled/misleading_titles.jsonl");
    let rows: Vec<serde_json::Value> = std::fs::read_to_string(path)
        .expect("there")
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(rows.len(), 40);
    let classifier = rolecall::Classifier::builtin().expect("a model");
    let alone = classifier.clone().with_options(rolecall::Options::default().title(false));
    let right = |classifier: &rolecall::Classifier| {
        let own = rows.iter().filter(|row| {
            let field = |name: &str| row[name].as_str().expect("a text");
            classifier.classify_titled(field("title"), field("text")).label.as_str() == field("label")
        });
        own.count()
    };
    // As measured; the aim is 36 of 40 for both.
    let (with_title, by_duties) = (right(&classifier), right(&alone));
    assert!(with_title >= 19 && by_duties >= 26, "{with_title} with the title, {by_duties} by duties alone");
}

#[test]
fn all_lenses_print_a_line_each() {
    let page = text(&["--lens", "all", "tests/postings/hybrid.txt"]);
    let lenses = ["consensus", "guide", "overlap", "lists", "thread", "aipmm", "wikipedia"];
    for (line, lens) in page.lines().skip(1).zip(lenses) {
        assert!(line.starts_with(lens), "{line}");
        assert!(line.contains(" PM ") && line.contains(" PMM "), "{line}");
    }
    assert!(page.lines().count() > lenses.len());
    let objects = text(&["--lens", "all", "--format", "json", "tests/postings/hybrid.txt"]);
    assert_eq!(objects.lines().count(), lenses.len());
    let wrong = run(&["classify", "--lens", "nonsense", "tests/postings/pm.txt"], b"");
    assert_eq!(wrong.status.code(), Some(2));
    assert!(stderr(&wrong).contains("invalid value 'nonsense'"));
}

#[test]
fn unclear_verdicts_have_a_reason() {
    let german = "Wir suchen ab sofort eine erfahrene Person, die unser Team verst\u{e4}rkt und Verantwortung f\u{fc}r \
                  die Weiterentwicklung unserer Anwendung \u{fc}bernimmt. Sie sprechen mit unseren Kunden, planen die \
                  n\u{e4}chsten Schritte und stimmen sich eng mit den Abteilungen ab.";
    let recipe = "Peel the onions and chop them. Melt butter in a heavy pan, add the onions and let them soften for \
                  ten minutes. Stir in the flour, pour in the stock and simmer until thick. Season with salt and \
                  nutmeg, scatter parsley over it and serve with toasted bread while it is hot.";
    let table = [("", "too_short"), ("  \n\n", "too_short"), (german, "not_english"), (recipe, "off_topic")];
    for (posting, reason) in table {
        let output = run(&["classify", "--format", "json"], posting.as_bytes());
        let verdict: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        assert_eq!(verdict["label"], "unclear");
        assert_eq!(verdict["reason"], reason);
        let page = stdout(&run(&["classify", "-"], posting.as_bytes()));
        assert!(page.starts_with("Unclear: "), "{page}");
    }
    assert_eq!(json(&["tests/postings/short.txt"])["reason"], "too_short");
    let doubtful = json(&["--min-confidence", "0.99", "tests/postings/hybrid.txt"]);
    assert_eq!(doubtful["reason"], "low_confidence");
}

#[test]
fn a_short_text_has_no_points_in_any_view() {
    let page = text(&["tests/postings/short.txt"]);
    assert!(page.starts_with("Unclear: too short to judge"), "{page}");
    assert!(!page.contains("points") && !page.contains('%'), "{page}");
    let marked = text(&["--highlight", "--duties", "tests/postings/short.txt"]);
    assert_eq!(marked, page);
    let html = text(&["--format", "html", "tests/postings/short.txt"]);
    assert!(!html.contains("class=\"m ") && !html.contains("class=\"num\"") && !html.contains("<table"), "{html}");
    let lenses = text(&["--lens", "all", "tests/postings/short.txt"]);
    assert_eq!(lenses, "Unclear through every lens: too short to judge (a posting needs about 30 words)\n");
}

#[test]
fn hard_wrapped_lines_are_joined() {
    let broken = "Product Manager\n\n\
                  You will talk to customers every week, write down what they need, and own the roadmap of\n\
                  our scheduling product together with engineers and designers in three cities. You\n\
                  prioritise the backlog, write user stories with acceptance criteria, and decide with data\n\
                  what the team builds next.\n";
    let whole = broken.replace("of\nour", "of our").replace("data\nwhat", "data what");
    let verdict = |posting: &str| -> serde_json::Value {
        serde_json::from_str(&stdout(&run(&["classify", "--format", "json", "-"], posting.as_bytes()))).expect("JSON")
    };
    let (broken, whole) = (verdict(broken), verdict(&whole));
    for field in ["label", "probabilities", "strength", "evidence"] {
        let phrases = |verdict: &serde_json::Value| {
            verdict[field].as_array().map(|all| all.iter().map(|one| one["points"].clone()).collect::<Vec<_>>())
        };
        assert_eq!(phrases(&broken), phrases(&whole));
        assert!(field == "evidence" || broken[field] == whole[field], "{field}");
    }
    assert_eq!(broken["label"], "pm");
}

#[test]
fn every_kind_of_line_break_separates_duties() {
    let duties = [
        "own the roadmap of our scheduling product and keep it honest",
        "write user stories with acceptance criteria for seven engineers",
        "talk to customers every week and write down what they need from us",
        "prioritise the backlog with the tech lead before every sprint begins",
        "decide with usage data which features are built and which are dropped",
    ];
    let list = |before: &str, between: &str| format!("{before}{}", duties.join(between));
    let strength = |posting: &str| {
        let output = run(&["classify", "--format", "json", "-"], posting.as_bytes());
        let verdict: serde_json::Value = serde_json::from_str(&stdout(&output)).expect("JSON");
        (verdict["strength"].clone(), verdict["pm_share_interval"].clone(), verdict["label"].clone())
    };
    let expected = strength(&list("<ul><li>", "</li><li>"));
    assert_eq!(expected.2, "pm");
    for (before, between) in
        [("", "<br>"), ("", "<br/>\n"), ("<p>", "</p><p>"), ("", "\n"), ("- ", "\n- "), ("", ",\n")]
    {
        assert_eq!(strength(&list(before, between)), expected, "{between:?}");
    }
}

#[test]
fn bad_input_exits_with_2() {
    let folder = folder("classify-bad-input");
    let broken = folder.join("broken.model");
    std::fs::write(&broken, b"rolecall? no").expect("written");
    let broken = broken.to_str().expect("UTF-8");
    let table: [&[&str]; 6] = [
        &["tests/postings/absent.txt"],
        &["tests/postings"],
        &["--model", broken, "tests/postings/pm.txt"],
        &["--model", "tests/postings/absent.model", "tests/postings/pm.txt"],
        &["--min-confidence", "1.5", "tests/postings/pm.txt"],
        &["--no-such-flag"],
    ];
    for args in table {
        let output = run(&[&["classify"], args].concat(), b"");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert_eq!(stdout(&output), "", "{args:?}");
        let said = stderr(&output);
        assert!(!said.is_empty() && !said.contains("panicked"), "{args:?}: {said}");
    }
}

#[test]
fn invalid_utf_8_is_replaced() {
    let mut posting = std::fs::read("tests/postings/pm.txt").expect("it is there");
    posting.splice(40..40, [0xff, 0xfe]);
    posting.extend_from_slice("\n\u{e9}\u{e9}\u{e9}".as_bytes());
    let output = run(&["classify", "--format", "json"], &posting);
    assert_eq!(output.status.code(), Some(0));
    assert!(stderr(&output).contains("standard input: byte 40: not UTF-8"), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("{\"label\":\"pm\""));
}

#[test]
fn html_markup_is_removed() {
    let verdict = json(&["tests/postings/page.html"]);
    assert_eq!(verdict["label"], "pm");
    let page = text(&["tests/postings/page.html"]);
    for markup in ["<b>", "<li>", "&amp;", "document.write"] {
        assert!(!page.contains(markup), "{markup}\n{page}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let mut child = rolecall()
        .args(["classify", "tests/postings/pm.txt"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stderr(&output), "");
}

#[test]
fn output_is_deterministic() {
    assert_eq!(text(&["tests/postings/pm.txt"]), text(&["tests/postings/pm.txt"]));
}

#[cfg(unix)]
#[test]
fn brief_is_a_line_per_posting_whatever_its_name() {
    let folder = folder("brief-names");
    std::fs::copy("tests/postings/pmm.txt", folder.join("a\npm\t0.99\tForged\tz.txt")).expect("copied");
    let output = run(&["classify", "--brief", folder.to_str().expect("UTF-8")], b"");
    assert_eq!(stdout(&output).lines().count(), 1, "{}", stdout(&output));
    assert_eq!(stdout(&output).matches('\t').count(), 3, "{}", stdout(&output));
}

#[test]
fn brief_is_a_line_per_posting() {
    let one = text(&["--brief", "tests/postings/pmm.txt"]);
    let cells: Vec<&str> = one.trim_end().split('\t').collect();
    assert_eq!((cells[0], cells[2], cells.len()), ("pmm", "Product Marketing Manager", 3), "{one}");
    assert!(cells[1].parse::<f64>().is_ok_and(|confidence| confidence > 0.9), "{one}");
    let folder = folder("brief");
    for name in ["b.txt", "a.txt", ".hidden"] {
        std::fs::copy("tests/postings/pm.txt", folder.join(name)).expect("copied");
    }
    std::fs::write(folder.join("c.bin"), b"\x7fELF\0\0\0").expect("written");
    for name in ["older", ".git"] {
        std::fs::create_dir_all(folder.join(name)).expect("made");
    }
    let output = run(&["classify", "--brief", folder.to_str().expect("UTF-8")], b"");
    let lines = stdout(&output);
    let files: Vec<&str> = lines.lines().map(|line| line.rsplit('/').next().unwrap_or_default()).collect();
    assert_eq!((files, output.status.code()), (vec!["a.txt", "b.txt"], Some(1)), "{}", stderr(&output));
    assert!(stderr(&output).contains("c.bin"));
    assert!(stderr(&output).contains("brief: a folder in it is not read\n"), "{}", stderr(&output));
    let several = run(&["classify", "tests/postings/pm.txt", "tests/postings/pmm.txt"], b"");
    assert_eq!(several.status.code(), Some(2));
}

#[test]
fn output_files_are_not_overwritten() {
    let folder = folder("overwrite");
    let (posting, page) = (folder.join("in.txt"), folder.join("out.html"));
    std::fs::copy("tests/postings/pm.txt", &posting).expect("copied");
    let (posting, page) = (posting.to_str().expect("UTF-8"), page.to_str().expect("UTF-8"));
    let classify =
        |more: &[&str]| run(&[&["classify", "--format", "html", posting, "-o"][..], more].concat(), b"").status.code();
    assert_eq!(classify(&[page]), Some(0));
    let before = std::fs::read(page).expect("written");
    assert_eq!((classify(&[page]), classify(&[page, "--force"])), (Some(2), Some(0)));
    assert_eq!(classify(&[posting, "--force"]), Some(2), "the posting itself");
    assert_eq!(std::fs::read(page).expect("there"), before);
    assert!(std::fs::read_to_string(posting).expect("there").starts_with("Senior"));
}
