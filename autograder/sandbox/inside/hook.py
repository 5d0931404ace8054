"""Change what can be imported, where there is no file system of one's own to change it in."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from importlib.abc import MetaPathFinder
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
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


def freeze(folder: str) -> None:
    """Let modules in and below a folder be imported only as they are now, whatever is written there later."""
    texts = {
        os.path.join(place, name): Path(place, name).read_bytes()
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith(tuple(SOURCE_SUFFIXES))
    }

    class Frozen(SourceFileLoader):
        """Loads a module from what was read; there is neither a later file nor one that was compiled before."""

        def get_data(self, path: str) -> bytes:
            if path not in texts:
                raise OSError(f"{path} was not there when grading began")
            return texts[path]

    def hook(path: str) -> FileFinder:
        place = os.path.abspath(path)
        if place != folder and not place.startswith(folder + os.sep):
            raise ImportError(f"{path} is elsewhere", path=path)
        return FileFinder(place, (Frozen, SOURCE_SUFFIXES))

    sys.path_hooks.insert(0, hook)
    sys.path_importer_cache.clear()
