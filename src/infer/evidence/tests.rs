use super::super::pipeline;
use super::*;
use crate::model::{LANES, builtin};

#[test]
fn the_clearest_come_first() {
    let model = builtin::model().unwrap();
    let rows = model.consensus.all();
    let text = "Own the product roadmap and the backlog.\nWork on things that matter for the product with us.\n\
        Write user stories with acceptance criteria for engineers.\nDecide what gets built next and why it does.";
    let found = pipeline::run((&model, rows), text, &mut Scratch::new(), |scratch, text| {
        phrases(rows, text.text, scratch, usize::MAX, &ByKind::splat(1.0))
    });
    assert!(found.len() > 2 && found.is_sorted_by(|a, b| a.clearness >= b.clearness), "{found:?}");
    assert!(!found.is_sorted_by(|a, b| a.points >= b.points), "the points have another order: {found:?}");
}

#[test]
fn what_is_done_with_colleagues_of_a_role_is_no_evidence_for_it() {
    let model = builtin::model().unwrap();
    let shown = |line: &str| {
        let text =
            format!("Write battlecards and train the sales team.\n{line}\nWork with PMM on launches and battlecards.");
        pipeline::run((&model, model.consensus.all()), &text, &mut Scratch::new(), |scratch, text| {
            let found = phrases(model.consensus.all(), text.text, scratch, 9, &model.calibration.kind_odds);
            found.iter().any(|phrase| phrase.line == 1 && phrase.role == Role::Pmm)
        })
    };
    for (line, expected) in [
        ("Plan launches and positioning of the product", true),
        ("Partner with product marketing to plan launches and positioning of the product", false),
        ("Work with PMM on launches, positioning and messaging", false),
        ("Partner with product management to plan launches and positioning of the product", true),
        ("Build the product marketing team that plans launches and positioning", true),
    ] {
        assert_eq!(shown(line), expected, "{line}");
    }
}

/// By hand: two features with 30 and 10 units for PM against filler, 6 and 8 against other jobs.
#[test]
fn the_least_of_three_sums_decides() {
    let row = |pm: i8, filler: i8, other: i8| {
        let mut row: Row = [0; LANES];
        (row[PM], row[FILLER], row[OTHER]) = (pm as u8, filler as u8, other as u8);
        row
    };
    let rows = [row(20, -10, 14), row(5, -5, -3)];
    let features = [0, 1, 7].map(|place| LineFeature { first: 0, last: 0, units: 0, place });
    for (favorable, expected) in [(100.0, 14.0), (9.0, 9.0)] {
        let found = least_log_odds(&rows, Role::Pm, features.into_iter(), favorable);
        assert!((found - expected).abs() < 1e-12, "{favorable}: {found}");
    }
    let other = least_log_odds(&rows, Role::Pmm, features[..1].iter().copied(), 100.0);
    assert!((other - -14.0).abs() < 1e-12, "{other}");
}

/// The clauses that are listed for `role`, with their points, if each line is of `kinds`
/// and has a weight of `weight`.
fn listed(text: &str, kinds: ByKind<f64>, weight: f32) -> Vec<(Role, String, f64)> {
    let model = builtin::model().unwrap();
    let rows = model.consensus.all();
    pipeline::run((&model, rows), text, &mut Scratch::new(), |scratch, text| {
        for line in &mut scratch.lines {
            (line.kinds, line.weight) = (kinds, weight);
        }
        let found = phrases(rows, text.text, scratch, usize::MAX, &ByKind::splat(1.0));
        let words = Words { text: text.text, tokens: &scratch.tokens };
        for phrase in &found {
            let keywords: f64 = phrase.keywords.iter().map(|run| run.points).sum();
            assert!(keywords > 0.0 && keywords < phrase.points + 1e-9, "{phrase:?}");
            let within =
                |run: &KeyRun| phrase.clause.first <= run.clause.first && run.clause.last <= phrase.clause.last;
            assert!(phrase.keywords.iter().all(within), "{phrase:?}");
        }
        found.iter().map(|it| (it.role, words.bytes(it.clause).of(words.text).to_owned(), it.points)).collect()
    })
}

/// The names of colleagues are the tokens from 5 on.
#[test]
fn what_favors_a_role_outside_the_names_of_colleagues() {
    type Units<'a> = &'a [(u32, i32)];
    let table: [(&str, Units<'_>, [f64; 2]); 6] = [
        ("two for PM, one for PMM", &[(0, 5), (1, 4), (2, -6)], [9.0, 0.0]),
        ("as much for PMM as for PM", &[(0, 5), (1, -5)], [0.0, 0.0]),
        ("more for PMM", &[(0, 5), (1, -6)], [0.0, 6.0]),
        ("against PM in names of colleagues", &[(0, 5), (5, -9)], [5.0, 0.0]),
        ("two thirds in names of colleagues", &[(0, 4), (5, 8)], [4.0, 0.0]),
        ("more than two thirds in names of colleagues", &[(0, 4), (5, 9)], [0.0, 0.0]),
    ];
    for (name, units, expected) in table {
        let features = || units.iter().map(|&(at, units)| LineFeature { first: at, last: at, units, place: 0 });
        for (role, expected) in [Role::Pm, Role::Pmm].into_iter().zip(expected) {
            let found = favorable(role, features(), |feature| feature.first < 5);
            assert!((found - expected).abs() < 1e-9, "{name}, {role}: {found}");
        }
    }
}

const PM_LINE: [f64; 5] = [1.0, 0.0, 0.0, 0.0, 0.0];

#[test]
fn clauses_that_state_duties_are_listed() {
    let table: [(&str, &[&str]); 9] = [
        ("Own the product roadmap and the backlog", &["Own the product roadmap and the backlog"]),
        ("Own Product Roadmap", &[]),
        ("Five years of product roadmap and backlog ownership", &[]),
        ("You have owned product roadmaps and backlogs", &[]),
        // A dependent clause may be all of a line, but none after another.
        ("By owning the product roadmap and the backlog", &["By owning the product roadmap and the backlog"]),
        (
            "Prioritize the product backlog of the engineers and of the designers with user stories and acceptance \
             criteria for every sprint, including the product roadmap of all the other squads of engineers in the \
             long and cold north",
            &["Prioritize the product backlog of the engineers and of the designers with user stories and \
                 acceptance criteria for every sprint"],
        ),
        // Words outside the partners count, before them and after them.
        (
            "Refine the product backlog and user stories with the sales team",
            &["Refine the product backlog and user stories with the sales team"],
        ),
        (
            "Work with the sales team to refine the product backlog and user stories",
            &["Work with the sales team to refine the product backlog and user stories"],
        ),
        (
            "Tea\nRefine the product backlog and user stories with the sales team",
            &["Refine the product backlog and user stories with the sales team"],
        ),
    ];
    for (text, expected) in table {
        let found = listed(text, PM_LINE.into(), 1.0);
        let texts: Vec<_> = found.iter().map(|(_, text, _)| text.as_str()).collect();
        assert_eq!(texts, expected, "{text}");
        // The clauses share all points of their line.
        let points: f64 = found.iter().map(|(_, _, points)| points).sum();
        assert!(found.is_empty() || (points - 1.0).abs() < 1e-9, "{text}: {points}");
    }
}

#[test]
fn clauses_of_a_line_share_its_points() {
    let found = listed("Own the product roadmap and write user stories for engineers", PM_LINE.into(), 0.75);
    let points: f64 = found.iter().map(|(_, _, points)| points).sum();
    assert!(found.len() == 2 && (points - 0.75).abs() < 1e-9, "{found:?}");
    // Two clauses would have 0.15 points each, which is too few.
    let weak = listed("Own the product roadmap and write user stories for engineers", PM_LINE.into(), 0.3);
    assert!(weak.len() < 2, "{weak:?}");
}

#[test]
fn a_clause_has_the_role_of_its_line() {
    let text = "Write positioning and messaging for every launch of the campaign";
    let found = listed(text, ByKind::from([0.0, 1.0, 0.0, 0.0, 0.0]), 1.0);
    assert!(found.len() == 1 && found[0].0 == Role::Pmm, "{found:?}");
    assert_eq!(listed(text, PM_LINE.into(), 1.0), [], "it favors the other role");
}

/// By hand: a probability of 0.39 makes 0.29 of the weight, which is enough points.
#[test]
fn doubtful_and_weak_lines_are_not_listed() {
    let text = "Own the product roadmap and the backlog";
    let table = [
        ([0.45, 0.1, 0.2, 0.05, 0.2], 1.0, 1),
        ([0.39, 0.1, 0.2, 0.11, 0.2], 1.0, 0),
        (PM_LINE, 0.3, 1),
        (PM_LINE, 0.2, 0),
    ];
    for (kinds, weight, expected) in table {
        assert_eq!(listed(text, kinds.into(), weight).len(), expected, "{kinds:?} {weight}");
    }
}

/// The words are: own, the, product, roadmap, of, big, apps, today.
#[test]
fn keywords_have_most_of_the_log_odds() {
    let model = builtin::model().unwrap();
    let text = "Own the product roadmap of big apps today";
    let of = |features: &[(u32, u32, i32)], role: Role| {
        pipeline::run((&model, model.consensus.all()), text, &mut Scratch::new(), |scratch, _| {
            let features = features.iter().map(|&(first, last, units)| LineFeature { first, last, units, place: 0 });
            let all = Clause { first: 0, last: 7 };
            let runs = keywords(Words { text, tokens: &scratch.tokens }, (0, all), features, role, 0.5);
            runs.iter().map(|run| (run.clause.first, run.clause.last, run.points)).collect::<Vec<_>>()
        })
    };
    // 60% of 90 are 54: those of 30 and 24, without those with function words.
    let features = [(0, 0, 24), (1, 2, 25), (2, 3, 30), (4, 4, 6), (6, 6, 5), (7, 7, -8)];
    assert_eq!(of(&features, Role::Pm), [(0, 0, 12.0), (2, 3, 15.0)]);
    assert_eq!(of(&features, Role::Pmm), [(7, 7, 4.0)]);
    // Overlapping ones are one, with the points of both, as far as they are needed.
    assert_eq!(of(&[(2, 3, 30), (3, 3, 10), (7, 7, 1)], Role::Pm), [(2, 3, 15.0)]);
    assert_eq!(of(&[(2, 2, 20), (2, 3, 20), (7, 7, 20)], Role::Pm), [(2, 3, 20.0)]);
    // A word that favors neither role is no keyword, even where more are wanted.
    assert_eq!(of(&[(1, 1, 30), (2, 2, 10), (5, 5, 0)], Role::Pm), [(2, 2, 5.0)]);
    // At most three.
    let six = [0, 2, 3, 5, 6, 7].map(|at| (at, at, 10));
    assert_eq!(of(&six, Role::Pm), [(0, 0, 5.0), (2, 2, 5.0), (3, 3, 5.0)]);
}

#[test]
fn overlapping_runs_are_joined() {
    let run = |first, last, points| KeyRun { clause: Clause { first, last }, points };
    let found = joined(vec![run(3, 4, 1.0), run(0, 1, 2.0), run(1, 2, 0.5)]);
    assert_eq!(found, [run(0, 2, 2.5), run(3, 4, 1.0)]);
}
