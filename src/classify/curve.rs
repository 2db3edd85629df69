//! Functions of log-odds, which come in whole units: each value is computed once.

/// Values of a function at 0, 1, 2 … units, computed when they are first asked for.
#[derive(Debug, Clone)]
pub(crate) struct Curve {
    /// The function's parameter; another one makes all values stale.
    parameter: f64,
    /// NaN where nothing was asked for yet.
    values: Vec<f64>,
}

/// Units that are remembered.
const UNITS: usize = 2048;

impl Default for Curve {
    fn default() -> Self {
        Self { parameter: f64::NAN, values: Vec::new() }
    }
}

impl Curve {
    /// Gets ready for `parameter`.
    pub(crate) fn set(&mut self, parameter: f64) {
        if self.parameter.to_bits() != parameter.to_bits() || self.values.is_empty() {
            self.parameter = parameter;
            self.values.clear();
            self.values.resize(UNITS, f64::NAN);
        }
    }

    /// `function` of `units`; it must not depend on anything but them and the
    /// parameter.
    #[inline]
    pub(crate) fn at(&mut self, units: u32, function: impl Fn(u32) -> f64) -> f64 {
        let Some(value) = self.values.get_mut(units as usize) else { return function(units) };
        if value.is_nan() {
            *value = function(units);
        }
        *value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_the_functions_own() {
        let mut curve = Curve::default();
        for parameter in [2.0, 3.0] {
            curve.set(parameter);
            for _ in 0..2 {
                for units in [0, 7, 2047, 2048, 100_000] {
                    let value = curve.at(units, |units| f64::from(units) * parameter);
                    assert!((value - f64::from(units) * parameter).abs() < 1e-12);
                }
            }
        }
    }
}
