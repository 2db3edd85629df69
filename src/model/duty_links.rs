//! The links of features to duties, read in place.

use std::borrow::Cow;

/// Maximum number of duties that a feature is linked to.
pub(crate) const LINKS: usize = 4;

/// The duties that a feature is linked to, strongest first, with weights from 1 to 255. A weight of 0
/// is no link.
pub(crate) type Links = [(u8, u8); LINKS];

/// Bytes of a feature's links in a file.
pub(crate) const LINK_BYTES: usize = 2 * LINKS;

/// The links of every feature, by place.
#[derive(Debug, Clone)]
pub(crate) struct LinkList(Cow<'static, [u8]>);

impl LinkList {
    /// Links as in a file, [`LINK_BYTES`] bytes per feature.
    pub(crate) const fn read(bytes: Cow<'static, [u8]>) -> Self {
        Self(bytes)
    }

    /// Duty and weight of each link of the feature at `place`, strongest first; the rest has weight 0.
    #[inline]
    pub(crate) fn of(&self, place: u32) -> [[u8; 2]; LINKS] {
        let all: &[[u8; LINK_BYTES]] = self.0.as_chunks().0;
        let own = all.get(place as usize).and_then(|own| own.as_chunks().0.first_chunk());
        own.copied().unwrap_or_default()
    }

    /// The largest index of a linked duty.
    pub(crate) fn last_duty(&self) -> Option<u8> {
        let pairs: &[[u8; 2]] = self.0.as_chunks().0;
        pairs.iter().filter(|[_, weight]| *weight > 0).map(|[duty, _]| *duty).max()
    }

    /// The bytes, as in a file.
    #[cfg(feature = "train")]
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl FromIterator<Links> for LinkList {
    fn from_iter<I: IntoIterator<Item = Links>>(links: I) -> Self {
        Self(links.into_iter().flatten().flat_map(|(duty, weight)| [duty, weight]).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_round_trip() {
        let links = [[(3, 9), (200, 2), (0, 0), (0, 0)], [(0, 1), (1, 1), (2, 1), (3, 1)]];
        let list = LinkList::from_iter(links);
        let of = |place| list.of(place).map(|[duty, weight]| (duty, weight));
        assert_eq!([of(0), of(1)], links);
        assert_eq!([of(2), of(u32::MAX)], [[(0, 0); LINKS]; 2]);
        assert_eq!(list.last_duty(), Some(200));
    }
}
