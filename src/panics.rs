//! Calls other crates that may panic on a damaged file, and catches it.

use std::cell::Cell;
#[cfg(any(feature = "excel", feature = "parquet"))]
use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    static CATCHING: Cell<bool> = const { Cell::new(false) };
}

/// What a file is said to be whose reading panicked.
#[cfg(any(feature = "excel", feature = "parquet"))]
pub(crate) const DAMAGED: &str = "it is not as the format requires";

/// Makes the panic hook say nothing of panics that become errors.
pub fn silence_caught() {
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !CATCHING.get() {
            hook(info);
        }
    }));
}

/// The result of `call`, or `None` if it panicked. What it changed must not be used afterwards.
#[cfg(any(feature = "excel", feature = "parquet"))]
pub(crate) fn caught<T>(call: impl FnOnce() -> T) -> Option<T> {
    let before = CATCHING.replace(true);
    let result = catch_unwind(AssertUnwindSafe(call)).ok();
    CATCHING.set(before);
    result
}

#[cfg(all(test, any(feature = "excel", feature = "parquet")))]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_caught_and_known_while_it_unwinds() {
        struct Observed<'a>(&'a Cell<bool>);
        impl Drop for Observed<'_> {
            fn drop(&mut self) {
                self.0.set(CATCHING.get());
            }
        }
        let observed = Cell::new(false);
        let call = || {
            let _observed = Observed(&observed);
            assert!(caught(|| 1) == Some(2), "a call within a call");
        };
        assert_eq!(caught(call), None);
        assert!(observed.get() && !CATCHING.get());
    }
}
