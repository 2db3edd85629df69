//! Posting text: markup removed with offsets kept, headings, language, byte ranges.

mod heading;
mod heading_cues;
pub(crate) mod html;
mod html_entity;
pub(crate) mod language;
pub(crate) mod shorten;
mod span;

pub(crate) use heading_cues::Section;
pub use span::Span;
