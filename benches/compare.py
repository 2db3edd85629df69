#!/usr/bin/env python3
"""Compares the speed of Rolecall, scikit-learn and fastText on one core.

    python3 benches/compare.py

Installs both from PyPI into a virtual environment under target/, which is kept. A
package that cannot be installed is skipped with a message. Each is trained on the
postings that it then classifies: only speed is measured, not accuracy.
"""

import json
import os
import statistics
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "bench-venv"
ROUNDS = 5
PACKAGES = {"sklearn": ["scikit-learn"], "fasttext": ["fasttext-wheel", "numpy<2"]}


def install():
    """Runs this script again inside the virtual environment."""
    python = FOLDER / "bin" / "python"
    if not python.exists():
        venv.create(FOLDER, with_pip=True)
    for module, packages in PACKAGES.items():
        have = subprocess.run([python, "-c", f"import {module}"], capture_output=True)
        if have.returncode != 0:
            made = subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], capture_output=True, text=True)
            if made.returncode != 0:
                print(f"{module}: cannot be installed here, skipped", file=sys.stderr)
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", ROLECALL_BENCH_INSIDE="1")
    os.execv(python, [str(python), __file__])


def postings():
    path = Path(os.environ.get("ROLECALL_BENCH_FILE", ROOT / "../shared/postings/tune.jsonl"))
    if path.exists():
        return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    return [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests/postings").glob("*.txt"))]


def rate(texts, work):
    """Median megabytes per second over all texts."""
    size = sum(len(text.encode()) for text in texts) / 1e6
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        work(texts)
        taken.append(time.perf_counter() - start)
    return size / statistics.median(taken)


def sklearn_rate(texts, labels):
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(CountVectorizer(ngram_range=(1, 2)), MultinomialNB()).fit(texts, labels)
    return rate(texts, model.predict_proba)


def fasttext_rate(texts, labels):
    import fasttext

    lines = [" ".join(text.split()) for text in texts]
    FOLDER.mkdir(parents=True, exist_ok=True)
    file = FOLDER / "train.txt"
    file.write_text("".join(f"__label__{label} {line}\n" for line, label in zip(lines, labels)), encoding="utf-8")
    model = fasttext.train_supervised(str(file), wordNgrams=2, epoch=5, thread=1, verbose=0)
    return rate(lines, lambda lines: model.predict(lines, k=4))


def rolecall_rates():
    """Median rates that the benchmark prints, by row."""
    run = subprocess.run(
        ["cargo", "bench", "--bench", "classify"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    rows = {}
    for line in run.stdout.splitlines():
        name, figures = line[:22].strip(), line[22:].split()
        if name and len(figures) == 5 and figures[0].replace(".", "").isdigit():
            rows[name] = float(figures[0])
    return rows


def main():
    if "ROLECALL_BENCH_INSIDE" not in os.environ:
        install()
    texts = postings()
    labels = ["abcd"[at % 4] for at in range(len(texts))]
    texts, labels = texts * 20, labels * 20
    rates = rolecall_rates()
    label = rates["label only"]
    for name, measured in [("scikit-learn", sklearn_rate), ("fastText", fasttext_rate)]:
        try:
            rates[name] = measured(texts, labels)
        except ImportError:
            print(f"{name}: not installed, skipped", file=sys.stderr)
    print(f"{'':<22} {'MB/s':>9} {'label only is':>15}")
    for name, figure in rates.items():
        print(f"{name:<22} {figure:>9.1f} {label / figure:>14.1f}x")


if __name__ == "__main__":
    main()
