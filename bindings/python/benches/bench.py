#!/usr/bin/env python3
"""Measures the package: every figure is a ratio within one run, because seconds depend on the machine's load.

    python bindings/python/benches/bench.py speed frames parquet start spark

Needs the packages of requirements-test.txt, the package itself, and the program (`cargo build --release`; the
variable ROLECALL names another). ROLECALL_BENCH_FILE is a JSON Lines file with a `text` column; by default the
sample postings of the repository are repeated.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# One core, for all contenders.
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS", "ARROW_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import rolecall  # noqa: E402

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = os.environ.get("ROLECALL", str(ROOT / "target" / "release" / "rolecall"))
ROUNDS = 7


def postings(megabytes: float) -> list[str]:
    """Postings of about this size together."""
    file = Path(os.environ.get("ROLECALL_BENCH_FILE", ROOT.parent / "shared" / "postings" / "tune.jsonl"))
    if file.exists():
        texts = [json.loads(line)["text"] for line in file.read_text(encoding="utf-8").splitlines()]
    else:
        texts = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests" / "postings").glob("p*.txt"))]
    size = sum(len(text.encode()) for text in texts) / 1e6
    return texts * max(1, round(megabytes / size))


def cpu_seconds() -> float:
    """Of this process and of children that have ended."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def medians(contenders: dict[str, Callable[[], Any]]) -> dict[str, float]:
    """Median CPU seconds of each, which take turns; children count too."""
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for turn in range(ROUNDS + 1):
        for name, work in contenders.items():
            before = cpu_seconds()
            work()
            # The first turn warms up.
            if turn > 0:
                taken[name].append(cpu_seconds() - before)
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def speed() -> None:
    """One core against scikit-learn: counting words, or as Rolecall does also pairs of them, and naive Bayes."""
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.naive_bayes import MultinomialNB
    from sklearn.pipeline import make_pipeline

    texts = postings(4)
    labels = [verdict.label for verdict in rolecall.classify_many(texts, 1, evidence=False)]
    words = make_pipeline(CountVectorizer(), MultinomialNB()).fit(texts, labels)
    pairs = make_pipeline(CountVectorizer(ngram_range=(1, 2)), MultinomialNB()).fit(texts, labels)
    found = medians(
        {
            "scikit-learn, words": lambda: words.predict(texts),
            "scikit-learn, words and pairs": lambda: pairs.predict(texts),
            "classify_many": lambda: [v.label for v in rolecall.classify_many(texts, 1, evidence=False)],
            "classify_many, evidence": lambda: [v.label for v in rolecall.classify_many(texts, 1)],
        }
    )
    by_words, by_pairs = (found[f"scikit-learn, {name}"] for name in ("words", "words and pairs"))
    for name, seconds in found.items():
        ratios = f"{by_words / seconds:.1f} times words, {by_pairs / seconds:.1f} times words and pairs"
        print(f"{name}: {len(texts) / seconds:,.0f} postings/s, {ratios}")


def frames() -> None:
    """Data frames against the program's batch, with the same columns."""
    import pandas as pd
    import polars as pl
    import pyarrow as pa

    texts = postings(8)
    table = pa.table({"description": texts})
    kinds = {"pyarrow": table, "polars": pl.DataFrame({"description": texts}), "pandas": pd.DataFrame({"description": texts})}
    with tempfile.TemporaryDirectory() as folder:
        source, empty = Path(folder, "in.jsonl"), Path(folder, "one.jsonl")
        rows = [json.dumps({"description": text}) + "\n" for text in texts]
        source.write_text("".join(rows), encoding="utf-8")
        empty.write_text(rows[0], encoding="utf-8")
        for evidence in (False, True):
            columns = ["label", "reason", "confidence", "p_pm", "p_pmm", "p_hybrid", "p_unclear"]
            columns += ["pm_share", "pm_share_low", "pm_share_high", "strength_pm", "strength_pmm", "strength_other"]
            columns += ["other_job", "title_says", "title_agrees", "label_by_duties", "confidence_by_duties", "lens", "model"]
            columns += ["duties_pm", "duties_pmm", "evidence", "notes"] if evidence else []

            def batch(file: Path) -> Callable[[], Any]:
                command = [PROGRAM, "batch", str(file), "-o", os.devnull, "-q", "--jobs", "1", "--text-column"]
                command += ["description", "--only", "--columns", ",".join(columns), "--output-format", "csv"]
                return lambda: subprocess.run(command, check=True)

            def score(frame: Any) -> Callable[[], Any]:
                return lambda: rolecall.score(frame, evidence=evidence, jobs=1)

            found = medians(
                {"batch": batch(source), "start": batch(empty)} | {kind: score(frame) for kind, frame in kinds.items()}
            )
            rust = found["batch"] - found["start"]
            for kind in kinds:
                print(f"{kind}, {'with' if evidence else 'no'} evidence: {found[kind] / rust:.2f} times the program's batch")


def parquet() -> None:
    """Memory over a data set of 5 GB made by repetition."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    def resident() -> float:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    gigabytes = float(os.environ.get("ROLECALL_BENCH_GB", "5"))
    texts = postings(50)
    with tempfile.TemporaryDirectory(dir=os.environ.get("ROLECALL_BENCH_FOLDER")) as folder:
        source = Path(folder, "in")
        source.mkdir()
        table = pa.table({"id": list(range(len(texts))), "description": texts})
        with pq.ParquetWriter(source / "0.parquet", table.schema, compression="none", use_dictionary=False) as writer:
            for _ in range(10):
                writer.write_table(table, row_group_size=8192)
        size = (source / "0.parquet").stat().st_size / 1e9
        files = max(2, round(gigabytes / size))
        for at in range(1, files):
            os.link(source / "0.parquet", source / f"{at}.parquet")
        del table, texts
        seen, rows = [], 0
        classifier = rolecall.Classifier(evidence=False)
        for at in range(files):
            target = Path(folder, "out.parquet")
            rows += classifier.score_parquet(source / f"{at}.parquet", target)
            seen.append(resident())
        print(f"{files} files, {files * size:.1f} GB, {rows:,} rows; MB in memory after each: {[round(mb) for mb in seen]}")


START = """
import os, pickle, time
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
memory, times = resident(), [time.perf_counter()]
import rolecall
times.append(time.perf_counter())
classifier = rolecall.Classifier(evidence=False)
times.append(time.perf_counter())
classifier.classify("You own the roadmap and rank the backlog. " * 50)
times.append(time.perf_counter())
print(*(1000 * (b - a) for a, b in zip(times, times[1:])), resident() - memory, len(pickle.dumps(classifier)))
"""


def start() -> None:
    """What a worker process takes before its first posting."""
    runs = [subprocess.run([sys.executable, "-c", START], check=True, capture_output=True, text=True) for _ in range(15)]
    figures = zip(*(map(float, run.stdout.split()) for run in runs))
    imported, made, first, memory, size = map(statistics.median, figures)
    print(f"import {imported:.0f} ms, classifier {made:.1f} ms, first posting {first:.1f} ms, {memory:.0f} MB of memory")
    model = (ROOT / "models" / "rolecall.model").stat().st_size / 1e6
    package = Path(rolecall._rolecall.__file__).stat().st_size / 1e6
    print(f"sent to a worker: {size:.0f} bytes; installed on it: {package:.1f} MB, of which the model {model:.1f} MB")


def spark() -> None:
    """Two workers of Spark against one, and one without Spark."""
    from pyspark.sql import SparkSession
    import pyspark
    import rolecall.spark

    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    texts = postings(float(os.environ.get("ROLECALL_BENCH_SPARK_MB", "200")))
    with tempfile.TemporaryDirectory() as folder:
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.table({"description": texts})
        for part in range(16):
            size = -(-len(texts) // 16)
            pq.write_table(table.slice(part * size, size), Path(folder, f"{part:02}.parquet"))
        start = time.perf_counter()
        rolecall.score(table, evidence=False, jobs=1)
        alone = time.perf_counter() - start
        taken = {}
        for workers in (1, 2):
            session = (
                SparkSession.builder.master(f"local-cluster[{workers},1,1024]")
                .config("spark.ui.enabled", "false")
                .config("spark.ui.showConsoleProgress", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.executor.memory", "512m")
                .config("spark.sql.files.maxPartitionBytes", str(1 << 22))
                .getOrCreate()
            )
            df = session.read.parquet(folder)

            def run(scored: Any) -> float:
                start = time.perf_counter()
                scored.groupBy("rolecall_label").count().collect()
                return time.perf_counter() - start

            scored = rolecall.spark.score(df, evidence=False)
            run(scored.limit(2000))
            times = [run(scored) for _ in range(3)]
            passed = df.mapInArrow(lambda batches: batches, df.schema)
            # The same rows to Python and back, without scoring.
            moved = []
            for _ in range(3):
                start = time.perf_counter()
                passed.selectExpr("sum(length(description))").collect()
                moved.append(time.perf_counter() - start)
            taken[workers] = min(times)
            print(f"{workers} worker(s): {min(times):.1f} s for {len(texts):,} rows; moving them alone {min(moved):.1f} s")
            session.stop()
        print(f"2 workers are {taken[1] / taken[2]:.2f} times as fast as 1")
        size = sum(len(text.encode()) for text in texts) / len(texts) / 1000
        print(f"without Spark on one core {alone:.1f} s: {len(texts) / alone:,.0f} rows/s of {size:.1f} kB")


if __name__ == "__main__":
    known = {"speed": speed, "frames": frames, "parquet": parquet, "start": start, "spark": spark}
    for name in sys.argv[1:] or known:
        print(f"## {name}")
        known[name]()
