"""Verdicts are those of the program, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rolecall
from conftest import HYBRID, POSTINGS, ROOT, TUNE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Classified = Callable[..., str]
LENSES = ["consensus", "guide", "overlap", "lists", "thread", "aipmm", "wikipedia"]


@pytest.mark.parametrize("path", sorted((ROOT / "tests" / "postings").iterdir()), ids=lambda path: path.name)
def test_sample_postings(path: Path, run: Callable[..., str]) -> None:
    expected = run("classify", "--format", "json", path)
    assert rolecall.classify(path.read_bytes().decode()).to_json() + "\n" == expected


@pytest.mark.parametrize("lens", LENSES)
def test_options(lens: str, classified: Classified) -> None:
    for text in POSTINGS.values():
        assert rolecall.classify(text, lens=lens).to_json() == classified(text, lens=lens)
        assert rolecall.classify(text, lens=lens, evidence=False).to_json() == classified(text, lens=lens, top=0)
        titled = rolecall.classify(text, "Product Marketing Manager", lens)
        assert titled.to_json() == classified(text, title="Product Marketing Manager", lens=lens)
        strict = rolecall.Classifier(lens=lens, top=2, ignore_title=True, min_confidence=0.9)
        answer = classified(text, lens=lens, top=2, ignore_title=True, min_confidence=0.9)
        assert strict.classify(text).to_json() == answer


words = st.sampled_from(HYBRID.split() + ["<p>", "&amp;", "\r\n", "\n- ", "é", "🚀", "\u202e", "Product Manager"])


@settings(max_examples=2000, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(text=st.one_of(st.text(), st.lists(words, min_size=20, max_size=120).map(" ".join)), title=st.none() | st.text())
def test_arbitrary_texts(classified: Classified, text: str, title: str | None) -> None:
    assert rolecall.classify(text, title).to_json() == classified(text, title=title)


@pytest.mark.skipif(not TUNE.exists(), reason="real postings are not part of the repository")
def test_real_postings(classified: Classified) -> None:
    rows = [json.loads(line) for line in TUNE.read_text(encoding="utf-8").splitlines()]
    postings = [(row["text"], row.get("title")) for row in rows]
    for (text, title), verdict in zip(postings, rolecall.classify_many(postings)):
        assert verdict.to_json() == classified(text, title=title)
        assert verdict == rolecall.classify(text, title)
    assert len(postings) > 100


def parts(value: Any) -> Iterator[Any]:
    """All parts of a posting in a record."""
    for field in vars(value).values():
        for item in field if isinstance(field, list) else [field]:
            if hasattr(item, "__dict__"):
                yield item
                yield from parts(item)


@pytest.mark.parametrize("text", [*POSTINGS.values(), HYBRID.replace(" ", " \u00e9\U0001f680 ")])
def test_fields(text: str) -> None:
    verdict = rolecall.classify(text, "Product Manager")
    fields = verdict.to_dict()
    assert fields == json.loads(verdict.to_json())
    assert set(fields) <= set(dir(verdict))
    for name, value in fields.items():
        found = getattr(verdict, name)
        if not isinstance(value, (dict, list)):
            assert found == value, name
        if isinstance(value, list):
            assert len(found) == len(value), name
    assert verdict.probabilities.pm == fields["probabilities"]["pm"]
    assert (verdict.title.text if verdict.title else None) == "Product Manager"
    for found, expected in zip(verdict.evidence, fields["evidence"]):
        assert (found.phrase, found.points, found.duty) == (expected["phrase"], expected["points"], expected["duty"])
    encoded = text.encode()
    spans = 0
    for part in (*verdict.evidence, *verdict.partners, *verdict.ignored, *(k for e in verdict.evidence for k in e.keywords)):
        assert text[part.start_char : part.end_char] == encoded[part.start : part.end].decode()
        spans += 1
    for found in verdict.evidence:
        assert found.phrase in " ".join(text[found.line_start_char : found.line_end_char].split())
    assert spans > 0 or verdict.reason == "too_short" or text in (POSTINGS["nurse"],)


def test_compare_and_lexicon(run: Callable[..., str], tmp_path: Path) -> None:
    before, after = tmp_path / "before.txt", tmp_path / "after.txt"
    before.write_text(POSTINGS["pm"], encoding="utf-8")
    after.write_text(HYBRID, encoding="utf-8")
    expected = json.loads(run("compare", "--format", "json", before, after))
    assert rolecall.compare(POSTINGS["pm"], HYBRID) == expected
    entries = [json.loads(line) for line in run("lexicon", "--format", "json").splitlines()]
    assert rolecall.lexicon() == entries
    assert rolecall.lexicon(disputed=True) == [entry for entry in entries if entry["disputed"]]
