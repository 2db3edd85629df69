//! The model file: one binary file, little-endian, checksummed.
//!
//! Magic, format version, checksum of what follows, then the settings, the names and
//! the tables in a fixed order. Tables are held as they are used, each at a multiple of
//! [`TABLE`] bytes, so that nothing is built or copied when a model is part of the
//! program. The same model gives the same bytes on every machine.

mod input;
#[cfg(feature = "train")]
mod write;

#[cfg(feature = "train")]
pub(crate) use write::write;

use std::borrow::Cow;

use super::duty::Duty;
use super::duty_links::{LINK_BYTES, LinkList};
use super::feature_index::FeatureIndex;
use super::hyperparameters::{Calibration, Counting, Settings, Weighting};
use super::{ByLens, CHANGED, Group, Kind, LANES, Lens, Model, Rows};
use crate::error::{Error, ErrorKind};
use crate::tokenize::MAX_STEMS;
use crate::tokenize::stemmer::StemTable;
use input::Input;

/// The first bytes of every model file.
const MAGIC: &[u8; 8] = b"ROLECALL";

/// Raised when the layout changes; other versions are refused.
pub(crate) const VERSION: u16 = 3;

/// Bytes before the checksummed part: magic, version, checksum.
const HEADER: usize = 8 + 2 + 8;

/// Every table begins at a multiple of so many bytes of the file: no row of weights lies
/// across two lines of a processor's cache.
pub(crate) const TABLE: usize = 64;

/// How words become features, as the format has it: unigrams, bigrams, no skip-grams, the
/// first word marked, and the Snowball stemmer with exceptions. There is no other way.
const TOKEN_SETTINGS: [u8; 5] = [1, 1, 0, 1, 2];

/// That partner mentions are masked, as the format has it.
const PARTNERS_MASKED: [u8; 1] = [1];

/// Most columns a file may have.
const MAX_FEATURES: usize = 1 << 22;

/// Reads a model file and checks all of it.
pub(crate) fn read(bytes: &[u8]) -> Result<Model, Error> {
    let (body, expected) = header(bytes)?;
    let found = checksum(body);
    if expected != found {
        return Err(damaged(&format!("checksum {found:016x}, expected {expected:016x}")));
    }
    let model = whole(body, found, |part| Cow::Owned(part.to_vec()), StemTable::is_whole)?;
    if model.index.features(model.stems.len()).is_none() {
        return Err(damaged("features that are none"));
    }
    if model.links.last_duty().is_some_and(|duty| duty as usize >= model.duties.len()) {
        return Err(damaged("a link to no duty"));
    }
    Ok(model)
}

/// Reads a model file that is part of the program: what lies in it is not copied, and
/// its checksum and its tables are believed.
pub(crate) fn read_static(bytes: &'static [u8]) -> Result<Model, Error> {
    let (body, expected) = header(bytes)?;
    whole(body, expected, Cow::Borrowed, |_| true)
}

/// The checksummed part of a file, and the checksum it should have.
fn header(bytes: &[u8]) -> Result<(&[u8], u64), Error> {
    let Some((magic, rest)) = bytes.split_first_chunk::<8>() else {
        return Err(Error::new(ErrorKind::Model, "not a model file: too short").hint("made by 'rolecall train'"));
    };
    if magic != MAGIC {
        return Err(Error::new(ErrorKind::Model, "not a model file").hint("made by 'rolecall train'"));
    }
    let (version, rest) = rest.split_first_chunk::<2>().ok_or_else(|| damaged("cut short"))?;
    let version = u16::from_le_bytes(*version);
    if version != VERSION {
        return Err(Error::new(
            ErrorKind::Model,
            format!("model file of format version {version}, this program reads version {VERSION}"),
        )
        .hint("train it again with this program"));
    }
    let (sum, body) = rest.split_first_chunk::<8>().ok_or_else(|| damaged("cut short"))?;
    Ok((body, u64::from_le_bytes(*sum)))
}

fn damaged(what: &str) -> Error {
    Error::new(ErrorKind::Model, format!("damaged model file: {what}"))
}

/// Reads the checksummed part; `keep` takes over what is read where it lies.
///
/// `believed` says whether the stems are those of their table.
fn whole<'a>(
    body: &'a [u8],
    sum: u64,
    keep: impl Fn(&'a [u8]) -> Cow<'static, [u8]>,
    believed: fn(&StemTable) -> bool,
) -> Result<Model, Error> {
    let mut input = Input { bytes: body, at: 0 };
    let model = body_of(&mut input, sum, keep, believed)?;
    if input.at != body.len() {
        return Err(damaged("bytes after the end").byte((HEADER + input.at) as u64));
    }
    Ok(model)
}

/// FNV-1a over eight bytes at a time: guards against damage, not against malice.
fn checksum(bytes: &[u8]) -> u64 {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = chunk.iter().rev().fold(0u64, |word, &byte| word << 8 | u64::from(byte));
        sum = (sum ^ word).wrapping_mul(0x0100_0000_01b3);
        sum ^= sum >> 31;
    }
    for &byte in chunks.remainder() {
        sum = (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    sum ^ (sum >> 32)
}

fn body_of<'a>(
    input: &mut Input<'a>,
    sum: u64,
    keep: impl Fn(&'a [u8]) -> Cow<'static, [u8]>,
    believed: fn(&StemTable) -> bool,
) -> Result<Model, Error> {
    let name = input.text()?.to_owned();
    let settings = settings_of(input)?;
    let calibration = calibration_of(input)?;
    let mut groups = Vec::new();
    for _ in 0..input.count(LANES, "groups")? {
        let name = input.text()?.to_owned();
        let kind = input.kind()?.ok_or_else(|| input.wrong("a group without a kind"))?;
        groups.push(Group { name, kind });
    }
    let order = [Kind::Pm, Kind::Pmm, Kind::Shared, Kind::Filler];
    let fits = groups.len() > order.len()
        && groups.iter().zip(order).all(|(group, kind)| group.kind == kind)
        && groups[order.len()..].iter().all(|group| group.kind == Kind::Other);
    if !fits {
        return Err(input.wrong("groups out of order"));
    }
    let mut duties = Vec::new();
    for _ in 0..input.count(255, "duties")? {
        let (id, name, theme) = (input.text()?.to_owned(), input.text()?.to_owned(), input.text()?.to_owned());
        let mut kinds = ByLens::default();
        for kind in kinds.values_mut() {
            *kind = input.kind()?;
        }
        duties.push(Duty { id, name, theme, kinds });
    }
    let count = input.count(MAX_STEMS, "stems")?;
    let text = input.count(MAX_STEMS * 256, "bytes of stems")?;
    let singles = input.count(count, "single stems")? as u32;
    let columns = input.count(MAX_FEATURES, "columns")?;
    // Kept by the format; features other than unigrams and bigrams no longer exist.
    input.count(0, "features of other kinds")?;
    let mut table = |len: usize| input.table(len).map(&keep);
    let stems = StemTable::read(table(StemTable::slots(count))?, table(4 * count)?, table(text)?);
    let index = FeatureIndex::read(singles, table(4 * FeatureIndex::rows(count))?, table(2 * columns)?)
        .ok_or_else(|| damaged("a table of pairs without an end"))?;
    let places = index.places();
    let consensus = Rows::read(table(LANES * places)?);
    let mut changed = ByLens::default();
    for lens in Lens::sources() {
        changed[lens] = table(CHANGED * places)?;
    }
    let links = LinkList::read(table(LINK_BYTES * places)?);
    // Before a stem is looked for: in a table without a free slot none would be missing.
    if !believed(&stems) {
        return Err(damaged("stems that are not found again"));
    }
    let mask = Model::mask_of(&stems);
    let checksum = format!("{sum:016x}");
    Ok(Model { name, checksum, settings, calibration, groups, stems, mask, index, consensus, changed, duties, links })
}

fn settings_of(input: &mut Input<'_>) -> Result<Settings, Error> {
    if input.take(TOKEN_SETTINGS.len())? != TOKEN_SETTINGS {
        return Err(input.wrong("tokens of another kind"));
    }
    let counting = match input.u8()? {
        0 => Counting::Raw,
        1 => Counting::Log,
        2 => Counting::Binary,
        _ => return Err(input.wrong("unknown way of counting")),
    };
    let weighting = if input.flag()? { Weighting::Complement } else { Weighting::Multinomial };
    let (alpha, shrinkage) = (input.f64()?, input.f64()?);
    let (min_lines, min_pair_lines) = (input.u32()?, input.u32()?);
    if input.take(1)? != PARTNERS_MASKED {
        return Err(input.wrong("partner mentions that are not masked"));
    }
    let by_line = input.flag()?;
    Ok(Settings { counting, weighting, alpha, shrinkage, min_lines, min_pair_lines, by_line })
}

fn calibration_of(input: &mut Input<'_>) -> Result<Calibration, Error> {
    let mut calibration = Calibration::default();
    for number in calibration.numbers_mut() {
        *number = input.f64()?;
    }
    if calibration.is_sound() { Ok(calibration) } else { Err(input.wrong("a number of the calibration out of range")) }
}

impl Calibration {
    /// Every number, in the order of the file.
    pub(super) fn numbers_mut(&mut self) -> [&mut f64; 23] {
        let [k0, k1, k2, k3, k4] = self.kind_bias.values_mut();
        let [n0, n1, n2, n3, n4] = self.naming_odds.values_mut();
        [
            &mut self.temperature,
            &mut self.length_temper,
            &mut self.concentration,
            &mut self.saturation,
            &mut self.length_exponent,
            &mut self.requirement_weight,
            &mut self.persistence,
            k0,
            k1,
            k2,
            k3,
            k4,
            &mut self.product_intercept,
            &mut self.product_slope,
            &mut self.share_intercept,
            &mut self.share_slope,
            &mut self.share_spread,
            &mut self.hybrid_odds,
            n0,
            n1,
            n2,
            n3,
            n4,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_model_is_refused_in_one_line() {
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
            (&good[..9], "cut short"),
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
            let mut input = Input { bytes: &body[..cut], at: 0 };
            assert!(body_of(&mut input, 0, |part| Cow::Owned(part.to_vec()), StemTable::is_whole).is_err());
        }
    }

    #[cfg(feature = "train")]
    #[test]
    fn what_was_forged_with_a_good_checksum_is_refused() {
        let good = read(crate::model::builtin::BYTES).unwrap();
        // Without a free slot a stem that is missing would be looked for without end.
        for taken in [[0xff, 0xff], [1, 0]] {
            let mut tables = good.stems.tables().map(<[u8]>::to_vec);
            tables[0].as_chunks_mut::<2>().0.fill(taken);
            let [slots, ends, text] = tables.map(Cow::Owned);
            let forged = Model { stems: StemTable::read(slots, ends, text), ..good.clone() };
            assert!(read(&write(&forged)).unwrap_err().to_string().contains("stems that are not found again"));
        }
        let changes: [fn(&mut Calibration); 6] = [
            |c| c.requirement_weight = 1e308,
            |c| c.hybrid_odds = 1e308,
            |c| c.share_slope = -1.0,
            |c| c.saturation = -0.0,
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
