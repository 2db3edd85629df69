"""Data frames of every kind get the figures of the program's tables."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import rolecall
from conftest import HYBRID, PM, rounded

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

Rows = list[dict[str, Any]]


def arrow(rows: Rows) -> Any:
    return pa.Table.from_pylist(rows)


def polars(rows: Rows) -> Any:
    return pytest.importorskip("polars").DataFrame(rows)


def lazy(rows: Rows) -> Any:
    return polars(rows).lazy()


def pandas(rows: Rows) -> Any:
    return pytest.importorskip("pandas").DataFrame(rows)


def pandas_arrow(rows: Rows) -> Any:
    pd = pytest.importorskip("pandas")
    return arrow(rows).to_pandas(types_mapper=pd.ArrowDtype)


def batch(rows: Rows) -> Any:
    return pa.RecordBatch.from_pylist(rows)


def reader(rows: Rows) -> Any:
    return pa.RecordBatchReader.from_batches(arrow(rows).schema, arrow(rows).to_batches(max_chunksize=70))


def duckdb(rows: Rows) -> Any:
    connection = pytest.importorskip("duckdb").connect()
    connection.register("postings", arrow(rows))
    return connection.sql("SELECT * FROM postings ORDER BY id")


class Stream:
    """Any object with an Arrow stream."""

    def __init__(self, rows: Rows) -> None:
        self.table = arrow(rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self.table.__arrow_c_stream__(requested_schema)


def as_rows(frame: Any) -> Rows:
    """Rows of any kind of frame."""
    if type(frame).__module__.startswith("pandas"):
        frame = pa.Table.from_pandas(frame, preserve_index=False)
    if hasattr(frame, "collect"):
        frame = frame.collect()
    if hasattr(frame, "to_arrow_table"):
        frame = frame.to_arrow_table()
    rows: Rows = pa.table(frame).to_pylist()
    return rows


KINDS = [arrow, batch, reader, polars, lazy, pandas, pandas_arrow, duckdb, Stream]


@pytest.fixture(scope="module")
def table(run: Callable[..., str], rows: Rows, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, str]]:
    """The rows as the program writes them."""
    folder = tmp_path_factory.mktemp("table")
    source, target = folder / "in.jsonl", folder / "out.csv"
    source.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run("batch", source, "--text-column", "description", "--title-column", "job", "-o", target, "-q")
    with target.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def item(found: dict[str, Any]) -> str:
    """A duty or phrase as the program writes it to tables."""
    if "phrase" in found:
        return f"{found['role'].upper()} {found['points']:.2f} {found['phrase']}"
    return f"{found['points']:.2f} {found['duty']}"


@pytest.mark.parametrize("make", KINDS)
def test_columns_are_those_of_the_program(make: Callable[[Rows], Any], rows: Rows, table: list[dict[str, str]]) -> None:
    frame = make(rows)
    scored = rolecall.score(frame, title="job")
    expected_type = type(frame) if make is not Stream else pa.Table
    assert type(scored) is expected_type
    found = as_rows(scored)
    assert len(found) == len(rows)
    ours = [name for name in table[0] if name.startswith("rolecall_")]
    assert list(found[0]) == [*rows[0], *ours]
    for row, given, program in zip(found, rows, table):
        assert {name: row[name] or None for name in given} == {name: value or None for name, value in given.items()}
        for name in ours:
            value = row[name]
            if isinstance(value, list):
                assert " | ".join(map(item, value)) == program[name]
            elif isinstance(value, bool):
                assert str(value).lower() == program[name]
            elif isinstance(value, float):
                assert rounded(value) == program[name], name
            else:
                assert (value or "") == program[name], name


@pytest.mark.parametrize("jobs", [1, 4])
def test_numbers_and_evidence_are_those_of_the_verdict(jobs: int, rows: Rows) -> None:
    found = as_rows(rolecall.score(arrow(rows), title="job", jobs=jobs))
    for row, given in zip(found, rows):
        fields = rolecall.classify(given["description"] or "", given["job"]).to_dict()
        assert row["rolecall_confidence"] == fields["confidence"]
        assert row["rolecall_p_hybrid"] == fields["probabilities"]["hybrid"]
        assert row["rolecall_pm_share"] == fields["pm_share"]
        assert [row["rolecall_pm_share_low"], row["rolecall_pm_share_high"]] == (fields["pm_share_interval"] or [None] * 2)
        # Every field, in the same order.
        assert row["rolecall_evidence"] == fields["evidence"]
        assert row["rolecall_notes"] == fields["notes"]
        for ours, theirs in zip(row["rolecall_evidence"], fields["evidence"]):
            assert list(ours) == list(theirs)


@pytest.mark.parametrize(
    "kind",
    [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int32(), pa.string()), pa.binary(), pa.large_binary()],
    ids=str,
)
def test_layouts_of_text(kind: Any) -> None:
    texts = [PM, None, HYBRID, "", "x" * 5]
    values = pa.array(texts, pa.string())
    if pa.types.is_dictionary(kind):
        values = values.dictionary_encode()
    else:
        values = pa.array([text if text is None or not pa.types.is_binary(kind) else text.encode() for text in texts], kind) \
            if kind != pa.large_binary() else pa.array([text and text.encode() for text in texts], kind)
    # Slices and chunks of other sizes than those of the titles.
    column = pa.chunked_array([values.slice(1, 1), values.slice(2), values.slice(0, 0), values.slice(0, 2)])
    titles = pa.chunked_array([pa.array(["Product Manager"] * 3), pa.array([None] * 3, pa.string())])
    table = pa.table({"description": column, "title": titles})
    found = as_rows(rolecall.score(table, title="title"))
    for row in found:
        text = row["description"] or ""
        text = text.decode() if isinstance(text, bytes) else text
        assert row["rolecall_label"] == rolecall.classify(text, row["title"]).label
    assert [row["rolecall_label"] for row in found] == ["unclear", "hybrid", "unclear", "unclear", "pm", "unclear"]


def test_rows_that_cannot_be_scored_are_kept() -> None:
    table = pa.table({"description": pa.array([PM.encode(), b"\xff\xfe\xfd", None], pa.binary())})
    found = as_rows(rolecall.score(table))
    assert [row["rolecall_label"] for row in found] == ["pm", None, "unclear"]
    assert [row["rolecall_reason"] for row in found] == [None, "not_text", "too_short"]
    assert found[1]["rolecall_evidence"] == found[1]["rolecall_notes"] == [] and found[1]["rolecall_confidence"] is None


@pytest.mark.parametrize("make", KINDS)
def test_groups_are_those_of_the_program(make: Callable[[Rows], Any], rows: Rows, run: Callable[..., str], tmp_path: Path) -> None:
    # Enough rows for adjusted shares, and groups too small for them.
    many = [{**row, "id": at} for at, row in enumerate(rows * 2)] + [{**rows[1], "id": 1000, "company": "Tiny\tLtd"}]
    source, stats = tmp_path / "in.jsonl", tmp_path / "stats.json"
    source.write_text("".join(json.dumps(row) + "\n" for row in many), encoding="utf-8")
    columns = ["--text-column", "description", "--title-column", "job", "--group-by", "company,job"]
    run("batch", source, *columns, "--stats", stats, "-o", tmp_path / "out.csv", "-q")
    expected = json.loads(stats.read_text(encoding="utf-8"))["groups"]
    frame = make(many)
    scored = rolecall.score(frame, title="job", group_by=["company", "job"])
    if make not in (Stream, reader, batch):
        assert type(scored) is type(frame)
    found = as_rows(scored)
    assert len(found) == len(expected) > 20
    for row, program in zip(found, expected):
        ours = {"group": [row["company"], row["job"]]}
        ours.update({name.removeprefix("rolecall_"): value for name, value in row.items() if name.startswith("rolecall_")})
        assert {name: value for name, value in ours.items() if value is not None and value == value} == program
    assert any("adjusted" in program for program in expected) and any("adjusted" not in program for program in expected)


def test_empty_frames() -> None:
    for make in (arrow, polars, pandas):
        frame = make([{"description": PM}])[:0]
        scored = rolecall.score(frame)
        assert len(scored) == 0 and "rolecall_label" in list(scored.columns if make is not arrow else scored.column_names)


def test_pandas_index_is_kept(rows: Rows) -> None:
    frame = pandas(rows).set_index("company")
    before = frame.copy()
    scored = rolecall.score(frame, title="job", evidence=False)
    assert scored.index.equals(frame.index) and "rolecall_evidence" not in scored
    assert frame.equals(before), "the frame given is not changed"
    assert str(scored["rolecall_confidence"].dtype) == "float64"


def test_lazy_frames_are_lazy_and_stream(rows: Rows) -> None:
    pl = pytest.importorskip("polars")
    scored = rolecall.score(lazy(rows), title="job")
    assert isinstance(scored, pl.LazyFrame)
    assert scored.collect_schema() == rolecall.score(polars(rows), title="job").schema
    counts = scored.group_by("rolecall_label").len().collect(engine="streaming")
    assert counts["len"].sum() == len(rows)


PEAK = """
import re, sys, pyarrow as pa, rolecall
def status(name):
    return int(re.search(rf"{name}:\\s+(\\d+) kB", open("/proc/self/status").read())[1]) / 1000
texts = pa.array(["word " * 2_000] * 6_000, getattr(pa, sys.argv[1])())
rolecall.score(pa.table({"description": texts.slice(0, 100)}), evidence=False)
before = status("VmRSS")
open("/proc/self/clear_refs", "w").write("5")  # resets the peak
rolecall.score(pa.table({"description": texts}), evidence=False)
print(texts.nbytes / 1e6, status("VmHWM") - before)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
@pytest.mark.parametrize("kind", ["string", "large_string", "string_view"])
def test_texts_are_not_copied(kind: str) -> None:
    """Memory grows by far less than a copy of the column."""
    done = subprocess.run([sys.executable, "-c", PEAK, kind], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    size, grown = map(float, done.stdout.split())
    assert size > 59 and grown < 20


def test_duckdb_function(rows: Rows) -> None:
    relation = duckdb(rows)
    connection = pytest.importorskip("duckdb").connect()
    connection.register("postings", relation.to_arrow_table())
    rolecall.register(connection)
    rolecall.register(connection, "phrases", lens="guide", evidence=True)
    found = connection.sql("SELECT rolecall(description, job) AS found, description, job FROM postings").fetchall()
    assert len(found) == len(rows)
    for struct, text, title in found:
        verdict = rolecall.classify(text or "", title)
        assert (struct["label"], struct["confidence"], struct["reason"]) == (verdict.label, verdict.confidence, verdict.reason)
    query = "SELECT count(*), sum(len(phrases(description, NULL).evidence)) FROM postings WHERE rolecall(description, NULL).label = 'hybrid'"
    ((count, phrases),) = connection.sql(query).fetchall()
    assert count > 10 and phrases > count


def test_parquet_files(rows: Rows, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    for name in ("a.parquet", "deep/b.parquet"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(arrow(rows), source / name)
    assert rolecall.score_parquet(source, target, title="job") == 2 * len(rows)
    expected = as_rows(rolecall.score(arrow(rows), title="job"))
    for name in ("a.parquet", "deep/b.parquet"):
        assert pq.read_table(target / name).to_pylist() == expected
    assert rolecall.score_parquet(source / "a.parquet", tmp_path / "one.parquet") == len(rows)
    with pytest.raises(FileExistsError, match="is the input"):
        rolecall.score_parquet(source / "a.parquet", source / "a.parquet")
    with pytest.raises(rolecall.RolecallError, match="there is no column 'body'"):
        rolecall.score_parquet(source, tmp_path / "none", text="body")
    assert [path.name for path in tmp_path.rglob("*") if path.suffix == ".part"] == []


PARQUET = """
import sys, pyarrow as pa, pyarrow.parquet as pq, rolecall
table = pa.table({"description": ["word " * 200] * 8192})
with pq.ParquetWriter(sys.argv[1], table.schema, compression="none", use_dictionary=False) as writer:
    for _ in range(12):
        writer.write_table(table)
rolecall.score_parquet(sys.argv[1], sys.argv[2], evidence=False)
print(pa.default_memory_pool().max_memory() / 1e6)
"""


def test_memory_does_not_grow_with_a_parquet_file(tmp_path: Path) -> None:
    source = tmp_path / "in.parquet"
    command = [sys.executable, "-c", PARQUET, str(source), str(tmp_path / "out.parquet")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert source.stat().st_size > 98e6 and float(done.stdout) < 60


def test_errors(rows: Rows) -> None:
    with pytest.raises(rolecall.RolecallError, match=r"^there is no column 'descripton' \(did you mean 'description'\? the columns are: id, job, description, company\)$"):
        rolecall.score(arrow(rows), "descripton")
    with pytest.raises(rolecall.RolecallError, match="there is no column 'nowhere'"):
        rolecall.score(polars(rows), title="nowhere")
    with pytest.raises(rolecall.RolecallError, match="the input already has a column 'rolecall_label'"):
        rolecall.score(rolecall.score(pandas(rows)))
    with pytest.raises(TypeError, match="holds Int64, not text"):
        rolecall.score(arrow(rows), "id")
    with pytest.raises(TypeError, match="'list' is not a supported data frame"):
        rolecall.score(rows)
    for column in (pandas(rows)["description"], polars(rows)["description"], arrow(rows)["description"]):
        with pytest.raises(TypeError, match="is not a supported data frame"):
            rolecall.score(column)
    with pytest.raises(TypeError, match="the column 'description' holds values of several types"):
        rolecall.score(pandas([{"description": PM}, {"description": 1}]))
    with pytest.raises(ValueError, match="jobs must be at least 1, or None for all cores"):
        rolecall.score(arrow(rows), jobs=-1)
    assert rolecall.score(arrow(rows), "DESCRIPTION").num_rows == len(rows), "found in any case, as in the program"
