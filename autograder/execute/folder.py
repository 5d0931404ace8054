"""The working folder as a place to import from, as in Jupyter."""

from __future__ import annotations

import os
import sys

import numpy  # noqa: F401  (the shell uses it, but not before a cell ran)

INSTALLED = ("site-packages", "dist-packages")


def open_to_imports() -> None:
    """Let the modules in the working folder be imported: behind the standard library, before what is installed.

    That is the place that ipykernel gives it. A worker calls this when its own modules are loaded, so that
    no file there can take the place of one of them.
    """
    installed = (place for place, path in enumerate(sys.path) if os.path.basename(path) in INSTALLED)
    sys.path.insert(next(installed, len(sys.path)), "")
