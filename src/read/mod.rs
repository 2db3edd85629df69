//! Reads files: detects their kind and encoding, decompresses them, and extracts the text of documents.

#![cfg_attr(not(feature = "batch"), allow(dead_code, reason = "parts that only tables need"))]

pub(crate) mod charset;
mod decode;
mod document;
pub(crate) mod kind;
mod mail;
mod office;
pub(crate) mod unpack;
pub(crate) mod utf16;

pub use document::Document;
