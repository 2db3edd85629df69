//! Functions of whole numbers, of log-odds in units or of words: each value is computed
//! once.

use std::sync::LazyLock;

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

/// The exponential of what is below 0, in steps. Worked out once a process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decay(&'static [f32; Decay::STEPS]);

static DECAY: LazyLock<[f32; Decay::STEPS]> =
    LazyLock::new(|| std::array::from_fn(|steps| libm::exp(-(steps as f64) / Decay::STEPS_AN_E) as f32));

impl Decay {
    /// Values that are kept.
    pub(crate) const STEPS: usize = 2048;
    /// Steps by which 1 becomes `1 / e`. What is beyond the last step makes no difference
    /// beside 1, even to 32 bits.
    pub(crate) const STEPS_AN_E: f64 = Self::STEPS as f64 / 46.0;

    pub(crate) fn new() -> Self {
        Self(&DECAY)
    }

    /// The value at so many steps; that at the last one where they are more.
    #[inline]
    pub(crate) fn at(self, steps: u32) -> f32 {
        self.0[(steps as usize).min(Self::STEPS - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decay_is_the_exponential() {
        let decay = Decay::new();
        for steps in [0u32, 1, 100, 1149, 2047] {
            let expected = libm::exp(-f64::from(steps) * 46.0 / 2048.0);
            assert!((f64::from(decay.at(steps)) - expected).abs() < 1e-7);
        }
        assert!(decay.at(u32::MAX) > 0.0 && decay.at(u32::MAX) < 1e-19);
    }

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
