//! Masks words that are said not to be duties of the job: what is denied ("you will not
//! write messaging"), what another team does ("our marketing team owns positioning"), and
//! what is merely attended ("sit in on roadmap reviews").

use super::stopwords::DENIAL;
use super::words::Words;
use super::{MASKED, Segment, Token};

/// Words after which "not", or the "t" of "n't", denies a duty: mostly auxiliary verbs. The tokenizer
/// splits "don't" into "don" and "t".
const BEFORE_NOT: [&str; 12] =
    ["will", "do", "does", "is", "are", "should", "don", "doesn", "won", "isn", "aren", "this"];

/// Words before which "not" denies no duty: "not only", "not afraid to".
const AFTER_HARMLESS_NOT: [&str; 14] = [
    "only", "just", "merely", "simply", "solely", "limited", "afraid", "necessarily", "alone", "about", "shy",
    "scared", "uncommon", "hesitate",
];

/// Words that, after the name of another team, give a duty to that team: "owns", "is responsible".
const TEAM_DOES: [&str; 18] = [
    "own", "owns", "handle", "handles", "lead", "leads", "run", "runs", "do", "does", "take", "takes", "manage",
    "manages", "write", "writes", "responsible", "drives",
];

/// Words that may stand between a team and a word of [`TEAM_DOES`].
const BETWEEN: [&str; 7] = ["will", "who", "that", "which", "is", "are", "already"];

/// Words that start the name of another team.
const TEAM_STARTS: [&str; 3] = ["our", "the", "a"];

/// Maximum number of words from the start of a team's name to "team".
const TEAM_NAME: usize = 5;

/// Verbs for attending a duty without doing it.
const ATTENDS: [&str; 5] = ["sit", "attend", "observe", "shadow", "listen"];

/// Masks denied words. Only segments with a word flagged [`DENIAL`] are searched.
#[inline(never)]
pub(super) fn mask_denied(text: &str, tokens: &mut [Token], segments: &[Segment]) {
    for segment in segments.iter().filter(|segment| segment.may_deny) {
        let tokens = &mut tokens[segment.first as usize..segment.last as usize];
        let mut at = 0;
        while at < tokens.len() {
            if tokens[at].flags & DENIAL != 0
                && let Some((first, end)) = denied(Words { text, tokens }, at)
            {
                tokens[first..end].iter_mut().for_each(|token| token.id = MASKED);
                at = end;
            } else {
                at += 1;
            }
        }
    }
}

/// The first token from `at` on that is "but" or follows one of `marks`; the end of the segment if
/// there is none. A semicolon ends a segment, except after a web address.
fn until(words: Words<'_>, at: usize, marks: &[char]) -> usize {
    let end = words.tokens.len();
    (at..end).find(|&at| words.gap(at).contains(marks) || words.is_any(at, &["but"])).unwrap_or(end)
}

/// The range of tokens that the flagged word `at` denies.
fn denied(words: Words<'_>, at: usize) -> Option<(usize, usize)> {
    if words.is_any(at, &["not", "t"]) {
        let auxiliary = at > 0 && words.is_any(at - 1, &BEFORE_NOT);
        return (auxiliary && !words.is_any(at + 1, &AFTER_HARMLESS_NOT))
            .then(|| (at + 1, until(words, at + 1, &[';'])));
    }
    if words.is_any(at, &["rather", "instead"]) && words.is_any(at + 1, &["than", "of"]) {
        return Some((at, until(words, at + 2, &[',', ';', ')'])));
    }
    if at == 0 && words.is_any(at, &ATTENDS) {
        let observes = !words.is_any(at, &["sit", "listen"]) || words.is_any(at + 1, &["in"]);
        return observes.then_some((0, words.tokens.len()));
    }
    if words.is_any(at, &["team", "teams", "colleagues", "colleague", "department"]) {
        let verb = (at + 1..words.tokens.len()).find(|&at| !words.is_any(at, &BETWEEN))?;
        if !words.gap(verb).trim().is_empty() || !words.is_any(verb, &TEAM_DOES) {
            return None;
        }
        let start = (at.saturating_sub(TEAM_NAME)..at).rev().find(|&at| words.is_any(at, &TEAM_STARTS))?;
        // In "You lead the team that owns pricing" the team is not another one.
        let opens = start == 0
            || !words.gap(start).trim().is_empty()
            || words.is_any(start - 1, &["and", "but", "while", "as"]);
        let unbroken = opens && (start + 1..=at).all(|at| words.gap(at).trim().is_empty());
        return unbroken.then(|| (start, until(words, verb, &[';'])));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::lookup::VocabularyBuilder;
    use super::super::tokenizer::scan;
    use super::*;

    fn masked(text: &str) -> String {
        let (mut tokens, mut segments) = (Vec::new(), Vec::new());
        scan(text, &mut VocabularyBuilder::new(), &mut tokens, &mut segments);
        mask_denied(text, &mut tokens, &segments);
        let word = |token: &Token| match token.id {
            MASKED => "_",
            _ => &text[token.start as usize..token.end as usize],
        };
        tokens.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn denied_words() {
        let table = [
            ("You will not write messaging", "You will not _ _"),
            ("You won't run launches; you own the backlog", "You won t _ _ you own the backlog"),
            ("You do not write copy but brief it", "You do not _ _ but brief it"),
            ("You will not only write messaging", "You will not only write messaging"),
            ("You are not afraid to own pricing", "You are not afraid to own pricing"),
            ("Whether or not you own pricing", "Whether or not you own pricing"),
            ("Ship features rather than plans, and test them", "Ship features _ _ _ and test them"),
            ("Work instead of talk", "Work _ _ _"),
            ("Our marketing team owns positioning and pricing", "_ _ _ _ _ _ _"),
            ("our marketing colleagues do that", "_ _ _ _ _"),
            ("Own pricing as our sales team owns demand", "Own pricing as _ _ _ _ _"),
            ("Write copy, our sales team owns demand", "Write copy _ _ _ _ _"),
            ("Own the small plans rather than talk, and test them", "Own the small plans _ _ _ and test them"),
            ("Own pricing; do not write copy", "Own pricing do not _ _"),
            ("Our sales team owns demand, see https://a.io/b; own pricing", "_ _ _ _ _ _ own pricing"),
            ("You will not write copy, see https://a.io/b; own pricing", "You will not _ _ _ own pricing"),
            ("Own plans rather than talk at https://a.io/b; own pricing", "Own plans _ _ _ _ own pricing"),
            ("Our sales team owns demand; own pricing", "_ _ _ _ _ own pricing"),
            ("Own plans rather than talk; test them", "Own plans _ _ _ test them"),
            ("Own plans (rather than talk) and test them", "Own plans _ _ _ and test them"),
            ("Not write copy", "Not write copy"),
            ("Our sales team grows every year", "Our sales team grows every year"),
            ("You lead the team that owns pricing", "You lead the team that owns pricing"),
            ("Work with our sales team to win deals", "Work with our sales team to win deals"),
            ("Lead a team, own the roadmap", "Lead a team own the roadmap"),
            ("Sit in on roadmap reviews", "_ _ _ _ _"),
            ("Attend roadmap reviews", "_ _ _"),
            ("Sit with engineers and write stories", "Sit with engineers and write stories"),
        ];
        for (text, expected) in table {
            assert_eq!(masked(text), expected, "{text}");
        }
    }
}
