//! The features of a posting's segments: what evidence is found among.

use crate::model::{PM, PMM, Row};

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

/// The features of all segments. Filled while segments are scored, and only when
/// evidence is asked for.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    list: Vec<Part>,
    /// By segment, where its features end.
    ends: Vec<usize>,
}

impl Parts {
    pub(super) fn clear(&mut self) {
        self.list.clear();
        self.ends.clear();
    }

    /// Adds a feature of the segment that is open.
    #[inline]
    pub(super) fn push(&mut self, rows: &[Row], place: u32, first: usize, last: usize) {
        if let Some(row) = rows.get(place as usize) {
            let units = i32::from(row[PM]) - i32::from(row[PMM]);
            self.list.push(Part { first: first as u32, last: last as u32, units, place });
        }
    }

    /// Ends a segment.
    pub(super) fn close(&mut self) {
        self.ends.push(self.list.len());
    }

    /// The features of a segment; none where they were not asked for.
    pub(crate) fn of(&self, segment: usize) -> &[Part] {
        let start = segment.checked_sub(1).and_then(|before| self.ends.get(before)).copied().unwrap_or(0);
        let end = self.ends.get(segment).copied().unwrap_or(start);
        self.list.get(start..end).unwrap_or_default()
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
    use crate::model::LANES;

    #[test]
    fn segments_have_their_own_parts() {
        let rows: Vec<Row> = (0..4).map(|n| std::array::from_fn(|lane| if lane == PM { n } else { 0 })).collect();
        assert_eq!(rows[1].len(), LANES);
        let mut parts = Parts::default();
        assert!(parts.of(0).is_empty());
        parts.push(&rows, 1, 0, 0);
        parts.push(&rows, 9, 0, 1);
        parts.push(&rows, 2, 0, 1);
        parts.close();
        parts.close();
        parts.push(&rows, 3, 2, 2);
        parts.close();
        assert_eq!(parts.of(0).iter().map(|part| part.units).collect::<Vec<_>>(), [1, 2]);
        assert!(parts.of(1).is_empty() && parts.of(3).is_empty());
        assert_eq!(parts.of(2), [Part { first: 2, last: 2, units: 3, place: 3 }]);
        assert_eq!(inside(parts.of(0), 0, 0).count(), 1);
        parts.clear();
        assert!(parts.of(0).is_empty());
    }
}
