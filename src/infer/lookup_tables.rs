//! Memoized functions of small integers.

use std::sync::LazyLock;

/// Values of a function of one integer and one parameter, each computed on first use.
#[derive(Debug, Clone)]
pub(crate) struct Memoized {
    /// The parameter that the values are for.
    parameter: f64,
    /// NaN where not computed yet.
    values: Vec<f64>,
}

/// Arguments below this are memoized.
const SIZE: usize = 2048;

impl Default for Memoized {
    fn default() -> Self {
        Self { parameter: f64::NAN, values: Vec::new() }
    }
}

impl Memoized {
    /// Sets the parameter; another one than before discards all values.
    pub(crate) fn set(&mut self, parameter: f64) {
        if self.parameter.to_bits() != parameter.to_bits() || self.values.is_empty() {
            self.parameter = parameter;
            self.values.clear();
            self.values.resize(SIZE, f64::NAN);
        }
    }

    /// `function` of `number`; it must depend on that and the parameter alone.
    #[inline]
    pub(crate) fn at(&mut self, number: u32, function: impl Fn(u32) -> f64) -> f64 {
        let Some(value) = self.values.get_mut(number as usize) else { return function(number) };
        if value.is_nan() {
            *value = function(number);
        }
        *value
    }
}

/// `exp(-x)` for x of 0 and above, tabulated once per process.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decay(&'static [f32; Decay::STEPS]);

static DECAY: LazyLock<[f32; Decay::STEPS]> =
    LazyLock::new(|| std::array::from_fn(|steps| libm::exp(-(steps as f64) / Decay::STEPS_PER_UNIT) as f32));

impl Decay {
    /// Size of the table.
    pub(crate) const STEPS: usize = 2048;
    /// Steps per unit of x. Beyond the last step, at x = 46, `exp(-x)` added to 1 makes no
    /// difference even in 64 bits.
    pub(crate) const STEPS_PER_UNIT: f64 = Self::STEPS as f64 / 46.0;

    pub(crate) fn new() -> Self {
        Self(&DECAY)
    }

    /// The value at `x = steps / STEPS_PER_UNIT`, or at the last step.
    #[inline]
    pub(crate) fn at(self, steps: u32) -> f32 {
        self.0[(steps as usize).min(Self::STEPS - 1)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decay_is_the_exponential() {
        let decay = Decay::new();
        for steps in [0u32, 1, 100, 1149, 2047] {
            let expected = libm::exp(-f64::from(steps) * 46.0 / 2048.0);
            assert!((f64::from(decay.at(steps)) - expected).abs() < 1e-7);
        }
        assert!(decay.at(u32::MAX) > 0.0 && decay.at(u32::MAX) < 1e-19);
    }

    #[test]
    fn memoized_values_are_those_of_the_function() {
        let mut memoized = Memoized::default();
        for parameter in [2.0, 3.0] {
            memoized.set(parameter);
            for _ in 0..2 {
                for units in [0, 7, 2047, 2048, 100_000] {
                    let value = memoized.at(units, |units| f64::from(units) * parameter);
                    assert!((value - f64::from(units) * parameter).abs() < 1e-12);
                }
            }
        }
    }
}
