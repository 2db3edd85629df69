use super::super::{MAX_WORD, StemId};
use super::*;

/// Hashes words to ids, with few collisions.
struct Hashed;
impl WordLookup for Hashed {
    fn stem_id(&mut self, word: &str) -> StemId {
        let hash = word.bytes().fold(0x811c_9dc5u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        (hash ^ hash >> 16) as StemId
    }
}

fn segments(text: &str) -> Vec<String> {
    let (mut tokens, mut found) = (Vec::new(), Vec::new());
    scan(text, &mut Hashed, &mut tokens, &mut found);
    found
        .iter()
        .map(|s| {
            let (a, b) = (tokens[s.first as usize], tokens[s.last as usize - 1]);
            text[a.start as usize..b.end as usize].to_owned()
        })
        .collect()
}

#[test]
fn segments_of_texts() {
    let table: [(&str, &[&str]); 31] = [
        ("We grew since\n2024. Then we hired", &["We grew since", "2024", "Then we hired"]),
        ("Duties\u{1f680}\u{1f680}\u{1f680}\n12. Own the roadmap\nShip it", &["Duties", "Own the roadmap", "Ship it"]),
        ("Own it\n://x.y/z Ship it", &["Own it", "Ship it"]),
        ("\u{4ea7}\u{54c1} plan", &["\u{4ea7}\u{54c1} plan"]),
        ("of type n.Go and others", &["of type n.Go and others"]),
        ("", &[]),
        (
            "\u{1f680} Own the roadmap \u{2705}\u{fe0f} Ship it \u{2615} and rest",
            &["Own the roadmap", "Ship it \u{2615} and rest"],
        ),
        ("o Own the roadmap o Ship it\n  o  Act as one", &["Own the roadmap", "Ship it", "Act as one"]),
        (
            "1. Own the roadmap\n 12) Ship it\n3 of 4.\n5.2 million",
            &["Own the roadmap", "Ship it", "3 of 4", "5.2 million"],
        ),
        ("vitamin o and Patrick O Connor", &["vitamin o and Patrick O Connor"]),
        ("iPhone, JavaScript, openAPI", &["iPhone, JavaScript, openAPI"]),
        ("for Python, .NET and others. Own it", &["for Python, .NET and others", "Own it"]),
        ("Own the roadmap.\nShip it", &["Own the roadmap", "Ship it"]),
        ("Own it. Ship it! Why? Because.", &["Own it", "Ship it", "Why", "Because"]),
        ("You work with e.g. Figma and Dr. Who", &["You work with e.g. Figma and Dr. Who"]),
        ("Own pricing; set goals", &["Own pricing", "set goals"]),
        ("own pricing. set goals, no. 1", &["own pricing", "set goals, no. 1"]),
        ("I own pricing. set goals", &["I own pricing. set goals"]),
        ("\u{2022} One thing \u{2022} another", &["One thing", "another"]),
        ("* One thing * another", &["One thing", "another"]),
        ("lost its breaks.Own the roadmap", &["lost its breaks", "Own the roadmap"]),
        ("the following:Ability to plan", &["the following", "Ability to plan"]),
        ("Discovery: run interviews", &["Discovery: run interviews"]),
        ("version 2.5 of node.js", &["version 2.5 of node.js"]),
        ("caf\u{e9} na\u{ef}ve", &["caf\u{e9} na\u{ef}ve"]),
        (
            "You will own the roadmap of our tools for small\nbusinesses and talk to them",
            &["You will own the roadmap of our tools for small\nbusinesses and talk to them"],
        ),
        (
            "You will own the roadmap of our tools for small, \r\n  growing shops",
            &["You will own the roadmap of our tools for small, \r\n  growing shops"],
        ),
        ("own the roadmap\nship it", &["own the roadmap", "ship it"]),
        (
            "You will own the roadmap of our tools for small shops\n\nand ship it",
            &["You will own the roadmap of our tools for small shops", "and ship it"],
        ),
        (
            "You will own the roadmap of our tools for small shops\n- ship it",
            &["You will own the roadmap of our tools for small shops", "ship it"],
        ),
        (
            "You will own the roadmap of our tools for small shops\nShip it",
            &["You will own the roadmap of our tools for small shops", "Ship it"],
        ),
    ];
    for (text, expected) in table {
        assert_eq!(segments(text), expected, "{text}");
    }
}

#[test]
fn run_together_words_are_split() {
    struct Known;
    impl WordLookup for Known {
        fn stem_id(&mut self, word: &str) -> StemId {
            const WORDS: [&str; 13] = [
                "run", "interviews", "prioritize", "own", "data", "ship", "week", "requirements", "knowledge",
                "responsibilities", "plan", "use", "javascript",
            ];
            if WORDS.contains(&word) { 7 } else { UNKNOWN }
        }
    }
    for (text, words, parts) in [
        ("Run interviewsPrioritize it and more", 6, 2),
        ("Run dataShip it and more of it all", 9, 2),
        ("Run interviewsUnknown it and more of it", 7, 1),
        ("Three days a weekRequirementsKnowledge of maps", 8, 3),
        ("ResponsibilitiesPlan it and more of it", 7, 2),
        ("Write JavaScript and useJavaScript and more", 7, 2),
    ] {
        let (mut tokens, mut found) = (Vec::new(), Vec::new());
        scan(text, &mut Known, &mut tokens, &mut found);
        assert_eq!((tokens.len(), found.len()), (words, parts), "{text}");
    }
}

#[test]
fn addresses_are_skipped() {
    assert_eq!(
        segments("see https://example.org/product/roadmap for more"),
        ["see https://example.org/product/roadmap for more"]
    );
    assert!(segments("https://example.org/product").is_empty());
}

#[test]
fn words_of_every_length_are_looked_up_whole() {
    struct Words(Vec<String>);
    impl WordLookup for Words {
        fn stem_id(&mut self, word: &str) -> StemId {
            self.0.push(word.to_owned());
            0
        }
    }
    for suffix in ["", " ", ".", "\u{2019}s", "\u{e9}", " and more words after it"] {
        for len in 1..50 {
            let word: String = "aBcDeFgHiJ".chars().cycle().take(len).collect();
            let mut words = Words(Vec::new());
            let (mut tokens, mut found) = (Vec::new(), Vec::new());
            // The first word of a text is read byte by byte, the second is not.
            scan(&format!("in {word}{suffix}"), &mut words, &mut tokens, &mut found);
            let accent = if suffix == "\u{e9}" { suffix } else { "" };
            assert_eq!(tokens[1].end as usize, 3 + len + accent.len());
            let whole = format!("{}{accent}", word.to_lowercase());
            assert_eq!(words.0.get(1) == Some(&whole), whole.len() <= MAX_WORD, "{word}{suffix}");
        }
    }
    let mut words = Words(Vec::new());
    scan("in 2024, 12345678901234567890 a1", &mut words, &mut Vec::new(), &mut Vec::new());
    assert_eq!(words.0, ["in", "#", "#", "a1"]);
}

/// Like [`scan`], but reads every byte.
fn scan_by_byte(text: &str) -> (Vec<Token>, Vec<Segment>) {
    let (mut tokens, mut segments) = (Vec::new(), Vec::new());
    let mut reader = Reader::new(text, &mut tokens, &mut segments);
    let mut last_end = NOWHERE;
    let (bytes, mut from) = (text.as_bytes(), 0);
    while from < bytes.len() {
        let is = |byte: &u8| byte.is_ascii_alphanumeric();
        let start = bytes[from..].iter().position(is).map_or(bytes.len(), |len| from + len);
        let end = bytes[start..].iter().position(|byte| !is(byte)).map_or(bytes.len(), |len| start + len);
        if start < end {
            last_end = reader.read_to((last_end, index(start), index(end)), &mut Hashed);
        }
        from = end;
    }
    let last = index(bytes.len());
    reader.read_to((last_end, last, last), &mut Hashed);
    reader.open.close(reader.tokens, reader.segments);
    (tokens, segments)
}

#[test]
fn shortcuts_agree_with_reading_every_byte() {
    let words = ["a", "word", "Word", "WordsOfLengtH", "thirteenormore", "ABCDEFGH9", "2024", "na\u{ef}ve", "\u{e9}"];
    let ends = ["", " and more text after it", "\u{2019}s and more text", "\u{e9}", ": \u{2022}"];
    let separators =
        separators::COMMON.into_iter().chain(["://", ".\u{a0}", "\n\n\n\n\n\n\n\n\n", "\n \u{b7}\t", " ://x ", "\0"]);
    for separator in separators {
        for first in words {
            for second in words {
                for end in ends {
                    for text in [
                        format!("{first}{separator}{second}{end}"),
                        format!("{separator}{first}{end}{separator}{second}{separator}"),
                    ] {
                        let (mut tokens, mut segments) = (Vec::new(), Vec::new());
                        scan(&text, &mut Hashed, &mut tokens, &mut segments);
                        assert_eq!((tokens, segments), scan_by_byte(&text), "{text:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn segments_have_at_most_56_words() {
    let words = segments(&"word ".repeat(113)).iter().map(|segment| segment.split(' ').count()).collect::<Vec<_>>();
    assert_eq!(words, [56, 56, 1]);
}

#[test]
fn parts_of_run_together_words() {
    let table = [
        ("interviewsPri", Some(10)),
        ("interviewsPr", None),
        ("oweWhat", Some(3)),
        ("toWhat", None),
        ("JavaScript", None),
    ];
    for (word, expected) in table {
        assert_eq!(run_together(word.as_bytes()), expected, "{word}");
    }
}

#[test]
fn words_know_what_mark_is_before_them() {
    for (text, expected) in
        [("plan own", false), ("plan: own", true), ("no. 1", true), ("plan, own", true), ("plan own\n", false)]
    {
        let (mut tokens, mut found) = (Vec::new(), Vec::new());
        scan(text, &mut Hashed, &mut tokens, &mut found);
        assert_eq!((tokens.len(), found.len(), tokens[1].after_punctuation), (2, 1, expected), "{text}");
    }
}
