//! The text of a posting: cleaning with offsets kept, headings, language, byte ranges.

pub(crate) mod clean;
mod escapes;
mod heading;
mod heading_cues;
mod html;
pub(crate) mod language;
mod layer;
mod layout;
mod letters;
pub(crate) mod shorten;
mod span;

pub(crate) use heading_cues::Section;
pub use span::Span;
