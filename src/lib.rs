/*!
Classifies job postings as product management (PM), product marketing (PMM) or a hybrid of
both, and shows the phrases that decide.

A title may mislead ("Product Marketing Manager: lead a team of product managers"), so the
names of the roles are not evidence. Every line of a posting is classified by its duties; a
title, given or found in the posting, is only a prior. The lines add up to a strength of each
role, and the verdict lists the phrases that contributed most, with their places, their duties,
and the sources that assign those duties to a role. The model is part of the library. It works
offline, and the same text gets the same verdict on every machine.

# Overview

- [`Classifier`] reads postings: [`Classifier::builtin`] loads the model, then
  [`classify`](Classifier::classify), [`classify_titled`](Classifier::classify_titled) for a
  posting with a title, or [`classify_with`](Classifier::classify_with) for many. It is cheap
  to clone, `Send` and `Sync`.
- [`Verdict`] is the result: label and reason, calibrated probabilities, PM share with its
  interval, strengths, [`Evidence`], partner mentions, ignored parts and the claim of the
  title.
- [`Options`] sets the [`Lens`] (whose definition of the roles counts), the number of
  phrases and the minimum confidence.
- [`Scratch`] holds buffers that are reused from one posting to the next.
- [`explain`] presents a verdict: highlighting, duties, lenses, what would change the label,
  an HTML page.
- `batch` (feature `batch`) scores tables and iterators of postings on all cores.
- `train` and `eval` (feature `train`) train and measure models.

# Examples

Longer ones are in the folder `examples`.

One posting, and why:

```
use rolecall::{Classifier, Label};

let classifier = Classifier::builtin()?;
let posting = "\
    What you will do
    - Write the positioning and the messaging of each launch, and plan the launch itself
    - Train the sales team with battlecards, demo scripts and answers to objections
    - Turn customer interviews into case studies, and keep the buyer personas current
    - Follow competitors and show sellers how to win against them";
let verdict = classifier.classify(posting);
assert_eq!(verdict.label, Label::Pmm);
assert!(verdict.pm_share.is_some_and(|share| share < 0.3));
for found in &verdict.evidence {
    // Spans are byte ranges of the posting as given.
    println!("{:.2} {} {:?} {:?}", found.points, found.role, found.span.of(posting), found.duty_id());
}
# Ok::<(), rolecall::Error>(())
```

Points are additive: phrases and other wording add up to the strength of each role.

```
# use rolecall::{Classifier, Role};
# let classifier = Classifier::builtin()?;
# let posting = "Own the roadmap, rank the backlog with engineers every sprint, write the requirements of \
#     each release and decide what gets built. Then write its messaging and plan the launch with sales.";
let verdict = classifier.classify(posting);
for (role, strength) in [(Role::Pm, verdict.strength.pm), (Role::Pmm, verdict.strength.pmm)] {
    let listed: f64 = verdict.evidence.iter().filter(|found| found.role == role).map(|found| found.points).sum();
    let sum = listed + verdict.other_wording.of(role);
    assert!((sum - strength).abs() < 1e-9);
}
# Ok::<(), rolecall::Error>(())
```

Many postings, labels only, by the definition of one source. A title is a prior that the
duties add to or outweigh; the verdict also has the label by the duties alone:

```
use rolecall::{Classifier, Lens, Options, Scratch, TitleClaim};

# let postings = [("Product Marketing Manager", "Own the roadmap and the backlog of our mobile app, write \
#     user stories with acceptance criteria, run discovery interviews, plan sprints with engineers and decide \
#     which features get built and which do not.")];
let options = Options::default().lens(Lens::Wikipedia).phrases(0);
let classifier = Classifier::builtin()?.with_options(options);
let mut scratch = Scratch::new(); // one per thread
for (title, posting) in postings {
    let verdict = classifier.classify_with(&mut scratch, Some(title), posting);
    let title = verdict.title.expect("a title was given");
    assert_eq!(title.says, TitleClaim::Pmm);
    assert_eq!(verdict.by_duties_alone.title_agrees, Some(false)); // the duties are a product manager's
}
# Ok::<(), rolecall::Error>(())
```

A text that cannot be classified has a reason:

```
use rolecall::{Classifier, Label, Reason};

let verdict = Classifier::builtin()?.classify("Product manager wanted. Call us.");
assert_eq!(verdict.label, Label::Unclear);
assert_eq!(verdict.reason, Some(Reason::TooShort));
# Ok::<(), rolecall::Error>(())
```

# Features

Without features the library only classifies: it uses no files, threads or clock, and none
of the crates that training, tables and the command line need.

| feature | adds | crates |
|---|---|---|
| `serde` | [`Verdict`] and its parts convert to and from the JSON that the program prints | serde |
| `read` | [`Document`]: the text of a file in any encoding, a Word document or an email | `encoding_rs`, `chardetng`, flate2, ruzstd, zip, `quick-xml`, `mail-parser` |
| `table` | `table`: how tables of postings are read; part of `train` and `batch` | `serde_json`, strsim, and those of `read` |
| `train` | `train`, `eval`: training, measuring; `Classifier::from_file` | linfa, linfa-bayes, ndarray, csv, toml |
| `batch` | `batch`: tables and iterators of postings on all cores; `Classifier::from_file` | tempfile |
| `serve` | the web server of `rolecall serve` | axum, hyper, tokio, tower-http |
| `cli` (default) | the program `rolecall`, and all of the above | clap, anyhow and others |

For the library alone: `rolecall = { version = "0.1", default-features = false }`.

# Limits

- English only. Other languages are recognized, but not classified.
- Job postings only. A text that is not a posting may be unclear for another reason than
  [`Reason::OffTopic`].
- A posting of fewer than 30 words is unclear, and with only a handful of duties the interval
  of the share is wide.
- Hybrids are rare among real postings; their confidence is the least well calibrated.
- The sources of the two definitions disagree, and so do the lenses. The consensus is an
  editorial weighing of them, written down duty by duty in `corpus/duties.csv`.
- Only the first 4 GiB of a text are read.
*/
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "batch")]
pub mod batch;
#[cfg(feature = "train")]
mod corpus;
#[cfg(feature = "train")]
mod dataset;
mod error;
#[cfg(feature = "train")]
pub mod eval;
pub mod explain;
mod hash;
mod infer;
#[cfg(feature = "read")]
#[cfg_attr(not(feature = "batch"), allow(dead_code, reason = "parts that only tables need"))]
mod input_file;
mod model;
/// For the program; not part of the API.
#[cfg(feature = "batch")]
#[doc(hidden)]
pub mod output_file;
/// For the program; not part of the API.
#[cfg(feature = "table")]
#[doc(hidden)]
pub mod panics;
#[cfg(any(feature = "batch", feature = "train"))]
mod proportion;
mod random;
#[cfg(feature = "read")]
mod read;
/// For the program; not part of the API.
#[cfg(feature = "serve")]
#[doc(hidden)]
pub mod serve;
#[cfg(feature = "table")]
pub mod table;
mod text;
mod tokenize;
#[cfg(feature = "train")]
pub mod train;

pub use error::{Error, ErrorKind, Place};
pub use infer::{
    ByDutiesAlone, Classifier, Evidence, Ignored, Interval, Keyword, LineVerdict, Note, Options, Partner,
    Probabilities, Reason, RolePoints, Scratch, Strength, TitleReading, Verdict,
};
pub use model::{ByClaim, ByKind, ByLabel, ByLens, ByRole, Duty, Kind, Label, Lens, Role, TitleClaim};
#[cfg(feature = "read")]
pub use read::Document;
pub use text::Span;
