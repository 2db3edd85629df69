/*!
Reads a job posting and says whether the job is product management (PM), product
marketing (PMM) or a hybrid of both, with the phrases that say so.

Titles lie ("Product Marketing Manager: lead a team of product managers"); duties do
not. So the two role names are no evidence here: every line of a posting is judged by
what it has somebody do, two strengths are summed up, and the verdict names the
phrases, their places, the duties they speak of, and the sources that give those
duties to a role. The model is inside the library. Nothing is read from the network,
and the same text gets the same verdict on every machine.

# Overview

- [`Classifier`] is the door: [`Classifier::builtin`] for the model inside, then
  [`classify`](Classifier::classify). It is cheap to clone, `Send` and `Sync`.
- [`Verdict`] is the answer: label with reason, calibrated probabilities, share with
  its interval, strengths, evidence, partner mentions, ignored parts, reading of the
  title.
- [`Options`] chooses the [`Lens`] (whose definition of the roles counts), how many
  phrases are listed, and the least confidence.
- [`Scratch`] keeps buffers from posting to posting.
- [`explain`] renders verdicts for people.
- `batch`, with the feature of that name, scores files of postings.
- `train` and `eval`, with the feature `train`, train a model and measure it.

# Examples

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
assert!(verdict.pm_share < 0.3);
for found in &verdict.evidence {
    // Places are byte ranges of the posting as it was given.
    println!("{:.2} {} {:?} {:?}", found.points, found.role, found.span.of(posting), found.duty);
}
# Ok::<(), rolecall::Error>(())
```

The evidence is exact. Listed phrases, other wording and the prior add up to each
role's strength:

```
# use rolecall::{Classifier, Role};
# let classifier = Classifier::builtin()?;
# let posting = "Own the roadmap, rank the backlog with engineers every sprint, write the requirements of \
#     each release and decide what gets built. Then write its messaging and plan the launch with sales.";
let verdict = classifier.classify(posting);
for (role, strength) in [(Role::Pm, verdict.strength.pm), (Role::Pmm, verdict.strength.pmm)] {
    let listed: f64 = verdict.evidence.iter().filter(|found| found.role == role).map(|found| found.points).sum();
    let sum = listed + verdict.other_wording.of(role) + verdict.prior;
    assert!((sum - strength).abs() < 1e-9);
}
# Ok::<(), rolecall::Error>(())
```

Many postings, labels only, through one source's definition; a title is compared with
the verdict and never counted:

```
use rolecall::{Classifier, Lens, Options, Scratch, TitleSays};

# let postings = [("Product Marketing Manager", "Own the roadmap and the backlog of our mobile app, write \
#     user stories with acceptance criteria, run discovery interviews, plan sprints with engineers and decide \
#     which features get built and which do not.")];
let options = Options::default().lens(Lens::Wikipedia).phrases(0);
let classifier = Classifier::builtin()?.with_options(options);
let mut scratch = Scratch::new(); // one a thread
for (title, posting) in postings {
    let verdict = classifier.classify_with(&mut scratch, Some(title), posting);
    let title = verdict.title.expect("a title was given");
    assert_eq!(title.says, TitleSays::Pmm);
    assert_eq!(title.agrees, Some(false)); // the duties are a product manager's
}
# Ok::<(), rolecall::Error>(())
```

A text that cannot be judged says why:

```
use rolecall::{Classifier, Label, Reason};

let verdict = Classifier::builtin()?.classify("Product manager wanted. Call us.");
assert_eq!(verdict.label, Label::Unclear);
assert_eq!(verdict.reason, Some(Reason::TooShort));
# Ok::<(), rolecall::Error>(())
```

# Features

Without features the library only judges: no files, threads or clock, and none of the
crates that training, tables and the command line need.

| feature | what it adds | crates |
|---|---|---|
| `serde` | [`Verdict`] and its parts serialise to the JSON that the program prints | serde |
| `train` | `train`, `eval`: training and measuring; `Classifier::from_file` | linfa, linfa-bayes, ndarray, csv, toml, `serde_json` |
| `batch` | `batch`: files of postings, judged on all cores; `Classifier::from_file` | flate2, ruzstd, `encoding_rs`, `serde_json` |
| `cli` (default) | the program `rolecall`, and all of the above | clap, anyhow, ctrlc |

For the library alone: `rolecall = { version = "0.1", default-features = false }`.

# Limits

- English only. Other languages are told apart, not read.
- Postings only: a line that no training line resembles is doubtful, and a text that
  is no posting may be doubtful too instead of being called off topic.
- Under 30 words there is too little to judge; the share of a posting with a handful
  of duties has a wide interval.
- A hybrid is rare among real postings, and its confidence is the least well known.
- The sources of the two definitions disagree, and so do the lenses. The consensus is
  an editorial weighing of them, written down duty by duty in `corpus/duties.csv`.
- Of texts of 4 GiB and more the first 4 GiB are read.
*/
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "batch")]
pub mod batch;
#[cfg(feature = "train")]
mod corpus;
mod error;
#[cfg(feature = "train")]
pub mod eval;
pub mod explain;
mod infer;
mod model;
/// For the program; no part of the API.
#[cfg(feature = "batch")]
#[doc(hidden)]
pub mod output_file;
#[cfg(any(feature = "batch", feature = "train", test))]
mod random;
mod text;
mod tokenize;
#[cfg(feature = "train")]
pub mod train;

pub use error::{Error, ErrorKind, Place};
pub use infer::{
    Classifier, Evidence, Ignored, Interval, LineVerdict, Options, Partner, Probabilities, Reason, RolePoints, Scratch,
    Strength, TitleReading, TitleSays, Verdict,
};
pub use model::{ByKind, ByLabel, ByLens, ByRole, Duty, Kind, Label, Lens, Role};
pub use text::Span;
