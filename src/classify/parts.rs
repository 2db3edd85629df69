//! The features of a posting's segments: what evidence is found among.

use crate::model::{PM, PMM, Row, weight};

/// A feature of a segment: its tokens and its log-odds for PM against PMM, in units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    /// First token, counted from the segment's first.
    pub first: u32,
    /// Last token, inclusive.
    pub last: u32,
    /// Log-odds for PM against PMM.
    pub units: i32,
    /// Its row of weights.
    pub place: u32,
}

/// Where the features of all segments are: kept while segments are scored, and only
/// when evidence is asked for. Most are never looked at again, so no more is kept than
/// what is at hand then.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    /// By feature, its row of weights.
    places: Vec<u32>,
    /// By feature, its last token from the segment's first, and how many tokens before
    /// it belong to the feature.
    tokens: Vec<(u16, u16)>,
    /// By segment, where its features end.
    ends: Vec<usize>,
}

impl Parts {
    pub(super) fn clear(&mut self) {
        self.places.clear();
        self.tokens.clear();
        self.ends.clear();
    }

    /// Adds features of the segment that is open.
    #[inline]
    pub(super) fn extend(&mut self, places: &[u32], tokens: impl Iterator<Item = (u16, u16)>) {
        self.places.extend_from_slice(places);
        self.tokens.extend(tokens.take(places.len()));
    }

    /// Ends a segment.
    pub(super) fn close(&mut self) {
        self.ends.push(self.places.len().min(self.tokens.len()));
    }

    /// The features of a segment; none where they were not asked for.
    pub(crate) fn of<'a>(&'a self, rows: &'a [Row], segment: usize) -> impl ExactSizeIterator<Item = Part> + 'a {
        let start = segment.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(segment).copied().unwrap_or(start);
        let places = self.places.get(start..end).unwrap_or_default();
        let tokens = self.tokens.get(start..end).unwrap_or_default();
        places.iter().zip(tokens).map(|(&place, &(last, reach))| {
            let units = rows.get(place as usize).map_or(0, |row| weight(row, PM) - weight(row, PMM));
            Part { first: u32::from(last.saturating_sub(reach)), last: u32::from(last), units, place }
        })
    }
}

/// The features wholly within the tokens `first..=last`.
pub(crate) fn inside(parts: &[Part], first: usize, last: usize) -> impl Iterator<Item = &Part> {
    let (first, last) = (first as u32, last as u32);
    parts.iter().filter(move |part| first <= part.first && part.last <= last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_have_their_own_parts() {
        let rows: Vec<Row> = (0..4).map(|n| std::array::from_fn(|lane| if lane == PM { n } else { 0 })).collect();
        let mut parts = Parts::default();
        assert_eq!(parts.of(&rows, 0).count(), 0);
        parts.extend(&[1, 3, 2], [(0, 0), (1, 1), (1, 1)].into_iter());
        parts.close();
        parts.close();
        parts.extend(&[3], [(2, 0)].into_iter());
        parts.close();
        let first: Vec<_> = parts.of(&rows, 0).collect();
        assert_eq!(first.iter().map(|part| part.units).collect::<Vec<_>>(), [1, 3, 2]);
        assert_eq!(parts.of(&rows, 1).count() + parts.of(&rows, 3).count(), 0);
        assert_eq!(parts.of(&rows, 2).collect::<Vec<_>>(), [Part { first: 2, last: 2, units: 3, place: 3 }]);
        assert_eq!(inside(&first, 0, 0).count(), 1);
        parts.clear();
        assert_eq!(parts.of(&rows, 0).count(), 0);
    }
}
