//! The columns of verdicts in Arrow.

use std::sync::{Arc, LazyLock};

use arrow_array::builder::{BooleanBuilder, Float64Builder, StringBuilder};
use arrow_array::{ArrayRef, Float64Array, Int64Array, ListArray, RecordBatch, StructArray};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{ArrowError, DataType, Field, Fields, Schema, SchemaRef};
use rolecall::batch::{Column, RejectReason};
use rolecall::explain::{clearest, duty_points};
use rolecall::{Evidence, Keyword, Note, Role, Span, Verdict};

/// A column being filled.
enum Builder {
    Text(StringBuilder),
    Number(Float64Builder),
    Truth(BooleanBuilder),
}

enum Cell<'a> {
    Null,
    Text(&'a str),
    Number(f64),
    Truth(bool),
}

impl Builder {
    fn new(column: Column, rows: usize) -> Self {
        match column {
            Column::Label
            | Column::Reason
            | Column::OtherJob
            | Column::TitleSays
            | Column::LabelByDuties
            | Column::Lens
            | Column::Model => Self::Text(StringBuilder::with_capacity(rows, 8 * rows)),
            Column::TitleAgrees => Self::Truth(BooleanBuilder::with_capacity(rows)),
            _ => Self::Number(Float64Builder::with_capacity(rows)),
        }
    }

    fn data_type(&self) -> DataType {
        match self {
            Self::Text(_) => DataType::Utf8,
            Self::Number(_) => DataType::Float64,
            Self::Truth(_) => DataType::Boolean,
        }
    }

    fn push(&mut self, cell: &Cell<'_>) {
        match (self, cell) {
            (Self::Text(builder), Cell::Text(text)) => builder.append_value(text),
            (Self::Number(builder), Cell::Number(number)) => builder.append_value(*number),
            (Self::Truth(builder), Cell::Truth(truth)) => builder.append_value(*truth),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Number(builder), _) => builder.append_null(),
            (Self::Truth(builder), _) => builder.append_null(),
        }
    }

    fn finish(self) -> ArrayRef {
        match self {
            Self::Text(mut builder) => Arc::new(builder.finish()),
            Self::Number(mut builder) => Arc::new(builder.finish()),
            Self::Truth(mut builder) => Arc::new(builder.finish()),
        }
    }
}

/// The program's columns that are lists, which come last.
const LISTS: [Column; 4] = [Column::DutiesPm, Column::DutiesPmm, Column::Evidence, Column::Notes];

/// The program's other columns, in its order.
fn plain() -> impl Iterator<Item = Column> {
    Column::ALL.into_iter().filter(|column| !LISTS.contains(column))
}

/// Whether scoring adds a column of this name.
pub(crate) fn is_column(name: &str) -> bool {
    Column::ALL.iter().any(|column| column.name() == name)
}

fn cell(column: Column, verdict: &Verdict) -> Cell<'_> {
    let number = |number: Option<f64>| number.map_or(Cell::Null, Cell::Number);
    let interval = verdict.pm_share_interval;
    match column {
        Column::Label => Cell::Text(verdict.label.as_str()),
        Column::Reason => verdict.reason.map_or(Cell::Null, |reason| Cell::Text(reason.as_str())),
        Column::Confidence => Cell::Number(verdict.confidence),
        Column::PPm => Cell::Number(verdict.probabilities.pm),
        Column::PPmm => Cell::Number(verdict.probabilities.pmm),
        Column::PHybrid => Cell::Number(verdict.probabilities.hybrid),
        Column::PUnclear => Cell::Number(verdict.probabilities.unclear),
        Column::PmShare => number(verdict.pm_share),
        Column::PmShareLow => number(interval.map(|interval| interval.low)),
        Column::PmShareHigh => number(interval.map(|interval| interval.high)),
        Column::StrengthPm => Cell::Number(verdict.strength.pm),
        Column::StrengthPmm => Cell::Number(verdict.strength.pmm),
        Column::StrengthOther => Cell::Number(verdict.strength.other),
        Column::OtherJob => verdict.other_job.as_deref().map_or(Cell::Null, Cell::Text),
        Column::TitleSays => verdict.title.as_ref().map_or(Cell::Null, |title| Cell::Text(title.says.as_str())),
        Column::LabelByDuties => Cell::Text(verdict.by_duties_alone.label.as_str()),
        Column::ConfidenceByDuties => Cell::Number(verdict.by_duties_alone.confidence),
        Column::Lens => Cell::Text(verdict.lens.as_str()),
        Column::TitleAgrees => verdict.by_duties_alone.title_agrees.map_or(Cell::Null, Cell::Truth),
        Column::Model => Cell::Text(&verdict.model),
        _ => Cell::Null,
    }
}

/// The columns of a batch of rows.
pub(crate) struct Columns {
    builders: Vec<(Column, Builder)>,
    lists: Option<Lists>,
}

#[derive(Default)]
struct Lists {
    pm: DutyLists,
    pmm: DutyLists,
    evidence: EvidenceLists,
    notes: NoteLists,
    /// Maximum number of phrases per role in the evidence.
    top: usize,
}

impl Columns {
    /// Columns for `rows` rows; with `top` also the lists, the evidence with at most `top` phrases per
    /// role.
    pub(crate) fn new(top: Option<usize>, rows: usize) -> Self {
        let builders = plain().map(|column| (column, Builder::new(column, rows))).collect();
        Self { builders, lists: top.map(|top| Lists { top, ..Lists::default() }) }
    }

    pub(crate) fn push(&mut self, verdict: &Verdict) {
        for (column, builder) in &mut self.builders {
            builder.push(&cell(*column, verdict));
        }
        if let Some(Lists { pm, pmm, evidence, notes, top }) = &mut self.lists {
            pm.push(verdict, Role::Pm);
            pmm.push(verdict, Role::Pmm);
            evidence.push(clearest(verdict, *top));
            notes.push(&verdict.notes);
        }
    }

    /// A row without a verdict: all columns are null but the reason.
    pub(crate) fn push_unscored(&mut self, reason: RejectReason) {
        for (column, builder) in &mut self.builders {
            builder.push(&if *column == Column::Reason { Cell::Text(reason.as_str()) } else { Cell::Null });
        }
        if let Some(Lists { pm, pmm, evidence, notes, .. }) = &mut self.lists {
            pm.ends.push(0);
            pmm.ends.push(0);
            evidence.push([].into_iter());
            notes.push(&[]);
        }
    }

    pub(crate) fn finish(self) -> Result<RecordBatch, ArrowError> {
        let schema = Self::schema(self.lists.is_some());
        let mut arrays: Vec<ArrayRef> = self.builders.into_iter().map(|(_, builder)| builder.finish()).collect();
        if let Some(Lists { pm, pmm, evidence, notes, .. }) = self.lists {
            let lists = [pm.finish()?, pmm.finish()?, evidence.finish()?, notes.finish()?];
            arrays.extend(lists.map(|list| Arc::new(list) as ArrayRef));
        }
        RecordBatch::try_new(schema, arrays)
    }

    pub(crate) fn schema(lists: bool) -> SchemaRef {
        let field = |column: Column| Field::new(column.name(), Builder::new(column, 0).data_type(), true);
        let mut fields: Vec<Field> = plain().map(field).collect();
        for column in LISTS.into_iter().filter(|_| lists) {
            let kind = match column {
                Column::Evidence => EVIDENCE_TYPE.clone(),
                Column::Notes => list(DataType::Utf8),
                _ => DUTIES_TYPE.clone(),
            };
            fields.push(Field::new(column.name(), kind, true));
        }
        Arc::new(Schema::new(fields))
    }
}

/// Duties as in the program's JSON.
static DUTIES_TYPE: LazyLock<DataType> = LazyLock::new(|| {
    list(DataType::Struct(Fields::from(vec![
        Field::new("duty", DataType::Utf8, true),
        Field::new("name", DataType::Utf8, true),
        Field::new("points", DataType::Float64, true),
    ])))
});

/// Evidence as in the JSON of a verdict.
static EVIDENCE_TYPE: LazyLock<DataType> = LazyLock::new(|| {
    list(DataType::Struct(Fields::from(vec![
        Field::new("role", DataType::Utf8, true),
        Field::new("phrase", DataType::Utf8, true),
        Field::new("start", DataType::Int64, true),
        Field::new("end", DataType::Int64, true),
        Field::new("line_start", DataType::Int64, true),
        Field::new("line_end", DataType::Int64, true),
        Field::new("points", DataType::Float64, true),
        Field::new("keywords", list(KEYWORD_TYPE.clone()), true),
        Field::new("duty", DataType::Utf8, true),
        Field::new("duty_name", DataType::Utf8, true),
        Field::new("sources", list(DataType::Utf8), true),
    ])))
});

static KEYWORD_TYPE: LazyLock<DataType> = LazyLock::new(|| {
    DataType::Struct(Fields::from(vec![
        Field::new("start", DataType::Int64, true),
        Field::new("end", DataType::Int64, true),
        Field::new("points", DataType::Float64, true),
    ]))
});

fn list(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("item", item, true)))
}

/// Where each list ends; a list starts where the one before it ends.
struct Ends(Vec<i32>);

impl Default for Ends {
    fn default() -> Self {
        Self(vec![0])
    }
}

impl Ends {
    fn push(&mut self, items: usize) {
        let last = self.0.last().copied().unwrap_or_default();
        self.0.push(last + items as i32);
    }

    fn finish(self, items: ArrayRef) -> Result<ListArray, ArrowError> {
        let field = Arc::new(Field::new("item", items.data_type().clone(), true));
        ListArray::try_new(field, OffsetBuffer::new(ScalarBuffer::from(self.0)), items, None)
    }
}

#[derive(Default)]
struct Spans {
    starts: Vec<i64>,
    ends: Vec<i64>,
}

impl Spans {
    fn push(&mut self, span: Span) {
        self.starts.push(span.start as i64);
        self.ends.push(span.end as i64);
    }

    fn finish(self) -> [ArrayRef; 2] {
        [Arc::new(Int64Array::from(self.starts)), Arc::new(Int64Array::from(self.ends))]
    }
}

#[derive(Default)]
struct DutyLists {
    ends: Ends,
    duty: StringBuilder,
    name: StringBuilder,
    points: Vec<f64>,
}

impl DutyLists {
    fn push(&mut self, verdict: &Verdict, role: Role) {
        let duties = duty_points(verdict, role);
        self.ends.push(duties.len());
        for (duty, points) in duties {
            self.duty.append_value(&duty.id);
            self.name.append_value(&duty.name);
            self.points.push(points);
        }
    }

    fn finish(mut self) -> Result<ListArray, ArrowError> {
        let points = Arc::new(Float64Array::from(self.points)) as ArrayRef;
        let columns: Vec<ArrayRef> = vec![Arc::new(self.duty.finish()), Arc::new(self.name.finish()), points];
        self.ends.finish(structs(item(&DUTIES_TYPE)?, columns)?)
    }
}

#[derive(Default)]
struct NoteLists {
    ends: Ends,
    note: StringBuilder,
}

impl NoteLists {
    fn push(&mut self, notes: &[Note]) {
        self.ends.push(notes.len());
        for note in notes {
            self.note.append_value(note.as_str());
        }
    }

    fn finish(mut self) -> Result<ListArray, ArrowError> {
        self.ends.finish(Arc::new(self.note.finish()))
    }
}

#[derive(Default)]
struct EvidenceLists {
    ends: Ends,
    role: StringBuilder,
    phrase: StringBuilder,
    span: Spans,
    line: Spans,
    points: Vec<f64>,
    keyword_ends: Ends,
    keyword_span: Spans,
    keyword_points: Vec<f64>,
    duty: StringBuilder,
    duty_name: StringBuilder,
    source_ends: Ends,
    source: StringBuilder,
}

impl EvidenceLists {
    fn push<'a>(&mut self, evidence: impl Iterator<Item = &'a Evidence>) {
        let mut items = 0;
        for found in evidence {
            items += 1;
            self.role.append_value(found.role.as_str());
            self.phrase.append_value(&found.phrase);
            self.span.push(found.span);
            self.line.push(found.line);
            self.points.push(found.points);
            self.keyword_ends.push(found.keywords.len());
            for Keyword { span, points, .. } in &found.keywords {
                self.keyword_span.push(*span);
                self.keyword_points.push(*points);
            }
            self.duty.append_option(found.duty_id());
            self.duty_name.append_option(found.duty.as_ref().map(|duty| duty.name.as_str()));
            self.source_ends.push(found.sources.len());
            for source in &found.sources {
                self.source.append_value(source.as_str());
            }
        }
        self.ends.push(items);
    }

    fn finish(mut self) -> Result<ListArray, ArrowError> {
        let [start, end] = self.span.finish();
        let [line_start, line_end] = self.line.finish();
        let [keyword_start, keyword_end] = self.keyword_span.finish();
        let keyword_points = Arc::new(Float64Array::from(self.keyword_points)) as ArrayRef;
        let keywords = structs(&KEYWORD_TYPE, vec![keyword_start, keyword_end, keyword_points])?;
        let evidence = structs(
            item(&EVIDENCE_TYPE)?,
            vec![
                Arc::new(self.role.finish()),
                Arc::new(self.phrase.finish()),
                start,
                end,
                line_start,
                line_end,
                Arc::new(Float64Array::from(self.points)),
                Arc::new(self.keyword_ends.finish(keywords)?),
                Arc::new(self.duty.finish()),
                Arc::new(self.duty_name.finish()),
                Arc::new(self.source_ends.finish(Arc::new(self.source.finish()))?),
            ],
        )?;
        self.ends.finish(evidence)
    }
}

/// The type of the items of a list.
fn item(list: &DataType) -> Result<&DataType, ArrowError> {
    match list {
        DataType::List(item) => Ok(item.data_type()),
        _ => Err(ArrowError::SchemaError("a list".to_owned())),
    }
}

fn structs(data_type: &DataType, columns: Vec<ArrayRef>) -> Result<ArrayRef, ArrowError> {
    let DataType::Struct(fields) = data_type else { return Err(ArrowError::SchemaError("a struct".to_owned())) };
    Ok(Arc::new(StructArray::try_new(fields.clone(), columns, None)?))
}
