"""The less usual types between two real processes: as results, as arguments, and what the contract makes of them."""

from __future__ import annotations

import importlib.util

import pytest

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox.launch import Launcher

LIMITS = Limits(cell_seconds=30.0, notebook_seconds=300.0)
ANSWERS = """
import itertools, enum
import numpy as np
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from fractions import Fraction
from decimal import Decimal
Point = namedtuple("Point", "x y")
class Color(enum.Enum):
    RED = 1
    BLUE = 2
def same(x): return x
def kind(x): return type(x).__name__
def counts(text): return {letter: text.count(letter) for letter in text}
def third(): return 1 / 3
def half(): return 0.5
def firsts(n): return list(range(n))
def numbers(): return [1.0, 2.0, 3.0]
def array(): return np.array([1.0, 2.0])
def point(): return Point(1, 2)
def is_point(p): return isinstance(p, Point)
def color(): return Color.BLUE
def is_blue(c): return c is Color.BLUE
def total(items): return sum(items)
def two(items): return [next(items), next(items)]
def append(q): return q.append(1)
def letters(): return {"a", "b"}
"""
TESTS = {
    "a dict": "assert counts('aab') == {'a': 2, 'b': 1}",
    "a fraction": "assert half() == 0.5",
    "a list of values": "assert list(firsts(3)) == [0, 1, 2]",
    "a long list": "assert sum(firsts(1000)) == 499500",
    "the first of them": "assert next(iter(numbers())) == 1.0",
    "a set": "assert letters() == {'a', 'b'}",
    "an array": "assert np.allclose(array(), [1.0, 2.0])",
    "an array, by numpy's assertion": "np.testing.assert_allclose(array(), [1.0, 2.0])",
    "a named tuple": "p = point(); assert p == (1, 2) and p.x == 1 and type(p).__name__ == 'Point' and is_point(p)",
    "a member": "c = color(); assert c.name == 'BLUE' and c.value == 2 and c is color() and is_blue(c)",
    "a generator for an argument": "assert total(i * i for i in range(4)) == 14",
    "an endless iterator for an argument": "c = itertools.count(5); assert two(c) == [5, 6] and next(c) == 7",
    "arguments": "q = deque([1], 3); r = same(q); assert type(r) is deque and r == q and r.maxlen == 3",
    "types there": "assert [kind(x) for x in (Counter(), Fraction(1), {}.keys())] == "
    "['Counter', 'Fraction', 'dict_keys']",
    "an argument changed in place": "q = deque([0]); append(q); assert list(q) == [0, 1]",
}
SETUP = (
    "import itertools, numpy as np\nfrom collections import Counter, deque\nfrom fractions import Fraction\n"
    "from itertools import islice"
)
NAMES = (
    *("same", "kind", "counts", "third", "half", "firsts", "numbers", "array", "point", "is_point", "color", "is_blue"),
    *("total", "two", "append", "letters", "table", "change", "column"),
)
PANDAS_ANSWERS = """
import pandas as pd
def table(): return pd.DataFrame({"g": ["a", "b", "a"], "v": [1, 2, 3]}).groupby("g")["v"].sum()
def change(df): df["new"] = df["v"] * 2
def column(df): return df["v"].to_numpy()
"""
PANDAS_TESTS = {
    "a series": "pd.testing.assert_series_equal(table(), "
    "pd.Series([4, 2], index=pd.Index(['a', 'b'], name='g'), name='v'))",
    "a frame for an argument": "df = pd.DataFrame({'v': [1, 2]}); assert (column(df) == [1, 2]).all()",
    "a frame changed in place": "df = pd.DataFrame({'v': [1, 2]}); change(df); assert list(df['new']) == [2, 4]",
}


@pytest.fixture(scope="module")
def launcher():
    with Launcher(isolated=True, trusted=True) as launched:
        yield launched


def run(launcher, contract, *cells):
    made = tuple(Cell(i, f"cell {i}", source, side) for i, (side, source) in enumerate(cells))
    return execute(Job(made, LIMITS, NAMES, contract), launcher)


def as_tests(sources):
    return [("setup", SETUP), *(("test", source) for source in sources)]


@pytest.fixture(scope="module")
def contract(launcher):
    outcome = run(launcher, None, ("student", ANSWERS), *as_tests(TESTS.values()))
    names = dict(zip(TESTS, outcome.cells[1:], strict=True))
    assert {name: cell.error for name, cell in names.items() if cell.error} == {}
    return outcome.contract


def graded(launcher, contract, changed, *tests):
    cells = ("student", ANSWERS), ("student", changed), *as_tests(tests)
    return run(launcher, contract, *cells).cells[2:]


def test_the_reference_gives_data(contract):
    for operation in ("point()", "color()", "same()"):
        assert contract[operation] == ["data"]


HONEST = {
    "Counter": ("def counts(text): return Counter(text)", "a dict"),
    "OrderedDict": ("def counts(text): return OrderedDict(a=2, b=1)", "a dict"),
    "defaultdict": (
        "def counts(text):\n    d = defaultdict(int)\n    for c in text: d[c] += 1\n    return d",
        "a dict",
    ),
    "Fraction": ("def half(): return Fraction(1, 2)", "a fraction"),
    "Decimal": ("def half(): return Decimal('0.5')", "a fraction"),
    "generator": ("def firsts(n): yield from range(n)", "a list of values"),
    "long generator": ("def firsts(n): yield from range(n)", "a long list"),
    "map": ("def firsts(n): return map(int, range(n))", "a list of values"),
    "zip of zips": ("def firsts(n): return (a for a, in zip(range(n)))", "a list of values"),
    "endless generator": ("def numbers(): return itertools.count(1.0)", "the first of them"),
    "keys": ("def letters(): return dict(a=1, b=2).keys()", "a set"),
    "matrix": ("def array(): return np.asmatrix([1.0, 2.0])", "an array"),
    "masked array with nothing masked": ("def array(): return np.ma.array([1.0, 2.0])", "an array"),
    "array of objects": ("def array(): return np.array([1.0, 2.0], object).astype(float)", "an array"),
}


@pytest.mark.parametrize(("answer", "name"), HONEST.values(), ids=list(HONEST))
def test_honest_answers_keep_their_points(launcher, contract, answer, name):
    (cell,) = graded(launcher, contract, answer, TESTS[name])
    assert cell.error is None


WRONG = {
    "a generator is no list": ("def firsts(n): yield from range(n)", "assert firsts(3) == [0, 1, 2]"),
    "has no length": ("def firsts(n): yield from range(n)", "assert len(firsts(3)) == 3"),
    "has no place": ("def firsts(n): yield from range(n)", "assert firsts(3)[0] == 0"),
    "an empty generator": ("def numbers(): yield from ()", "assert all(x > 0 for x in numbers())"),
    "a generator of objects": ("def numbers(): yield object()", "for x in numbers(): pass"),
    "a generator that fails": ("def numbers():\n    yield 1\n    yield 2\n    1 / 0", "list(numbers())"),
    "everything masked": ("def array(): return np.ma.masked_all(2)", TESTS["an array, by numpy's assertion"]),
    "one masked": ("def array(): return np.ma.array([1.0, 9.0], mask=[0, 1])", TESTS["an array, by numpy's assertion"]),
    "a Counter of nothing": ("def counts(text): return Counter()", "for k, v in counts('a').items(): assert v == 1"),
}


@pytest.mark.parametrize(("answer", "test"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_stays_wrong(launcher, contract, answer, test):
    (cell,) = graded(launcher, contract, answer, test)
    assert cell.error is not None


def test_an_error_of_a_generator_comes_after_what_it_gave(launcher, contract):
    answer = "def numbers():\n    yield 1.0\n    yield 2.0\n    raise KeyError('lost')"
    test = (
        "found = []\ntry:\n    for x in numbers(): found.append(x)\nexcept KeyError: pass\nassert found == [1.0, 2.0]"
    )
    (cell,) = graded(launcher, contract, answer, test)
    assert cell.error is None


def test_an_argument_that_is_changed_is_noticed(launcher, contract):
    (cell,) = graded(launcher, contract, "def same(x): x.append(5); return x", "same(deque([1]))")
    assert "changed an argument in place" in cell.error.evalue


@pytest.mark.skipif(importlib.util.find_spec("pandas") is None, reason="pandas is not installed")
def test_tables(launcher):
    tests = as_tests(PANDAS_TESTS.values())
    tests[0] = ("setup", SETUP + "\nimport pandas as pd")
    outcome = run(launcher, None, ("student", PANDAS_ANSWERS), *tests)
    assert [cell.error for cell in outcome.cells if cell.error] == []
    again = run(launcher, outcome.contract, ("student", PANDAS_ANSWERS), *tests)
    assert [cell.error for cell in again.cells if cell.error] == []
    misses = "def column(df): return pd.Series([float('nan')] * len(df))"
    test = "assert np.abs(column(pd.DataFrame({'v': [1, 2]})) - np.array([1, 2])).sum() < 1e-6"
    cells = run(launcher, outcome.contract, ("student", PANDAS_ANSWERS), ("student", misses), tests[0], ("test", test))
    assert "missing values" in cells.cells[-1].error.evalue
    assert cells.cells[-1].refused == "column() gave something empty, or with missing values, where there must be none"
    said = "v = column(pd.DataFrame({'v': [1, 2]}))\nassert not v.isna().any(), 'fill the gaps'"
    cells = run(launcher, outcome.contract, ("student", PANDAS_ANSWERS), ("student", misses), tests[0], ("test", said))
    assert cells.cells[-1].error.evalue == "fill the gaps"
    assert cells.cells[-1].refused == ""
