"""Spark with separate worker processes: results are those of the program, also after a worker died."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import rolecall
import rolecall.spark
from conftest import POSTINGS, rounded

pytest.importorskip("pyspark")
if shutil.which("java") is None:
    pytest.skip("no Java", allow_module_level=True)

LISTS = ["rolecall_duties_pm", "rolecall_duties_pmm", "rolecall_evidence", "rolecall_notes"]
ROWS = int(os.environ.get("ROLECALL_SPARK_ROWS", "200000"))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    import pyspark
    from pyspark.sql import SparkSession

    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    session = (
        SparkSession.builder.master("local-cluster[2,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.executor.memory", "512m")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
        .getOrCreate()
    )
    yield session
    session.stop()


@pytest.fixture(scope="module")
def frame(spark: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Any, Path]:
    """Rows in a file, and the same on Spark."""
    path = tmp_path_factory.mktemp("spark") / "postings.jsonl"
    texts, titles = list(POSTINGS.values()), ["Product Manager", None, "Product Marketing Manager"]
    with path.open("w", encoding="utf-8") as file:
        for row in range(ROWS):
            text = None if row % 97 == 0 else f"{texts[row % 6]} Reference {row % 1000}."
            fields = {"id": row, "title": titles[row % 3], "description": text, "company": f"Company {row % 50}"}
            file.write(json.dumps(fields) + "\n")
    return spark.read.json(str(path)).repartition(16), path


def executors() -> list[int]:
    """The worker processes of this test: executors below this process."""
    parents = {}
    for line in subprocess.run(["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True).stdout.splitlines()[1:]:
        pid, parent, args = line.split(None, 2)
        parents[int(pid)] = (int(parent), args)

    def ours(pid: int) -> bool:
        while pid in parents:
            if pid == os.getpid():
                return True
            pid = parents[pid][0]
        return False

    return [pid for pid, (_, args) in parents.items() if "CoarseGrainedExecutorBackend" in args and ours(pid)]


def test_a_killed_worker_loses_no_row(
    spark: Any, frame: tuple[Any, Path], run: Callable[..., str], tmp_path: Path
) -> None:
    df, path = frame
    scored = rolecall.spark.score(df, title="title")
    target = tmp_path / "scored"
    failures: list[BaseException] = []

    def write() -> None:
        try:
            scored.drop("description", *LISTS).write.parquet(str(target), compression="gzip")
        except BaseException as error:
            failures.append(error)

    before = set(executors())
    assert len(before) >= 2, "a process for each worker"
    writer = threading.Thread(target=write)
    writer.start()
    # Kill one while others are still at work: after the first task is done.
    tracker = spark.sparkContext.statusTracker()
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
        if any(stage and stage.numTasks == 16 and 0 < stage.numCompletedTasks < 8 for stage in stages):
            break
        assert writer.is_alive(), failures or "finished before a worker could be killed"
        time.sleep(0.02)
    os.kill(min(before), signal.SIGKILL)
    writer.join()
    assert not failures
    assert min(before) not in executors()

    output = tmp_path / "out.csv"
    run("batch", path, "--text-column", "description", "--title-column", "title", "-o", output, "-q")
    with output.open(encoding="utf-8", newline="") as file:
        expected = {int(row["id"]): row for row in csv.DictReader(file)}
    import pyarrow.parquet as pq

    found = pq.read_table(target).to_pylist()
    assert len(found) == len(expected) == ROWS
    assert {row["id"] for row in found} == set(expected)
    names = [name for name in found[0] if name.startswith("rolecall_")]
    assert [*names, *LISTS] == [name for name in expected[0] if name.startswith("rolecall_")]
    for row in found:
        program = expected[row["id"]]
        for name in names:
            value = row[name]
            text = str(value).lower() if isinstance(value, bool) else rounded(value) if isinstance(value, float) else value
            assert (text or "") == program[name], (row["id"], name)


def test_groups_are_those_of_the_program(
    spark: Any, frame: tuple[Any, Path], run: Callable[..., str], tmp_path: Path
) -> None:
    df, path = frame
    stats = tmp_path / "stats.json"
    columns = ["--text-column", "description", "--title-column", "title", "--group-by", "company,title"]
    run("batch", path, *columns, "--stats", stats, "-o", tmp_path / "out.csv", "-q", "--columns", "label")
    expected = json.loads(stats.read_text(encoding="utf-8"))["groups"]
    found = rolecall.score(df, title="title", group_by=["company", "title"]).collect()
    assert len(found) == len(expected)
    for row, program in zip(found, expected):
        fields = row.asDict()
        ours = {name.removeprefix("rolecall_"): value for name, value in fields.items() if name.startswith("rolecall_")}
        ours["group"] = [fields["company"], fields["title"]]
        assert {name: value for name, value in ours.items() if value is not None} == program


def test_rows_and_evidence(spark: Any) -> None:
    """Each row is kept, and its evidence is that of the verdict."""
    rows = [(POSTINGS["pm"].encode(), 1), (b"\xff\xfe", 2), (None, 3)]
    df = spark.createDataFrame(rows, "description binary, id int")
    # The bytes of a string on Spark need not be text.
    for frame in (df, df.selectExpr("cast(description as string) description", "id")):
        found = {row["id"]: row for row in rolecall.spark.score(frame).collect()}
        assert [found[at]["rolecall_reason"] for at in (1, 2, 3)] == [None, "not_text", "too_short"]
        assert [found[at]["rolecall_label"] for at in (1, 2, 3)] == ["pm", None, "unclear"]
        evidence = [item.asDict(recursive=True) for item in found[1]["rolecall_evidence"]]
        assert evidence == rolecall.classify(POSTINGS["pm"]).to_dict()["evidence"]


def test_errors(spark: Any) -> None:
    df = spark.createDataFrame([("a",)], "body string")
    with pytest.raises(rolecall.RolecallError, match="there is no column 'description'"):
        rolecall.spark.score(df)
