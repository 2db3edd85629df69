//! Lenses: a posting for each disagreement between the sources.

use rolecall::{Classifier, Kind, Label, Lens, Options, Scratch, Verdict};

use super::common::{rolecall, run, stdout};

fn through(lens: Lens, posting: &str) -> Verdict {
    let classifier = Classifier::builtin().expect("the built-in model").with_options(Options::default().lens(lens));
    classifier.classify_with(&mut Scratch::new(), None, posting)
}

/// Competitive analysis and launch plans are the product manager's for AIPMM and the
/// product marketer's for Wikipedia.
#[test]
fn competitors_and_launches_change_sides() {
    let posting = "We are hiring for our water-quality sensors team.\n\
        What you will do\n\
        - Track what competing sensor makers release and keep a file on each of them\n\
        - Analyse competitor strengths and weaknesses and share a monthly competitive analysis\n\
        - Monitor the competition's announcements and brief the company on what they mean\n\
        - Write the launch plan for every new sensor, with dates, owners and readiness criteria\n\
        - Run the launch of new products from the first plan to the day they reach the market\n\
        - Coordinate the launch across departments and review each launch afterwards\n\
        - Compare competing offerings feature by feature in a matrix that you keep up to date\n";
    assert_eq!(through(Lens::Aipmm, posting).label, Label::Pm);
    assert_eq!(through(Lens::Wikipedia, posting).label, Label::Pmm);
}

/// Disputed duties: lines about the duty, a lens that assigns it more to PM and one that
/// assigns it more to PMM.
const DISPUTES: [(&str, &str, Lens, Lens); 12] = [
    (
        "product-vision",
        "Set the product strategy for the next three years.\nWrite the vision of the product and its goals.\n\
         Turn the company's strategy into a product strategy that teams can follow.\n\
         Define the long-term product vision and keep it in front of everyone.",
        Lens::Lists,
        Lens::Thread,
    ),
    (
        "product-lifecycle",
        "Manage the product life cycle from introduction to end of life.\n\
         Decide when older models are phased out and plan their retirement.\n\
         Watch where each product stands in its life cycle and act on it.\nOwn the product throughout its life cycle.",
        Lens::Lists,
        Lens::Wikipedia,
    ),
    (
        "product-metrics",
        "Measure the product's performance against its KPIs.\nTrack adoption, satisfaction and revenue of the product.\n\
         Report on product performance every month.\nDefine the metrics by which we measure product success.",
        Lens::Lists,
        Lens::Aipmm,
    ),
    (
        "product-launch",
        "Plan and run the launch of each new product.\nKeep the launch calendar and the launch checklist.\n\
         Lead product launches across departments.\nDraw up launch plans with dates and owners.",
        Lens::Aipmm,
        Lens::Wikipedia,
    ),
    (
        "product-launch",
        "Plan and run the launch of each new product.\nKeep the launch calendar and the launch checklist.\n\
         Lead product launches across departments.\nDraw up launch plans with dates and owners.",
        Lens::Aipmm,
        Lens::Lists,
    ),
    (
        "case-studies",
        "Write case studies with customers who are pleased.\nCollect success stories and references.\n\
         Interview customers for case studies and testimonials.\nKeep a library of customer case studies.",
        Lens::Aipmm,
        Lens::Lists,
    ),
    (
        "competitive-analysis",
        "Analyse competitors and their offerings.\nMonitor the competition and what it launches.\n\
         Keep the competitive analysis up to date.\nStudy how competitors price and improve.",
        Lens::Aipmm,
        Lens::Wikipedia,
    ),
    (
        "market-research",
        "Assess the marketplace, its trends and its size.\nRun market research and read industry reports.\n\
         Follow industry trends and assess the market each quarter.\nGather and evaluate market data.",
        Lens::Lists,
        Lens::Aipmm,
    ),
    (
        "pricing",
        "Set prices and price points for the range.\nReview pricing and packaging each year.\n\
         Work out pricing tiers and discounts.\nOwn pricing decisions and the price list.",
        Lens::Wikipedia,
        Lens::Lists,
    ),
    (
        "pricing",
        "Set prices and price points for the range.\nReview pricing and packaging each year.\n\
         Work out pricing tiers and discounts.\nOwn pricing decisions and the price list.",
        Lens::Guide,
        Lens::Lists,
    ),
    (
        "value-proposition",
        "Define the value proposition of the product.\nPut the product's value proposition into plain words.\n\
         Sharpen the value proposition for each kind of buyer.\nTest value propositions with customers.",
        Lens::Thread,
        Lens::Guide,
    ),
    (
        "beta-programs",
        "Run the beta programme with early customers.\nRecruit customers for early access and beta tests.\n\
         Collect feedback on beta software and enable testers.\nManage the pre-release programme.",
        Lens::Consensus,
        Lens::Wikipedia,
    ),
];

#[test]
fn a_lens_moves_the_share_towards_the_role_of_its_source() {
    for (duty, lines, to_pm, to_pmm) in DISPUTES {
        // A few lines are no posting: their label, and so their share, may be unclear.
        let odds = |lens: Lens| {
            let strength = through(lens, lines).strength;
            strength.pm / strength.pmm
        };
        let (pm, pmm) = (odds(to_pm), odds(to_pmm));
        assert!(pm > 1.2 * pmm, "{duty}: {to_pm} {pm:.4}, {to_pmm} {pmm:.4}");
    }
}

/// Every duty that one source assigns to PM and another to PMM is in the table above.
#[test]
fn every_dispute_between_the_roles_has_a_posting() {
    let classifier = Classifier::builtin().expect("the built-in model");
    for duty in classifier.duties() {
        let said = |kind: Kind| Lens::sources().into_iter().any(|lens| duty.kinds[lens] == Some(kind));
        if said(Kind::Pm) && said(Kind::Pmm) {
            assert!(DISPUTES.iter().any(|(id, ..)| *id == duty.id), "no posting about {}", duty.id);
        }
    }
}

#[test]
fn one_row_per_lens() {
    for (width, bars) in [("80", true), ("60", false)] {
        let mut command = rolecall();
        command.args(["classify", "--lens", "all", "tests/postings/hybrid.txt"]).env("COLUMNS", width);
        let page = stdout(&command.output().expect("runs"));
        let most = width.parse::<usize>().expect("a number");
        assert!(page.lines().all(|line| line.chars().count() <= most), "{page}");
        assert_eq!(page.contains('\u{2588}'), bars, "{page}");
        let (head, rows) = page.split_once('\n').expect("a head");
        assert!(head.starts_with("lens ") && head.contains("PM share"), "{head}");
        for (lens, row) in Lens::ALL.into_iter().zip(rows.lines()) {
            assert!(row.starts_with(lens.as_str()), "{row}");
        }
    }
    for more in ["--highlight", "--duties", "--what-if"] {
        let output = run(&["classify", "--lens", "all", more, "tests/postings/hybrid.txt"], b"");
        assert_eq!(output.status.code(), Some(2), "{more} would be passed over");
    }
}
