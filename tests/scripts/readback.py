"""Reads the output of `rolecall batch` with Python's csv and pandas, and compares.

Usage: readback.py INPUT.csv OUTPUT REJECTS [DELIMITER]

Every row of the input must be in the output, in order and with its columns unchanged,
or be counted among the rejects. Otherwise it exits with 1 and a message.
"""

import csv
import gzip
import json
import sys

csv.field_size_limit(1 << 30)


def table(path, delimiter):
    """Rows of a table as Python's csv reads them."""
    opener = gzip.open if path.endswith(".gz") else open
    with opener(path, "rt", encoding="utf-8-sig", newline="") as file:
        return [row for row in csv.reader(file, delimiter=delimiter, strict=True) if row]


def fail(message):
    sys.exit(f"{message}")


def main():
    source, target, rejected = sys.argv[1], sys.argv[2], int(sys.argv[3])
    delimiter = sys.argv[4] if len(sys.argv) > 4 else ","
    header, *rows = [row for row in csv.reader(open(source, encoding="utf-8", newline=""), delimiter=delimiter) if row]
    # Rejected: rows with too many fields, or without a text field.
    text = header.index("text")
    kept = [row + [""] * (len(header) - len(row)) for row in rows if text < len(row) <= len(header)]
    if len(rows) - len(kept) != rejected:
        fail(f"{len(rows)} rows, {len(kept)} expected in the output, {rejected} rejects")
    if target.endswith(".jsonl"):
        objects = [json.loads(line) for line in open(target, encoding="utf-8", newline="\n")]
        found_header = list(objects[0])
        found = [["" if value is None else value for value in one.values()] for one in objects]
    else:
        found_header, *found = table(target, "\t" if ".tsv" in target else ",")
    own = [at for at, name in enumerate(found_header) if not name.startswith("rolecall_")]
    names = [found_header[at] for at in own]
    expected = [[row[header.index(name)] for name in names] for row in kept]
    if [[row[at] for at in own] for row in found] != expected:
        fail("the input's columns have changed")
    if any(len(row) != len(found_header) for row in found):
        fail("rows of another length")
    label = found_header.index("rolecall_label")
    if not {row[label] for row in found} <= {"pm", "pmm", "hybrid", "unclear"}:
        fail("labels are not in their column")
    try:
        import pandas
    except ImportError:
        print(f"{len(found)} rows as Python's csv reads them; no pandas")
        return
    if target.endswith(".jsonl"):
        frame = pandas.read_json(target, lines=True, dtype=False, convert_dates=False)
        frame = frame.astype(object).where(frame.notna(), "")
    else:
        frame = pandas.read_csv(
            target, sep="\t" if ".tsv" in target else ",", dtype=str, keep_default_na=False, encoding="utf-8-sig"
        )
    if list(frame.columns) != found_header or len(frame) != len(found):
        fail(f"pandas sees {frame.shape}")
    for name, at in zip(names, own):
        if [str(value) for value in frame[name]] != [row[at] for row in found]:
            fail(f"pandas reads column {name} otherwise")
    print(f"{len(found)} rows as Python's csv and pandas {pandas.__version__} read them")


main()
