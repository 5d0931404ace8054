"""Libraries that only some tests compare with, and that the weekly run has."""

import importlib
import os
from types import ModuleType

import pytest


def peer(name: str) -> ModuleType:
    """Return a library; without it the test is skipped, or fails where the environment says ``PARITY=require``."""
    asked = os.environ.get("PARITY", "")
    assert asked in ("", "require"), f"PARITY is {asked!r}; set it to 'require', or not at all"
    return importlib.import_module(name) if asked else pytest.importorskip(name)
