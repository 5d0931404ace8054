"""The start page of a working copy, and `progress` in a notebook."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path
from typing import Any

from mlpkit.course.notebooks import Unreadable, read
from mlpkit.course.standing import CHECKED, chapters, exercises
from mlpkit.course.tables import as_html, as_markdown, as_text, link, of_chapters, of_exercises, sentence, summary
from mlpkit.course.work import NoCourse, Work
from mlpkit.files import write_atomically

__all__ = ["PAGE", "Progress", "progress", "renew", "write_page"]

PAGE = "start.md"
_NOWHERE = (
    "progress() did not find the file of this notebook: save it, and open it from the working copy (mlp-course open)."
)


class Progress:
    """A table of exercises, for a notebook.

    Parameters
    ----------
    rows : list of list of str
        Head and rows; none if there is nothing to show.
    caption : str
        A sentence above it.
    """

    def __init__(self, rows: list[list[str]], caption: str) -> None:
        self.rows, self.caption = rows, caption

    def __repr__(self) -> str:
        return f"{self.caption}\n\n{as_text(self.rows)}" if self.rows else self.caption

    def _repr_html_(self) -> str | None:
        return as_html(self.rows, self.caption) if self.rows else None


def progress() -> Progress:
    """Show which exercises of this notebook are done: the points, what passed, what failed, what is not begun.

    It reads the notebook as it was last saved, and what its checks said since the kernel was started.

    Returns
    -------
    Progress
        The last value of a cell is shown.
    """
    path = _this_notebook()
    try:
        found = exercises(read(path), CHECKED) if path is not None else []
    except Unreadable as error:
        return Progress([], f"progress() cannot tell: {path} {error}.")
    if path is None or not found:
        return Progress([], _NOWHERE)
    return Progress(of_exercises(found), sentence(path.stem, found))


def write_page(work: Work) -> Path:
    """Write the start page of a working copy.

    Parameters
    ----------
    work : Work
        The working copy.

    Returns
    -------
    Path
        The page.
    """
    standing = chapters(work)
    links = [link(one.path, work.folder) if one.path is not None else "" for one in standing]
    rows = of_chapters(standing)
    for row, one in zip(rows[1:], standing, strict=False):
        row[0] = f"{one.name[:2].lstrip('0') or '0'}. {one.title}" if one.name[:2].isdigit() else one.title
    page = f"""# Start here

{summary(standing)}

{as_markdown(rows, [*links, ""])}

A click on a chapter opens it. *Done* counts exercises: passed by the checks that you can see, or answered in words.

- In a notebook, `progress()` shows the same for its exercises.
- This page is written anew when a notebook is saved. If it is open already, close it and open it again.
- A new version of the course: end JupyterLab, `git pull`, and open the course again. Your answers stay, and the
  notebook as it was before is in the folder `backups` of the chapter.
- To hand in a chapter, save its notebook and send the file, under its name, for instance `01_neuron.ipynb`.
"""
    path = work.folder / PAGE
    contents = page.encode("utf-8", "replace")
    if not path.exists() or path.read_bytes() != contents:
        write_atomically(path, contents)
    return path


def renew(os_path: str, model: dict[str, Any], **_: object) -> None:
    """Write the start page anew after a notebook was saved; JupyterLab calls this (``post_save_hook``).

    Whatever goes wrong is logged only: it must not look as if saving had failed.

    Parameters
    ----------
    os_path : str
        What was saved.
    model : dict
        What Jupyter knows of it.
    """
    if model.get("type") != "notebook":
        return
    try:
        write_page(Work.around(Path(os_path)))
    except (NoCourse, Unreadable, OSError) as error:
        logging.getLogger(__name__).warning("The start page was not renewed: %s", error)


def _this_notebook() -> Path | None:
    """The file of the notebook whose kernel this is: as Jupyter's server or VS Code says, else the only one here."""
    main = vars(sys.modules["__main__"])
    for name in (os.environ.get("JPY_SESSION_NAME"), main.get("__vsc_ipynb_file__")):
        if name and Path(name).suffix == ".ipynb" and Path(name).exists():
            return Path(name)
    here = list(Path.cwd().glob("*.ipynb"))
    return here[0] if len(here) == 1 else None
