"""Check an assignment before students see it, by handing in notebooks whose outcome is known.

The reference must earn every automatic point, the untouched release none, each named mistake must
lose its points (and no other exercise's), and the release must not hold a line of an answer or of a
hidden test. All of it runs in a throw-away gradebook: checking changes nothing.

Mistakes of different exercises are handed in together, one of each at most, and every exercise is left
right in some of these trials: if it loses points there, its tests depend on another answer.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import nbformat
from nbformat.notebooknode import NotebookNode

from autograder.course import Course
from autograder.grade.engines import Engine, LocalEngine
from autograder.grade.isolation import Isolation, of_reference
from autograder.grade.results import Result
from autograder.grade.run import grade_trials
from autograder.grade.task import Release
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import is_test, nbgrader, tags
from autograder.notebook.symbols import ends_in_expression
from autograder.release.editions import addressed, generate
from autograder.release.leaks import leaks
from autograder.release.lint import lint
from autograder.release.manifest import Failure, KnownMistake, Manifest
from autograder.release.mistakes import Mistake, deal, exercises, mistakes, reference, with_mistakes

Progress = Callable[[int, int], object]

PARTIAL_CREDIT = "partial-credit"
"""Tag of a test cell whose last expression is meant to give points."""
SPARE = 2
"""In how many trials, at least, each exercise is left right."""


@dataclass(frozen=True)
class Check:
    """A rule that was checked, and the problems that break it."""

    rule: str
    problems: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rule holds."""
        return not self.problems


@dataclass(frozen=True)
class Validation:
    """The checks of an assignment, and what they found out for grading and feedback."""

    assignment: str
    checks: tuple[Check, ...]
    manifest: Manifest
    isolation: Mapping[str, Isolation] | None

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
        sources = _sources(course, assignment)
        trials = _trials(sources, release)
        engine = engine or LocalEngine(course.settings.workers)
        natively = grade_trials(release, {"reference": trials["reference"].notebooks}, engine)["reference"]
        isolation = None if assignment in course.settings.shared else _isolation(release, sources, engine)
        handed_in = {label: trial.notebooks for label, trial in trials.items()}
        results = grade_trials(replace(release, isolation=isolation), handed_in, engine, progress)
        failures = {
            mistake: _failures(results[label], mistake) for label, trial in trials.items() for mistake in trial.made
        }
        checks = (
            _check_tests(sources),
            earns := _check_reference(natively),
            *([] if isolation is None else [_check_isolated(sources, isolation, results["reference"], earns)]),
            _check_untouched(results["untouched"]),
            _check_mistakes(trials, results),
            _check_told_apart(failures),
            Check("the release holds no line of an answer or a hidden test", tuple(leaks(sources, target))),
        )
    known = tuple(KnownMistake(one.exercise.answer, one.name, one.hint, found) for one, found in failures.items())
    return Validation(assignment, checks, Manifest(known), isolation)


def _isolation(release: Release, sources: dict[str, NotebookNode], engine: Engine) -> dict[str, Isolation]:
    """Run the reference and write down which of its operations give data, and which an object."""
    answers = {name: reference(notebook) for name, notebook in sources.items()}
    found = {name: of_reference(notebook) for name, notebook in answers.items()}
    handed_in = {"reference": {name: _bytes(notebook) for name, notebook in answers.items()}}
    result = grade_trials(replace(release, isolation=found), handed_in, engine)["reference"]
    contracts = {one.name: one.outcome.contract if one.outcome else {} for one in result.notebooks}
    return {name: replace(one, contract=contracts[name]) for name, one in found.items()}


def _sources(course: Course, assignment: str) -> dict[str, NotebookNode]:
    paths = sorted(course.folder("source", assignment).glob("*.ipynb"))
    repository = course.settings.repository
    return {path.stem: addressed(read_notebook(path.read_bytes()), repository) for path in paths}


@dataclass(frozen=True)
class _Trial:
    """A submission to hand in, and the mistakes made in it."""

    notebooks: dict[str, bytes]
    made: tuple[Mistake, ...] = ()


def _trials(sources: dict[str, NotebookNode], release: Release) -> dict[str, _Trial]:
    right = {name: _bytes(reference(notebook)) for name, notebook in sources.items()}
    trials = {
        "reference": _Trial(right),
        "untouched": _Trial({name: _bytes(notebook) for name, notebook in release.notebooks.items()}),
    }
    for name, notebook in sources.items():
        for number, made in enumerate(deal(mistakes(notebook), lambda mistake: mistake.exercise, SPARE)):
            wrong = _bytes(with_mistakes(notebook, made))
            trials[f"{name}, mistakes {number + 1}"] = _Trial({**right, name: wrong}, tuple(made))
    return trials


def _bytes(notebook: NotebookNode) -> bytes:
    return str(nbformat.writes(notebook, version=4)).encode()


def _failures(result: Result, mistake: Mistake) -> tuple[Failure, ...]:
    return tuple(
        Failure(grade.name, grade.error.ename, grade.error.evalue)
        for grade in result.grades
        if grade.name in mistake.exercise.tests and grade.error is not None
    )


def _check_tests(sources: dict[str, NotebookNode]) -> Check:
    problems = []
    for notebook in sources.values():
        tested = {test for exercise in exercises(notebook) for test in exercise.tests}
        problems += [f"{one.answer} has no tests after it" for one in exercises(notebook) if not one.tests]
        for cell in filter(is_test, notebook.cells):
            name = nbgrader(cell)["grade_id"]
            if name not in tested:
                problems.append(f"{name} stands before any answer cell")
            if ends_in_expression(cell.source) and PARTIAL_CREDIT not in tags(cell):
                line = cell.source.rstrip().splitlines()[-1]
                problems.append(
                    f"{name} ends in the expression `{line}`, whose value is read as points: "
                    f"end it in a statement, or tag the cell {PARTIAL_CREDIT} if that is meant"
                )
    return Check("each answer is tested, and no test ends in an expression by accident", tuple(problems))


def _check_reference(result: Result) -> Check:
    lost = [
        f"{grade.name}: {grade.error.ename}: {grade.error.evalue}" if grade.error else f"{grade.name}: {grade.score}"
        for grade in result.grades
        if grade.score is not None and grade.status != "manual" and grade.score < grade.max_score
    ]
    stopped = [result.reason] if result.reason else []
    return Check("the reference answers earn every point that tests give", tuple(lost + stopped))


def _check_isolated(
    sources: dict[str, NotebookNode], isolation: Mapping[str, Isolation], result: Result, natively: Check
) -> Check:
    """Check the reference again in isolation; what fails in one process, too, is not repeated."""
    lost = [] if natively.problems else _check_reference(result).problems
    hints = [hint for name, source in sources.items() for hint in lint(reference(source), isolation[name])]
    rule = "the reference earns every point with the tests in a process of their own, and no idiom stands in its way"
    return Check(rule, (*lost, *hints))


def _check_untouched(result: Result) -> Check:
    earned = [f"{grade.name} gives {grade.score:g}" for grade in result.grades if grade.score]
    return Check("the release as handed out earns nothing", tuple(earned))


def _check_mistakes(trials: dict[str, _Trial], results: dict[str, Result]) -> Check:
    full = {grade.name: grade.score or 0.0 for grade in results["reference"].grades}
    problems = []
    for label, trial in trials.items():
        lost = {grade.name for grade in results[label].grades if (grade.score or 0.0) < full[grade.name]}
        for mistake in trial.made:
            if not lost & set(mistake.exercise.tests):
                problems.append(f"{mistake.exercise.answer}: {mistake.name!r} keeps all its points")
        spoiled = {test for mistake in trial.made for test in mistake.exercise.tests}
        if trial.made and (others := sorted(lost - spoiled)):
            wrong = ", ".join(sorted({mistake.exercise.answer for mistake in trial.made}))
            problems.append(f"{', '.join(others)}: lost although answered right, when there were mistakes in {wrong}")
    return Check("each named mistake loses points, in its own exercise only", tuple(problems))


def _check_told_apart(failures: dict[Mistake, tuple[Failure, ...]]) -> Check:
    seen: dict[object, Mistake] = {}
    problems = []
    for mistake, failure in failures.items():
        first = seen.setdefault((mistake.exercise, failure), mistake)
        if first is not mistake and failure:
            problems.append(f"{mistake.exercise.answer}: {first.name!r} and {mistake.name!r} fail in the same words")
    return Check("named mistakes fail in different words, so that feedback can tell them apart", tuple(problems))
