"""The statements of a cell are where stack_data finds them, and make the same tracebacks."""

from __future__ import annotations

import linecache
from pathlib import Path

import nbformat
import pytest
from IPython.core.ultratb import VerboseTB
from stack_data import core

import autograder
import mlpkit
from autograder.execute.statements import Statements

STACK_DATA = Statements.__mro__[1]  # `core.Source`, unless a shell in this process has put ours in its place
SOLUTIONS = Path(__file__).resolve().parents[2] / "solutions"
FAILING = """\
x = 1
y = 2

def f(a):
    b = a

    return b / 0

f(3)
z = 4
####
for i in range(3):
    a = [1,
         2, 3]
    if i == 2:
        a[7]
    else:
        pass
    b = 3
####
def f(x=1/0): return x
####
def f(): return 1/0
f()
####
class A:
    x = 1
    y = undefined
    def f(self): pass
####
@undefined
def f():
    return 1
####
def deco(f):
    raise ValueError("no")
x = 5
@deco
@staticmethod
def f():
    return 1
y = 6
####
x = [1/i for i in range(3)]
####
f = lambda x: 1/x
y = 3
f(0)
####
def outer():
    def inner():
        with open("/nonexistent") as f:
            pass
        return 3
    try:
        inner()
    finally:
        x = 1
    return 5
outer()
####
try:
    1/0
except ZeroDivisionError:
    x = 3
    raise
finally:
    y = 3
####
try:
    1/0
except ValueError as e:
    pass
except undefined_name:
    pass
####
match [1,2]:
    case [a]:
        x = 1
    case [a, b] if a > 0:
        c = 2
        b.foo
    case _:
        pass
####
x = 1; y = 1/0; z = 2
####
assert (
    1 ==
    2
), "message"
####
def g():
    yield 1
    raise KeyError("x")
list(g())
####
x = \"\"\"
a
b
\"\"\" + 3
####
while True:
    x = 1
    break
else:
    pass
if x == 1: raise ValueError("a")
####
async def f():
    await undefined
import asyncio
c = f()
c.send(None)
####
def f(n):
    if n == 0:
        raise ValueError
    return f(n - 1)
f(10)
####
x = {
    "a": 1,
    "b": (lambda: 1/0)(),
}
####
def long(
    a,
    b,
    c,
    d,
    e,
    f,
    g,
    h,
):
    x = 1
    y = 2
    z = 3
    w = 4
    v = a / b
    return 1
y = 1

# comment

long(1,0,1,1,1,1,1,1)
####
class B(undefined):
    x = 1
####
with undefined as x, y as z:
    a = 1
####
del nothing
####
def f(p):
    match p:
        case [x]:
            return x
        case [x, y] if x / 0:
            return y
f([1, 2])
####
def deco(f):
    return f
x = 1
@deco
def f(x=1 / 0): return 1
y = 2
####
x = 1
def f(a,
      b=1 / 0): return 5
y = 2
####
x = 1
class A(list,
        undefined): x = 1
y = 2
"""


def traceback(source, name, how, monkeypatch):
    """Return what IPython shows of a failing cell, its text taken apart by one of the two classes."""
    monkeypatch.setattr(core, "Source", how)
    monkeypatch.setitem(linecache.cache, name, (len(source), None, source.splitlines(keepends=True), name))
    with pytest.raises(Exception) as raised:  # noqa: PT011 (of many kinds)
        exec(compile(source, name, "exec"), {"__name__": "__main__"})
    formatter = VerboseTB(theme_name="nocolor", include_vars=False)
    own = raised.value.__traceback__.tb_next.tb_next  # without the lines of this test
    return formatter.structured_traceback(raised.type, raised.value, own)


@pytest.mark.filterwarnings("ignore:coroutine:RuntimeWarning")
@pytest.mark.parametrize("source", FAILING.split("\n####\n"))
def test_a_traceback_is_that_of_stack_data(source, monkeypatch):
    ours, theirs = (traceback(source, f"<cell {how}>", how, monkeypatch) for how in (Statements, STACK_DATA))
    assert ours == [line.replace(str(STACK_DATA), str(Statements)) for line in theirs]


def sources():
    for module in (autograder, mlpkit):
        for path in sorted(Path(module.__file__).parent.rglob("*.py")):
            yield path.read_text()
    for path in sorted(SOLUTIONS.glob("*/*.ipynb")):
        yield from (cell.source for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code")


def test_text_falls_into_the_same_pieces():
    several = 0
    for text in sources():
        lines = text.splitlines(keepends=True)
        ours, theirs = Statements("<cell 1>", lines), STACK_DATA("<cell 1>", lines)
        assert ours.pieces == theirs.pieces, text
        several += len(ours.pieces) > 1
    assert several > 500
