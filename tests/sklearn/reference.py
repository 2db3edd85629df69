"""Fits scikit-learn's MultinomialNB to the counts of src/train/cross_check.rs.

Reads counts.json from this folder (written by `cargo test --lib write_counts --
--ignored`) and writes reference.json: the same counts with scikit-learn's
log P(feature | class).
"""

import json
from pathlib import Path

import numpy
import sklearn
from sklearn.naive_bayes import MultinomialNB

folder = Path(__file__).parent
given = json.loads((folder / "counts.json").read_text(encoding="utf-8"))
fits = []
for fit in given["fits"]:
    counts = numpy.array(fit["counts"])
    classes = numpy.arange(len(counts))
    # The counts include the pseudo-counts, so alpha is 0.
    model = MultinomialNB(alpha=0.0, force_alpha=True).fit(counts, classes)
    # The five kinds have alpha as their only pseudo-count, as scikit-learn would add it.
    kinds = MultinomialNB(alpha=given["alpha"]).fit(counts[:5] - given["alpha"], classes[:5])
    assert numpy.abs(kinds.feature_log_prob_ - model.feature_log_prob_[:5]).max() < 1e-12
    fits.append(fit | {"log_probabilities": model.feature_log_prob_.tolist()})
reference = {"made_with": f"scikit-learn {sklearn.__version__}", "fits": fits}
(folder / "reference.json").write_text(json.dumps(reference, indent=None) + "\n", encoding="utf-8")
