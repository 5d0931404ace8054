"""The extensions of the site's builder, which are no package."""

from __future__ import annotations

from pathlib import Path

import pytest

EXTENSIONS = Path(__file__).resolve().parents[2] / "docs" / "_extensions"


@pytest.fixture
def extension(monkeypatch):
    """Return a function that imports one by its name; a test without Sphinx is skipped."""
    monkeypatch.syspath_prepend(str(EXTENSIONS))
    return lambda name: pytest.importorskip(name, reason="Sphinx is not installed")
