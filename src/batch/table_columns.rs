//! The columns of a table, before it is classified.

use std::io::Read;

use super::Batch;
use crate::error::Error;
use crate::table::Table;

/// The columns of a table, and which of them would be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct TableColumns {
    /// All columns; of objects, those of the first rows.
    pub names: Vec<String>,
    /// The columns with the text.
    pub text: Vec<String>,
    /// The column with the title.
    pub title: Option<String>,
    /// What was detected, in words.
    pub notes: Vec<String>,
}

impl Batch {
    /// Reads the beginning of a table, to let a person choose columns. No text column is
    /// needed yet: where none is found, `text` is empty.
    ///
    /// # Errors
    /// As [`Batch::score`] before the first row.
    pub fn table_columns(&self, reader: impl Read + Send) -> Result<TableColumns, Error> {
        let table = Table::open(reader, None, &self.table)?;
        let name = |at: &usize| table.names[*at].clone();
        Ok(TableColumns {
            text: table.text.iter().map(name).collect(),
            title: table.title.as_ref().map(name),
            notes: table.notes,
            names: table.names,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_found_without_reading_rows() {
        let batch = Batch::new(crate::Classifier::builtin().unwrap());
        let found = batch.table_columns(&b"id,job_title,description\n1,PM,Own the roadmap.\n"[..]).unwrap();
        assert_eq!(found.names, ["id", "job_title", "description"]);
        assert_eq!(
            (found.text.as_slice(), found.title.as_deref()),
            (&["description".to_owned()][..], Some("job_title"))
        );
        assert!(batch.table_columns(&b""[..]).is_err());
        let labeled = batch.table_columns(&b"text,rolecall_label\nOwn the roadmap.,pm\n"[..]).unwrap();
        assert_eq!(labeled.names, ["text", "rolecall_label"], "a table that was classified before");
    }
}
