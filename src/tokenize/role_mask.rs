//! Masks what is no evidence: role names, partner mentions and denied duties. A posting is
//! classified by the duties of the job.

use super::denial::mask_denied;
use super::normalize::WordLookup;
use super::stopwords::ROLE_NAME;
use super::words::Words;
use super::{MASKED, MAX_STEMS, Segment, StemId, Token, UNKNOWN};

/// The stem ids of role names and partner mentions, and the one of a segment's start.
#[derive(Debug, Clone, Default)]
pub(crate) struct RoleMask {
    product: StemId,
    manage: [StemId; 2],
    market: [StemId; 2],
    owner: StemId,
    ownership: StemId,
    pmm: [StemId; 2],
    pm: [StemId; 2],
    /// Prepositions between the cue of a partner mention and a role name.
    with: [StemId; 3],
    /// The preposition that needs no cue.
    alongside: StemId,
    cues: Vec<StemId>,
    /// The stem of [`SEGMENT_START`].
    opening: StemId,
}

/// Stands for the start of a segment in n-grams; no word has this stem.
const SEGMENT_START: &str = "^";

/// Words that start a partner mention, before stemming.
const CUES: [&str; 22] = [
    "work", "partner", "partnering", "collaborate", "collaboration", "coordinate", "coordination", "liaise", "liaison",
    "alongside", "align", "together", "interface", "engage", "team", "cooperate", "consult", "sync", "connect",
    "partnership", "support", "report",
];

/// Stands for a word that the model lacks. No token has this id: `UNKNOWN` would match all unknown words.
const ABSENT: StemId = MAX_STEMS as StemId;

/// Maximum number of words of a partner mention before the role name.
const REACH: usize = 12;

impl RoleMask {
    /// Looks up the words of role names and cues.
    pub(crate) fn new(lookup: &mut impl WordLookup) -> Self {
        let mut id = |word: &str| match lookup.stem_id(word) {
            UNKNOWN => ABSENT,
            id => id,
        };
        Self {
            product: id("product"),
            manage: [id("management"), id("manager")],
            market: [id("marketing"), id("marketer")],
            owner: id("owner"),
            ownership: id("ownership"),
            pmm: [id("pmm"), id("pmms")],
            pm: [id("pm"), id("pms")],
            with: [id("with"), id("to"), id("between")],
            alongside: id("alongside"),
            cues: CUES.iter().map(|cue| id(cue)).collect(),
            opening: lookup.stem_id(SEGMENT_START),
        }
    }

    /// The stem of a segment's start.
    pub(crate) const fn opening(&self) -> StemId {
        self.opening
    }

    /// The stems that role names start with.
    pub(crate) const fn first_stems(&self) -> [StemId; 5] {
        let Self { product, pmm, pm, .. } = self;
        [*product, pmm[0], pmm[1], pm[0], pm[1]]
    }

    /// Masks the role names, the partner mentions ("work with product marketing") and the
    /// denied duties among `tokens`. Replaces `partners` with the token ranges of the mentions.
    #[inline(never)]
    pub(crate) fn apply(&self, text: &str, tokens: &mut [Token], segments: &[Segment], partners: &mut Vec<(u32, u32)>) {
        partners.clear();
        for segment in segments.iter().filter(|segment| segment.has_role_word) {
            let range = segment.first as usize..segment.last as usize;
            let mut at = range.start;
            while at < range.end {
                let may_start = tokens[at].flags & ROLE_NAME != 0;
                let length = if may_start { self.role_name(Words { text, tokens: &tokens[at..range.end] }) } else { 0 };
                if length == 0 {
                    at += 1;
                    continue;
                }
                if let Some(cue) = self.cue_before(&tokens[range.start..at]) {
                    partners.push(((range.start + cue) as u32, (at + length) as u32));
                }
                mask(&mut tokens[at..at + length]);
                at += length;
            }
        }
        // After the search: one cue may serve several mentions.
        for &(first, last) in &*partners {
            mask(&mut tokens[first as usize..last as usize]);
        }
        mask_denied(text, tokens, segments);
    }

    /// Number of words of the role name that `words` start with; 0 if they do not.
    fn role_name(&self, words: Words<'_>) -> usize {
        let Some(first) = words.tokens.first() else { return 0 };
        if self.pmm.contains(&first.id) {
            return 1;
        }
        if self.pm.contains(&first.id) {
            // "2 pm" is a time; the role is written in capitals.
            return usize::from(words.word(0).starts_with("PM"));
        }
        let Some(second) = words.tokens.get(1).filter(|second| first.id == self.product && !second.clause_break(first))
        else {
            return 0;
        };
        if second.id == self.owner || second.id == self.ownership {
            return 2;
        }
        let starts = |stem: &str| words.word(1).get(..stem.len()).is_some_and(|head| head.eq_ignore_ascii_case(stem));
        // "product market fit" and "products managed by" have the same stems.
        let named = (self.manage.contains(&second.id) && (starts("manager") || starts("management")))
            || (self.market.contains(&second.id) && (starts("marketing") || starts("marketer")));
        if named { 2 } else { 0 }
    }

    /// The index of the cue of a partner mention among the words `before` a role name: the
    /// nearest cue with "with" or the like after it, or "alongside" itself.
    fn cue_before(&self, before: &[Token]) -> Option<usize> {
        let from = before.len().saturating_sub(REACH);
        let mut has_preposition = false;
        for (index, token) in before.iter().enumerate().skip(from).rev() {
            if has_preposition && self.cues.contains(&token.id) {
                return Some(index);
            }
            if token.id == self.alongside {
                return Some(index);
            }
            has_preposition |= self.with.contains(&token.id);
        }
        None
    }
}

fn mask(tokens: &mut [Token]) {
    for token in tokens {
        token.id = MASKED;
    }
}

impl Token {
    /// Whether punctuation separates this token from the one before, unless it is a single byte,
    /// such as a hyphen.
    fn clause_break(&self, before: &Self) -> bool {
        self.after_punctuation && self.start > before.end + 1
    }
}

#[cfg(test)]
mod tests {
    use super::super::lookup::VocabularyBuilder;
    use super::super::tokenizer::scan;
    use super::*;

    /// The words of `text`, masked ones as `_`, and its partner mentions.
    fn masked(text: &str) -> (String, Vec<&str>) {
        let mut lookup = VocabularyBuilder::new();
        let mask = RoleMask::new(&mut lookup);
        let (mut tokens, mut segments, mut partners) = (Vec::new(), Vec::new(), Vec::new());
        scan(text, &mut lookup, &mut tokens, &mut segments);
        mask.apply(text, &mut tokens, &segments, &mut partners);
        let words = Words { text, tokens: &tokens };
        let left = (0..tokens.len()).map(|at| if tokens[at].id == MASKED { "_" } else { words.word(at) });
        let token = |at: u32| tokens[at as usize];
        let partners =
            partners.iter().map(|&(first, last)| &text[token(first).start as usize..token(last - 1).end as usize]);
        (left.collect::<Vec<_>>().join(" "), partners.collect())
    }

    #[test]
    fn a_model_without_the_words_of_role_names_masks_nothing() {
        use super::super::lookup::VocabularyLookup;
        use super::super::vocabulary::Vocabulary;
        let vocabulary = Vocabulary::new(&["product", "with"]);
        let mut lookup = VocabularyLookup::new(&vocabulary);
        let mask = RoleMask::new(&mut lookup);
        let (mut tokens, mut segments, mut partners) = (Vec::new(), Vec::new(), Vec::new());
        let text = "Engage with PMM and own our product backlog";
        scan(text, &mut lookup, &mut tokens, &mut segments);
        mask.apply(text, &mut tokens, &segments, &mut partners);
        assert_eq!(tokens.iter().filter(|token| token.id == MASKED).count(), 0);
        assert!(partners.is_empty());
    }

    /// With a model, only the words that a role name starts with are flagged.
    #[test]
    fn a_model_masks_role_names_in_any_form() {
        use super::super::lookup::CachedLookup;
        use super::super::word_cache::WordCache;
        let model = crate::model::builtin::model().unwrap();
        for (text, expected) in [
            ("Product Manager", "_ _"),
            ("Our PMs and PMMs", "Our _ and _"),
            ("Own our product", "Own our product"),
            ("Shadow customers", "_ _"),
        ] {
            let mut cache = WordCache::default();
            let mut lookup = CachedLookup::new(&mut cache, &model.stems, &model.mask);
            let (mut tokens, mut segments, mut partners) = (Vec::new(), Vec::new(), Vec::new());
            scan(text, &mut lookup, &mut tokens, &mut segments);
            model.mask.apply(text, &mut tokens, &segments, &mut partners);
            let words = Words { text, tokens: &tokens };
            let left = (0..tokens.len()).map(|at| if tokens[at].id == MASKED { "_" } else { words.word(at) });
            assert_eq!(left.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }

    #[test]
    fn role_names_and_partner_mentions() {
        let table: [(&str, &str, &str, &[&str]); 17] = [
            ("a longer word", "our product marketingteam", "our product marketingteam", &[]),
            ("two words", "A Product Manager owns it", "A _ _ owns it", &[]),
            ("hyphen", "5 years in product-management", "5 years in _ _", &[]),
            ("comma between", "product, marketing and sales", "product marketing and sales", &[]),
            ("owner", "Product owners and product ownership", "_ _ and _ _", &[]),
            ("abbreviations", "Our PMs and PMMs", "Our _ and _", &[]),
            ("three names", "We are PMs or product managers and PMMs", "We are _ or _ _ and _", &[]),
            ("time of day", "Meet at 2 pm", "Meet at 2 pm", &[]),
            ("product-market fit", "find product-market fit", "find product market fit", &[]),
            ("verb", "products managed by us", "products managed by us", &[]),
            ("partner", "Work with product marketing daily", "_ _ _ _ daily", &["Work with product marketing"]),
            ("partner, no cue", "Grow with product marketing", "Grow with _ _", &[]),
            ("cue without 'with'", "Support product marketing", "Support _ _", &[]),
            ("alongside alone", "Sit alongside product managers", "Sit _ _ _", &["alongside product managers"]),
            (
                "two partners, one cue",
                "Partner with PMs and PMMs",
                "_ _ _ _ _",
                &["Partner with PMs", "Partner with PMs and PMMs"],
            ),
            (
                "twelve words before the name",
                "work with a b c d e f g h i j PMM",
                "_ _ _ _ _ _ _ _ _ _ _ _ _",
                &["work with a b c d e f g h i j PMM"],
            ),
            (
                "thirteen words before the name",
                "work with a b c d e f g h i j k PMM",
                "work with a b c d e f g h i j k _",
                &[],
            ),
        ];
        for (name, text, left, partners) in table {
            assert_eq!(masked(text), (left.to_owned(), partners.to_vec()), "{name}");
        }
    }
}
