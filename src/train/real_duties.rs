//! Weights of features for duties, from real lines.

use std::collections::BTreeSet;

use super::duty_links::SubjectWeights;
use crate::corpus::counts::RealCounts;

/// Minimum number of labeled lines with a feature that gets weights.
const MIN_LINES: u32 = 5;

/// Maximum number of duties that a feature has weights for.
const MAX_DUTIES: usize = 8;

/// Fits the weights of duties to lines, each given by its duty and the rows of its features in
/// `counts`, and writes them there.
pub(super) fn fit_duties(lines: &[(&str, Vec<u32>)], counts: &mut RealCounts) {
    let names: BTreeSet<&str> = lines.iter().map(|(duty, _)| *duty).collect();
    let names: Vec<&str> = names.into_iter().collect();
    let lines: Vec<(usize, &[u32])> = lines
        .iter()
        .filter_map(|(duty, features)| Some((names.binary_search(duty).ok()?, features.as_slice())))
        .collect();
    let weights = SubjectWeights::fit(&lines, (names.len(), counts.features.len()), MIN_LINES);
    for (at, feature) in counts.features.iter_mut().enumerate() {
        let hundredths = |weight: f64| (weight * 100.0).round() as i64;
        let mut own: Vec<(i64, &str)> =
            weights.of(at).zip(&names).map(|(weight, name)| (hundredths(weight), *name)).collect();
        own.retain(|(weight, _)| *weight > 0);
        own.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        own.truncate(MAX_DUTIES);
        feature.duties = own.into_iter().map(|(weight, name)| (name.to_owned(), weight as f32 / 100.0)).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::corpus::counts::CountedFeature;
    use crate::model::Duty;

    /// scikit-learn 1.9: `TfidfVectorizer` and `LogisticRegression(C=10, solver="liblinear",
    /// tol=1e-10)` for each duty against the rest, coefficients times `idf_`.
    #[test]
    fn weights_are_those_of_scikit_learn() {
        let feature = |name: &str| CountedFeature {
            name: name.to_owned(),
            postings: 5,
            employers: 3,
            lines: vec![0.0; 5],
            product: 0.0,
            scale: 0.0,
            duties: Vec::new(),
        };
        let features = ["backlog", "launch", "plan", "rare", "write"].map(feature).to_vec();
        let mut counts = RealCounts { head: Vec::new(), features };
        let lines = |duty: &'static str, features: &[u32], times| vec![(duty, features.to_vec()); times];
        let lines = [
            lines("product-roadmap", &[0, 2], 4),
            lines("product-roadmap", &[0], 2),
            lines("product-launch", &[1, 2], 5),
            lines("product-launch", &[1, 4], 3),
            lines(Duty::NO_DUTY, &[2, 4], 2),
        ];
        fit_duties(&lines.concat(), &mut counts);
        let expected = [
            Some(("product-roadmap", 7.20)),
            Some(("product-launch", 7.56)),
            Some((Duty::NO_DUTY, 1.50)),
            None,
            Some((Duty::NO_DUTY, 4.57)),
        ];
        for (feature, expected) in counts.features.iter().zip(expected) {
            let found: Vec<&str> = feature.duties.iter().map(|(duty, _)| duty.as_str()).collect();
            assert_eq!(found, expected.iter().map(|(duty, _)| *duty).collect::<Vec<_>>(), "{}", feature.name);
            let weight = feature.duties.first().map_or(0.0, |(_, weight)| *weight);
            assert!((weight - expected.map_or(0.0, |(_, weight)| weight)).abs() < 0.015, "{}: {weight}", feature.name);
        }
    }
}
