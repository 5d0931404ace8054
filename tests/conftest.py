"""The order of all tests: what takes long begins first, so that two processes end at about the same time."""

from __future__ import annotations

import pytest

LONG = ("hostile", "browser", "notebooks")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort the files of tests by their folders; `--no-loadscope-reorder` hands them out in this order."""
    items.sort(key=lambda item: next((i for i, name in enumerate(LONG) if name in item.path.parts), len(LONG)))
