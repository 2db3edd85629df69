//! Counting the features of the training lines by duty and topic.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::corpus::Corpus;
use crate::error::{Error, ErrorKind};
use crate::model::hyperparameters::Hyperparameters;
use crate::tokenize::lookup::VocabularyBuilder;
use crate::tokenize::ngrams::{Feature, emit};
use crate::tokenize::role_mask::RoleMask;
use crate::tokenize::tokenizer::scan;
use crate::tokenize::{MAX_STEMS, StemId};

/// Counts of the kept features by unit (a duty or topic).
pub(crate) struct Counts {
    /// The kept stems, the most frequent first; a stem's id is its index.
    pub stems: Vec<Box<str>>,
    /// The kept features, sorted.
    pub features: Vec<Feature>,
    /// Duties and topics that have lines, sorted.
    pub units: Vec<String>,
    /// Features and their counts, by unit.
    by_unit: Vec<Vec<(usize, f64)>>,
}

impl Counts {
    /// Counts every line of `corpus`.
    pub(crate) fn of(corpus: &Corpus, hyperparameters: &Hyperparameters) -> Result<Self, Error> {
        let mut ids = VocabularyBuilder::new();
        let mask = RoleMask::new(&mut ids);
        let units: BTreeSet<&str> = corpus.lines.iter().map(|line| line.id.as_str()).collect();
        let units: Vec<String> = units.into_iter().map(str::to_owned).collect();
        // For each feature: the number of lines with it, and its counts by unit.
        let mut seen: BTreeMap<Feature, (u32, BTreeMap<usize, f64>)> = BTreeMap::new();
        let (mut tokens, mut segments, mut partners) = (Vec::new(), Vec::new(), Vec::new());
        for line in &corpus.lines {
            let unit = units.binary_search(&line.id).unwrap_or_default();
            tokens.clear();
            segments.clear();
            scan(&line.text, &mut ids, &mut tokens, &mut segments);
            mask.apply(&line.text, &mut tokens, &segments, &mut partners);
            let mut own = BTreeSet::new();
            for segment in &segments {
                let tokens = &tokens[segment.first as usize..segment.last as usize];
                emit(tokens, mask.opening(), |feature, _, _| {
                    own.insert(feature);
                });
            }
            for feature in own {
                let entry = seen.entry(feature).or_default();
                entry.0 += 1;
                *entry.1.entry(unit).or_default() += 1.0;
            }
        }
        let stems = ids.into_stems();
        if stems.len() >= MAX_STEMS {
            return Err(Error::new(ErrorKind::Training, format!("more than {MAX_STEMS} different stems")));
        }
        Ok(Self::select(seen, &stems, mask.ids().collect(), units, hyperparameters))
    }

    /// Drops rare features and the stems that are neither in the others nor in `needed`, and
    /// sorts both.
    fn select(
        seen: BTreeMap<Feature, (u32, BTreeMap<usize, f64>)>,
        stems: &[Box<str>],
        mut needed: BTreeSet<StemId>,
        units: Vec<String>,
        hyperparameters: &Hyperparameters,
    ) -> Self {
        let keep = |feature: Feature, lines: u32| match feature {
            Feature::Unigram(_) => lines >= hyperparameters.min_lines,
            Feature::Bigram(..) => lines >= hyperparameters.min_pair_lines,
        };
        for (feature, (lines, _)) in &seen {
            if keep(*feature, *lines) {
                match *feature {
                    Feature::Unigram(a) => needed.extend([a]),
                    Feature::Bigram(a, b) => needed.extend([a, b]),
                }
            }
        }
        // The most frequent first: the rows that are read most are adjacent in memory.
        let lines = |id: StemId| seen.get(&Feature::Unigram(id)).map_or(0, |(lines, _)| *lines);
        let mut kept: Vec<(Reverse<u32>, Box<str>, StemId)> = needed
            .into_iter()
            .filter_map(|id| stems.get(id as usize).map(|stem| (Reverse(lines(id)), stem.clone(), id)))
            .collect();
        kept.sort_unstable();
        let new_ids: BTreeMap<StemId, StemId> =
            kept.iter().enumerate().map(|(new, (_, _, old))| (*old, new as StemId)).collect();
        let new_id = |old: StemId| new_ids.get(&old).copied();
        let renumbered = |feature: Feature| {
            Some(match feature {
                Feature::Unigram(a) => Feature::Unigram(new_id(a)?),
                Feature::Bigram(a, b) => Feature::Bigram(new_id(a)?, new_id(b)?),
            })
        };
        let mut chosen: Vec<(Feature, BTreeMap<usize, f64>)> = seen
            .into_iter()
            .filter(|(feature, (lines, _))| keep(*feature, *lines))
            .filter_map(|(feature, (_, counts))| Some((renumbered(feature)?, counts)))
            .collect();
        chosen.sort_unstable_by_key(|(feature, _)| *feature);
        let mut by_unit = vec![Vec::new(); units.len()];
        for (place, (_, counts)) in chosen.iter().enumerate() {
            for (&unit, &count) in counts {
                by_unit[unit].push((place, count));
            }
        }
        Self {
            stems: kept.into_iter().map(|(_, stem, _)| stem).collect(),
            features: chosen.into_iter().map(|(feature, _)| feature).collect(),
            units,
            by_unit,
        }
    }

    /// The features of a unit's lines and their counts.
    pub(crate) fn of_unit(&self, unit: usize) -> impl Iterator<Item = (usize, f64)> {
        self.by_unit.get(unit).into_iter().flatten().copied()
    }
}
