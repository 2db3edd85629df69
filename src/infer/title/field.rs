//! The field that a title's modifiers name: "product", "product marketing", "sales".
#![allow(clippy::match_same_arms, reason = "tables of cases, in the order of the cases")]

use super::normalize::Gap;
use super::words::Word;

/// A field of work, as far as a title's words have named one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Field {
    #[default]
    Empty,
    /// "growth", "AI": a field of any role.
    Domain,
    /// "solutions", "technical": close to product marketing if "marketing" follows.
    Offer,
    Outbound,
    GoToMarket,
    /// "construction": a "PM" in it is not a product manager.
    Works,
    /// A word that is not in the table.
    Unknown,
    /// Another trade.
    Trade,
    Product,
    /// "consumer products".
    Goods,
    /// "product and design".
    ProductAnd,
    /// "design and product", "marketing product": product is one of two fields.
    AndProduct,
    /// "product and product": "marketing" may follow.
    ProductAndProduct,
    /// "product strategy".
    ProductNear,
    /// "product payments": an area after a head, a trade before one.
    ProductUnknown,
    /// "product design".
    ProductTrade,
    ProductMarketing,
    /// "product marketing cloud": product marketing's area, or a product for marketers.
    ProductMarketingOf,
    /// "product marketing operations".
    ProductMarketingTrade,
    /// "product and marketing".
    Both,
    Marketing,
    /// "solutions marketing".
    NearMarketing,
}

impl Field {
    /// Whether a head may still find its field in the next phrase.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Empty | Self::Domain)
    }

    /// The field once `word` has followed, joined as `gap` says.
    pub fn then(self, gap: Gap, word: Word) -> Self {
        let joined = matches!(gap, Gap::And | Gap::Or);
        match word {
            Word::Product => self.then_product(joined),
            Word::Products => match self.then_product(joined) {
                Self::Product if self != Self::Empty => Self::Goods,
                field => field,
            },
            Word::Marketing => self.then_marketing(joined),
            Word::Led if self == Self::Product => Self::Trade,
            Word::Neutral | Word::Led => self,
            _ => self.then_other(joined, word),
        }
    }

    fn then_product(self, joined: bool) -> Self {
        match self {
            Self::Outbound => Self::ProductMarketing,
            Self::Product if joined => Self::ProductAndProduct,
            Self::Marketing | Self::NearMarketing | Self::ProductMarketing | Self::Both if joined => Self::Both,
            Self::Marketing | Self::NearMarketing => Self::AndProduct,
            Self::Empty => Self::Product,
            _ if joined => Self::AndProduct,
            _ => Self::Product,
        }
    }

    fn then_marketing(self, joined: bool) -> Self {
        match self {
            Self::Product | Self::Goods | Self::AndProduct if joined => Self::Both,
            Self::ProductAndProduct => Self::Both,
            Self::Product
            | Self::Goods
            | Self::AndProduct
            | Self::ProductAnd
            | Self::ProductMarketing
            | Self::ProductMarketingOf
            | Self::ProductMarketingTrade => Self::ProductMarketing,
            Self::ProductNear | Self::ProductUnknown | Self::ProductTrade | Self::Offer | Self::NearMarketing => {
                Self::NearMarketing
            }
            Self::Empty | Self::Domain | Self::Unknown | Self::Marketing => Self::Marketing,
            Self::GoToMarket if joined => Self::NearMarketing,
            Self::Both => Self::Both,
            _ => Self::Trade,
        }
    }

    fn then_other(self, joined: bool, word: Word) -> Self {
        match self {
            Self::Empty | Self::Domain | Self::Offer | Self::Outbound | Self::Works | Self::Unknown | Self::Trade => {
                self.then_modifier(word)
            }
            Self::GoToMarket if matches!(word, Word::Near | Word::Domain) => self,
            Self::GoToMarket => Self::Trade,
            Self::Product | Self::Goods | Self::ProductAndProduct => match word {
                Word::Line => self,
                _ if joined => Self::ProductAnd,
                Word::Near | Word::Offer => Self::ProductNear,
                Word::GoToMarket => Self::ProductMarketing,
                Word::Trade | Word::Works => Self::ProductTrade,
                _ => Self::ProductUnknown,
            },
            Self::AndProduct | Self::ProductNear | Self::ProductUnknown if !joined && word == Word::Trade => {
                Self::ProductTrade
            }
            Self::ProductMarketing | Self::ProductMarketingOf if !joined => match word {
                Word::Trade => Self::ProductMarketingTrade,
                Word::Near | Word::GoToMarket => self,
                _ => Self::ProductMarketingOf,
            },
            Self::Both if !joined && word == Word::Trade => Self::ProductTrade,
            Self::Marketing | Self::NearMarketing if !joined => Self::Trade,
            field => field,
        }
    }

    /// The field after a modifier, if no word of the two roles has been read.
    fn then_modifier(self, word: Word) -> Self {
        match (word, self) {
            (Word::GoToMarket, Self::Empty | Self::Domain) => Self::GoToMarket,
            (Word::Works, _) | (_, Self::Works) => Self::Works,
            (Word::Outbound, _) => Self::Outbound,
            (Word::Domain | Word::Line, Self::Empty | Self::Offer) => Self::Domain,
            (Word::Domain | Word::Line, _) => self,
            (Word::Offer, Self::Empty | Self::Domain | Self::Offer | Self::Unknown) => Self::Offer,
            (Word::Offer, Self::Outbound) => self,
            (Word::Unknown, Self::Empty | Self::Domain | Self::Offer | Self::Unknown) => Self::Unknown,
            _ => Self::Trade,
        }
    }
}
