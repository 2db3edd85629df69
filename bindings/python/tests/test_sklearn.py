"""Estimators work wherever those of scikit-learn do."""

from __future__ import annotations

from typing import Any

import pytest
import rolecall
from conftest import HYBRID, NURSE, PM, PMM

np = pytest.importorskip("numpy")
sklearn = pytest.importorskip("sklearn", minversion="1.6")

from rolecall.sklearn import LABELS, RolecallClassifier, RolecallFeatures  # noqa: E402
from sklearn.base import clone  # noqa: E402
from sklearn.calibration import CalibratedClassifierCV  # noqa: E402
from sklearn.linear_model import LogisticRegression  # noqa: E402
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_val_score  # noqa: E402
from sklearn.pipeline import make_pipeline  # noqa: E402
from sklearn.preprocessing import StandardScaler  # noqa: E402
from sklearn.utils.estimator_checks import parametrize_with_checks  # noqa: E402

TEXTS = [text + " More." * at for at in range(12) for text in (PM, PMM, HYBRID, NURSE)]
LABELED = ["pm", "pmm", "hybrid", "unclear"] * 12


@parametrize_with_checks([RolecallClassifier(), RolecallFeatures()])  # type: ignore[untyped-decorator]
def test_checks(estimator: Any, check: Any) -> None:
    check(estimator)


def test_probabilities_are_those_of_the_verdicts() -> None:
    model = RolecallClassifier(jobs=2).fit(TEXTS)
    assert list(model.classes_) == sorted(LABELS)
    found = model.predict_proba(TEXTS)
    for row, text in zip(found, TEXTS):
        probabilities = rolecall.classify(text).probabilities
        assert row == pytest.approx([getattr(probabilities, label) for label in model.classes_], abs=1e-12)
    assert list(model.predict(TEXTS)) == LABELED
    assert model.score(TEXTS, LABELED) == 1.0


def test_classes_are_those_of_y() -> None:
    model = RolecallClassifier().fit([PM, PMM], ["pm", "pmm"])
    found = model.predict_proba([PM, NURSE, "Call us."])
    assert list(model.classes_) == ["pm", "pmm"] and found.sum(axis=1) == pytest.approx([1, 1, 1])
    assert list(found[2]) == [0.5, 0.5], "too short for any of them"
    # Classes that are not labels: how often each label has each of them is learned.
    other = RolecallClassifier().fit(TEXTS, ["yes" if label == "pm" else "no" for label in LABELED])
    assert list(other.classes_) == ["no", "yes"] and list(other.predict([PM, PMM, NURSE])) == ["yes", "no", "no"]
    assert other.predict_proba([PM, "Call us."]).sum(axis=1) == pytest.approx([1, 1])
    with pytest.raises(ValueError, match="X has 1 rows and y 2"):
        RolecallClassifier().fit([PM], ["pm", "pmm"])
    with pytest.raises(ValueError, match="not one str"):
        RolecallClassifier().fit(PM)
    with pytest.raises(ValueError, match="texts must be str, not int"):
        RolecallClassifier().fit([PM, 1])


def test_titles() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"text": [PM, PMM], "title": ["Product Marketing Manager", None]})
    expected = rolecall.classify(PM, "Product Marketing Manager").probabilities.pm
    for X in (frame, frame.to_numpy(), [(PM, "Product Marketing Manager"), (PMM, None)]):
        assert RolecallClassifier().fit(X).predict_proba(X)[0, 1] == pytest.approx(expected, abs=1e-12)
    ignoring = RolecallClassifier(ignore_title=True).fit(frame).predict_proba(frame)[0, 1]
    assert ignoring == pytest.approx(rolecall.Classifier(ignore_title=True).classify(PM).probabilities.pm, abs=1e-12)


def test_pipelines_and_cross_validation() -> None:
    assert cross_val_score(RolecallClassifier(), TEXTS, LABELED, cv=3).mean() == 1.0
    found = cross_val_predict(RolecallClassifier(), TEXTS, LABELED, method="predict_proba", cv=3)
    assert [sorted(LABELS)[at] for at in found.argmax(axis=1)] == LABELED
    pipeline = make_pipeline(RolecallFeatures(), StandardScaler(), LogisticRegression())
    assert cross_val_score(pipeline, TEXTS, LABELED, cv=3).mean() == 1.0
    search = GridSearchCV(RolecallClassifier(), {"lens": ["consensus", "guide"]}, cv=2).fit(TEXTS, LABELED)
    assert search.best_score_ >= 0.75
    assert clone(RolecallClassifier(lens="guide")).lens == "guide"


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_calibration(method: str) -> None:
    calibrated = CalibratedClassifierCV(RolecallClassifier(), method=method, cv=3).fit(TEXTS, LABELED)
    found = calibrated.predict_proba(TEXTS)
    assert found.shape == (48, 4) and found.sum(axis=1) == pytest.approx(np.ones(48))
    assert list(calibrated.predict(TEXTS)) == LABELED


def test_features_are_those_of_the_verdict() -> None:
    features = RolecallFeatures().fit(TEXTS)
    names = list(features.get_feature_names_out())
    found = features.transform(TEXTS)
    assert found.shape == (48, len(names)) and len(set(names)) == len(names)
    for row, text in zip(found, TEXTS):
        verdict = rolecall.Classifier(top=1000).classify(text)
        row = dict(zip(names, row))
        assert (row["strength_pm"], row["strength_other"]) == (verdict.strength.pm, verdict.strength.other)
        assert (row["pm_share"], row["judged"]) == (
            (0.5, 0.0) if verdict.pm_share is None else (verdict.pm_share, 1.0)
        )
        for role in ("pm", "pmm"):
            points = sum(item.points for item in verdict.evidence if item.role == role and item.duty)
            duties = sum(value for name, value in row.items() if name.startswith(f"{role}_") and name != "pm_share")
            assert duties == pytest.approx(points)
    frame = RolecallFeatures().set_output(transform="pandas").fit_transform([PM, PMM])
    assert list(frame.columns) == names
