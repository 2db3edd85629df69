//! The clearest phrases of a verdict, and its duties with their points.

use crate::infer::{Evidence, Verdict};
use crate::model::{Duty, Role, first_of_each};

/// The clearest phrases of a verdict, at most `limit` per role, the clearest first.
///
/// ```
/// use rolecall::{Classifier, Options, explain::clearest};
///
/// let posting = "Own the product roadmap.\nWrite user stories for the engineers.\nRank the backlog.";
/// let classifier = Classifier::builtin()?.with_options(Options::default().phrases(usize::MAX));
/// let verdict = classifier.classify(posting);
/// assert!(clearest(&verdict, 1).eq(verdict.evidence.first()));
/// # Ok::<(), rolecall::Error>(())
/// ```
pub fn clearest(verdict: &Verdict, limit: usize) -> impl Iterator<Item = &Evidence> {
    let mut is_first = first_of_each(limit);
    verdict.evidence.iter().filter(move |phrase| is_first(phrase.role))
}

/// The duties of `role` that the listed phrases of a verdict state, with the sum of their points;
/// most points first.
///
/// ```
/// use rolecall::{Classifier, Role, explain::duty_points};
///
/// let posting = "Own the product roadmap.\nWrite user stories for the engineers.\nRank the backlog.";
/// let verdict = Classifier::builtin()?.classify(posting);
/// for (duty, points) in duty_points(&verdict, Role::Pm) {
///     println!("{points:.2} {}", duty.name);
/// }
/// # Ok::<(), rolecall::Error>(())
/// ```
#[must_use]
pub fn duty_points(verdict: &Verdict, role: Role) -> Vec<(&Duty, f64)> {
    let mut sums: Vec<(&Duty, f64)> = Vec::new();
    for phrase in verdict.evidence.iter().filter(|phrase| phrase.role == role) {
        let Some(duty) = phrase.duty.as_deref() else { continue };
        match sums.iter_mut().find(|(known, _)| known.id == duty.id) {
            Some((_, points)) => *points += phrase.points,
            None => sums.push((duty, phrase.points)),
        }
    }
    sums.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.id.cmp(&b.0.id)));
    sums
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Classifier;
    use crate::model::ByLens;

    #[test]
    fn phrases_and_duties_of_a_role() {
        let mut verdict = Classifier::builtin().unwrap().classify("");
        let rows = [(Role::Pm, 0.9, "a"), (Role::Pmm, 0.8, "c"), (Role::Pm, 0.6, "b"), (Role::Pm, 0.5, "b")];
        verdict.evidence = rows
            .map(|(role, points, duty)| Evidence {
                role,
                phrase: format!("{duty} {points}"),
                span: crate::Span::new(0, 0),
                line: crate::Span::new(0, 0),
                keywords: Vec::new(),
                points,
                duty: Some(Arc::new(Duty {
                    id: duty.to_owned(),
                    name: String::new(),
                    theme: String::new(),
                    kinds: ByLens::default(),
                })),
                sources: Vec::new(),
            })
            .into();
        let phrases = |limit| clearest(&verdict, limit).map(|phrase| phrase.phrase.as_str()).collect::<Vec<_>>();
        assert_eq!(phrases(0), [""; 0]);
        assert_eq!(phrases(2), ["a 0.9", "c 0.8", "b 0.6"]);
        let duties: Vec<_> =
            duty_points(&verdict, Role::Pm).into_iter().map(|(duty, points)| (duty.id.as_str(), points)).collect();
        assert_eq!(duties, [("b", 1.1), ("a", 0.9)]);
    }
}
