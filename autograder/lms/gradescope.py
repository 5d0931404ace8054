"""Gradescope's export: a folder for each submission, and ``submission_metadata.yml`` that says whose they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import yaml

METADATA = "submission_metadata.yml"


@dataclass(frozen=True)
class Submitter:
    """One of those who handed in a submission."""

    name: str
    sid: str
    email: str


@dataclass(frozen=True)
class Submission:
    """Who handed in a folder, and when."""

    submitters: tuple[Submitter, ...]
    created_at: datetime | None


def parse_metadata(data: bytes) -> dict[str, Submission]:
    """Return the submissions by the name of their folder.

    Raises
    ------
    ValueError
        If it is no such file.
    """
    try:
        content = yaml.load(data, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise ValueError(f"it is no YAML file that can be read: {str(error).splitlines()[0]}") from None
    if not isinstance(content, dict):
        raise ValueError("it names no submissions")
    return {str(folder): _submission(entry) for folder, entry in content.items() if isinstance(entry, dict)}


def _submission(entry: dict[Any, Any]) -> Submission:
    submitters = entry.get(":submitters")
    found = [one for one in submitters if isinstance(one, dict)] if isinstance(submitters, list) else []
    created = entry.get(":created_at")
    return Submission(
        tuple(Submitter(*(_text(one.get(key)) for key in (":name", ":sid", ":email"))) for one in found),
        created if isinstance(created, datetime) else None,
    )


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
