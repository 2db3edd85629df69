use super::super::pipeline;
use super::super::scratch::Scratch;
use super::*;
use crate::model::builtin;

/// Calls `read` with the last line of a text, as one clause.
fn of_line<T>(text: &str, read: impl Fn(Words<'_>, Clause) -> T) -> T {
    let model = builtin::model().unwrap();
    pipeline::run((&model, model.consensus.all()), text, &mut Scratch::new(), |scratch, _| {
        let segment = scratch.segments.last().unwrap();
        let clause = Clause { first: segment.first as usize, last: segment.last as usize - 1 };
        read(Words { text, tokens: &scratch.tokens }, clause)
    })
}

#[test]
fn headings_years_and_dependent_clauses_are_recognized() {
    let what = |text: &str| {
        of_line(text, |words, clause| [words.is_heading(clause), words.is_years(clause), words.is_dependent(clause)])
    };
    let table = [
        ("Own Product Roadmaps", [true, false, false]),
        ("Own the Product Roadmap", [true, false, false]),
        ("Own product roadmaps", [false, false, false]),
        ("own product roadmaps:", [true, false, false]),
        // Of seven words, and of eight.
        ("Tea\nOwn Product Roadmaps With Engineers And Designers", [true, false, false]),
        ("Tea\nOwn Product Roadmaps With Engineers And Designers Here", [false, false, false]),
        ("Product Lead (f/m/d)", [true, false, false]),
        ("Five years of work with pricing", [false, true, false]),
        ("Own all plans that last for years", [false, false, false]),
        ("including the tests of it", [false, false, true]),
        ("the tests including it", [false, false, false]),
        ("ideally with tests of it", [false, false, true]),
    ];
    for (text, expected) in table {
        assert_eq!(what(text), expected, "{text}");
    }
}

#[test]
fn colleagues_of_a_clause() {
    let table = [
        ("Run all tests with the sales and support teams every week", Some("with the sales and support teams")),
        ("With the sales and support teams run all tests", Some("With the sales and support teams")),
        ("Lead teams with care", None),
        // "teams" is the fifteenth word after "with", and the fourteenth.
        ("Run tests with care in all of the depots and halls of ours on both of our teams", None),
        (
            "Run tests with care in all of the depots and halls of ours on both our teams",
            Some("with care in all of the depots and halls of ours on both our teams"),
        ),
    ];
    for (text, expected) in table {
        let colleagues =
            of_line(text, |words, clause| Some(words.bytes(words.colleagues(clause)?).of(text).to_owned()));
        assert_eq!(colleagues.as_deref(), expected, "{text}");
    }
}

/// The words are: write, one, e, mail, plan.
#[test]
fn a_compound_is_whole_within_its_clause() {
    let whole = |(first, last), (from, to)| {
        of_line("Write one e-mail plan", |words, _| {
            let whole = words.whole(Clause { first, last }, Clause { first: from, last: to });
            assert_eq!(whole.words(), whole.last - whole.first + 1);
            (whole.first, whole.last)
        })
    };
    let table =
        [((3, 3), (0, 4), (2, 3)), ((2, 2), (0, 4), (2, 3)), ((3, 4), (3, 4), (3, 4)), ((1, 2), (0, 2), (1, 2))];
    for (part, all, expected) in table {
        assert_eq!(whole(part, all), expected, "{part:?} within {all:?}");
    }
    assert_eq!(Clause { first: 2, last: 5 }.words(), 4);
}

/// The bracket stands before the line, so that it does not keep the clause from being cut.
#[test]
fn a_line_in_brackets_is_cut_like_any_other() {
    let first = "Bring every new scanner and every sorter from the first drawing on paper to the halls of our depots in \
                 the north and the south of the country";
    let second = "with a plan that sales and support have seen";
    assert_eq!(tests::found(&format!("Duties\n({first}, {second})")), [first, second]);
}

/// The tokenizer cuts a line after 56 words. A clause that begins before the 41st word after the cut may
/// continue one before it. Clauses of two words are left out.
#[test]
fn a_clause_soon_after_a_cut_is_left_out() {
    let pairs = |count: usize| vec!["tea pot"; count].join(" | ");
    let clause = "own the roadmap of our scanners";
    for (words, expected) in [(format!("{} | tea", pairs(19)), vec![]), (pairs(20), vec![clause])] {
        assert_eq!(tests::found(&format!("{} {words} | {clause}", pairs(28))), expected, "{words}");
    }
}

/// "Position" is a word of introductions, too.
#[test]
fn to_position_is_a_duty() {
    let table: [(&str, &[&str]); 10] = [
        ("Position our scanners and write the news of them", &["Position our scanners", "write the news of them"]),
        ("Position the scanners so that you win carriers", &["Position the scanners so that you win carriers"]),
        ("You will position new scanners in the market", &["position new scanners in the market"]),
        ("How to position small scanners in the market", &["How to position small scanners in the market"]),
        ("This position develops scanners for carriers", &["develops scanners for carriers"]),
        ("In this position, you will own the scanners", &["own the scanners"]),
        ("In a position with full rights, you will own the scanners", &["own the scanners"]),
        ("The position and its holder will own the scanners", &["own the scanners"]),
        ("A key position, all new: you will own the scanners", &["own the scanners"]),
        ("This is a position with our team where you will own the scanners", &["own the scanners"]),
    ];
    for (text, expected) in table {
        assert_eq!(tests::found(text), expected, "{text}");
    }
}

/// "Launch" is often a noun, but not here.
#[test]
fn verbs_with_one_object_stay_together() {
    for text in
        ["Write all stories that launch and build the next apps", "Create new models, launch and deploy the old ones"]
    {
        assert_eq!(tests::found(text), [text]);
    }
}
