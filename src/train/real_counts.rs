//! Counting the lines of real postings by kind, and fitting the weights for a product role and
//! for duties: what `rolecall count` does.
//!
//! 1. Lines labeled with a kind are counted as that kind.
//! 2. Lines of postings whose title makes a plain claim are counted by the probability of each
//!    kind that the title allows; EM estimates the mixture of kinds of each posting.
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

/// What can be counted.
pub(crate) struct Pool<'a> {
    /// Postings with titles, of all trades.
    pub titled: &'a [Example],
    /// Labeled postings; they replace those of the same id in `titled`.
    pub labeled: &'a [Example],
    /// Lines of the labeled postings, labeled with kinds.
    pub lines: &'a [LineExample],
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
    lines: Vec<(&'a LineExample, &'a Example)>,
    duties: Vec<(&'a DutyExample, &'a Example)>,
    empty: RealCounts,
}

impl<'a> Counter<'a> {
    /// Chooses the features.
    ///
    /// # Errors
    /// A pool without titles, without product titles, without other titles, or with too few
    /// employers.
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
        let lines = pool.lines.iter().filter_map(|line| Some((line, posting(&line.posting)?)));
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

    /// Counts the postings that are to be kept, and fits the weights of a product role to
    /// them.
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
        let written = Reader::new(train(&counts)?, &counts);
        let lines = self.lines.iter().filter(|(_, posting)| keep(posting)).map(|(line, _)| *line);
        let labeled_lines = written.count_labeled_lines(lines, &mut counts);
        let postings: Vec<_> = self.postings.iter().filter(|(example, _)| keep(example)).collect();
        let mut titled = 0;
        if hyperparameters.titled_weight > 0.0 {
            let reader = Reader::new(train(&counts)?, &counts);
            // Product roles and other trades count alike, whatever their numbers.
            let claimed = |product: bool| {
                let own = |(_, class): &&&(&Example, Class)| {
                    matches!(class, Class::Claimed(_)) && product_role(*class) == Some(product)
                };
                postings.iter().filter(own).count() as f64
            };
            let balance = claimed(true) / claimed(false).max(1.0);
            for (example, class) in &postings {
                if let Class::Claimed(claim) = class
                    && let Some(allowed) = allowed(*claim)
                {
                    let weight = if *claim == TitleClaim::Other { balance } else { 1.0 };
                    reader.count_posting(&example.text, allowed, weight * hyperparameters.titled_weight, &mut counts);
                    titled += 1;
                }
            }
        }
        round(&mut counts);
        let reader = Reader::new(train(&counts)?, &counts);
        let product = reader.fit_product(&postings, &mut counts);
        let duties = self.duties.iter().filter(|(_, posting)| keep(posting)).map(|(line, _)| *line);
        let duties = reader.duty_lines(duties);
        fit_duties(&duties, &mut counts);
        let number = |name: &str, number: String| (name.to_owned(), number);
        counts.head = vec![
            number("postings", postings.len().to_string()),
            number(
                "postings with labels",
                postings.iter().filter(|p| matches!(p.1, Class::Labeled(_))).count().to_string(),
            ),
            number("employers", employers(postings.iter().map(|(example, _)| *example)).to_string()),
            number("lines read", labeled_lines.to_string()),
            number("lines with duties", duties.len().to_string()),
            number("postings counted by title", titled.to_string()),
            number("product roles, other jobs", format!("{}, {}", product.0, product.1)),
            number("least postings, employers", format!("{MIN_POSTINGS}, {MIN_EMPLOYERS}")),
            number("weight of lines by title", hyperparameters.titled_weight.to_string()),
            number("weight of labels, cost", format!("{LABELED_WEIGHT}, {COST}")),
        ];
        Ok(counts)
    }
}

/// Refuses a pool that cannot be counted.
fn check(postings: &[(&Example, Class)]) -> Result<(), Error> {
    let wrong = |message: &str, hint: &str| Err(Error::new(ErrorKind::Input, message).hint(hint));
    if postings.iter().all(|(_, class)| *class == Class::Claimed(TitleClaim::None)) {
        return wrong("no posting has a title", "the pool needs a column 'title'");
    }
    let is = |product: bool| postings.iter().any(|(_, class)| product_role(*class) == Some(product));
    if !is(true) {
        return wrong("no posting is a product role", "titles of product managers or product marketers are needed");
    }
    if !is(false) {
        return wrong("no posting is another job", "titles of other trades are needed");
    }
    if employers(postings.iter().map(|(example, _)| *example)) < MIN_EMPLOYERS as usize {
        return wrong("too few employers", "at least three are needed; the pool needs a column 'company' or 'source'");
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

/// Prior of the kinds that a posting with such a title may have lines of; `None` where the
/// title says too little. A product role has some lines of other jobs, another trade has
/// none of a product role: what all trades share is filler.
fn allowed(claim: TitleClaim) -> Option<[f64; KINDS.len()]> {
    match claim {
        TitleClaim::Pm => Some([1.0, 0.0, 1.0, 1.0, 0.3]),
        TitleClaim::Pmm => Some([0.0, 1.0, 1.0, 1.0, 0.3]),
        TitleClaim::Other => Some([0.0, 0.0, 0.0, 1.0, 1.0]),
        _ => None,
    }
}

/// A model that reads lines, and the rows of its features in the counts.
struct Reader {
    model: Model,
    /// By place, the row of the feature there.
    rows: Vec<Option<usize>>,
}

impl Reader {
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
    fn count_labeled_lines<'a>(&self, lines: impl Iterator<Item = &'a LineExample>, counts: &mut RealCounts) -> usize {
        let mut scratch = Scratch::new();
        let mut n = 0;
        for line in lines {
            n += 1;
            let places = self.places(&mut scratch, &line.text);
            let kinds = KINDS.map(|kind| f64::from(u8::from(kind == line.kind)));
            self.add(&places, &kinds, 1.0, counts);
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

/// Logarithm of how much more of each feature product roles have than other jobs
/// (Wang and Manning 2012), with one added to both sums.
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
