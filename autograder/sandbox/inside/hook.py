"""Refuse to import the masked modules, where there is no file system of one's own to take them out of."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path

STUB = Path(__file__).with_name("stub.py")


class _Masks(MetaPathFinder):
    """Finds the stub wherever one of the masked modules is asked for."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = frozenset(names)

    def find_spec(self, fullname: str, path: object = None, target: object = None) -> ModuleSpec | None:
        return spec_from_file_location(fullname, STUB) if fullname in self._names else None


def install(names: Iterable[str]) -> None:
    """Let every later import of these modules raise the `ImportError` of the stub."""
    sys.meta_path.insert(0, _Masks(names))
