"""The compiled part of the package."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Optional, Protocol, TypedDict, Union, type_check_only

from typing_extensions import Literal, Self

Label = Literal["pm", "pmm", "hybrid", "unclear"]
Role = Literal["pm", "pmm"]
Posting = Union[str, tuple[str, Optional[str]]]

class RolecallError(ValueError):
    """Invalid input, an invalid model or an invalid corpus."""

@type_check_only
class Probabilities(Protocol):
    """Probability of each label."""

    pm: float
    pmm: float
    hybrid: float
    unclear: float

@type_check_only
class Strength(Protocol):
    """Points for each role and for other jobs."""

    pm: float
    pmm: float
    other: float

@type_check_only
class RolePoints(Protocol):
    """Points for each role."""

    pm: float
    pmm: float

@type_check_only
class Part(Protocol):
    """A part of the posting: offsets in bytes of its UTF-8, and in characters."""

    start: int
    end: int
    start_char: int
    end_char: int

@type_check_only
class Keyword(Part, Protocol):
    """Words that carry a phrase's points."""

    points: float

@type_check_only
class Evidence(Part, Protocol):
    """A phrase that states a duty of a role."""

    role: Role
    phrase: str
    line_start: int
    line_end: int
    line_start_char: int
    line_end_char: int
    points: float
    keywords: list[Keyword]
    duty: str | None
    duty_name: str | None
    sources: list[str]

@type_check_only
class Partner(Part, Protocol):
    """A mention of a role as partner; not counted."""

    phrase: str

@type_check_only
class Ignored(Part, Protocol):
    """A part that describes no duties."""

    reason: str

@type_check_only
class Title(Protocol):
    """What the title claims."""

    text: str
    says: str
    prior: Probabilities

@type_check_only
class ByDutiesAlone(Protocol):
    """The verdict without the title."""

    label: Label
    confidence: float
    title_agrees: bool | None

class Verdict:
    """The verdict on one posting.

    Its attributes are the fields of the program's JSON. Offsets in bytes are also given in characters, such
    as ``start_char``. A notebook shows it as the posting with its phrases marked.
    """

    @property
    def label(self) -> Label: ...
    @property
    def reason(self) -> str | None:
        """Why the label is ``unclear``."""
    @property
    def confidence(self) -> float:
        """Probability of the label, 0 to 1."""
    @property
    def probabilities(self) -> Probabilities: ...
    @property
    def pm_share(self) -> float | None:
        """PM share of the duties that belong to one role, 0 to 1."""
    @property
    def pm_share_interval(self) -> list[float] | None:
        """90% interval of the share."""
    @property
    def strength(self) -> Strength: ...
    @property
    def other_job(self) -> str | None:
        """The kind of other job whose wording is nearest."""
    @property
    def evidence(self) -> list[Evidence]: ...
    @property
    def other_wording(self) -> RolePoints:
        """Points of wording that is not listed as evidence."""
    @property
    def partners(self) -> list[Partner]: ...
    @property
    def ignored(self) -> list[Ignored]: ...
    @property
    def notes(self) -> list[str]:
        """What is odd about the text."""
    @property
    def title(self) -> Title | None: ...
    @property
    def by_duties_alone(self) -> ByDutiesAlone: ...
    @property
    def lens(self) -> str: ...
    @property
    def model(self) -> str:
        """Name, version and checksum of the model."""
    def to_json(self) -> str:
        """The JSON that the program prints, without the line break."""
    def to_dict(self) -> dict[str, Any]:
        """The same as a dict."""
    def _repr_html_(self) -> str: ...

class LexiconEntry(TypedDict):
    """A duty, and the kind that each source assigns to it."""

    duty: str
    name: str
    theme: str
    consensus: str
    by_lens: dict[str, str]
    sources_pm: list[str]
    sources_pmm: list[str]
    disputed: bool

class Comparison(TypedDict):
    """What changed from one posting to another."""

    a: dict[str, Any]
    b: dict[str, Any]
    share_change: float | None
    duties: list[dict[str, Any]]
    phrases: list[dict[str, Any]]

class Classifier:
    def __new__(
        cls,
        model: str | os.PathLike[str] | bytes | None = None,
        *,
        lens: str = "consensus",
        evidence: bool = True,
        top: int = 6,
        ignore_title: bool = False,
        min_confidence: float = 0.0,
    ) -> Self: ...
    @property
    def model(self) -> str:
        """Name, version and checksum of the model."""
    @property
    def lens(self) -> str: ...
    @property
    def evidence(self) -> bool: ...
    @property
    def top(self) -> int: ...
    @property
    def ignore_title(self) -> bool: ...
    @property
    def min_confidence(self) -> float: ...
    def classify(self, text: str, title: str | None = None) -> Verdict:
        """Classify one posting."""
    def compare(self, a: str, b: str) -> Comparison:
        """Compare two postings."""
    def lexicon(self, disputed: bool = False) -> list[LexiconEntry]:
        """List the duties that the model knows."""
    def _model_bytes(self) -> bytes | None: ...
    def _verdicts(self, postings: Iterable[Posting], jobs: int = 0) -> Verdicts: ...
    def _score_column(self, texts: Any, titles: Any = None, jobs: int = 0) -> ArrowTable: ...
    def _count_column(
        self, texts: Any, titles: Any, groups: Sequence[tuple[str, Any]], jobs: int = 0
    ) -> ArrowTable: ...
    def _numbers(
        self, texts: Sequence[str], titles: Sequence[str | None] | None = None, features: bool = False, jobs: int = 0
    ) -> bytes: ...
    def _feature_names(self) -> list[str]: ...

class Verdicts(Iterator[Verdict]):
    def __next__(self) -> Verdict: ...

class ArrowTable:
    def __len__(self) -> int: ...
    def __arrow_c_schema__(self) -> object: ...
    def __arrow_c_stream__(self, requested_schema: object | None = None) -> object: ...

def train(corpus: str | os.PathLike[str], calibration: str | os.PathLike[str]) -> Classifier: ...
def shares(
    classifier: Classifier,
    names: Sequence[str],
    counts: Sequence[tuple[Sequence[str | None], str | None, int]],
) -> ArrowTable: ...
def find_column(names: Sequence[str], wanted: str) -> int: ...
def column_names(names: Sequence[str]) -> list[str]: ...
