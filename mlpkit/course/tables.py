"""The standing as tables: in a terminal, on the start page, in a notebook."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import PurePath
from urllib.parse import quote

from mlpkit.course.standing import FAILED, OPEN, PASSED, Chapter, Exercise

__all__ = ["as_html", "as_markdown", "as_text", "link", "of_chapters", "of_exercises", "sentence", "summary", "total"]

_BAR = 10
"""Characters of a full bar."""


def link(path: PurePath, folder: PurePath) -> str:
    r"""Return a link from a page in a folder to a file below it.

    Examples
    --------
    >>> from pathlib import PureWindowsPath
    >>> link(PureWindowsPath(r"C:\w\01_neuron\my (1) 50%.ipynb"), PureWindowsPath(r"C:\w"))
    '01_neuron/my%20%281%29%2050%25.ipynb'
    """
    return quote(path.relative_to(folder).as_posix())


def of_chapters(chapters: Sequence[Chapter]) -> list[list[str]]:
    """Return a head and a row for each chapter, and their sum."""
    rows = [["chapter", "hours", "done", "points", ""]]
    rows += [
        [
            one.name,
            _hours([one]),
            _of(one.done, len(one.exercises)),
            _of(one.earned, one.possible),
            one.remark or _bar(one),
        ]
        for one in chapters
    ]
    done, count = sum(one.done for one in chapters), sum(len(one.exercises) for one in chapters)
    earned, possible = sum(one.earned for one in chapters), sum(one.possible for one in chapters)
    return [*rows, ["all", _hours(chapters), _of(done, count), _of(earned, possible), ""]]


def of_exercises(exercises: Sequence[Exercise]) -> list[list[str]]:
    """Return a head and a row for each exercise."""
    return [["exercise", "points", ""], *([one.title, _shown(one.points), _state(one)] for one in exercises)]


def total(exercises: Sequence[Exercise]) -> list[str]:
    """Return the row below those of `of_exercises`: the points by the visible checks, and how many are done."""
    return ["all", _of(*_points(exercises)), f"{_of(sum(one.is_done for one in exercises), len(exercises))} done"]


def sentence(name: str, exercises: Sequence[Exercise]) -> str:
    """Return what stands above the table of a chapter's exercises: the points, what failed, what is next."""
    failed = sum(one.state == FAILED for one in exercises)
    following = next((one.title for one in exercises if not one.is_done), None)
    said = f"{name}: {_of(*_points(exercises))} points by the visible checks" + (f", {failed} failed" if failed else "")
    return f"{said}. " + (f"Next: {following}." if following else "Everything is done.")


def summary(chapters: Sequence[Chapter]) -> str:
    """Return a sentence with the points, and one with what is next."""
    earned, possible = sum(one.earned for one in chapters), sum(one.possible for one in chapters)
    in_words = sum(exercise.points for one in chapters for exercise in one.exercises if exercise.in_words)
    said = f"{_of(earned, possible)} points by the visible checks"
    if in_words:
        said += f"; a teacher reads the answers in words ({_shown(in_words)} more)"
    begun = next((one for one in chapters if one.is_begun and one.following), None)
    upcoming = begun or next((one for one in chapters if one.following), None)
    if upcoming is None or upcoming.following is None:
        return f"{said}. Everything is done."
    return f"{said}. Next: {upcoming.name}, {upcoming.following.title}."


def as_text(rows: Sequence[Sequence[str]]) -> str:
    """Return a table for a terminal: columns in line, a rule below the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(value.ljust(width) for value, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join([lines[0], "-" * max(map(len, lines)), *lines[1:]])


def as_markdown(rows: Sequence[Sequence[str]], links: Sequence[str]) -> str:
    """Return a table in Markdown.

    Parameters
    ----------
    rows : sequence of sequences of str
        Head and rows.
    links : sequence of str
        Where the first column of each row leads; empty for nowhere.

    Returns
    -------
    str
        The table.
    """
    cells = [[value.replace("\\", "\\\\").replace("|", "\\|") for value in row] for row in rows]
    for row, target in zip(cells[1:], links, strict=True):
        row[0] = f"[{row[0]}]({target})" if target else row[0]
    cells.insert(1, ["---"] * len(rows[0]))
    return "\n".join("| " + " | ".join(row) + " |" for row in cells)


def as_html(rows: Sequence[Sequence[str]], caption: str, links: Sequence[str] = ()) -> str:
    """Return a table in HTML.

    Parameters
    ----------
    rows : sequence of sequences of str
        Head and rows.
    caption : str
        A sentence above it.
    links : sequence of str
        Of the links in the first column of the first rows after the head, the attributes, in HTML.

    Returns
    -------
    str
        The table.
    """
    head, *body = [[html.escape(value) for value in row] for row in rows]
    for row, attributes in zip(body, links, strict=False):
        row[0] = f"<a {attributes}>{row[0]}</a>"
    lines = "".join(
        "<tr>" + "".join(f"<td style='text-align: left'>{value}</td>" for value in row) + "</tr>" for row in body
    )
    return (
        f"<table><caption style='text-align: left'>{html.escape(caption)}</caption><thead><tr>"
        + "".join(f"<th scope='col' style='text-align: left'>{value or 'state'}</th>" for value in head)
        + f"</tr></thead><tbody>{lines}</tbody></table>"
    )


def _points(exercises: Sequence[Exercise]) -> tuple[float, float]:
    """Points earned and possible by the checks."""
    earned = sum(one.points for one in exercises if one.state == PASSED)
    return earned, sum(one.points for one in exercises if not one.in_words)


def _state(one: Exercise) -> str:
    return {"passed": "✓ passed", "failed": "✗ failed", "written": "✓ written; read by your teacher"}.get(
        one.state, one.state
    )


def _bar(one: Chapter) -> str:
    full = _BAR * one.done // max(1, len(one.exercises))  # rounded down: full only if everything is done
    return "█" * full + "░" * (_BAR - full) if one.is_begun else OPEN


def _hours(chapters: Sequence[Chapter]) -> str:
    known = [one.hours for one in chapters if one.hours is not None]
    if not known:
        return ""
    low, high = sum(one[0] for one in known), sum(one[1] for one in known)
    return str(low) if low == high else f"{low}–{high}"


def _of(part: float, whole: float) -> str:
    return f"{_shown(part)} of {_shown(whole)}"


def _shown(number: float) -> str:
    return f"{number:g}"
