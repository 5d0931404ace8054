"""The rules of `validate`: of the cells themselves, and of what known submissions earned."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from nbformat.notebooknode import NotebookNode

from autograder.course import Course, calling_nbgrader
from autograder.grade.points import max_score
from autograder.grade.record import Recorder
from autograder.grade.results import NO_POINTS, GradeResult, NotebookResult, Result
from autograder.notebook.roles import PARTIAL_CREDIT, grade_id, is_graded, is_test, nbgrader, tags
from autograder.notebook.symbols import last_expression
from autograder.release.manifest import Failure
from autograder.release.mistakes import Mistake, Variant, exercises


@dataclass(frozen=True)
class Check:
    """A rule that was checked.

    Attributes
    ----------
    rule : str
        The rule.
    problems : tuple of str
        What breaks it: the assignment is not released.
    unchecked : tuple of str
        The exercises for which it could not be checked.
    warnings : tuple of str
        What may be meant, as nbgrader allows it: it is told, and stands in the way only of a strict check.
    """

    rule: str
    problems: tuple[str, ...] = ()
    unchecked: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the rule holds, as far as could be checked."""
        return not self.problems

    def strictly(self) -> Check:
        """Return the check with its warnings among the problems."""
        return replace(self, problems=(*self.problems, *self.warnings), warnings=())


@dataclass(frozen=True)
class Trial:
    """A submission to hand in, with the mistakes made in it, or the right answers in other forms."""

    notebooks: dict[str, bytes]
    made: tuple[Mistake, ...] = ()
    otherwise: tuple[Variant, ...] = ()


def numbers(natively: Result, released: Mapping[str, NotebookNode]) -> dict[str, tuple[str, ...]]:
    """Return the tests, by notebook, that gave a number for the reference: nbgrader reads it as their points."""
    return {
        result.name: tuple(
            nbgrader(cell)["grade_id"]
            for outcome in (result.outcome.cells if result.outcome else ())
            if is_test(cell := released[result.name].cells[outcome.key])
            and outcome.status == "ok"
            and outcome.value is not None
        )
        for result in natively.notebooks
    }


def check_tests(sources: dict[str, NotebookNode], credit: Mapping[str, tuple[str, ...]]) -> Check:
    """Check that each answer has tests, and that what gives partial credit is meant to.

    Parameters
    ----------
    sources : dict of str to NotebookNode
        The instructor's notebooks.
    credit : mapping of str to tuple of str
        The tests that gave a number for the reference, from `numbers`.
    """
    problems, warnings = [], []
    for title, notebook in sources.items():
        tested = {test for exercise in exercises(notebook) for test in exercise.tests}
        warnings += [f"{one.answer} has no tests after it" for one in exercises(notebook) if not one.tests]
        for cell in filter(is_test, notebook.cells):
            name = nbgrader(cell)["grade_id"]
            if name not in tested:
                warnings.append(f"{name} stands before any answer cell")
            last = last_expression(cell.source)
            if name in credit.get(title, ()) and PARTIAL_CREDIT not in tags(cell) and last is not None:
                warnings.append(
                    f"{name}, line {last[0]}: the number that `{last[1]}` gives is read as points: "
                    f"tag the cell {PARTIAL_CREDIT} if that is meant, or end it in a statement such as assert"
                )
            if PARTIAL_CREDIT in tags(cell) and last is None:
                problems.append(
                    f"{name} is tagged {PARTIAL_CREDIT}, but does not end in an expression: "
                    "write the number of points in its last line, or take the tag away"
                )
    rule = "each answer is tested, and no test gives a number of points by accident"
    return Check(rule, tuple(problems), warnings=tuple(warnings))


def check_points(trial: Course, assignment: str, released: Mapping[str, NotebookNode]) -> Check:
    """Check that the gradebook, which nbgrader made, adds up to what the cells say."""
    told = sum(max_score(cell) for notebook in released.values() for cell in notebook.cells if is_graded(cell))
    with calling_nbgrader(), Recorder(trial, assignment) as recorder:
        known = recorder.max_score()
    problem = (
        f"the cells are worth {told:g} points together, in the gradebook {known:g}: is a cell graded in two roles?"
    )
    return Check("the points of the cells are those of the gradebook", () if math.isclose(told, known) else (problem,))


def is_failed(grade: GradeResult) -> bool:
    """Return whether a test gave less than all of its points, or failed with none to give."""
    return grade.status != "manual" and (grade.error is not None or (grade.score or 0.0) < grade.max_score)


def failed_tests(result: Result) -> set[str]:
    """Return the names of the tests that a submission failed."""
    return {grade.name for grade in result.grades if is_failed(grade)}


def unsound(sources: Mapping[str, NotebookNode], natively: Result) -> tuple[str, ...]:
    """Return the answers of which nothing can be said because the reference itself fails their tests."""
    failed = failed_tests(natively)
    found = [one for notebook in sources.values() for one in exercises(notebook)]
    return tuple(one.answer for one in found if failed & set(one.tests))


def check_reference(result: Result, released: Mapping[str, NotebookNode]) -> Check:
    """Check that the reference earns every point, and fails no test that has none to give.

    The tests that fail in a notebook after another cell did are named in one line: that cell is the cause.
    """
    problems = [result.reason] if result.status != "graded" else []
    for notebook in result.notebooks:
        failed = [grade for grade in notebook.grades if is_failed(grade)]
        cause = _first_error(notebook, released[notebook.name])
        if cause and failed:
            names = ", ".join(grade.name for grade in failed)
            problems += [cause, f"in {notebook.name} these do not earn their points with it: {names}"]
        else:
            problems += map(why, failed)
    return Check(
        "the reference answers earn every point that tests give, and pass those without points", tuple(problems)
    )


def _first_error(result: NotebookResult, released: NotebookNode) -> str:
    """Return the name and the error of the first cell besides tests that did not end well, or ""."""
    for outcome in result.outcome.cells if result.outcome else ():
        cell = released.cells[outcome.key]
        if outcome.error is not None and not is_test(cell) and "raises-exception" not in tags(cell):
            name = grade_id(cell) or f"cell {outcome.key + 1}"
            return f"{name}: {outcome.error.ename}: {outcome.error.evalue}"
    return ""


def why(grade: GradeResult) -> str:
    """Return in words what a test gave instead of all its points."""
    if grade.error is None:
        return f"{grade.name} gives {grade.score:g} of {grade.max_score:g} points"
    if grade.error.ename == NO_POINTS:
        return grade.error.evalue
    return f"{grade.name}: {grade.error.ename}: {grade.error.evalue}"


def check_untouched(result: Result) -> Check:
    """Check that the release earns nothing as it is handed out."""
    earned = [f"{grade.name} gives {grade.score:g}" for grade in result.grades if grade.score]
    return Check("the release as handed out earns nothing", warnings=tuple(earned))


def check_mistakes(trials: dict[str, Trial], results: dict[str, Result], unchecked: tuple[str, ...] = ()) -> Check:
    """Check that each named mistake costs points in its own exercise, and in no other."""
    wrong_anyway = failed_tests(results["reference"])
    problems = []
    for label, trial in trials.items():
        lost = failed_tests(results[label]) - wrong_anyway
        for mistake in trial.made:
            if not lost & set(mistake.exercise.tests):
                problems.append(f"{mistake.exercise.answer}: {mistake.name!r} keeps all its points")
        spoiled = {test for mistake in trial.made for test in mistake.exercise.tests}
        if trial.made and (others := sorted(lost - spoiled)):
            wrong = ", ".join(sorted({mistake.exercise.answer for mistake in trial.made}))
            problems.append(f"{', '.join(others)}: lost although answered right, when there were mistakes in {wrong}")
    return Check("each named mistake loses points, in its own exercise only", tuple(problems), unchecked)


def check_alternatives(trials: dict[str, Trial], results: dict[str, Result], unchecked: tuple[str, ...] = ()) -> Check:
    """Check that the tests of an exercise take each right answer in another form."""
    problems = []
    for label, trial in trials.items():
        grades = {grade.name: grade for grade in results[label].grades if is_failed(grade)}
        for variant in trial.otherwise:
            lost = [why(grades[test]) for test in variant.exercise.tests if test in grades]
            problems += [f"{variant.exercise.answer}: {variant.name!r} is right, but {why}" for why in lost]
    return Check("each right answer in another form earns every point", tuple(problems), unchecked)


def check_told_apart(failures: dict[Mistake, tuple[Failure, ...]], unchecked: tuple[str, ...] = ()) -> Check:
    """Check that named mistakes fail in different words."""
    seen: dict[object, Mistake] = {}
    problems = []
    for mistake, failure in failures.items():
        first = seen.setdefault((mistake.exercise, failure), mistake)
        if first is not mistake and failure:
            problems.append(f"{mistake.exercise.answer}: {first.name!r} and {mistake.name!r} fail in the same words")
    rule = "named mistakes fail in different words, so that feedback can tell them apart"
    return Check(rule, tuple(problems), unchecked)
