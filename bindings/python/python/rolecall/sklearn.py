"""Estimators for scikit-learn."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from ._classifier import Classifier

LABELS = ("pm", "pmm", "hybrid", "unclear")
"""The labels, in the order of the probabilities."""


class _Texts(BaseEstimator):  # type: ignore[misc]
    """An estimator of texts: a sequence of str, or a table of two columns, text and title."""

    def __init__(self, lens: str = "consensus", ignore_title: bool = False, jobs: int | None = None) -> None:
        self.lens = lens
        self.ignore_title = ignore_title
        self.jobs = jobs

    def _numbers(self, X: Any, features: bool) -> Any:
        texts, titles = _columns(X)
        classifier = self._classifier()
        numbers = np.frombuffer(classifier._numbers(texts, titles, features, self.jobs or 0))
        return numbers.reshape(len(texts), -1).copy()

    def _classifier(self) -> Classifier:
        return Classifier(lens=self.lens, ignore_title=self.ignore_title)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.input_tags.one_d_array = True
        return tags


class RolecallClassifier(ClassifierMixin, _Texts):  # type: ignore[misc]
    """Rolecall as a classifier: the labels are ``pm``, ``pmm``, ``hybrid`` and ``unclear``.

    The model is the one in the package. ``fit`` takes the classes from ``y``. If all of them are labels of Rolecall, it
    learns nothing else, and the probabilities are those of the verdicts, scaled to sum to 1. Otherwise, as for labels
    that were encoded as numbers, it learns how often a posting with each label has each class.

    :param lens: whose definition of the two roles to use
    :param ignore_title: whether to judge by the duties alone
    :param jobs: number of threads; by default one per core
    """

    classes_: Any
    links_: Any

    def fit(self, X: Any, y: Any = None) -> RolecallClassifier:
        """Take the classes from ``y``; without it, all four labels."""
        texts, _ = _columns(X)
        if y is not None and len(y) != len(texts):
            raise ValueError(f"X has {len(texts)} rows and y {len(y)}")
        self.classes_, codes = np.unique(LABELS if y is None else np.asarray(y).ravel(), return_inverse=True)
        if set(self.classes_) <= set(LABELS):
            # By label, 1 for the class of the same name.
            self.links_ = np.array([[float(label == name) for name in self.classes_] for label in LABELS])
            return self
        classes = np.eye(len(self.classes_))[codes]
        # Smoothing: as if there were one more posting with each label, whose class is distributed as in ``y``.
        counts = self._numbers(X, False).T @ classes + classes.mean(axis=0)
        self.links_ = counts / counts.sum(axis=1, keepdims=True)
        return self

    def predict_proba(self, X: Any) -> Any:
        """Probabilities of the classes, a column for each of ``classes_``."""
        check_is_fitted(self)
        numbers = self._numbers(X, False) @ self.links_
        sums = numbers.sum(axis=1, keepdims=True)
        return np.divide(numbers, sums, out=np.full_like(numbers, 1 / len(self.classes_)), where=sums > 0)

    def predict(self, X: Any) -> Any:
        """The most probable class of each text."""
        return self.classes_[np.argmax(self.predict_proba(X), axis=1)]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False
        return tags


class RolecallFeatures(TransformerMixin, _Texts):  # type: ignore[misc]
    """Verdicts as columns of numbers: the strengths of both roles and of other jobs, the PM share (one half where
    the label is ``unclear``) and whether there is one, and the points of each duty of each role.

    :param lens: whose definition of the two roles to use
    :param ignore_title: whether to judge by the duties alone
    :param jobs: number of threads; by default one per core
    """

    def fit(self, X: Any, y: Any = None) -> RolecallFeatures:
        """Nothing is learned; the features are those of the model."""
        _columns(X)
        self.feature_names_out_ = np.array(self._classifier()._feature_names(), dtype=object)
        return self

    def transform(self, X: Any) -> Any:
        """The features of each text."""
        check_is_fitted(self)
        return self._numbers(X, True)

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The names of the columns."""
        check_is_fitted(self)
        return self.feature_names_out_


def _columns(X: Any) -> tuple[list[str], list[str | None] | None]:
    """Texts and, if given, titles."""
    if isinstance(X, str):
        raise ValueError("X must be a sequence of str, not one str")
    table = np.asarray(X, dtype=object)
    if table.ndim == 2 and table.shape[1] in (1, 2):
        titles = None if table.shape[1] == 1 else [_title(title) for title in table[:, 1]]
        return _strings(table[:, 0]), titles
    if table.ndim != 1:
        raise ValueError("X must be a sequence of str, or a table of two columns, text and title")
    return _strings(table), None


def _strings(values: Any) -> list[str]:
    for value in values:
        if not isinstance(value, str):
            raise ValueError(f"texts must be str, not {type(value).__name__}")
    return list(values)


def _title(value: Any) -> str | None:
    return value if isinstance(value, str) else None
