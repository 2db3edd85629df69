//! The model file: one binary file, little-endian, with a checksum.
//!
//! Magic, format version, checksum of the rest, then parameters, names and tables in a
//! fixed order. Tables are stored as they are used, each at a multiple of
//! [`TABLE_ALIGNMENT`] bytes, so that those of a model that is compiled into the program are
//! used in place. The same model gives the same bytes on every machine.

mod format;
mod input;
mod read;
#[cfg(feature = "train")]
mod write;

pub(crate) use format::TABLE_ALIGNMENT;
#[cfg(feature = "train")]
pub(crate) use format::VERSION;
pub(crate) use read::{read, read_static};
#[cfg(feature = "train")]
pub(crate) use write::write;
