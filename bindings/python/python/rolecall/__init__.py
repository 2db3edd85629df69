"""Classifies job postings: product management, product marketing or a hybrid, with the phrases that say so.

The verdicts are those of the program ``rolecall``; the model is part of the package.
"""

from ._classifier import Classifier, classify, classify_many, compare, lexicon, score, score_parquet, train
from ._duckdb import register
from ._rolecall import RolecallError, Verdict

__all__ = [
    "Classifier",
    "RolecallError",
    "Verdict",
    "classify",
    "classify_many",
    "compare",
    "lexicon",
    "register",
    "score",
    "score_parquet",
    "train",
]
