"""JupyterLab on the working copy, as a student needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from mlpkit.course.page import PAGE
from mlpkit.optional import is_installed

__all__ = ["NoLab", "lab_command", "lab_environment", "open_lab"]

JUPYTER = Path(__file__).with_name("jupyter")
"""Settings of JupyterLab, which a user's own settings override, and the kernel's."""


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
    return [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url=/lab/tree/{PAGE}",
        f"--LabApp.app_settings_dir={JUPYTER / 'settings'}",
        "--FileContentsManager.post_save_hook=mlpkit.course.page.renew",
        "--ServerApp.jpserver_extensions=mlpkit.course.server=True",
        *options,
    ]


def lab_environment() -> dict[str, str]:
    """Return the environment for that command: notebooks run in the kernel that looks after them (`mlpkit.notebook`).

    Returns
    -------
    dict of str to str
        That of this process, with the folder of our kernel first.
    """
    path = os.pathsep.join(filter(None, (str(JUPYTER), os.environ.get("JUPYTER_PATH"))))
    return {**os.environ, "JUPYTER_PATH": path}


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
    process = subprocess.Popen(lab_command(folder, options), env=lab_environment())
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # JupyterLab gets it, too, and asks whether to end
            continue
