//! What one title claims: a head and its field.
#![allow(clippy::match_same_arms, reason = "tables of cases, in the order of the cases")]

use super::field::Field;
use super::words::Head;
use crate::model::TitleClaim;

/// The claim of one title among those that a line may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TitleRole {
    Pm,
    /// "product management", without a person: it may also name a team or a product.
    PmField,
    Pmm,
    Both,
    Near,
    /// "PM", with nothing that says of what.
    Ambiguous,
    /// Marketing other than product marketing.
    Marketing,
    /// Marketing close to product marketing: "solutions marketing".
    NearMarketing,
    /// "go-to-market": in practice sales more often than product marketing.
    GoToMarket,
    /// A person of another trade who may still have a product role: "consultant".
    Other,
    /// A person whose trade is clear: "engineer".
    Trade,
}

impl TitleRole {
    /// The role of `head`, in a field named before it or `after` it.
    pub fn of(head: Head, field: Field, after: bool) -> Self {
        match head {
            Head::Trade => match field {
                Field::ProductMarketing | Field::NearMarketing => Self::Near,
                _ => Self::Trade,
            },
            Head::Aide if after => Self::Trade,
            Head::Manager | Head::Management => Self::managing(head, field, after),
            Head::Aide | Head::Specialist | Head::Analyst | Head::Associate => match field {
                Field::ProductMarketing
                | Field::ProductMarketingOf
                | Field::ProductMarketingTrade
                | Field::Both
                | Field::ProductNear
                | Field::AndProduct => Self::Near,
                Field::Product if head >= Head::Analyst => Self::Near,
                Field::Marketing => Self::Marketing,
                _ => Self::Other,
            },
        }
    }

    /// This role held by an intern or a specialist: of seven such postings that were read, two
    /// had the duties of a product role.
    pub fn junior(self) -> Self {
        match self {
            Self::Pm | Self::PmField | Self::Pmm | Self::Both => Self::Near,
            _ => self,
        }
    }

    fn managing(head: Head, field: Field, after: bool) -> Self {
        match field {
            Field::Product | Field::ProductAndProduct if head == Head::Management => Self::PmField,
            Field::Product | Field::ProductAndProduct => Self::Pm,
            Field::ProductAnd | Field::ProductUnknown if after => Self::Pm,
            Field::ProductMarketing | Field::ProductMarketingOf => Self::Pmm,
            Field::Both => Self::Both,
            Field::Marketing => Self::Marketing,
            Field::NearMarketing => Self::NearMarketing,
            Field::GoToMarket => Self::GoToMarket,
            Field::Goods
            | Field::ProductAnd
            | Field::AndProduct
            | Field::ProductNear
            | Field::ProductUnknown
            | Field::ProductMarketingTrade => Self::Near,
            _ => Self::Other,
        }
    }

    /// The role of "PM" after `field`.
    pub fn of_pm(field: Field) -> Self {
        match field {
            Field::Works => Self::Other,
            Field::Domain | Field::Product | Field::ProductAnd | Field::Goods => Self::Pm,
            Field::ProductMarketing => Self::Pmm,
            _ => Self::Ambiguous,
        }
    }

    /// The role of a field without a head; `None` for an empty one.
    pub fn of_field(field: Field) -> Option<Self> {
        match field {
            Field::Empty => None,
            Field::ProductMarketing | Field::ProductMarketingOf => Some(Self::Pmm),
            Field::Both => Some(Self::Both),
            Field::Product | Field::ProductAnd | Field::AndProduct | Field::ProductNear => Some(Self::Near),
            Field::Marketing => Some(Self::Marketing),
            _ => Some(Self::Other),
        }
    }

    /// The role of this title together with `next` of the same line, which may be `joined` by
    /// "and" or "or".
    pub fn with(self, next: Self, joined: bool) -> Self {
        use TitleRole::{Ambiguous, Both, GoToMarket, Marketing, Near, NearMarketing, Other, Pm, PmField, Pmm, Trade};
        match (self, next) {
            (Pm | PmField | Ambiguous, Pmm | Both) | (Both, _) => Both,
            (Pm | PmField, Marketing | NearMarketing) if joined => Both,
            (Pmm, Pm | Ambiguous | Both) => Both,
            (Pmm, PmField) if joined => Both,
            (Marketing | NearMarketing, Pm | Both) => Both,
            (Marketing | NearMarketing, Pmm) => Pmm,
            (Marketing | NearMarketing, PmField) => Near,
            (Ambiguous | PmField, Pm) => Pm,
            (Near, Pm | Pmm) => next,
            (Other | GoToMarket, Pm | PmField | Pmm | Both) => Near,
            (Trade, Pm | Pmm | Both) if joined => Near,
            _ => self,
        }
    }

    /// The role of this title with a field after it, which names its team or is in brackets.
    pub fn with_field(self, field: Field) -> Self {
        match (self, field) {
            (
                Self::Pm | Self::PmField,
                Field::ProductMarketing | Field::Marketing | Field::NearMarketing | Field::Both,
            ) => Self::Both,
            (Self::Pm | Self::PmField, Field::Outbound) => Self::Pmm,
            (Self::Ambiguous, Field::Product | Field::ProductAnd | Field::Goods | Field::Domain) => Self::Pm,
            (Self::Ambiguous, Field::Works) => Self::Other,
            (Self::Ambiguous, Field::ProductMarketing) => Self::Both,
            (Self::Marketing | Self::NearMarketing, Field::Product | Field::ProductMarketing) => Self::Pmm,
            (Self::GoToMarket, Field::Product | Field::Goods | Field::ProductMarketing) => Self::Pmm,
            (Self::Marketing, Field::Goods | Field::ProductAnd | Field::ProductNear | Field::ProductUnknown)
            | (Self::Other, Field::ProductMarketing) => Self::Near,
            _ => self,
        }
    }

    pub fn claim(self) -> TitleClaim {
        match self {
            Self::Pm | Self::PmField => TitleClaim::Pm,
            Self::Pmm => TitleClaim::Pmm,
            Self::Both => TitleClaim::Both,
            Self::Near | Self::Ambiguous | Self::NearMarketing => TitleClaim::Near,
            Self::Marketing | Self::GoToMarket | Self::Other | Self::Trade => TitleClaim::Other,
        }
    }
}
