//! Counting the lines of real postings by kind, and fitting the weights for a product role and
//! for duties: what `rolecall count` does.
//!
//! 1. Lines labeled with a kind are counted as that kind.
//! 2. Lines of other postings are counted if the title clearly claims one job: by the probability of
//!    each kind that the title allows. EM estimates the mixture of kinds of each posting.
//! 3. The features of whole postings, weighted as the scorer weights them, are the rows
//!    of a logistic regression of product roles against all other jobs.
//! 4. The features of lines labeled with a duty are the rows of one logistic regression per
//!    duty.
//!
//! The features are found by the scorer itself, so training and scoring cannot disagree.

use std::collections::BTreeMap;

use super::Parts;
use super::logistic::{Problem, SparseRows};
use super::real_duties::fit_duties;
use super::vocabulary::{MIN_EMPLOYERS, MIN_POSTINGS, name, vocabulary};
use crate::corpus::Corpus;
use crate::corpus::counts::RealCounts;
use crate::dataset::{DutyExample, Example, LineExample};
use crate::error::{Error, ErrorKind};
use crate::infer::pipeline::read_lines;
use crate::infer::{Scratch, title};
use crate::model::calibration::Calibration;
use crate::model::hyperparameters::Hyperparameters;
use crate::model::{Duty, KINDS, Label, Model, TitleClaim, UNITS};

/// Weight of a labeled posting; one with a title alone has weight 1.
const LABELED_WEIGHT: f64 = 5.0;

/// Cost of the logistic regression's loss against its penalty.
const COST: f64 = 90.0;

/// Weight of the prior, in lines, in the estimate of a posting's mixture.
const CONCENTRATION: f64 = 8.0;

/// Rounds of EM over a posting's mixture.
const ROUNDS: usize = 3;

/// The postings and lines that can be counted.
pub(crate) struct Pool<'a> {
    /// Postings with titles, of all occupations.
    pub titled: &'a [Example],
    /// Labeled postings; they replace those of the same id in `titled`.
    pub labeled: &'a [Example],
    /// Lines labeled with kinds, and what each counts.
    pub lines: Vec<(&'a LineExample, f64)>,
    /// Lines labeled with duties.
    pub duties: Vec<&'a DutyExample>,
}

/// What is known of the class of a posting.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Class {
    /// It is labeled as a product role, or as none.
    Labeled(bool),
    /// Its title makes this claim.
    Claimed(TitleClaim),
}

/// The postings of a pool, each once.
pub(crate) struct Counter<'a> {
    postings: Vec<(&'a Example, Class)>,
    lines: Vec<(&'a LineExample, f64, &'a Example)>,
    duties: Vec<(&'a DutyExample, &'a Example)>,
    empty: RealCounts,
}

impl<'a> Counter<'a> {
    /// Chooses the features.
    ///
    /// # Errors
    /// If the pool has no titles, no product role, no other job, or too few employers.
    pub(crate) fn new(pool: &Pool<'a>) -> Result<Self, Error> {
        let mut by_id: BTreeMap<&str, (&Example, Class)> = BTreeMap::new();
        for example in pool.titled {
            let claim = example.title.as_deref().map_or(TitleClaim::None, title::claim);
            by_id.insert(&example.id, (example, Class::Claimed(claim)));
        }
        for example in pool.labeled {
            if let Some(label) = example.label {
                by_id.insert(&example.id, (example, Class::Labeled(label != Label::Unclear)));
            }
        }
        let postings: Vec<_> = by_id.values().copied().collect();
        check(&postings)?;
        let posting = |id: &str| by_id.get(id).map(|(posting, _)| *posting);
        let lines = pool.lines.iter().filter_map(|(line, weight)| Some((*line, *weight, posting(&line.posting)?)));
        let duties = pool.duties.iter().filter_map(|line| Some((*line, posting(&line.posting)?)));
        let texts = postings.iter().map(|(example, _)| (example.text.as_str(), example.employer.as_str()));
        let features = vocabulary(texts, KINDS.len());
        Ok(Self {
            lines: lines.collect(),
            duties: duties.collect(),
            postings,
            empty: RealCounts { head: Vec::new(), features },
        })
    }

    /// Counts the postings for which `keep` is true, and fits the weights to them.
    ///
    /// # Errors
    /// When a model cannot be trained.
    pub(crate) fn count_postings(
        &self,
        (corpus, hyperparameters, calibration): (&Corpus, &Hyperparameters, &Calibration),
        keep: impl Fn(&Example) -> bool,
    ) -> Result<RealCounts, Error> {
        let mut counts = self.empty.clone();
        let parameters = (hyperparameters, calibration);
        let train = |counts: &RealCounts| super::train_model(corpus, counts, parameters, Parts::Consensus);
        let from_written_lines = LineFeaturizer::new(train(&counts)?, &counts);
        let lines = self.lines.iter().filter(|(.., posting)| keep(posting)).map(|(line, weight, _)| (*line, *weight));
        let labeled_lines = from_written_lines.count_labeled_lines(lines, &mut counts);
        let postings: Vec<_> = self.postings.iter().filter(|(example, _)| keep(example)).collect();
        let mut titled = 0;
        if hyperparameters.titled_weight > 0.0 {
            let featurizer = LineFeaturizer::new(train(&counts)?, &counts);
            titled = featurizer.count_titled(&postings, hyperparameters.titled_weight, &mut counts);
        }
        round(&mut counts);
        let featurizer = LineFeaturizer::new(train(&counts)?, &counts);
        let (products, others) = featurizer.fit_product(&postings, &mut counts);
        let duties = self.duties.iter().filter(|(_, posting)| keep(posting)).map(|(line, _)| *line);
        let duties = featurizer.duty_lines(duties);
        fit_duties(&duties, &mut counts);
        let labeled = postings.iter().filter(|(_, class)| matches!(class, Class::Labeled(_))).count();
        let employers = employers(postings.iter().map(|(example, _)| *example));
        counts.head = [
            ("postings", postings.len().to_string()),
            ("postings with labels", labeled.to_string()),
            ("employers", employers.to_string()),
            ("lines read", labeled_lines.to_string()),
            ("lines with duties", duties.len().to_string()),
            ("postings counted by title", titled.to_string()),
            ("product roles, other jobs", format!("{products}, {others}")),
            ("least postings, employers", format!("{MIN_POSTINGS}, {MIN_EMPLOYERS}")),
            ("weight of lines by title", hyperparameters.titled_weight.to_string()),
            ("weight of labels, cost", format!("{LABELED_WEIGHT}, {COST}")),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        Ok(counts)
    }
}

/// Refuses postings that cannot be counted.
fn check(postings: &[(&Example, Class)]) -> Result<(), Error> {
    let wrong = |message: &str, hint: &str| Err(Error::new(ErrorKind::Input, message).hint(hint));
    if postings.iter().all(|(_, class)| *class == Class::Claimed(TitleClaim::None)) {
        return wrong("no posting has a title", "the postings need a column 'title'");
    }
    let is = |product: bool| postings.iter().any(|(_, class)| product_role(*class) == Some(product));
    if !is(true) {
        return wrong("no posting is a product role", "titles of product managers or product marketers are needed");
    }
    if !is(false) {
        return wrong("no posting is another job", "titles of other occupations are needed");
    }
    if employers(postings.iter().map(|(example, _)| *example)) < MIN_EMPLOYERS as usize {
        return wrong(
            "too few employers",
            "at least three are needed; the postings need a column 'company' or 'source'",
        );
    }
    Ok(())
}

fn employers<'a>(examples: impl Iterator<Item = &'a Example>) -> usize {
    examples.map(|example| example.employer.as_str()).collect::<std::collections::BTreeSet<_>>().len()
}

/// Whether a posting is a product role, where that is known.
fn product_role(class: Class) -> Option<bool> {
    match class {
        Class::Labeled(product) => Some(product),
        Class::Claimed(TitleClaim::Pm | TitleClaim::Pmm) => Some(true),
        Class::Claimed(TitleClaim::Other) => Some(false),
        Class::Claimed(_) => None,
    }
}

/// The prior of the kinds of lines, in lane order, in a posting with such a title; `None` where the title
/// says too little. A posting of a product role has some lines of other jobs. A posting of another
/// occupation has none of a product role: what all occupations share is filler.
fn allowed(claim: TitleClaim) -> Option<[f64; KINDS.len()]> {
    match claim {
        TitleClaim::Pm => Some([1.0, 0.0, 1.0, 1.0, 0.3]),
        TitleClaim::Pmm => Some([0.0, 1.0, 1.0, 1.0, 0.3]),
        TitleClaim::Other => Some([0.0, 0.0, 0.0, 1.0, 1.0]),
        _ => None,
    }
}

/// Finds the features of real lines with a model, and their rows in the counts.
struct LineFeaturizer {
    model: Model,
    /// By place, the row of the feature there.
    rows: Vec<Option<usize>>,
}

impl LineFeaturizer {
    fn new(model: Model, counts: &RealCounts) -> Self {
        let mut rows = vec![None; model.index.places()];
        let stems = model.stems.stems();
        for (feature, place) in model.index.features(model.stems.len()).unwrap_or_default() {
            let name = name(feature, &stems);
            rows[place as usize] = counts.features.binary_search_by(|row| row.name.as_str().cmp(&name)).ok();
        }
        Self { model, rows }
    }

    /// Counts lines labeled with kinds. Returns their number.
    fn count_labeled_lines<'a>(
        &self,
        lines: impl Iterator<Item = (&'a LineExample, f64)>,
        counts: &mut RealCounts,
    ) -> usize {
        let mut scratch = Scratch::new();
        let mut n = 0;
        for (line, weight) in lines {
            n += 1;
            let places = self.places(&mut scratch, &line.text);
            let kinds = KINDS.map(|kind| f64::from(u8::from(kind == line.kind)));
            self.add(&places, &kinds, weight, counts);
        }
        n
    }

    /// The features of a line, each once, as places.
    fn places(&self, scratch: &mut Scratch, line: &str) -> Vec<u32> {
        read_lines(&self.model, scratch, line);
        let mut places: Vec<u32> = scratch.scored_lines().flat_map(|(places, _)| places).copied().collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The duties of labeled lines, and the rows of the lines' features.
    fn duty_lines<'a>(&self, lines: impl Iterator<Item = &'a DutyExample>) -> Vec<(&'a str, Vec<u32>)> {
        let mut scratch = Scratch::new();
        let row = |place: u32| self.rows[place as usize].map(|row| row as u32);
        lines
            .map(|line| {
                let places = self.places(&mut scratch, &line.text);
                (line.duty.as_deref().unwrap_or(Duty::NO_DUTY), places.into_iter().filter_map(row).collect())
            })
            .collect()
    }

    /// Counts the lines of the postings without a label whose title allows some kinds only, with this
    /// `weight`. Returns the number of such postings.
    fn count_titled(&self, postings: &[&(&Example, Class)], weight: f64, counts: &mut RealCounts) -> usize {
        let claimed = |product: bool| {
            let own = |(_, class): &&&(&Example, Class)| {
                matches!(class, Class::Claimed(_)) && product_role(*class) == Some(product)
            };
            postings.iter().filter(own).count() as f64
        };
        // Product roles and other occupations count alike, whatever their numbers.
        let balance = claimed(true) / claimed(false).max(1.0);
        let mut titled = 0;
        for (example, class) in postings {
            if let Class::Claimed(claim) = class
                && let Some(allowed) = allowed(*claim)
            {
                let balanced = if *claim == TitleClaim::Other { balance } else { 1.0 };
                self.count_posting(&example.text, allowed, balanced * weight, counts);
                titled += 1;
            }
        }
        titled
    }

    /// Counts each line of a posting by the probabilities of its kinds. Their prior is the posting's
    /// own mixture of kinds, estimated by EM from `prior`.
    fn count_posting(&self, text: &str, prior: [f64; KINDS.len()], weight: f64, counts: &mut RealCounts) {
        let mut scratch = Scratch::new();
        read_lines(&self.model, &mut scratch, text);
        let calibration = &self.model.calibration;
        let lines: Vec<(Vec<u32>, Vec<f64>)> = scratch
            .scored_lines()
            .map(|(places, scored)| {
                let mut places = places.to_vec();
                places.sort_unstable();
                places.dedup();
                let temperature = calibration.temperature_of(scored.words) * UNITS;
                let sums = scored.sums[..KINDS.len()].iter().map(|units| f64::from(*units) / temperature);
                (places, sums.collect())
            })
            .collect();
        let total: f64 = prior.iter().sum();
        let base: Vec<f64> = prior.iter().map(|prior| prior / total).collect();
        let mut mixture = base.clone();
        for _ in 0..ROUNDS {
            let mut mass: Vec<f64> = base.iter().map(|base| CONCENTRATION * base).collect();
            for (_, sums) in &lines {
                mass.iter_mut().zip(posterior(sums, &mixture)).for_each(|(mass, share)| *mass += share);
            }
            let total: f64 = mass.iter().sum();
            mixture = mass.iter().map(|mass| mass / total).collect();
        }
        for (places, sums) in &lines {
            self.add(places, &posterior(sums, &mixture), weight, counts);
        }
    }

    fn add(&self, places: &[u32], shares: &[f64], weight: f64, counts: &mut RealCounts) {
        for row in places.iter().filter_map(|place| self.rows[*place as usize]) {
            for (sum, share) in counts.features[row].lines.iter_mut().zip(shares) {
                *sum += (weight * share) as f32;
            }
        }
    }

    /// Fits the weights for a product role and writes them into `counts`. Returns the numbers of
    /// product roles and of other jobs.
    fn fit_product(&self, postings: &[&(&Example, Class)], counts: &mut RealCounts) -> (usize, usize) {
        let mut scratch = Scratch::new();
        let (mut documents, mut positive, mut weights) = (Vec::new(), Vec::new(), Vec::new());
        for (example, class) in postings {
            let Some(product) = product_role(*class) else { continue };
            read_lines(&self.model, &mut scratch, &example.text);
            let values = scratch.soft_counts().values();
            let row = |(place, value): (u32, f32)| Some((self.rows[place as usize]? as u32, value));
            documents.push(values.filter_map(row).collect::<Vec<_>>());
            positive.push(product);
            weights.push(if matches!(class, Class::Labeled(_)) { LABELED_WEIGHT } else { 1.0 });
        }
        let ratios = log_count_ratios(&documents, &positive, &weights, counts.features.len());
        let mut rows = SparseRows::default();
        for document in &documents {
            let scaled = |&(column, value): &(u32, f32)| (column, value * ratios[column as usize] as f32);
            let square: f32 = document.iter().map(|entry| scaled(entry).1.powi(2)).sum();
            let length = square.sqrt().max(f32::MIN_POSITIVE);
            rows.push(document.iter().map(|entry| (entry.0, scaled(entry).1 / length)));
        }
        let others = positive.iter().filter(|positive| !**positive).count();
        let products = positive.len() - others;
        // Both classes count alike, whatever their numbers.
        let balance = others as f64 / products.max(1) as f64;
        for (weight, positive) in weights.iter_mut().zip(&positive) {
            *weight *= if *positive { balance } else { 1.0 };
        }
        let columns = counts.features.len();
        let fit = Problem { rows: &rows, positive: &positive, weights: &weights, columns, cost: COST }.fit();
        for ((feature, weight), ratio) in counts.features.iter_mut().zip(&fit.weights).zip(&ratios) {
            feature.product = rounded(weight * ratio, 1e4);
            feature.scale = rounded(ratio.abs(), 1e4);
        }
        (products, others)
    }
}

/// By feature, the logarithm of the ratio of its frequency in product roles to that in other jobs (Wang
/// and Manning 2012). One is added to both sums.
fn log_count_ratios(documents: &[Vec<(u32, f32)>], positive: &[bool], weights: &[f64], columns: usize) -> Vec<f64> {
    let mut sums = [vec![1.0; columns], vec![1.0; columns]];
    for ((document, positive), weight) in documents.iter().zip(positive).zip(weights) {
        let own = &mut sums[usize::from(*positive)];
        for &(column, value) in document {
            own[column as usize] += weight * f64::from(value);
        }
    }
    let [others, products] = sums.map(|sums| {
        let total: f64 = sums.iter().sum();
        sums.into_iter().map(move |sum| (sum / total).ln()).collect::<Vec<_>>()
    });
    products.iter().zip(&others).map(|(product, other)| product - other).collect()
}

/// Probabilities of the groups with these log-likelihoods under `prior`.
fn posterior(sums: &[f64], prior: &[f64]) -> Vec<f64> {
    let allowed = sums.iter().zip(prior).filter(|(_, prior)| **prior > 0.0);
    let best = allowed.map(|(sum, _)| *sum).fold(f64::MIN, f64::max);
    let joint = |(sum, prior): (&f64, &f64)| if *prior > 0.0 { prior * libm::exp(sum - best) } else { 0.0 };
    let joint: Vec<f64> = sums.iter().zip(prior).map(joint).collect();
    let total: f64 = joint.iter().sum();
    joint.into_iter().map(|joint| joint / total.max(f64::MIN_POSITIVE)).collect()
}

/// Two decimals are enough for counts, and keep the file small.
fn round(counts: &mut RealCounts) {
    for lines in counts.features.iter_mut().flat_map(|feature| &mut feature.lines) {
        *lines = rounded(f64::from(*lines), 100.0);
    }
}

fn rounded(number: f64, parts: f64) -> f32 {
    // Adding 0 makes -0 a plain 0.
    ((number * parts).round() / parts) as f32 + 0.0
}
