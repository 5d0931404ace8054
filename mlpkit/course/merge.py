"""A student's notebook and a new release of it, merged by the ids of the cells.

The result is the new release, cell by cell and in its order, with the student's answers in their places and the
student's own cells behind the cells that they stood behind.
"""

from __future__ import annotations

import copy
import secrets
from dataclasses import dataclass, field

from mlpkit.course.notebooks import Cell, Notebook, cell_id, grade_id, is_answer, is_begun, text

__all__ = ["Merge", "merge"]

_FIRST = ""
"""What own cells stand behind that stand before every cell of the release."""


@dataclass(frozen=True)
class Merge:
    """A merged notebook and what happened to its cells, by their names (nbgrader's, else the ids).

    Parameters
    ----------
    notebook : dict
        The notebook.
    kept : list of str
        Answers that the student had begun.
    corrected : list of str
        Those of them whose given lines are others in the new release.
    added : list of str
        Answers to give that the student's notebook did not have.
    retired : list of str
        Answers of exercises that are no longer there; they stay, as cells of the student's own.
    replaced : list of str
        Cells with a new text.
    """

    notebook: Notebook
    kept: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)


def merge(mine: Notebook, new: Notebook, base: Notebook | None = None) -> Merge:
    """Bring a student's notebook up to a new release.

    Parameters
    ----------
    mine : dict
        The student's notebook.
    new : dict
        The new release.
    base : dict, optional
        The release from which the student's notebook was made. Without it, cells of an older release that are gone look
        like the student's own.

    Returns
    -------
    Merge
        The merged notebook; none of the arguments is changed.
    """
    places = _places(mine["cells"], new["cells"], [] if base is None else base["cells"])
    old = {} if base is None else _by_place(base["cells"], new["cells"])
    result = Merge({**copy.deepcopy(new), "cells": []})
    own: dict[str, list[Cell]] = {}
    held: dict[str, Cell] = {}
    behind = _FIRST
    in_release = {cell_id(cell) for cell in new["cells"]}
    used = in_release | ({cell_id(cell) for cell in base["cells"]} if base else set())  # no own cell gets one of these
    for cell, place in zip(mine["cells"], places, strict=True):
        if place in in_release:
            held[place] = cell
            behind = place
        elif place is None:
            own.setdefault(behind, []).append(_own(cell, used))
        elif is_answer(cell) and is_begun(cell, old[place]):
            own.setdefault(behind, []).append(_own(cell, used))
            result.retired.append(_name(cell))
    cells = [*own.get(_FIRST, ())]
    for cell in new["cells"]:
        name = cell_id(cell)
        cells += [_filled(cell, held.get(name), old.get(name), result), *own.get(name, ())]
    result.notebook["cells"] = cells
    return result


def _places(mine: list[Cell], new: list[Cell], base: list[Cell]) -> list[str | None]:
    """For each cell of the student's notebook the id of the release's cell that it is; None for the student's own.

    A cell that the new release has no longer keeps the id that it had in the base.
    """
    renamed = _renamed(base, new)
    released = {renamed.get(cell_id(cell), cell_id(cell)): cell for cell in base} | {
        cell_id(cell): cell for cell in new
    }
    began_with = {cell_id(cell) for cell in base}
    by_grade = {grade_id(cell): name for name, cell in released.items() if grade_id(cell)}
    by_text = {(cell["cell_type"], text(cell)): name for name, cell in released.items()}
    found: dict[int, str] = {}

    def settle(i: int, name: str | None) -> None:
        if name is not None and i not in found and name not in taken:
            found[i] = name
            taken.add(name)

    taken: set[str] = set()
    for i, cell in enumerate(mine):
        name = renamed.get(cell_id(cell), cell_id(cell))
        if name in released and (not base or cell_id(cell) in began_with or _alike(cell, released[name])):
            settle(i, name)
    for i, cell in enumerate(mine):
        settle(i, by_grade.get(grade_id(cell)))
    for i, cell in enumerate(mine):
        if not cell_id(cell):
            settle(i, by_text.get((cell["cell_type"], text(cell))))
    return [found.get(i) for i in range(len(mine))]


def _renamed(base: list[Cell], new: list[Cell]) -> dict[str, str]:
    """Ids of the base whose cell, by its grade id, has another id in the new release."""
    names = {grade_id(cell): cell_id(cell) for cell in new if grade_id(cell)}
    return {cell_id(cell): names[grade_id(cell)] for cell in base if grade_id(cell) in names}


def _by_place(base: list[Cell], new: list[Cell]) -> dict[str, Cell]:
    renamed = _renamed(base, new)
    return {renamed.get(cell_id(cell), cell_id(cell)): cell for cell in base}


def _alike(cell: Cell, other: Cell) -> bool:
    """Whether a cell that has the id of a new cell is that cell, and not by chance one of the student's."""
    same_name = bool(grade_id(other)) and grade_id(cell) == grade_id(other)
    return same_name or (cell["cell_type"] == other["cell_type"] and text(cell) == text(other))


def _filled(new: Cell, mine: Cell | None, base: Cell | None, result: Merge) -> Cell:
    """Return a cell of the new release with what the student wrote into it; note in `result` what was done."""
    cell = copy.deepcopy(new)
    if mine is None:
        if is_answer(new):
            result.added.append(_name(new))
        elif base is None:
            result.replaced.append(_name(new))
        return cell
    touched = base is not None and text(mine) != text(base)
    if is_answer(new) and is_begun(mine, base or new):
        cell["source"] = mine["source"]
        result.kept.append(_name(new))
        if base is not None and text(base) != text(new) and not is_begun(base):
            result.corrected.append(_name(new))
    elif touched and base is not None and text(base) == text(new) and not _is_locked(new):
        cell["source"] = mine["source"]  # an experiment in a cell whose text is not new
    elif text(mine) != text(new):
        result.replaced.append(_name(new))
    if is_answer(new) and "attachments" in mine:
        cell["attachments"] = copy.deepcopy(mine["attachments"])
    if cell["cell_type"] == "code" == mine["cell_type"] and text(cell) == text(mine):
        cell["outputs"] = copy.deepcopy(mine.get("outputs", []))
        cell["execution_count"] = mine.get("execution_count")
    return cell


def _is_locked(cell: Cell) -> bool:
    return cell["metadata"].get("editable") is False


def _own(cell: Cell, used: set[str]) -> Cell:
    """A cell of the student's, with an id of its own, which nbgrader must not take for the one that it is a copy of."""
    made = copy.deepcopy(cell)
    if made["metadata"].pop("nbgrader", None) is not None:
        for name in ("deletable", "editable"):
            made["metadata"].pop(name, None)
    if not isinstance(made.get("id"), str) or not made["id"] or made["id"] in used:
        made["id"] = secrets.token_hex(4)
    used.add(made["id"])
    return made


def _name(cell: Cell) -> str:
    return grade_id(cell) or cell_id(cell)
