//! Counting the features of the written lines, by duty and topic.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::vocabulary::FeatureReader;
use crate::corpus::Corpus;
use crate::corpus::counts::RealCounts;
use crate::error::{Error, ErrorKind};
use crate::tokenize::ngrams::Feature;
use crate::tokenize::{MAX_STEMS, StemId};

/// Counts of the features by unit.
pub(crate) struct Counts {
    /// The stems, the most frequent in real postings first; ids are positions.
    pub stems: Vec<Box<str>>,
    /// The features, sorted.
    pub features: Vec<Feature>,
    /// By feature, its row in the real counts.
    pub rows: Vec<usize>,
    /// Ids of the units that have lines, sorted.
    pub units: Vec<String>,
    /// The unit of each line, and its features.
    pub lines: Vec<(usize, Vec<u32>)>,
    /// By unit: each feature of its lines, with the number of lines that hold it.
    pub by_unit: Vec<BTreeMap<usize, f64>>,
}

impl Counts {
    /// Counts every line of `corpus`. The features are those of `real`.
    ///
    /// # Errors
    /// More different stems than a vocabulary can hold.
    pub(crate) fn of(corpus: &Corpus, real: &RealCounts) -> Result<Self, Error> {
        let mut reader = FeatureReader::new();
        let found: Vec<Feature> = real
            .features
            .iter()
            .map(|feature| match feature.stems() {
                (a, None) => Feature::Unigram(reader.ids.intern(a)),
                (a, Some(b)) => Feature::Bigram(reader.ids.intern(a), reader.ids.intern(b)),
            })
            .collect();
        let names = reader.ids.stems();
        let known = names.len();
        if known >= MAX_STEMS {
            return Err(Error::new(ErrorKind::Training, format!("more than {MAX_STEMS} different stems")));
        }
        // The most frequent first, so that the rows that scoring reads most lie together in memory.
        let mut postings = vec![0; known];
        for (feature, row) in found.iter().zip(&real.features) {
            if let Feature::Unigram(a) = *feature {
                postings[usize::from(a)] = row.postings;
            }
        }
        let mut order: Vec<usize> = (0..known).collect();
        order.sort_unstable_by_key(|&id| (Reverse(postings[id]), &names[id]));
        let stems = order.iter().map(|&id| names[id].clone()).collect();
        let mut new_ids = vec![None; known];
        for (new, &old) in order.iter().enumerate() {
            new_ids[old] = Some(new as StemId);
        }
        let new_id = |old: StemId| new_ids.get(usize::from(old)).copied().flatten();
        let renumbered = |feature: Feature| {
            Some(match feature {
                Feature::Unigram(a) => Feature::Unigram(new_id(a)?),
                Feature::Bigram(a, b) => Feature::Bigram(new_id(a)?, new_id(b)?),
            })
        };
        let rows = found.into_iter().enumerate();
        let mut chosen: Vec<(Feature, usize)> =
            rows.filter_map(|(row, feature)| Some((renumbered(feature)?, row))).collect();
        chosen.sort_unstable();
        let (features, rows): (Vec<Feature>, Vec<usize>) = chosen.into_iter().unzip();
        let units: BTreeSet<&str> = corpus.lines.iter().map(|line| line.id.as_str()).collect();
        let units: Vec<String> = units.into_iter().map(str::to_owned).collect();
        let mut by_unit = vec![BTreeMap::new(); units.len()];
        let mut lines = Vec::with_capacity(corpus.lines.len());
        for line in &corpus.lines {
            let unit = units.binary_search(&line.id).unwrap_or_default();
            let column = |feature| features.binary_search(&renumbered(feature)?).ok();
            let own: BTreeSet<usize> = reader.features(&line.text).into_iter().filter_map(column).collect();
            for feature in &own {
                *by_unit[unit].entry(*feature).or_default() += 1.0;
            }
            lines.push((unit, own.into_iter().map(|feature| feature as u32).collect()));
        }
        Ok(Self { stems, features, rows, units, lines, by_unit })
    }
}
