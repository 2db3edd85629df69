//! Lists as model files hold them: read where they lie, not copied.

use std::borrow::Cow;

use super::duty::{LINKS, Links};
use crate::token::emit::Feature;

/// Bytes of a feature in a file.
pub(crate) const FEATURE: usize = 5;

/// The features of a model, in order.
#[derive(Debug, Clone)]
pub(crate) struct Features(Cow<'static, [u8]>);

impl Features {
    /// Reads features of [`FEATURE`] bytes each; a part of one at the end is left out.
    pub(crate) const fn read(bytes: Cow<'static, [u8]>) -> Self {
        Self(bytes)
    }

    /// How many there are.
    #[cfg(any(feature = "train", test))]
    pub(crate) fn len(&self) -> usize {
        self.0.len() / FEATURE
    }

    /// All of them, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Feature> + Clone {
        self.0.as_chunks().0.iter().map(|&[a, b, c, d, e]: &[u8; FEATURE]| {
            Feature(u64::from(e) << 32 | u64::from(u32::from_le_bytes([a, b, c, d])))
        })
    }

    /// As files hold them.
    #[cfg(feature = "train")]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[Feature]> for Features {
    fn from(features: &[Feature]) -> Self {
        let bytes = features.iter().flat_map(|feature| feature.0.to_le_bytes().into_iter().take(FEATURE));
        Self(bytes.collect())
    }
}

/// Bytes of a feature's links in a file.
pub(crate) const LINK_BYTES: usize = 2 * LINKS;

/// The links of every feature, by place.
#[derive(Debug, Clone)]
pub(crate) struct LinkList(Cow<'static, [u8]>);

impl LinkList {
    /// Reads links of [`LINK_BYTES`] bytes a feature.
    pub(crate) const fn read(bytes: Cow<'static, [u8]>) -> Self {
        Self(bytes)
    }

    /// Duty and weight of the links of the feature at `place`, strongest first.
    pub(crate) fn get(&self, place: u32) -> impl Iterator<Item = (u8, u8)> {
        let all: &[[u8; LINK_BYTES]] = self.0.as_chunks().0;
        let own = all.get(place as usize).map_or(&[][..], |own| own.as_chunks().0);
        own.iter().map(|&[duty, weight]| (duty, weight)).take_while(|link| link.1 > 0)
    }

    /// The largest duty that is linked to.
    pub(crate) fn last_duty(&self) -> Option<u8> {
        let pairs: &[[u8; 2]] = self.0.as_chunks().0;
        pairs.iter().filter(|[_, weight]| *weight > 0).map(|[duty, _]| *duty).max()
    }

    /// As files hold them.
    #[cfg(feature = "train")]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[Links]> for LinkList {
    fn from(links: &[Links]) -> Self {
        Self(links.iter().flatten().flat_map(|&(duty, weight)| [duty, weight]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_in_comes_out() {
        let features = [Feature::unigram(7), Feature::bigram(1, 65_000), Feature::first(9)];
        let list = Features::from(&features[..]);
        assert_eq!(list.len(), 3);
        assert!(list.iter().eq(features));
        let links = [[(3, 9), (200, 2), (0, 0), (0, 0)], [(0, 1), (1, 1), (2, 1), (3, 1)]];
        let list = LinkList::from(&links[..]);
        assert!(list.get(0).eq([(3, 9), (200, 2)]));
        assert!(list.get(1).eq(links[1]));
        assert_eq!(list.get(2).count(), 0);
        assert_eq!(list.get(u32::MAX).count(), 0);
        assert_eq!(list.last_duty(), Some(200));
    }
}
