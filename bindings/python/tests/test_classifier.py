"""The classifier: many postings, training, errors, pickles, notebooks."""

from __future__ import annotations

import html
import pickle
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import rolecall
from conftest import HYBRID, PM, PMM, POSTINGS, ROOT


@pytest.mark.parametrize("jobs", [None, 1, 3])
def test_many(jobs: int | None) -> None:
    postings = [(list(POSTINGS.values())[row % 6] + " " * (row % 11), [None, "Product Manager"][row % 2]) for row in range(1500)]
    verdicts = list(rolecall.classify_many(postings, jobs))
    assert [verdict.to_json() for verdict in verdicts] == [
        rolecall.classify(text, title).to_json() for text, title in postings
    ]
    assert [verdict.label for verdict in rolecall.classify_many([PM, PMM])] == ["pm", "pmm"]
    assert list(rolecall.classify_many([], jobs)) == []


def test_many_takes_postings_as_they_are_needed() -> None:
    taken = 0

    def postings() -> Iterator[str]:
        nonlocal taken
        for _ in range(10_000):
            taken += 1
            yield "Call us."
        raise RuntimeError("the source is gone")

    verdicts = rolecall.classify_many(postings(), 2)
    next(verdicts)
    assert taken <= 1024
    seen = 1
    with pytest.raises(RuntimeError, match="the source is gone"):
        for _ in verdicts:
            seen += 1
    assert seen == 10_000, "the verdicts before the error are given"


def test_many_releases_the_lock() -> None:
    ticks, done = [], threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            ticks.append(1)

    thread = threading.Thread(target=tick)
    before = sys.getswitchinterval()
    sys.setswitchinterval(10)
    try:
        thread.start()
        # One block of work without Python code in between.
        for _ in rolecall.classify_many([HYBRID * 20] * 256, 1):
            pass
    finally:
        sys.setswitchinterval(before)
        done.set()
        thread.join()
    assert len(ticks) > 10


def test_progress(capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    list(rolecall.classify_many([PM] * 3, progress=True))
    assert "3/3" in capsys.readouterr().err
    list(rolecall.classify_many([PM] * 3))
    assert capsys.readouterr().err == "", "no terminal"


def test_pickles() -> None:
    strict = rolecall.Classifier(lens="guide", top=2, evidence=True, ignore_title=True, min_confidence=0.5)
    copy = pickle.loads(pickle.dumps(strict))
    for name in ("lens", "top", "evidence", "ignore_title", "min_confidence", "model"):
        assert getattr(copy, name) == getattr(strict, name)
    assert len(pickle.dumps(strict)) < 1000, "the model is in the package"
    verdict = rolecall.classify(HYBRID, "Product Manager")
    copied = pickle.loads(pickle.dumps(verdict))
    assert copied == verdict and copied.to_json() == verdict.to_json()


def test_training_gives_the_model_of_the_package() -> None:
    trained = rolecall.train(ROOT / "corpus")
    assert trained.model == rolecall.Classifier().model
    assert trained.classify(HYBRID) == rolecall.classify(HYBRID)
    copy = pickle.loads(pickle.dumps(trained))
    assert copy.classify(HYBRID) == trained.classify(HYBRID)
    # By its file, its bytes, and with options.
    model = ROOT / "models" / "rolecall.model"
    for source in (str(model), model, model.read_bytes()):
        assert rolecall.Classifier(source, lens="lists").classify(PM) == rolecall.classify(PM, lens="lists")


def test_errors(tmp_path: Path) -> None:
    with pytest.raises(rolecall.RolecallError, match=r"^unknown lens 'moon' \(guide, .*consensus.*\)$|^unknown lens 'moon' \(consensus, "):
        rolecall.classify("", lens="moon")
    with pytest.raises(ValueError, match=r"^not a model file \(give a file written by 'rolecall train'\)$"):
        rolecall.Classifier(b"%PDF-1.7")
    missing = tmp_path / "none.model"
    with pytest.raises(FileNotFoundError, match=re.escape(str(missing))):
        rolecall.Classifier(missing)
    broken = tmp_path / "broken.model"
    broken.write_bytes(b"x")
    with pytest.raises(rolecall.RolecallError, match=re.escape(f"{broken}: not a model file")):
        rolecall.Classifier(str(broken))
    with pytest.raises(OSError, match="sources.toml: "):
        rolecall.train(tmp_path)
    with pytest.raises(ValueError, match="min_confidence must be from 0 to 1"):
        rolecall.Classifier(min_confidence=2)
    with pytest.raises(ValueError, match="top must be at least 0"):
        rolecall.Classifier(top=-1)
    with pytest.raises(TypeError, match="a model must be a path or bytes, not int"):
        rolecall.Classifier(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="jobs must be at least 1, or None for all cores"):
        rolecall.classify_many([PM], -1)
    with pytest.raises(TypeError):
        rolecall.classify(None)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="not one str"):
        rolecall.classify_many(PM)
    with pytest.raises(TypeError, match=r"str or a tuple \(text, title\), not int"):
        list(rolecall.classify_many([1]))  # type: ignore[list-item]
    with pytest.raises(UnicodeEncodeError):
        rolecall.classify("\ud800")
    with pytest.raises(AttributeError, match="no attribute 'lable'"):
        rolecall.classify(PM).lable  # type: ignore[attr-defined]


def test_everything_has_a_docstring() -> None:
    for owner in (rolecall, rolecall.Classifier, rolecall.Verdict):
        for name in dir(owner):
            if not name.startswith("_"):
                assert getattr(owner, name).__doc__, name


def test_notebook() -> None:
    text = f"{HYBRID}\n<script>alert('x')</script>"
    frame = rolecall.classify(text)._repr_html_()
    source = re.fullmatch(r'<iframe title="Verdict" sandbox srcdoc="([^"]*)" style="[^"]*"></iframe>', frame)
    assert source
    page = html.unescape(source[1])
    assert page.startswith("<!DOCTYPE html>") and "<script>" not in page
    marked = re.findall(r'<a [^>]*class="m (pmm?) ', page)
    assert {"pm", "pmm"} == set(marked)


def test_repr() -> None:
    assert re.fullmatch(r"Verdict\(label='pm', confidence=0\.\d\d, pm_share=[01]\.\d\d\)", repr(rolecall.classify(PM)))
    assert repr(rolecall.classify("")) == "Verdict(label='unclear', confidence=1.00, reason='too_short')"
    assert repr(rolecall.Classifier(lens="guide")) == f"Classifier(model='{rolecall.Classifier().model}', lens='guide')"
