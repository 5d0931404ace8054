"""Check an assignment before students see it, by handing in notebooks whose outcome is known.

The reference must earn every automatic point, and so must right answers in other forms, the untouched
release none; each named mistake must lose its points (and no other exercise's), and the release must
not hold a line of an answer or of a hidden test. What nbgrader's users do on purpose, such as an answer
without tests, is a warning, and a problem only where `strict` says so. Where the reference itself fails,
what depends on it is not checked: there is one cause.
All of it runs in a throw-away gradebook: checking changes nothing.

Mistakes of different exercises are handed in together, one of each at most, and every exercise is left
right in some of these trials: if it loses points there, its tests depend on another answer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from nbformat.notebooknode import NotebookNode

from autograder.course import Course
from autograder.grade.engines import Engine, LocalEngine
from autograder.grade.isolation import Isolation
from autograder.grade.own import read_own
from autograder.grade.results import Result
from autograder.grade.task import Release
from autograder.grade.trials import grade_trials, trial_launcher
from autograder.release.beside import asked_in_vain
from autograder.release.checks import (
    Check,
    Trial,
    check_alternatives,
    check_mistakes,
    check_points,
    check_reference,
    check_tests,
    check_told_apart,
    check_untouched,
    numbers,
    unsound,
)
from autograder.release.editions import addressed, framed, generate, tag_credit
from autograder.release.isolated import as_bytes, check_isolated, isolated
from autograder.release.leaks import leaks, own_lines, writes_lines
from autograder.release.manifest import Failure, KnownMistake, Manifest
from autograder.release.mistakes import Mistake, One, alternatives, deal, mistakes, reference, with_mistakes

Progress = Callable[[int, int], object]

SPARE = 2
"""In how many trials, at least, each exercise is left right."""


@dataclass(frozen=True)
class Validation:
    """The checks of an assignment, and what they found out for grading and feedback."""

    assignment: str
    checks: tuple[Check, ...]
    manifest: Manifest
    isolation: Mapping[str, Isolation] | None
    credit: Mapping[str, tuple[str, ...]]
    """The tests that give a number of points, by notebook: the release tags them so."""

    @property
    def passed(self) -> bool:
        """Whether every rule holds."""
        return all(check.passed for check in self.checks)


def validate(
    course: Course,
    assignment: str,
    *,
    engine: Engine | None = None,
    progress: Progress = lambda done, total: None,
    strict: bool = False,
) -> Validation:
    """Check an assignment.

    Parameters
    ----------
    course : Course
        The course; only its source folder is read.
    assignment : str
        Name of the assignment.
    engine : Engine, optional
        Where to run the trial submissions.
    progress : callable
        Called with the number of trials done and of all.
    strict : bool
        Whether warnings are problems; they are, too, where the course says ``c.Autograder.strict = True``.

    Raises
    ------
    CourseError
        If there is no such assignment, or it cannot be converted at all.
    """
    course.check_assignment(assignment)
    with tempfile.TemporaryDirectory(prefix="autograder-validate-") as folder:
        trial = course.moved(release_directory=f"{folder}/release", db_url=f"sqlite:///{folder}/gradebook.db")
        target = trial.folder("release", assignment)
        generate(trial, assignment, target)
        release = Release.handed_out(trial, assignment)
        sources = sources_of(course, assignment)
        engine = engine or LocalEngine(course.settings.workers)
        right = {name: as_bytes(reference(notebook)) for name, notebook in sources.items()}
        shared = assignment in course.settings.shared
        with trial_launcher(release) as launch:
            natively = grade_trials(release, {"reference": right}, engine, launch=launch.in_one_process())["reference"]
            unchecked = unsound(sources, natively)
            credit = numbers(natively, release.notebooks)
            tagged = {name: tag_credit(one, credit.get(name, ())) for name, one in release.notebooks.items()}
            release = replace(release, notebooks=tagged)
            trials = _trials(sources, release, right, unchecked)
            handed_in = {label: trial.notebooks for label, trial in trials.items()}
            isolation = None if shared else isolated(release, sources, engine, launch)[0]
            results = grade_trials(replace(release, isolation=isolation), handed_in, engine, progress, launch=launch)
        failures = {
            mistake: _failures(results[label], mistake) for label, trial in trials.items() for mistake in trial.made
        }
        otherwise = any(trial.otherwise for trial in trials.values())
        checks = (
            check_tests(sources, credit),
            Check(
                "every file that a notebook asks for is handed out",
                warnings=tuple(asked_in_vain(course, assignment, sources)),
            ),
            check_points(trial, assignment, release.notebooks),
            check_reference(natively, release.notebooks),
            *([] if isolation is None else [check_isolated(sources, isolation, results["reference"], natively)]),
            check_untouched(results["untouched"]),
            *([check_alternatives(trials, results, unchecked)] if otherwise else []),
            check_mistakes(trials, results, unchecked),
            check_told_apart(failures, unchecked),
            Check(
                "the release holds nothing of an answer or a hidden test",
                tuple(leaks(sources, target, own_lines(course), added=writes_lines(course, sources))),
            ),
        )
    known = tuple(KnownMistake(one.exercise.answer, one.name, one.hint, found) for one, found in failures.items())
    if strict or course.settings.strict:
        checks = tuple(check.strictly() for check in checks)
    return Validation(assignment, checks, Manifest(known), isolation, credit)


def sources_of(course: Course, assignment: str) -> dict[str, NotebookNode]:
    """Return the instructor's notebooks of an assignment, by name, as they are released.

    Raises
    ------
    CourseError
        If one cannot be read.
    """
    paths = sorted(course.folder("source", assignment).glob("*.ipynb"))
    repository = course.settings.repository
    return {path.stem: addressed(framed(read_own(path), course), repository) for path in paths}


def _trials(
    sources: dict[str, NotebookNode], release: Release, right: dict[str, bytes], unchecked: tuple[str, ...]
) -> dict[str, Trial]:
    """Return what to hand in: the reference, the release, and the mistakes and alternatives that can be checked."""

    def sound(found: list[One]) -> list[One]:
        return [variant for variant in found if variant.exercise.answer not in unchecked]

    trials = {
        "reference": Trial(right),
        "untouched": Trial({name: as_bytes(notebook) for name, notebook in release.notebooks.items()}),
    }
    for name, notebook in sources.items():
        for number, others in enumerate(deal(sound(alternatives(notebook)), lambda variant: variant.exercise)):
            made = {**right, name: as_bytes(with_mistakes(notebook, others))}
            trials[f"{name}, alternatives {number + 1}"] = Trial(made, otherwise=tuple(others))
        for number, wrong in enumerate(deal(sound(mistakes(notebook)), lambda mistake: mistake.exercise, SPARE)):
            made = {**right, name: as_bytes(with_mistakes(notebook, wrong))}
            trials[f"{name}, mistakes {number + 1}"] = Trial(made, tuple(wrong))
    return trials


def _failures(result: Result, mistake: Mistake) -> tuple[Failure, ...]:
    return tuple(
        Failure(grade.name, grade.error.ename, grade.error.evalue, grade.behaviour)
        for grade in result.grades
        if grade.name in mistake.exercise.tests and grade.error is not None
    )
