"""What happens around each cell of a notebook: a word after ten seconds, an end to output, a record of checks."""

from __future__ import annotations

import contextvars
import html
import re
import sys
import threading
import uuid
from typing import Any

from mlpkit.course.page import progress
from mlpkit.course.standing import CHECKED, FAILED, PASSED, UNCHECKED
from mlpkit.notebook import tracebacks
from mlpkit.notebook.output import IN_CHECKS, Limited

__all__ = ["PATIENCE", "Guard", "check_begins", "install"]

PATIENCE = 10.0
"""Seconds until a running cell is spoken of."""
RUNNING = "Still running after {seconds:.0f} s. If that surprises you: does the loop end? The button ■ above stops it."
BROKEN = (
    "The cell with {name} could not be run: it has a mistake that Python calls {error}. What is checked here would be "
    "{name} as it was before. Mend that cell, run it, then run this one."
)
_DEFINED = re.compile(r"^(?:async +)?(?:def|class) +(\w+)", re.MULTILINE)


class Guard:
    """Looks after the cells of one kernel.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self.checked: str | None = None  # the function that the running cell checks
        self.broken: dict[str, str] = {}  # names whose cell has a syntax error, and the kind of it
        self.cells: dict[str, str] = {}  # the cell that checks a function, by its name
        self.greeted = False
        self._timer: threading.Timer | None = None
        self._shown: str | None = None
        self._streams: tuple[Any, Any] | None = None

    def before(self, info: Any) -> None:
        """Prepare for a cell; IPython calls this."""
        self.checked, self._shown = None, None
        self._streams = sys.stdout, sys.stderr
        sys.stdout, sys.stderr = Limited(sys.stdout), Limited(sys.stderr)
        if getattr(info, "cell_id", None):  # somebody looks on: a program that runs notebooks names no cells
            context = contextvars.copy_context()  # in which the kernel knows whose output it is
            self._timer = threading.Timer(PATIENCE, context.run, [self._speak])
            self._timer.daemon = True
            self._timer.start()

    def after(self, result: Any) -> None:
        """Tidy up after a cell; IPython calls this."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._streams is not None:
            if isinstance(sys.stdout, Limited):
                sys.stdout = self._streams[0]
            if isinstance(sys.stderr, Limited):
                sys.stderr = self._streams[1]
            self._streams = None
        if self._shown is not None:
            self._publish("", self._shown, update=True)
        info = result.info
        if info is not None:
            self._record(result, info.raw_cell or "", getattr(info, "cell_id", None))

    def _record(self, result: Any, source: str, cell_id: str | None) -> None:
        for name in _DEFINED.findall(source):
            if result.error_before_exec is not None:
                self.broken[name] = type(result.error_before_exec).__name__
            else:
                self.broken.pop(name, None)
            if name in self.cells:
                CHECKED[self.cells[name]] = UNCHECKED
        if cell_id is None:
            return
        if self.checked is not None:
            self.cells[self.checked] = cell_id
            if isinstance(result.error_in_exec, NotImplementedError):
                CHECKED.pop(cell_id, None)
            else:
                CHECKED[cell_id] = PASSED if result.success else FAILED
        elif "viz" in self.shell.user_ns and not self.greeted:
            self.greeted = True
            standing = progress()
            if standing.rows:
                self._publish(f"{standing.caption} progress() lists the exercises.", uuid.uuid4().hex)

    def _speak(self) -> None:
        self._shown = uuid.uuid4().hex
        self._publish(RUNNING.format(seconds=PATIENCE), self._shown)

    def _publish(self, text: str, name: str, *, update: bool = False) -> None:
        data = {"text/plain": text, "text/html": f"<em>{html.escape(text)}</em>" if text else ""}
        self.shell.display_pub.publish(data, metadata={}, transient={"display_id": name}, update=update)


_guard: Guard | None = None


def install(shell: Any) -> None:
    """Look after the cells of a kernel from now on; a second call changes nothing.

    Parameters
    ----------
    shell : InteractiveShell
        IPython's.
    """
    global _guard  # one kernel, one guard
    if _guard is not None and _guard.shell is shell:
        return
    _guard = Guard(shell)
    shell.events.register("pre_run_cell", _guard.before)
    shell.events.register("post_run_cell", _guard.after)
    tracebacks.install(shell, lambda: _guard.checked if _guard is not None else None)
    if "progress" not in shell.user_ns:
        shell.push({"progress": progress}, interactive=False)


def check_begins(name: str) -> str | None:
    """Note that the running cell checks a function; see `mlpkit.notebook.check_begins`."""
    if _guard is None:
        return None
    _guard.checked = name
    if isinstance(sys.stdout, Limited):
        sys.stdout.limit(IN_CHECKS)
    error = _guard.broken.get(name)
    return BROKEN.format(name=name, error=error) if error else None
