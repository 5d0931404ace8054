"""The rule for points, case by case."""

from __future__ import annotations

import pytest
from course_maker import nbgrader_cell, source_notebook, with_task
from nbformat.v4 import new_notebook
from nbgrader.utils import compute_checksum

from autograder.grade.points import ROUNDING, assess, max_score, nothing, points, unreadable
from autograder.grade.prepare import Prepared
from autograder.grade.results import NO_POINTS, GradeResult, NotebookResult
from autograder.notebook.roles import PARTIAL_CREDIT
from autograder.notebook.secret import INSTEAD
from autograder.plan import CellError, CellOutcome, Outcome

ENDING = "x = grade()\nx"
ASSERTS = "assert x == 1"


def ran(value=None, **fields):
    return CellOutcome(0, "ok", value=value, **fields)


@pytest.mark.parametrize(
    ("source", "value", "expected"),
    [
        (ASSERTS, None, 2.0),
        (ENDING, 1.5, 1.5),
        (ENDING, 0.0, 0.0),
        (ENDING, 2.0, 2.0),
        (ENDING, 2.0001, 0.0),
        (ENDING, 5e-324, 5e-324),
        (ENDING, -5e-324, 0.0),
        (ENDING, 1, 1),
        (ENDING, 3, 0.0),
        (ENDING, float("-inf"), 0.0),
        (ENDING, -1.0, 0.0),
        (ENDING, float("nan"), 0.0),
        (ENDING, float("inf"), 0.0),
        (ENDING, True, 2.0),
        (ENDING, False, 0.0),
        (ENDING, 2.0000000000000004, 2.0),
        (ENDING, 1.9999999999999996, 2.0),
        (ENDING, -1e-17, 0.0),
        ("%%time\n" + ENDING, 0.5, 0.5),
        ("%%time\n" + ASSERTS, None, 2.0),
        (ASSERTS + "\n%matplotlib inline", None, 2.0),
        (ASSERTS + "\n!true", None, 2.0),
        ("%%bash\ntrue", None, 2.0),
        (ENDING + ";", 0.5, 2.0),
        (ASSERTS, 0.5, 2.0),
        ("%matplotlib inline\n" + ENDING, 0.5, 0.5),
        ("!true\n" + ENDING, False, 0.0),
    ],
)
def test_a_cell_that_ended_well(source, value, expected):
    """A value counts only where the test cell itself ends in an expression, be it tagged or not."""
    assert points(source, 2.0, ran(value), meant=True) == points(source, 2.0, ran(value)) == expected


@pytest.mark.parametrize("source", [ENDING, "display(0)", "print('well done')", "check()", "%%time\n" + ENDING])
def test_what_is_no_number_gives_all_points_unless_a_number_is_meant(source):
    """As for nbgrader; where the reference gave a number, the release has tagged the test."""
    assert points(source, 2.0, ran(None)) == 2.0
    assert points(source, 2.0, ran(None), meant=True) == 0.0
    assert unreadable("t", source, 2.0, ran(None)) is None
    assert unreadable("t", source, 2.0, ran(None), meant=True).ename == NO_POINTS


def shown(text):
    return ran(outputs=({"output_type": "execute_result", "data": {"text/plain": text}},))


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (ran(), "None"),
        (shown("'0'"), "'0'"),
        (shown("array([0, 1])"), "array([0, 1])"),
        (shown("x" * 60), "x" * 60),
        (shown("x" * 1000), "x" * 60 + " …"),
        (ran(float("nan")), "nan"),
        (ran(float("inf")), "inf"),
        (ran(-1.0), "-1.0"),
        (ran(2.1), "2.1"),
        (ran(outputs=({"output_type": "execute_result", "data": 5},)), "None"),
        (ran(outputs=({"output_type": "display_data", "data": {"text/plain": "0"}},)), "None"),
    ],
)
def test_what_cannot_be_read_as_points_is_an_error_that_names_the_test_and_the_value(outcome, told):
    notebook = new_notebook(cells=[nbgrader_cell("t", ENDING, grade=True, points=2)])
    notebook.cells[0].metadata.tags = [PARTIAL_CREDIT]
    result = assess("small", prepared(notebook), Outcome((outcome,)))
    (grade,) = result.grades
    assert (grade.score, grade.status, grade.error.ename) == (0.0, "error", NO_POINTS)
    assert grade.error.evalue.startswith(f"t must end in its points, a number from 0 to 2, but its value is {told}: ")
    assert (result.status, result.reason) == ("graded", "t gives no number of points, so it counts as 0")


@pytest.mark.parametrize("value", [0.0, 2.0, 1, True, False, 2.0000000000000004, -1e-17])
def test_what_can_be_read_as_points_is_no_error(value):
    assert unreadable("t", ENDING, 2.0, ran(value)) is None
    assert unreadable("t", ASSERTS, 2.0, ran(None)) is None
    assert unreadable("t", ENDING, 2.0, None) is None
    assert unreadable("t", ENDING, 2.0, CellOutcome(0, "error", error=CellError("E", "why"))) is None


@pytest.mark.parametrize("maximum", [0.1, 1.0, 3.0, 7.5, 100.0])
def test_what_is_forgiven_to_rounding_is_forgiven_up_to_its_limit(maximum):
    slack = ROUNDING * maximum
    assert points(ENDING, maximum, ran(-slack)) == 0.0
    assert points(ENDING, maximum, ran(maximum + slack)) == maximum
    assert points(ENDING, maximum, ran(maximum - slack)) == maximum
    assert unreadable("t", ENDING, maximum, ran(-slack)) is None
    assert unreadable("t", ENDING, maximum, ran(maximum + slack)) is None


@pytest.mark.parametrize("maximum", [0.1, 1.0, 3.0, 7.5, 100.0])
@pytest.mark.parametrize("parts", [3, 7, 10, 11])
def test_the_parts_of_the_maximum_add_up_to_it(maximum, parts):
    total = 0.0
    for _ in range(parts):
        total += maximum / parts
    assert points(ENDING, maximum, ran(total)) == maximum


@pytest.mark.parametrize("status", ["error", "stopped", "not run"])
def test_anything_else_is_nothing(status):
    outcome = CellOutcome(0, status, error=CellError("E", "why"), value=2.0)
    assert points(ENDING, 2.0, outcome) == 0.0


def test_warnings_cost_nothing():
    stderr = {"output_type": "stream", "name": "stderr", "text": "careful!"}
    assert points(ASSERTS, 2.0, ran(outputs=(stderr,))) == 2.0


def test_a_cell_that_was_not_run():
    assert points(ASSERTS, 2.0, None) == 0.0
    assert points("  ", 2.0, None) == 2.0, "an empty test cell gives its points away, as for nbgrader"


def test_a_cell_worth_nothing_gives_nothing():
    assert points(ENDING, 0.0, ran(0.0)) == 0.0
    assert points(ENDING, 0.0, ran(1.0)) == 0.0
    assert points(ASSERTS, 0.0, ran()) == 0.0


def test_an_empty_test_cell_that_failed_all_the_same_gives_nothing():
    assert points("  ", 2.0, CellOutcome(0, "error", error=CellError("E", "why"))) == 0.0


def prepared(notebook, *notes):
    """The notebook as it is after preparing, whose answers differ from what was released."""
    return Prepared(notebook, notes)


def outcomes(notebook, **by_name):
    made = [by_name.get(cell.id, ran()) for cell in notebook.cells]
    return Outcome(
        tuple(
            CellOutcome(key, one.status, one.outputs, one.error, one.value)
            for key, one in enumerate(made)
            if notebook.cells[key].cell_type == "code"
        ),
        seconds=1.5,
    )


def test_every_graded_cell_has_its_result_in_the_notebooks_order():
    """Tests have points from their outcome; a written answer and a task wait for a person."""
    notebook = with_task(source_notebook())
    error = CellError("AssertionError", "no", ("----> 3 secret_number = 4.5",))
    outcome = outcomes(notebook, test_double=CellOutcome(0, "error", error=error))
    result = assess("small", prepared(notebook, "a note"), outcome)
    withheld = CellError("AssertionError", "no", (f"----> 3 {INSTEAD}",))
    assert (result.name, result.status, result.reason, result.notes) == ("small", "graded", "", ("a note",))
    assert result.grades == (
        GradeResult("test_double", 3.0, 0.0, "error", withheld),
        GradeResult("test_half", 2.0, 2.0, "ok", None),
        GradeResult("why", 4.0, None, "manual", None),
        GradeResult("draw", 2.0, None, "manual", None),
    )
    assert result.outcome.seconds == 1.5
    (failed,) = (cell for cell in result.outcome.cells if cell.error)
    assert failed.error == withheld


def test_a_task_is_a_persons_to_grade_even_where_nothing_was_changed():
    """nbgrader's own rule refuses to say anything of a task."""
    notebook = with_task(new_notebook())
    notebook.cells[0].metadata.nbgrader["checksum"] = compute_checksum(notebook.cells[0])
    result = assess("small", prepared(notebook), Outcome(()))
    assert result.grades == (GradeResult("draw", 2.0, None, "manual"),)


@pytest.mark.parametrize("markdown", [True, False])
@pytest.mark.parametrize(("changed", "score"), [("", 0.0), (" and more", None)])
def test_an_answer_left_as_released_is_worth_nothing(markdown, changed, score):
    cell = nbgrader_cell("why", "Write here", markdown=markdown, grade=True, solution=True, points=4)
    cell.metadata.nbgrader["checksum"] = compute_checksum(cell)
    cell.source += changed
    result = assess("small", prepared(new_notebook(cells=[cell])), Outcome(()))
    assert result.grades == (GradeResult("why", 4.0, score, "manual"),)


def test_a_test_that_was_not_run_is_named_so_only_if_something_stopped_it():
    notebook = new_notebook(cells=[nbgrader_cell("empty", " ", grade=True, locked=True, points=2)])
    assert assess("small", prepared(notebook), Outcome(())).grades == (GradeResult("empty", 2.0, 2.0, "ok"),)
    error = CellError("NotRun", "no time left")
    notebook.cells[0].source = "assert 1"
    result = assess("small", prepared(notebook), Outcome((CellOutcome(0, "not run", error=error),)))
    assert result.grades == (GradeResult("empty", 2.0, 0.0, "not run", error),)


def stopped(*whys):
    cells = [nbgrader_cell(f"test_{number}", "assert 1", grade=True, points=1) for number in range(len(whys))]
    outcome = Outcome(
        tuple(
            CellOutcome(key, "ok" if why is None else "stopped", error=why and CellError("E", why))
            for key, why in enumerate(whys)
        )
    )
    result = assess("small", prepared(new_notebook(cells=cells)), outcome)
    return result.status, result.reason


@pytest.mark.parametrize(
    ("whys", "expected"),
    [
        ([None], ("graded", "")),
        (["late", None], ("partly_graded", "test_0: late")),
        (["late", "lost"], ("partly_graded", "test_0: late; test_1: lost")),
        (["a", "b", "c"], ("partly_graded", "test_0: a; test_1: b; test_2: c")),
        (["a", "b", "c", "d"], ("partly_graded", "test_0: a; test_1: b; test_2: c; and 1 more")),
        (["a", None, "b", "c", "d", "e"], ("partly_graded", "test_0: a; test_2: b; test_3: c; and 2 more")),
    ],
)
def test_what_was_stopped_is_named_three_at_most(whys, expected):
    assert stopped(*whys) == expected


def refused(*reasons):
    cells = [nbgrader_cell(f"test_{number}", "assert 1", grade=True, points=1) for number in range(len(reasons))]
    cells.append(nbgrader_cell("answer", "x = 1", grade=False))
    told = [*reasons, "in an answer"]
    made = Outcome(tuple(CellOutcome(key, "ok", refused=why) for key, why in enumerate(told)))
    return assess("small", prepared(new_notebook(cells=cells), "a note"), made).notes


def test_what_isolation_refused_is_noted_with_the_tests_that_it_cost():
    assert refused("", "") == ("a note",)
    assert refused("a set", "", "a set") == ("a note", "refused by isolation: a set (test_0, test_2)")
    assert refused("a", "b", "c") == ("a note", *(f"refused by isolation: {x} (test_{i})" for i, x in enumerate("abc")))
    many = refused("a", "b", "c", "d", "e", "a")
    assert many[1] == "refused by isolation: a (test_0, test_5)"
    assert many[-1] == "refused by isolation: 2 more"
    assert len(many) == 5
    assert len(refused("long " * 100)[1]) <= 200


def test_an_error_of_the_answers_own_is_no_reason():
    notebook = source_notebook()
    wrong = CellOutcome(0, "error", error=CellError("ValueError", "no"))
    result = assess("small", prepared(notebook), outcomes(notebook, double=wrong))
    assert (result.status, result.reason) == ("graded", "")


def test_what_could_not_be_graded_has_nothing_for_each_graded_cell():
    found = nothing("small", with_task(source_notebook()), "it is damaged")
    expected = tuple(
        GradeResult(name, worth, 0.0, "not run")
        for name, worth in (("test_double", 3.0), ("test_half", 2.0), ("why", 4.0), ("draw", 2.0))
    )
    assert found == NotebookResult("small", "not_gradable", "it is damaged", expected)


def test_what_a_cell_is_worth():
    assert max_score(nbgrader_cell("a", "", grade=True, points=3)) == 3.0
    assert type(max_score(nbgrader_cell("a", "", grade=True, points=3))) is float
    assert max_score(nbgrader_cell("a", "", solution=True)) == 0.0
