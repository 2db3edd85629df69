//! Clauses: the parts of a line that state one duty each, from the verb to its object, or
//! from the noun of a bullet without a verb.
//!
//! A line is cut at colons and dashes, and where a comma or "and" is followed by a verb in
//! the form of the clause's first verb. What introduces the job ("In this role, you will")
//! is left out, and so are words that only join a clause to the one before.

mod lists;
mod marks;

use self::lists::{
    AFTER_VERB, CONJUNCTIONS, DEPENDENT, DETERMINERS, INTRODUCTIONS, ITEM_STARTS, LEADING, LIGHT, OBJECT_STARTS,
    OF_PEOPLE, PEOPLE, POINTERS, QUALIFICATIONS, STATES, SUBORDINATE, WITH,
};
use self::marks::{border, ends_bracket, nesting};
use crate::text::Span;
use crate::tokenize::Segment;
use crate::tokenize::stopwords::STOPWORD;
use crate::tokenize::verbs::{Form, Verb};
use crate::tokenize::words::Words;

/// Minimum number of words of a clause.
const MIN_WORDS: usize = 3;

/// Maximum number of words of a clause; longer ones are cut at a comma or conjunction.
const MAX_WORDS: usize = 30;

/// Maximum number of words of a heading.
const MAX_HEADING: usize = 7;

/// Maximum number of words from the start of a clause to its first verb.
const LEAD: usize = 8;

/// Where the tokenizer has cut a line, a clause that begins within this many words after the cut may
/// continue one from before it.
const CONTINUATION: usize = 40;

/// Maximum number of words of an item of a list.
const ITEM: usize = 4;

/// Maximum number of words from the start of a clause to the verb after an introduction of the job.
const INTRODUCTION: usize = 16;

/// Maximum number of words from the start of a clause to the noun that makes it a qualification.
const QUALIFIED: usize = 4;

/// Maximum number of words from "with" to the last noun of the colleagues that follow.
const COLLEAGUES: usize = 14;

/// The tokens of a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clause {
    /// Index of its first token.
    pub first: usize,
    /// Index of its last token.
    pub last: usize,
}

impl Clause {
    /// Number of tokens.
    pub(super) fn words(self) -> usize {
        self.last + 1 - self.first
    }
}

impl Words<'_> {
    /// Whether a clause reads like a heading: a few words that are capitalized, except for
    /// function words, or that a colon follows.
    pub(super) fn is_heading(self, clause: Clause) -> bool {
        let short = clause.last - clause.first < MAX_HEADING;
        let colon = || {
            let after = self.text.get(self.tokens[clause.last].end as usize..).unwrap_or_default();
            after.trim_start_matches(['*', '_', ' ']).starts_with(':')
        };
        // "Product Lead (f/m/d)" has single letters.
        let title_case = || {
            (clause.first..=clause.last).all(|at| {
                let word = self.word(at);
                self.tokens[at].flags & STOPWORD != 0 || word.len() == 1 || !word.starts_with(char::is_lowercase)
            })
        };
        short && (colon() || title_case())
    }

    /// The tokens of a clause with the rest of the compounds ("e-mail") at either end, within
    /// the tokens of `all`.
    pub(super) fn whole(self, Clause { mut first, mut last }: Clause, all: Clause) -> Clause {
        while first > all.first && self.glued(first) {
            first -= 1;
        }
        while last < all.last && self.glued(last + 1) {
            last += 1;
        }
        Clause { first, last }
    }

    /// Whether a token is part of one compound with the token before it.
    fn glued(self, at: usize) -> bool {
        matches!(self.gap(at), "-" | "\u{2011}" | "'" | "\u{2019}")
    }

    /// The people in a clause with whom something is done: "with the sales and marketing
    /// teams". Their names say nothing about the duty.
    pub(super) fn colleagues(self, clause: Clause) -> Option<Clause> {
        let with = (clause.first..=clause.last).find(|&at| self.is_any(at, &WITH))?;
        let reach = clause.last.min(with + COLLEAGUES);
        let last = (with + 1..=reach).rev().find(|&at| self.is_any(at, &PEOPLE))?;
        Some(Clause { first: with, last })
    }

    /// Whether a clause asks for years of experience: one of its first five words is "years".
    pub(super) fn is_years(self, clause: Clause) -> bool {
        (clause.first..=clause.last.min(clause.first + 4)).any(|at| self.is_any(at, &["years", "yrs"]))
    }

    /// Whether a clause only says more about the one before it in its line.
    pub(super) fn is_dependent(self, clause: Clause) -> bool {
        self.is_any(clause.first, &DEPENDENT)
    }

    /// Whether a clause says what somebody has or is, not what is to be done: "you've shipped
    /// products", "we are a team", "strong knowledge of pricing", "partners for this role".
    pub(super) fn is_state(self, clause: Clause) -> bool {
        let Clause { first, last } = clause;
        let subject = usize::from(self.is_any(first, &["you", "we", "they", "who"]));
        // "Develop an understanding of the market" is a duty, unlike "proven experience" and a
        // "track record".
        let noun = self.is_any(first, &QUALIFICATIONS)
            || self.is_any(first, &["track"]) && self.is_any(first + 1, &["record"]);
        let verb = self.verb(first).is_some_and(|verb| verb.form != Form::Past) && !noun;
        let qualified = || (first..last.min(first + QUALIFIED)).any(|at| self.is_any(at, &QUALIFICATIONS));
        let people = self.is_any(first, &PEOPLE) && self.is_any(first + 1, &OF_PEOPLE);
        self.is_any((first + subject).min(last), &STATES) || (!verb && qualified()) || people
    }

    /// The bytes of a clause, with the closing bracket that belongs to it.
    pub(super) fn bytes(self, clause: Clause) -> Span {
        let (start, end) = (self.tokens[clause.first].start as usize, self.tokens[clause.last].end as usize);
        let depth = nesting(0, self.text.get(start..end).unwrap_or_default(), b"()");
        let after = self.text.get(end..).unwrap_or_default();
        let marks = after.bytes().take_while(|byte| b".!?)%+'\"".contains(byte));
        let closing = marks.enumerate().filter(|(_, byte)| *byte == b')').take(depth).last();
        Span::new(start, end + closing.map_or(0, |(at, _)| at + 1))
    }
}

/// Lists the clauses of a segment in order.
pub(super) fn clauses(words: Words<'_>, segment: &Segment, found: &mut Vec<Clause>) {
    found.clear();
    let (first, end) = (segment.first as usize, segment.last as usize);
    let mut cutter = Cutter::new(words, first, end);
    for at in first + 1..end {
        cutter.depth = nesting(cutter.depth, words.gap(at), b"([)]");
        if cutter.depth == 0 && cutter.cuts(at) {
            add(words, first, (cutter.own, at - 1), found);
            cutter = Cutter::new(words, at, end);
        }
    }
    let before = found.len();
    add(words, first, (cutter.own, end - 1), found);
    // The tokenizer cuts very long lines between any two words, even within a clause. Only spaces
    // stand at such a cut. Where there are not even spaces, it has split a run-together word.
    let within_line = |at: usize| {
        let gap = if at < words.tokens.len() { words.gap(at) } else { "" };
        !gap.is_empty() && gap.trim_matches(' ').is_empty()
    };
    if within_line(end) && found.len() > before {
        found.pop();
    }
    if within_line(first) && found.first().is_some_and(|clause| clause.first < first + CONTINUATION) {
        found.remove(0);
    }
}

/// Finds where a line is cut.
struct Cutter<'a> {
    words: Words<'a>,
    /// First token of the current clause, after an introduction of the job.
    own: usize,
    /// The form of its first verb.
    lead: Option<Form>,
    /// Open brackets.
    depth: usize,
    /// End of the line.
    end: usize,
}

impl<'a> Cutter<'a> {
    /// A clause that begins with the token `start`.
    fn new(words: Words<'a>, start: usize, end: usize) -> Self {
        let own = introduced(words, start, end - 1);
        let form = |at: usize| {
            let Verb { form, often_noun } = words.verb(at)?;
            (at == own || (form != Form::Past && !often_noun)).then_some(form)
        };
        let lead = (own..end.min(own + LEAD)).find_map(form);
        Self { words, own, lead, depth: 0, end }
    }

    /// Whether a clause begins with the token `at`.
    fn cuts(&self, at: usize) -> bool {
        let Self { words, own, end, .. } = *self;
        let gap = words.gap(at);
        if gap != " " && gap.contains(':') {
            // "positioning: who it is for" explains, "Strategy: Set the vision" is a heading.
            let capital = words.word(at).starts_with(|c: char| !c.is_lowercase());
            let starts = capital || words.verb(at).is_some_and(|verb| !verb.often_noun);
            return starts && !gap.ends_with(':');
        }
        // "#WeCare" after a word without a space begins a hashtag. Most words follow a space alone.
        let marked = || border(words, at) || self.dash(at) || gap == "#";
        if (gap != " " && marked()) || self.lost_line_break(at) {
            return true;
        }
        let joined = words.is_any(at, &CONJUNCTIONS);
        let next = at + usize::from(joined);
        let separated = joined || gap.contains([',', '&']);
        if !separated || at < own + MIN_WORDS || end < next + MIN_WORDS {
            return false;
        }
        // Verbs with one object are one duty: "develop and execute plans", "create, test, and deploy
        // models". So there is no cut if the word before is a verb. A word that is often a noun
        // counts as one after "to" and the like or after a comma, and any word does in "to … and".
        let after = |word: &[&str]| words.is_any(at - 2, word);
        let is_verb =
            |verb: Verb| !verb.often_noun || after(&["to", "that", "which", "who"]) || words.gap(at - 1).contains(',');
        let infinitive = joined && !gap.contains(',') && after(&["to"]);
        let one_object = infinitive || words.verb(at - 1).is_some_and(is_verb);
        !one_object && self.duty_starts(next)
    }

    /// Whether a dash or an arrow between spaces stands before the token `at`, except between
    /// numbers: "from 0 → 1".
    fn dash(&self, at: usize) -> bool {
        let words = self.words;
        let number = |at: usize| words.word(at).starts_with(|c: char| c.is_ascii_digit());
        let spaced = |mark: char| {
            words.gap(at).split_once(mark).is_some_and(|(before, after)| {
                before.ends_with(char::is_whitespace) && after.starts_with(char::is_whitespace)
            })
        };
        ['-', '\u{2013}', '\u{2192}'].into_iter().any(spaced) && !(number(at - 1) && number(at))
    }

    /// Whether a sentence begins with the token `at` although no mark separates it: texts that
    /// have lost their line breaks go on with a capital letter.
    fn lost_line_break(&self, at: usize) -> bool {
        let words = self.words;
        let small = |at: usize| words.word(at).starts_with(char::is_lowercase);
        let (before, after) = (at - 1, at + 1);
        if small(at) || after >= self.end || !words.gap(at).trim_matches([' ', ')']).is_empty() {
            return false;
        }
        let addresses =
            words.is_any(at, &["you", "we"]) && words.is_any(after, &["will", "ll", "are", "re", "have", "ve"]);
        let leads = |at: usize| words.verb(at).filter(|verb| Some(verb.form) == self.lead);
        // "Consistently engage with customers"
        let adverb = words.word(at).ends_with("ly") && leads(after).is_some_and(|verb| !verb.often_noun);
        let determined = words.is_any(after, &OBJECT_STARTS);
        let verb = leads(at).is_some_and(|verb| small(after) && (!verb.often_noun || determined));
        let item = small(after) && (words.is_any(at, &QUALIFICATIONS) || words.is_any(at, &ITEM_STARTS));
        // "the Build team" and "Product Lead for maps" are names.
        addresses
            || if small(before) {
                (verb || adverb || item || determined) && words.tokens[before].flags & STOPWORD == 0
            } else {
                adverb || verb && determined
            }
    }

    /// Whether a verb in the form of the clause's first verb begins another duty.
    fn duty_starts(&self, at: usize) -> bool {
        let words = self.words;
        let Some(Verb { form, often_noun }) = words.verb(at) else { return false };
        // "define, build and launch features" is one duty.
        let list = words.gap(at + 1).contains([',', '/', '&']) || words.is_any(at + 1, &["and", "or"]);
        let noun = words.is_any(at + 1, &["of", "for", "in", "on", "at", "is", "are", "case", "cases"]);
        // "translate them into opportunities" needs what is before.
        let points_back = words.is_any(at + 1, &POINTERS);
        let verb = !often_noun || words.is_any(at + 1, &AFTER_VERB);
        self.lead == Some(form) && !list && !noun && !points_back && verb
    }
}

/// Adds the clause of the tokens `first..=last`, trimmed, in parts of at most [`MAX_WORDS`]. The
/// line begins with the token `line`.
fn add(words: Words<'_>, line: usize, (first, last): (usize, usize), found: &mut Vec<Clause>) {
    let mut whole = |clause: Option<Clause>| found.extend(clause.filter(|clause| !ends_bracket(words, line, *clause)));
    let mut rest = trimmed(words, first, last);
    while let Some(clause) = rest {
        if clause.words() <= MAX_WORDS {
            whole(rest);
            return;
        }
        let Some(cut) = cut_of(words, clause) else { return };
        whole(trimmed(words, clause.first, cut - 1));
        rest = trimmed(words, cut, clause.last);
    }
}

/// The first token after an introduction of the job: the verb of the duty.
fn introduced(words: Words<'_>, first: usize, last: usize) -> usize {
    let reach = last.min(first + INTRODUCTION);
    let after_will = |at: usize| at > first && words.is_any(at - 1, &["will", "you", "to", "ll"]);
    // "Position the product" and "to position" state duties, "the position" introduces one.
    let is_verb = |at: usize| {
        let has_object = at == first && words.is_any(at + 1, &DETERMINERS);
        words.verb(at).is_some_and(|verb| !verb.often_noun || has_object || after_will(at))
    };
    let introduces = |at: &usize| words.is_any(*at, &INTRODUCTIONS) && !is_verb(*at);
    let Some(introduction) = (first..=reach).find(introduces) else { return first };
    // A verb before it is that of the duty: "own the position".
    let states = |at: usize| {
        words.verb(at).is_some_and(|verb| !verb.often_noun) || words.is_any(at, &INTRODUCTIONS) && is_verb(at)
    };
    if (first..introduction).any(states) {
        return first;
    }
    let is_duty = |at: &usize| {
        let found = words.verb(*at).filter(|verb| verb.form != Form::Past && !words.glued(*at));
        found.is_some_and(|verb| !verb.often_noun || after_will(*at))
    };
    let mut verbs = (introduction + 1..=reach).filter(is_duty);
    let Some(own) = verbs.next() else { return first };
    match verbs.next() {
        Some(next) if next <= own + 3 && words.is_any(own, &LIGHT) && !words.is_any(next - 1, &["and", "or"]) => next,
        _ => own,
    }
}

/// A clause without the words that join it to others, unless too few words are left.
fn trimmed(words: Words<'_>, first: usize, last: usize) -> Option<Clause> {
    let all = Clause { first, last };
    let joins = |at: usize| words.is_any(at, &CONJUNCTIONS);
    let leads = |at: usize| joins(at) || words.is_any(at, &LEADING) || as_well_as(words, at);
    let first = (first..=last).find(|&at| !leads(at))?;
    let last = (first..=last).rev().find(|&at| !joins(at))?;
    let clause = words.whole(Clause { first, last }, all);
    // A compound counts as one word.
    let count = 1 + (clause.first + 1..=clause.last).filter(|&at| !words.glued(at)).count();
    (count >= MIN_WORDS).then_some(clause)
}

/// Whether the word at `at` is an "as" of "as well as". Others are kept: "as our first product
/// manager".
fn as_well_as(words: Words<'_>, at: usize) -> bool {
    words.is_any(at, &["as"]) && (words.is_any(at + 1, &["well"]) || at > 0 && words.is_any(at - 1, &["well"]))
}

/// Where a clause of too many words is cut, outside brackets and after at most [`MAX_WORDS`]
/// words: at the last comma before a subordinate clause, else before the last word that begins
/// one, else at the last comma outside a list, else at the last comma.
fn cut_of(words: Words<'_>, clause: Clause) -> Option<usize> {
    let mut depth = 0_usize;
    let mut cuts = [None; 4];
    for at in clause.first + 1..=clause.first + MAX_WORDS {
        depth = nesting(depth, words.gap(at), b"()");
        if depth > 0 || at < clause.first + MIN_WORDS || words.glued(at) {
            continue;
        }
        let comma = words.gap(at).contains(',');
        let form = |at: usize| words.verb(at).filter(|verb| !verb.often_noun).map(|verb| verb.form);
        let gerund = form(at) == Some(Form::Gerund);
        // "bring products to market" and "a plan that works" are whole only with what follows.
        let completes = words.is_any(at, &["as", "that", "which"])
            || words.is_any(at, &["to"]) && form(at + 1) != Some(Form::Base)
            || words.is_any(at, &["by", "through"]) && form(at + 1) != Some(Form::Gerund);
        match (comma, gerund || words.is_any(at, &SUBORDINATE)) {
            (true, true) => cuts[0] = Some(at),
            (false, true) if !gerund && !completes => cuts[1] = Some(at),
            (true, false) if !in_list(words, at, clause.last) => cuts[2] = Some(at),
            (true, false) => cuts[3] = Some(at),
            _ => {}
        }
    }
    cuts.into_iter().flatten().next()
}

/// Whether the comma before the token `at` is part of a list: a conjunction or another comma
/// follows within a few words.
fn in_list(words: Words<'_>, at: usize, last: usize) -> bool {
    let conjunction = |at: usize| words.is_any(at, &CONJUNCTIONS);
    conjunction(at) || (at + 1..=last.min(at + ITEM)).any(|next| conjunction(next) || words.gap(next).contains(','))
}

#[cfg(test)]
mod recognition_tests;
#[cfg(test)]
mod tests;
