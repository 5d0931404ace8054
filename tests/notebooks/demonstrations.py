"""The demonstrations of a chapter, run as a student's kernel runs them, without the downloaded images."""

from __future__ import annotations

import io
import os
from collections.abc import Container, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode

ROOT = Path(__file__).resolve().parents[2]
IMAGES = Path(os.environ.get("MLPKIT_DATA_DIR", "nowhere"))
needs_mnist = pytest.mark.skipif(
    not all((IMAGES / name).is_dir() for name in ("mnist", "fashion_mnist")),
    reason="the folder MLPKIT_DATA_DIR with the image sets is not here",
)


def cells(chapter: str) -> list[NotebookNode]:
    """Return the cells of the instructor's version."""
    return nbformat.read(ROOT / "solutions" / chapter / f"{chapter}.ipynb", as_version=4).cells


@contextmanager
def played(chapter: str, *, without: Container[str] = ()) -> Iterator[tuple[dict[str, Any], dict[str, list[str]]]]:
    """Run the set-up and the demonstrations that do more than draw a ready-made figure.

    Yields
    ------
    names : dict
        The names that they leave behind.
    printed : dict
        The lines that each cell prints, by its id.
    """
    names: dict[str, Any] = {}
    printed = {}
    errors = np.geterr()
    with pytest.MonkeyPatch.context() as patch, mpl.rc_context():
        patch.delenv("MLPKIT_DATA_DIR", raising=False)
        for cell in cells(chapter):
            shows = "demo" in cell.metadata.get("tags", []) and not cell.source.startswith("viz.")
            if cell.id == "setup" or (shows and cell.id not in without):
                with redirect_stdout(io.StringIO()) as out:
                    exec(compile(TransformerManager().transform_cell(cell.source), cell.id, "exec"), names)
                printed[cell.id] = out.getvalue().splitlines()
    try:
        yield names, printed
    finally:
        np.seterr(**errors)


def words(printed: dict[str, list[str]]) -> dict[str, list[list[str]]]:
    """Return the words of each line that each cell prints."""
    return {cell: [line.split() for line in lines] for cell, lines in printed.items()}


def column(printed: dict[str, list[list[str]]], cell: str, *, after: str) -> list[float]:
    """Return the numbers that stand behind a word, one from each line that has it."""
    return [float(line[line.index(after) + 1].rstrip(":,;%")) for line in printed[cell] if after in line]
