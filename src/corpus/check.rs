//! Consistency between the corpus files.

use std::collections::{BTreeMap, BTreeSet};

use super::{Corpus, DutyEntry, Item, TrainingLine};
use crate::error::{Error, ErrorKind};
use crate::model::{Kind, Lens};

/// Checks that every item is covered by a duty, that the lens columns of every duty follow
/// from its items, that every line has a known duty or topic of its kind, and that no line
/// occurs twice.
///
/// # Errors
/// The first inconsistency, with its file and line.
pub(super) fn check(corpus: &Corpus) -> Result<(), Error> {
    let wrong = |file: &str, line: u64, message: String| Error::new(ErrorKind::Corpus, message).file(file).line(line);
    let mut items: BTreeMap<&str, &Item> = BTreeMap::new();
    for item in &corpus.items {
        if let Some(first) = items.insert(&item.id, item) {
            return Err(wrong("items.csv", item.line, format!("'{}' is also on line {}", item.id, first.line)));
        }
    }
    let mut covered = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for entry in &corpus.duties {
        let (id, at) = (&entry.duty.id, entry.line);
        if !ids.insert(id.as_str()) {
            return Err(wrong("duties.csv", at, format!("duty '{id}' occurs twice")));
        }
        for item in &entry.items {
            if !items.contains_key(item.as_str()) {
                return Err(wrong("duties.csv", at, format!("duty '{id}' names an unknown item '{item}'")));
            }
            covered.insert(item.as_str());
        }
        for lens in Lens::sources() {
            let said: BTreeSet<_> = entry
                .items
                .iter()
                .filter_map(|item| items.get(item.as_str()))
                .filter(|item| item.lens == Some(lens))
                .map(|item| item.kind)
                .collect();
            attribution(entry, lens, &said).map_err(|message| wrong("duties.csv", at, message))?;
        }
        if entry.duty.disputed() && entry.note.is_empty() {
            return Err(wrong(
                "duties.csv",
                at,
                format!("the sources disagree about '{id}': add a note that says how"),
            ));
        }
    }
    if let Some(missing) = corpus.items.iter().find(|item| !covered.contains(item.id.as_str())) {
        let message = format!("item '{}' is not covered by a duty", missing.id);
        return Err(wrong("items.csv", missing.line, message).hint("add it to a duty in duties.csv"));
    }
    for lens in Lens::sources() {
        if !corpus.duties.iter().any(|entry| entry.duty.kinds[lens].is_some()) {
            return Err(wrong("duties.csv", 1, format!("lens '{lens}' has no attributions")));
        }
    }
    for topic in &corpus.topics {
        if !ids.insert(topic.id.as_str()) {
            return Err(wrong("topics.csv", topic.line, format!("'{}' occurs twice", topic.id)));
        }
    }
    lines(corpus)
}

/// Checks one lens column of a duty against the items of the duty.
fn attribution(entry: &DutyEntry, lens: Lens, said: &BTreeSet<Kind>) -> Result<(), String> {
    let expected = match (said.len(), said.first()) {
        (0, _) => None,
        (1, Some(&kind)) => Some(kind),
        _ => Some(Kind::Shared),
    };
    let found = entry.duty.kinds[lens];
    if expected == found {
        return Ok(());
    }
    let name = |kind: Option<Kind>| kind.map_or("nothing", Kind::as_str);
    Err(format!("duty '{}': {lens} says {}, its items say {}", entry.duty.id, name(found), name(expected)))
}

fn lines(corpus: &Corpus) -> Result<(), Error> {
    let known: BTreeMap<&str, Kind> = corpus
        .duties
        .iter()
        .map(|entry| (entry.duty.id.as_str(), entry.duty.kind(Lens::Consensus)))
        .chain(corpus.topics.iter().map(|topic| (topic.id.as_str(), topic.kind)))
        .collect();
    let mut seen: BTreeMap<String, &TrainingLine> = BTreeMap::new();
    let mut used = BTreeSet::new();
    for line in &corpus.lines {
        let wrong = |message: String| Error::new(ErrorKind::Corpus, message).file("lines.csv").line(line.line);
        match known.get(line.id.as_str()) {
            None => {
                return Err(wrong(format!("unknown duty or topic '{}'", line.id)).hint("see duties.csv, topics.csv"));
            }
            Some(kind) if *kind != line.kind => {
                return Err(wrong(format!("'{}' is of kind {kind}, the line says {}", line.id, line.kind)));
            }
            Some(_) => {}
        }
        let key: String = line.text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        if key.is_empty() {
            return Err(wrong("the line has no words".into()));
        }
        if let Some(first) = seen.insert(key, line) {
            return Err(wrong(format!("the same line as line {}", first.line)));
        }
        used.insert(line.id.as_str());
    }
    let duties = corpus.duties.iter().map(|entry| ("duties.csv", entry.duty.id.as_str(), entry.line));
    let topics = corpus.topics.iter().map(|topic| ("topics.csv", topic.id.as_str(), topic.line));
    if let Some((file, id, line)) = duties.chain(topics).find(|(_, id, _)| !used.contains(id)) {
        return Err(Error::new(ErrorKind::Corpus, format!("'{id}' has no line in lines.csv")).file(file).line(line));
    }
    Ok(())
}
