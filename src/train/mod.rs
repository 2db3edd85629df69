//! Training: from the corpus to feature counts, naive Bayes and quantized weights.

mod count;
#[cfg(test)]
mod cross_check;
mod duty_links;
mod fit;
mod quantize;
mod trained;

pub(crate) use trained::read_calibration;
pub use trained::{Trained, train};

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::corpus::Corpus;
use crate::error::{Error, ErrorKind};
use crate::model::calibration::Calibration;
use crate::model::hyperparameters::Hyperparameters;
use crate::model::layout::Layout;
use crate::model::{ByLens, CHANGED, Duty, FILLER, Group, Kind, LANES, Lens, Model, OTHER, PM, PMM, Rows, SHARED};
use crate::tokenize::vocabulary::Vocabulary;
use count::Counts;

/// Name and version of the models that this library trains.
const NAME: &str = "pm-pmm/1";

/// A fit before its weights are quantized.
#[derive(Debug, Clone)]
pub(crate) struct Fitted {
    /// The classes, in the order of the rows.
    pub groups: Vec<Group>,
    /// Smoothed counts, one row per class, one column per feature.
    #[cfg_attr(not(test), expect(dead_code, reason = "compared with scikit-learn in the tests"))]
    pub counts: Vec<Vec<f64>>,
    /// log P(feature | class), the same shape.
    pub log_probabilities: Vec<Vec<f64>>,
}

/// Trains a model on `corpus`.
///
/// # Errors
/// If a number of the calibration is out of range, if the corpus has more groups, stems or
/// duties than a model can hold, or if the fit fails.
pub(crate) fn train_model(
    corpus: &Corpus,
    hyperparameters: &Hyperparameters,
    calibration: &Calibration,
) -> Result<Model, Error> {
    if !calibration.is_sound() {
        return Err(Error::new(ErrorKind::Input, "a number of the calibration is out of its range")
            .hint("check --set and the calibration file"));
    }
    let counts = Counts::of(corpus, hyperparameters)?;
    let stems = Vocabulary::new(&counts.stems);
    let layout = Layout::of(&counts.features, stems.len());
    let consensus = fitted(corpus, &counts, hyperparameters, (Lens::Consensus, LANES))?;
    let mean = quantize::mean(&consensus.log_probabilities);
    let rows = quantize::rows(&consensus.log_probabilities, &mean);
    let rows: Vec<_> = laid_out(&layout, &rows).collect();
    let mut changed = ByLens::default();
    for lens in Lens::sources() {
        // Lenses differ in the first classes only.
        let seen = fitted(corpus, &counts, hyperparameters, (lens, CHANGED))?;
        let seen = quantize::rows(&seen.log_probabilities, &mean);
        changed[lens] = laid_out(&layout, &seen).flat_map(|row| row.into_iter().take(CHANGED)).collect();
    }
    let subjects = subjects(corpus, &counts);
    let links = laid_out(&layout, &duty_links::duty_links(&counts, &subjects)).collect();
    let duties = subjects.into_iter().map(|(duty, _)| Arc::new(duty)).collect();
    let mask = Model::mask_of(&stems);
    let mut model = Model {
        name: NAME.to_owned(),
        checksum: String::new(),
        hyperparameters: hyperparameters.clone(),
        calibration: calibration.clone(),
        groups: consensus.groups,
        mask,
        stems,
        consensus: Rows::read(rows.concat().into()),
        index: layout.index.clone(),
        changed,
        duties,
        links,
    };
    model.checksum = crate::model::file::read(&crate::model::file::write(&model))?.checksum;
    Ok(model)
}

/// Values by slot of the feature index, from values by feature; the default for empty
/// slots.
fn laid_out<'a, T: Copy + Default>(layout: &'a Layout, by_feature: &'a [T]) -> impl Iterator<Item = T> + 'a {
    layout.places.iter().map(|at| at.and_then(|at| by_feature.get(at)).copied().unwrap_or_default())
}

/// Sums the counts by class through `lens` and fits naive Bayes to the first `lanes`
/// classes. The weights of a class do not depend on how many others are fitted.
pub(crate) fn fitted(
    corpus: &Corpus,
    counts: &Counts,
    hyperparameters: &Hyperparameters,
    (lens, lanes): (Lens, usize),
) -> Result<Fitted, Error> {
    let groups = groups(corpus)?;
    let mut sums = vec![vec![0.0; counts.features.len()]; groups.len()];
    for (unit, id) in counts.units.iter().enumerate() {
        let (kind, family) = corpus
            .group_of(id, lens)
            .ok_or_else(|| Error::new(ErrorKind::Corpus, format!("unknown duty or topic '{id}'")))?;
        let group = lane(&groups, kind, family);
        for (feature, count) in counts.of_unit(unit) {
            sums[group][feature] += count;
        }
    }
    let sums = smooth(&sums, hyperparameters);
    let lanes = lanes.min(sums.len());
    let log_probabilities = fit::multinomial(&sums[..lanes])?;
    Ok(Fitted { groups, counts: sums, log_probabilities })
}

/// The classes: four kinds, then the families of other jobs by name.
fn groups(corpus: &Corpus) -> Result<Vec<Group>, Error> {
    let kinds = [Kind::Pm, Kind::Pmm, Kind::Shared, Kind::Filler];
    let mut groups: Vec<_> = kinds.into_iter().map(|kind| Group::new(kind.as_str(), kind)).collect();
    let mut families: Vec<_> =
        corpus.topics.iter().filter(|topic| topic.kind == Kind::Other).map(|topic| topic.family.as_str()).collect();
    families.extend(
        corpus.duties.iter().filter(|e| e.duty.kind(Lens::Consensus) == Kind::Other).map(|e| e.duty.theme.as_str()),
    );
    families.sort_unstable();
    families.dedup();
    groups.extend(families.into_iter().map(|name| Group::new(name, Kind::Other)));
    if groups.len() > LANES {
        let most = LANES - OTHER;
        return Err(Error::new(ErrorKind::Training, format!("topics.csv has more than {most} families")));
    }
    Ok(groups)
}

/// The subjects of features with their units: the duties, then the families of filler.
fn subjects(corpus: &Corpus, counts: &Counts) -> Vec<(Duty, Vec<usize>)> {
    let unit = |id: &String| counts.units.binary_search(id).ok();
    let duties = corpus.duties.iter().map(|entry| {
        let own = entry.duty.kind(Lens::Consensus) != Kind::Other;
        (entry.duty.clone(), unit(&entry.duty.id).filter(|_| own).into_iter().collect())
    });
    let filler = corpus.topics.iter().filter(|topic| topic.kind == Kind::Filler);
    let families: BTreeSet<&str> = filler.clone().map(|topic| topic.family.as_str()).collect();
    let families = families.into_iter().map(|family| {
        let mut kinds = ByLens::default();
        kinds[Lens::Consensus] = Some(Kind::Filler);
        let duty = Duty { id: family.to_owned(), name: family.to_owned(), theme: "filler".to_owned(), kinds };
        (duty, filler.clone().filter(|topic| topic.family == family).filter_map(|topic| unit(&topic.id)).collect())
    });
    duties.chain(families).collect()
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

/// Adds pseudo-counts: Lidstone's alpha to the four kinds. A family has few lines, so it
/// gets a Dirichlet prior with the distribution of all families as its mean; otherwise
/// rare words would decide between families.
fn smooth(sums: &[Vec<f64>], hyperparameters: &Hyperparameters) -> Vec<Vec<f64>> {
    let mut pooled = vec![hyperparameters.alpha; sums.first().map_or(0, Vec::len)];
    for row in &sums[OTHER.min(sums.len())..] {
        pooled.iter_mut().zip(row).for_each(|(sum, count)| *sum += count);
    }
    let total: f64 = pooled.iter().sum();
    let smoothed = |(group, row): (usize, &Vec<f64>)| {
        let pseudo = |feature: usize| {
            if group < OTHER { hyperparameters.alpha } else { hyperparameters.shrinkage * pooled[feature] / total }
        };
        row.iter().enumerate().map(|(feature, count)| count + pseudo(feature)).collect()
    };
    sums.iter().enumerate().map(smoothed).collect()
}
