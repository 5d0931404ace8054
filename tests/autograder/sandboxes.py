"""What tests of sandboxes need of the machine."""

from __future__ import annotations

import os

import pytest

from autograder.sandbox.nursery import why_not
from autograder.sandbox.probe import probe


def needs_bubblewrap() -> None:
    """Skip where bubblewrap does not work; in CI that is a failure."""
    found = probe()
    if found.kind != "bubblewrap":
        _skip(found.reason)


def needs_forking() -> None:
    """Skip where workers cannot be forked; in CI that is a failure."""
    needs_bubblewrap()
    if reason := why_not(probe()):
        _skip(reason)


def _skip(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"CI must have what this test needs: {reason}")
    pytest.skip(reason)
