"""How instructors write tests: each idiom gives a right and a wrong answer the same verdict in one process and in two."""

# ruff: noqa: E501 (an answer or a test on a line reads better than one spread out)

from __future__ import annotations

from dataclasses import dataclass

import pytest
from course_maker import hand_in, make_course, nbgrader_cell
from nbformat.v4 import new_notebook

from autograder.execute.session import execute
from autograder.grade.isolation import of_reference
from autograder.grade.run import grade as grade_class
from autograder.notebook.read import read_notebook
from autograder.plan import Cell, Job, Limits
from autograder.release.lint import lint
from autograder.release.mistakes import reference
from autograder.release.publish import release_assignment
from autograder.release.validate import validate
from autograder.sandbox.launch import Launcher

PATIENT = Limits(cell_seconds=30.0, notebook_seconds=300.0)


@dataclass(frozen=True)
class Idiom:
    """A right answer, a wrong one, and a test that tells them apart."""

    right: str
    wrong: str
    test: str


SHAPES = """
class Shape:
    "A shape."
    def __init__(self, n): self.n = n
    def area(self): return {}
class Square(Shape): pass
def make(n): return Square(n)
"""
SHAPE, BAD_SHAPE = SHAPES.format("self.n ** 2"), SHAPES.format("self.n") + "def make(n): return n\n"
VECTOR = """
class Vector:
    def __init__(self, x, y): self.x, self.y = x, y
    def __add__(self, o): return Vector(self.x + o.x, self.y + o.y)
    def __eq__(self, o): return isinstance(o, Vector) and (self.x, self.y) == (o.x, o.y)
    def __hash__(self): return hash((self.x, self.y))
    def __lt__(self, o): return abs(self) < abs(o)
    def __abs__(self): return (self.x ** 2 + self.y ** 2) ** 0.5
    def __len__(self): return 2
    def __getitem__(self, i): return (self.x, self.y)[i]
    def __contains__(self, v): return v in (self.x, self.y)
    def __bool__(self): return bool(self.x or self.y)
    def __float__(self): return float(abs(self))
    def __str__(self): return f"({self.x}, {self.y})"
    def __repr__(self): return f"Vector({self.x}, {self.y})"
    def __format__(self, how): return f"<{self.x:{how}}>"
    def __iadd__(self, o):
        self.x += o.x
        return self
    def __neg__(self): return Vector(-self.x, -self.y)
    def __rmul__(self, k): return Vector(k * self.x, k * self.y)
    def __call__(self, t): return self.x * t
"""
OTHER_VECTOR = """
class Vector:
    def __init__(self, *all): self.x = self.y = 7
    def __eq__(self, o): return False
    def __hash__(self): return id(self)
    def __str__(self): return "wrong"
    def __bool__(self): return self.x == 7
    def __float__(self): return 9.0
"""
PLOT = """
import matplotlib
matplotlib.use("agg")
import matplotlib.pyplot as plt
def plot():
    fig, ax = plt.subplots()
    ax.plot([1, 2, 4])
    ax.set_title("{}")
    return {}
"""
DATACLASS = """
from dataclasses import dataclass
@dataclass
class Shape:
    n: int = 1
def make(n):
    shape = Shape()
    shape.n = n
    return shape
"""
DECORATED = """
def g(f):
    {}
    def wrapped(*args): return f(*args)
    return wrapped
"""
STACK = """
class Stack:
    def __init__(self): self.items, self.open = [], False
    def push(self, x): self.items.append(x)
    def __enter__(self):
        self.open = True
        return self
    def __exit__(self, kind, error, trace):
        self.open = False
        return kind is KeyError
"""


def vector(test):
    return Idiom(VECTOR, OTHER_VECTOR, test)


def shape(test):
    return Idiom(SHAPE, BAD_SHAPE, test)


def simple(right, wrong, test):
    return Idiom(f"def f(x):\n    return {right}", f"def f(x):\n    return {wrong}", test)


PRINTS = ("def hello(name):\n    print('Hello', name)", "def hello(name):\n    print('Bye')")
DRAWS = "import numpy as np, random\ndef draw(): return {}"
ASKS = ("def ask(): return int(input('n? ')) + 1", "def ask(): return 1")
USES = (
    "def sq(x): return x * x\ndef total(v): return sum(sq(x) for x in v)",
    "def sq(x): return x * x\ndef total(v): return sum(x * x for x in v)",
)

IDIOMS = {
    "isinstance of the course's class": shape("assert isinstance(make(2), Square)"),
    "isinstance of a class above it": shape("assert isinstance(make(2), Shape) and not isinstance(3, Shape)"),
    "isinstance of one of several": shape("assert isinstance(make(2), (int, Square)) and make(3).area() == 9"),
    "issubclass": Idiom(SHAPE, SHAPE.replace("(Shape)", ""), "assert issubclass(Square, Shape)"),
    "the name of a type": shape("assert type(make(2)).__name__ == 'Square'"),
    "the name of a class": shape("assert make(2).__class__.__name__ == 'Square'"),
    "type equals class": shape("assert type(make(2)) == Square and type(make(2)) != Shape"),
    "types of two": shape("assert type(make(2)) is type(make(3)) and type(make(1)) is not int"),
    "bases": Idiom(SHAPE, SHAPE.replace("(Shape)", ""), "assert Square.__bases__ == (Shape,)"),
    "mro": Idiom(SHAPE, SHAPE.replace("(Shape)", ""), "import inspect\nassert Shape in inspect.getmro(Square)"),
    "is a class": Idiom(
        SHAPE, "def Square(n): pass", "import inspect\nassert inspect.isclass(Square) and isinstance(Square, type)"
    ),
    "hasattr": Idiom(
        SHAPE, SHAPE.replace("area", "size"), "assert hasattr(Square(1), 'area') and hasattr(Shape, 'area')"
    ),
    "callable": Idiom(SHAPE, SHAPE + "Shape.area = 3", "assert callable(Square(1).area) and not callable(Square(1))"),
    "documentation": Idiom(SHAPE, SHAPE.replace("A shape.", ""), "assert Shape.__doc__ and 'shape' in Shape.__doc__"),
    "vars": shape("assert vars(make(3)) == {'n': 3}"),
    "dir": Idiom(SHAPE, SHAPE.replace("area", "size"), "assert 'area' in dir(Square(1))"),
    "attributes by name": shape(
        "s = make(2); setattr(s, 'n', 5); assert getattr(s, 'n') == 5 and getattr(s, 'z', None) is None and s.area() == 25"
    ),
    "deleting an attribute": shape("s = make(2); del s.n; assert not hasattr(s, 'n')"),
    "deep copies": shape("import copy\ns = make(2); t = copy.deepcopy(s); t.n = 9; assert s.n == 2 and t.area() == 81"),
    "equality of objects": vector(
        "assert Vector(1, 2) + Vector(3, 4) == Vector(4, 6) and Vector(1, 2) != Vector(2, 1)"
    ),
    "unittest's assertEqual": vector("import unittest\nunittest.TestCase().assertEqual(Vector(1, 2), Vector(1, 2))"),
    "order of objects": vector("assert Vector(1, 1) < Vector(2, 2) and max(Vector(1, 1), Vector(2, 2)).x == 2"),
    "sorting objects": vector("assert [v.x for v in sorted([Vector(3, 0), Vector(1, 0)])] == [1, 3]"),
    "objects in sets": vector("assert len({Vector(1, 2), Vector(1, 2)}) == 1 and Vector(1, 2) in [Vector(1, 2)]"),
    "objects as keys": vector("assert {Vector(1, 2): 'a'}[Vector(1, 2)] == 'a'"),
    "truth of objects": vector("assert Vector(1, 0) and not Vector(0, 0)"),
    "membership": vector("assert 3 in Vector(3, 4) and 5 not in Vector(3, 4)"),
    "length and items": vector(
        "assert len(Vector(3, 4)) == 2 and Vector(3, 4)[1] == 4 and list(Vector(3, 4)) == [3, 4]"
    ),
    "unpacking": vector("x, y = Vector(3, 4)\nassert (x, y) == (3, 4)"),
    "str": vector("assert str(Vector(1, 2)) == '(1, 2)'"),
    "repr": vector("assert repr(Vector(1, 2)) == 'Vector(1, 2)'"),
    "format": vector("assert f'{Vector(1, 2):.1f}' == '<1.0>' and '{}'.format(str(Vector(1, 2))) == '(1, 2)'"),
    "printing an object": vector(
        "import io, contextlib\nb = io.StringIO()\nwith contextlib.redirect_stdout(b): print(Vector(1, 2))\nassert b.getvalue() == '(1, 2)\\n'"
    ),
    "float of an object": vector("assert float(Vector(3, 4)) == 5.0 and abs(Vector(3, 4)) == 5.0"),
    "in-place operators": vector("v = Vector(1, 2); w = v; v += Vector(3, 0); assert w.x == 4 and w is v"),
    "operators from the right": vector("assert (2 * Vector(1, 2)).y == 4 and (-Vector(1, 2)).x == -1"),
    "calling an object": vector("assert Vector(3, 4)(2) == 6 and callable(Vector(1, 2))"),
    "an operator that is missing": Idiom(
        VECTOR,
        VECTOR + "Vector.__sub__ = lambda s, o: s",
        "import pytest\nwith pytest.raises(TypeError): Vector(1, 2) - Vector(1, 2)",
    ),
    "operators by name": vector("assert Vector(1, 2).__add__(Vector(1, 1)).x == 2 and hasattr(Vector, '__add__')"),
    "a context manager": Idiom(
        STACK, STACK.replace("= True", "= 3"), "with Stack() as s:\n    assert s.open is True\nassert not s.open"
    ),
    "a context manager that swallows": Idiom(
        STACK, STACK.replace("kind is KeyError", "False"), "with Stack() as s: raise KeyError('x')"
    ),
    "an object without elements": Idiom(
        STACK, STACK + "Stack.__len__ = lambda s: 1", "import pytest\nwith pytest.raises(TypeError): len(Stack())"
    ),
    "collections.abc": Idiom(
        "def g(n): yield from range(n)",
        "def g(n): return list(range(n))",
        "from collections.abc import Iterator\nassert isinstance(g(3), Iterator) and list(g(3)) == [0, 1, 2]",
    ),
    "a generator": Idiom(
        "def g(n): yield from range(n)",
        "def g(n): return iter(range(n))",
        "import types\nx = g(3); assert isinstance(x, types.GeneratorType) and next(x) == 0",
    ),
    "a generator that fails after elements": Idiom(
        "def g(n):\n    yield from range(n)\n    raise ValueError('out')",
        "def g(n): yield from range(n)",
        "import itertools, pytest\nassert list(itertools.islice(g(5), 5)) == [0, 1, 2, 3, 4]\nfound = []\nwith pytest.raises(ValueError, match='out'):\n    for x in g(9): found.append(x)\nassert found == list(range(9))",
    ),
    "a function": Idiom("def f(): pass", "f = 3", "import types\nassert isinstance(f, types.FunctionType)"),
    "the course's exception": Idiom(
        "class TheirError(ValueError): pass\ndef f(x): raise TheirError('no')",
        "class TheirError(ValueError): pass\ndef f(x): raise ValueError('no')",
        "import pytest\nwith pytest.raises(TheirError, match='no'): f(1)",
    ),
    "assertRaises": Idiom(
        "class TheirError(Exception): pass\ndef f(x): raise TheirError",
        "class TheirError(Exception): pass\ndef f(x): pass",
        "import unittest\nunittest.TestCase().assertRaises(TheirError, f, 1)",
    ),
    "try and except": simple(
        "1 / x", "0", "try:\n    f(0)\nexcept ZeroDivisionError:\n    pass\nelse:\n    assert False"
    ),
    "a name that is missing": Idiom(
        "def f(x): return x", "def h(x): return x", "try:\n    f\nexcept NameError:\n    assert False, 'define f'"
    ),
    "redirect_stdout": Idiom(
        *PRINTS,
        "import io\nfrom contextlib import redirect_stdout\nwith redirect_stdout(io.StringIO()) as out: hello('Ada')\nassert out.getvalue() == 'Hello Ada\\n'",
    ),
    "sys.stdout by hand": Idiom(
        *PRINTS,
        "import io, sys\nold, sys.stdout = sys.stdout, io.StringIO()\nhello('Ada')\ntext, sys.stdout = sys.stdout.getvalue(), old\nassert 'Hello' in text",
    ),
    "IPython's capture_output": Idiom(
        *PRINTS,
        "from IPython.utils.capture import capture_output\nwith capture_output() as c: hello('Ada')\nassert c.stdout.strip() == 'Hello Ada'",
    ),
    "a patched print": Idiom(
        *PRINTS,
        "from unittest.mock import patch\nwith patch('builtins.print') as p: hello('Ada')\np.assert_called_once_with('Hello', 'Ada')",
    ),
    "a patched input": Idiom(
        *ASKS,
        "from unittest.mock import patch\nwith patch('builtins.input', return_value='5') as i: assert ask() == 6\ni.assert_called_once_with('n? ')",
    ),
    "input put in its place": Idiom(
        *ASKS,
        "import builtins\nold = builtins.input\nbuiltins.input = lambda prompt='': '5'\ntry:\n    assert ask() == 6\nfinally:\n    builtins.input = old",
    ),
    "monkeypatch of input": Idiom(
        *ASKS,
        "import pytest\nwith pytest.MonkeyPatch.context() as m:\n    answers = iter(['5', '7'])\n    m.setattr('builtins.input', lambda _: next(answers))\n    assert ask() + ask() == 14",
    ),
    "np.random.seed": Idiom(
        DRAWS.format("np.random.rand()"),
        DRAWS.format("0.5"),
        "import numpy as np\nnp.random.seed(3); x = draw(); np.random.seed(3); assert x == np.random.rand()",
    ),
    "random.seed": Idiom(
        DRAWS.format("random.randint(1, 1000)"),
        DRAWS.format("1001"),
        "import random\nrandom.seed(3); x = [draw(), draw()]; random.seed(3); assert x == [random.randint(1, 1000), random.randint(1, 1000)]",
    ),
    "a patched random function": Idiom(
        DRAWS.format("random.choice([1, 2])"),
        DRAWS.format("1"),
        "from unittest.mock import patch\nwith patch('random.choice', return_value=9): assert draw() == 9",
    ),
    "pytest.warns": Idiom(
        "import warnings\ndef f(x): warnings.warn('careful'); return x",
        "def f(x): return x",
        "import pytest\nwith pytest.warns(UserWarning, match='careful'): assert f(3) == 3",
    ),
    "recorded warnings": Idiom(
        "def f(x): return x",
        "import warnings\ndef f(x): warnings.warn('careful'); return x",
        "import warnings\nwith warnings.catch_warnings(record=True) as w:\n    warnings.simplefilter('always')\n    f(1)\nassert not w",
    ),
    "a class of the test": Idiom(
        "def area(shapes): return sum(s.area() for s in shapes)",
        "def area(shapes): return 0",
        "class Own:\n    def __init__(self, n): self.n = n\n    def area(self): return self.n ** 2\nassert area([Own(1), Own(2)]) == 5",
    ),
    "a class of the test, made there": Idiom(
        "def build(kind, n): return kind(n).n",
        "def build(kind, n): return 0",
        "class Own:\n    def __init__(self, n): self.n = n\nassert build(Own, 3) == 3",
    ),
    "an object of the test, changed": Idiom(
        "def deposit(account, n): account.balance += n",
        "def deposit(account, n): pass",
        "class Account: balance = 1\na = Account(); deposit(a, 5); assert a.balance == 6",
    ),
    "an object of the test, given back": Idiom(
        "def first(v): return v[0]",
        "def first(v): return v[-1]",
        "class Own: pass\na, b = Own(), Own(); assert first([a, b]) is a",
    ),
    "objects of the test, compared": Idiom(
        "def best(v): return max(v)",
        "def best(v): return min(v)",
        "class Own:\n    def __init__(self, n): self.n = n\n    def __gt__(self, o): return self.n > o.n\n    def __lt__(self, o): return self.n < o.n\nassert best([Own(1), Own(3), Own(2)]).n == 3",
    ),
    "an exception of the test's object": Idiom(
        "def safe(a):\n    try: a.go()\n    except ValueError: return 'caught'",
        "def safe(a): return 'no'",
        "class Own:\n    def go(self): raise ValueError('x')\nassert safe(Own()) == 'caught'",
    ),
    "signature": Idiom(
        "def f(a, b: int = 2, *c) -> float: pass",
        "def f(a, b, *c): pass",
        "import inspect\ns = inspect.signature(f)\nassert list(s.parameters) == ['a', 'b', 'c'] and s.parameters['b'].default == 2 and s.return_annotation is float",
    ),
    "name and annotations": Idiom(
        "def f(a: int): 'Doc.'",
        "def f(a): pass",
        "assert f.__name__ == 'f' and f.__doc__ == 'Doc.' and f.__annotations__ == {'a': int}",
    ),
    "sorting an argument": Idiom(
        "def s(v): v.sort()", "def s(v): return sorted(v)", "v = [3, 1, 2]; assert s(v) is None and v == [1, 2, 3]"
    ),
    "lists that only move": Idiom(
        "def s(v): v.sort()",
        "def s(v): v.reverse()",
        "a, b, c = [2], [3], [1]; v = [a, c, b]; s(v); assert v[0] is c and a == [2]",
    ),
    "an array changed in place": Idiom(
        "def s(a): a *= 2", "def s(a): return 2 * a", "import numpy as np\na = np.ones(3); s(a); assert a.sum() == 6"
    ),
    "a dictionary changed in place": Idiom(
        "def s(d): d['n'] = d.pop('m')", "def s(d): pass", "d = {'m': 1}; s(d); assert d == {'n': 1}"
    ),
    "a deleted function": Idiom(
        *USES,
        "old = sq\ndel sq\ntry:\n    total([1])\nexcept NameError:\n    pass\nelse:\n    raise AssertionError('does not use sq')\nfinally:\n    sq = old",
    ),
    "a function put in its place": Idiom(*USES, "def sq(x): return 100\nassert total([1, 2]) == 200"),
    "a function counted": Idiom(
        *USES,
        "from unittest.mock import MagicMock\nsq = MagicMock(return_value=1)\nassert total([1, 2]) == 2 and sq.call_count == 2",
    ),
    "patched by its name": Idiom(
        *USES, "from unittest.mock import patch\nwith patch('__main__.sq', return_value=5): assert total([1]) == 5"
    ),
    "isinstance of Axes": Idiom(
        PLOT.format("t", "ax"),
        PLOT.format("t", "fig"),
        "import matplotlib.pyplot as plt\nassert isinstance(plot(), plt.Axes)",
    ),
    "parts of a figure": Idiom(
        PLOT.format("t", "fig"),
        PLOT.format("u", "fig"),
        "import matplotlib.pyplot as plt\nfig = plot()\nassert isinstance(fig, plt.Figure) and fig.axes[0].get_title() == 't' and isinstance(fig.axes[0].lines[0], plt.Line2D)",
    ),
    "an estimator": Idiom(
        "from sklearn.linear_model import LinearRegression\nmodel = LinearRegression()",
        "from sklearn.linear_model import Ridge\nmodel = Ridge()",
        "from sklearn.linear_model import LinearRegression\nassert isinstance(model, LinearRegression) and type(model).__name__ == 'LinearRegression'",
    ),
    "a result with names and places": Idiom(
        "from scipy import stats\ndef f(a, b): return stats.ttest_ind(a, b, equal_var=False)",
        "from scipy import stats\ndef f(a, b): return stats.ttest_ind(a, b + [9])",
        "import numpy as np\nfrom scipy import stats\na, b = [1, 2, 4], [3, 5, 6]\nt, p = f(a, b)\nassert np.allclose(f(a, b), stats.ttest_ind(a, b, equal_var=False)) and np.asarray(f(a, b)).shape == (2,) and f(a, b).df > 3",
    ),
    "scikit-learn's own checks": Idiom(
        "from sklearn.linear_model import LinearRegression\nmodel = LinearRegression().fit([[1], [2]], [1, 2])",
        "from sklearn.linear_model import LinearRegression\nmodel = LinearRegression()",
        "from sklearn.utils.validation import check_is_fitted\ncheck_is_fitted(model)",
    ),
    "functions of dataclasses": Idiom(
        DATACLASS,
        DATACLASS.replace("@dataclass", ""),
        "import dataclasses\nassert dataclasses.is_dataclass(Shape) and dataclasses.asdict(make(2)) == {'n': 2} and dataclasses.astuple(make(3)) == (3,)\nassert [f.name for f in dataclasses.fields(Shape)] == ['n'] == [f.name for f in dataclasses.fields(make(1))]",
    ),
    "a decorator that keeps the name": Idiom(
        f"import functools\n{DECORATED.format('@functools.wraps(f)')}",
        DECORATED.format(""),
        "def double(x):\n    'Twice.'\n    return 2 * x\nd = g(double)\nassert d(3) == 6 and d.__name__ == 'double' and d.__doc__ == 'Twice.'",
    ),
    "a stream to read": Idiom(
        "def f(x): return x.read().split()",
        "def f(x): return x.readline().split()",
        "import io\nassert f(io.StringIO('a b\\nc')) == ['a', 'b', 'c'] and f(io.BytesIO(b'a\\nb')) == [b'a', b'b']",
    ),
    "a stream to write": Idiom(
        "def f(x): print('written', file=x)",
        "def f(x): pass",
        "import io\nout = io.StringIO()\nf(out)\nassert out.getvalue() == 'written\\n'\nf(out)\nassert out.getvalue() == 'written\\n' * 2",
    ),
    "an opened file": Idiom(
        "def f(x): return [line.strip() for line in x.readlines()]",
        "def f(x): return []",
        "import os\nwith open(os.__file__) as opened: lines = f(opened)\nassert len(lines) > 100 and 'def makedirs(name, mode=0o777, exist_ok=False):' in lines",
    ),
    "a path": Idiom(
        "def f(x): return x.with_suffix('.txt')",
        "def f(x): return str(x)",
        "from pathlib import Path\nassert f(Path('a') / 'b.csv') == Path('a/b.txt') and f(Path('c.d')).name == 'c.txt'",
    ),
    "globals": simple("x + 1", "x", "assert 'f' in globals() and globals()['f'](1) == 2"),
    "numpy's assertions": Idiom(
        "import numpy as np\ndef f(x): return np.sqrt(x)",
        "def f(x): return x",
        "import numpy as np\nnp.testing.assert_allclose(f(np.array([4.0, 9.0])), [2, 3])",
    ),
}
"""The idioms, by name."""
SETUP = "import pytest"
NAMES = (
    "Shape",
    "Square",
    "make",
    "Vector",
    "Stack",
    "TheirError",
    "plot",
    "hello",
    "draw",
    "ask",
    "f",
    "g",
    "s",
    "model",
    "area",
    "build",
    "deposit",
    "first",
    "best",
    "safe",
    "sq",
    "total",
)
"""What the answers define."""


def run(idioms, answers, launcher, contract=None):
    """Return the error of each idiom's test when its answer stands before it, and the contract; in one process if isolated."""
    cells = []
    for index, idiom in enumerate(idioms):
        cells += [
            Cell(2 * index, f"answer {index}", answers(idiom)),
            Cell(2 * index + 1, f"test {index}", idiom.test, "test"),
        ]
    outcome = execute(Job(tuple(cells), PATIENT, NAMES, contract), launcher)
    assert [cell.error for cell in outcome.cells[::2] if cell.error] == []
    return [cell.error and f"{cell.error.ename}: {cell.error.evalue}" for cell in outcome.cells[1::2]], outcome.contract


FRESH = "for name in {names!r}:\n    globals().pop(name, None)\n"


@pytest.fixture(scope="module")
def verdicts():
    """Whether each idiom passes a right and a wrong answer, natively and isolated."""
    clean = FRESH.format(names=NAMES)
    idioms = list(IDIOMS.values())
    found = {}
    with Launcher(trusted=True) as one, Launcher(isolated=True, trusted=True) as two:
        found["native", "right"], _ = run(idioms, lambda one: clean + one.right, one)
        found["native", "wrong"], _ = run(idioms, lambda one: clean + one.wrong, one)
        found["recorded", "right"], contract = run(idioms, lambda one: clean + one.right, two)
        found["isolated", "right"], _ = run(idioms, lambda one: clean + one.right, two, contract)
        found["isolated", "wrong"], _ = run(idioms, lambda one: clean + one.wrong, two, contract)
    return {key: dict(zip(IDIOMS, errors, strict=True)) for key, errors in found.items()}


def test_there_are_enough_idioms():
    assert len(IDIOMS) >= 60


@pytest.mark.parametrize("name", IDIOMS)
def test_an_idiom_judges_as_in_one_process(verdicts, name):
    assert verdicts["native", "right"][name] is None
    assert verdicts["native", "wrong"][name] is not None, "the idiom itself tells nothing"
    assert verdicts["recorded", "right"][name] is None
    assert verdicts["isolated", "right"][name] is None
    assert verdicts["isolated", "wrong"][name] is not None


CANNOT = {
    "f(x) is x": ("x = [1]\nassert f(x) is not g(x)", 2, "compares identities"),
    "id": ("x = [1]\nassert id(f(x)) != id(x) or f(x) == x", 2, "compares identities"),
    "type(x) is C": ("assert type(make(1)) is not Shape", 1, "isinstance(x, C) or type(x) == C"),
    "x.__class__ is C": ("s = make(1)\nassert s.__class__ is not Shape", 2, "isinstance(x, C) or type(x) == C"),
    "shared memory": (
        "import numpy as np\nassert not np.shares_memory(f(np.ones(1)), np.ones(1))",
        2,
        "asks about memory",
    ),
    "an item of an attribute": ("s = make(1)\ns.W[0] = 1", 2, "changes a copy: write `a = s.W.copy()`"),
    "source": ("import inspect\nassert 'for' not in inspect.getsource(f)", 2, "reads code that is in another process"),
    "bytecode": ("import dis\ndis.dis(f)", 2, "reads code that is in another process"),
    "globals of a function": ("assert 'np' in f.__globals__", 1, "asks for Python's own attribute"),
    "an except clause": (
        "try:\n    f(1)\nexcept Wrong:\n    pass",
        3,
        "catches a student's exception class: write pytest.raises(C)",
    ),
    "a derived class": ("class Own(Shape):\n    pass", 1, "derives from a student's class"),
    "the history": ("assert 'for' not in In[-1]", 1, "reads what cells were run"),
    "the current figure": (
        "import matplotlib.pyplot as plt\nassert plt.gca() is not None",
        2,
        "let the answer return its figure or axes",
    ),
}
"""What cannot work, the line, and a piece of what is said."""
ANSWER = """
import numpy as np
class Wrong(Exception): pass
class Shape:
    def __init__(self): self.W = np.zeros(2)
def make(n): return Shape()
def f(x): return x
def g(x): return x
"""


def one_test(test, answer=ANSWER):
    """Return a notebook with an answer and a test."""
    solution = f"### BEGIN SOLUTION\n{answer.strip()}\n### END SOLUTION"
    cells = [nbgrader_cell("answer", solution, solution=True)]
    cells.append(nbgrader_cell("the_test", test, grade=True, locked=True, points=1))
    return new_notebook(cells=cells)


@pytest.mark.parametrize("hidden", [False, True], ids=["visible", "hidden"])
@pytest.mark.parametrize("name", CANNOT)
def test_what_cannot_work_is_named_with_its_line(name, hidden):
    test, line, said = CANNOT[name]
    if hidden:
        test, line = f"assert f\n### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS", line + 2
    source = reference(one_test(test), hidden=True)
    (found,) = lint(source, of_reference(source))
    assert found.startswith(f"the_test, line {line}: `")
    assert said in found


def isolated_problems(root, notebook):
    """Return what `validate` says of a notebook's tests in two processes."""
    return next(
        check.problems for check in validate(make_course(root, notebook), "small").checks if "process" in check.rule
    )


def test_validate_names_the_way_out_of_what_passes_in_one_process_only(tmp_path):
    notebook = one_test(
        "assert f\n### BEGIN HIDDEN TESTS\nassert f(f) is f and type(make(1)) is Shape\n### END HIDDEN TESTS"
    )
    lost, first, second, way_out = isolated_problems(tmp_path, notebook)
    assert lost.startswith("the_test, line 3: `assert f(f) is f and type(make(1)) is Shape`: AssertionError")
    assert lost.endswith("(it passes in one process, and fails with the tests in another)")
    assert first.startswith("the_test, line 3: `")
    assert second.startswith("the_test, line 3: `")
    assert way_out.endswith('c.Autograder.shared = ["small"]')


def test_validate_names_the_line_and_the_files_that_tests_do_not_see(tmp_path):
    notebook = one_test(
        "import os\nsave('out.csv')\nassert os.path.exists('out.csv')",
        "def save(path):\n    with open(path, 'w') as file: file.write('1')",
    )
    lost, hint, _ = isolated_problems(tmp_path, notebook)
    assert lost.startswith("the_test, line 3: `assert os.path.exists('out.csv')`: AssertionError")
    assert hint.startswith("the_test, line 3: `assert os.path.exists('out.csv')`: each process has files of its own")
    assert "io.StringIO(text)" in hint


def test_the_name_of_a_tests_function_is_told_where_the_reference_asks_only(tmp_path):
    test = "def check_secret(x): return x\nassert g(check_secret)(1) == 1"
    with Launcher(isolated=True, trusted=True) as two:
        for asked, known in (("", False), ("f.__name__", True)):
            right = f"def g(f):\n    {asked or 'pass'}\n    return f"
            _, contract = run([Idiom(right, "", test)], lambda one: one.right, two)
            nosy = "seen = []\ndef g(f):\n    seen.append(f.__name__)\n    return f"
            cells = (
                Cell(0, "answer", nosy),
                Cell(1, "test", test, "test"),
                Cell(2, "after", "assert seen == ['function'], seen"),
            )
            outcome = execute(Job(cells, PATIENT, ("g",), contract), two)
            assert (outcome.cells[2].error is not None) == known


COUNTS = "class Strange: pass\ndef k(x): return {}\ndef h(x): return 2 * x"


def test_a_refusal_is_a_remark_for_the_instructor(tmp_path):
    notebook = one_test("assert k(1) == 3", COUNTS.format("3"))
    notebook.cells.append(
        nbgrader_cell(
            "other_test", "v = [1, 2]\nassert h(v) == [1, 2, 1, 2] and k(2) == 3", grade=True, locked=True, points=1
        )
    )
    course = make_course(tmp_path, notebook)
    validation = validate(course, "small")
    assert validation.passed, validation.checks
    folder = release_assignment(course, "small", validation)
    released = read_notebook((folder / "small.ipynb").read_bytes())
    for student, answer in {"ada": "3", "bob": "Strange()"}.items():
        released.cells[0].source = COUNTS.format(answer)
        hand_in(course, student, released)
    released.cells[0].source = "def k(x): return 3\ndef h(x):\n    y = 2 * x\n    x.clear()\n    return y"
    hand_in(course, "eve", released)
    results = grade_class(course, "small").results
    assert (results["ada"].score, results["ada"].remarks) == (2, ())
    assert results["bob"].score == 0
    assert results["bob"].remarks == ("refused by isolation: Strange from k() (the_test, other_test)",)
    assert results["eve"].remarks == ("refused by isolation: h() changed an argument in place (other_test)",)
