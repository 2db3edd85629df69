//! Counting the features of the written lines, by duty and topic.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::corpus::Corpus;
use crate::corpus::counts::RealCounts;
use crate::error::{Error, ErrorKind};
use crate::tokenize::lookup::VocabularyBuilder;
use crate::tokenize::ngrams::{Feature, emit};
use crate::tokenize::role_mask::RoleMask;
use crate::tokenize::tokenizer::scan;
use crate::tokenize::{MAX_STEMS, StemId};

/// Counts of the features by unit (a duty or topic).
pub(crate) struct Counts {
    /// The stems, the most frequent in real postings first; ids are positions.
    pub stems: Vec<Box<str>>,
    /// The features, sorted.
    pub features: Vec<Feature>,
    /// By feature, its row in the table of real counts.
    pub rows: Vec<usize>,
    /// Duties and topics that have lines, sorted.
    pub units: Vec<String>,
    /// Unit and features of each line.
    pub lines: Vec<(usize, Vec<u32>)>,
    /// By unit: features and the number of lines that hold them.
    by_unit: Vec<Vec<(usize, f64)>>,
}

impl Counts {
    /// Counts every line of `corpus`. The features are those of `real`.
    ///
    /// # Errors
    /// More different stems than a vocabulary can hold.
    pub(crate) fn of(corpus: &Corpus, real: &RealCounts) -> Result<Self, Error> {
        let mut ids = VocabularyBuilder::new();
        let mask = RoleMask::new(&mut ids);
        let found: Vec<Feature> = real
            .features
            .iter()
            .map(|feature| match feature.stems() {
                (a, None) => Feature::Unigram(ids.intern(a)),
                (a, Some(b)) => Feature::Bigram(ids.intern(a), ids.intern(b)),
            })
            .collect();
        let names = ids.stems();
        let known = names.len();
        if known >= MAX_STEMS {
            return Err(Error::new(ErrorKind::Training, format!("more than {MAX_STEMS} different stems")));
        }
        // The most frequent first, so that the rows that scoring reads most are together in
        // memory.
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
        let mut sums = vec![std::collections::BTreeMap::<usize, f64>::new(); units.len()];
        let (mut tokens, mut segments, mut partners) = (Vec::new(), Vec::new(), Vec::new());
        let mut lines = Vec::with_capacity(corpus.lines.len());
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
                    own.extend(renumbered(feature).and_then(|feature| features.binary_search(&feature).ok()));
                });
            }
            for feature in &own {
                *sums[unit].entry(*feature).or_default() += 1.0;
            }
            lines.push((unit, own.into_iter().map(|feature| feature as u32).collect()));
        }
        let by_unit = sums.into_iter().map(|sums| sums.into_iter().collect()).collect();
        Ok(Self { stems, features, rows, units, lines, by_unit })
    }

    /// The features of a unit's lines and how many of these hold them.
    pub(crate) fn of_unit(&self, unit: usize) -> impl Iterator<Item = (usize, f64)> {
        self.by_unit.get(unit).into_iter().flatten().copied()
    }
}
