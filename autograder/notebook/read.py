"""Read notebooks that nobody vouches for."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import nbformat
from nbformat.notebooknode import NotebookNode


class NotGradable(Exception):
    """A submission cannot be graded; the message says why, in words for its student."""


MOST_CELLS = 25_000
"""More cells than these no person writes, and each costs time."""


def read_notebook(data: bytes, *, outputs: bool = True) -> NotebookNode:
    """Parse a notebook's bytes into nbformat 4.

    Parameters
    ----------
    data : bytes
        The file.
    outputs : bool
        Whether its outputs are wanted; without them a file full of them takes no time.

    Raises
    ------
    NotGradable
        If they are no notebook, with a reason that its student can act on.
    """
    try:
        content = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise NotGradable("the file is not UTF-8 text; save the notebook again in JupyterLab") from None
    except (ValueError, RecursionError):  # ValueError: JSONDecodeError, or a number with thousands of digits
        raise NotGradable("the file is damaged: it is not valid JSON; download the notebook again") from None
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise NotGradable("the file holds half a character (a lone surrogate); save the notebook again") from None
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise NotGradable("the file is JSON but no notebook of format 4; save it again in JupyterLab")
    if len(content["cells"]) > MOST_CELLS:
        raise NotGradable(f"the notebook has {len(content['cells'])} cells; at most {MOST_CELLS} are read")
    if not outputs:
        for cell in content["cells"]:
            if isinstance(cell, dict) and "outputs" in cell:
                cell["outputs"] = []
    try:
        with warnings.catch_warnings(), disabled_logging():
            warnings.simplefilter("ignore")  # missing and repeated cell ids: prepare gives new ones
            notebook: NotebookNode = nbformat.reads(json.dumps(content), as_version=4)
        for cell in notebook.cells:
            if not (
                isinstance(cell.source, str) and isinstance(cell.cell_type, str) and isinstance(cell.metadata, dict)
            ):
                raise TypeError("a cell's source and type are text, and its metadata an object")
    except Exception as error:  # nbformat raises many kinds on malformed input, AttributeError among them
        raise NotGradable(
            f"the file is no valid notebook ({type(error).__name__}); save it again in JupyterLab"
        ) from error
    return notebook


@contextmanager
def disabled_logging() -> Iterator[None]:
    """Keep the libraries' log lines about students' notebooks off the terminal."""
    logging.disable(logging.ERROR)
    try:
        yield
    finally:
        logging.disable(logging.NOTSET)
