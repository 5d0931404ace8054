"""Answers whose exercises moved to another chapter, because a chapter was split or has another name.

This comes before an update. It puts the student's cells into the chapters that they belong to now, beside the release
that they were made from; the update then merges each of these with its new release, as always.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from pathlib import Path

from mlpkit.course.keep import BACKUPS, back_up, copy_file
from mlpkit.course.notebooks import Cell, Notebook, Unreadable, cell_id, grade_id, is_answer, read, write
from mlpkit.course.work import Change, Work

__all__ = ["carry", "divided"]


def carry(work: Work) -> Iterator[Change]:
    """Bring answers into the chapters that their exercises moved to, where the student has none of these yet.

    Parameters
    ----------
    work : Work
        The course and the working copy.

    Yields
    ------
    Change
        A chapter that got answers of another one.

    Raises
    ------
    OSError
        If a file cannot be written; the notebook that is divided is changed last, after a backup.
    """
    missing = {name: read(work.released(name)) for name in work.chapters if not work.place(name).exists()}
    for path in sorted(work.folder.glob("*/*.ipynb")) if missing else ():
        if path.stem == path.parent.name and not path.parent.name.startswith("."):
            yield from _carried(work, path.stem, missing)
    vars(work).pop("renamed", None)


def divided(mine: Notebook, chapters: Mapping[str, Notebook]) -> dict[str, Notebook]:
    """Cut a student's notebook into the chapters that have its cells now.

    Parameters
    ----------
    mine : dict
        The student's notebook.
    chapters : mapping of str to dict
        The new releases, the one that keeps what several of them have first.

    Returns
    -------
    dict
        The cells of each chapter. What none of them has, such as the student's own cells, goes along with the cell
        that it stands behind.
    """
    known = {
        chapter: ({cell_id(cell) for cell in new["cells"]} | {grade_id(cell) for cell in new["cells"]}) - {""}
        for chapter, new in chapters.items()
    }
    parts: dict[str, list[Cell]] = {chapter: [] for chapter in chapters}
    home = next(iter(chapters))
    for cell in mine["cells"]:
        name = grade_id(cell) or cell_id(cell)
        home = next((chapter for chapter, names in known.items() if name in names), home)
        parts[home].append(copy.deepcopy(cell))
    return {chapter: {**copy.deepcopy(mine), "cells": cells} for chapter, cells in parts.items()}


def _carried(work: Work, former: str, missing: dict[str, Notebook]) -> Iterator[Change]:
    path, base = work.place(former), work.base(former)
    stays = former in work.chapters
    try:
        mine = read(path)
        kept = {former: read(work.released(former))} if stays else {}
    except Unreadable as error:
        if not stays and base.exists():
            yield Change(former, path, "left", str(error))
        return
    moved = _answers(mine) - set().union(*map(_answers, kept.values()))
    targets = {name: new for name, new in missing.items() if moved & _answers(new)}
    if not targets:
        return
    parts = divided(mine, kept | targets)
    backup = back_up(path)
    for name in targets:
        write(work.place(name), parts[name])
        if base.exists():
            copy_file(base, work.base(name))
        if not stays:
            _bring_files(path.parent, work.place(name).parent)
        missing.pop(name)
    if stays:
        write(path, parts[former])
    else:
        path.unlink()
        base.unlink(missing_ok=True)
    for name in targets:
        yield Change(name, work.place(name), "moved", former, backup=backup)


def _answers(notebook: Notebook) -> set[str]:
    return {grade_id(cell) for cell in notebook["cells"] if is_answer(cell)} - {""}


def _bring_files(source: Path, target: Path) -> None:
    """Copy what else stands in a folder, but no notebook, and nothing that is there already."""
    for path in sorted(source.rglob("*")):
        inside = path.relative_to(source)
        hidden = any(part.startswith(".") for part in inside.parts)
        other = path.is_file() and not hidden and BACKUPS not in inside.parts and path.suffix != ".ipynb"
        if other and not (target / inside).exists():
            copy_file(path, target / inside)
