"""The classifier."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Optional, TypeVar, Union

from . import _rolecall

if TYPE_CHECKING:
    from ._rolecall import Comparison, LexiconEntry, Verdict

Frame = TypeVar("Frame")
Posting = Union[str, tuple[str, Optional[str]]]


class Classifier(_rolecall.Classifier):
    """Reads postings with a model and options. It can be pickled and used from any thread.

    :param model: path or bytes of a model file; by default the model in the package
    :param lens: whose definition of the two roles to use; see :func:`lexicon`
    :param evidence: whether verdicts list phrases, which takes longer
    :param top: maximum number of phrases per role
    :param ignore_title: whether to judge by the duties alone
    :param min_confidence: less probable labels become ``unclear``
    """

    def classify_many(
        self, postings: Iterable[Posting], jobs: int | None = None, progress: bool | None = None
    ) -> Iterator[Verdict]:
        """Classify many postings; see :func:`rolecall.classify_many`."""
        return iter(_with_progress(self._verdicts(postings, jobs or 0), postings, progress))

    def score(
        self,
        frame: Frame,
        text: str = "description",
        title: str | None = None,
        group_by: str | Sequence[str] | None = None,
        *,
        jobs: int | None = None,
    ) -> Frame:
        """Score a data frame; see :func:`rolecall.score`."""
        from ._frames import score

        scored: Frame = score(self, frame, text, title, group_by, jobs)
        return scored

    def score_parquet(
        self,
        source: str | os.PathLike[str],
        target: str | os.PathLike[str],
        text: str = "description",
        title: str | None = None,
        *,
        jobs: int | None = None,
    ) -> int:
        """Score Parquet files; see :func:`rolecall.score_parquet`."""
        from ._parquet import score_parquet

        return score_parquet(self, source, target, text, title, jobs)


def _with_progress(verdicts: Iterator[Verdict], postings: Any, progress: bool | None) -> Iterable[Verdict]:
    if progress is False:
        return verdicts
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return verdicts
    total = len(postings) if hasattr(postings, "__len__") else None
    # None: only where messages go to a terminal or notebook.
    bar: Iterable[Verdict] = tqdm(verdicts, total=total, unit=" postings", disable=None if progress is None else False)
    return bar


@lru_cache(maxsize=32)
def default(lens: str = "consensus", evidence: bool = True) -> Classifier:
    """The classifier with the model in the package."""
    return Classifier(lens=lens, evidence=evidence)


def classify(text: str, title: str | None = None, lens: str = "consensus", evidence: bool = True) -> Verdict:
    """Classify one posting: plain text, Markdown or HTML.

    >>> import rolecall
    >>> rolecall.classify("Product manager wanted. Call us.").reason
    'too_short'

    :param title: job title: only a prior, which the duties can confirm or outweigh; by default the title found in
        the text
    :param lens: whose definition of the two roles to use
    :param evidence: whether the verdict lists phrases, which takes longer
    """
    return default(lens, evidence).classify(text, title)


def classify_many(
    postings: Iterable[Posting],
    jobs: int | None = None,
    *,
    lens: str = "consensus",
    evidence: bool = True,
    progress: bool | None = None,
) -> Iterator[Verdict]:
    """Classify many postings on all cores, without the global interpreter lock.

    Postings are taken from the iterable as verdicts are asked for, so memory does not grow with their number.

    >>> import rolecall
    >>> postings = ["Call us.", ("Help the sick.", "Nurse")]
    >>> [verdict.label for verdict in rolecall.classify_many(postings)]
    ['unclear', 'unclear']

    :param postings: texts, or tuples of text and title
    :param jobs: number of threads; by default one per core. The verdicts do not depend on it
    :param progress: whether to show a progress bar, if tqdm is installed; by default in a terminal or notebook
    """
    return default(lens, evidence).classify_many(postings, jobs, progress)


def compare(a: str, b: str, lens: str = "consensus") -> Comparison:
    """Compare two postings, or two versions of one: the JSON object of ``rolecall compare`` as a dict."""
    return default(lens).compare(a, b)


def lexicon(disputed: bool = False) -> list[LexiconEntry]:
    """List the duties that the model knows, and the roles that each source gives them to.

    :param disputed: only duties that the sources disagree about
    """
    return default().lexicon(disputed)


def train(corpus_dir: str | os.PathLike[str], calibration: str | os.PathLike[str] | None = None) -> Classifier:
    """Train a classifier on a corpus. The same files give the same model on every machine.

    :param corpus_dir: the folder, laid out as ``corpus/`` of the repository
    :param calibration: the calibration file; by default ``../models/calibration.toml`` from the corpus. Without
        the file the model is not calibrated
    """
    if calibration is None:
        calibration = os.path.join(os.fspath(corpus_dir), os.pardir, "models", "calibration.toml")
    return Classifier(_rolecall.train(corpus_dir, calibration)._model_bytes())


def score(
    frame: Frame,
    text: str = "description",
    title: str | None = None,
    group_by: str | Sequence[str] | None = None,
    *,
    lens: str = "consensus",
    evidence: bool = True,
    jobs: int | None = None,
) -> Frame:
    """Score a data frame: the same kind of frame, with columns whose names start with ``rolecall_``.

    Takes tables, record batches and readers of pyarrow, data frames of pandas and polars, lazy frames of polars,
    relations of DuckDB, data frames of Spark, and other objects that export an Arrow stream, which become tables.
    Columns of texts are not copied. Rows that cannot be scored are kept, with a reason and no label.

    With ``group_by``, the frame has the number of postings by group and label instead, with their share of the
    group, the share adjusted for the errors of the model, and 95% intervals.

    :param text: column with the posting
    :param title: column with the job title
    :param group_by: columns to count by
    :param evidence: whether to add the duties and phrases, as lists of structs
    :param jobs: number of threads; by default one per core
    """
    return default(lens, evidence).score(frame, text, title, group_by, jobs=jobs)


def score_parquet(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    text: str = "description",
    title: str | None = None,
    *,
    lens: str = "consensus",
    evidence: bool = True,
    jobs: int | None = None,
) -> int:
    """Score Parquet files one by one, a batch of rows at a time, and return the number of rows.

    Memory does not grow with the files. A file is written whole or not at all.

    :param source: a file, or a folder whose files are all scored
    :param target: the file or folder to write; existing files are replaced
    """
    return default(lens, evidence).score_parquet(source, target, text, title, jobs=jobs)
