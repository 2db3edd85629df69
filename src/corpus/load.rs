//! Reading the corpus files. Every error has the file and the line.

use std::path::Path;

use super::check::check;
use super::{Corpus, DutyEntry, Item, Topic, TrainingLine};
use crate::error::{Error, ErrorKind};
use crate::model::{ByLens, Duty, Kind, Lens};

/// Loads and checks the corpus in `folder`: `sources.toml`, `items.csv`,
/// `duties.csv`, `topics.csv` and `lines.csv`.
///
/// # Errors
/// If a file cannot be read, a row is malformed, or [`check`] finds an
/// inconsistency.
pub(crate) fn load(folder: &Path) -> Result<Corpus, Error> {
    check_sources(&folder.join("sources.toml"))?;
    let corpus = Corpus {
        items: items(&folder.join("items.csv"))?,
        duties: duties(&folder.join("duties.csv"))?,
        topics: topics(&folder.join("topics.csv"))?,
        lines: lines(&folder.join("lines.csv"))?,
    };
    check(&corpus).map_err(|error| {
        // The check reports file names without the folder.
        let path = error.place().file.as_ref().map(|file| folder.join(file).display().to_string());
        path.into_iter().fold(error, Error::file)
    })?;
    Ok(corpus)
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct SourcesFile {
    text: Vec<Source>,
    lens: Vec<LensEntry>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "title")]
    _title: String,
    lenses: Vec<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LensEntry {
    id: String,
    #[serde(rename = "name")]
    _name: String,
}

/// Checks that every lens is listed and defined by exactly one source text.
fn check_sources(path: &Path) -> Result<(), Error> {
    let wrong = |message: String| Error::new(ErrorKind::Corpus, message).file(path.display());
    let text =
        std::fs::read_to_string(path).map_err(|error| Error::from_cause(ErrorKind::Io, error).file(path.display()))?;
    let file: SourcesFile = toml::from_str(&text).map_err(|error| {
        let line = error.span().map_or(1, |span| 1 + text[..span.start.min(text.len())].matches('\n').count());
        wrong(error.message().to_owned()).line(line as u64)
    })?;
    for lens in Lens::sources() {
        let listed = file.lens.iter().any(|entry| entry.id == lens.as_str());
        let defined = file.text.iter().filter(|text| text.lenses.iter().any(|id| id == lens.as_str())).count();
        if !listed || defined != 1 {
            return Err(wrong(format!("lens '{lens}' must be listed and defined by exactly one text")));
        }
    }
    Ok(())
}

/// Reads a CSV file with exactly the columns of `header`.
fn table<T, const N: usize>(
    path: &Path,
    header: [&str; N],
    row: impl Fn([&str; N], u64) -> Result<T, String>,
) -> Result<Vec<T>, Error> {
    let at = |message: String, line: u64| Error::new(ErrorKind::Corpus, message).file(path.display()).line(line);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(path).map_err(|error| {
        Error::from_cause(ErrorKind::Io, error).file(path.display()).hint("is this the corpus folder?")
    })?;
    let mut rows = Vec::new();
    for (index, record) in reader.records().enumerate() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            match error.kind() {
                csv::ErrorKind::Utf8 { .. } => at("not UTF-8".into(), line),
                _ => at(format!("not a row of {N} columns: {error}"), line),
            }
        })?;
        let line = record.position().map_or(0, csv::Position::line);
        let fields: Vec<&str> = record.iter().collect();
        if fields.iter().any(|field| field.contains('\n')) {
            return Err(at("a field of more than one line".into(), line).hint("is a quote missing?"));
        }
        let fields: [&str; N] =
            fields.try_into().map_err(|found: Vec<_>| at(format!("{} columns, expected {N}", found.len()), line))?;
        if index == 0 {
            if fields != header {
                return Err(at(format!("header must be '{}'", header.join(",")), line));
            }
            continue;
        }
        rows.push(row(fields, line).map_err(|message| at(message, line))?);
    }
    Ok(rows)
}

fn kind(name: &str) -> Result<Kind, String> {
    name.parse().map_err(|error: Error| error.to_string())
}

fn items(path: &Path) -> Result<Vec<Item>, Error> {
    table(path, ["item", "lens", "role", "term"], |[id, lens, role, _], line| {
        let lens = match lens {
            "advertised" => None,
            name => Some(name.parse::<Lens>().map_err(|error| error.to_string())?),
        };
        Ok(Item { id: id.to_owned(), lens, kind: kind(role)?, line })
    })
}

fn duties(path: &Path) -> Result<Vec<DutyEntry>, Error> {
    let header = [
        "duty", "name", "theme", "consensus", "guide", "overlap", "lists", "thread", "aipmm", "wikipedia", "items",
        "note",
    ];
    table(path, header, |fields, line| {
        let [id, name, theme, consensus, lenses @ .., items, note] = fields;
        let lenses: [&str; 6] = lenses;
        let mut kinds = ByLens::default();
        kinds[Lens::Consensus] = Some(kind(consensus)?);
        for (lens, said) in Lens::sources().into_iter().zip(lenses).filter(|(_, said)| !said.is_empty()) {
            kinds[lens] = Some(kind(said)?);
        }
        Ok(DutyEntry {
            duty: Duty { id: id.to_owned(), name: name.to_owned(), theme: theme.to_owned(), kinds },
            items: items.split_whitespace().map(str::to_owned).collect(),
            note: note.to_owned(),
            line,
        })
    })
}

fn topics(path: &Path) -> Result<Vec<Topic>, Error> {
    table(path, ["topic", "kind", "family", "name"], |[id, kind_name, family, _], line| {
        let kind = kind(kind_name)?;
        if !matches!(kind, Kind::Other | Kind::Filler) || family.is_empty() {
            return Err(format!("topic '{id}' must be of kind filler or other and have a family"));
        }
        Ok(Topic { id: id.to_owned(), kind, family: family.to_owned(), line })
    })
}

fn lines(path: &Path) -> Result<Vec<TrainingLine>, Error> {
    table(path, ["kind", "id", "text"], |[kind_name, id, text], line| {
        Ok(TrainingLine { kind: kind(kind_name)?, id: id.to_owned(), text: text.to_owned(), line })
    })
}
