"""A function for DuckDB."""

from __future__ import annotations

from typing import Any


def register(connection: Any, name: str = "rolecall", *, lens: str = "consensus", evidence: bool = False) -> None:
    """Add a function to a DuckDB connection: ``rolecall(text, title)``.

    Its result is a struct with the fields of :func:`score`, without ``rolecall_``; the title may be NULL:
    ``SELECT id, rolecall(description, NULL).label FROM postings``.

    :param name: the name of the function
    :param evidence: whether the struct has the duties and phrases
    """
    import pyarrow as pa

    from ._classifier import default

    classifier = default(lens, evidence)

    def struct(texts: Any, titles: Any) -> Any:
        table = pa.table(classifier._score_column(_chunked(texts), _chunked(titles), 1))
        names = [column[len("rolecall_") :] for column in table.column_names]
        arrays = [column.combine_chunks() for column in table.columns]
        return pa.StructArray.from_arrays(arrays, names=names)

    def _chunked(values: Any) -> Any:
        return values if isinstance(values, pa.ChunkedArray) else pa.chunked_array([values])

    result = _type(struct(pa.array([], pa.string()), pa.array([], pa.string())).type)
    connection.create_function(
        name, struct, ["VARCHAR", "VARCHAR"], result, type="arrow", null_handling="special"
    )


def _type(arrow: Any) -> str:
    """The DuckDB type of an Arrow type."""
    import pyarrow.types as types

    if types.is_struct(arrow):
        fields = (f'"{arrow.field(at).name}" {_type(arrow.field(at).type)}' for at in range(arrow.num_fields))
        return f"STRUCT({', '.join(fields)})"
    if types.is_list(arrow):
        return f"{_type(arrow.value_type)}[]"
    if types.is_boolean(arrow):
        return "BOOLEAN"
    if types.is_integer(arrow):
        return "BIGINT"
    return "DOUBLE" if types.is_floating(arrow) else "VARCHAR"
