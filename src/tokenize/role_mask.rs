//! Role names and partner mentions.
//!
//! The names of the two roles are no evidence: a posting is judged by its duties.
//! They are masked before features are emitted, and read only here and in the title.

use super::stem_ids::StemIds;
use super::stopwords::NAME;
use super::{ROLE, Segment, StemId, Token};

/// The stem ids that have a meaning of their own: what role names and partner mentions
/// are made of, and a segment's beginning.
#[derive(Debug, Clone, Default)]
pub(crate) struct MaskIds {
    product: StemId,
    manage: [StemId; 2],
    market: [StemId; 2],
    owner: StemId,
    ownership: StemId,
    pmm: [StemId; 2],
    pm: [StemId; 2],
    with: [StemId; 4],
    cues: Vec<StemId>,
    /// What stands for the beginning of a segment.
    opening: StemId,
}

/// Stands for the beginning of a segment among the stems; no word holds it.
const OPENING: &str = "^";

/// Verbs and adverbs that open a partner mention, before stemming.
const CUES: [&str; 22] = [
    "work",
    "partner",
    "partnering",
    "collaborate",
    "collaboration",
    "coordinate",
    "coordination",
    "liaise",
    "liaison",
    "alongside",
    "align",
    "together",
    "interface",
    "engage",
    "team",
    "cooperate",
    "consult",
    "sync",
    "connect",
    "partnership",
    "support",
    "report",
];

/// How many words may stand between the cue and the role name.
const REACH: usize = 12;

impl MaskIds {
    /// Looks the words up. Called once a model, before anything is masked, so that
    /// training gives them their ids first.
    pub(crate) fn new(ids: &mut impl StemIds) -> Self {
        let mut id = |word: &str| ids.stem_id(word);
        Self {
            product: id("product"),
            manage: [id("management"), id("manager")],
            market: [id("marketing"), id("marketer")],
            owner: id("owner"),
            ownership: id("ownership"),
            pmm: [id("pmm"), id("pmms")],
            pm: [id("pm"), id("pms")],
            with: [id("with"), id("alongside"), id("to"), id("between")],
            cues: CUES.iter().map(|cue| id(cue)).collect(),
            opening: id(OPENING),
        }
    }

    /// The stem that stands for a segment's beginning.
    pub(crate) const fn opening(&self) -> StemId {
        self.opening
    }

    /// The stems that role names begin with.
    pub(crate) const fn first_stems(&self) -> [StemId; 5] {
        let Self { product, pmm, pm, .. } = self;
        [*product, pmm[0], pmm[1], pm[0], pm[1]]
    }

    /// Masks the role names among `tokens` and calls `partner` with the token range of
    /// each partner mention ("work with product marketing").
    #[inline(never)]
    pub(crate) fn apply(
        &self,
        text: &str,
        tokens: &mut [Token],
        segments: &[Segment],
        mut partner: impl FnMut(usize, usize),
    ) {
        for segment in segments.iter().filter(|segment| segment.names) {
            let range = segment.first as usize..segment.last as usize;
            let mut at = range.start;
            while at < range.end {
                if tokens[at].flags & NAME == 0 {
                    at += 1;
                    continue;
                }
                let length = self.role_name(text, &tokens[at..range.end]);
                if length == 0 {
                    at += 1;
                    continue;
                }
                if let Some(cue) = self.cue_before(&tokens[range.start..at]) {
                    partner(range.start + cue, at + length);
                }
                for token in &mut tokens[at..at + length] {
                    token.id = ROLE;
                }
                at += length;
            }
        }
    }

    /// How many tokens at the head of `tokens` are a role's name; 0 when none is.
    fn role_name(&self, text: &str, tokens: &[Token]) -> usize {
        // A model may not know the names' words: then no word is one of them.
        let Some(first) = tokens.first().filter(|first| first.id < ROLE) else { return 0 };
        if self.pmm.contains(&first.id) {
            return 1;
        }
        if self.pm.contains(&first.id) {
            // "2 pm" is a time of day; the role is written in capitals.
            return usize::from(word(text, first).starts_with("PM"));
        }
        let Some(second) = tokens.get(1).filter(|second| first.id == self.product && !second.clause_break(first))
        else {
            return 0;
        };
        if second.id == self.owner || second.id == self.ownership {
            return 2;
        }
        let starts =
            |stem: &str| word(text, second).get(..stem.len()).is_some_and(|head| head.eq_ignore_ascii_case(stem));
        // "product market fit" and "products managed by" are no role names.
        let named = (self.manage.contains(&second.id) && (starts("manager") || starts("management")))
            || (self.market.contains(&second.id) && (starts("marketing") || starts("marketer")));
        if named { 2 } else { 0 }
    }

    /// Where a partner mention that ends before a role name begins: the nearest cue
    /// that is followed by "with", "to" …
    fn cue_before(&self, before: &[Token]) -> Option<usize> {
        let from = before.len().saturating_sub(REACH);
        let mut joined = false;
        for (index, token) in before.iter().enumerate().skip(from).rev() {
            if joined && self.cues.contains(&token.id) {
                return Some(index);
            }
            joined |= self.with.contains(&token.id);
            if joined && token.id == self.with[1] {
                return Some(index);
            }
        }
        None
    }
}

impl Token {
    /// Whether a mark other than a hyphen parts this token from the one before.
    fn clause_break(&self, before: &Self) -> bool {
        self.clause && self.start > before.end + 1
    }
}

fn word<'a>(text: &'a str, token: &Token) -> &'a str {
    text.get(token.start as usize..token.end as usize).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::stemmer::{Interner, Stemming};
    use super::super::tokenizer::scan;
    use super::*;

    fn read(text: &str) -> (String, Vec<String>) {
        let mut ids = Interner::new(Stemming::Apart);
        let mask = MaskIds::new(&mut ids);
        let (mut tokens, mut segments) = (Vec::new(), Vec::new());
        scan(text, &mut ids, &mut tokens, &mut segments);
        let copy = tokens.clone();
        let mut partners = Vec::new();
        mask.apply(text, &mut tokens, &segments, |a, b| {
            partners.push(text[copy[a].start as usize..copy[b - 1].end as usize].to_owned());
        });
        let left: Vec<_> = tokens.iter().map(|t| if t.id == ROLE { "_" } else { word(text, t) }).collect();
        (left.join(" "), partners)
    }

    #[test]
    fn role_names() {
        let table: [(&str, &str, &[&str]); 8] = [
            ("A Product Manager owns it", "A _ _ owns it", &[]),
            ("find product-market fit", "find product market fit", &[]),
            ("products managed by us", "products managed by us", &[]),
            ("Meet at 2 pm", "Meet at 2 pm", &[]),
            ("Our PMs and PMMs", "Our _ and _", &[]),
            ("Work with product marketing on launches", "Work with _ _ on launches", &["Work with product marketing"]),
            (
                "Collaborate closely with design and product managers",
                "Collaborate closely with design and _ _",
                &["Collaborate closely with design and product managers"],
            ),
            ("5 years in product-management", "5 years in _ _", &[]),
        ];
        for (text, masked, partners) in table {
            let (left, found) = read(text);
            assert_eq!(left, masked);
            assert_eq!(found, partners, "{text}");
        }
    }
}
