"""The lines of an instructor's notebook that students do not have, and texts that quote them.

Lines are secret where nbgrader takes them out of the release: between the marks of a solution, of hidden tests and
of a mark scheme, the lines of the marks included. An answer without marks is secret as a whole, and so is a cell of
the instructor's. `marked` says so of a cell; release, grading and feedback all ask it.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable

from nbformat.notebooknode import NotebookNode

from autograder.notebook.roles import INSTRUCTOR, grade_id, is_answer, tags

HIDDEN_TESTS = ("HIDDEN TESTS",)
BLOCKS = (*HIDDEN_TESTS, "SOLUTION", "MARK SCHEME")
"""Names of the blocks, which stand between a ``BEGIN`` and an ``END``."""
INSTEAD = "(a line of a hidden test)"
FOUND_ANYWHERE = 8
"""A line of so many characters is no accident in the middle of a text. A shorter one, such as ``n = 7`` or ``at = 0``,
stands in other texts by chance: it is found only where a text quotes it as a line of its own."""

_LINE_BEGINS = r"""(^[ \t]*(?:-*>[ \t]*)?(?:\d+[ \t]+)?|(?:(?<!\\)\\+n|["'])[ \t]*)"""
_LINE_ENDS = r"""(?=[ \t]*(?:$|\\+n|\\*["']))"""
_NEVER = "(?!)"
_NAME = r"[^\W\d][\w.]*"
_GOES_ON = re.compile(rf"(?:{_NAME}(?:, {_NAME})* = )?(?:{_NAME})?[(\[{{]|{_NAME},")
"""The first line of what a formatter has set on several lines, as ``weights = [``, or an argument alone."""


def hidden_lines(source: str, blocks: Iterable[str] = HIDDEN_TESTS) -> frozenset[int]:
    """Return the 1-based numbers of the lines that students do not have, marks included.

    Parameters
    ----------
    source : str
        A cell of the instructor's notebook.
    blocks : iterable of str
        What to look for, hidden tests by default; some of `BLOCKS`.
    """
    hidden: set[int] = set()
    for block in blocks:
        inside = False
        for number, line in enumerate(source.split("\n"), start=1):
            begins, ends = f"BEGIN {block}" in line, f"END {block}" in line
            if inside or begins or ends:
                hidden.add(number)
            inside = begins or (inside and not ends)
    return frozenset(hidden)


def without_hidden(source: str, blocks: Iterable[str] = HIDDEN_TESTS) -> str:
    """Return a cell's source as students have it: nbgrader makes the same of it, but for the stub of an answer."""
    hidden = hidden_lines(source, blocks)
    return "\n".join(line for number, line in enumerate(source.split("\n"), start=1) if number not in hidden)


def marked(cell: NotebookNode) -> str:
    """Return the source of a cell of the instructor's notebook with every secret line between marks."""
    source: str = cell.source
    if INSTRUCTOR in tags(cell) or (is_answer(cell) and "BEGIN SOLUTION" not in source):
        return f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
    return source


def public(cell: NotebookNode) -> str:
    """Return what students have of a cell of the instructor's notebook, but for the stub of an answer."""
    return without_hidden(marked(cell), BLOCKS)


def graded_sources(notebook: NotebookNode) -> list[str]:
    """Return the instructor's cells of a graded notebook; the answers in it are the student's own and no secret."""
    return [cell.source for cell in notebook.cells if grade_id(cell) is not None and not is_answer(cell)]


class Secrets:
    """The lines of hidden tests, answers and mark schemes, to be kept out of what students read.

    A line that stands in a visible part, too, is none; nor is one that tells nothing, such as ``else:`` or ``)``.

    Parameters
    ----------
    sources : iterable of str
        Cells with their marks: those that `marked` gives of the instructor's notebook, or `graded_sources`.
    """

    def __init__(self, sources: Iterable[str]) -> None:
        seen: set[str] = set()
        hidden: set[str] = set()
        for source in sources:
            numbers = hidden_lines(source, BLOCKS)
            for number, line in enumerate(source.split("\n"), start=1):
                (hidden if number in numbers else seen).add(line.strip())
        self.lines = frozenset(filter(_tells_something, hidden - seen))
        longest_first = sorted(self.lines, key=lambda line: (-len(line), line))
        anywhere = [_pattern(line) for line in longest_first if len(line) >= FOUND_ANYWHERE]
        alone = [_pattern(line) for line in longest_first if len(line) < FOUND_ANYWHERE]
        self._anywhere = re.compile("|".join(anywhere) or _NEVER)
        self._alone = re.compile(f"{_LINE_BEGINS}(?:{'|'.join(alone) or _NEVER}){_LINE_ENDS}", re.MULTILINE)

    def are_in(self, text: str) -> bool:
        """Return whether a text quotes one of the lines, be it with its quotes escaped."""
        return bool(self._anywhere.search(text) or self._alone.search(text))

    def first_in(self, text: str) -> str:
        """Return one of the lines that a text of any size quotes, be it with its quotes escaped; empty if none."""
        plain = text.replace("\\", "")
        own = {line.strip(" \t\r\"',\\") for line in text.replace("\\n", "\n").split("\n")}
        found = (line for line in self.lines if (len(line) >= FOUND_ANYWHERE and line.replace("\\", "") in plain))
        return min(found, default="") or min(self.lines & own, default="")

    def taken_out_of(self, text: str) -> str:
        """Return a text with `INSTEAD` in the place of each line that it quotes."""
        return self._alone.sub(rf"\g<1>{INSTEAD}", self._anywhere.sub(INSTEAD, text))


def _tells_something(line: str) -> bool:
    """Return whether a line holds more than Python's own words and signs, or names in front of a bracket or comma."""
    return not _GOES_ON.fullmatch(line) and any(not keyword.iskeyword(word) for word in re.findall(r"\w+", line))


def _pattern(line: str) -> str:
    """Return a pattern that finds a line, also with backslashes before its quotes, as in the `repr` of a text."""
    return r"\\*".join(map(re.escape, line.replace("\\", "")))
