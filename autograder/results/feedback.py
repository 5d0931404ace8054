"""One page for each student: what was right, what was not, and where to look."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder.course import Course, CourseError
from autograder.files import write_atomically
from autograder.grade.results import Result
from autograder.intake.submission import exchanged_files
from autograder.release.manifest import Manifest
from autograder.results.known import AT_ONCE
from autograder.results.pages import Pages
from autograder.results.scores import Standing, graded, recorded, standing_of, standings
from autograder.results.written import NOTHING, Written, digest_of, state_of

WRITTEN = "feedback.json"


def write_feedback(
    course: Course,
    assignment: str,
    manifest: Manifest,
    *,
    students: Sequence[str] | None = None,
    workers: int = 1,
    progress: Callable[[int, int], object] = lambda done, total: None,
    failed: Callable[[str, str], object] = lambda student, reason: None,
    kept: Callable[[Path], object] = lambda page: None,
) -> list[Path]:
    """Write ``feedback/<student>/<assignment>/<notebook>.html`` for every graded submission.

    A page of which nothing has changed since it was written stays as it is. Beside it go the files by which
    ``nbgrader release_feedback`` knows whose it is, if the submission has them.

    Parameters
    ----------
    course : Course
        The course; its gradebook is read.
    assignment : str
        Name of a graded assignment.
    manifest : Manifest
        The named mistakes, from `validate`.
    students : sequence of str, optional
        Only these; all who were graded by default.
    workers : int
        How many processes make pages at once, if there are more than a few; 0 means one a core.
    progress : callable
        Called with the number of students done and of all.
    failed : callable
        Called with a student whose pages could not be written, and why; the others have theirs. A student
        who was graded once but has neither a submission nor an autograded notebook any more is passed over.
    kept : callable
        Called with each page that stays as it is.

    Returns
    -------
    list of Path
        The pages, those that stay among them.

    Raises
    ------
    CourseError
        If nothing of the assignment was graded.
    """
    journal = graded(course, assignment)
    total = len(journal if students is None else set(students))
    made_of = digest_of([manifest, *_released(course, assignment)])
    paths: list[Path] = []
    done = 0
    with (
        Written(course.state(assignment) / WRITTEN) as written,
        Pages(course, assignment, manifest, workers) as pages,
    ):
        for some in _parts(recorded(journal, assignment, students), AT_ONCE):
            found = standings(course, assignment, [result.student for result in some])
            begun = [_Student(course, result, found.get(result.student) or standing_of(result)) for result in some]
            for student in begun:
                student.begin(pages, written, made_of)
            for student in begun:
                try:
                    paths += student.finish(written, kept)
                except Exception as error:  # whatever is wrong with one submission must not stop the others
                    if student.has_something:
                        failed(student.result.student, f"{type(error).__name__}: {error}")
                done += 1
                progress(done, total)
    return paths


def _parts(results: Iterator[Result], size: int) -> Iterator[list[Result]]:
    """Yield the results, so many at once: memory does not grow with the class."""
    while some := list(itertools.islice(results, size)):
        yield some


def _released(course: Course, assignment: str) -> list[bytes]:
    """Return what the released notebooks are made of."""
    folder = course.folder("release", assignment)
    return [hashlib.sha256(path.read_bytes()).digest() for path in sorted(folder.glob("*.ipynb"))]


class _Student:
    """The pages of one student, from what they are made of to the files."""

    def __init__(self, course: Course, result: Result, standing: Standing) -> None:
        self.result = result
        self._standing = standing
        self._submitted, self._autograded, self._folder = (
            course.folder(step, result.assignment, result.student) for step in ("submitted", "autograded", "feedback")
        )
        self._asked: list[tuple[Path, str, Callable[[], str] | None]] = []
        self._failure: Exception | None = None

    @property
    def has_something(self) -> bool:
        """Whether there is a submission, or what came of it."""
        return os.path.lexists(self._submitted) or os.path.lexists(self._autograded)

    def begin(self, pages: Pages, written: Written, made_of: str) -> None:
        """Ask for the pages that are not yet as they would be; what goes wrong is raised by `finish`."""
        try:
            self._ask(pages, written, made_of)
        except Exception as error:
            self._failure = error

    def _ask(self, pages: Pages, written: Written, made_of: str) -> None:
        for notebook in self.result.notebooks:
            path = self._folder / f"{notebook.name}.html"
            answers = state_of(self._autograded / f"{notebook.name}.ipynb")
            parts = [made_of, self.result.key, self.result.phases, self._standing.of(notebook.name), answers]
            digest = digest_of(parts)
            is_there = written.has(path, digest)
            asked = None if is_there else pages.ask(self.result, notebook, self._standing)
            self._asked.append((path, digest, asked))

    def finish(self, written: Written, kept: Callable[[Path], object]) -> list[Path]:
        """Write the pages that were asked for, and return the paths of all."""
        if self._failure is not None:
            raise self._failure
        for path, digest, asked in self._asked:
            if asked is None:
                kept(path)
            else:
                write_atomically(path, asked())
                written.note(path, digest)
        for name, text in exchanged_files(self._submitted).items():
            if state_of(self._folder / name) == NOTHING or (self._folder / name).read_text(encoding="utf-8") != text:
                write_atomically(self._folder / name, text)
        return [path for path, *_ in self._asked]


def feedback_page(course: Course, assignment: str, student: str, notebook: str, manifest: Manifest) -> str:
    """Return the page about one notebook of one student.

    Raises
    ------
    CourseError
        If it was not graded.
    """
    result = graded(course, assignment).load(student)
    found = next((one for one in result.notebooks if one.name == notebook), None) if result else None
    if result is None or found is None:
        raise CourseError(
            f"{notebook}.ipynb of {student!r} is not graded yet: run `autograder grade {assignment}` first"
        )
    standing = standings(course, assignment).get(student) or standing_of(result)
    return Pages(course, assignment, manifest).page(result, found, standing)
