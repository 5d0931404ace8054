"""Which lines are secret, and which texts quote them."""

from __future__ import annotations

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from nbgrader.preprocessors import ClearHiddenTests

from autograder.notebook.secret import (
    BLOCKS,
    FOUND_ANYWHERE,
    INSTEAD,
    Secrets,
    hidden_lines,
    marked,
    public,
    without_hidden,
)


def cell_of(seen, hidden):
    return f"{seen}\n### BEGIN HIDDEN TESTS\n{hidden}\n### END HIDDEN TESTS"


def secrets(hidden, seen="assert f(1) == 2"):
    return Secrets([cell_of(seen, hidden)])


@pytest.mark.parametrize(
    "source",
    [
        "",
        "a = 1",
        cell_of("a = 1", "b = 2"),
        cell_of("a = 1", "b = 2") + "\nc = 3\n" + cell_of("d = 4", "e = 5"),
        cell_of("a = 1", "    b = 2\n") + "\n\n",
        "x = 1  # BEGIN HIDDEN TESTS\ny = 2\nz = 3  # END HIDDEN TESTS\nw = 4",
        "### END HIDDEN TESTS\nw = 4",
    ],
)
def test_what_students_have_of_a_test_is_what_nbgrader_makes_of_it(source):
    metadata = {"nbgrader": {"grade_id": "t", "grade": True, "solution": False, "locked": True}}
    notebook = new_notebook(cells=[new_code_cell(source, metadata=metadata)])
    cleared, _ = ClearHiddenTests().preprocess(nbformat.from_dict(notebook), {})
    assert without_hidden(source) == cleared.cells[0].source


def test_lines_are_counted_from_one_and_the_marks_are_among_them():
    assert hidden_lines(cell_of("a\nb", "c\nd") + "\ne") == {3, 4, 5, 6}
    assert hidden_lines("### BEGIN HIDDEN TESTS\nopen to the end") == {1, 2}
    assert hidden_lines("# BEGIN HIDDEN TESTS and END HIDDEN TESTS\na") == {1, 2}, "nbgrader refuses it"


@pytest.mark.parametrize("block", BLOCKS)
def test_only_the_blocks_asked_for_are_looked_for(block):
    source = f"a\n### BEGIN {block}\nb\n### END {block}\nc"
    assert hidden_lines(source, BLOCKS) == {2, 3, 4}
    assert hidden_lines(source, [block]) == {2, 3, 4}
    assert hidden_lines(source, set(BLOCKS) - {block}) == frozenset()
    assert without_hidden(source, BLOCKS) == "a\nc"


def test_a_block_within_another_ends_at_its_own_mark():
    source = "### BEGIN SOLUTION\n### BEGIN HIDDEN TESTS\na\n### END SOLUTION\nb\n### END HIDDEN TESTS\nc"
    assert hidden_lines(source, BLOCKS) == {1, 2, 3, 4, 5, 6}


ROLES = {
    "own": {},
    "answer": {"nbgrader": {"grade_id": "a", "grade": False, "solution": True, "locked": False}},
    "test": {"nbgrader": {"grade_id": "t", "grade": True, "solution": False, "locked": True}},
    "instructor": {"tags": ["instructor"]},
}
ANSWER = "a = 1\n### BEGIN SOLUTION\nb = 2\n### END SOLUTION"


@pytest.mark.parametrize(
    ("role", "source", "shown"),
    [
        ("own", "a = 1", "a = 1"),
        ("own", ANSWER, "a = 1"),
        ("answer", ANSWER, "a = 1"),
        ("answer", "a = 1\nb = 2", ""),  # without marks nbgrader takes all of it out
        ("answer", "a = 1\n### begin solution", ""),
        ("test", cell_of("a = 1", "b = 2"), "a = 1"),
        ("test", "a = 1", "a = 1"),
        ("instructor", "a = 1", ""),
        ("instructor", ANSWER, ""),
    ],
)
def test_what_students_have_of_a_cell(role, source, shown):
    cell = new_code_cell(source, metadata=ROLES[role])
    assert public(cell) == shown
    assert source in marked(cell)
    assert without_hidden(marked(cell), BLOCKS) == shown


MARKS = {"### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"}


@pytest.mark.parametrize(
    ("hidden", "lines"),
    [
        ("assert f(7) == 8", {"assert f(7) == 8"}),
        ("    n = 7  \n\n\tassert g(n)", {"n = 7", "assert g(n)"}),
        ("assert f(1) == 2\nassert f(2) == 3", {"assert f(2) == 3"}),  # the first stands in the visible part, too
        (
            "weights = [\n    1.5,\n    peak,\n]\nm, v = step(\n    2,\n)\nY = np.array(\n    (3, 4),\n)",
            {"1.5,", "2,", "(3, 4),"},
        ),
        ("close(f(2), [\nx = total - [\nsolve(3,", {"close(f(2), [", "x = total - [", "solve(3,"}),
        ("if a:\n    pass\nelse:\n    return None\n)\n):\n'''\nbreak", {"if a:"}),
        ("5,\n[\n7\n]\n_", {"5,", "7", "_"}),
        ("", set()),
    ],
)
def test_secret_is_a_line_that_only_hidden_tests_have_and_that_tells_something(hidden, lines):
    assert secrets(hidden).lines == lines | MARKS


def test_a_line_that_any_test_shows_is_not_secret_wherever_it_is_hidden():
    tests = [cell_of("assert f(1) == 2", "assert f(7) == 8\nassert f(2) == 3"), "    assert f(7) == 8"]
    assert Secrets(tests).lines == {"assert f(2) == 3"} | MARKS
    assert Secrets(reversed(tests)).lines == {"assert f(2) == 3"} | MARKS


LONG = "assert f(7) == 8, 'seven'"
JUST_LONG = "n = 1234"
SHORT = "n = 123"
assert (len(JUST_LONG), len(SHORT)) == (FOUND_ANYWHERE, FOUND_ANYWHERE - 1)


@pytest.mark.parametrize(
    ("hidden", "text", "shown"),
    [
        (LONG, LONG, INSTEAD),
        (LONG, f"----> 3 {LONG}", f"----> 3 {INSTEAD}"),
        (LONG, f"so: {LONG}!", f"so: {INSTEAD}!"),
        (LONG, f"      2 x = 1\n----> 3     {LONG}\n      4 y", f"      2 x = 1\n----> 3     {INSTEAD}\n      4 y"),
        (LONG, f"{LONG}\n{LONG}", f"{INSTEAD}\n{INSTEAD}"),
        (LONG, "KeyError: " + repr(f'"x"\n{LONG}'), f"KeyError: '\"x\"\\n{INSTEAD}'"),
        (f'{LONG} + "x"', repr(f'{LONG} + "x"'), f"'{INSTEAD}'"),
        (r"assert f('\n\t') == 2", repr(r"assert f('\n\t') == 2"), f'"{INSTEAD}"'),
        (r"assert f('\n\t') == 2", r"> assert f('\n\t') == 2", f"> {INSTEAD}"),
        ("x = [1.5]*2", "x = [125]]2", "x = [125]]2"),  # the signs of a line mean themselves
        (JUST_LONG, f"say {JUST_LONG}5", f"say {INSTEAD}5"),
        # the longer one first, or a piece of it would be left behind
        (f"{JUST_LONG}\n{JUST_LONG} + secret", f"{JUST_LONG} + secret", INSTEAD),
        (f"{JUST_LONG} + secret\n{JUST_LONG}", f"{JUST_LONG} + secret", INSTEAD),
        # a short line is found only where it is quoted as a line
        (SHORT, f"say {SHORT}", f"say {SHORT}"),
        (SHORT, f"{SHORT}45", f"{SHORT}45"),
        (SHORT, f"(in {SHORT})", f"(in {SHORT})"),
        (SHORT, SHORT, INSTEAD),
        (SHORT, f"  {SHORT}  ", f"  {INSTEAD}  "),
        (SHORT, f"1\n{SHORT}\n2", f"1\n{INSTEAD}\n2"),
        (SHORT, f"      3 {SHORT}", f"      3 {INSTEAD}"),
        (SHORT, f"----> 3     {SHORT}\n      4 y", f"----> 3     {INSTEAD}\n      4 y"),
        (SHORT, f"--> {SHORT}", f"--> {INSTEAD}"),
        (SHORT, repr(f"a\n{SHORT}\n{SHORT}\nb"), f"'a\\n{INSTEAD}\\n{INSTEAD}\\nb'"),
        (SHORT, repr(["a", f"    {SHORT}"]), f"['a', '    {INSTEAD}']"),
        (SHORT, repr(["a", SHORT]), f"['a', '{INSTEAD}']"),
        (SHORT, repr(repr(SHORT)), f"\"'{INSTEAD}'\""),
        ("'x'", "KeyError: 'x'", "KeyError: 'x'"),
        ("5,", "expected [1, 5, 3]", "expected [1, 5, 3]"),
        ("5,", "      4     5,", f"      4     {INSTEAD}"),
        ("at = 0", "w at = 0.5", "w at = 0.5"),
        ("else:", "----> 3 else:", "----> 3 else:"),
    ],
)
def test_what_is_taken_out_of_a_text(hidden, text, shown):
    found = secrets(hidden)
    assert found.taken_out_of(text) == shown
    assert found.are_in(text) == (text != shown)


@pytest.mark.parametrize(
    ("hidden", "text", "line"),
    [
        (LONG, f"so: {LONG}!", LONG),
        (LONG, LONG[:-1], ""),
        (f"{LONG}\n{LONG} + 1", f"{LONG} + 1", LONG),
        (f'{LONG} + "x"', repr(repr(f'{LONG} + "x"')), f'{LONG} + "x"'),
        (r"assert f('\n\t') == 2", repr(repr(r"assert f('\n\t') == 2")), r"assert f('\n\t') == 2"),
        (JUST_LONG, f"say {JUST_LONG}5", JUST_LONG),
        (SHORT, f"say {SHORT}", ""),
        (SHORT, f"{SHORT}45", ""),
        (SHORT, SHORT, SHORT),
        (SHORT, f"1\n \t{SHORT}\r\n2", SHORT),
        (SHORT, repr(f"a\n{SHORT}\nb"), SHORT),
        (SHORT, f'["a",\n"{SHORT}",\n"b"]', SHORT),
        (SHORT, f"a\n'{SHORT}'", SHORT),
        (f"{SHORT}\nm = 5", f"{SHORT}\nm = 5", "m = 5"),
        (f"{SHORT}\n{LONG}", f"{SHORT}\n{LONG}", LONG),
        (SHORT, "", ""),
    ],
)
def test_a_line_that_a_text_quotes_is_named(hidden, text, line):
    assert secrets(hidden).first_in(text) == line


def test_where_nothing_is_hidden_nothing_is_taken_out():
    for none in (Secrets([]), Secrets(["assert f(1) == 2"])):
        assert none.lines == frozenset()
        assert none.taken_out_of("assert f(1) == 2\n1 ''") == "assert f(1) == 2\n1 ''"
        assert not none.are_in("")
        assert none.first_in("assert f(1) == 2\n1 ''") == ""
