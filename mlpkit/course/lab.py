"""JupyterLab on the working copy, as a student needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from mlpkit.optional import is_installed

__all__ = ["NoLab", "lab_command", "open_lab"]


class NoLab(Exception):
    """JupyterLab is not installed; the message says how to install it."""


def lab_command(folder: Path, options: Sequence[str] = ()) -> list[str]:
    """Return the command that opens a folder in JupyterLab.

    Parameters
    ----------
    folder : Path
        The working copy.
    options : sequence of str
        Further options of JupyterLab.

    Returns
    -------
    list of str
        Program and arguments.
    """
    return [sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder}", *options]


def open_lab(folder: Path, options: Sequence[str] = ()) -> int:
    """Open a folder in JupyterLab and wait until it is ended.

    Parameters
    ----------
    folder : Path
        The working copy.
    options : sequence of str
        Further options of JupyterLab.

    Returns
    -------
    int
        The exit code; being ended by Ctrl-C counts as success.

    Raises
    ------
    NoLab
        If it is not installed.
    """
    if not is_installed("jupyterlab"):
        raise NoLab(
            "JupyterLab is not installed for this Python. Install it: python -m pip install 'mlp-course[lab]', "
            "or open the notebooks of the working copy in a program of your own."
        )
    process = subprocess.Popen(lab_command(folder, options), env={**os.environ})
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # JupyterLab gets it, too, and asks whether to end
            continue
