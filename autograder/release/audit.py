"""Whether the tests of an assignment are any good: wrong answers are handed in, and those that pass are listed.

They are made of the reference, by one small change each (`mutants`), and of the named mistakes. Every one is graded
as a submission is. A change that makes no difference is no wrong answer; a file of the course lists such with the
reason.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace

from nbformat.notebooknode import NotebookNode

from autograder.course import Course, CourseError
from autograder.grade.engines import Engine, LocalEngine
from autograder.grade.task import Release
from autograder.grade.trials import grade_trials, trial_launcher
from autograder.notebook.roles import grade_id
from autograder.release.checks import check_reference, failed_tests, numbers
from autograder.release.editions import generate, tag_credit
from autograder.release.isolated import as_bytes, isolated
from autograder.release.mistakes import exercises, mistakes, reference, with_mistakes
from autograder.release.mutants import Mutant, mutants
from autograder.release.validate import Progress, sources_of
from autograder.sandbox.launch import Launcher

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
        If the reference fails its own tests, or the list cannot be read.
    """
    reasons = equivalents(course, assignment)
    course.check_assignment(assignment)
    engine = engine or LocalEngine(course.settings.workers)
    sources = sources_of(course, assignment)
    with tempfile.TemporaryDirectory(prefix="autograder-audit-") as folder:
        trial = course.moved(release_directory=f"{folder}/release", db_url=f"sqlite:///{folder}/gradebook.db")
        trial.config.Autograder.cell_seconds = min(course.settings.cell_seconds, MOST_SECONDS)
        generate(trial, assignment, trial.folder("release", assignment))
        release = Release.handed_out(trial, assignment)
        with trial_launcher(release) as launch:
            release = _ready(release, sources, engine, launch)
            handed_in, made = _trials(sources)
            wanted = {label: {test for _, some, _ in several for test in some} for label, several in made.items()}
            results = grade_trials(release, handed_in, engine, progress("Grading wrong answers"), wanted, launch)
    verdicts = []
    for label, several in made.items():
        failed = failed_tests(results[label])
        for notebook, tests, mutant in several:
            caught = bool(failed & set(tests))
            verdicts.append(Verdict(mutant, notebook, tests, caught, reasons.get(mutant.name, "")))
    outdated = reasons.keys() - {one.mutant.name for one in verdicts}
    verdicts.sort(key=lambda one: (one.notebook, one.mutant.answer, one.mutant.name))
    return Audit(assignment, tuple(verdicts), tuple(sorted(outdated)))


def _ready(release: Release, sources: dict[str, NotebookNode], engine: Engine, launch: Launcher) -> Release:
    """Return the release with its wall, and with the tests that give points marked, if the reference is right."""
    if release.assignment in release.course.settings.shared:
        isolation = None
        right = {name: as_bytes(reference(notebook)) for name, notebook in sources.items()}
        result = grade_trials(release, {"reference": right}, engine, launch=launch)["reference"]
    else:
        isolation, result = isolated(release, sources, engine, launch)
    if problems := check_reference(result, release.notebooks).problems:
        raise CourseError(
            f"the reference answers of {release.assignment!r} fail their own tests ({problems[0]}): "
            f"run `autograder validate {release.assignment}` and mend them first"
        )
    credit = numbers(result, release.notebooks)
    tagged = {name: tag_credit(one, credit.get(name, ())) for name, one in release.notebooks.items()}
    return replace(release, notebooks=tagged, isolation=isolation)


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
    right = {name: as_bytes(reference(notebook)) for name, notebook in sources.items()}
    handed_in: dict[str, dict[str, bytes]] = {}
    made: dict[str, list[tuple[str, tuple[str, ...], Mutant]]] = defaultdict(list)
    for name, notebook in sources.items():
        tests = {one.answer: one.tests for one in exercises(notebook) if one.tests}
        wrong = {answer: _wrong(notebook, answer) for answer in tests}
        for number in range(max(map(len, wrong.values()), default=0)):
            submission = reference(notebook)
            label = f"{name}, wrong answers {number + 1}"
            for cell in submission.cells:
                answer = grade_id(cell)
                if answer in tests and number < len(wrong[answer]):
                    cell.source = wrong[answer][number].after
                    made[label].append((name, tests[answer], wrong[answer][number]))
            handed_in[label] = {**right, name: as_bytes(submission)}
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
