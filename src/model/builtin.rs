//! The model that comes with the library.

use std::sync::{Arc, OnceLock};

use super::{Model, file};
use crate::error::Error;

/// Bytes that begin where a line of a processor's cache does, so that their tables do.
#[repr(align(64))]
struct Lines<T: ?Sized>(T);

/// The bytes of `models/rolecall.model`, as trained from `corpus/`.
pub(crate) static BYTES: &[u8] = {
    const _: () = assert!(align_of::<Lines<u8>>() == file::TABLE);
    static LINES: &Lines<[u8]> = &Lines(*include_bytes!("../../models/rolecall.model"));
    &LINES.0
};

/// The model, read once a process.
pub(crate) fn model() -> Result<Arc<Model>, Error> {
    static MODEL: OnceLock<Arc<Model>> = OnceLock::new();
    if let Some(model) = MODEL.get() {
        return Ok(Arc::clone(model));
    }
    let model = Arc::new(file::read_static(BYTES)?);
    Ok(Arc::clone(MODEL.get_or_init(|| model)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_with_a_meaning_of_their_own_are_there() {
        let model = model().unwrap();
        for name in [crate::infer::aggregate::LEADERSHIP, crate::infer::aggregate::PROSE] {
            assert!(model.groups.iter().any(|group| group.name == name), "{name}");
        }
    }

    #[test]
    fn what_the_program_believes_of_its_model_holds() {
        let (checked, believed) = (file::read(BYTES).unwrap(), model().unwrap());
        assert_eq!(checked.checksum, believed.checksum);
        assert_eq!(checked.consensus, believed.consensus);
        for (feature, place) in checked.index.features(checked.stems.len()).unwrap() {
            assert_eq!(believed.index.get(feature), Some(place));
        }
        assert_eq!(checked.stems, believed.stems);
        assert_eq!(BYTES.as_ptr().align_offset(file::TABLE), 0);
    }
}
