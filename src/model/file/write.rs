//! Writing a model file.

use super::format::{HEADER, MAGIC, TABLE_ALIGNMENT, VERSION, checksum};
use crate::model::hyperparameters::Hyperparameters;
use crate::model::{Kind, Lens, Model};
use crate::text::shorten::truncate;

/// Writes a model file, with a new checksum; the one in `model` is not used.
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

#[derive(Default)]
struct Output(Vec<u8>);

impl Output {
    fn u8(&mut self, number: u8) {
        self.0.push(number);
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

    /// A text of at most 255 bytes; a longer one is cut at a character.
    fn text(&mut self, text: &str) {
        let text = truncate(text, 255);
        self.u8(text.len() as u8);
        self.0.extend_from_slice(text.as_bytes());
    }

    /// A table, at the next multiple of [`TABLE_ALIGNMENT`].
    fn table(&mut self, table: &[u8]) {
        self.0.resize((HEADER + self.0.len()).next_multiple_of(TABLE_ALIGNMENT) - HEADER, 0);
        self.0.extend_from_slice(table);
    }

    fn kind(&mut self, kind: Option<Kind>) {
        self.u8(kind.map_or(255, |kind| kind as u8));
    }
}

fn write_body(out: &mut Output, model: &Model) {
    let Hyperparameters { alpha, shrinkage, written_weight, titled_weight } = &model.hyperparameters;
    out.text(&model.name);
    out.f64(*alpha);
    out.f64(*shrinkage);
    out.f64(*written_weight);
    out.f64(*titled_weight);
    out.f64(f64::from(model.product.weight_unit));
    for number in model.calibration.clone().numbers_mut() {
        out.f64(*number);
    }
    out.count(model.groups.len());
    for group in &model.groups {
        out.text(&group.name);
        out.kind(Some(group.kind));
    }
    out.count(model.duties.len());
    for duty in &model.duties {
        out.text(&duty.id);
        out.text(&duty.name);
        out.text(&duty.theme);
        for &kind in duty.kinds.values() {
            out.kind(kind);
        }
    }
    let [slots, ends, text] = model.stems.tables();
    let [shifts, columns] = model.index.tables();
    out.count(model.stems.len());
    out.count(text.len());
    out.u32(model.index.singles);
    out.count(columns.len() / 2);
    let changes = Lens::sources().map(|lens| model.changes[lens].tables());
    for table in changes.as_flattened() {
        out.count(table.len());
    }
    let tables = [slots, ends, text, shifts, columns, model.consensus.bytes()];
    let lenses = changes.into_iter().flatten();
    for table in tables.into_iter().chain(lenses).chain([model.links.bytes(), &*model.product.table]) {
        out.table(table);
    }
}
