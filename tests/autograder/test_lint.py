"""Idioms that cannot work in isolation are named with their cell, their line and what to write instead."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from autograder.grade.isolation import of_reference
from autograder.notebook.symbols import students_names, symbols
from autograder.release.lint import lint


def cell(source, name="", *, solution=False, grade=False):
    metadata = {"grade_id": name, "solution": solution, "grade": grade, "locked": grade, "points": 1}
    return new_code_cell(source, metadata={"nbgrader": metadata} if name else {})


def notebook(answer, test, *others):
    return new_notebook(
        cells=[cell(answer, "answer", solution=True), cell(test, "test", grade=True), *map(cell, others)]
    )


def findings(answer, test, *others):
    made = notebook(answer, test, *others)
    return lint(made, of_reference(made))


LAYER = "import numpy as np\nclass Layer:\n    pass\ndef f(x):\n    return x"


@pytest.mark.parametrize(
    ("test", "line", "hint"),
    [
        ("layer = Layer()\nlayer.W[0] += 1e-5", 2, "`a = layer.W.copy()`"),
        ("Layer().W[0, 1] = 3", 1, "`a = Layer().W.copy()`"),
        ("x = [1]\nassert f(x) is not x", 2, "compare what they hold"),
        ("import numpy\nx = numpy.ones(2)\nassert not numpy.shares_memory(f(x), x)", 3, "second result"),
        ("import inspect\nassert 'for' not in inspect.getsource(f)", 2, "what it does"),
        ("assert isinstance(f(1), Layer)", 1, "what the object does"),
        ("import pytest\nwith pytest.raises(Layer): f(1)", 2, "built-in class"),
        ("assert f.__doc__", 1, "what it does"),
    ],
)
def test_what_cannot_work_is_named_with_what_does(test, line, hint):
    (said,) = findings(LAYER, test)
    assert said.startswith(f"test, line {line}: ")
    assert hint in said


def test_imports_that_stand_in_an_answer_only():
    assert findings(LAYER, "assert np.all(f(1))") == [
        "test: uses np, which only the answer answer imports: import it in the test, too"
    ]
    assert findings(LAYER, "import numpy as np\nassert np.all(f(1))") == []


def test_names_that_stand_in_a_test_only():
    (said,) = findings(LAYER, "cases = [1, 2]\nassert f(1)", "print(cases)")
    assert "uses cases, which only the test test defines" in said


@pytest.mark.parametrize(
    "test",
    [
        "assert f(1) is None or f(1) is True",
        "x = [0]\nx[0] += 1\nassert f(x) == x",
        "layer = Layer()\nw = layer.W.copy()\nw[0] += 1\nlayer.W = w",
        "import pytest\nwith pytest.raises(ValueError): f(1)",
        "assert isinstance(f(1), float)",
        "%timeit -n1 -r1 f(1)",
    ],
)
def test_what_works_is_left_alone(test):
    assert findings(LAYER, test) == []


def test_symbols_of_a_cell():
    found = symbols("import numpy as np\nfrom x import y as z\n%pylab\ndef f(a):\n    q = np.sin(a) + g(q)\nk: int = h")
    assert found.defined == {"f", "k"}
    assert found.imported == {"np", "z"}
    assert found.used >= {"g", "h"}
    assert not {"a", "q", "int"} & found.used
    assert symbols("not python").defined == set()


def test_a_cell_that_builds_on_answers_is_the_students():
    cells = [("a = 1", False), ("def f(): pass", True), ("b = f()", False), ("c = b + a", False)]
    assert students_names(cells) == ("f", "b", "c")
