"""Explanations for students: why a test cell earned what it did, without giving a hidden test away.

What a visible test says may be shown as it is. Of a hidden test only this is told: that it failed,
where in the student's own code an exception arose, and which named mistake the failure looks like.
"""

from __future__ import annotations

import builtins
from dataclasses import dataclass
from typing import Literal

from autograder.grade.results import NO_POINTS, GradeResult
from autograder.notebook.secret import Secrets, hidden_lines
from autograder.plan import CellError
from autograder.release.manifest import KnownMistake, Manifest

Kind = Literal["passed", "partial", "failed", "hidden", "stopped", "open", "not run", "unread"]

STOPPED = {
    "CellTimeoutError": "This took longer than it may. Is there a loop that does not end?",
    "CellWaitError": "This was not done in time, most of which it waited. Does it wait for something that never comes?",
    "CellStopped": "This ended or blocked the Python process, so it could not be graded.",
    "NotRun": "The time for the whole notebook was used up before this was reached.",
}
UNREAD = "The checks ran to their end but gave no number of points. Ask your instructor: until then it is 0."
MESSAGE_CHARACTERS = 4_000


@dataclass(frozen=True)
class Explanation:
    """Why a test cell earned what it did.

    Attributes
    ----------
    kind : str
        "passed", "partial", "failed" (a visible test), "hidden" (a hidden one), "stopped" (a limit),
        "open" (the exercise was not attempted), "not run" or "unread" (the test gave no number of points).
    text : str
        What happened, in a sentence or two.
    message : str
        What the visible test said, and what was noted on it unless a mistake was recognised, which
        says it better; empty where it must not be shown.
    line : int or None
        The line of the test cell that failed, 1-based, if it is a visible one.
    places : tuple of str
        Where in the student's own cells the exception arose.
    mistakes : tuple of KnownMistake
        The named mistakes that fail in the same way.
    """

    kind: Kind
    text: str
    message: str = ""
    line: int | None = None
    places: tuple[str, ...] = ()
    mistakes: tuple[KnownMistake, ...] = ()


OPEN = Explanation("open", "Not attempted yet: the answer still raises NotImplementedError.")


def explain(
    grade: GradeResult,
    source: str,
    cell_names: dict[int, str],
    manifest: Manifest,
    secrets: Secrets,
) -> Explanation:
    """Explain one test cell.

    Parameters
    ----------
    grade : GradeResult
        What it earned.
    source : str
        The test cell with its hidden tests.
    cell_names : dict
        Position of each cell of the notebook to its name, for the places.
    manifest : Manifest
        The named mistakes.
    secrets : Secrets
        The lines of the notebook's hidden tests: a message that holds one of them is not quoted.
    """
    error = grade.error
    if error is None:
        if grade.score == grade.max_score:
            return Explanation("passed", "All checks pass.")
        if grade.status == "ok" and not grade.score:
            return Explanation("failed", "The checks give none of the points.")
        if grade.status == "ok":
            return Explanation("partial", "The checks give part of the points.")
        return Explanation("not run", "This was not run.")
    if grade.status in ("stopped", "not run"):
        return Explanation("stopped", STOPPED.get(error.ename, STOPPED["CellStopped"]))
    if error.ename == NO_POINTS:
        return Explanation("unread", UNREAD)
    if error.ename == "NotImplementedError":
        return OPEN
    mistakes = tuple(manifest.diagnose(grade))
    own = {key: name for key, name in cell_names.items() if name != grade.name}
    lines = [frame.line for frame in error.frames if frame.key not in own]
    line = lines[0] if lines else None
    hidden = hidden_lines(source)
    if hidden and (line is None or hidden & set(lines)):
        text = "The checks that you see pass, but one that you do not see fails."
        name = error.ename if _is_builtin(error.ename) else "an exception"
        places = _places(error, own)
        if places:
            text = f"The checks that you see pass, but in one that you do not see your code raises {name}."
        return Explanation("hidden", text, places=places, mistakes=mistakes)
    message = error.evalue or error.ename
    if error.evalue and _is_builtin(error.ename) and error.ename != "AssertionError":
        message = f"{error.ename}: {error.evalue}"
    if error.notes and not mistakes:
        message = "\n".join([message, *error.notes])
    text = "A check fails." if line is not None else "The checks could not run."
    if secrets.are_in(message):
        return Explanation("failed", f"{text} What it says holds a part of a hidden test and is not shown.")
    return Explanation("failed", text, message[:MESSAGE_CHARACTERS], line, _places(error, own), mistakes)


def _is_builtin(name: str) -> bool:
    """Return whether an exception is one of Python's own, whose name says something to a student."""
    return isinstance(getattr(builtins, name, None), type)


def _places(error: CellError, names: dict[int, str]) -> tuple[str, ...]:
    """Return where in the student's cells the error arose, innermost last, at most three."""
    places = [
        f"line {frame.line} of {names[frame.key]}"
        + ("" if frame.function.startswith("<") else f", in {frame.function}")
        for frame in error.frames
        if frame.key in names
    ]
    return tuple(dict.fromkeys(places))[-3:]
