"""Each chapter can be handed out, and each of its named mistakes gets a message of its own in feedback."""

from __future__ import annotations

from pathlib import Path

import pytest

from autograder.course import Course
from autograder.grade.results import GradeResult
from autograder.notebook.read import read_notebook
from autograder.notebook.roles import grade_id, is_test
from autograder.notebook.secret import Secrets, hidden_lines
from autograder.plan import CellError, Frame
from autograder.release.manifest import Failure, KnownMistake
from autograder.release.mistakes import mistakes
from autograder.release.validate import Validation, validate
from autograder.results.explain import STOPPED, explain

COURSE = Course.find(Path(__file__).resolve().parents[2])
TEST_CELL = 1  # where the test stands, for the frames of a traceback; its position plays no part


@pytest.fixture(scope="module", params=COURSE.assignments)
def validation(request, alembic_is_asked_once) -> Validation:
    """What came of handing in a chapter's answers, its release and all its mistakes."""
    return validate(COURSE, request.param)


def sources(chapter: str):
    return [read_notebook(path.read_bytes()) for path in sorted(COURSE.folder("source", chapter).glob("*.ipynb"))]


def graded(failure: Failure, line: int) -> GradeResult:
    """The result of a student whose answer fails in this way, on this line of the test."""
    status = "stopped" if failure.ename in STOPPED else "error"
    error = CellError(failure.ename, failure.evalue, frames=(Frame(TEST_CELL, line, "<module>"),))
    return GradeResult(failure.test, 1.0, 0.0, status, error)


def lines_to_fail_on(test: str) -> list[int]:
    """A line that students see, and a hidden one."""
    hidden = hidden_lines(test)
    seen = set(range(1, len(test.split("\n")) + 1)) - hidden
    return [min(seen), max(hidden)]


def test_the_chapter_can_be_handed_out(validation):
    assert [(check.rule, problem) for check in validation.checks for problem in check.problems] == []
    assert validation.passed


def test_every_named_mistake_was_handed_in_and_failed(validation):
    named = [(one.exercise.answer, one.name) for source in sources(validation.assignment) for one in mistakes(source)]
    known = validation.manifest.mistakes
    assert sorted((one.exercise, one.name) for one in known) == sorted(named)
    assert [(one.exercise, one.name) for one in known if not one.failures] == []
    assert len(set(named)) == len(named)
    assert all(one.name.strip() and one.hint.strip() for one in known)


def test_feedback_tells_each_mistake_by_its_name_and_hint(validation):
    tests = {
        grade_id(cell): cell.source
        for source in sources(validation.assignment)
        for cell in source.cells
        if is_test(cell)
    }
    secrets = Secrets(tests.values())

    def told(failure: Failure) -> set[tuple[KnownMistake, ...]]:
        test = tests[failure.test]
        results = [graded(failure, line) for line in lines_to_fail_on(test)]
        return {
            *(tuple(validation.manifest.diagnose(result)) for result in results),
            *(explain(result, test, {}, validation.manifest, secrets).mistakes for result in results),
        }

    wrong = [
        (known.exercise, known.name, [[one.name for one in found] for found in told(failure)])
        for known in validation.manifest.mistakes
        for failure in known.failures
        if told(failure) != {(known,)}
    ]
    assert wrong == []
