//! Fitting multinomial naive Bayes with linfa-bayes.

use std::sync::Mutex;

use linfa::Dataset;
use linfa::traits::Fit;
use linfa_bayes::MultinomialNb;
use ndarray::{Array1, Array2};
use serde_json::Value;

use crate::error::{Error, ErrorKind};

/// log P(feature | class) for rows of counts, one row per class.
///
/// A multinomial fit uses only the column sums of each class, so one row of sums stands
/// for all lines of the class. The counts include the pseudo-counts, so the fit's own alpha
/// is 0.
pub(super) fn multinomial(rows: &[Vec<f64>]) -> Result<Vec<Vec<f64>>, Error> {
    let wrong = |message: String| Error::new(ErrorKind::Training, message);
    let features = rows.first().map_or(0, Vec::len);
    if rows.len() < 2 || features == 0 {
        return Err(wrong("too few classes or features to fit".into()));
    }
    let flat: Vec<f64> = rows.iter().flatten().copied().collect();
    let records = Array2::from_shape_vec((rows.len(), features), flat).map_err(|error| wrong(error.to_string()))?;
    let data = Dataset::new(records, Array1::from_iter(0..rows.len()));
    let model = quietly(|| MultinomialNb::params().alpha(0.0).fit(&data)).map_err(|error| wrong(error.to_string()))?;
    // linfa-bayes has no accessor for the weights, but serializes them exactly.
    let weights = serde_json::to_value(&model).and_then(|mut model| {
        let of_class = |class: usize| {
            let data = model.pointer_mut(&format!("/class_info/{class}/feature_log_prob/data"));
            serde_json::from_value(data.map(Value::take).unwrap_or_default())
        };
        (0..rows.len()).map(of_class).collect::<Result<Vec<Vec<f64>>, _>>()
    });
    let weights = weights.map_err(|error| wrong(format!("weights of the fit: {error}")))?;
    let whole = weights.iter().all(|w| w.len() == features && w.iter().all(|x| x.is_finite()));
    if whole { Ok(weights) } else { Err(wrong("the fit gave weights that are not finite".into())) }
}

/// Runs `fit` with stderr silenced: linfa-bayes 0.8.1 prints to it on every fit.
fn quietly<T>(fit: impl FnOnce() -> T) -> T {
    // One at a time: all threads share stderr.
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let _gag = gag::Gag::stderr().ok();
    fit()
}

#[cfg(test)]
mod tests {
    use linfa_bayes::NaiveBayes as _;

    use super::*;
    use crate::random::numbers;

    /// Differential test: the score of a line is the prior of a class and the sum of its weights,
    /// as linfa-bayes computes it from a model fitted on the same counts.
    #[test]
    fn scores_are_the_joint_log_likelihoods_of_linfa_bayes() {
        let mut next = numbers(3);
        for (classes, features) in [(2, 5), (5, 40), (9, 300)] {
            let rows: Vec<Vec<f64>> =
                (0..classes).map(|_| (0..features).map(|_| f64::from(next() % 50) + 0.5).collect()).collect();
            let weights = multinomial(&rows).unwrap();
            let records = Array2::from_shape_fn((classes, features), |(class, feature)| rows[class][feature]);
            let data = Dataset::new(records, Array1::from_iter(0..classes));
            let model = quietly(|| MultinomialNb::params().alpha(0.0).fit(&data)).unwrap();
            let lines = Array2::from_shape_fn((200, features), |_| f64::from(next() % 4));
            let expected = model.joint_log_likelihood(lines.view());
            for class in 0..classes {
                for (line, expected) in lines.rows().into_iter().zip(&expected[&class]) {
                    let sum: f64 = line.iter().zip(&weights[class]).map(|(count, weight)| count * weight).sum();
                    let found = (1.0 / classes as f64).ln() + sum;
                    assert!((found - expected).abs() < 1e-9 * expected.abs().max(1.0), "{found} {expected}");
                }
            }
        }
    }

    #[test]
    fn weights_are_logarithms_of_relative_frequencies() {
        let weights = multinomial(&[vec![1.0, 3.0], vec![5.0, 5.0]]).unwrap();
        for (found, expected) in weights.iter().flatten().zip([0.25f64, 0.75, 0.5, 0.5]) {
            assert!((found - expected.ln()).abs() < 1e-12);
        }
    }

    #[test]
    fn too_few_classes_or_zero_counts_are_errors() {
        assert!(multinomial(&[]).is_err());
        assert!(multinomial(&[vec![0.0, 1.0], vec![1.0, 1.0]]).is_err());
    }
}
