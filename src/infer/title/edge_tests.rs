//! Titles that one rule alone decides, and titles at the edge of what a posting's first lines may hold.

use super::{claim, find_title};
use crate::model::TitleClaim::{self, Both, Near, None, Other, Pm, Pmm};

/// What each claims follows from the rule beside it. Few people have such titles: they are built so that
/// no other rule leads to the same claim.
#[test]
fn each_rule_decides_a_title() {
    let rules: [(&str, TitleClaim, &[&str]); 15] = [
        (
            "a title says more than the area after it",
            Pm,
            &["GPM -Cook", "GPM Product Engineers", "GPM (Marketer)", "Product Director Outbound and Marketing"],
        ),
        ("what follows \"with\" is another's job", Other, &["CMO with an APM"]),
        (
            "an associate is no junior to a whole title",
            Pm,
            &["Product Owner Associate", "Associate, Product Management"],
        ),
        (
            "\"PM\" with a trade is a time or a project manager",
            Other,
            &["TPM Architect", "Cook 3 PM", "Line Cook 11 PM"],
        ),
        ("\"PM\" alone is ambiguous", Near, &["PM Managers", "PM & Product"]),
        ("\"PM\" with its field is not", Both, &["PM, Product Marketing"]),
        ("nor with another title of a product manager", Pm, &["PM, GPM", "Product Intern, CPO"]),
        ("outbound product is product marketing", Pmm, &["Outbound Product PM Group", "Outbound AI Product"]),
        (
            "a trade's area is not its job",
            Other,
            &["Architect Product Management", "Engineer, PMM", "Assistant, Product/Marketing", "Go-to-Market Marketer"],
        ),
        (
            "a field of both roles",
            Both,
            &[
                "Marketing/Product Growth",
                "Chief Product & Management/Marketing",
                "Product & Marketing Marketing",
                "GPM, Marketing or Outbound",
            ],
        ),
        ("unless it is a trade's", Other, &["Marketing or Product Data"]),
        (
            "a field near one of the roles",
            Near,
            &[
                "Strategist and at or PMM",
                "Product’s at",
                "Marketing Product Pricing",
                "Manager Data and Lead & Product",
                "Marketing Products",
                "Product Product",
                "GTM and Marketing Manager",
                "Product – Marketing",
                "PM 日 Cook",
            ],
        ),
        (
            "a field that the next phrase makes product marketing",
            Pmm,
            &[
                "GTM Pricing (Director - Products)",
                "Management - Zebra (Product Marketing)",
                "Marketing Assistant - Product",
                "GTM Project Outbound Product",
            ],
        ),
        ("words of rank say nothing", None, &["Led", "Staff"]),
        (
            "hyphens and numbers within words",
            Pm,
            &["Product-Q3 PM", "Plug-in Product Manager", "Plug-\u{200b}in Product Manager", "CPO C.onsultant PdM"],
        ),
    ];
    for (rule, expected, titles) in rules {
        for title in titles {
            assert_eq!(claim(title), expected, "{rule}: {title}");
        }
    }
}

/// A letter that no word of the tables has makes another word.
#[test]
fn accents_are_no_part_of_a_word() {
    for title in [
        "Product Mànager",
        "Produçt Manager",
        "Product Managèr",
        "Dïrector of Product",
        "Mañager, Product",
        "Próduct Manager",
        "Prodúct Manager",
    ] {
        assert_eq!(claim(title), Pm, "{title}");
    }
    for title in ["ßproduct", "Product Mānager", "PMM\u{200b}CPO"] {
        assert_eq!(claim(title), Other, "{title}");
    }
}

#[test]
fn lines_at_the_edge_of_a_title() {
    let long = |letters: usize| format!("A{}", "a".repeat(letters - 1));
    let (longest, longer) = (format!("Product Manager {}", long(104)), format!("Product Manager {}", long(105)));
    for (posting, expected) in [
        (format!("{}\nProduct Manager", long(120)), Some("Product Manager")),
        (format!("{}\nProduct Manager", long(121)), Some("Product Manager")),
        (format!("Title:\n{longest}"), Some(longest.as_str())),
        (format!("Title:\n{longer}"), Option::None),
        ("(Senior) Product Manager\nLeeds".to_owned(), Some("(Senior) Product Manager")),
        ("(senior) Product Manager\nLeeds".to_owned(), Option::None),
        ("qa Engineer\nLeeds".to_owned(), Option::None),
        ("Product Manager:\nLeeds".to_owned(), Option::None),
        ("The Product Manager\nLeeds".to_owned(), Option::None),
        (format!("Product Manager{}\nLeeds", " X".repeat(13)), Option::None),
        ("VP and Team Lead\nLeeds".to_owned(), Some("VP and Team Lead")),
        ("Data. Product Manager\nLeeds".to_owned(), Some("Data. Product Manager")),
        ("Product Manager sr.\nLeeds".to_owned(), Option::None),
        // Any line may stand before a title.
        ("Acme Tea Ltd Makers Of Fine Tea\nProduct Manager\nLeeds".to_owned(), Some("Product Manager")),
        ("acme tea\nProduct Manager\nLeeds".to_owned(), Some("Product Manager")),
    ] {
        assert_eq!(find_title(&posting), expected, "{posting}");
    }
}

#[test]
fn only_a_final_s_makes_a_plural() {
    use super::words::{Key, Word, class};
    let of = |word: &str| class(word.bytes().fold(0, |key, byte| key << 8 | Key::from(byte)));
    assert!(matches!(of("director"), Word::Head(_)) && matches!(of("directors"), Word::Heads(_)));
    for word in ["directory", "directorx", "nursey"] {
        assert!(of(word) == Word::Unknown, "{word}");
    }
}

#[test]
fn sentences_at_the_edge_of_saying_who_is_wanted() {
    for (sentence, expected) in [
        ("We are looking after a Product Manager.", Option::None),
        ("You are working for a Product Manager.", Option::None),
        ("We are searching through a Product Manager.", Option::None),
        ("As a kind calm brave quick smart neat Product Manager you will", Some("Product Manager")),
        ("As a kind calm brave quick smart neat warm Product Manager you will", Option::None),
        ("Acme is hiring someone who is a Product Manager.", Option::None),
        ("They are seeking a talented, experienced Product Manager.", Some("Product Manager")),
        ("They are seeking a designer and Product Manager.", Option::None),
        ("They are seeking a nurse and another Product Manager.", Option::None),
        ("They are seeking a nurse and a Product Manager.", Option::None),
        ("Join us as a talented Assistant Engineer. Product is fun.", Some("Assistant Engineer")),
        ("We are looking for a Manager.", Option::None),
        ("We are looking for a PMM to join.", Some("PMM")),
        ("We are looking for two PMMs to join.", Option::None),
        ("Acme is hiring the Product Manager’s friend.", Option::None),
    ] {
        assert_eq!(find_title(sentence), expected, "{sentence}");
    }
}
