//! Replaces British spellings by American ones: "prioritise" and "prioritize" are one word.
//!
//! The Snowball stemmer does not unite them: it knows only the ending -ize.

use std::borrow::Cow;

/// British words and their American spellings, sorted.
#[rustfmt::skip]
const WORDS: [(&str, &str); 32] = [
    ("acknowledgement", "acknowledgment"), ("ageing", "aging"), ("amongst", "among"), ("analyse", "analyze"),
    ("analysed", "analyzed"), ("analyser", "analyzer"), ("analysers", "analyzers"), ("analysing", "analyzing"),
    ("catalogued", "cataloged"), ("cataloguing", "cataloging"), ("centred", "centered"), ("centring", "centering"),
    ("enrol", "enroll"), ("enrolment", "enrollment"), ("fulfil", "fulfill"), ("fulfilment", "fulfillment"),
    ("fulfils", "fulfills"), ("grey", "gray"), ("instalment", "installment"), ("instalments", "installments"),
    ("judgement", "judgment"), ("judgements", "judgments"), ("learnt", "learned"), ("maths", "math"),
    ("practise", "practice"), ("practised", "practiced"), ("practises", "practices"), ("practising", "practicing"),
    ("programme", "program"), ("programmes", "programs"), ("skilful", "skillful"), ("whilst", "while"),
];

/// British beginnings of words and the American ones, sorted.
#[rustfmt::skip]
const BEGINNINGS: [(&str, &str); 31] = [
    ("anaesthe", "anesthe"), ("artefact", "artifact"), ("behaviour", "behavior"), ("catalogue", "catalog"),
    ("centre", "center"), ("colour", "color"), ("defence", "defense"), ("dialogue", "dialog"),
    ("endeavour", "endeavor"), ("enquir", "inquir"), ("favour", "favor"), ("fibre", "fiber"), ("flavour", "flavor"),
    ("harbour", "harbor"), ("honour", "honor"), ("humour", "humor"), ("jewellery", "jewelry"), ("labour", "labor"),
    ("licence", "license"), ("litre", "liter"), ("manoeuvre", "maneuver"), ("metre", "meter"), ("mould", "mold"),
    ("neighbour", "neighbor"), ("offence", "offense"), ("orthopaedic", "orthopedic"), ("paediatric", "pediatric"),
    ("rigour", "rigor"), ("rumour", "rumor"), ("sceptic", "skeptic"), ("theatre", "theater"),
];

/// Endings of verbs in -ise and of their nouns and adjectives, longest first.
const ENDINGS: [&str; 11] =
    ["isational", "isability", "isations", "isation", "isable", "ising", "isers", "iser", "ised", "ises", "ise"];

/// Roots of words that are spelled with -ise in American English, too: "enterprise". Roots of
/// at least [`MIN_SUFFIX`] letters also match at the end of a longer root.
const ISE_ROOTS: [&str; 35] = [
    "adv", "advert", "appr", "bru", "chast", "compr", "conc", "cru", "dem", "deno", "desp", "dev", "disgu", "enterpr",
    "exc", "exerc", "expert", "franch", "improv", "inc", "lia", "lou", "merchand", "parad", "prec", "prem", "prom",
    "repr", "sunr", "superv", "surm", "surpr", "telev", "turquo", "upr",
];

/// Short roots that match at the end of a longer root: "fundraise", "pairwise".
const ISE_ROOT_ENDS: [&str; 3] = ["ra", "rev", "w"];

/// Shorter roots would match the ends of too many others.
const MIN_SUFFIX: usize = 4;

/// Words with shorter roots, such as "rise", "wise" and "noise", have only one spelling.
const MIN_ROOT: usize = 3;

/// The American spelling of `word`, which is in lower case.
pub(crate) fn american(word: &str) -> Cow<'_, str> {
    if let Ok(at) = WORDS.binary_search_by_key(&word, |&(british, _)| british) {
        return Cow::Borrowed(WORDS[at].1);
    }
    // First letters are compared first: nearly all differ.
    let first = word.as_bytes().first();
    let begins = |british: &str| british.as_bytes().first() == first && word.starts_with(british);
    if let Some((british, american)) = BEGINNINGS.iter().find(|(british, _)| begins(british)) {
        return Cow::Owned(format!("{american}{}", &word[british.len()..]));
    }
    let Some((root, ending)) = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending).zip(Some(*ending))) else {
        return Cow::Borrowed(word);
    };
    if keeps_ise(root) { Cow::Borrowed(word) } else { Cow::Owned(format!("{root}iz{}", &ending[2..])) }
}

/// Whether `root` has -ise in American English, too.
fn keeps_ise(root: &str) -> bool {
    root.len() < MIN_ROOT
        || ISE_ROOT_ENDS.iter().any(|end| root.ends_with(end))
        || ISE_ROOTS.iter().any(|kept| root == *kept || kept.len() >= MIN_SUFFIX && root.ends_with(kept))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn british_words_become_american() {
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
            ("customisable", "customizable"),
            ("ionise", "ionize"),
            ("user", "user"),
            ("centred", "centered"),
            ("catalogued", "cataloged"),
            ("manoeuvres", "maneuvers"),
            ("practises", "practices"),
            ("size", "size"),
        ];
        for (british, expected) in table {
            assert_eq!(american(british), expected);
            assert_eq!(american(expected), expected, "{expected} stays");
        }
    }

    #[test]
    fn american_words_stay() {
        let same = "enterprise enterprises expertise advise advised adviser advertise advertising raise raising \
                    fundraising praise promise promising precise concise exercise exercises franchise merchandise \
                    merchandising supervise revised devise comprise compromised otherwise likewise wise wiser rise \
                    rising noise premises poised surprise televised appraiser liaise analysis analyst analyses \
                    programmer programming program rises arise basis visiting raised cruise traverse this promised \
                    improvisation pairwise clockwise stepwise unwise sunrise uprising reprise turquoise incise \
                    apprise louise revisable advisable";
        for word in same.split_whitespace() {
            assert_eq!(american(word), word);
        }
    }

    #[test]
    fn every_root_is_needed() {
        for root in ISE_ROOTS {
            let others = ISE_ROOTS.iter().any(|kept| *kept != root && kept.len() >= MIN_SUFFIX && root.ends_with(kept));
            let ends = ISE_ROOT_ENDS.iter().any(|end| root.ends_with(end));
            assert!(!others && !ends, "another root covers {root}");
            assert!(american(&format!("{root}ise")).ends_with("ise"), "{root}");
        }
    }

    #[test]
    fn tables_are_sorted() {
        assert!(WORDS.is_sorted_by_key(|&(british, _)| british));
        assert!(BEGINNINGS.is_sorted());
    }
}
