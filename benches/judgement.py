#!/usr/bin/env python3
"""Compares the verdicts of Rolecall with those of common classifiers on labeled postings.

    python3 benches/judgement.py --setup
    python3 benches/judgement.py FOLDER --rolecall target/release/rolecall

`--setup` makes a virtual environment under target/ and installs REQUIREMENTS into it;
later runs use it. Needs Python 3.11 or later, 64 bits.

FOLDER holds `titled.jsonl.zst` (postings with the kind their title has) and
`tune.jsonl` (postings with the annotators' labels). Every contender is trained on both.
  --set tune   (default) measures on `tune.jsonl`, cross-fitted by employer: whoever
               judges a posting was trained without its employer. Rolecall's model is
               built in and was fitted on these postings, so its row is not cross-fitted.
  --set check  trains on everything and measures once on `check.jsonl.zst`. Only figures
               are printed, never a text, a title, an id or a single verdict.
  --json FILE  also writes the figures as JSON.
  --feed-json FILE
               Rolecall's figures on the mixed feed, which `rolecall report --feed` measures:
               models/report.json, or a file with its `feed` object alone. Without it
               these cells say "see report".
"""

import argparse
import hashlib
import html
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "judgement-venv"
REQUIREMENTS = [
    "cloudpickle==3.1.3",
    "fasttext-wheel==0.9.2",
    "joblib==1.6.0",
    "narwhals==2.29.0",
    "numpy==2.4.6",
    "pybind11==3.1.0",
    "scikit-learn==1.9.1",
    "scipy==1.17.1",
    "threadpoolctl==3.8.0",
    "zstandard==0.25.0",
]

LABELS = ["pm", "pmm", "hybrid", "unclear"]
PM, PMM, HYBRID, UNCLEAR = range(4)
# Titles of kind `odd` and `ambiguous` give no label.
KIND_LABELS = {"pm": PM, "pmm": PMM, "other": UNCLEAR}
CLAIMS = ["pm", "pmm", "both", "other"]

FOLDS = 5
SEED = 20240229
RESAMPLES = 1000
# Least probability that enters the log loss.
CLIP = 1e-6
# `rolecall eval` uses this one; the JSON has the log loss with both.
EVAL_CLIP = 1e-3
# Part of a mixed feed that is product roles.
FEED_RATE = 0.02


class Failure(Exception):
    """Wrong use or unreadable input: one line for the user."""


# --- The environment ------------------------------------------------------------------


def setup():
    """Makes the virtual environment and installs the pinned packages."""
    venv.create(VENV, with_pip=True, clear=True)
    command = [python_of(VENV), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *REQUIREMENTS]
    if subprocess.run(command).returncode != 0:
        raise Failure(f"the packages could not be installed into {VENV}")
    print(f"installed into {VENV}", file=sys.stderr)


def python_of(folder):
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def enter_environment():
    """Runs this script again inside the virtual environment, with one thread."""
    python = python_of(VENV)
    if not python.exists():
        raise Failure(f"there is no {VENV}; make it with: python3 benches/judgement.py --setup")
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
    inside = dict(os.environ, ROLECALL_JUDGEMENT_INSIDE="1", **threads)
    sys.exit(subprocess.run([python, __file__, *sys.argv[1:]], env=inside).returncode)


# --- Postings -------------------------------------------------------------------------


class Postings:
    """All postings in one list, with what the contenders need of them as arrays."""

    def __init__(self, folder, with_check):
        tune = read(folder / "tune.jsonl", ["id", "source", "text", "label"])
        titled = read(folder / "titled.jsonl.zst", ["id", "source", "text", "kind"])
        check = read(folder / "check.jsonl.zst", ["id", "text", "label"]) if with_check else []
        for name, part, of, known in [
            ("tune.jsonl", tune, "label", LABELS),
            ("check.jsonl.zst", check, "label", LABELS),
            ("titled.jsonl.zst", titled, "kind", [*KIND_LABELS, "odd", "ambiguous"]),
        ]:
            unknown = sorted({str(row[of]) for row in part} - set(known))
            if unknown:
                raise Failure(f"{folder / name}: unknown {of} '{unknown[0]}'")

        # A posting the annotators labeled is trained on with their label, not its title's.
        kinds = {row["id"]: row["kind"] for row in titled}
        labeled = {row["id"] for row in tune}
        titled = [row for row in titled if row["id"] not in labeled]
        self.rows = titled + tune + check
        sizes = [len(titled), len(tune), len(check)]
        ends = np.cumsum([0, *sizes])
        self.titled, self.tune, self.check = (np.arange(ends[at], ends[at + 1]) for at in range(3))
        truth = [KIND_LABELS.get(row["kind"], -1) for row in titled]
        truth += [LABELS.index(row["label"]) for row in tune + check]
        self.truth = np.array(truth)
        self.claims = np.array([CLAIMS.index(claim(row.get("title") or "")) for row in self.rows])
        employers = [(row.get("company") or row.get("source") or "").strip().lower() for row in self.rows]
        self.folds = np.array([fold_of(name) for name in employers])
        self.groups, names = source_groups([row.get("source") or "" for row in titled + tune])
        self.group_names = names
        self.kinds = np.array([kinds.get(row["id"], "") for row in titled + tune])
        self.trainable = np.concatenate([self.titled[self.truth[self.titled] >= 0], self.tune])
        self.labeled = np.arange(len(self.rows)) >= len(titled)

    def training(self, without_folds=(), without_group=None):
        """Rows to train on, without the employers of some folds or the sources of a group."""
        keep = ~np.isin(self.folds[self.trainable], list(without_folds))
        if without_group is not None:
            keep &= self.groups[self.trainable] != without_group
        return self.trainable[keep]


def read(path, needed):
    try:
        data = path.read_bytes()
        if path.suffix == ".zst":
            data = zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read()
        rows = [json.loads(line) for line in data.decode("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError, zstandard.ZstdError) as error:
        raise Failure(f"{path}: {error.__class__.__name__}, cannot be read") from None
    for at, row in enumerate(rows, 1):
        missing = [name for name in needed if not isinstance(row, dict) or name not in row]
        if missing:
            raise Failure(f"{path}: record {at} has no '{missing[0]}'")
    if not rows:
        raise Failure(f"{path}: no postings")
    return rows


def fold_of(name):
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") % FOLDS


def source_groups(sources):
    """Five groups of whole sources, of about equal size: the largest first, each into the
    smallest group so far."""
    sizes = {}
    for source in sources:
        sizes[source] = sizes.get(source, 0) + 1
    group_of, filled = {}, [0] * FOLDS
    for source in sorted(sizes, key=lambda name: (-sizes[name], name)):
        group_of[source] = filled.index(min(filled))
        filled[group_of[source]] += sizes[source]
    return np.array([group_of[source] for source in sources]), filled


# --- Titles ---------------------------------------------------------------------------

PRODUCT = r"prod(?:uct|\.)?s?"
LEADER = r"(?:manager|mgr|director|dir|head|vp|svp|evp|president|lead|leader|chief|principal)"
# What follows "product" where it is not the whole field: "head of product design".
OTHER_FIELD = (
    r"(?!\W*(?:and |& )?(?:design|engineer|market|operation|ops|analy|data|secur|qual|content|sale|support|stewardship"
    r"|led|growth &|test|legal|counsel|safety|communicat|writ|complian|assurance|research|train|special|environment"
    r"|educat))"
)
PMM_TITLE = re.compile(
    rf"\bpmm\b|\b{PRODUCT}[ -]+(?:market(?:ing|er)|mktg|mkt)\b(?! (?:engineer|analy|design|operation))"
)
PM_TITLE = re.compile(
    rf"\bpdm\b|\btpm\b|\bcpo\b|\bchief product (?:officer|and)"
    rf"|\b{PRODUCT}[ -]+(?:line[ -]+|portfolio[ -]+|strategy[ -]+)?"
    rf"(?:manager|mgr|management|owner|lead|leader|director|head|mgmt|line head)\b"
    rf"|(?<!engineering )(?<!design )(?<!project )(?<!finance )\b{LEADER}(?: of|,| -| –|:)?"
    rf" (?:technical |digital |growth )?{PRODUCT}\b{OTHER_FIELD}"
)
BOTH_TITLE = re.compile(
    rf"\b{PRODUCT} ?(?:management|manager)? ?(?:and|&|/|\+) ?(?:market(?:ing|er)|mktg)\b"
    rf"|\bmarketing ?(?:and|&|/|\+) ?{PRODUCT}(?: (?:manager|management|lead|director)|$)"
)


def claim(title):
    """Which role a title claims."""
    text = html.unescape(unicodedata.normalize("NFKC", title)).lower()
    text = re.sub(r"\s+", " ", re.sub(r"\((?:m|f|w|d|x|div|/)+\)", " ", text)).strip()
    if BOTH_TITLE.search(text):
        return "both"
    pmm = PMM_TITLE.search(text) is not None
    pm = PM_TITLE.search(text) is not None
    return "both" if pm and pmm else "pm" if pm else "pmm" if pmm else "other"


def misleads(claims, truth):
    """Whether the title claims another role than the annotators found."""
    expected = np.array([PM, PMM, HYBRID, UNCLEAR])[claims]
    return np.where(claims == CLAIMS.index("both"), truth == UNCLEAR, expected != truth)


# --- Contenders -----------------------------------------------------------------------
# A contender that reads texts has `fit(rows)`, which returns a function from rows to
# scores, a few numbers a posting. A logistic regression on scores of postings that
# `fit` has not seen turns them into probabilities, with the title's claim or without.


class Words:
    """Counts of words and pairs of words, made once for all contenders."""

    def __init__(self, postings):
        texts = [row["text"] for row in postings.rows]
        known = len(postings.titled) + len(postings.tune)
        vectorizer = CountVectorizer(ngram_range=(1, 2), min_df=3, dtype=np.float32)
        counts = vectorizer.fit_transform(texts[:known])
        if known < len(texts):
            counts = scipy.sparse.vstack([counts, vectorizer.transform(texts[known:])])
        self.counts = counts.tocsr()
        self.present = self.counts.copy()
        self.present.data[:] = 1

    def frequent(self, rows, least):
        """The features that occur in at least `least` of these postings."""
        return np.flatnonzero(np.asarray(self.present[rows].sum(axis=0)).ravel() >= least)


class TfIdfRegression:
    """TF-IDF of words and pairs, multinomial logistic regression over the four labels."""

    def __init__(self, postings, words, least=3, inverse_penalty=3.0, label_weight=3.0):
        self.postings, self.words = postings, words
        self.least, self.inverse_penalty, self.label_weight = least, inverse_penalty, label_weight

    def fit(self, rows):
        columns = self.words.frequent(rows, self.least)
        scale = TfidfTransformer(sublinear_tf=True)
        features = scale.fit_transform(self.words.counts[rows][:, columns])
        weights = np.where(self.postings.labeled[rows], self.label_weight, 1.0)
        model = LogisticRegression(C=self.inverse_penalty, max_iter=300, tol=1e-3)
        model.fit(features, self.postings.truth[rows], sample_weight=weights)

        def scores(rows):
            found = model.decision_function(scale.transform(self.words.counts[rows][:, columns]))
            return np.delete(found, UNCLEAR, axis=1) - found[:, [UNCLEAR]]

        return scores


class NaiveBayesRegression:
    """Logistic regression over the presence of words and pairs, each scaled by its naive
    Bayes log-count ratio (Wang and Manning 2012): product role or not, and PM or PMM."""

    def __init__(self, postings, words, least=10, smoothing=1.0, inverse_penalty=1.0, label_weight=3.0):
        self.postings, self.words = postings, words
        self.least, self.smoothing = least, smoothing
        self.inverse_penalty, self.label_weight = inverse_penalty, label_weight

    def fit(self, rows):
        truth = self.postings.truth[rows]
        product = self.binary(rows, truth != UNCLEAR)
        either = (truth == PM) | (truth == PMM)
        side = self.binary(rows[either], truth[either] == PM)

        def scores(rows):
            return np.column_stack([product(rows), side(rows)])

        return scores

    def binary(self, rows, truth):
        columns = self.words.frequent(rows, self.least)
        present = self.words.present[rows][:, columns]
        weights = np.where(self.postings.labeled[rows], self.label_weight, 1.0)
        p = self.smoothing + present.T @ (weights * truth)
        q = self.smoothing + present.T @ (weights * ~truth)
        ratio = np.log(p / p.sum()) - np.log(q / q.sum())
        scale = scipy.sparse.diags(ratio.astype(np.float32))
        model = LogisticRegression(C=self.inverse_penalty, max_iter=300, tol=1e-3)
        model.fit(present @ scale, truth, sample_weight=weights)
        return lambda rows: model.decision_function(self.words.present[rows][:, columns] @ scale)


class NaiveBayes:
    """scikit-learn's multinomial naive Bayes over counts of words and pairs. Its log-odds
    grow with the text and are far too sure, so they are divided by its length."""

    def __init__(self, postings, words, least=3, smoothing=0.1):
        self.postings, self.words = postings, words
        self.least, self.smoothing = least, smoothing

    def fit(self, rows):
        columns = self.words.frequent(rows, self.least)
        model = MultinomialNB(alpha=self.smoothing)
        model.fit(self.words.counts[rows][:, columns], self.postings.truth[rows])

        def scores(rows):
            features = self.words.counts[rows][:, columns]
            found = model.predict_joint_log_proba(features)
            length = np.maximum(1, np.asarray(features.sum(axis=1))).reshape(-1, 1)
            # There are too few hybrids for their class to say anything.
            return (found[:, [PM, PMM]] - found[:, [UNCLEAR]]) / length

        return scores


class FastText:
    """fastText, supervised, over words (pairs gained nothing without the title), one thread and a fixed seed."""

    def __init__(self, postings, words, dim=16, epochs=10, rate=1.0, label_copies=10):
        self.postings = postings
        self.dim, self.epochs, self.rate, self.label_copies = dim, epochs, rate, label_copies
        self.lines = [" ".join(re.findall(r"\w+", row["text"].lower())) for row in postings.rows]

    def fit(self, rows):
        copies = np.where(self.postings.labeled[rows], self.label_copies, 1)
        # fastText learns in the order of the file, with a falling rate.
        order = np.random.default_rng(SEED).permutation(np.repeat(rows, copies))
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "train.txt"
            with file.open("w", encoding="utf-8") as out:
                for row in order:
                    out.write(f"__label__{LABELS[self.postings.truth[row]]} {self.lines[row]}\n")
            model = fasttext.train_supervised(
                str(file), dim=self.dim, epoch=self.epochs, lr=self.rate, wordNgrams=1, minCount=3,
                thread=1, seed=SEED, verbose=0,
            )  # fmt: skip

        def scores(rows):
            logs = np.full((len(rows), len(LABELS)), math.log(1e-7))
            for at, row in enumerate(rows):
                # Model.predict fails with numpy 2 on one text, and repeats the first
                # probability on a list of texts, so the layer below it is called.
                for probability, label in model.f.predict(self.lines[row] + "\n", len(LABELS), 0.0, "strict"):
                    logs[at, LABELS.index(label.removeprefix("__label__"))] = math.log(max(probability, 1e-7))
            return logs[:, [PM, PMM]] - logs[:, [UNCLEAR]]

        return scores


class Calibrated:
    """Probabilities from scores, and from the title's claim where `with_title`."""

    def __init__(self, with_title, inverse_penalty=3.0):
        self.with_title, self.inverse_penalty = with_title, inverse_penalty

    def fit(self, scores, claims, truth):
        self.scale = StandardScaler().fit(scores)
        self.model = LogisticRegression(C=self.inverse_penalty, max_iter=1000)
        self.model.fit(self.features(scores, claims), truth)
        return self

    def features(self, scores, claims):
        scaled = self.scale.transform(scores)
        return np.hstack([scaled, np.eye(len(CLAIMS))[claims]]) if self.with_title else scaled

    def predict(self, scores, claims):
        found = np.zeros((len(scores), len(LABELS)))
        found[:, self.model.classes_] = self.model.predict_proba(self.features(scores, claims))
        return found


class Constant:
    """Always PM, with the labels' frequencies as probabilities."""

    def fit(self, _, claims, truth):
        counts = np.bincount(truth, minlength=len(LABELS)) + 0.5
        self.probabilities = counts / counts.sum()
        return self

    def predict(self, _, claims):
        return np.tile(self.probabilities, (len(claims), 1))


class TitleAlone:
    """P(label | claim of the title), from counts with one half added."""

    def fit(self, _, claims, truth):
        counts = np.full((len(CLAIMS), len(LABELS)), 0.5)
        np.add.at(counts, (claims, truth), 1)
        self.probabilities = counts / counts.sum(axis=1, keepdims=True)
        return self

    def predict(self, _, claims):
        return self.probabilities[claims]


class NoText:
    """For contenders that do not read the text."""

    def fit(self, rows):
        return lambda rows: np.zeros((len(rows), 1))


# --- Cross-fitting --------------------------------------------------------------------


class Scores:
    """Scores of one contender, each by a model that has not seen the posting's employer
    (or source), nor that of the posting whose calibration it serves."""

    def __init__(self, postings, contender, set_name):
        self.postings = postings
        tune, folds = postings.tune, postings.folds[postings.tune]
        self.without = {}
        for fold in range(FOLDS):
            score = contender.fit(postings.training([fold]))
            self.without[fold, fold] = (tune[folds == fold], score(tune[folds == fold]))
            if set_name == "tune":
                for other in range(fold):
                    score = contender.fit(postings.training([fold, other]))
                    self.without[fold, other] = (tune[folds == fold], score(tune[folds == fold]))
                    self.without[other, fold] = (tune[folds == other], score(tune[folds == other]))
        if set_name == "check":
            self.check = contender.fit(postings.training())(postings.check)
        self.feed = []
        for group in range(FOLDS):
            rows = feed_rows(postings, group)
            self.feed.append((rows, contender.fit(postings.training(without_group=group))(rows)))

    def own(self):
        """Rows and scores of `tune`, by models that leave out one fold."""
        parts = [self.without[fold, fold] for fold in range(FOLDS)]
        return np.concatenate([rows for rows, _ in parts]), np.concatenate([scores for _, scores in parts])

    def predict_tune(self, make):
        postings = self.postings
        found = np.zeros((len(postings.rows), len(LABELS)))
        for fold in range(FOLDS):
            parts = [self.without[other, fold] for other in range(FOLDS) if other != fold]
            rows = np.concatenate([rows for rows, _ in parts])
            scores = np.concatenate([scores for _, scores in parts])
            calibrated = make().fit(scores, postings.claims[rows], postings.truth[rows])
            rows, scores = self.without[fold, fold]
            found[rows] = calibrated.predict(scores, postings.claims[rows])
        return found[postings.tune]

    def predict_check(self, make):
        postings = self.postings
        rows, scores = self.own()
        calibrated = make().fit(scores, postings.claims[rows], postings.truth[rows])
        return calibrated.predict(self.check, postings.claims[postings.check])

    def predict_feed(self, make):
        """Whether each posting of the feed is called a product role, and whether its
        title is one. Calibrated on the postings of `tune` from other sources."""
        postings = self.postings
        rows, scores = self.own()
        called, product = [], []
        for group, (feed, found) in enumerate(self.feed):
            keep = postings.groups[rows] != group
            calibrated = make().fit(scores[keep], postings.claims[rows[keep]], postings.truth[rows[keep]])
            called.append(calibrated.predict(found, postings.claims[feed]).argmax(axis=1) != UNCLEAR)
            product.append(postings.kinds[feed] != "other")
        return np.concatenate(called), np.concatenate(product)


def feed_rows(postings, group):
    """Postings of `titled` in a group whose title is of kind pm, pmm or other."""
    return np.flatnonzero((postings.groups == group) & np.isin(postings.kinds, list(KIND_LABELS)))


# --- Rolecall -------------------------------------------------------------------------


def rolecall(binary, postings, rows, options):
    """Labels and probabilities from `rolecall batch`."""
    names = [f"rolecall_p_{label}" for label in LABELS]
    columns = ",".join(["label", *(f"p_{label}" for label in LABELS)])
    with tempfile.TemporaryDirectory() as folder:
        given, written = Path(folder) / "in.jsonl", Path(folder) / "out.jsonl"
        with given.open("w", encoding="utf-8") as out:
            for row in rows:
                posting = postings.rows[row]
                record = {"id": str(row), "title": posting.get("title") or "", "text": posting["text"]}
                out.write(json.dumps(record) + "\n")
        command = [binary, "batch", given, "--output", written, "--columns", columns, "--text-column", "text"]
        command += ["--title-column", "title", "--only", "--id-column", "id", "--quiet", *options]
        run = subprocess.run(command, capture_output=True, text=True)
        # The program's messages may quote a posting, so they are not repeated.
        if run.returncode != 0:
            raise Failure(f"{binary} batch ended with {run.returncode}")
        found = [json.loads(line) for line in written.read_text(encoding="utf-8").splitlines()]
    if [record["id"] for record in found] != [str(row) for row in rows]:
        raise Failure(f"{binary} batch did not return every posting in order")
    labels = np.array([LABELS.index(record["rolecall_label"]) for record in found])
    probabilities = np.array([[float(record[name]) for name in names] for record in found])
    return labels, probabilities / probabilities.sum(axis=1, keepdims=True)


def knows_ignore_title(binary):
    try:
        run = subprocess.run([binary, "batch", "--help"], capture_output=True, text=True)
    except OSError as error:
        raise Failure(f"{binary}: {error.strerror}") from None
    return "--ignore-title" in run.stdout


def read_feed(path):
    """Rolecall's figures on the feed, from its own report."""
    try:
        report = json.loads(path.read_text(encoding="utf-8"))
        feed = report.get("feed", report)
        keys = [key for _, key, *_ in FEED_COLUMNS]
        return {name: {key: float(feed[name][key]) for key in keys} for name in ["with_title", "by_duties"]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Failure(f"{path}: not a report with figures of a feed") from None


# --- Figures --------------------------------------------------------------------------


def with_interval(figure, n, strata=None):
    """A figure over all postings and its 95% interval: 2.5th and 97.5th percentile over
    resamples of the postings, the same ones for every contender."""
    rng = np.random.default_rng(SEED)
    resampled = []
    for _ in range(RESAMPLES):
        if strata is None:
            resampled.append(figure(rng.integers(0, n, n)))
        else:
            resampled.append(figure(np.concatenate([part[rng.integers(0, len(part), len(part))] for part in strata])))
    low, high = np.nanpercentile(resampled, [2.5, 97.5])
    return [float(figure(np.arange(n))), float(low), float(high)]


def mean(values):
    return values.mean() if len(values) else math.nan


def figures(truth, said, probabilities, misled):
    """All figures on labeled postings, each with its interval."""
    n = len(truth)
    right = said == truth
    given = probabilities[np.arange(n), truth]
    confidence = probabilities[np.arange(n), said]
    bins = np.minimum((confidence * 10).astype(int), 9)
    swapped = ((truth == PM) & (said == PMM)) | ((truth == PMM) & (said == PM))

    def calibration_error(at):
        gaps = np.bincount(bins[at], weights=right[at] - confidence[at], minlength=10)
        return np.abs(gaps).sum() / len(at)

    def macro_f1(at):
        table = np.bincount(truth[at] * 4 + said[at], minlength=16).reshape(4, 4)
        support, hits, total = table.sum(axis=1), table.diagonal(), table.sum(axis=0) + table.sum(axis=1)
        return (2 * hits[support > 0] / total[support > 0]).mean()

    definitions = {
        "accuracy": lambda at: right[at].mean(),
        "log_loss": lambda at: -np.log(np.maximum(given[at], CLIP)).mean(),
        "log_loss_clip_0.001": lambda at: -np.log(np.maximum(given[at], EVAL_CLIP)).mean(),
        "calibration_error": calibration_error,
        "swaps": lambda at: swapped[at].sum(),
        "macro_f1": macro_f1,
        "accuracy_where_title_misleads": lambda at: mean(right[at][misled[at]]),
        "accuracy_elsewhere": lambda at: mean(right[at][~misled[at]]),
    }
    return {name: with_interval(figure, n) for name, figure in definitions.items()}


def feed_figures(called, product):
    """Figures on the mixed feed, each with its interval."""

    def others_reported(at):
        return called[at][~product[at]].mean()

    def products_found(at):
        return called[at][product[at]].mean()

    def precision(at):
        right, wrong = FEED_RATE * products_found(at), (1 - FEED_RATE) * others_reported(at)
        return right / (right + wrong) if right + wrong else math.nan

    strata = [np.flatnonzero(product), np.flatnonzero(~product)]
    definitions = {"others_reported": others_reported, "products_found": products_found, "precision": precision}
    return {name: with_interval(figure, len(called), strata) for name, figure in definitions.items()}


# --- Output ---------------------------------------------------------------------------

COLUMNS = [
    ("accuracy", "accuracy", 3),
    ("log loss", "log_loss", 3),
    ("calibration error", "calibration_error", 3),
    ("PM/PMM swaps", "swaps", 0),
    ("macro-F1", "macro_f1", 3),
    ("right where the title misleads", "accuracy_where_title_misleads", 2),
    ("right elsewhere", "accuracy_elsewhere", 3),
]
FEED_COLUMNS = [
    ("feed: others called a product role, in 100", "others_reported", 2, 100),
    ("feed: product titles found", "products_found", 3, 1),
    ("feed: precision at 2 in 100", "precision", 2, 1),
]


def cell(value, digits, factor=1):
    if value is None:
        return "see report"
    value = value if isinstance(value, list) else [value]
    texts = ["-" if not math.isfinite(figure) else f"{figure * factor:.{digits}f}" for figure in value]
    return texts[0] if len(texts) == 1 else f"{texts[0]} ({texts[1]} to {texts[2]})"


def table(rows):
    heads = ["contender", *(name for name, *_ in COLUMNS), *(name for name, *_ in FEED_COLUMNS)]
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    for name, measured, feed in rows:
        cells = [cell(measured[key], digits) for _, key, digits in COLUMNS]
        cells += [cell((feed or {}).get(key), digits, factor) for _, key, digits, factor in FEED_COLUMNS]
        lines.append("| " + " | ".join([name, *cells]) + " |")
    return "\n".join(lines)


def notes(set_name, postings, rows, misled, ignored):
    counts = {label: int((postings.truth[rows] == at).sum()) for at, label in enumerate(LABELS)}
    feed = np.isin(postings.kinds, list(KIND_LABELS))
    product = feed & (postings.kinds != "other")
    lines = [
        f"{len(rows)} postings of `{set_name}`: " + ", ".join(f"{n} {label}" for label, n in counts.items())
        + f"; the title misleads in {int(misled.sum())}.",
        f"Feed: {int(product.sum())} postings of `titled` with a product title and {int((feed & ~product).sum())} with"
        f" another, cross-fitted by source (groups of {min(postings.group_names)} to {max(postings.group_names)}).",
        f"In brackets: 95% intervals, percentiles of {RESAMPLES} resamples of the postings."
        " Resampling inflates the calibration error, so its interval lies too high.",
        f"Log loss: natural logarithm, probabilities at least {CLIP:g}; Rolecall writes them with four decimals.",
        "Title alone on the feed: a similar rule, not its duties, decides there what a product title is.",
    ]  # fmt: skip
    if set_name == "tune":
        lines.append("Rolecall was fitted on `tune`: its rows here are not cross-fitted.")
    if not ignored:
        lines.append("Rolecall by duties alone is left out: the program does not know --ignore-title.")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="folder with the labeled postings")
    parser.add_argument("--rolecall", type=Path, metavar="FILE", help="the program; left out if not given")
    parser.add_argument("--set", choices=["tune", "check"], default="tune", help="what to measure on")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write the figures here")
    parser.add_argument("--feed-json", type=Path, metavar="FILE", help="Rolecall's figures for the feed")
    parser.add_argument("--setup", action="store_true", help="make the virtual environment")
    arguments = parser.parse_args()
    if arguments.setup:
        setup()
        return
    if arguments.folder is None:
        parser.error("FOLDER is missing")
    if "ROLECALL_JUDGEMENT_INSIDE" not in os.environ:
        enter_environment()
    import_packages()
    if arguments.set == "tune":
        measure(arguments)
        return
    try:
        measure(arguments)
    except Failure:
        raise
    except Exception as error:
        # A message or a traceback might quote a posting.
        raise Failure(f"{error.__class__.__name__} while measuring; --set tune shows where") from None


def import_packages():
    """Imports what is only installed in the virtual environment."""
    global np, scipy, zstandard, fasttext
    global CountVectorizer, TfidfTransformer, LogisticRegression, MultinomialNB, StandardScaler
    import fasttext
    import numpy as np
    import scipy.sparse
    import zstandard
    from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.preprocessing import StandardScaler


def measure(arguments):
    feeds = read_feed(arguments.feed_json) if arguments.feed_json else {}
    ignored = arguments.rolecall is not None and knows_ignore_title(arguments.rolecall)

    start = time.monotonic()

    def progress(message):
        print(f"{time.monotonic() - start:6.0f} s  {message}", file=sys.stderr)

    postings = Postings(arguments.folder, arguments.set == "check")
    words = Words(postings)
    progress(f"{len(postings.rows)} postings, {words.counts.shape[1]} words and pairs")
    rows = postings.tune if arguments.set == "tune" else postings.check
    truth = postings.truth[rows]
    misled = misleads(postings.claims[rows], truth)

    plain, titled = lambda: Calibrated(False), lambda: Calibrated(True)
    contenders = [
        (NoText(), [("always pm", Constant), ("title alone", TitleAlone)]),
        *(
            (contender, [(name, plain), (f"{name}, with title", titled)])
            for name, contender in [
                ("TF-IDF, logistic regression", TfIdfRegression(postings, words)),
                ("naive Bayes ratios, logistic regression", NaiveBayesRegression(postings, words)),
                ("fastText", FastText(postings, words)),
                ("naive Bayes", NaiveBayes(postings, words)),
            ]
        ),
    ]
    results = []
    for contender, variants in contenders:
        scores = Scores(postings, contender, arguments.set)
        for name, make in variants:
            found = scores.predict_tune(make) if arguments.set == "tune" else scores.predict_check(make)
            said, feed = found.argmax(axis=1), scores.predict_feed(make)
            if make is Constant:
                said, feed = np.full(len(rows), PM), (np.ones(len(feed[0]), dtype=bool), feed[1])
            results.append((name, figures(truth, said, found, misled), feed_figures(*feed)))
        progress(variants[0][0])
    if arguments.rolecall:
        variants = [("Rolecall, by duties alone", ["--ignore-title"], "by_duties")] if ignored else []
        variants.append(("Rolecall, with title", [], "with_title"))
        for name, options, key in variants:
            said, found = rolecall(arguments.rolecall, postings, rows, options)
            results.append((name, figures(truth, said, found, misled), feeds.get(key)))
        progress("Rolecall")

    remarks = notes(arguments.set, postings, rows, misled, ignored or arguments.rolecall is None)
    print(table(results))
    print()
    print("\n".join(f"- {line}" for line in remarks))
    if arguments.json:
        written = {
            "set": arguments.set,
            "postings": len(rows),
            "notes": remarks,
            "contenders": [{"name": name, **measured, "feed": feed} for name, measured, feed in results],
        }
        text = json.dumps(written, indent=2, ensure_ascii=False)
        arguments.json.write_text(text.replace("NaN", "null") + "\n", encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        sys.exit(2)
