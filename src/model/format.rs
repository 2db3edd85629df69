//! The model file: one small binary file, sorted, little-endian, checksummed.
//!
//! Magic, format version, checksum of what follows, then the sections in a fixed
//! order. The same model gives the same bytes on every machine.

use std::borrow::Cow;
use std::sync::Arc;

use super::duty::Duty;
use super::index::FeatureIndex;
use super::list::{FEATURE, Features, LINK_BYTES, LinkList};
use super::settings::{Calibration, Counting, Settings, Weighting};
use super::{Group, Kind, LANES, Lens, Model, Row};
use crate::error::{Error, ErrorKind};
use crate::token::MAX_STEMS;
use crate::token::emit::EmitSettings;
use crate::token::stem::{StemTable, Stemming};

/// The first bytes of every model file.
const MAGIC: &[u8; 8] = b"ROLECALL";

/// Raised when the layout changes; other versions are refused.
pub(crate) const VERSION: u16 = 1;

/// Bytes before the checksummed part: magic, version, checksum.
const HEADER: usize = 8 + 2 + 8;

/// Most features a file may hold.
const MAX_FEATURES: usize = 1 << 22;

/// Reads a model file and checks all of it.
pub(crate) fn read(bytes: &[u8]) -> Result<Model, Error> {
    let (body, expected) = header(bytes)?;
    let found = checksum(body);
    if expected != found {
        return Err(damaged(&format!("checksum {found:016x}, expected {expected:016x}")));
    }
    let model = whole(body, found, |part| Cow::Owned(part.to_vec()))?;
    if !in_order(&model.features, model.stems.len()) {
        return Err(damaged("features out of order"));
    }
    if model.links.last_duty().is_some_and(|duty| duty as usize >= model.duties.len()) {
        return Err(damaged("a link to no duty"));
    }
    Ok(model)
}

/// Reads a model file that is part of the program: what lies in it is not copied, and
/// its checksum and the order of its features are believed.
pub(crate) fn read_static(bytes: &'static [u8]) -> Result<Model, Error> {
    let (body, expected) = header(bytes)?;
    whole(body, expected, Cow::Borrowed)
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
fn whole<'a>(body: &'a [u8], sum: u64, keep: impl Fn(&'a [u8]) -> Cow<'static, [u8]>) -> Result<Model, Error> {
    let mut input = Input { bytes: body, at: 0 };
    let model = body_of(&mut input, sum, keep)?;
    if input.at != body.len() {
        return Err(damaged("bytes after the end").byte((HEADER + input.at) as u64));
    }
    Ok(model)
}

/// Writes a model file. The checksum is taken anew; the model's own is not looked at.
#[cfg(feature = "train")]
pub(crate) fn write(model: &Model) -> Vec<u8> {
    let mut body = Output::default();
    write_body(&mut body, model);
    let mut bytes = Vec::with_capacity(HEADER + body.0.len());
    bytes.extend_from_slice(MAGIC);
    bytes.extend_from_slice(&VERSION.to_le_bytes());
    bytes.extend_from_slice(&checksum(&body.0).to_le_bytes());
    bytes.extend_from_slice(&body.0);
    bytes
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

/// A reader that never runs past the end.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], Error> {
        let taken = self.at.checked_add(len).and_then(|end| self.bytes.get(self.at..end));
        let Some(taken) = taken else { return Err(self.wrong("cut short")) };
        self.at += len;
        Ok(taken)
    }

    fn wrong(&self, what: &str) -> Error {
        Error::new(ErrorKind::Model, format!("damaged model file: {what}")).byte((HEADER + self.at) as u64)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Error> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    fn u8(&mut self) -> Result<u8, Error> {
        Ok(self.array::<1>()?[0])
    }

    fn flag(&mut self) -> Result<bool, Error> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong("not a flag")),
        }
    }

    fn u32(&mut self) -> Result<u32, Error> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    fn f64(&mut self) -> Result<f64, Error> {
        let number = f64::from_le_bytes(self.array()?);
        if number.is_finite() { Ok(number) } else { Err(self.wrong("a number that is not finite")) }
    }

    fn count(&mut self, most: usize, what: &str) -> Result<usize, Error> {
        let count = self.u32()? as usize;
        if count > most { Err(self.wrong(&format!("{count} {what}, at most {most}"))) } else { Ok(count) }
    }

    /// So many texts, each behind its length, as one.
    fn texts(&mut self, count: usize) -> Result<&'a [u8], Error> {
        let start = self.at;
        for _ in 0..count {
            let len = self.u8()? as usize;
            self.take(len)?;
        }
        Ok(&self.bytes[start..self.at])
    }

    fn text(&mut self) -> Result<&'a str, Error> {
        let len = self.u8()? as usize;
        let bytes = self.take(len)?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong("text that is not UTF-8"))
    }

    fn kind(&mut self) -> Result<Option<Kind>, Error> {
        let code = self.u8()?;
        if code == 255 {
            return Ok(None);
        }
        let kind = Kind::ALL.get(code as usize).copied();
        kind.map(Some).ok_or_else(|| self.wrong("unknown kind"))
    }
}

fn body_of<'a>(input: &mut Input<'a>, sum: u64, keep: impl Fn(&'a [u8]) -> Cow<'static, [u8]>) -> Result<Model, Error> {
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
    let count = input.count(MAX_STEMS, "stems")?;
    let text = input.texts(count)?;
    let stems = StemTable::read(keep(text), count).ok_or_else(|| input.wrong("text that is not UTF-8"))?;
    let count = input.count(MAX_FEATURES, "features")?;
    let features = Features::read(keep(input.take(count * FEATURE)?));
    let consensus = Arc::new(rows_of(input, count, groups.len())?);
    let mut lenses = Vec::new();
    for _ in 1..Lens::ALL.len() {
        lenses.push(keep(input.take(count * 3)?));
    }
    let mut duties = Vec::new();
    for _ in 0..input.count(255, "duties")? {
        let (id, name, theme) = (input.text()?.to_owned(), input.text()?.to_owned(), input.text()?.to_owned());
        let mut kinds = [None; 7];
        for kind in &mut kinds {
            *kind = input.kind()?;
        }
        duties.push(Duty { id, name, theme, kinds });
    }
    let links = LinkList::read(keep(input.take(count * LINK_BYTES)?));
    let mask = Model::mask_of(&stems, &settings);
    let index = FeatureIndex::new(features.iter(), stems.len());
    let checksum = format!("{sum:016x}");
    Ok(Model {
        name,
        checksum,
        settings,
        calibration,
        groups,
        stems,
        mask,
        features,
        index,
        consensus,
        lenses,
        duties,
        links,
    })
}

/// Whether features rise and are made of stems that there are.
fn in_order(features: &Features, stems: usize) -> bool {
    let known = |id: u16| (id as usize) < stems;
    let mut last = None;
    features.iter().all(|feature| {
        let (a, b) = feature.stems();
        let fits = last < Some(feature) && known(a) && b.is_none_or(known);
        last = Some(feature);
        fits
    })
}

fn rows_of(input: &mut Input<'_>, features: usize, groups: usize) -> Result<Vec<Row>, Error> {
    let raw = input.take(features * groups)?;
    // Whole rows are read at once, with the first weights of the next row in the lanes
    // beyond the groups; those are cleared. The last rows are read by themselves.
    let mut rows = Vec::with_capacity(features);
    let mut at = 0;
    let mut kept = [0; LANES];
    kept[..groups].fill(-1);
    while let Some(weights) = raw.get(at..).and_then(|rest| rest.first_chunk::<LANES>()) {
        let mut row = [0; LANES];
        for ((lane, &weight), kept) in row.iter_mut().zip(weights).zip(kept) {
            *lane = weight as i8 & kept;
        }
        rows.push(row);
        at += groups;
    }
    for weights in raw.get(at..).unwrap_or_default().chunks(groups) {
        let mut row = [0; LANES];
        for (lane, &weight) in row.iter_mut().zip(weights) {
            *lane = weight as i8;
        }
        rows.push(row);
    }
    rows.truncate(features);
    Ok(rows)
}

fn settings_of(input: &mut Input<'_>) -> Result<Settings, Error> {
    let emit = EmitSettings {
        unigrams: input.flag()?,
        bigrams: input.flag()?,
        skip_grams: input.flag()?,
        first_word: input.flag()?,
    };
    let stemming = match input.u8()? {
        0 => Stemming::None,
        1 => Stemming::Snowball,
        2 => Stemming::Apart,
        _ => return Err(input.wrong("unknown way of stemming")),
    };
    let counting = match input.u8()? {
        0 => Counting::Raw,
        1 => Counting::Log,
        2 => Counting::Binary,
        _ => return Err(input.wrong("unknown way of counting")),
    };
    let weighting = if input.flag()? { Weighting::Complement } else { Weighting::Multinomial };
    Ok(Settings {
        emit,
        stemming,
        counting,
        weighting,
        alpha: input.f64()?,
        shrinkage: input.f64()?,
        min_lines: input.u32()?,
        min_pair_lines: input.u32()?,
        mask_partners: input.flag()?,
        by_line: input.flag()?,
    })
}

fn calibration_of(input: &mut Input<'_>) -> Result<Calibration, Error> {
    let mut calibration = Calibration::default();
    for number in calibration.numbers_mut() {
        *number = input.f64()?;
    }
    Ok(calibration)
}

impl Calibration {
    /// Every number, in the order of the file.
    fn numbers_mut(&mut self) -> [&mut f64; 18] {
        let [k0, k1, k2, k3, k4] = &mut self.kind_bias;
        [
            &mut self.temperature,
            &mut self.concentration,
            &mut self.saturation,
            &mut self.length_exponent,
            &mut self.requirement_weight,
            &mut self.section_odds,
            &mut self.neighbours,
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
        ]
    }
}

#[cfg(feature = "train")]
#[derive(Default)]
struct Output(Vec<u8>);

#[cfg(feature = "train")]
impl Output {
    fn u8(&mut self, number: u8) {
        self.0.push(number);
    }

    fn flag(&mut self, flag: bool) {
        self.u8(u8::from(flag));
    }

    fn u32(&mut self, number: u32) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    fn count(&mut self, number: usize) {
        self.u32(u32::try_from(number).unwrap_or(u32::MAX));
    }

    fn f64(&mut self, number: f64) {
        self.0.extend_from_slice(&number.to_le_bytes());
    }

    /// Texts are at most 255 bytes; longer ones are cut at a character.
    fn text(&mut self, text: &str) {
        let end = (0..=text.len().min(255)).rev().find(|&end| text.is_char_boundary(end)).unwrap_or(0);
        self.u8(end as u8);
        self.0.extend_from_slice(&text.as_bytes()[..end]);
    }

    fn kind(&mut self, kind: Option<Kind>) {
        self.u8(kind.map_or(255, |kind| kind.index() as u8));
    }
}

#[cfg(feature = "train")]
fn write_body(out: &mut Output, model: &Model) {
    let Settings {
        emit,
        stemming,
        counting,
        weighting,
        alpha,
        shrinkage,
        min_lines,
        min_pair_lines,
        mask_partners,
        by_line,
    } = &model.settings;
    out.text(&model.name);
    for flag in [emit.unigrams, emit.bigrams, emit.skip_grams, emit.first_word] {
        out.flag(flag);
    }
    out.u8(match stemming {
        Stemming::None => 0,
        Stemming::Snowball => 1,
        Stemming::Apart => 2,
    });
    out.u8(match counting {
        Counting::Raw => 0,
        Counting::Log => 1,
        Counting::Binary => 2,
    });
    out.flag(*weighting == Weighting::Complement);
    out.f64(*alpha);
    out.f64(*shrinkage);
    out.u32(*min_lines);
    out.u32(*min_pair_lines);
    out.flag(*mask_partners);
    out.flag(*by_line);
    for number in model.calibration.clone().numbers_mut() {
        out.f64(*number);
    }
    out.count(model.groups.len());
    for group in &model.groups {
        out.text(&group.name);
        out.kind(Some(group.kind));
    }
    out.count(model.stems.len());
    out.0.extend_from_slice(model.stems.text());
    out.count(model.features.len());
    out.0.extend_from_slice(model.features.bytes());
    for row in model.consensus.iter() {
        out.0.extend(row[..model.groups.len()].iter().map(|&weight| weight as u8));
    }
    for lens in &model.lenses {
        out.0.extend_from_slice(lens);
    }
    out.count(model.duties.len());
    for duty in &model.duties {
        out.text(&duty.id);
        out.text(&duty.name);
        out.text(&duty.theme);
        for kind in duty.kinds {
            out.kind(kind);
        }
    }
    out.0.extend_from_slice(model.links.bytes());
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
            assert!(body_of(&mut input, 0, |part| Cow::Owned(part.to_vec())).is_err());
        }
    }

    #[cfg(feature = "train")]
    #[test]
    fn reading_and_writing_are_inverse() {
        let bytes = crate::model::builtin::BYTES;
        assert_eq!(write(&read(bytes).unwrap()), bytes);
    }
}
