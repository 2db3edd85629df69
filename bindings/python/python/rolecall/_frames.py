"""Data frames, over the Arrow interface. No library of frames is imported unless its frame is given."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ._rolecall import Classifier, RolecallError, column_names, find_column, shares


def score(
    classifier: Classifier,
    frame: Any,
    text: str,
    title: str | None,
    group_by: str | Sequence[str] | None,
    jobs: int | None,
) -> Any:
    """The frame with the columns of the verdicts, or with ``group_by`` the counts."""
    task = Task(classifier, text, title, [group_by] if isinstance(group_by, str) else group_by, jobs or 0)
    library, kind = type(frame).__module__.partition(".")[0], type(frame).__name__
    if library == "polars" and kind == "LazyFrame":
        return _lazy(task, frame)
    if library == "polars" and kind == "DataFrame":
        return _polars(task, frame)
    if library == "pandas" and kind == "DataFrame":
        return _pandas(task, frame)
    if library in ("duckdb", "_duckdb"):
        return _duckdb(task, frame)
    if library == "pyspark":
        from .spark import score_with

        return score_with(classifier, frame, text, title, group_by)
    if library == "pyarrow" and kind == "RecordBatchReader" and not task.group_by:
        return _reader(task, frame)
    if library == "pyarrow" and kind == "RecordBatch":
        return _batch(_arrow(task, _pyarrow().table(frame)))
    # A single column also exports a stream, but it is no table.
    if hasattr(frame, "__arrow_c_stream__") and kind not in ("Series", "ChunkedArray"):
        return _arrow(task, _pyarrow().table(frame))
    raise TypeError(
        f"'{kind}' is not a supported data frame: use one of pyarrow, polars, pandas 2, DuckDB or Spark, "
        "or an object that exports an Arrow stream"
    )


class Task:
    """What to do with each frame."""

    def __init__(
        self, classifier: Classifier, text: str, title: str | None, group_by: Sequence[str] | None, jobs: int
    ) -> None:
        self.classifier, self.jobs = classifier, jobs
        self.text, self.title = text, title
        self.group_by = list(group_by or [])

    def columns(self, names: list[str]) -> tuple[str, str | None]:
        """The columns of text and title among those of a frame."""
        taken = [] if self.group_by else column_names(names)
        if taken:
            raise RolecallError(f"the input already has a column '{taken[0]}' (rename or drop it)")
        title = None if self.title is None else names[find_column(names, self.title)]
        return names[find_column(names, self.text)], title

    def groups(self, names: list[str]) -> list[str]:
        """The columns to group by."""
        return [names[find_column(names, name)] for name in self.group_by]

    def run(self, names: list[str], column: Any) -> Any:
        """An Arrow table of the columns to add, or of counts. ``column`` gives the column of a name."""
        text, title = self.columns(names)
        texts, titles = column(text), None if title is None else column(title)
        if not self.group_by:
            return self.classifier._score_column(texts, titles, self.jobs)
        groups = [(name, column(name)) for name in self.groups(names)]
        counts = _pyarrow().table(self.classifier._count_column(texts, titles, groups, self.jobs))
        return group_shares(self.classifier, counts)


def group_shares(classifier: Classifier, counts: Any) -> Any:
    """The shares by group, from a table of groups, labels and numbers of rows."""
    *groups, labels, rows = (column.to_pylist() for column in counts.columns)
    values = [list(group) for group in zip(*groups)] if groups else [[] for _ in labels]
    return shares(classifier, counts.column_names[:-2], list(zip(values, labels, rows)))


def _pyarrow() -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError("this kind of frame needs pyarrow: pip install 'rolecall[frames]'") from error
    return pyarrow


def _arrow(task: Task, table: Any) -> Any:
    names: list[str] = table.column_names
    added = _pyarrow().table(task.run(names, table.column))
    if task.group_by:
        return added
    for field, column in zip(added.schema, added.columns):
        table = table.append_column(field, column)
    return table


def _batch(table: Any) -> Any:
    """A table as one batch, also without rows."""
    arrays = [column.combine_chunks() for column in table.columns]
    return _pyarrow().RecordBatch.from_arrays(arrays, schema=table.schema)


def _reader(task: Task, reader: Any) -> Any:
    pa = _pyarrow()
    schema = _arrow(task, reader.schema.empty_table()).schema

    def batches() -> Iterator[Any]:
        for batch in reader:
            yield from _arrow(task, pa.Table.from_batches([batch])).to_batches()

    return pa.RecordBatchReader.from_batches(schema, batches())


def _polars(task: Task, frame: Any) -> Any:
    import polars

    added = polars.DataFrame(task.run(frame.columns, frame.get_column))
    return added if task.group_by else frame.with_columns(added.get_columns())


def _lazy(task: Task, frame: Any) -> Any:
    import polars

    if task.group_by:
        return _polars(task, frame.collect()).lazy()
    schema = frame.collect_schema()
    scored = _polars(task, polars.DataFrame(schema=schema)).schema
    return frame.map_batches(lambda batch: _polars(task, batch), schema=scored, streamable=True)


def _pandas(task: Task, frame: Any) -> Any:
    import pandas

    pa = _pyarrow()
    names = [str(name) for name in frame.columns]

    def column(name: str) -> Any:
        try:
            values = pa.Array.from_pandas(frame.iloc[:, names.index(name)])
        except (pa.ArrowTypeError, pa.ArrowInvalid) as error:
            raise TypeError(f"the column '{name}' holds values of several types: {error}") from error
        return values if hasattr(values, "__arrow_c_stream__") else pa.chunked_array([values])

    added = pa.table(task.run(names, column))
    if task.group_by:
        return added.to_pandas()
    # Lists and truth values with gaps stay in Arrow; NumPy would make Python objects of them.
    arrow = {field.name for field in added.schema if pa.types.is_list(field.type) or pa.types.is_boolean(field.type)}
    columns = {
        name: pandas.arrays.ArrowExtensionArray(column) if name in arrow else column.to_pandas().array
        for name, column in zip(added.column_names, added.columns)
    }
    return frame.assign(**columns)


def _duckdb(task: Task, relation: Any) -> Any:
    scored = _arrow(task, relation.to_arrow_table())  # noqa: F841 (named in the query)
    # A relation on the same connection.
    return relation.limit(0).query("ignored", "SELECT * FROM scored")
