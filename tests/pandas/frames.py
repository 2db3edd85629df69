"""Writes a data frame in all the forms that pandas has and reads each with `rolecall batch`.

Usage: frames.py ROLECALL FOLDER

Every form must give the same labels. Exits with 1 and a message if one does not, and with
77 if pandas is missing.
"""

import csv
import json
import pathlib
import subprocess
import sys

try:
    import pandas
except ImportError:
    sys.exit(77)

PM = (
    "You own the product roadmap and decide what is built next. Prioritise the backlog with engineers\n"
    'and designers, write "user stories" with acceptance criteria, run discovery interviews with users,\n'
    "and measure adoption of every feature that ships."
)
PMM = (
    "You own positioning and messaging for our platform. Plan product launches with a go-to-market\n"
    "calendar, write battlecards; and sales decks, train the sales team on competitors, and build\n"
    "customer case studies \\ campaigns that create demand."
)
EXPECTED = ["pm", "pmm", "unclear"] * 3


def frame():
    rows = len(EXPECTED)
    return pandas.DataFrame(
        {
            "id": range(rows),
            "title": ["Product Manager", "Product Marketing Manager", None] * 3,
            "description": [PM, PMM, "short"] * 3,
            "posted": pandas.date_range("2026-01-30", periods=rows),
            "salary": [1.5, None, 3] * 3,
        }
    )


def forms(data, folder):
    """Writes the frame in each form; gives the path and the options to read it with."""
    lines = data.assign(description=data["description"].str.replace("\n", " "))
    one_line = lines.assign(description=lines["description"].str.replace("\t", " "))

    def path(name):
        return folder / name

    def to(name, write, *options):
        write(path(name))
        return path(name), options

    yield to("plain.csv", lambda p: data.to_csv(p, index=False))
    yield to("index.csv", lambda p: data.to_csv(p))
    yield to("all-quoted.csv", lambda p: data.to_csv(p, index=False, quoting=csv.QUOTE_ALL))
    yield to("nonnumeric.csv", lambda p: data.to_csv(p, index=False, quoting=csv.QUOTE_NONNUMERIC))
    yield to("semicolon.csv", lambda p: data.to_csv(p, index=False, sep=";", decimal=","))
    yield to("pipe.txt", lambda p: data.to_csv(p, index=False, sep="|"))
    yield to("tab.tsv", lambda p: data.to_csv(p, index=False, sep="\t"))
    yield to("crlf.csv", lambda p: data.to_csv(p, index=False, lineterminator="\r\n"))
    yield to("utf16.csv", lambda p: data.to_csv(p, index=False, encoding="utf-16"))
    yield to("excel.csv", lambda p: data.to_csv(p, index=False, encoding="utf-8-sig"))
    yield to("packed.csv.gz", lambda p: data.to_csv(p, index=False))
    yield to("no-header.csv", lambda p: data.to_csv(p, index=False, header=False), "--no-headers", "--text-column", "3")
    yield to(
        "escaped.csv",
        lambda p: data.to_csv(p, index=False, escapechar="\\", doublequote=False),
        "--escape",
        "\\",
    )
    yield to(
        "none.tsv",
        lambda p: one_line.to_csv(p, index=False, sep="\t", quoting=csv.QUOTE_NONE, quotechar="\0"),
        "--no-quoting",
    )
    for orient in ["records", "columns", "index", "split", "table", "values"]:
        options = ["--text-column", "column_3"] if orient == "values" else []
        yield to(f"{orient}.json", lambda p: data.to_json(p, orient=orient), *options)
        yield to(f"{orient}-indented.json", lambda p: data.to_json(p, orient=orient, indent=2), *options)
    yield to("lines.jsonl", lambda p: data.to_json(p, orient="records", lines=True))
    yield to("lines.json", lambda p: data.to_json(p, orient="records", lines=True))
    yield to("ascii.jsonl.gz", lambda p: data.to_json(p, orient="records", lines=True, force_ascii=True))
    for engine, compressions in [("pyarrow", ["snappy", "gzip", "zstd", "lz4", None])]:
        for compression in compressions:
            try:
                yield to(
                    f"{compression}.parquet", lambda p: data.to_parquet(p, engine=engine, compression=compression)
                )
            except ImportError:
                print(f"skipped: parquet, no {engine}")
                break
    for engine, suffix in [("openpyxl", "xlsx"), ("xlsxwriter", "xlsx"), ("odf", "ods")]:
        try:
            yield to(f"{engine}.{suffix}", lambda p: data.to_excel(p, engine=engine, index=False))
        except ImportError:
            print(f"skipped: {suffix}, no {engine}")


def main():
    program, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    wrong, count = [], 0
    for path, options in forms(frame(), folder):
        command = [program, "batch", str(path), "-o", "-", "--output-format", "jsonl", "--only", "--columns", "label"]
        result = subprocess.run([*command, *options], capture_output=True, cwd=folder, check=False)
        labels = [json.loads(line)["rolecall_label"] for line in result.stdout.splitlines()]
        count += 1
        if result.returncode != 0 or labels != EXPECTED:
            wrong.append(f"{path.name}: exit {result.returncode}, {labels}\n{result.stderr.decode()}")
    print(f"{count} forms, {len(wrong)} wrong")
    sys.exit("\n".join(wrong) if wrong else 0)


if __name__ == "__main__":
    main()
