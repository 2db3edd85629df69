//! British spellings read as American ones: "prioritise" and "prioritize" are one word.
//!
//! Stemming does not bring them together, because Snowball knows the ending -ize only.

use std::borrow::Cow;

/// Words and their American spelling, by the British one. Endings come below.
const WORDS: [(&str, &str); 27] = [
    ("acknowledgement", "acknowledgment"),
    ("ageing", "aging"),
    ("amongst", "among"),
    ("analyse", "analyze"),
    ("analysed", "analyzed"),
    ("analyser", "analyzer"),
    ("analysers", "analyzers"),
    ("analysing", "analyzing"),
    ("enrol", "enroll"),
    ("enrolment", "enrollment"),
    ("fulfil", "fulfill"),
    ("fulfilment", "fulfillment"),
    ("fulfils", "fulfills"),
    ("grey", "gray"),
    ("instalment", "installment"),
    ("instalments", "installments"),
    ("judgement", "judgment"),
    ("judgements", "judgments"),
    ("learnt", "learned"),
    ("maths", "math"),
    ("practise", "practice"),
    ("practised", "practiced"),
    ("practising", "practicing"),
    ("programme", "program"),
    ("programmes", "programs"),
    ("skilful", "skillful"),
    ("whilst", "while"),
];

/// How words begin, British and American.
const BEGINNINGS: [(&str, &str); 31] = [
    ("anaesthe", "anesthe"),
    ("artefact", "artifact"),
    ("behaviour", "behavior"),
    ("catalogue", "catalog"),
    ("centre", "center"),
    ("colour", "color"),
    ("defence", "defense"),
    ("dialogue", "dialog"),
    ("endeavour", "endeavor"),
    ("enquir", "inquir"),
    ("favour", "favor"),
    ("fibre", "fiber"),
    ("flavour", "flavor"),
    ("harbour", "harbor"),
    ("honour", "honor"),
    ("humour", "humor"),
    ("jewellery", "jewelry"),
    ("labour", "labor"),
    ("licence", "license"),
    ("litre", "liter"),
    ("manoeuvr", "maneuver"),
    ("metre", "meter"),
    ("mould", "mold"),
    ("neighbour", "neighbor"),
    ("offence", "offense"),
    ("orthopaedic", "orthopedic"),
    ("paediatric", "pediatric"),
    ("rigour", "rigor"),
    ("rumour", "rumor"),
    ("sceptic", "skeptic"),
    ("theatre", "theater"),
];

/// Endings of verbs in -ise, of their forms and nouns, longest first.
const ENDINGS: [&str; 9] = ["isational", "isations", "isation", "ising", "isers", "iser", "ised", "ises", "ise"];

/// What stands before "ise" in words that Americans spell so, too: "enterprise",
/// "fundraise", "expertise".
const KEEP: [&str; 42] = [
    "advert", "adv", "appra", "ar", "br", "bru", "chast", "compr", "comprom", "conc", "cr", "cru", "dem", "desp",
    "dev", "disgu", "enterpr", "exc", "exerc", "expert", "franch", "improv", "kenn", "lia", "likew", "merchand", "no",
    "otherw", "parad", "po", "pra", "prec", "prem", "prom", "ra", "rev", "superv", "surm", "surpr", "telev", "tra",
    "w",
];

/// The American spelling of `word`, which is in lower case.
pub(crate) fn american(word: &str) -> Cow<'_, str> {
    if let Ok(at) = WORDS.binary_search_by_key(&word, |&(british, _)| british) {
        return Cow::Borrowed(WORDS[at].1);
    }
    if let Some((british, american)) = BEGINNINGS.iter().find(|(british, _)| word.starts_with(british)) {
        return Cow::Owned(format!("{american}{}", &word[british.len()..]));
    }
    let Some((root, ending)) = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).zip(Some(*ending))) else {
        return Cow::Borrowed(word);
    };
    // "-isation" has no other spelling of its own; short words are "rise", "wiser".
    let own = !ending.starts_with("isation") && (root.len() < 3 || kept(root));
    if own { Cow::Borrowed(word) } else { Cow::Owned(format!("{root}iz{}", &ending[2..])) }
}

/// Whether "ise" behind `root` is American, too: the word itself or one that ends with
/// it, as "fundraise" does.
fn kept(root: &str) -> bool {
    KEEP.iter().any(|keep| root == *keep || keep.len() >= 4 && root.ends_with(keep))
        || ["ra", "pra", "rev", "dev", "adv", "wr"].iter().any(|end| root.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn british_becomes_american() {
        let table = [
            ("prioritise", "prioritize"),
            ("prioritising", "prioritizing"),
            ("organisation", "organization"),
            ("organisational", "organizational"),
            ("localised", "localized"),
            ("optimisers", "optimizers"),
            ("customisations", "customizations"),
            ("realisation", "realization"),
            ("programmes", "programs"),
            ("behavioural", "behavioral"),
            ("catalogues", "catalogs"),
            ("centres", "centers"),
            ("analysing", "analyzing"),
            ("licences", "licenses"),
            ("enquiries", "inquiries"),
            ("modernise", "modernize"),
            ("size", "size"),
        ];
        for (british, expected) in table {
            assert_eq!(american(british), expected);
            assert_eq!(american(expected), expected, "stays as it is");
        }
    }

    #[test]
    fn words_that_are_american_already() {
        let same = "enterprise enterprises expertise advise advised adviser advertise advertising raise raising \
                    fundraising praise promise promising precise concise exercise exercises franchise merchandise \
                    merchandising supervise revised devise comprise compromised otherwise likewise wise wiser rise \
                    rising noise premises poised surprise televised appraiser liaise analysis analyst analyses \
                    programmer programming program rises arise basis visiting raised cruise traverse this promised";
        for word in same.split_whitespace() {
            assert_eq!(american(word), word);
        }
    }

    #[test]
    fn tables_are_sorted() {
        assert!(WORDS.is_sorted_by_key(|&(british, _)| british));
        assert!(BEGINNINGS.is_sorted());
    }
}
