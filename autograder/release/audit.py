"""Whether the tests of an assignment are any good: wrong answers are handed in, and those that pass are listed.

They are made of the reference, by one small change each (`mutants`), and of the named mistakes. Every one is graded
as a submission is. A change that makes no difference is no wrong answer; a file of the course lists such with the
reason.
"""

from __future__ import annotations

import copy
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.course import Course, CourseError
from autograder.grade.engines import Engine, LocalEngine
from autograder.grade.task import Release
from autograder.grade.trials import grade_trials
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import grade_id
from autograder.release.checks import failed_tests
from autograder.release.editions import generate
from autograder.release.mistakes import exercises, mistakes, reference, with_mistakes
from autograder.release.mutants import Mutant, mutants
from autograder.release.validate import Progress, validate

EQUIVALENT = "equivalent_mutants.toml"
"""In the course folder: for each assignment a table from a mutant's name to the reason why it is no wrong answer."""
MOST_SECONDS = 10.0
"""A change can make a loop endless; so long it may compute."""


@dataclass(frozen=True)
class Verdict:
    """A wrong answer, the notebook and the tests of its exercise, and whether one of them failed."""

    mutant: Mutant
    notebook: str
    tests: tuple[str, ...]
    caught: bool
    reason: str = ""

    @property
    def survived(self) -> bool:
        """Whether it passes although it is wrong."""
        return not self.caught and not self.reason


@dataclass(frozen=True)
class Audit:
    """The verdicts of an assignment, and names in the list of equivalents that no change has any more."""

    assignment: str
    verdicts: tuple[Verdict, ...]
    outdated: tuple[str, ...]

    @property
    def share(self) -> float:
        """How many of the wrong answers were caught, from 0 to 1; 1 if there are none."""
        wrong = [one for one in self.verdicts if one.caught or one.survived]
        return sum(one.caught for one in wrong) / len(wrong) if wrong else 1.0

    @property
    def survivors(self) -> list[Verdict]:
        """The wrong answers that pass."""
        return [one for one in self.verdicts if one.survived]


def audit(
    course: Course,
    assignment: str,
    *,
    engine: Engine | None = None,
    progress: Callable[[str], Progress],
) -> Audit:
    """Grade wrong answers to an assignment; nothing is recorded.

    Parameters
    ----------
    course : Course
        The course; only its source folder and its list of equivalent mutants are read.
    assignment : str
        Its name.
    engine : Engine, optional
        Where to run.
    progress : callable
        Called with a description of each stage; returns its progress callback.

    Raises
    ------
    CourseError
        If the assignment is not valid, or the list cannot be read.
    """
    reasons = equivalents(course, assignment)
    validation = validate(course, assignment, engine=engine, progress=progress("Checking the assignment"))
    if not validation.passed:
        raise CourseError(f"{assignment!r} is not valid: run `autograder validate {assignment}` and mend it first")
    with tempfile.TemporaryDirectory(prefix="autograder-audit-") as folder:
        trial = course.moved(release_directory=f"{folder}/release", db_url=f"sqlite:///{folder}/gradebook.db")
        trial.config.Autograder.cell_seconds = min(course.settings.cell_seconds, MOST_SECONDS)
        generate(trial, assignment, trial.folder("release", assignment), validation.credit)
        release = replace(Release.handed_out(trial, assignment), isolation=validation.isolation)
        sources = {
            path.stem: read_notebook(path.read_bytes())
            for path in sorted(course.folder("source", assignment).glob("*.ipynb"))
        }
        handed_in, made = _trials(sources)
        engine = engine or LocalEngine(course.settings.workers)
        results = grade_trials(release, handed_in, engine, progress("Grading wrong answers"))
    verdicts = []
    for label, several in made.items():
        failed = failed_tests(results[label])
        for notebook, tests, mutant in several:
            caught = bool(failed & set(tests))
            verdicts.append(Verdict(mutant, notebook, tests, caught, reasons.get(mutant.name, "")))
    outdated = reasons.keys() - {one.mutant.name for one in verdicts}
    verdicts.sort(key=lambda one: (one.notebook, one.mutant.answer, one.mutant.name))
    return Audit(assignment, tuple(verdicts), tuple(sorted(outdated)))


def equivalents(course: Course, assignment: str) -> dict[str, str]:
    """Return the changes that a course says make no difference, with the reason of each.

    Raises
    ------
    CourseError
        If the list cannot be read.
    """
    path = course.root / EQUIVALENT
    if not path.exists():
        return {}
    try:
        found = tomllib.loads(path.read_text("utf-8")).get(assignment, {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CourseError(f"{EQUIVALENT} is not valid TOML: {error}") from None
    if not isinstance(found, dict) or not all(isinstance(why, str) and why.strip() for why in found.values()):
        raise CourseError(f'{EQUIVALENT}: under [{assignment}] write one line a mutant, its-name = "the reason"')
    return found


def _trials(
    sources: dict[str, NotebookNode],
) -> tuple[dict[str, dict[str, bytes]], dict[str, list[tuple[str, tuple[str, ...], Mutant]]]]:
    """Return what to hand in, and the wrong answers in each: one of each exercise, at most."""
    right = {name: _bytes(reference(notebook)) for name, notebook in sources.items()}
    handed_in: dict[str, dict[str, bytes]] = {}
    made: dict[str, list[tuple[str, tuple[str, ...], Mutant]]] = defaultdict(list)
    for name, notebook in sources.items():
        wrong = {one.answer: _wrong(notebook, one.answer) for one in exercises(notebook)}
        tests = {one.answer: one.tests for one in exercises(notebook) if one.tests}
        for number in range(max(map(len, wrong.values()), default=0)):
            submission = copy.deepcopy(reference(notebook))
            label = f"{name}, wrong answers {number + 1}"
            for cell in submission.cells:
                answer = grade_id(cell)
                if answer in tests and number < len(wrong[answer]):
                    cell.source = wrong[answer][number].after
                    made[label].append((name, tests[answer], wrong[answer][number]))
            handed_in[label] = {**right, name: _bytes(submission)}
    return handed_in, made


def _wrong(notebook: NotebookNode, answer: str) -> list[Mutant]:
    """Return the wrong answers to one exercise."""
    right = _source(reference(notebook), answer)
    try:
        found = mutants(answer, right)
    except SyntaxError:  # magics, or another language
        found = []
    for mistake in mistakes(notebook):
        if mistake.exercise.answer == answer:
            wrong = _source(with_mistakes(notebook, [mistake]), answer)
            found.append(Mutant(answer, f"named mistake: {mistake.name}", right, wrong))
    return found


def _source(notebook: NotebookNode, name: str) -> str:
    return str(next(cell.source for cell in notebook.cells if grade_id(cell) == name))


def _bytes(notebook: NotebookNode) -> bytes:
    return str(nbformat.writes(notebook, version=4)).encode()
