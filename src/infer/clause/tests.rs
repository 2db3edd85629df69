use super::super::pipeline;
use super::super::scratch::Scratch;
use super::*;
use crate::model::builtin;

pub(super) fn found(text: &str) -> Vec<&str> {
    let model = builtin::model().unwrap();
    pipeline::run((&model, model.consensus.all()), text, &mut Scratch::new(), |scratch, _| {
        let words = Words { text, tokens: &scratch.tokens };
        let mut own = Vec::new();
        let of = |segment: &Segment| {
            clauses(words, segment, &mut own);
            own.iter().map(|clause| words.bytes(*clause).of(text)).collect::<Vec<_>>()
        };
        scratch.segments.iter().flat_map(of).collect()
    })
}

#[test]
#[allow(clippy::too_many_lines, reason = "a table of cases")]
fn clauses_of_lines() {
    let table: [(&str, &[&str]); 65] = [
        (
            "You will a) own the product roadmap and b) rank the backlog with engineers",
            &["own the product roadmap and b) rank the backlog with engineers"],
        ),
        (
            "Write user stories :) and test them in every sprint",
            &["Write user stories :) and test them in every sprint"],
        ),
        ("Own the roadmap in the #product channel of ours", &["Own the roadmap in the #product channel of ours"]),
        (
            "Publish all news of the new scanners on the site, in the handbook, in the monthly letter to carriers and in \
             release notes for engineers, designers, and all squads in the product organization of ours",
            &[
                "Publish all news of the new scanners on the site, in the handbook",
                "in the monthly letter to carriers and in release notes for engineers, designers, and all squads in the \
                 product organization of ours",
            ],
        ),
        (
            "Build decks, demo scripts and answers to objections, and train all new reps",
            &["Build decks, demo scripts and answers to objections", "train all new reps"],
        ),
        (
            "Plan and run the launches of scanners from the first draft of the news to the review six weeks later, with \
             a plan that sales, support and all partners in nine countries have seen before",
            &[
                "Plan and run the launches of scanners from the first draft of the news to the review six weeks later",
                "with a plan that sales, support and all partners in nine countries have seen before",
            ],
        ),
        // The introduction of the job ends inside the brackets.
        ("Who you are (the person who will lead tests) and your depots too", &[]),
        (
            "Ship features that are easy for depots to adopt and manage at scale",
            &["Ship features that are easy for depots to adopt and manage at scale"],
        ),
        (
            "Understand new features, use cases and plans of carriers",
            &["Understand new features, use cases and plans of carriers"],
        ),
        ("This includes developing new routes for vans", &["developing new routes for vans"]),
        (
            "Own the roadmap of every scanner Be hands-on with code",
            &["Own the roadmap of every scanner", "Be hands-on with code"],
        ),
        (
            "Write all requirements of depots Navigate the rules of nine countries",
            &["Write all requirements of depots", "Navigate the rules of nine countries"],
        ),
        (
            "Run the new depot systems Experience engaging with carriers",
            &["Run the new depot systems", "Experience engaging with carriers"],
        ),
        (
            "Lead Parcel Products We're looking for a person to lead the launches",
            &["Lead Parcel Products", "lead the launches"],
        ),
        ("Report on the depots of Strong Parcels to all", &["Report on the depots of Strong Parcels to all"]),
        (
            "Deliver good value to our carriers Partner with vendors of scanners",
            &["Deliver good value to our carriers", "Partner with vendors of scanners"],
        ),
        (
            "Lead all teams (engineering and operations) Consistently engage with carriers",
            &["Lead all teams (engineering and operations)", "Consistently engage with carriers"],
        ),
        ("Take new scanners from 0 \u{2192} 1 with designers", &["Take new scanners from 0 \u{2192} 1 with designers"]),
        (
            "Own all customer communication#WeCare about parcels",
            &["Own all customer communication", "WeCare about parcels"],
        ),
        ("Own our #1 priority of this year", &["Own our #1 priority of this year"]),
        ("Work with the Design Partner for maps", &["Work with the Design Partner for maps"]),
        (
            "Own the roadmap of our Shared Resources Define how carriers pay for them",
            &["Own the roadmap of our Shared Resources", "Define how carriers pay for them"],
        ),
        ("Report to the Product Lead for maps in Europe", &["Report to the Product Lead for maps in Europe"]),
        (
            "Find problems of our carriers and turn them into product opportunities",
            &["Find problems of our carriers and turn them into product opportunities"],
        ),
        // Of more than 30 words, and whole only with the last two.
        (
            "Bring every new scanner and every new sorter of ours from the first drawing on paper over the many tests in \
             our halls and the doubts of our drivers to market in spring",
            &[],
        ),
        (
            "Bring every new scanner and every new sorter of ours from the first drawing on paper to market, including \
             the tests in our halls and the doubts of our drivers about any of it",
            &[
                "Bring every new scanner and every new sorter of ours from the first drawing on paper to market",
                "including the tests in our halls and the doubts of our drivers about any of it",
            ],
        ),
        (
            "Lead teams that design, test, and deploy models for our users",
            &["Lead teams that design, test, and deploy models for our users"],
        ),
        (
            "Own a pipeline that measures and improves our models",
            &["Own a pipeline that measures and improves our models"],
        ),
        (
            "Lead the interviewsPrioritize the backlog with careWrite the user stories",
            &["Lead the interviews", "Prioritize the backlog with care", "Write the user stories"],
        ),
        ("- Own the product roadmap.", &["Own the product roadmap"]),
        ("Set goals and be held to them; and ship", &["Set goals and be held to them"]),
        ("as well as writing the release notes", &["writing the release notes"]),
        ("As a first hire, the roadmap is yours", &["As a first hire, the roadmap is yours"]),
        (
            "Define the roadmap and write user stories for engineers",
            &["Define the roadmap", "write user stories for engineers"],
        ),
        ("Define, build and launch new features", &["Define, build and launch new features"]),
        (
            "In this role, you will own the roadmap of payments, and define success metrics",
            &["own the roadmap of payments", "define success metrics"],
        ),
        ("You'll be responsible for defining the roadmap", &["defining the roadmap"]),
        ("Your responsibilities include managing the backlog", &["managing the backlog"]),
        ("Ownership of pricing and packaging", &["Ownership of pricing and packaging"]),
        ("Strategy: Set the vision of the product", &["Set the vision of the product"]),
        ("Launches \u{2013} plan and run every launch", &["plan and run every launch"]),
        ("Develop strategy and plans for the launch", &["Develop strategy and plans for the launch"]),
        (
            "Develop positioning and plan the launch of features",
            &["Develop positioning and plan the launch of features"],
        ),
        ("Develop clear positioning and plan the launch", &["Develop clear positioning", "plan the launch"]),
        ("Leads the roadmap work and writes all specs", &["Leads the roadmap work", "writes all specs"]),
        (
            "Write content (blogs, web pages and emails), train the sales team",
            &["Write content (blogs, web pages and emails)", "train the sales team"],
        ),
        ("Track (NPS)", &[]),
        ("Plan the trade shows (London!) of spring", &["Plan the trade shows (London!) of spring"]),
        ("Plan the trade shows (London!)", &["Plan the trade shows (London!)"]),
        ("Write kits for all dealers, incl. plans of teas", &["Write kits for all dealers, incl. plans of teas"]),
        ("Write the user stories, e.g. of the kettle", &["Write the user stories, e.g. of the kettle"]),
        ("Track key product metrics (NPS)", &["Track key product metrics (NPS)"]),
        ("We are looking for a person to lead the launch of our apps", &["lead the launch of our apps"]),
        ("Hiring now!", &[]),
        (
            "Manage the backlog with engineering, ensuring that work is ready",
            &["Manage the backlog with engineering, ensuring that work is ready"],
        ),
        ("The role: own pricing of every plan", &["own pricing of every plan"]),
        ("Work out positioning: who it is for, and why", &["Work out positioning: who it is for, and why"]),
        ("In this role, you\u{2019}ll define and execute the vision", &["define and execute the vision"]),
        (
            "Work with our agency to develop and execute all campaigns",
            &["Work with our agency to develop and execute all campaigns"],
        ),
        ("Analyze adoption, pricing and usage data", &["Analyze adoption, pricing and usage data"]),
        ("Responsibilities: the go-to-market plans of apps", &["Responsibilities: the go-to-market plans of apps"]),
        (
            "Work with our agency to design and deliver the campaign",
            &["Work with our agency to design and deliver the campaign"],
        ),
        (
            "Write battlecards for the sales team You will run the launch of every app",
            &["Write battlecards for the sales team", "run the launch of every app"],
        ),
        (
            "Define the pricing of each plan Communicate the dates of launches",
            &["Define the pricing of each plan", "Communicate the dates of launches"],
        ),
        ("Define the scope of the Build team's work", &["Define the scope of the Build team's work"]),
    ];
    for (text, expected) in table {
        assert_eq!(found(text), expected, "{text}");
    }
}

#[test]
fn clauses_that_say_what_somebody_has_or_is() {
    let table = [
        ("You've shipped a product that people use", true),
        ("We are a team of ten product managers", true),
        ("seeking a leader for our product team", true),
        ("Strong knowledge of pricing and packaging", true),
        ("Understanding of our roadmap and our users", true),
        ("Track record of launches in tea", true),
        ("Demonstrated experience with launches in tea", true),
        ("Track the skills of our teams", false),
        ("Develop an understanding of the market", false),
        ("Check that the experience is complete", false),
        ("Own the skills that our product teaches", false),
        ("Be the voice of the customer in every sprint", false),
        ("Partners for this role include sales and support", true),
        ("Leads the launch of every app with sales", false),
        ("Ownership of pricing and packaging", false),
    ];
    let model = builtin::model().unwrap();
    for (text, expected) in table {
        let state = pipeline::run((&model, model.consensus.all()), text, &mut Scratch::new(), |scratch, _| {
            let words = Words { text, tokens: &scratch.tokens };
            let mut own = Vec::new();
            clauses(words, &scratch.segments[0], &mut own);
            own.iter().all(|clause| words.is_state(*clause))
        });
        assert_eq!(state, expected, "{text}");
    }
}

#[test]
fn clauses_have_at_most_thirty_words() {
    let text = "Own ".to_owned() + &"the plan for growth, with the team of sales and ".repeat(6);
    for clause in found(&text) {
        assert!(clause.split(' ').count() <= MAX_WORDS, "{clause}");
    }
}

#[test]
fn clauses_begin_at_verbs_and_marks_but_not_within_names() {
    let table: [(&str, &[&str]); 22] = [
        ("Scope: own pricing of every plan", &["own pricing of every plan"]),
        // "storyboard" is no verb of the list, but one by the "to" before it.
        (
            "Work with our agency to storyboard and execute all campaigns",
            &["Work with our agency to storyboard and execute all campaigns"],
        ),
        (
            "Lead all our teams that design, test, and deploy models for our users",
            &["Lead all our teams that design, test, and deploy models for our users"],
        ),
        (
            "Own the tests of apps\u{2014}the halls of ours are big",
            &["Own the tests of apps", "the halls of ours are big"],
        ),
        // A dash has spaces on both sides, and may stand before a number, but not between two.
        ("Own launches- of every new app", &["Own launches- of every new app"]),
        ("Rank all ideas of ours \u{2013} 3 every week", &["Rank all ideas of ours", "3 every week"]),
        // After a comma, a capital letter begins no sentence.
        ("Own the roadmap of scanners, You will like it", &["Own the roadmap of scanners, You will like it"]),
        ("Own the tests which Parcels have had since", &["Own the tests which Parcels have had since"]),
        ("Write code for parcel Build Teams of ours", &["Write code for parcel Build Teams of ours"]),
        (
            "Lead the interviews of carriers Prioritize features with care",
            &["Lead the interviews of carriers", "Prioritize features with care"],
        ),
        ("Ask vendor Parcels for new scanners", &["Ask vendor Parcels for new scanners"]),
        // The introduction of the job ends inside the brackets.
        ("In this role (own the tests) you lead", &[]),
        ("Your job (you will own the tests of apps)", &["own the tests of apps"]),
        // A word that is often a noun is the verb of a duty after "will".
        ("In this role you will plan the launch of apps", &["plan the launch of apps"]),
        ("The position involves developing all routes", &["developing all routes"]),
        // "work on" introduces the verb that follows soon, and other verbs none.
        ("You will work on defining the roadmap", &["defining the roadmap"]),
        ("In this role, you will lead teams writing specs", &["lead teams writing specs"]),
        (
            "In this role you will work with all our teams on defining the roadmap",
            &["work with all our teams on defining the roadmap"],
        ),
        ("You will work with us and define the roadmap", &["work with us", "define the roadmap"]),
        ("You will take and refine the requests of carriers", &["take and refine the requests of carriers"]),
        ("Write an e-mail and own the roadmap of apps", &["Write an e-mail", "own the roadmap of apps"]),
        // A compound is one word, and two are too few.
        ("Write e-mail and own the roadmap of apps", &["own the roadmap of apps"]),
    ];
    for (text, expected) in table {
        assert_eq!(found(text), expected, "{text}");
    }
}

/// Each line has more than 30 words, and the comment says which rule finds the cut.
#[test]
fn long_clauses_are_cut() {
    let table: [(&str, &[&str]); 7] = [
        // Before "by" with a gerund, but not with a noun.
        (
            "Bring every new scanner and every new sorter of ours from the first drawing on paper over the many doubts of \
             our drivers in all of the halls by delivering them before the spring",
            &[
                "Bring every new scanner and every new sorter of ours from the first drawing on paper over the many \
                 doubts of our drivers in all of the halls",
                "by delivering them before the spring",
            ],
        ),
        (
            "Bring every new scanner and every new sorter of ours from the first drawing over the many doubts of \
             our drivers to deliver them by the spring in all of the halls of ours",
            &[
                "Bring every new scanner and every new sorter of ours from the first drawing over the many doubts of our \
                 drivers",
                "deliver them by the spring in all of the halls of ours",
            ],
        ),
        // The comma in the brackets is no place for a cut.
        (
            "Bring every new scanner and every sorter of ours (from the first drawing on paper, including the tests) to \
             the halls of our depots, with a plan that sales and support and partners have seen",
            &[
                "Bring every new scanner and every sorter of ours (from the first drawing on paper, including the tests) \
                 to the halls of our depots",
                "with a plan that sales and support and partners have seen",
            ],
        ),
        // The first comma leaves a part of two words.
        (
            "Test scanners, including those of carriers in the north and the south of the country and on the islands, \
             with a plan that the sales and support and partners of ours have seen",
            &[
                "Test scanners, including those of carriers in the north and the south of the country and on the islands",
                "with a plan that the sales and support and partners of ours have seen",
            ],
        ),
        // The first comma leaves a part of three words.
        (
            "Test new scanners, including those of carriers in the north and the south of the country and on the islands \
             of the west with a plan the sales and partners of ours know",
            &[
                "Test new scanners",
                "including those of carriers in the north and the south of the country and on the islands of the west \
                 with a plan the sales and partners of ours know",
            ],
        ),
        // Without a comma: before "to" with a verb.
        (
            "Bring every new scanner and every new sorter of ours from the first drawing on paper over the many doubts of \
             our drivers in all of the halls to deliver them before the spring",
            &[
                "Bring every new scanner and every new sorter of ours from the first drawing on paper over the many \
                 doubts of our drivers in all of the halls",
                "deliver them before the spring",
            ],
        ),
        // The last comma of the list, as there is no other.
        (
            "Publish all news of the new scanners on the site of ours for all the carriers in nine countries, in letters, \
             in mails, in notes and in papers for the engineers of the squads",
            &[
                "Publish all news of the new scanners on the site of ours for all the carriers in nine countries, in \
                 letters, in mails",
                "in notes and in papers for the engineers of the squads",
            ],
        ),
    ];
    for (text, expected) in table {
        assert!(text.split(' ').count() > MAX_WORDS, "{text}");
        assert_eq!(found(text), expected, "{text}");
    }
}

/// The tokenizer cuts after 56 words.
#[test]
fn clauses_at_a_cut_of_the_tokenizer_are_left_out() {
    let clause = "own the roadmap of all the many scanners of ours \u{2013} ";
    let whole = found(&clause.repeat(7)).len();
    // Of 70 words: five clauses, one that is cut, and one.
    assert_eq!(whole, 6);
    let far = "of parcels ".repeat(50) + "\u{2013} " + clause;
    assert_eq!(found(&far).last().copied(), Some("own the roadmap of all the many scanners of ours"));
    // Two words before the cut are no clause, so none is left out.
    let short = clause.repeat(5) + "own the new apps \u{2013} parcels and scanners of ours";
    assert_eq!(found(&short).get(5).copied(), Some("own the new apps"));
    for text in [clause.repeat(7), far] {
        assert!(
            found(&text).iter().all(|clause| *clause == "own the roadmap of all the many scanners of ours"),
            "{text}"
        );
    }
}
