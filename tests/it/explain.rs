//! Explanations: exact points, safe output, and changes that hold when they are made.

use proptest::prelude::*;
use rolecall::explain::{
    DutyTable, LensTable, explain, highlight, html, sanitize, split, what_if, without, without_markup,
};
use rolecall::{Classifier, Label, Lens, Options, Role, Scratch, Verdict};

use crate::common::{folder, run, stderr, stdout};

const POSTINGS: [&str; 8] =
    ["pm.txt", "pmm.txt", "hybrid.txt", "other.txt", "short.txt", "blob.txt", "hostile.txt", "page.html"];

pub(crate) fn posting(name: &str) -> String {
    std::fs::read_to_string(format!("{}/tests/postings/{name}", env!("CARGO_MANIFEST_DIR"))).expect("it is there")
}

fn whole() -> Classifier {
    Classifier::builtin().expect("the model inside").with_options(Options::default().phrases(usize::MAX))
}

/// The text of the element `posting`, as a browser would read it.
fn text_of(page: &str) -> String {
    let start = page.find("<div id=\"posting\"").expect("the posting");
    let inside = &page[start + page[start..].find('>').expect("a tag") + 1..];
    let inside = &inside[..inside.find("</div>").expect("its end")];
    let mut text = String::new();
    let mut rest = inside;
    while let Some(at) = rest.find('<') {
        text.push_str(&rest[..at]);
        rest = &rest[at + rest[at..].find('>').expect("a tag ends") + 1..];
    }
    text.push_str(rest);
    // A parser first normalizes line ends and drops NUL, then resolves references.
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "");
    htmlize::unescape(text).into_owned()
}

/// Properties of every posting.
fn check(classifier: &Classifier, text: &str) {
    let mut scratch = Scratch::new();
    // The search takes long, so not for every text.
    let found = explain(classifier, &mut scratch, None, text, text.len().is_multiple_of(8));
    let verdict = &found.verdict;
    for role in Role::ALL {
        let strength = if role == Role::Pm { verdict.strength.pm } else { verdict.strength.pmm };
        let near = |sum: f64| (sum - strength).abs() <= 1e-9 * strength.abs().max(1.0);
        let listed: f64 = verdict.evidence.iter().filter(|p| p.role == role).map(|p| p.points).sum();
        assert!(near(listed + verdict.other_wording.of(role)), "{role}: {listed} {strength}");
        assert!(near(found.duties.sum(role)), "{role}: {} {strength}", found.duties.sum(role));
    }
    let mut spans: Vec<_> = verdict.evidence.iter().map(|phrase| phrase.span).collect();
    spans.sort_unstable();
    assert!(spans.windows(2).all(|pair| pair[0].end <= pair[1].start), "phrases overlap");
    let cut: String = highlight(text, verdict).iter().map(|piece| piece.span.of(text)).collect();
    assert_eq!(cut, text);
    let page = html::page(text, &found);
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    assert_eq!(letters(&text_of(&page)), letters(&without_markup(text)), "the text that is read");
    // Unsafe characters are in the element `posting` only.
    let start = page.find("<div id=\"posting\"").expect("is");
    let end = start + page[start..].find("</div>").expect("its end");
    for outside in [&page[..start], &page[end..]] {
        assert!(!outside.contains(|c: char| sanitize::is_unsafe(c) && c != '\r'));
    }
    for tag in ["<script", "<img", "<iframe", " onerror", " onload", "http://", "https://", "url("] {
        assert!(!markup(&page).contains(tag), "{tag}");
    }
    let json = serde_json::to_string(&found).expect("serialises");
    let safe = sanitize::for_json(&json);
    assert!(!safe.contains(sanitize::is_unsafe));
    let [raw, safe] = [&*json, &*safe].map(|json| serde_json::from_str::<serde_json::Value>(json).expect("JSON"));
    assert_eq!(raw, safe);
}

/// The tags of a page, without its text.
pub(crate) fn markup(page: &str) -> String {
    let tags = page.split('<').skip(1).filter_map(|part| part.split_once('>'));
    tags.map(|(tag, _)| ["<", tag, ">"].concat()).collect()
}

#[test]
fn properties_hold_for_the_sample_postings() {
    for name in POSTINGS {
        check(&whole(), &posting(name));
    }
    let few = Classifier::builtin().expect("the model inside").with_options(Options::default().phrases(2));
    check(&few, &posting("pm.txt"));
    // With the search in some of them, and unsafe characters in the title.
    let text = posting("hostile.txt").replace("Product Manager", "Product \u{202e}\u{1b}[2J Manager");
    for pad in 0..8 {
        check(&whole(), &(text.clone() + &" ".repeat(pad)));
    }
    for text in
        ["", "\n", "\0", "\r\n\r\n", "<", "&", "<a href=x onclick=y>", "\u{202e}\u{1b}[2J", "&#0;&#x1b;&amp;lt;"]
    {
        check(&whole(), text);
    }
}

/// Pieces of postings, markup and attacks.
fn part() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "Own the product roadmap and decide what gets built next",
        "Write positioning and messaging for the launch & train the sales team with battle cards",
        "Work with product marketing on the go-to-market plan",
        "We offer health insurance, 30 days of leave and a pension",
        "Interview users, find unmet needs; prioritise the backlog with engineers",
        "<li>Plan <b>product launches</b></li>",
        "<script>alert('x')</script>",
        "</style></div>",
        "\" onmouseover=\"alert(1)",
        "&amp;lt;p&gt;",
        "&#8217;&nbsp;",
        "\u{202e}",
        "\u{1b}[31m",
        "\0",
        "\r\n",
        "\n\n- ",
        ". ",
        " ",
    ]);
    prop_oneof![8 => fixed.prop_map(str::to_owned), 1 => "\\PC{0,12}", 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn properties_hold_for_any_posting(parts in prop::collection::vec(part(), 0..24)) {
        check(&whole(), &parts.concat());
    }
}

#[test]
fn absent_themes_are_those_of_the_other_role() {
    let mut scratch = Scratch::new();
    let classifier = whole();
    let table = |name: &str, scratch: &mut Scratch| {
        let verdict = classifier.classify_with(scratch, None, &posting(name));
        DutyTable::new(&classifier, scratch, &verdict, &posting(name))
    };
    let pm = table("pm.txt", &mut scratch);
    assert!(pm.absent.iter().all(|gap| gap.role == Role::Pmm));
    for theme in ["campaigns", "enablement"] {
        assert!(pm.absent.iter().any(|gap| gap.theme == theme), "{theme}");
    }
    let pmm = table("pmm.txt", &mut scratch);
    assert!(pmm.absent.iter().all(|gap| gap.role == Role::Pm));
    assert!(pmm.absent.iter().any(|gap| gap.theme == "roadmap"));
    assert!(table("other.txt", &mut scratch).absent.is_empty());
}

#[test]
fn a_line_with_several_duties_states_all() {
    let cards = "Write case studies, train the sales team and make its battle cards";
    let (classifier, mut scratch, without) = (whole(), Scratch::new(), posting("pm.txt"));
    let mut states = |text: &str, theme: &str| {
        let verdict = classifier.classify(text);
        DutyTable::new(&classifier, &mut scratch, &verdict, text).absent.iter().all(|gap| gap.theme != theme)
    };
    let of_both = "Do competitive analysis and share it";
    for (theme, line) in [("content", cards), ("enablement", cards), ("competition", of_both)] {
        assert!(!states(&without, theme) && states(&format!("{without}\n- {line}\n"), theme), "{theme}");
    }
}

#[test]
fn lenses_differ_by_the_duties_they_assign_differently() {
    // AIPMM gives case studies and competitive analysis to PM, the others do not.
    let text = "Run our competitor research: keep an eye on rival products, analyse how competitors price and \
                position, and report on competitive moves every month.\n\
                Analyse competing products hands on and keep the competitive comparison up to date.\n\
                Write customer case studies and success stories with reference customers.\n\
                Collect customer references and turn them into case studies.\n\
                Plan the launch of every product, from the launch plan to launch day and its review.\n";
    let table = LensTable::new(&whole(), &mut Scratch::new(), None, text);
    assert_eq!(table.rows.iter().map(|row| row.lens).collect::<Vec<_>>(), Lens::ALL);
    let row = |lens: Lens| table.rows.iter().find(|row| row.lens == lens).expect("a row");
    let part = |lens: Lens| row(lens).strength.pm / (row(lens).strength.pm + row(lens).strength.pmm);
    assert!(part(Lens::Aipmm) > part(Lens::Wikipedia) + 0.2, "{table:?}");
    assert!(row(Lens::Consensus).differs.is_empty());
    let moved = &row(Lens::Aipmm).differs;
    assert!(moved.iter().any(|shift| shift.points > 0.0 && shift.consensus != shift.through), "{moved:?}");
    assert!(table.differing().any(|row| row.lens == Lens::Aipmm));
}

/// The label of `text` without `parts`.
fn label_without(classifier: &Classifier, text: &str, parts: &[rolecall::Span]) -> Label {
    classifier.classify(&without(text, parts)).label
}

#[test]
fn what_is_named_changes_the_label() {
    let classifier = Classifier::builtin().expect("the model inside");
    let mut scratch = Scratch::new();
    for name in ["hybrid.txt", "hostile.txt", "page.html"] {
        let text = posting(name);
        let before = classifier.classify(&text).label;
        let found = what_if(&classifier, &mut scratch, None, &text);
        assert_eq!(found.label, before);
        let change = found.change.expect("a change");
        let parts: Vec<_> = change.lines.iter().map(|line| line.span).collect();
        assert_eq!(label_without(&classifier, &text, &parts), change.label, "{name}");
        assert_ne!(change.label, before, "{name}");
        // None of the lines is idle.
        for idle in 0..parts.len() {
            let mut fewer = parts.clone();
            fewer.remove(idle);
            assert_eq!(label_without(&classifier, &text, &fewer), before, "{name} without {idle}");
        }
    }
    let short = what_if(&classifier, &mut scratch, None, &posting("short.txt"));
    assert!(short.change.is_none() && short.exact);
}

#[test]
fn what_is_said_to_be_fewest_is_fewest() {
    let classifier = Classifier::builtin().expect("the model inside");
    let text = "Own the product roadmap and rank the backlog with engineers.\n\
                Write user stories with acceptance criteria for the squad.\n\
                Interview users, find unmet needs and test prototypes with them.\n\
                Write positioning and messaging for every product launch.\n\
                Train the sales team and build battle cards and pitch decks.\n\
                Run campaigns and write case studies for the website.\n";
    let mut scratch = Scratch::new();
    let before = classifier.classify(text).label;
    let found = what_if(&classifier, &mut scratch, None, text);
    let change = found.change.expect("a change");
    assert!(found.exact, "small enough to be searched through");
    assert_eq!(found.at_least, change.lines.len());
    let lines = classifier.lines(&mut scratch, text);
    let n = lines.len();
    for mask in 1u32..1 << n {
        if (mask.count_ones() as usize) < change.lines.len() {
            let parts: Vec<_> = (0..n).filter(|at| mask & 1 << at != 0).map(|at| lines[at].span).collect();
            assert_eq!(label_without(&classifier, text, &parts), before);
        }
    }
}

#[test]
fn a_hybrid_becomes_two_postings() {
    let classifier = Classifier::builtin().expect("the model inside");
    let text = posting("hybrid.txt");
    let halves = split(&classifier, &mut Scratch::new(), &text);
    assert!(halves.pm.len() >= 4 && halves.pmm.len() >= 4, "{halves:?}");
    // Neither the title nor sentences about the company.
    for line in halves.pm.iter().chain(&halves.pmm).chain(&halves.both) {
        let no_duty = ["Product Manager (", "We make a small machine", "So far the founders", "Museums"];
        assert!(!no_duty.iter().any(|start| line.text.starts_with(start)), "{line:?}");
    }
    // Not every line that states a duty begins with one of the verbs that are known.
    assert!(halves.pm.iter().any(|line| line.text.starts_with("Try each release")), "{halves:?}");
    let join =
        |lines: &[rolecall::explain::Line]| lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n");
    assert_eq!(classifier.classify(&join(&halves.pm)).label, Label::Pm);
    assert_eq!(classifier.classify(&join(&halves.pmm)).label, Label::Pmm);
}

/// Tags and references are gone from the page, and its structure is that of the posting.
#[test]
fn a_page_shows_the_posting_as_a_reader_sees_it() {
    let shown = |text: &str| {
        let page = stdout(&run(&["classify", "--format", "html", "-"], text.as_bytes()));
        let start = page.find("<div id=\"posting\"").expect("the posting");
        page[start..start + page[start..].find("</div>").expect("its end")].to_owned()
    };
    let page = shown(&posting("page.html"));
    for raw in ["&lt;", "&amp;rsquo", "&amp;amp;", "document.write", "northam.example"] {
        assert!(!page.contains(raw), "{raw}\n{page}");
    }
    assert_eq!((page.matches("<li>").count(), page.matches("<ul>").count()), (6, 1), "{page}");
    assert_eq!(page.matches("class=\"heading\"").count(), 3, "{page}");
    let markdown = shown(&posting("pm.txt"));
    assert_eq!(markdown.matches("<li>").count(), posting("pm.txt").matches("\n- ").count(), "{markdown}");
    for text in [page, markdown] {
        let [open, close] = ["<p", "</p>"].map(|tag| text.matches(tag).count());
        assert_eq!(open, close);
        for tag in ["ul", "li"] {
            assert_eq!(text.matches(&format!("<{tag}>")).count(), text.matches(&format!("</{tag}>")).count(), "{tag}");
        }
    }
}

#[test]
fn the_page_is_complete_and_reproducible() {
    let folder = folder("page");
    let path = folder.join("page.html");
    let name = path.to_str().expect("UTF-8");
    let args = ["classify", "--format", "html", "--what-if", "tests/postings/hybrid.txt"];
    let output = run(&[&args[..], &["-o", name]].concat(), b"");
    assert_eq!((output.status.code(), stdout(&output)), (Some(0), String::new()), "{}", stderr(&output));
    let page = std::fs::read_to_string(&path).expect("written");
    assert_eq!(stdout(&run(&args, b"")), page, "the same on standard output");
    for wanted in ["<title>Hybrid", "id=\"posting\"", "What would change the label", "As two postings", "By lens"] {
        assert!(page.contains(wanted), "{wanted}");
    }
    // Every link has a target, and ids are unique.
    let named = |attribute: &str| -> Vec<String> {
        page.match_indices(attribute)
            .map(|(at, _)| page[at + attribute.len()..].split('"').next().unwrap_or_default().to_owned())
            .collect()
    };
    let mut ids = named(" id=\"");
    ids.sort_unstable();
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]));
    for link in named("href=\"#") {
        assert!(ids.binary_search(&link).is_ok(), "{link}");
    }
    let nowhere = run(&[&args[..], &["-o", "no/such/folder/page.html"]].concat(), b"");
    assert_eq!(nowhere.status.code(), Some(2));
}

#[test]
fn a_page_omits_sections_if_the_posting_cannot_be_classified() {
    let page = |posting: &str| stdout(&run(&["classify", "--format", "html", "-"], posting.as_bytes()));
    let sections = |page: &str| ["Duties found", "By lens", "class=\"share"].map(|what| page.contains(what));
    assert_eq!(sections(&page(&posting("other.txt"))), [true, true, false]);
    assert_eq!(sections(&page(&posting("short.txt"))), [false, false, false]);
    let german = "Wir suchen ab sofort eine erfahrene Person, die unser Team verst\u{e4}rkt und Verantwortung f\u{fc}r \
                  die Weiterentwicklung unserer Anwendung \u{fc}bernimmt. Sie sprechen mit unseren Kunden, planen die \
                  n\u{e4}chsten Schritte und stimmen sich eng mit den Abteilungen ab. Launch, Roadmap, Backlog.";
    let page = page(german);
    assert!(page.contains("not in English"), "{page}");
    assert_eq!(sections(&page), [false, false, false]);
    // No marked phrase links to a missing row.
    let links = page.matches("href=\"#").count();
    assert_eq!(links, 1, "the way to the posting alone: {page}");
}

#[test]
fn highlight_marks_phrases_in_the_terminal() {
    let output = run(&["classify", "--highlight", "tests/postings/hybrid.txt"], b"");
    let page = stdout(&output);
    for wanted in ["[PM ", "{PMM ", "(benefits: "] {
        assert!(page.contains(wanted), "{wanted}\n{page}");
    }
    assert_eq!(page.matches("[PM ").count(), page.matches(']').count());
    assert_eq!(page.matches("{PMM ").count(), page.matches('}').count());
    // Without the marks it is the posting.
    let shown: String = page.replace("[PM ", "").replace("{PMM ", "").replace([']', '}'], "");
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ");
    assert!(words(&shown).contains("Watch usage data and drop features that nobody touches"), "{shown}");
    let color = stdout(&run(&["classify", "--highlight", "--colour", "always", "tests/postings/pm.txt"], b""));
    for code in ["\u{1b}[1;38;5;33m", "\u{1b}[4m", "\u{1b}[2m"] {
        assert!(color.contains(code), "{code:?}");
    }
    let hostile = stdout(&run(&["classify", "--highlight", "tests/postings/hostile.txt"], b""));
    assert!(!hostile.contains(|c: char| c != '\n' && sanitize::is_unsafe(c)), "{hostile}");
}

#[test]
fn rows_without_points_are_left_out() {
    let (mut shown, mut left_out) = (0, 0);
    for name in ["pm.txt", "pmm.txt", "hybrid.txt", "blob.txt", "page.html", "hostile.txt"] {
        let path = format!("tests/postings/{name}");
        let json = stdout(&run(&["classify", "--duties", "--format", "json", &path], b""));
        let duties = serde_json::from_str::<serde_json::Value>(&json).expect("JSON")["duties"].take();
        let themes = duties["themes"].as_array().expect("themes");
        let roles: Vec<_> =
            ["pm", "pmm"].into_iter().filter(|role| themes.iter().any(|row| row["role"] == *role)).collect();
        let has_points = |role: &&&str| duties["unnamed"][**role].as_f64().expect("points") >= 0.005;
        let expected = roles.iter().filter(has_points).count();
        let text = stdout(&run(&["classify", "--duties", &path], b""));
        assert_eq!(text.matches("  no named duty\n").count(), expected, "{name}: {text}");
        let html = stdout(&run(&["classify", "--format", "html", &path], b""));
        assert_eq!(html.matches("-no-duty\">").count(), expected, "{name}");
        for page in [&text, &html] {
            assert!(!page.contains("   0.00  ") && !page.contains("<td class=\"num\">0.00</td>"), "{name}: {page}");
        }
        (shown, left_out) = (shown + expected, left_out + roles.len() - expected);
    }
    assert!(left_out > 0, "{shown} rows, none left out");
}

#[test]
fn every_format_includes_what_if() {
    let page = stdout(&run(&["classify", "--what-if", "--duties", "tests/postings/hybrid.txt"], b""));
    for wanted in ["What would change the label", "for a separate posting", "by duty", "No line mainly about "] {
        assert!(page.contains(wanted), "{wanted}\n{page}");
    }
    let args = ["classify", "--what-if", "--duties", "--format", "json", "tests/postings/hybrid.txt"];
    let found: serde_json::Value = serde_json::from_str(&stdout(&run(&args, b""))).expect("JSON");
    assert_eq!(found["label"], "hybrid");
    assert_eq!(found["what_if"]["label"], "hybrid");
    assert!(found["what_if"]["change"]["lines"][0]["start"].is_u64());
    assert!(found["split"]["pm"].is_array() && found["duties"]["themes"].is_array());
}

/// The number of phrases listed does not change the verdict.
#[test]
fn listing_more_phrases_does_not_change_the_verdict() {
    let few = Classifier::builtin().expect("the model inside");
    for name in POSTINGS {
        let text = posting(name);
        let (a, b): (Verdict, Verdict) = (few.classify(&text), whole().classify(&text));
        assert_eq!((a.label, a.probabilities, a.pm_share), (b.label, b.probabilities, b.pm_share), "{name}");
        assert!(a.evidence.iter().all(|phrase| b.evidence.contains(phrase)), "{name}");
    }
}
