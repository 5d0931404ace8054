"""What looks after a student in a running notebook: loops without end, floods of output, long tracebacks.

``from mlpkit import viz`` or ``from mlpkit.testing import Check`` sets it up, in a Jupyter kernel only; JupyterLab as
``mlp-course open`` starts it loads it with each kernel (``load_ipython_extension``). Everywhere else, as where
answers are graded, these functions do nothing.
"""

from __future__ import annotations

import sys
from typing import Any, TextIO

__all__ = ["begin", "check_begins", "load_ipython_extension", "verdicts"]


def begin() -> None:
    """Look after the notebook of this process, if it is the kernel of one."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None and hasattr(ipython, "get_ipython") else None
    if shell is not None and hasattr(shell, "kernel"):
        load_ipython_extension(shell)


def load_ipython_extension(shell: Any) -> None:
    """Look after a notebook (``%load_ext mlpkit.notebook``).

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    from mlpkit.notebook.guard import install

    install(shell)


def check_begins(name: str) -> str | None:
    """Note that the running cell checks a function.

    Parameters
    ----------
    name : str
        Of the function.

    Returns
    -------
    str or None
        Why the function is not what stands in its cell, if that cell could not be run.
    """
    guard = sys.modules.get("mlpkit.notebook.guard")
    return guard.check_begins(name) if guard is not None else None


def verdicts() -> TextIO:
    """Return where a check says that it passed: shown also where the output of the function was cut."""
    output = sys.modules.get("mlpkit.notebook.output")
    shown: TextIO = output.whole(sys.stdout) if output is not None else sys.stdout
    return shown
