"""What the checks of a notebook said when it was run from its first cell on: a table, and what failed, as a page."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from mlpkit.course.fresh import STOPPED, Run
from mlpkit.course.notebooks import Cell, is_as_given, text
from mlpkit.course.standing import FAILED, UNCHECKED, Exercise, Part, exercises, parts
from mlpkit.course.tables import as_html, of_exercises, sentence, total

__all__ = ["Result", "as_page", "results"]

LINES, WIDTH = 14, 160
"""What is shown of a message."""
CHANGED = (
    "The cell with the checks was changed. The grading uses the one that was handed out: undo the change, or copy that "
    "cell from the chapter in the folder of the course."
)
TYPE_CHANGED = "The cell for your answer is no {kind} cell any more: click into it and choose {kind} in the menu above."
OUTSIDE = "A cell outside the exercises, “{line}”: {said}"
UNSOLVED = "It is not solved yet."
CLOSE = (
    "history.replaceState(null, '', location.pathname + location.search); "
    "this.closest('.jp-Dialog').querySelector('.jp-mod-accept').click()"
)
STYLE = """<style>
#validation-message:has(.mlpkit-results) > :not(:has(.mlpkit-results)) { display: none; }
.jp-Dialog-content:has(.mlpkit-results) { max-height: 90vh; max-width: min(1000px, 95vw); }
.mlpkit-results { white-space: normal; font-family: var(--jp-ui-font-family); font-size: var(--jp-ui-font-size1); }
.mlpkit-results table { border-collapse: collapse; margin: 0.5em 0; }
.mlpkit-results caption { padding-bottom: 0.5em; font-weight: 600; }
.mlpkit-results :is(td, th) { padding: 0.2em 1.5em 0.2em 0; border-bottom: 1px solid var(--jp-border-color2); }
.mlpkit-results tbody tr:last-child td { font-weight: 600; border-bottom: none; }
.mlpkit-results h4 { margin: 1em 0 0.2em; }
.mlpkit-results pre { white-space: pre-wrap; font-size: var(--jp-code-font-size); }
</style>"""
"""It hides nbgrader's own sentence, "The following cell failed:"."""
MORE = "This was a run of all cells, in order, in a kernel of its own. The grading tries more than these checks."

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_IN_LINE = re.compile(r"\s*\([^()]*, line (\d+)\)$")
_KINDS = {"code": "Code", "markdown": "Markdown", "raw": "Raw"}


@dataclass(frozen=True)
class Result:
    """What was found out about an exercise.

    Parameters
    ----------
    exercise : Exercise
        Its title, points and state.
    place : str
        The id of the cell that it begins with.
    message : str
        What is wrong, without any source; empty if nothing is, or if it is not begun.
    """

    exercise: Exercise
    place: str
    message: str = ""


def results(run: Run) -> list[Result]:
    """Return what the checks said of each exercise.

    Parameters
    ----------
    run : Run
        A notebook after it was run.

    Returns
    -------
    list of Result
        In the order of the notebook.
    """
    return [_result(part, one) for part, one in zip(parts(run.notebook), exercises(run.notebook), strict=True)]


def _result(part: Part, exercise: Exercise) -> Result:
    if exercise.in_words:
        return Result(exercise, part.first)
    if not is_as_given(part.test):
        return Result(replace(exercise, state=FAILED), part.first, CHANGED)
    if exercise.state not in (FAILED, UNCHECKED):
        return Result(exercise, part.first)
    return Result(exercise, part.first, "\n".join(_complaints(part)))


def _complaints(part: Part) -> list[str]:
    """What is wrong in the answers; if nothing is, what the checks say."""
    found = []
    for answer in part.answers:
        given = answer["metadata"]["nbgrader"].get("cell_type", answer["cell_type"])
        if given != answer["cell_type"]:
            found.append(TYPE_CHANGED.format(kind=_KINDS.get(given, given)))
        found += [f"Your answer could not be run. {said}" for said in _errors(answer)]
    return found or list(_errors(part.test))


def _errors(cell: Cell) -> Iterator[str]:
    for output in cell.get("outputs", ()):
        if output["output_type"] == "error":
            yield _shortened(_said(output))


def _said(error: dict[str, Any]) -> str:
    """The message of an error: the end of its traceback, where notes and hints stand, without any frame."""
    name, value = error["ename"], str(error["evalue"])
    if name == STOPPED:
        return value
    lines = _COLOURS.sub("", "\n".join(error["traceback"])).split("\n")
    starts = [i for i, line in enumerate(lines) if line == name or line.startswith(f"{name}:")]
    said = "\n".join(lines[starts[-1] :]) if starts else f"{name}: {value}"
    if in_line := _IN_LINE.search(value):  # Python could not read the cell
        said = f"{name} in line {in_line[1]}: {value[: in_line.start()]}"
    return said.removeprefix("CheckFailed: ").removeprefix("NotImplementedError:").strip() or UNSOLVED


def _shortened(message: str) -> str:
    lines = [line if len(line) <= WIDTH else f"{line[:WIDTH]} …" for line in message.split("\n")]
    return "\n".join(lines if len(lines) <= LINES else [*lines[:LINES], "…"])


def as_page(name: str, run: Run, remark: str = "") -> str:
    """Return the table and the messages, in HTML, for the dialog of nbgrader's button *Validate*.

    Parameters
    ----------
    name : str
        Of the chapter.
    run : Run
        Its notebook after it was run.
    remark : str
        What the student should know of the file.

    Returns
    -------
    str
        Elements for the inside of another one.
    """
    found = results(run)
    listed = [one.exercise for one in found]
    table = as_html(
        [*of_exercises(listed), total(listed)], sentence(name, listed), [_link(one.place) for one in found]
    )
    notes = [remark, run.ended, *_outside(run)]
    wrong = [
        f"<h4><a {_link(one.place)}>{html.escape(one.exercise.title)}</a></h4><pre>{html.escape(one.message)}</pre>"
        for one in found
        if one.message
    ]
    shown = "".join(f"<p>{html.escape(note)}</p>" for note in notes if note)
    return f"{STYLE}<div class='mlpkit-results'>{shown}{table}{''.join(wrong)}<p>{MORE}</p></div>"


def _outside(run: Run) -> Iterator[str]:
    """What to say of cells that did not come to their end and are in no exercise."""
    inside = [id(cell) for part in parts(run.notebook) for cell in (*part.answers, part.test)]
    for cell in run.notebook["cells"]:
        for output in cell.get("outputs", ()):
            if output.get("ename") == STOPPED and id(cell) not in inside:
                line = text(cell).strip().partition("\n")[0][:60]
                yield OUTSIDE.format(line=line, said=output["evalue"])


def _link(place: str) -> str:
    """The attributes of a link that closes the dialog and leads to a cell."""
    return f'href="#cell-id={quote(place)}" onclick="{html.escape(CLOSE)}"'
