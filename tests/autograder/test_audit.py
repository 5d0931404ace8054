"""Mutants of right answers, and the tests that let them pass."""

from __future__ import annotations

import ast
import json

import pytest
from click.testing import CliRunner
from course_maker import make_course, nbgrader_cell, source_notebook

from autograder.cli.main import main
from autograder.course import CourseError
from autograder.release.audit import EQUIVALENT, _trials, equivalents
from autograder.release.mutants import mutants
from autograder.sandbox.launch import Launcher

CODE = '''def f(x, n=3):
    """Say."""
    y = -x.mean(axis=0, keepdims=True) + 1.5
    return y / n if n > 1 else y.T
'''


def changes(source):
    return {line[1:].strip() for one in mutants("f", source) for line in one.diff.splitlines() if line.startswith("+")}


def test_each_mutant_is_another_program_once():
    found = mutants("f", CODE)
    assert len({one.after for one in found}) == len({one.name for one in found}) == len(found)
    for one in found:
        assert ast.unparse(ast.parse(one.after)) != ast.unparse(ast.parse(CODE))
        assert '"""Say."""' in one.after


@pytest.mark.parametrize(
    "expected",
    [
        "y = -x.sum(axis=0, keepdims=True) + 1.5",
        "y = -x.mean(axis=1, keepdims=True) + 1.5",
        "y = -x.mean(keepdims=True) + 1.5",
        "y = -x.mean(axis=0) + 1.5",
        "y = x.mean(axis=0, keepdims=True) + 1.5",
        "y = -x.mean(axis=0, keepdims=True)",
        "y = -x.mean(axis=0, keepdims=True) + 3.0",
        "return y if n > 1 else y.T",
        "return y / n if n >= 1 else y.T",
        "return y / n if n > 1 else y",
        "def f(x, n=4):",
    ],
)
def test_the_mistakes_of_numerical_code_are_among_them(expected):
    assert expected in changes(CODE)


def test_annotations_decorators_and_imports_stay():
    code = "import math\n\n@cache(1)\ndef f(x: Literal[1]) -> Literal[2]:\n    return x"
    assert mutants("f", code) == []


def test_the_audit_lists_what_passes_and_what_makes_no_difference(tmp_path, monkeypatch):
    started, whole = [], Launcher.__enter__
    monkeypatch.setattr(Launcher, "__enter__", lambda self: started.append(self.isolated) or whole(self))
    notebook = source_notebook()
    weak = next(cell for cell in notebook.cells if cell.get("id") == "test_half")
    weak.source = "assert half(0) == 0"
    course = make_course(tmp_path, notebook)
    runner = CliRunner()
    command = ["--course", str(course.root), "audit", "small", "--json"]
    answer = runner.invoke(main, [*command, "--fail-under", "95"], catch_exceptions=False)
    assert answer.exit_code == 1
    assert started == [True], "what forks the workers of all trials is started once"
    found = json.loads(answer.stdout)
    assert {one["name"].rpartition("-")[0] for one in found["survivors"]} == {"half"}
    assert any("+    return x * 2" in one["diff"] for one in found["survivors"])
    assert found["share"] == found["caught"] / found["wrong_answers"] < 0.95
    lines = [f'{one["name"]} = "of no matter"' for one in found["survivors"]]
    (course.root / EQUIVALENT).write_text("[small]\n" + "\n".join([*lines, 'gone-000000 = "was there"']) + "\n")
    again = runner.invoke(main, [*command, "--fail-under", "100"], catch_exceptions=False)
    assert again.exit_code == 0
    assert json.loads(again.stdout)["outdated"] == ["gone-000000"]


@pytest.mark.parametrize("text", ["[small", "small = 3", '[small]\na = ""', "[small]\na = 1"])
def test_a_list_that_cannot_be_read_is_explained(tmp_path, text):
    course = make_course(tmp_path)
    (course.root / EQUIVALENT).write_text(text)
    with pytest.raises(CourseError, match=EQUIVALENT):
        equivalents(course, "small")


def test_an_answer_without_tests_is_left_right():
    untested = nbgrader_cell("more", f"{CODE}\n\n{CODE.replace('def f', 'def g')}", solution=True)
    notebook = source_notebook()
    notebook.cells.append(untested)
    handed_in, made = _trials({"small": notebook})
    assert handed_in.keys() == made.keys() != set()
    assert {mutant.answer for several in made.values() for _, _, mutant in several} == {"double", "half"}
