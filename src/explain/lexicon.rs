//! A duty as the lexicon lists it.

use crate::model::{Duty, Kind, Lens, Role};

/// A duty, and the kind that each source assigns to it, for JSON.
///
/// ```
/// use rolecall::Classifier;
/// use rolecall::explain::LexiconEntry;
///
/// let classifier = Classifier::builtin()?;
/// let disputed = classifier.duties().map(LexiconEntry::new).filter(|entry| entry.disputed).count();
/// println!("the sources disagree about {disputed} duties");
/// # Ok::<(), rolecall::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct LexiconEntry<'a> {
    /// Its id.
    pub duty: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its theme.
    pub theme: &'a str,
    /// Its kind by the consensus.
    pub consensus: Kind,
    /// Its kind by source; sources that do not mention it are left out.
    pub by_lens: serde_json::Map<String, serde_json::Value>,
    /// The sources that give it to PM, alone or with PMM.
    pub sources_pm: Vec<Lens>,
    /// The sources that give it to PMM, alone or with PM.
    pub sources_pmm: Vec<Lens>,
    /// Whether the sources disagree.
    pub disputed: bool,
}

impl<'a> LexiconEntry<'a> {
    /// The entry of a duty.
    #[must_use]
    pub fn new(duty: &'a Duty) -> Self {
        let said = |lens: Lens| Some((lens.to_string(), duty.kinds[lens]?.as_str().into()));
        Self {
            duty: &duty.id,
            name: &duty.name,
            theme: &duty.theme,
            consensus: duty.kind(Lens::Consensus),
            by_lens: Lens::sources().into_iter().filter_map(said).collect(),
            sources_pm: duty.sources(Role::Pm),
            sources_pmm: duty.sources(Role::Pmm),
            disputed: duty.disputed(),
        }
    }
}
