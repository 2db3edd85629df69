"""Fields of a verdict as attributes."""

from __future__ import annotations

import json
from types import SimpleNamespace


class Record(SimpleNamespace):
    """An object of a verdict: its fields are attributes."""


def load(text: str) -> Record:
    """The record of a JSON object."""
    record: Record = json.loads(text, object_hook=lambda fields: Record(**fields))
    return record
