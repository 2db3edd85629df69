//! The model that comes with the library.

use std::sync::{Arc, OnceLock};

use super::{Model, format};
use crate::error::Error;

/// The bytes of `models/rolecall.model`, as trained from `corpus/`.
pub(crate) const BYTES: &[u8] = include_bytes!("../../models/rolecall.model");

/// The model, read once a process.
pub(crate) fn model() -> Result<Arc<Model>, Error> {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    if let Some(model) = MODEL.get() {
        return Ok(Arc::clone(model));
    }
    let model = Arc::new(format::read_static(BYTES)?);
    Ok(Arc::clone(MODEL.get_or_init(|| model)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_program_believes_of_its_model_holds() {
        let (checked, believed) = (format::read(BYTES).unwrap(), model().unwrap());
        assert_eq!(checked.checksum, believed.checksum);
        assert_eq!(checked.consensus, believed.consensus);
        assert!(checked.features.iter().eq(believed.features.iter()));
        for (place, feature) in (0u32..).zip(believed.features.iter()) {
            assert_eq!(believed.index.get(feature), place);
        }
    }
}
