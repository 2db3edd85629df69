//! Reads a title from left to right, phrase by phrase.
//!
//! A phrase ends at a comma, a dash or a bracket. In it the words before a head ("product
//! manager") or after one ("head of product") name its field; a head without a field
//! takes that of the next phrase ("Manager, Product"). The first title decides, with
//! those joined to it by "and" or "or"; other phrases name a team or a place.
//!
//! Between phrases, `open` is a head that still lacks a field, and `loose` a field that still lacks a
//! head. Within a phrase, a title is complete once it has both; once it is `closed`, words no longer
//! change it. A phrase with a `trade` is that trade's unless a manager follows, and a `joined` title
//! adds to the one before it.

use super::field::Field;
use super::normalize::{Gap, TitleToken, decode, tokens};
use super::role::TitleRole;
use super::words::{Head, Whole, Word};
use crate::model::TitleClaim;

/// What `title` claims, in one pass and without allocating unless it has HTML entities.
pub(crate) fn claim(title: &str) -> TitleClaim {
    let mut reader = Reader::default();
    for token in tokens(&decode(title)) {
        reader.read(token);
    }
    reader.finish()
}

/// What has been read of a title.
#[derive(Debug, Default)]
struct Reader {
    /// The titles read so far.
    role: Option<TitleRole>,
    /// A head of an earlier phrase whose field has not been named.
    open: Option<Head>,
    /// A field of an earlier phrase whose head has not been named.
    loose: Field,
    phrase: Phrase,
    /// The strongest separator since the last word that was not skipped.
    gap: Option<Gap>,
    /// The last word, skipped or not.
    last: Option<Word>,
}

/// What has been read of a phrase, or of one of the titles joined in it.
#[derive(Debug, Default)]
struct Phrase {
    head: Option<Head>,
    field: Field,
    /// A head with its field, which further words may still change.
    title: Option<Title>,
    /// The head of a trade has been read: the job's own, or a modifier, as in "developer product
    /// marketing manager".
    trade: bool,
    /// "and" or "or" joins it to the title before it.
    joined: bool,
    /// The words that follow name the area of a title, or somebody else's job.
    closed: bool,
}

/// A title within a phrase.
#[derive(Debug, Clone, Copy)]
enum Title {
    /// A head and its field, which may come `after` it; `junior` as in "product manager intern".
    Head { head: Head, field: Field, after: bool, junior: bool },
    /// "PM" after this field.
    Pm(Field),
}

impl Title {
    /// A head after its field.
    fn new(head: Head, field: Field) -> Self {
        Self::Head { head, field, after: false, junior: false }
    }

    fn role(self) -> TitleRole {
        match self {
            Self::Head { head, field, after, junior: false } => TitleRole::of(head, field, after),
            Self::Head { head, field, after, junior: true } => TitleRole::of(head, field, after).junior(),
            Self::Pm(field) => TitleRole::of_pm(field),
        }
    }
}

impl Reader {
    fn read(&mut self, token: TitleToken) {
        let gap = self.gap.take().map_or(token.gap, |skipped| skipped.max(token.gap));
        let last = self.last.replace(token.word);
        if token.gap == Gap::Break {
            self.end_phrase();
        }
        let word = match token.word {
            Word::Staff if last == Some(Word::Of) => Word::Trade,
            Word::Neutral | Word::Number | Word::Staff => {
                self.gap = Some(gap);
                return;
            }
            // "11 PM".
            Word::Whole(Whole::Pm) if last == Some(Word::Number) && gap == Gap::Space => return,
            word => word,
        };
        if matches!(gap, Gap::And | Gap::Or) && (self.phrase.title.is_some() || self.phrase.trade) {
            let closed = self.phrase.closed;
            self.end_title();
            self.phrase = Phrase { joined: true, closed: closed && gap == Gap::And, ..Phrase::default() };
        }
        match word {
            Word::Head(head) => self.head(gap, head),
            Word::Heads(head) if self.open.is_none() && self.loose == Field::Empty => self.head(gap, head),
            Word::Management => self.head(gap, Head::Management),
            Word::Whole(whole) => self.whole(gap, whole),
            Word::Of | Word::At => self.preposition(word),
            word => self.modifier(gap, word),
        }
    }

    fn head(&mut self, gap: Gap, head: Head) {
        let phrase = &mut self.phrase;
        match &mut phrase.title {
            None => self.first_head(gap, head),
            // "Product Lead Engineer".
            Some(Title::Head { head: held, junior, .. }) if !phrase.closed => {
                *junior |= *held >= Head::Management && head < Head::Associate;
                *held = head.max(*held);
            }
            // "PM Line Cook": a time of day.
            Some(title @ Title::Pm(_)) if head == Head::Trade => *title = Title::new(head, Field::Trade),
            Some(_) => {}
        }
    }

    /// A head in a phrase where none has a field before it yet.
    fn first_head(&mut self, gap: Gap, head: Head) {
        let phrase = &mut self.phrase;
        let field = phrase.field;
        if phrase.trade {
            // "Agent Product Manager"; but "Engineer, Product Management Tools".
            let person = head == Head::Manager || head == Head::Management && self.open.is_some();
            if person
                && matches!(
                    TitleRole::of(head, field, false),
                    TitleRole::Pm | TitleRole::PmField | TitleRole::Pmm | TitleRole::Both
                )
            {
                phrase.title = Some(Title::new(head, field));
            }
        } else if head == Head::Trade && (field.is_open() || field == Field::Unknown) {
            phrase.trade = true;
            phrase.field = Field::Trade;
        } else if field.is_open() {
            phrase.head = Some(head);
        } else if phrase.head.is_some() && matches!(gap, Gap::And | Gap::Or) {
            // "Head of Product and Director of Marketing".
            self.end_title();
            self.phrase = Phrase { joined: true, head: Some(head), ..Phrase::default() };
        } else {
            // "Chief Product & Technology Officer".
            let after = (phrase.head, head, field) == (Some(Head::Manager), Head::Manager, Field::ProductAnd);
            phrase.title = Some(Title::Head { head, field, after, junior: false });
        }
    }

    fn whole(&mut self, gap: Gap, whole: Whole) {
        if self.phrase.title.is_some() || self.phrase.closed {
            return;
        }
        let field = self.phrase.field;
        let title = match whole {
            Whole::ProductManager => Title::new(Head::Manager, Field::Product),
            Whole::ProductMarketer => Title::new(Head::Manager, Field::ProductMarketing),
            Whole::Marketer => Title::new(Head::Manager, field.then(gap, Word::Marketing)),
            Whole::Pm => Title::Pm(field),
            Whole::Tpm => Title::Pm(Field::Offer),
        };
        self.phrase.title = Some(title);
    }

    fn preposition(&mut self, word: Word) {
        let phrase = &mut self.phrase;
        let names_field = word == Word::Of && phrase.head.is_some() && phrase.field.is_open();
        if names_field || phrase.field == Field::Empty && phrase.head.is_none() && phrase.title.is_none() {
            return;
        }
        // What follows is an area, or another's job: "assistant to the product director".
        if phrase.title.is_none() && !phrase.trade {
            phrase.title =
                phrase.head.map(|head| Title::Head { head, field: phrase.field, after: true, junior: false });
        }
        phrase.closed = true;
    }

    fn modifier(&mut self, gap: Gap, word: Word) {
        let phrase = &mut self.phrase;
        if phrase.closed {
            return;
        }
        if let Some(title) = &mut phrase.title {
            phrase.closed = true;
            if word == Word::Works && matches!(title, Title::Pm(_)) {
                *title = Title::new(Head::Trade, Field::Works);
            }
            return;
        }
        phrase.field = phrase.field.then(gap, word);
    }

    /// Ends a title, which others may be joined to.
    fn end_title(&mut self) {
        let Phrase { head, field, title, trade, joined, .. } = std::mem::take(&mut self.phrase);
        let role = match (title, head) {
            (Some(title), _) => Some(title.role()),
            (None, _) if trade => Some(TitleRole::Trade),
            (None, head) => head.map(|head| TitleRole::of(head, field, true)),
        };
        if let Some(role) = role {
            self.add(role, joined);
        }
    }

    fn add(&mut self, role: TitleRole, joined: bool) {
        self.role = Some(self.role.map_or(role, |first| first.with(role, joined)));
    }

    fn end_phrase(&mut self) {
        let phrase = &mut self.phrase;
        let (head, field, joined) = (phrase.head, phrase.field, phrase.joined);
        if phrase.title.is_some() || phrase.trade || head.is_some() && !field.is_open() {
            let department = std::mem::take(&mut self.loose);
            if let (Some(Title::Head { head: Head::Management, junior, .. }), Some(open)) =
                (&mut phrase.title, self.open)
            {
                *junior |= open < Head::Associate;
            }
            self.end_title();
            // "Product Marketing, Customer Insights Lead"; "Product, Brand & Content Marketing".
            self.role = match (department, self.role) {
                (
                    Field::ProductMarketing | Field::ProductMarketingOf,
                    Some(TitleRole::Other | TitleRole::Marketing | TitleRole::GoToMarket),
                ) => Some(TitleRole::Pmm),
                (Field::Product, Some(TitleRole::Marketing)) => Some(TitleRole::Near),
                (_, role) => role,
            };
            return;
        }
        self.phrase = Phrase::default();
        match (head, self.role) {
            (Some(head), None) if self.loose != Field::Empty => {
                let field = std::mem::take(&mut self.loose);
                self.add(TitleRole::of(head, field, false), joined);
            }
            (Some(_), None) => self.open = head,
            (None, _) if field == Field::Empty => {}
            (None, Some(role)) if joined => self.add(TitleRole::of_field(field).unwrap_or(role), joined),
            (None, Some(role)) => self.role = Some(role.with_field(field)),
            (None, None) => match self.open {
                Some(head) if field != Field::Unknown => self.add(TitleRole::of(head, field, true), joined),
                _ if TitleRole::of_field(self.loose).is_none_or(|role| role == TitleRole::Other) => self.loose = field,
                _ => {}
            },
            (Some(_), Some(_)) => {}
        }
    }

    fn finish(mut self) -> TitleClaim {
        self.end_phrase();
        let unnamed = self.open.map(|_| TitleRole::Other);
        self.role.or_else(|| TitleRole::of_field(self.loose)).or(unnamed).map_or(TitleClaim::None, TitleRole::claim)
    }
}
