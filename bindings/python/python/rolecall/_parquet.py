"""Parquet files, one by one."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from ._frames import score
from ._rolecall import Classifier

ROWS = 8192
"""Rows read at once."""


def score_parquet(
    classifier: Classifier,
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    text: str,
    title: str | None,
    jobs: int | None,
) -> int:
    """Score a file or all files of a folder; the number of rows."""
    source, target = Path(source), Path(target)
    if not source.is_dir():
        return _score_file(classifier, source, target, text, title, jobs)
    files = sorted(source.rglob("*.parquet"))
    if not files:
        raise FileNotFoundError(f"{source}: has no .parquet files")
    rows = 0
    for file in files:
        rows += _score_file(classifier, file, target / file.relative_to(source), text, title, jobs)
    return rows


def _score_file(
    classifier: Classifier, source: Path, target: Path, text: str, title: str | None, jobs: int | None
) -> int:
    import pyarrow
    import pyarrow.parquet

    if source.resolve() == target.resolve():
        raise FileExistsError(f"{target}: is the input and cannot be the output too")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    rows = 0
    try:
        # Buffers made before reading are kept until the end of the file.
        with pyarrow.parquet.ParquetFile(source, pre_buffer=False) as file:
            batches: Any = file.iter_batches(batch_size=ROWS)
            reader = pyarrow.RecordBatchReader.from_batches(file.schema_arrow, batches)
            scored = score(classifier, reader, text, title, None, jobs)
            with pyarrow.parquet.ParquetWriter(part, scored.schema, compression="zstd") as writer:
                for batch in scored:
                    writer.write_batch(batch)
                    rows += batch.num_rows
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return rows
