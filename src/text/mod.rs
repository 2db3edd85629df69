//! From a posting to text that can be read: markup out, offsets kept, sections found.

mod cues;
mod entity;
pub(crate) mod html;
pub(crate) mod section;
pub(crate) mod shorten;
mod span;

pub use section::Section;
pub use span::Span;
