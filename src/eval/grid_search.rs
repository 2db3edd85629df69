//! Search for the least loss on a grid.

/// The point of least loss on a grid around `start`, refined three times. `in_range` moves points
/// into the range that is searched.
pub(super) fn refined_grid(
    start: (f64, f64),
    mut step: (f64, f64),
    in_range: impl Fn((f64, f64)) -> (f64, f64),
    loss: impl Fn((f64, f64)) -> f64,
) -> (f64, f64) {
    let (mut best, mut least) = (start, f64::INFINITY);
    for _ in 0..4 {
        let center = best;
        for i in -6..=6 {
            for j in -6..=6 {
                let point = in_range((center.0 + f64::from(i) * step.0, center.1 + f64::from(j) * step.1));
                let found = loss(point);
                if found < least - 1e-12 {
                    (least, best) = (found, point);
                }
            }
        }
        step = (step.0 / 4.0, step.1 / 4.0);
    }
    best
}
