//! Counts of features in real postings: reading and writing `counts.csv`.
//!
//! Lines of `# name: value` say what was counted and how. A CSV table follows, with one row per
//! feature, sorted. It has numbers and stems, no text.

use std::fmt::Write as _;
use std::path::Path;

use crate::error::{Error, ErrorKind};
use crate::hash::fnv1a;

/// The columns.
const COLUMNS: [&str; 11] =
    ["feature", "postings", "employers", "pm", "pmm", "shared", "filler", "other", "product", "scale", "duties"];

/// The columns of the kinds, which are in the order of the model's lanes.
const KIND_COLUMNS: std::ops::Range<usize> = 3..8;

/// One feature's row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CountedFeature {
    /// Its stem, or two stems with a space between; `^` stands for the start of a line.
    pub name: String,
    /// Postings that hold it.
    pub postings: u32,
    /// Employers of these postings.
    pub employers: u32,
    /// By kind, in the order of the columns, the number of lines that hold it. A line whose kind is
    /// uncertain counts as fractions.
    pub lines: Vec<f32>,
    /// Its weight in the product score (positive: a product role), which multiplies its value in a
    /// posting.
    pub product: f32,
    /// Its scale. The product score is divided by the Euclidean norm of the scaled values.
    pub scale: f32,
    /// Its largest positive weights for duties, from real lines labeled with duties.
    pub duties: Vec<(String, f32)>,
}

impl CountedFeature {
    /// Its stems; the second only for pairs.
    pub(crate) fn stems(&self) -> (&str, Option<&str>) {
        match self.name.split_once(' ') {
            Some((a, b)) => (a, Some(b)),
            None => (&self.name, None),
        }
    }
}

/// What was counted in real postings.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct RealCounts {
    /// The head: names and values, in order.
    pub head: Vec<(String, String)>,
    /// The features, sorted by name.
    pub features: Vec<CountedFeature>,
}

impl RealCounts {
    /// The contents of `counts.csv`.
    pub(crate) fn to_csv(&self) -> Vec<u8> {
        let body = self.body();
        let mut text =
            String::from("# Counts of stems and pairs of stems in real postings. No text is in this file.\n");
        for (name, value) in &self.head {
            let _ = writeln!(text, "# {name}: {value}");
        }
        let _ = writeln!(text, "# features: {}", self.features.len());
        let _ = writeln!(text, "# checksum: {:016x}", checksum(&body));
        text += &body;
        text.into_bytes()
    }

    fn body(&self) -> String {
        let mut body = COLUMNS.join(",");
        body.push('\n');
        for feature in &self.features {
            let _ = write!(body, "{},{},{}", feature.name, feature.postings, feature.employers);
            for lines in &feature.lines {
                body.push(',');
                // Most are 0, which is left empty.
                if *lines != 0.0 {
                    let _ = write!(body, "{lines}");
                }
            }
            let _ = write!(body, ",{},{},", feature.product, feature.scale);
            for (at, (duty, weight)) in feature.duties.iter().enumerate() {
                let _ = write!(body, "{}{duty}:{weight}", if at > 0 { " " } else { "" });
            }
            body.push('\n');
        }
        body
    }

    /// Reads `counts.csv`.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Corpus`] when it is not UTF-8 and, with
    /// the line, when the head does not fit the rows, a column is unknown or missing, or a row is
    /// malformed.
    pub(crate) fn load(path: &Path) -> Result<Self, Error> {
        let bytes =
            std::fs::read(path).map_err(|error| Error::new(ErrorKind::Io, error.to_string()).file(path.display()))?;
        let text =
            String::from_utf8(bytes).map_err(|_| Error::new(ErrorKind::Corpus, "not UTF-8").file(path.display()))?;
        Self::parse(&text).map_err(|(line, message)| {
            Error::new(ErrorKind::Corpus, message)
                .file(path.display())
                .line(line)
                .hint("'rolecall count' writes this file")
        })
    }

    fn parse(text: &str) -> Result<Self, (u64, String)> {
        let mut head = Vec::new();
        let mut rest = text;
        let mut line = 1;
        while let Some((first, after)) = rest.split_once('\n')
            && let Some(entry) = first.strip_prefix('#')
        {
            if let Some((name, value)) = entry.trim().split_once(": ") {
                head.push((name.to_owned(), value.to_owned()));
            }
            (rest, line) = (after, line + 1);
        }
        let mut taken = |name: &str| {
            let at = head.iter().position(|(found, _)| found == name);
            at.map(|at| head.remove(at).1).ok_or((1, format!("no '# {name}: …' in the head")))
        };
        let (features, sum) = (taken("features")?, taken("checksum")?);
        let found = format!("{:016x}", checksum(rest));
        if sum != found {
            return Err((1, format!("checksum {found}, the head says {sum}: the rows were changed")));
        }
        let columns: Vec<&str> = rest.lines().next().unwrap_or_default().split(',').collect();
        if let Some(unknown) = columns.iter().find(|name| !COLUMNS.contains(name)) {
            return Err((line, format!("unknown kind or column '{unknown}'")));
        }
        if columns != COLUMNS {
            return Err((line, format!("columns must be {}", COLUMNS.join(","))));
        }
        let mut counts = Self { head, features: Vec::new() };
        for row in rest.lines().skip(1) {
            line += 1;
            let feature = parse_row(row).ok_or_else(|| (line, format!("not a row of counts: '{row}'")))?;
            if counts.features.last().is_some_and(|before| before.name >= feature.name) {
                return Err((line, format!("'{}' is out of order or there twice", feature.name)));
            }
            counts.features.push(feature);
        }
        if features != counts.features.len().to_string() {
            return Err((1, format!("{} features, the head says {features}", counts.features.len())));
        }
        Ok(counts)
    }
}

fn parse_row(row: &str) -> Option<CountedFeature> {
    let fields: Vec<&str> = row.split(',').collect();
    let [name, postings, employers, lines @ .., product, scale, duties] = fields.as_slice() else { return None };
    let number = |field: &&str| field.parse::<f32>().ok().filter(|number| number.is_finite());
    let lines: Option<Vec<f32>> = lines
        .iter()
        .map(|field| if field.is_empty() { Some(0.0) } else { number(field).filter(|n| *n >= 0.0) })
        .collect();
    let lines = lines.filter(|lines| lines.len() == KIND_COLUMNS.len())?;
    let duty = |entry: &str| {
        let (duty, weight) = entry.split_once(':')?;
        Some((duty.to_owned(), number(&weight).filter(|weight| *weight > 0.0)?))
    };
    let words = name.split(' ').count();
    let sound = !name.is_empty() && words <= 2 && name.split(' ').all(|stem| !stem.is_empty());
    Some(CountedFeature {
        name: sound.then(|| (*name).to_owned())?,
        postings: postings.parse().ok()?,
        employers: employers.parse().ok()?,
        lines,
        product: number(product)?,
        scale: number(scale).filter(|scale| *scale >= 0.0)?,
        duties: duties.split_terminator(' ').map(duty).collect::<Option<_>>()?,
    })
}

/// FNV-1a: guards against edits by hand, not against malice.
fn checksum(text: &str) -> u64 {
    fnv1a(text.bytes().map(u64::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> RealCounts {
        let feature = |name: &str, lines: [f32; 5]| CountedFeature {
            name: name.to_owned(),
            postings: 12,
            employers: 7,
            lines: lines.to_vec(),
            product: -0.25,
            scale: 1.5,
            duties: vec![("product-roadmap".to_owned(), 2.25), ("product-vision".to_owned(), 0.5)],
        };
        let features =
            vec![feature("^ own", [3.0, 0.0, 0.5, 0.0, 0.25]), feature("roadmap", [9.0, 1.0, 0.0, 0.0, 0.0])];
        let head = vec![("postings".to_owned(), "12".to_owned())];
        RealCounts { head, features }
    }

    #[test]
    fn what_is_written_is_read() {
        let counts = sample();
        let text = String::from_utf8(counts.to_csv()).unwrap();
        assert_eq!(RealCounts::parse(&text).unwrap(), counts);
    }

    #[test]
    fn what_does_not_fit_is_refused_with_its_line() {
        let counts = sample();
        let good = String::from_utf8(counts.to_csv()).unwrap();
        let resealed = |text: String| {
            let body = text.split_once("feature,").map(|(_, body)| format!("feature,{body}")).unwrap();
            let head = text.split_once("# checksum").map(|(head, _)| head.to_owned()).unwrap();
            format!("{head}# checksum: {:016x}\n{body}", checksum(&body))
        };
        let table = [
            (good.replace("12,7,9", "12,7,8"), 1, "the rows were changed"),
            (resealed(good.replace("other", "otter")), 5, "unknown kind or column 'otter'"),
            (resealed(good.replace(",other", "")), 5, "columns must be"),
            (resealed(good.replace("\nroadmap", "\n^ own")), 7, "there twice"),
            (resealed(good.replace("-0.25", "NaN")), 6, "not a row"),
            (resealed(good.replace("roadmap:2.25", "roadmap:-1")), 6, "not a row"),
            (good.replace("# features: 2", "# features: 3"), 1, "the head says 3"),
            (good.replace("# checksum", "# sum"), 1, "no '# checksum"),
            (String::new(), 1, "no '# features"),
        ];
        for (text, line, expected) in table {
            let (at, message) = RealCounts::parse(&text).unwrap_err();
            assert!(at == line && message.contains(expected), "{at}: {message}, expected {line}: {expected}");
        }
    }
}
