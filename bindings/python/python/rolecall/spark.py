"""Scoring on Spark. The model is in the package, which each worker needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from ._classifier import default
from ._frames import Task, group_shares
from ._rolecall import Classifier


def score(
    df: Any,
    text: str = "description",
    title: str | None = None,
    group_by: str | Sequence[str] | None = None,
    *,
    lens: str = "consensus",
    evidence: bool = True,
) -> Any:
    """Score a data frame of Spark: the same rows, with columns whose names start with ``rolecall_``.

    No row is dropped: one that cannot be scored has a reason and no label. With ``group_by``, the frame has the
    number of postings by group and label instead, as :func:`rolecall.score` gives them; each task counts its own
    rows, and only counts are moved between workers.

    :param text: column with the posting
    :param title: column with the job title
    :param group_by: columns to count by
    :param evidence: whether to add the duties and phrases, as arrays of structs
    """
    return score_with(default(lens, evidence), df, text, title, group_by)


def score_with(
    classifier: Classifier, df: Any, text: str, title: str | None, group_by: str | Sequence[str] | None
) -> Any:
    """The same with any classifier, which is sent to the workers."""
    from pyspark.sql import functions
    from pyspark.sql.types import StructType

    # A task has one core.
    task = Task(classifier, text, title, [group_by] if isinstance(group_by, str) else group_by, 1)
    names = list(df.columns)
    task.columns(names)
    if not task.group_by:
        added = _schema(classifier._score_column(_no_texts()))
        return df.mapInArrow(_scorer(task), StructType(df.schema.fields + added.fields))
    groups = task.groups(names)
    needed = list(dict.fromkeys([name for name in task.columns(names) if name] + groups))
    counts = _schema(classifier._count_column(_no_texts(), None, [(name, _no_texts()) for name in groups]))
    partial = df.select([functions.col(_quoted(name)) for name in needed]).mapInArrow(_counter(task), counts)
    keys = [functions.col(_quoted(field.name)) for field in counts.fields[:-1]]
    sums = partial.groupBy(*keys).agg(functions.sum("rolecall_count").alias("rolecall_count")).collect()
    columns = [[row[at] for row in sums] for at in range(len(counts.fields))]
    import pyarrow as pa

    arrays = [pa.array(column, pa.string()) for column in columns[:-1]] + [pa.array(columns[-1], pa.int64())]
    shares = group_shares(classifier, pa.Table.from_arrays(arrays, names=counts.names))
    rows = [tuple(row.values()) for row in pa.table(shares).to_pylist()]
    return df.sparkSession.createDataFrame(rows, _schema(shares))


def _scorer(task: Task) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def score_batches(batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for batch in batches:
            added = pa.table(task.run(batch.schema.names, _column(batch))).combine_chunks()
            arrays = batch.columns + [column.combine_chunks() for column in added.columns]
            yield pa.RecordBatch.from_arrays(arrays, names=batch.schema.names + added.column_names)

    return score_batches


def _counter(task: Task) -> Callable[[Iterable[Any]], Iterator[Any]]:
    def count_batches(batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow as pa

        for batch in batches:
            names, column = batch.schema.names, _column(batch)
            text, title = task.columns(names)
            groups = [(name, column(name)) for name in task.groups(names)]
            titles = None if title is None else column(title)
            yield from pa.table(task.classifier._count_column(column(text), titles, groups, 1)).to_batches()

    return count_batches


def _column(batch: Any) -> Callable[[str], Any]:
    return lambda name: batch.column(batch.schema.names.index(name))


def _no_texts() -> Any:
    import pyarrow as pa

    return pa.chunked_array([], pa.string())


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _schema(table: Any) -> Any:
    """The Spark schema of an Arrow table."""
    import pyarrow as pa
    import pyarrow.types as types
    from pyspark.sql import types as spark

    def convert(arrow: Any) -> Any:
        if types.is_struct(arrow):
            fields = [arrow.field(at) for at in range(arrow.num_fields)]
            return spark.StructType([spark.StructField(field.name, convert(field.type)) for field in fields])
        if types.is_list(arrow):
            return spark.ArrayType(convert(arrow.value_type))
        if types.is_boolean(arrow):
            return spark.BooleanType()
        if types.is_integer(arrow):
            return spark.LongType()
        return spark.DoubleType() if types.is_floating(arrow) else spark.StringType()

    schema = pa.table(table).schema
    return spark.StructType([spark.StructField(field.name, convert(field.type)) for field in schema])
