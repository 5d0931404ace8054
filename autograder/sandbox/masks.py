"""Where modules lie that a student's process must not have, and the folders as it sees them instead.

A folder with a masked module in it is built anew, empty, and gets back everything but that module.
What appears in the real folder later, such as a cached ``.pyc``, does not appear there.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.machinery import all_suffixes
from pathlib import Path

from autograder.sandbox.inside.hook import STUB

CACHE = "__pycache__"


@dataclass(frozen=True)
class View:
    """What a process sees of the folders that it may read.

    Attributes
    ----------
    visible : tuple of Path
        Files and folders that keep their place.
    rebuilt : dict of Path to list of str
        Folders in them that are built anew, outermost first, with the names of the entries that stay.
    stubs : dict of Path to Path
        Place of a masked module to the file that stands there instead.
    covered : tuple of Path
        Folders in them over which an empty one lies.
    """

    visible: tuple[Path, ...]
    rebuilt: dict[Path, list[str]]
    stubs: dict[Path, Path]
    covered: tuple[Path, ...] = ()


def view(visible: Iterable[Path], masked: Iterable[str]) -> View:
    """Return how these files and folders look without the masked modules.

    Parameters
    ----------
    visible : iterable of Path
        Files and folders to show.
    masked : iterable of str
        Dotted names of modules; a package stands for all its submodules, too.

    Raises
    ------
    ValueError
        If there is no such module.
    """
    shown = list(visible)
    left_out: set[Path] = set()
    stems: dict[Path, set[str]] = {}
    stubs: dict[Path, Path] = {}
    for name in _outermost(masked):
        stem = name.rpartition(".")[2]
        for folder in _folders(name):
            for seen in _seen(folder, shown):
                stems.setdefault(seen, set()).add(stem)
                stubs[seen / f"{stem}.py"] = STUB
            for path in shown:
                if path.resolve().parent == folder and _stem(path.name) == stem:
                    left_out.add(path)
                    stubs[path.parent / f"{stem}.py"] = STUB
    rebuilt: dict[Path, list[str]] = {}
    for seen, hidden in sorted(stems.items()):
        for folder, ending in ((seen, ""), (seen / CACHE, ".pyc")):  # there another process may be writing files
            if folder.is_dir():
                names = (entry for entry in os.listdir(folder) if entry.endswith(ending))
                rebuilt[folder] = sorted(name for name in names if _stem(name) not in hidden)
    return View(tuple(path for path in shown if path not in left_out), rebuilt, stubs)


def check(masked: Iterable[str]) -> None:
    """Raise ValueError if a name is not that of a module that is here."""
    for name in masked:
        if not _folders(name):
            raise ValueError(
                f"{name!r} is to be masked, but there is no such module here: correct the name or leave it out"
            )


def _stem(entry: str) -> str:
    """Return the module to which a file or folder of this name would belong."""
    return entry.partition(".")[0]


def _outermost(names: Iterable[str]) -> list[str]:
    """Return the names that lie in no other of them."""
    all_names = set(names)
    return sorted(name for name in all_names if not any(parent in all_names for parent in _parents(name)))


def _parents(name: str) -> Iterator[str]:
    while name := name.rpartition(".")[0]:
        yield name


def _folders(name: str) -> list[Path]:
    """Return the folders that hold a module of this name, as a file or a package, without importing anything."""
    *parents, stem = name.split(".")
    found = []
    for root in _roots(name.partition(".")[0]):
        folder = root.joinpath(*parents)
        endings = ["", *all_suffixes()]
        if any((folder / (stem + ending)).exists() for ending in endings):
            found.append(folder)
    return found


def _roots(package: str) -> set[Path]:
    """Return the folders in which a top-level package may lie."""
    spec = importlib.util.find_spec(package)
    places = list(spec.submodule_search_locations or ()) if spec else []
    if spec and spec.has_location and spec.origin:
        places.append(spec.origin)
    return {Path(path).resolve() for path in sys.path if os.path.isdir(path)} | {
        Path(place).resolve().parent for place in places
    }


def _seen(folder: Path, visible: Iterable[Path]) -> set[Path]:
    """Return the paths under which a folder is visible."""
    found = set()
    for path in visible:
        real = path.resolve()
        if folder.is_relative_to(real):
            found.add(path / folder.relative_to(real))
    return found
