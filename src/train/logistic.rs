//! Logistic regression on sparse rows, with a quadratic penalty.
//!
//! Minimizes `|w|²/2 + cost · Σ weight · ln(1 + exp(-y · (w·x + b)))` by Newton's method;
//! each step is found by conjugate gradients and shortened until the loss falls (Lin,
//! Weng and Keerthi 2008, without their trust region). The intercept `b` is penalized as
//! one more weight, as liblinear does, so the result can be compared with scikit-learn.

/// Rows of a sparse matrix, one after another.
#[derive(Debug, Clone, Default)]
pub(crate) struct SparseRows {
    columns: Vec<u32>,
    values: Vec<f32>,
    ends: Vec<usize>,
}

impl SparseRows {
    /// Adds a row of columns and their values.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        for (column, value) in row {
            self.columns.push(column);
            self.values.push(value);
        }
        self.ends.push(self.columns.len());
    }

    /// Number of rows.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The columns and values of a row.
    pub(crate) fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let start = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        let range = start..self.ends[row];
        let values = self.values[range.clone()].iter().map(|value| f64::from(*value));
        self.columns[range].iter().map(|column| *column as usize).zip(values)
    }

    fn dot(&self, row: usize, weights: &[f64]) -> f64 {
        self.row(row).map(|(column, value)| weights[column] * value).sum()
    }
}

/// The data to fit: rows, which of them are positive, and how much each counts.
#[derive(Debug)]
pub(crate) struct Problem<'a> {
    /// The rows.
    pub rows: &'a SparseRows,
    /// By row, whether it is positive.
    pub positive: &'a [bool],
    /// By row, its weight, above 0.
    pub weights: &'a [f64],
    /// Number of columns.
    pub columns: usize,
    /// Cost of the loss against the penalty, above 0.
    pub cost: f64,
}

/// The fitted weights.
#[derive(Debug, Clone)]
pub(crate) struct Fit {
    /// By column.
    pub weights: Vec<f64>,
    /// The intercept.
    #[cfg_attr(not(test), expect(dead_code, reason = "the calibration has an intercept of its own"))]
    pub intercept: f64,
}

const MAX_STEPS: usize = 60;
const MAX_INNER_STEPS: usize = 60;

/// The fit ends when the gradient is this small relative to the first one.
const TOLERANCE: f64 = 1e-4;

impl Problem<'_> {
    /// Fits the weights.
    pub(crate) fn fit(&self) -> Fit {
        // The intercept is the last weight.
        let mut point = vec![0.0; self.columns + 1];
        let mut margins = self.margins(&point);
        let mut loss = self.loss(&point, &margins);
        let mut first = None;
        'steps: for _ in 0..MAX_STEPS {
            let (gradient, curvature) = self.gradient(&point, &margins);
            let norm = dot(&gradient, &gradient).sqrt();
            if norm <= TOLERANCE * *first.get_or_insert(norm) {
                break;
            }
            let step = self.newton_step(&gradient, &curvature, 0.1 * norm);
            let slope = dot(&gradient, &step);
            let along = self.margins(&step);
            let mut length = 1.0;
            loop {
                let tried: Vec<f64> = point.iter().zip(&step).map(|(at, by)| at + length * by).collect();
                let tried_margins: Vec<f64> = margins.iter().zip(&along).map(|(at, by)| at + length * by).collect();
                let tried_loss = self.loss(&tried, &tried_margins);
                if tried_loss <= loss + 1e-4 * length * slope {
                    (point, margins, loss) = (tried, tried_margins, tried_loss);
                    break;
                }
                length /= 2.0;
                if length < 1e-10 {
                    break 'steps;
                }
            }
        }
        let intercept = point.pop().unwrap_or_default();
        Fit { weights: point, intercept }
    }

    fn margins(&self, weights: &[f64]) -> Vec<f64> {
        (0..self.rows.len()).map(|row| self.rows.dot(row, weights) + weights[self.columns]).collect()
    }

    fn loss(&self, point: &[f64], margins: &[f64]) -> f64 {
        let losses = margins.iter().zip(self.positive).zip(self.weights).map(|((margin, positive), weight)| {
            let signed = if *positive { -margin } else { *margin };
            // ln(1 + exp(x)) without overflow.
            weight * (signed.max(0.0) + (-signed.abs()).exp().ln_1p())
        });
        0.5 * dot(point, point) + self.cost * losses.sum::<f64>()
    }

    /// The gradient, and by row the second derivative of its loss.
    fn gradient(&self, point: &[f64], margins: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let mut gradient = point.to_vec();
        let mut curvature = Vec::with_capacity(margins.len());
        for (row, margin) in margins.iter().enumerate() {
            let probability = crate::infer::aggregate::logistic(*margin);
            let weight = self.cost * self.weights[row];
            let residual = weight * (probability - f64::from(u8::from(self.positive[row])));
            self.add(&mut gradient, row, residual);
            curvature.push(weight * probability * (1.0 - probability));
        }
        (gradient, curvature)
    }

    /// Solves Hessian · step = -gradient to within `tolerance`, by conjugate gradients.
    fn newton_step(&self, gradient: &[f64], curvature: &[f64], tolerance: f64) -> Vec<f64> {
        let mut step = vec![0.0; gradient.len()];
        let mut residual: Vec<f64> = gradient.iter().map(|slope| -slope).collect();
        let mut direction = residual.clone();
        let mut square = dot(&residual, &residual);
        for _ in 0..MAX_INNER_STEPS {
            if square.sqrt() <= tolerance {
                break;
            }
            let mut product = direction.clone();
            for (row, curvature) in curvature.iter().enumerate() {
                let along = self.rows.dot(row, &direction) + direction[self.columns];
                self.add(&mut product, row, curvature * along);
            }
            let length = square / dot(&direction, &product);
            for at in 0..step.len() {
                step[at] += length * direction[at];
                residual[at] -= length * product[at];
            }
            let next = dot(&residual, &residual);
            for (direction, residual) in direction.iter_mut().zip(&residual) {
                *direction = residual + next / square * *direction;
            }
            square = next;
        }
        step
    }

    /// Adds `times` the row to `sums`.
    fn add(&self, sums: &mut [f64], row: usize, times: f64) {
        for (column, value) in self.rows.row(row) {
            sums[column] += times * value;
        }
        sums[self.columns] += times;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// scikit-learn 1.9: `LogisticRegression(C=2.0, solver="liblinear", tol=1e-10)` on the
    /// same rows with `sample_weight=[1, 2, 1, 1, 0.5]`.
    #[test]
    fn weights_are_those_of_scikit_learn() {
        let mut rows = SparseRows::default();
        rows.push([(0, 1.0), (2, 0.5)]);
        rows.push([(0, 0.5), (1, 1.0)]);
        rows.push([(1, 2.0)]);
        rows.push([(1, 0.5), (2, 2.0)]);
        rows.push([]);
        let positive = [true, true, false, false, true];
        let fit =
            Problem { rows: &rows, positive: &positive, weights: &[1.0, 2.0, 1.0, 1.0, 0.5], columns: 3, cost: 2.0 }
                .fit();
        let expected = [1.056_758, -0.554_787, -0.787_310];
        for (found, expected) in fit.weights.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-4, "{:?}", fit.weights);
        }
        assert!((fit.intercept - 0.734_075).abs() < 1e-4, "{}", fit.intercept);
    }
}
