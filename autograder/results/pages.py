"""The text of a student's page, made here or by other processes, several at once."""

from __future__ import annotations

import functools
import multiprocessing
from collections.abc import Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from types import TracebackType

from autograder.course import Course
from autograder.grade.engines import available_cores
from autograder.grade.results import NotebookResult, Result
from autograder.notebook.read import read_notebook
from autograder.release.manifest import Manifest
from autograder.results.headings import title_of
from autograder.results.page import render
from autograder.results.scores import Standing
from autograder.results.sections import plain_cells, sections

FEW = 100
"""So many pages are made before other processes are worth the time in which they start."""


class Pages:
    """Make the pages of an assignment; use it as a context.

    Parameters
    ----------
    course : Course
        The course.
    assignment : str
        Name of the assignment.
    manifest : Manifest
        The named mistakes.
    workers : int
        How many processes make pages at once, if there are more than a few; 0 means one a core.
    """

    def __init__(self, course: Course, assignment: str, manifest: Manifest, workers: int = 1) -> None:
        self._course, self._assignment, self._manifest = course, assignment, manifest
        self._workers = workers or available_cores()
        self._asked = 0
        self._executor: Executor | None = None

    def __enter__(self) -> Pages:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)

    def ask(self, result: Result, notebook: NotebookResult, standing: Standing) -> Callable[[], str]:
        """Return what gives the text of the page about a notebook: another process makes it, or the call does."""
        self._asked += 1
        if self._workers > 1 and self._asked > FEW:
            return self._others().submit(_make, result, notebook, standing).result
        return functools.partial(self.page, result, notebook, standing)

    def page(self, result: Result, notebook: NotebookResult, standing: Standing) -> str:
        """Make the page about a notebook, here and now."""
        autograded = self._course.folder("autograded", self._assignment, result.student)
        answers = read_notebook((autograded / f"{notebook.name}.ipynb").read_bytes(), outputs=False)
        plain = self._plain(notebook.name)
        own = standing.of(notebook.name)
        found = sections(notebook, answers, own, self._manifest, plain_cells(answers) if plain is None else plain)
        is_empty = notebook.status == "not_gradable" and not own.score and not any(one.comment for one in found)
        return render(
            "feedback.html",
            result=result,
            notebook=notebook,
            standing=own,
            sections=[] if is_empty else found,
            title=title_of(answers) or notebook.name,
        )

    def _others(self) -> Executor:
        """Return the other processes, which are started when they are first needed."""
        if self._executor is None:
            known = (self._course, self._assignment, self._manifest)
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self._workers, context, _begin, known)
        return self._executor

    @functools.cache  # noqa: B019 - as long as the pages are made
    def _plain(self, notebook: str) -> frozenset[str] | None:
        """Return the cells of a released notebook that nbgrader does not know; None if it is not there."""
        released = self._course.folder("release", self._assignment) / f"{notebook}.ipynb"
        return plain_cells(read_notebook(released.read_bytes(), outputs=False)) if released.is_file() else None


_pages: Pages
"""Those of a process that makes nothing else."""


def _begin(course: Course, assignment: str, manifest: Manifest) -> None:
    global _pages
    _pages = Pages(course, assignment, manifest)


def _make(result: Result, notebook: NotebookResult, standing: Standing) -> str:
    return _pages.page(result, notebook, standing)
