//! Reading a model file.

use std::borrow::Cow;
use std::sync::Arc;

use super::format::{MAGIC, VERSION, checksum};
use super::input::Input;
use crate::error::{Error, ErrorKind};
use crate::model::calibration::Calibration;
use crate::model::duty_links::{LINK_BYTES, LinkList};
use crate::model::feature_index::FeatureIndex;
use crate::model::hyperparameters::Hyperparameters;
use crate::model::product_weights::{PRODUCT_BYTES, ProductWeights};
use crate::model::{ByLens, Duty, Group, KINDS, Kind, LANES, LENS_LANES, Lens, LensChanges, Model, Rows};
use crate::tokenize::MAX_STEMS;
use crate::tokenize::vocabulary::Vocabulary;

/// Maximum number of columns in a file.
const MAX_COLUMNS: usize = 1 << 22;

/// Reads a model file and checks all of it.
pub(crate) fn read(bytes: &[u8]) -> Result<Model, Error> {
    let (body, expected) = header(bytes)?;
    let found = checksum(body);
    if expected != found {
        return Err(damaged(&format!("checksum {found:016x}, expected {expected:016x}")));
    }
    let model = body_of(body, found, |part| Cow::Owned(part.to_vec()), Vocabulary::is_whole)?;
    if model.index.features(model.stems.len()).is_none() {
        return Err(damaged("an invalid table of features"));
    }
    if !model.changes.values().iter().all(|changes| changes.fits(model.index.places())) {
        return Err(damaged("changes of a lens that do not fit the weights"));
    }
    if model.links.last_duty().is_some_and(|duty| usize::from(duty) >= model.duties.len()) {
        return Err(damaged("a link to an unknown duty"));
    }
    Ok(model)
}

/// Reads a model file that is compiled into the program: tables are not copied, and they
/// and the checksum are not checked.
pub(crate) fn read_static(bytes: &'static [u8]) -> Result<Model, Error> {
    let (body, expected) = header(bytes)?;
    body_of(body, expected, Cow::Borrowed, |_| true)
}

/// The checksummed part of a file, and the checksum it should have.
fn header(bytes: &[u8]) -> Result<(&[u8], u64), Error> {
    let not_a_model =
        |message: &str| Error::new(ErrorKind::Model, message).hint("give a file written by 'rolecall train'");
    let (magic, rest) = bytes.split_first_chunk::<8>().ok_or_else(|| not_a_model("not a model file: too short"))?;
    if magic != MAGIC {
        return Err(not_a_model("not a model file"));
    }
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(|| damaged("truncated"))?;
    let version = u16::from_le_bytes(*version);
    if version != VERSION {
        return Err(Error::new(
            ErrorKind::Model,
            format!("model file of format version {version}, this program reads version {VERSION}"),
        )
        .hint("train it again with this program"));
    }
    let (sum, body) = rest.split_first_chunk::<8>().ok_or_else(|| damaged("truncated"))?;
    Ok((body, u64::from_le_bytes(*sum)))
}

fn damaged(message: &str) -> Error {
    Error::new(ErrorKind::Model, format!("damaged model file: {message}"))
}

/// Reads the checksummed part. `keep` turns the bytes of a table into one that the model owns;
/// `is_whole` says whether the table of stems finds all of them.
fn body_of<'a>(
    body: &'a [u8],
    sum: u64,
    keep: impl Fn(&'a [u8]) -> Cow<'static, [u8]>,
    is_whole: fn(&Vocabulary) -> bool,
) -> Result<Model, Error> {
    let input = &mut Input { bytes: body, at: 0 };
    let name = input.text()?.to_owned();
    let hyperparameters = hyperparameters(input)?;
    let weight_unit = input.f64()? as f32;
    if !weight_unit.is_finite() {
        return Err(input.error("a weight unit that is not finite"));
    }
    let mut calibration = Calibration::default();
    for number in calibration.numbers_mut() {
        *number = input.f64()?;
    }
    if !calibration.is_sound() {
        return Err(input.error("a calibration parameter out of range"));
    }
    let groups = groups(input)?;
    let mut duties = Vec::new();
    for _ in 0..input.count(255, "duties")? {
        let (id, name, theme) = (input.text()?.to_owned(), input.text()?.to_owned(), input.text()?.to_owned());
        let mut kinds = ByLens::default();
        for kind in kinds.values_mut() {
            *kind = input.kind()?;
        }
        duties.push(Arc::new(Duty { id, name, theme, kinds }));
    }
    let count = input.count(MAX_STEMS, "stems")?;
    let text = input.count(MAX_STEMS * 256, "bytes of stems")?;
    let singles = input.count(count, "unigrams")? as u32;
    let columns = input.count(MAX_COLUMNS, "columns")?;
    let mut sizes = ByLens::<[usize; 2]>::default();
    for lens in Lens::sources() {
        for size in &mut sizes[lens] {
            *size = input.count(LENS_LANES * MAX_COLUMNS, "changes of a lens")?;
        }
    }
    let mut table = |len: usize| input.table(len).map(&keep);
    let stems = Vocabulary::read(table(Vocabulary::slot_bytes(count))?, table(4 * count)?, table(text)?);
    let index = FeatureIndex::read(singles, table(4 * FeatureIndex::rows(count))?, table(2 * columns)?)
        .ok_or_else(|| damaged("a table of pairs without its last entry"))?;
    let places = index.places();
    let consensus = Rows::read(table(LANES * places)?);
    let mut changes = ByLens::default();
    for lens in Lens::sources() {
        let [codes, listed] = sizes[lens].map(&mut table);
        changes[lens] = LensChanges::read(codes?, listed?);
    }
    let links = LinkList::read(table(LINK_BYTES * places)?);
    let product = ProductWeights { table: table(PRODUCT_BYTES * places)?, weight_unit };
    if input.at != body.len() {
        return Err(input.error("bytes after the end"));
    }
    // Before any search: without a free slot the search for an unknown stem would not end.
    if !is_whole(&stems) {
        return Err(damaged("stems that the table does not find"));
    }
    let mask = Model::mask_of(&stems);
    let checksum = format!("{sum:016x}");
    Ok(Model {
        name,
        checksum,
        hyperparameters,
        calibration,
        groups,
        stems,
        mask,
        index,
        consensus,
        changes,
        product,
        duties,
        links,
    })
}

fn groups(input: &mut Input<'_>) -> Result<Vec<Group>, Error> {
    let mut groups = Vec::new();
    for _ in 0..input.count(LANES, "groups")? {
        let name = input.text()?;
        let kind = input.kind()?.ok_or_else(|| input.error("a group without a kind"))?;
        groups.push(Group::new(name, kind));
    }
    let kinds = KINDS.into_iter().chain(std::iter::repeat(Kind::Other));
    let fits = groups.len() > KINDS.len() && groups.iter().zip(kinds).all(|(group, kind)| group.kind == kind);
    if fits { Ok(groups) } else { Err(input.error("groups out of order")) }
}

fn hyperparameters(input: &mut Input<'_>) -> Result<Hyperparameters, Error> {
    Ok(Hyperparameters {
        alpha: input.f64()?,
        shrinkage: input.f64()?,
        written_weight: input.f64()?,
        titled_weight: input.f64()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::file::format::HEADER;
    #[cfg(feature = "train")]
    use crate::model::file::write;

    #[test]
    fn other_files_are_refused_in_one_line() {
        let good = crate::model::builtin::BYTES;
        assert!(read(good).is_ok());
        let mut other_version = good.to_vec();
        other_version[8] = 99;
        let mut flipped = good.to_vec();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 1;
        let table: [(&[u8], &str); 6] = [
            (b"", "too short"),
            (b"%PDF-1.7 something", "not a model file"),
            (&good[..9], "truncated"),
            (&good[..good.len() - 1], "checksum"),
            (&other_version, "format version 99"),
            (&flipped, "checksum"),
        ];
        for (bytes, expected) in table {
            let message = read(bytes).unwrap_err().to_string();
            assert!(message.contains(expected) && !message.contains('\n'), "{message}");
        }
    }

    #[test]
    fn a_body_cut_anywhere_is_an_error_never_a_panic() {
        let body = &crate::model::builtin::BYTES[HEADER..];
        for cut in (0..body.len().min(4000)).chain((4000..body.len()).step_by(9973)) {
            assert!(body_of(&body[..cut], 0, |part| Cow::Owned(part.to_vec()), Vocabulary::is_whole).is_err());
        }
    }

    #[cfg(feature = "train")]
    #[test]
    fn forged_models_with_a_good_checksum_are_refused() {
        let good = read(crate::model::builtin::BYTES).unwrap();
        // Without a free slot the search for an unknown stem would not end.
        for taken in [[0xff, 0xff], [1, 0]] {
            let mut tables = good.stems.tables().map(<[u8]>::to_vec);
            tables[0].as_chunks_mut::<2>().0.fill(taken);
            let [slots, ends, text] = tables.map(Cow::Owned);
            let forged = Model { stems: Vocabulary::read(slots, ends, text), ..good.clone() };
            assert!(read(&write(&forged)).unwrap_err().to_string().contains("stems that the table does not find"));
        }
        let changes: [fn(&mut Calibration); 6] = [
            |c| c.requirement_weight = 1e308,
            |c| c.hybrid_odds = 1e308,
            |c| c.share_slope = -1.0,
            |c| c.temperature = -0.0,
            |c| c.concentration = -1.0,
            |c| c.share_spread = 0.0,
        ];
        for change in changes {
            let mut forged = good.clone();
            change(&mut forged.calibration);
            assert!(read(&write(&forged)).unwrap_err().to_string().contains("out of range"));
        }
    }

    #[cfg(feature = "train")]
    #[test]
    fn reading_and_writing_are_inverse() {
        let bytes = crate::model::builtin::BYTES;
        assert_eq!(write(&read(bytes).unwrap()), bytes);
    }
}
