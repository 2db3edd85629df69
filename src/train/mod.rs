//! Training: from the corpus to feature counts, naive Bayes and quantized weights.

// Terms of this folder, besides those of `model`:
//
// - unit: what the corpus files a written line under: a duty or a topic.
// - family, of topics of filler too: a part of filler (`benefits`).
// - subject: what a phrase can be assigned: a duty, a family of filler, or `Duty::NO_DUTY`.
// - row, of `RealCounts`: the counts of a feature.
// - column: the index of a feature in a logistic regression, which leaves out rare ones.

mod count;
#[cfg(test)]
mod cross_check;
mod duty_links;
mod fit;
mod logistic;
pub(crate) mod parallel;
mod quantize;
pub(crate) mod real_counts;
mod real_duties;
mod trained;
mod vocabulary;

pub(crate) use trained::read_calibration;
pub use trained::{Trained, train};

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::corpus::Corpus;
use crate::corpus::counts::RealCounts;
use crate::error::{Error, ErrorKind};
use crate::model::calibration::Calibration;
use crate::model::hyperparameters::Hyperparameters;
use crate::model::index_builder::Layout;
use crate::model::product_weights::ProductWeights;
use crate::model::{
    ByLens, Duty, FAMILIES, FILLER, Group, KINDS, Kind, LANES, LENS_LANES, Lens, LensChanges, Model, OTHER, PM, PMM,
    Row, Rows, SHARED,
};
use crate::tokenize::vocabulary::Vocabulary;
use count::Counts;

/// Name and version of the models that this library trains.
const NAME: &str = "pm-pmm/1";

/// A fit before its weights are quantized.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    /// The groups, in the order of the rows.
    pub groups: Vec<Group>,
    /// Smoothed counts, one row per group, one column per feature.
    #[cfg_attr(not(test), expect(dead_code, reason = "compared with scikit-learn in the tests"))]
    pub counts: Vec<Vec<f64>>,
    /// log P(feature | group), the same shape.
    pub log_probabilities: Vec<Vec<f64>>,
}

/// What a model is trained for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Parts {
    /// Judging through any lens and naming duties.
    All,
    /// Judging through the consensus, which every lens then equals, and naming duties.
    ConsensusAndDuties,
    /// Judging through the consensus.
    Consensus,
}

/// Trains a model on the written lines of `corpus` and the `real` counts.
///
/// # Errors
/// If a number of the calibration is out of range, if the corpus has more groups, stems or
/// duties than a model can hold, or if the fit fails.
pub(crate) fn train_model(
    corpus: &Corpus,
    real: &RealCounts,
    (hyperparameters, calibration): (&Hyperparameters, &Calibration),
    parts: Parts,
) -> Result<Model, Error> {
    if !calibration.is_sound() {
        return Err(Error::new(ErrorKind::Input, "a number of the calibration is out of its range")
            .hint("check --set and the calibration file"));
    }
    let counts = Counts::of(corpus, real)?;
    let stems = Vocabulary::new(&counts.stems);
    let layout = Layout::of(&counts.features, stems.len());
    let consensus = fitted(corpus, (&counts, real), hyperparameters, (Lens::Consensus, LANES))?;
    let mean = quantize::mean(&consensus.log_probabilities);
    let rows = quantize::rows(&consensus.log_probabilities, &mean);
    let by_place = |rows: &[Row]| Rows::read(laid_out(&layout, rows).collect::<Vec<_>>().concat().into());
    let rows = by_place(&rows);
    let mut changes = ByLens::default();
    if parts == Parts::All {
        for lens in Lens::sources() {
            // Lenses differ in the first lanes only.
            let through = fitted(corpus, (&counts, real), hyperparameters, (lens, LENS_LANES))?;
            let through = by_place(&quantize::rows(&through.log_probabilities, &mean));
            changes[lens] = LensChanges::between(&rows, &through);
        }
    }
    let subjects = subjects(corpus, &counts);
    let linked = if parts == Parts::Consensus { &[] } else { &subjects[..] };
    let links = laid_out(&layout, &duty_links::duty_links(&counts, real, linked)?).collect();
    let duties = subjects.into_iter().map(|(duty, _)| Arc::new(duty)).collect();
    let product: Vec<(f32, f32)> =
        counts.rows.iter().map(|&row| (real.features[row].product, real.features[row].scale)).collect();
    let product = ProductWeights::of(&laid_out(&layout, &product).collect::<Vec<_>>());
    let mask = Model::mask_of(&stems);
    let mut model = Model {
        name: NAME.to_owned(),
        checksum: String::new(),
        hyperparameters: hyperparameters.clone(),
        calibration: calibration.clone(),
        groups: consensus.groups,
        mask,
        stems,
        consensus: rows,
        index: layout.index.clone(),
        changes,
        product,
        duties,
        links,
    };
    model.checksum = crate::model::file::read(&crate::model::file::write(&model))?.checksum;
    Ok(model)
}

/// Values by place, from values by feature; the default for free places.
fn laid_out<'a, T: Copy + Default>(layout: &'a Layout, by_feature: &'a [T]) -> impl Iterator<Item = T> + 'a {
    layout.places.iter().map(|at| at.and_then(|at| by_feature.get(at)).copied().unwrap_or_default())
}

/// Sums the counts by group through `lens` and fits naive Bayes to the groups of the first `lanes`
/// lanes. The weights of a group do not depend on how many others are fitted.
pub(crate) fn fitted(
    corpus: &Corpus,
    (counts, real): (&Counts, &RealCounts),
    hyperparameters: &Hyperparameters,
    (lens, lanes): (Lens, usize),
) -> Result<Fitted, Error> {
    let groups = groups(corpus)?;
    let mut sums = vec![vec![0.0; counts.features.len()]; groups.len()];
    // By feature, the written lines in the lanes that lenses change: `[lane by the consensus][lane
    // through the lens]`.
    let mut moved = vec![[[0.0; LENS_LANES]; LENS_LANES]; counts.features.len()];
    for (unit, id) in counts.units.iter().enumerate() {
        let lane_of = |lens: Lens| {
            let (kind, family) = corpus
                .group_of(id, lens)
                .ok_or_else(|| Error::new(ErrorKind::Corpus, format!("unknown duty or topic '{id}'")))?;
            Ok::<_, Error>(lane(&groups, kind, family))
        };
        let (from, to) = (lane_of(Lens::Consensus)?, lane_of(lens)?);
        for (&feature, count) in &counts.by_unit[unit] {
            sums[to][feature] += hyperparameters.written_weight * count;
            if to >= FAMILIES {
                sums[OTHER][feature] += hyperparameters.written_weight * count;
            }
            if from < LENS_LANES && to < LENS_LANES {
                moved[feature][from][to] += count;
            }
        }
    }
    for (feature, row) in counts.rows.iter().enumerate() {
        for (from, lines) in real.features[*row].lines.iter().enumerate() {
            let lines = f64::from(*lines);
            let shares = moved[feature].get(from);
            // Real lines have no duty that a lens could assign. So the same fraction of them moves as of
            // the written lines with the same feature.
            let total = shares.map_or(0.0, |shares| shares.iter().sum());
            match shares {
                Some(shares) if total > 0.0 => {
                    for (to, share) in shares.iter().enumerate() {
                        sums[to][feature] += lines * share / total;
                    }
                }
                _ => sums[from][feature] += lines,
            }
        }
    }
    let sums = smooth(&sums, hyperparameters);
    let log_probabilities = fit::multinomial(&sums[..lanes.min(sums.len())])?;
    Ok(Fitted { groups, counts: sums, log_probabilities })
}

/// The groups of a corpus: the kinds, then the families of other jobs in order of name.
fn groups(corpus: &Corpus) -> Result<Vec<Group>, Error> {
    let mut groups: Vec<_> = KINDS.into_iter().map(|kind| Group::new(kind.as_str(), kind)).collect();
    let mut families: Vec<_> =
        corpus.topics.iter().filter(|topic| topic.kind == Kind::Other).map(|topic| topic.family.as_str()).collect();
    families.extend(
        corpus.duties.iter().filter(|e| e.duty.kind(Lens::Consensus) == Kind::Other).map(|e| e.duty.theme.as_str()),
    );
    families.sort_unstable();
    families.dedup();
    groups.extend(families.into_iter().map(|name| Group::new(name, Kind::Other)));
    if groups.len() > LANES {
        let room = LANES - FAMILIES;
        return Err(Error::new(ErrorKind::Training, format!("topics.csv has more than {room} families")));
    }
    Ok(groups)
}

/// The subjects, each with the units whose written lines are about it. [`Duty::NO_DUTY`] has none.
fn subjects(corpus: &Corpus, counts: &Counts) -> Vec<(Duty, Vec<usize>)> {
    let unit = |id: &String| counts.units.binary_search(id).ok();
    let duties = corpus.duties.iter().map(|entry| {
        let of_roles = entry.duty.kind(Lens::Consensus) != Kind::Other;
        (entry.duty.clone(), unit(&entry.duty.id).filter(|_| of_roles).into_iter().collect())
    });
    let filler = corpus.topics.iter().filter(|topic| topic.kind == Kind::Filler);
    let families: BTreeSet<&str> = filler.clone().map(|topic| topic.family.as_str()).collect();
    let no_duty = |id: &str| {
        let mut kinds = ByLens::default();
        kinds[Lens::Consensus] = Some(Kind::Filler);
        Duty { id: id.to_owned(), name: id.to_owned(), theme: "filler".to_owned(), kinds }
    };
    let families = families.into_iter().map(|family| {
        (
            no_duty(family),
            filler.clone().filter(|topic| topic.family == family).filter_map(|topic| unit(&topic.id)).collect(),
        )
    });
    duties.chain(families).chain([(no_duty(Duty::NO_DUTY), Vec::new())]).collect()
}

fn lane(groups: &[Group], kind: Kind, family: &str) -> usize {
    match kind {
        Kind::Pm => PM,
        Kind::Pmm => PMM,
        Kind::Shared => SHARED,
        Kind::Filler => FILLER,
        Kind::Other => groups.iter().position(|group| group.name == family).unwrap_or(OTHER),
    }
}

/// Adds pseudo-counts. The five kinds get Lidstone's alpha. A family has few lines, so it gets a
/// Dirichlet prior whose mean is the distribution of all families; otherwise rare words would decide
/// between families.
fn smooth(sums: &[Vec<f64>], hyperparameters: &Hyperparameters) -> Vec<Vec<f64>> {
    let mut pooled = vec![hyperparameters.alpha; sums.first().map_or(0, Vec::len)];
    if let Some(row) = sums.get(OTHER) {
        pooled.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
    }
    let total: f64 = pooled.iter().sum();
    let smoothed = |(group, row): (usize, &Vec<f64>)| {
        let pseudo = |feature: usize| {
            if group < FAMILIES { hyperparameters.alpha } else { hyperparameters.shrinkage * pooled[feature] / total }
        };
        row.iter().enumerate().map(|(feature, count)| count + pseudo(feature)).collect()
    };
    sums.iter().enumerate().map(smoothed).collect()
}
