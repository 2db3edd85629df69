//! Titles as people write them, with what each claims.

use proptest::prelude::*;

use super::{claim, first_line};
use crate::model::TitleClaim::{self, Both, Near, None, Other, Pm, Pmm};

/// Every title, under what it claims. Written for this table, by what the words mean;
/// those that could be read in two ways say which was chosen and why.
const TITLES: [(TitleClaim, &[&str]); 6] = [
    (
        Pm,
        &[
            "Product Manager",
            "product manager",
            "Prod Mgr",
            "Prod. Mgr., Loyalty",
            "PdM",
            "Senior PdM, Checkout",
            "Manager, Product",
            "Sr Manager - Product",
            "Product Mgr II",
            "Jr. Product Manager (Graduate Scheme)",
            "Group PM",
            "Group PM, Maps",
            "Growth PM",
            "Senior PM, Data Products",
            "Group Product Manager",
            "GPM - Trust",
            "CPO",
            "Chief Product Officer",
            "Chief Product & Technology Officer",
            "Interim CPO (Fractional)",
            "Head of Product",
            "Head, Product",
            "Head of Product (m/f/d)",
            "VP Product",
            "V.P. of Product",
            "VP/Head of Product",
            "SVP, Product Management - Cards",
            "Vice President, Product",
            "Director, Product Management",
            "Director Product Management EMEA",
            "Director of Product for Billing",
            "Director of Product | Logistics",
            "Senior Manager, Product Management, Ledger",
            "Lead Product Manager",
            "Principal Product Manager – Identity",
            "Staff/Senior Staff Product Manager",
            "Senior/Staff Product Manager, ML",
            "Product Lead",
            "Product Lead, Messaging",
            "Product Director",
            "Product Owner",
            "Technical Product Owner (all genders)",
            "Product Manager/Owner",
            "Product Line Manager",
            "Technical Product Manager",
            "AI/ML Product Manager",
            "Associate Product Manager",
            "APM",
            "Assistant Product Manager",
            "Product Manager - Marketing Cloud",
            "Product Manager, Marketing Technology",
            "Product Manager, Product Marketing Platform",
            "Product Manager - Email Marketing",
            "Product Manager, Growth",
            "Growth Product Manager",
            "Product Manager for Sales Tools",
            "Product Manager, Engineering Productivity",
            "Product Manager (Design Systems)",
            "Product Manager, Agents",
            "Agent Product Manager",
            "Manager, Agent Product Management",
            "Developer Experience Product Manager",
            "Data Product Manager",
            "Fraud & Risk Product Manager",
            "Credit Card Product Manager",
            "Product Manager / Product Designer",
            "R&D Product Manager",
            "Product Manager #48213",
            "REQ-00912 Product Manager, Lisbon (hybrid)",
            "SENIOR PRODUCT MANAGER, TICKETING",
            "Ｐｒｏｄｕｃｔ　Ｍａｎａｇｅｒ",
            "𝐏𝐫𝐨𝐝𝐮𝐜𝐭 𝐌𝐚𝐧𝐚𝐠𝐞𝐫",
            "Product&nbsp;Manager &ndash; Rail",
            "Product Manager &amp;amp; Owner",
            "Product\u{200b} Manager\u{ad}",
            "Product Management",
            "Product Management - Wholesale",
            "Head of Product & Design",
            "VP Product and Engineering",
            "Fernhollow - Senior Product Manager",
            "Product Managers (Various Levels)",
            "Head of Product Growth",
            "Inbound Product Manager",
            "Vice President & Product Line Head",
            "プロダクトマネージャー | Product Manager",
            "Founding Product Manager (0 to 1)",
            "Produktmanager (m/w/d)",
        ],
    ),
    (
        Pmm,
        &[
            "Product Marketing Manager",
            "PMM",
            "PMM II",
            "Senior PMM, Payroll",
            "Group PMM",
            "Product Marketer",
            "Founding Product Marketer",
            "Product Marketing Lead",
            "Head of Product Marketing",
            "Director of Product Marketing",
            "Director, Product Marketing",
            "VP, Product Marketing",
            "Sr. Manager, Product Mktg",
            "Manager Product Marketing",
            "Product Marketing",
            "Product Marketing, Security",
            "Product Marketing - Developers",
            "Product Marketing, Customer Insights Lead",
            "Principal, Product Marketing",
            "Developer Product Marketing Manager",
            "Technical Product Marketing Manager",
            "Product Marketing Manager, Product Platform",
            "Product Marketing Manager - Marketing Cloud",
            "Product Marketing Manager (m/w/d) – Berlin",
            "Product &amp; Solutions Marketing Manager",
            "Director of Product and Brand Marketing",
            "Head of Product Marketing & Communications",
            "Content & Product Marketing Manager",
            "Outbound Product Manager",
            "Product Manager, Outbound",
            "Senior Marketing Manager, Product",
            "Marketing Manager (Product Marketing)",
            "Director of Marketing, Product",
            "Go-to-Market Manager, New Products",
            "Product GTM Manager",
            "PRODUCT MARKETING MANAGER",
            "Product-Marketing-Manager",
            "Associate Product Marketing Manager",
        ],
    ),
    (
        Both,
        &[
            "Product & Marketing Lead",
            "Product and Marketing Manager",
            "Marketing & Product Director",
            "Head of Product & Marketing",
            "Chief Product and Marketing Officer",
            "PM/PMM",
            "PMM / PM",
            "Product Manager / Product Marketing Manager",
            "Product Manager or Product Marketing Manager",
            "Product Marketing Manager/Product Owner",
            "Product Management and Marketing Lead",
            "Head of Product Management & Marketing",
            "Head of Product and Product Marketing",
            "Product/Product Marketing Manager",
            "Product Manager & Marketing Lead",
            "Marketing Manager / Product Manager",
            "Product Manager (Product Marketing)",
            // The team is marketing itself, as with drugs and devices.
            "Product Manager, Competitive Marketing",
        ],
    ),
    (
        Near,
        &[
            "Product Strategy Manager",
            "Product Innovation Manager",
            "Product Development Director",
            "Head of Product Strategy",
            "Product Portfolio Manager",
            "Product Growth Manager",
            "Product Launch Manager",
            "Product Analyst",
            "Product Strategist",
            "Product Evangelist",
            "Product Management Intern",
            "Product Marketing Specialist",
            "Product Marketing Coordinator",
            "Intern, Product Management",
            "Consultant, Product Management",
            "Solutions Marketing Manager",
            "Technical Marketing Manager",
            "Director, Customer Marketing",
            "Partner Marketing Lead",
            "Industry Marketing Manager",
            "Technical Marketing Engineer",
            "Product Marketing Engineer",
            "Product Marketing Operations Manager",
            "Marketing Manager, Product Launches",
            "Project/Product Manager",
            "Product and Brand Manager",
            "Director, Consumer Products",
            "Manager of Deposit Products and Portfolio Management",
            "VP of Engineering & Product",
            "Business Analyst / Product Owner",
            "Software Engineer / Product Manager",
            "Product Sales and Marketing Manager",
            "Program Manager, Product Marketing",
            // Product, project or program manager.
            "PM",
            "Senior PM",
            "Sr. TPM",
            "TPM, Storage",
            // An area without a person.
            "Product",
        ],
    ),
    (
        Other,
        &[
            "Software Engineer",
            "Software Engineer, Product",
            "Engineer, Product Management Tools",
            "Product Engineer",
            "Product Lead Engineer",
            "Product Designer",
            "Director of Product Design",
            "Product Support Specialist",
            "Product Specialist",
            "Product Operations Manager",
            "Head of Product Operations",
            "Product Security Lead",
            "Product Counsel",
            "Product Data Scientist",
            "Data Scientist, Product",
            "Engineering Manager, Product Platform",
            "Tech Lead, Product",
            "Product, Test & Validation Engineer",
            "Product-led Growth Manager",
            "Production Manager",
            "Project Manager",
            "Construction PM",
            "PM, Civil Works",
            "Line Cook, AM/PM",
            "PM Shift Supervisor",
            "Security Guard 3 PM to 11 PM",
            "PdM Technician",
            "Technical Program Manager",
            "Programme Manager",
            "Program Manager, Product",
            "Scrum Master",
            "Business Analyst",
            "Brand Manager",
            "Associate Brand Manager - Snacks",
            "Category Manager",
            "Marketing Manager",
            "VP Marketing",
            "CMO",
            "Growth Marketing Manager",
            "Field Marketing Manager",
            "Head of Growth",
            "Head of GTM",
            "GTM Engineer",
            "Go-To-Market Recruiter",
            "Executive Assistant to the Chief Product Officer",
            "Assistant to VP Product",
            "Executive Assistant, Product",
            "Chief of Staff, Product",
            "Account Manager",
            "Account Executive",
            "Registered Nurse",
            "Nurse Manager - Cardiology",
            "Store Manager",
            "Recruiter, Product",
            "Technical Recruiter (Product)",
            "Machinist",
            "Process Owner",
            "General Manager",
            "Consultant",
            "Manager",
            "Finance Manager, Product Development",
            "Supply Chain & Product Quality Manager",
            "Senior Director, Product Growth & Marketing Analytics",
            "Taxidermist",
            "Chief People Officer",
        ],
    ),
    (None, &["", "  ", "—", "12345", "(m/f/d)", "Remote, full-time", "看護師", "Senior", "&nbsp;"]),
];

#[test]
fn titles_claim_what_they_say() {
    let wrong: Vec<_> = TITLES
        .iter()
        .flat_map(|(expected, titles)| titles.iter().map(|title| (*title, claim(title), *expected)))
        .filter(|(_, read, expected)| read != expected)
        .collect();
    assert!(wrong.is_empty(), "title, read, expected: {wrong:#?}");
}

#[test]
fn a_title_is_found_in_the_first_lines() {
    let long = format!("{} We are hiring a Product Manager.", "We make tea. ".repeat(200));
    let cut = format!("{} hiring a Director, Data Platform and Tools", "Tea is good. ".repeat(113));
    let table = [
        // The first line.
        ("Product Manager", Some("Product Manager")),
        ("\n# Senior Product Manager\nWe are", Some("Senior Product Manager")),
        ("**Product Manager**\r\nWe are", Some("Product Manager")),
        ("\r\n# \n__ Nurse __ #\n", Some("Nurse")),
        ("Product Manager (the first one)\n", Some("Product Manager (the first one)")),
        ("Senior product manager, payments", Some("Senior product manager, payments")),
        ("Senior UX Designer", Some("Senior UX Designer")),
        ("Senior Product Manager at Fernhollow\nTea", Some("Senior Product Manager")),
        ("Director, Product Marketing @ Fernhollow", Some("Director, Product Marketing")),
        ("Job Description\n\nProduct Owner\n\nTea", Some("Product Owner")),
        ("About the job:\nStaff PMM\n", Some("Staff PMM")),
        // After a label.
        ("Job title: Senior Product Manager", Some("Senior Product Manager")),
        ("**Job Title:** Product Marketing Manager\n", Some("Product Marketing Manager")),
        ("**Title**: Head of Product", Some("Head of Product")),
        ("Fernhollow Tea\nPOSITION: PRODUCT OWNER\n", Some("PRODUCT OWNER")),
        ("Position Title\n\nSchool Nurse\n", Some("School Nurse")),
        ("Location: Hull\nRole - Product Lead\n", Some("Product Lead")),
        ("We're hiring: Senior PMM\n", Some("Senior PMM")),
        // In a sentence.
        ("Fernhollow is hiring a Product Marketing Manager", Some("Product Marketing Manager")),
        ("Fernhollow is hiring a Product Marketing Manager to lead launches.", Some("Product Marketing Manager")),
        ("We make tea. We’re looking for a talented Senior Product Manager, who", Some("Senior Product Manager")),
        ("Fernhollow is seeking an experienced Head of Product.", Some("Head of Product")),
        ("Hello. As a Staff Product Designer at Fernhollow, you will", Some("Staff Product Designer")),
        ("Join our team as an IT Product Owner and brew", Some("IT Product Owner")),
        ("We are looking for our first product manager to join us", Some("product manager")),
        ("Seeking tea? We are seeking a Manager, Product Marketing.", Some("Manager, Product Marketing")),
        ("We are looking for an Engineer to work with our Product Manager.", Some("Engineer")),
        ("Head of Product and Design for Big Teams", Some("Head of Product and Design for Big Teams")),
        ("Fernhollow is recruiting a Product Owner.", Some("Product Owner")),
        // No title, or none that is sure.
        ("Tea sets loved by every busy manager in big hotels", Option::None),
        ("Fernhollow is meeting a Product Manager.", Option::None),
        ("Fernhollow is sharing a Product Manager.", Option::None),
        ("Fernhollow keeps thinking a Product Manager knows.", Option::None),
        ("", Option::None),
        ("\r\n# \n _**\n", Option::None),
        ("Our product managers own the roadmap\nand more", Option::None),
        ("We make tea.\nProduct Manager", Option::None),
        ("About Tallis & Fen", Option::None),
        ("The person in this job leads a team of nine", Option::None),
        ("Executive Summary\nTea", Option::None),
        ("Principal Accountabilities\nTea", Option::None),
        ("Reports to: Head of Product\n", Option::None),
        ("Department: Product Management\n", Option::None),
        ("Lead the Future of Tea\n", Option::None),
        ("Product Manager.\n", Option::None),
        ("You will work with the Product Manager on tea.", Option::None),
        ("We are hiring people who love product management.", Option::None),
        ("We are seeking Product Managers to advise us.", Option::None),
        ("As a leader in tea, we brew.", Option::None),
        ("As a Product Marketing professional, you will", Option::None),
        ("Role: brew tea with the product manager and others\n", Option::None),
        (&long, Option::None),
        (&cut, Option::None),
    ];
    for (text, expected) in table {
        assert_eq!(first_line(text), expected, "{text}");
    }
}

fn table_title() -> impl Strategy<Value = &'static str> {
    let titles: Vec<_> = TITLES.iter().flat_map(|(_, titles)| titles.iter().copied()).collect();
    prop::sample::select(titles)
}

/// What is put before a title and changes nothing.
const PREFIXES: [&str; 6] = ["", "Senior ", "Sr. ", "(Senior) ", "Remote - ", "[2031] "];

/// What is put after a title and changes nothing.
const SUFFIXES: [&str; 9] =
    ["", " II", " (m/w/d)", " (all genders)", " - Remote", ", EMEA", " #20413", " | Full-time", " [Contract]"];

fn full_width(title: &str) -> String {
    let wide = |c: char| match c {
        ' ' => '\u{3000}',
        '!'..='~' => char::from_u32(c as u32 + 0xfee0).unwrap_or(c),
        _ => c,
    };
    title.chars().map(wide).collect()
}

fn escaped(title: &str) -> String {
    title.replace('&', "&amp;").replace('-', "&#45;").replace('/', "&sol;").replace(' ', "&nbsp;")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: Option::None, ..ProptestConfig::default() })]

    #[test]
    fn dress_changes_no_claim(
        title in table_title(),
        prefix in prop::sample::select(&PREFIXES[..]),
        suffix in prop::sample::select(&SUFFIXES[..]),
        dress in 0..6,
    ) {
        let plain = super::normalize::decode(title);
        let marked = format!("{prefix}{plain}{suffix}");
        let dressed = match dress {
            0 => marked.to_uppercase(),
            1 => marked.to_lowercase(),
            2 => full_width(&marked),
            3 => escaped(&marked),
            4 => escaped(&escaped(&marked)),
            _ => marked.replace(' ', "  "),
        };
        prop_assert_eq!(claim(&dressed), claim(title), "{} as {}", title, dressed);
    }

    #[test]
    fn any_text_is_read(text in "(?s)(product|manager|marketing| |&amp;|/|-|,|PM|of|\\PC|.){0,60}") {
        let _ = claim(&text);
        if let Some(found) = first_line(&text) {
            prop_assert!(text.contains(found) && !found.is_empty());
        }
    }

    #[test]
    fn a_title_after_a_label_is_found(title in table_title()) {
        let expected = first_line(title).filter(|found| *found == title);
        prop_assume!(expected.is_some());
        let posting = format!("Fernhollow Tea\n\n**Job title:** {title}\nHull");
        prop_assert_eq!(first_line(&posting), expected);
    }
}
