"""One page for each student: what was right, what was not, and where to look."""

from __future__ import annotations

import hashlib
import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from autograder.course import Course, CourseError
from autograder.files import write_atomically
from autograder.grade.results import NotebookResult, Result
from autograder.intake.submission import exchanged_files
from autograder.notebook.read import read_notebook
from autograder.release.manifest import Manifest
from autograder.results.headings import title_of
from autograder.results.known import AT_ONCE
from autograder.results.page import render
from autograder.results.scores import Standing, graded, recorded, standing_of, standings
from autograder.results.sections import plain_cells, sections
from autograder.results.written import NOTHING, Written, digest_of, state_of

WRITTEN = "feedback.json"


def write_feedback(
    course: Course,
    assignment: str,
    manifest: Manifest,
    *,
    students: Sequence[str] | None = None,
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
    pages: list[Path] = []
    done = 0
    made_of = digest_of([manifest, *_released(course, assignment)])
    with Written(course.state(assignment) / WRITTEN) as written:
        for some in _parts(recorded(journal, assignment, students), AT_ONCE):
            found = standings(course, assignment, [result.student for result in some])
            for result in some:
                done, student = done + 1, result.student
                try:
                    standing = found.get(student) or standing_of(result)
                    pages += _write_pages(course, result, standing, manifest, written, made_of, kept)
                except Exception as error:  # whatever is wrong with one submission must not stop the others
                    folders = (course.folder(step, assignment, student) for step in ("submitted", "autograded"))
                    if any(map(os.path.lexists, folders)):
                        failed(student, f"{type(error).__name__}: {error}")
                progress(done, total)
    return pages


def _parts(results: Iterator[Result], size: int) -> Iterator[list[Result]]:
    """Yield the results, so many at once: memory does not grow with the class."""
    while some := list(itertools.islice(results, size)):
        yield some


def _released(course: Course, assignment: str) -> list[bytes]:
    """Return what the released notebooks are made of."""
    folder = course.folder("release", assignment)
    return [hashlib.sha256(path.read_bytes()).digest() for path in sorted(folder.glob("*.ipynb"))]


def _write_pages(
    course: Course,
    result: Result,
    standing: Standing,
    manifest: Manifest,
    written: Written,
    made_of: str,
    kept: Callable[[Path], object],
) -> list[Path]:
    """Write the pages of one student, unless they are as they would be, and return their paths."""
    folder = course.folder("feedback", result.assignment, result.student)
    autograded = course.folder("autograded", result.assignment, result.student)
    pages = []
    for notebook in result.notebooks:
        page = folder / f"{notebook.name}.html"
        pages.append(page)
        answers = state_of(autograded / f"{notebook.name}.ipynb")
        digest = digest_of([made_of, result.key, result.phases, standing.of(notebook.name), answers])
        if written.has(page, digest):
            kept(page)
            continue
        write_atomically(page, _page(course, result.assignment, result, notebook, standing, manifest))
        written.note(page, digest)
    for name, text in exchanged_files(course.folder("submitted", result.assignment, result.student)).items():
        if state_of(folder / name) == NOTHING or (folder / name).read_text(encoding="utf-8") != text:
            write_atomically(folder / name, text)
    return pages


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
    return _page(course, assignment, result, found, standing, manifest)


def _page(
    course: Course,
    assignment: str,
    result: Result,
    notebook: NotebookResult,
    standing: Standing,
    manifest: Manifest,
) -> str:
    autograded = course.folder("autograded", assignment, result.student)
    answers = read_notebook((autograded / f"{notebook.name}.ipynb").read_bytes(), outputs=False)
    released = course.folder("release", assignment) / f"{notebook.name}.ipynb"
    plain = plain_cells(read_notebook(released.read_bytes(), outputs=False) if released.is_file() else answers)
    own = standing.of(notebook.name)
    found = sections(notebook, answers, own, manifest, plain)
    is_empty = notebook.status == "not_gradable" and not own.score and not any(one.comment for one in found)
    return render(
        "feedback.html",
        result=result,
        notebook=notebook,
        standing=own,
        sections=[] if is_empty else found,
        title=title_of(answers) or notebook.name,
    )
