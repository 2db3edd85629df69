//! The model that comes with the library.

use std::sync::{Arc, OnceLock};

use super::file;
use super::trained_model::Model;
use crate::error::Error;

/// Aligns the file, and so its tables, to cache lines.
#[repr(align(64))]
struct Aligned<T: ?Sized>(T);

/// The bytes of `models/rolecall.model`, as trained from `corpus/`.
pub(crate) static BYTES: &[u8] = {
    const _: () = assert!(align_of::<Aligned<u8>>() == file::TABLE_ALIGNMENT);
    static FILE: &Aligned<[u8]> = &Aligned(*include_bytes!("../../models/rolecall.model"));
    &FILE.0
};

/// The model, read once per process.
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
    use crate::model::Family;

    #[test]
    fn special_families_are_in_the_model() {
        let model = model().unwrap();
        for family in [Family::Leadership, Family::Prose] {
            assert!(model.groups.iter().any(|group| group.family == family), "{family:?}");
        }
    }

    #[test]
    fn the_unchecked_model_is_sound() {
        let (checked, unchecked) = (file::read(BYTES).unwrap(), model().unwrap());
        assert_eq!(checked.checksum, unchecked.checksum);
        assert_eq!(checked.consensus, unchecked.consensus);
        for (feature, place) in checked.index.features(checked.stems.len()).unwrap() {
            assert_eq!(unchecked.index.get(feature), Some(place));
        }
        assert_eq!(checked.stems, unchecked.stems);
        assert_eq!(BYTES.as_ptr().align_offset(file::TABLE_ALIGNMENT), 0);
    }
}
