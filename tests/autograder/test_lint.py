"""Idioms that cannot work in isolation are named with their cell, their line and what to write instead."""

from __future__ import annotations

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.grade.isolation import of_reference
from autograder.notebook.symbols import last_expression, students_names, symbols
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


COPY = "changes a copy: write `a = {0}.copy()`, change a, then `{0} = a`".format
IDENTITY = "compares identities, but values arrive as copies: compare what they hold"
MEMORY = "asks about memory, but arrays arrive as copies: change one and see whether a second result changes"
CODE = "reads code that is in another process: test what it does, or inspect.signature(f)"
CLASS = "compares a class by identity, but it is in another process: write isinstance(x, C) or type(x) == C"
EXCEPTION = "catches a student's exception class: write pytest.raises(C), or name the built-in class below it"
ATTRIBUTE = "asks for Python's own attribute of a student's object: test what it does, or inspect.signature(f)"
DERIVED = "derives from a student's class: define the derived class in an instructor's cell before the test"
HISTORY = "reads what cells were run, which another process knows: test what the answers do"
FIGURE = "asks for a figure of this process: let the answer return its figure or axes, and test that"


@pytest.mark.parametrize(
    ("test", "line", "piece", "advice"),
    [
        ("layer = Layer()\nlayer.W[0] += 1e-5", 2, "layer.W[0] += 1e-05", COPY("layer.W")),
        ("layer = Layer()\nlayer.W[0] = 1", 2, "layer.W[0] = 1", COPY("layer.W")),
        ("layer = Layer()\ndel layer.W[0]", 2, "del layer.W[0]", COPY("layer.W")),
        ("layer = Layer()\n[x, layer.a.b[0][1]] = a", 2, "[x, layer.a.b[0][1]] = a", COPY("layer.a.b")),
        ("layer = Layer()\n[x, [y, *layer.W[0]]] = a", 2, "[x, [y, *layer.W[0]]] = a", COPY("layer.W")),
        ("x = {}\n[x.y[0], f.W[0]] = a", 2, "[x.y[0], f.W[0]] = a", COPY("f.W")),
        ("layer = Layer()\nx = layer.W[0] = 1", 2, "x = layer.W[0] = 1", COPY("layer.W")),
        ("del f.x, f.W[0]", 1, "del f.x, f.W[0]", COPY("f.W")),
        ("Layer().W[0, 1] = 3", 1, "Layer().W[0, 1] = 3", COPY("Layer().W")),
        ("layer, n = f(1), 2\nx = f(1)\n(y, z) = x\nz.W[0] = 1", 4, "z.W[0] = 1", COPY("z.W")),
        ("[a] = f(1)\nb = c = a.d\nc.W[0] = 1", 3, "c.W[0] = 1", COPY("c.W")),
        ("a = f(1)\nb = f(2)\na.W[0] = b", 3, "a.W[0] = b", COPY("a.W")),
        ("x = [1]\nassert f(x) is not x", 2, "f(x) is not x", IDENTITY),
        ("assert f(1) is 1", 1, "f(1) is 1", IDENTITY),
        ("x = f(5)\nassert x is 5", 2, "x is 5", IDENTITY),
        ("assert f(0) is 0", 1, "f(0) is 0", IDENTITY),
        ("assert 5 is f(5)", 1, "5 is f(5)", IDENTITY),
        ("y = 1\nassert 0 < y is f(1)", 2, "0 < y is f(1)", IDENTITY),
        ("y = 1\nassert y is f", 2, "y is f", IDENTITY),
        (
            "import numpy\nx = numpy.ones(2)\nassert not numpy.shares_memory(f(x), x)",
            3,
            "numpy.shares_memory(f(x), x)",
            MEMORY,
        ),
        (
            "from numpy import may_share_memory\nassert not may_share_memory(f(1), f(2))",
            2,
            "may_share_memory(f(1), f(2))",
            MEMORY,
        ),
        (
            "import numpy as n\nassert n.lib.array_utils.byte_bounds(f(1))",
            2,
            "n.lib.array_utils.byte_bounds(f(1))",
            MEMORY,
        ),
        ("import inspect\nassert 'for' not in inspect.getsource(f)", 2, "inspect.getsource(f)", CODE),
        ("from inspect import getsource\nassert getsource(f)", 2, "getsource(f)", CODE),
        ("import dis\ndis.dis(f)", 2, "dis.dis(f)", CODE),
        ("assert id(f(1)) != id(2)", 1, "id(f(1))", IDENTITY),
        ("assert type(f(1)) is Layer", 1, "type(f(1)) is Layer", CLASS),
        ("x = f(1)\nassert x.__class__ is not Layer", 2, "x.__class__ is not Layer", CLASS),
        ("import matplotlib.pyplot as plt\nassert type(f(1)) is plt.Axes", 2, "type(f(1)) is plt.Axes", CLASS),
        ("try:\n    f(1)\nexcept Layer:\n    pass", 3, "except Layer:", EXCEPTION),
        ("try:\n    f(1)\nexcept (ValueError, Layer):\n    pass", 3, "except (ValueError, Layer):", EXCEPTION),
        ("class Own(Layer):\n    pass", 1, "class Own(Layer):", DERIVED),
        ("assert In[-1]", 1, "In", HISTORY),
        ("import matplotlib.pyplot as plt\nassert plt.gca()", 2, "plt.gca()", FIGURE),
        ("from matplotlib import pyplot\nassert pyplot.get_fignums()", 2, "pyplot.get_fignums()", FIGURE),
        ("assert f.__globals__", 1, "f.__globals__", ATTRIBUTE),
        ("layer = Layer()\nassert layer.W.__reduce__", 2, "layer.W.__reduce__", ATTRIBUTE),
        ("if True:\n    for i in [1]:\n        x = f(i)\n        x.y[0] = i", 4, "x.y[0] = i", COPY("x.y")),
    ],
)
def test_what_cannot_work_is_named_with_what_does(test, line, piece, advice):
    assert findings(LAYER, test) == [f"test, line {line}: `{piece}` {advice}"]


def test_each_piece_is_named_and_only_its_first_line_is_shown():
    found = findings(LAYER, "assert f(1) is 1\nassert f.__globals__\ng = lambda: f.x[\n'''\n'''].__self__")
    assert found == [
        f"test, line 1: `f(1) is 1` {IDENTITY}",
        f"test, line 2: `f.__globals__` {ATTRIBUTE}",
        f"test, line 3: `f.x['\\n'].__self__` {ATTRIBUTE}",
    ]
    (found,) = findings(LAYER, "f.x[0] = lambda: 1\nclass A:\n    pass")
    assert found == f"test, line 1: `f.x[0] = lambda: 1` {COPY('f.x')}"


def test_every_test_is_read():
    first, second = cell("assert f(1) is 1", "first", grade=True), cell("assert f(2) is 2", "second", grade=True)
    assert linted(ANSWER, first, second) == [
        f"first, line 1: `f(1) is 1` {IDENTITY}",
        f"second, line 1: `f(2) is 2` {IDENTITY}",
    ]


@pytest.mark.parametrize(
    "test",
    [
        "assert f(1) is None or f(1) is True or f(1) is not False or f(1) is ...",
        "x = [0]\nx[0] += 1\nassert f(x) == x",
        "layer = Layer()\nw = layer.W.copy()\nw[0] += 1\nlayer.W = w",
        "layer = Layer()\ndel layer.W\nlayer.n += 1",
        "import pytest\nwith pytest.raises(ValueError): f(1)",
        "import pytest\nwith pytest.raises(ValueError, match=f(1)): f(1)",
        "import pytest\nwith pytest.raises(): f(1)",
        "assert isinstance(f(1), float)",
        "assert isinstance(Layer, type)",
        "assert isinstance(f(1), (int, Layer)) and issubclass(int, Layer)",
        "import inspect\nassert inspect.signature(f) and inspect.isfunction(f) and inspect.getmro(Layer)",
        "import pytest\nwith pytest.raises((ValueError, Layer), match='x'): f(1)",
        "assert f.__doc__ and f.__name__ and f(1).__class__.__name__ and f.__code__.co_argcount and Layer.__add__",
        "assert type(f(1)) is int and f(1).__class__ is float and type(f(1)) == Layer",
        "try:\n    f(1)\nexcept ValueError:\n    pass",
        "class Own(dict):\n    pass\nIn = 3\nx = id(Own)",
        "x = layer.gca()\ny = f(1).gcf()",
        "def isinstance(*all):\n    return True\nassert isinstance(1, Layer, 2)",
        "%timeit -n1 -r1 f(1)",
        "x = []\ny = x\nassert x is y",
        "x = 5\nx.W[0] = 1",
        "import math\nassert math.__doc__",
        "assert f._name == f.name",
        "a = 1\nassert a == f(1)",
    ],
)
def test_what_works_is_left_alone(test):
    assert findings(LAYER, test) == []


NEEDS = "uses {0}, which only the answer {1} imports: import it in the test, too".format


def test_imports_that_stand_in_an_answer_only():
    assert findings(LAYER, "assert np.all(f(1))") == [f"test: {NEEDS('np', 'answer')}"]
    assert findings(LAYER, "import numpy as np\nassert np.all(f(1))") == []
    two = "from math import sin, cos\ndef f(x):\n    return x"
    assert findings(two, "assert sin(f(0)) + cos(0)") == [
        f"test: {NEEDS('cos', 'answer')}",
        f"test: {NEEDS('sin', 'answer')}",
    ]


def linted(*cells):
    made = new_notebook(cells=list(cells))
    return lint(made, of_reference(made))


ANSWER = cell("import math\ndef f(x):\n    return x", "one", solution=True)
TEST = cell("assert math.inf > f(1)", "test", grade=True)


@pytest.mark.parametrize("source", ["import math", "from cmath import *\nimport cmath as math", "math = 3"])
def test_an_import_or_a_name_of_the_instructors_own_before_the_test_serves(source):
    assert linted(ANSWER, TEST) == [f"test: {NEEDS('math', 'one')}"]
    assert linted(ANSWER, cell(source, "setup"), TEST) == []
    assert linted(cell(source), ANSWER, TEST) == []
    assert linted(ANSWER, TEST, cell(source, "setup")) == [f"test: {NEEDS('math', 'one')}"]


def test_only_answers_before_the_test_count():
    other = cell("import math\ndef g(x):\n    return x", "two", solution=True)
    assert linted(ANSWER, other, TEST) == [f"test: {NEEDS('math', 'one')}", f"test: {NEEDS('math', 'two')}"]
    assert linted(TEST, ANSWER) == []


def test_an_answer_without_a_name_is_one_all_the_same():
    nameless = new_code_cell(ANSWER.source, metadata={"nbgrader": {"solution": True}})
    assert linted(nameless, TEST) == [f"test: {NEEDS('math', 'an answer')}"]


HAS = "uses {0}, which only the test {1} defines: define it in a cell that students run, too".format


def test_names_that_stand_in_a_test_only():
    first = cell("import cmath\ncases = [1, 2]\nassert f(1)", "test", grade=True)
    own = new_code_cell("print(cases, cmath, f)", id="own")
    assert linted(ANSWER, first, own) == [f"own: {HAS('cases', 'test')}", f"own: {HAS('cmath', 'test')}"]
    named = cell("print(cases)", "show")
    assert linted(ANSWER, first, named) == [f"show: {HAS('cases', 'test')}"]
    assert linted(ANSWER, named, first) == []
    for source in ("cases = 3", "import cases"):
        assert linted(ANSWER, cell(source, "setup"), first, named) == []
        assert linted(ANSWER, first, cell(source, "setup"), named) == []
        assert linted(ANSWER, first, named, cell(source, "setup")) == [f"show: {HAS('cases', 'test')}"]
    again = cell("cases = 5", "another", grade=True)
    assert linted(ANSWER, first, again, named) == [f"show: {HAS('cases', 'test')}", f"show: {HAS('cases', 'another')}"]


def test_cells_of_old_notebooks_have_no_id():
    made = new_notebook(cells=[ANSWER, cell("cases = 1", "test", grade=True), new_code_cell("print(cases)")])
    del made.cells[-1]["id"]
    assert lint(made, of_reference(made)) == [f": {HAS('cases', 'test')}"]


def test_text_is_not_looked_at():
    text = new_markdown_cell("print(cases)")
    assert linted(ANSWER, cell("cases = 1", "test", grade=True), text) == []


def test_symbols_of_a_cell():
    found = symbols("import numpy as np\nfrom x import y as z\n%pylab\ndef f(a):\n    q = np.sin(a) + g(q)\nk: int = h")
    assert found.defined == {"f", "k"}
    assert found.imported == {"np", "z"}
    assert found.used >= {"g", "h"}
    assert not {"a", "q", "int"} & found.used
    assert symbols("not python").defined == set()


@pytest.mark.parametrize("magic", ["%%time", "%%capture out", "\n%%prun -q"])
def test_what_is_defined_below_a_magic_that_runs_the_cell_here_is_defined(magic):
    assert symbols(f"{magic}\na = b").defined == {"a"}
    assert symbols(f"{magic}\na = b").used >= {"b"}
    assert symbols("%%bash\na=1").defined == set()


@pytest.mark.parametrize(
    ("source", "last"),
    [
        ("x = 1\nf(x)", (2, "f(x)")),
        ("\n\nf(\n    1)  # one", (3, "f(")),
        ("f(1)\n### END HIDDEN TESTS\n", (1, "f(1)")),
        ("%matplotlib inline\nx", (2, "x")),
        ("%%time\nx = 1\nx", (3, "x")),
        ("x = 1\n%time x", (2, "x")),
        ("x;", None),
        ("%%bash\nls", None),
        ("!ls", None),
        ("assert x", None),
        ("def f(:", None),
        ("", None),
    ],
)
def test_the_expression_that_ends_a_cell_and_its_line(source, last):
    assert last_expression(source) == last


def test_a_test_that_is_no_python_has_no_idioms():
    assert linted(ANSWER, cell("assert f(", "test", grade=True)) == []


def test_a_cell_that_builds_on_answers_is_the_students():
    cells = [("a = 1", False), ("def f(): pass", True), ("b = f()", False), ("c = b + a", False)]
    assert students_names(cells) == ("f", "b", "c")
