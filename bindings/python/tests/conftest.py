"""The program, whose results the package must repeat, and texts."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[3]
TUNE = ROOT.parent / "shared" / "postings" / "tune.jsonl"

PM = (
    "Product Manager\n\nYou own the product roadmap and the backlog of our mobile app. You write user stories with "
    "acceptance criteria, run discovery interviews with users, plan sprints with engineers and designers, and decide "
    "which features get built. You measure adoption of every feature."
)
PMM = (
    "You write the positioning and the messaging of each launch – and plan the launch itself. You train the sales "
    "team with battlecards and demo scripts, turn customer interviews into case studies, keep buyer personas current, "
    "follow competitors and show sellers how to win against them. Work with product management on pricing. 🚀"
)
HYBRID = f"{PM}\n\n{PMM}\n\nBenefits: thirty days of holiday and a pension."
NURSE = (
    "You look after the patients of our ward day and night, give them their medicine, change their dressings, write "
    "reports for the doctors, talk to relatives, and help new colleagues to find their way in the hospital."
)
POSTINGS = {"pm": PM, "pmm": PMM, "hybrid": HYBRID, "nurse": NURSE, "short": "Call us.", "empty": ""}


@pytest.fixture(scope="session")
def program() -> str:
    """The program, of the same version as the package."""
    found = [os.environ.get("ROLECALL")] if "ROLECALL" in os.environ else []
    found += [str(ROOT / "target" / profile / "rolecall") for profile in ("release", "quick", "debug")]
    for path in found:
        if path and Path(path).exists():
            return path
    pytest.skip("the program is not built: cargo build")


@pytest.fixture(scope="session")
def run(program: str) -> Callable[..., str]:
    """Runs the program; its standard output."""

    def run(*args: str | Path, ok: tuple[int, ...] = (0,)) -> str:
        done = subprocess.run([program, *map(str, args)], capture_output=True, stdin=subprocess.DEVNULL)
        assert done.returncode in ok, done.stderr.decode()
        return done.stdout.decode()

    return run


@pytest.fixture(scope="session")
def classified(program: str) -> Iterator[Callable[..., str]]:
    """The JSON of the program for a text, by its server on loopback: a process per text would take long."""
    server = subprocess.Popen(
        [program, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    url = server.stdout.readline().strip()

    connection = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc)

    def classified(text: str, **more: Any) -> str:
        body = json.dumps({"text": text, **more}).encode()
        for last in (False, True):
            try:
                connection.request("POST", "/api/classify", body, {"Content-Type": "application/json"})
                answer = connection.getresponse()
                found = answer.read().decode()
            except (OSError, http.client.HTTPException):
                # The server closed a connection that was idle.
                connection.close()
                if last:
                    raise
            else:
                assert answer.status == 200, found
                return found
        raise AssertionError

    yield classified
    connection.close()
    server.terminate()
    server.wait()


@pytest.fixture(scope="session")
def rows() -> list[dict[str, Any]]:
    """Rows of a table: every kind of posting, with and without a title, with letters of all lengths."""
    titles = ["Product Manager", "Senior Product Marketing Manager", None, ""]
    texts = list(POSTINGS.values())
    return [
        {
            "id": row,
            "job": titles[row % 4],
            "description": texts[row % 6] if row % 7 else None,
            "company": ["Acme", "Émile", None][row % 3],
        }
        for row in range(300)
    ]


def rounded(number: float | None) -> str:
    """A number as the program writes it to tables."""
    return "" if number is None else f"{int(number * 10_000 + 0.5) / 10_000:.4f}"


