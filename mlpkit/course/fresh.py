"""A notebook run from its first cell to its last, in a kernel of its own, as where it is graded."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from mlpkit.course.notebooks import Cell, Notebook, text

__all__ = ["LIMIT", "STOPPED", "Run", "run"]

LIMIT = 30
"""Seconds for a cell."""
LIMIT_AFTER = 5
"""Seconds for a cell once another one was stopped: what loops in one place is often called in others."""
GRACE = 20
"""Seconds for a cell that was told to stop, and for its last output."""
ENDED = "The run ended before the last cell. What stands below that place was not checked."
STOPPED = "Stopped"
"""The name of the error of a cell that did not come to its end."""


@dataclass(frozen=True)
class Run:
    """A notebook after it was run.

    Parameters
    ----------
    notebook : dict
        The notebook; a cell that was not run has neither an output nor a number.
    ended : str
        Why it ended before the last cell; empty if it did not.
    """

    notebook: Notebook
    ended: str = ""


def run(notebook: Notebook, folder: Path, limit: int = LIMIT) -> Run:
    """Run a notebook; mistakes in a cell do not keep the next one from being run.

    This waits for the end and must not be called in a thread with a running event loop.

    Parameters
    ----------
    notebook : dict
        The notebook; it is not changed.
    folder : Path
        Where it is run.
    limit : int
        Seconds for each cell, after which it is stopped.

    Returns
    -------
    Run
        What came out.
    """
    watched = _Watched(nbformat.from_dict({**notebook, "cells": [_emptied(cell) for cell in notebook["cells"]]}), limit)
    ended = ""
    try:
        asyncio.run(watched.client(folder).async_execute())  # whose event loop does not outlive it, nor hears signals
    except DeadKernelError:
        watched.mark("The kernel ended here. Was the memory used up, or is there a call that ends Python?")
        ended = ENDED
    except CellTimeoutError:
        watched.mark("It could not be stopped. Is there a loop without an end, in which every exception is caught?")
        ended = ENDED
    except NoSuchKernel as error:
        ended = f"There is no kernel called {error.name} here. Choose another one: menu Kernel, Change Kernel…"
    return Run(watched.node, ended)


class _Watched:
    """A notebook while it is run."""

    def __init__(self, node: Any, limit: int) -> None:
        self.node, self.limit = node, limit
        self.running: Any = None

    def client(self, folder: Path) -> NotebookClient:
        return NotebookClient(
            self.node,
            resources={"metadata": {"path": str(folder)}},
            allow_errors=True,
            interrupt_on_timeout=True,
            timeout_func=lambda cell: self.limit,
            error_on_timeout={"ename": STOPPED, "evalue": "", "traceback": []},
            iopub_timeout=GRACE,
            raise_on_iopub_timeout=True,
            on_cell_start=self._begins,
            on_cell_executed=self._ends,
        )

    def mark(self, why: str) -> None:
        """Note in the running cell why it did not come to its end."""
        if self.running is not None:
            error = nbformat.v4.new_output("error", ename=STOPPED, evalue=why, traceback=[])
            self.running.update(outputs=[error], execution_count=self.running["execution_count"] or 0)

    def _begins(self, cell: Any, cell_index: int) -> None:
        self.running = cell if cell["cell_type"] == "code" else self.running

    def _ends(self, cell: Any, cell_index: int, execute_reply: Any) -> None:
        if execute_reply["content"].get("ename") == STOPPED:
            self.mark(f"It was stopped after {self.limit} s. Does the loop end?")
            self.limit = min(self.limit, LIMIT_AFTER)


def _emptied(cell: Cell) -> Cell:
    """Return a cell as nbformat wants it, with its text in one piece, and without what it once printed."""
    made = {**cell, "source": text(cell)}
    return {**made, "outputs": [], "execution_count": None} if cell["cell_type"] == "code" else made
