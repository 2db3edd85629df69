"""The examples of the README run, and print what it says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```\n\n```text\n(.*?)```", README, re.DOTALL)


def needs(code: str) -> None:
    for module in ("pandas", "polars", "duckdb", "sklearn", "pyspark"):
        if re.search(rf"^(import|from) {module}\b", code, re.MULTILINE):
            pytest.importorskip(module)
            if module == "pyspark" and shutil.which("java") is None:
                pytest.skip("no Java")


def test_every_example_has_its_output() -> None:
    assert len(BLOCKS) == README.count("```python\n") >= 8


@pytest.mark.parametrize("code, output", BLOCKS, ids=[str(at) for at in range(len(BLOCKS))])
def test_example(code: str, output: str, tmp_path: Path) -> None:
    needs(code)
    # The workers of Spark are run by this interpreter too.
    environment = {**os.environ, "PYSPARK_PYTHON": sys.executable}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout == output


def test_the_command_to_install_is_that_of_the_checks() -> None:
    command = "pip install ./bindings/python"
    assert f"\n{command}\n" in README
    assert "pip install --quiet ./bindings/python" in (Path(__file__).parent.parent / "ci").read_text(encoding="utf-8")
