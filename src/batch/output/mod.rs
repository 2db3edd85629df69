//! What a run writes: columns, rows, rejected rows, and the files they go to.

pub(crate) mod cell;
pub(crate) mod column;
pub(crate) mod files;
pub(crate) mod paths;
pub(crate) mod rejects;
