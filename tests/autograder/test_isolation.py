"""Tests and answers in two processes: what works across the wall, and what cannot pass it."""

# ruff: noqa: E501 (a student's answer on a line reads better than one spread out)

from __future__ import annotations

from types import FunctionType

import numpy as np
import pytest

from autograder.execute import claims
from autograder.execute.claims import Claim
from autograder.execute.codec import CodecError
from autograder.execute.contract import Contract
from autograder.execute.remote import Student
from autograder.execute.served import GUEST
from autograder.execute.session import execute
from autograder.execute.values import described
from autograder.plan import Cell, Job, Limits
from autograder.sandbox.launch import Launcher

PATIENT = Limits(cell_seconds=15.0, notebook_seconds=120.0)
HASTY = Limits(cell_seconds=2.0, notebook_seconds=60.0)

ANSWERS = """
import numpy as np

class Value:
    def __init__(self, data):
        self.data, self.grad, self.weights = data, 0.0, np.zeros(3)
    def __add__(self, other):
        return Value(self.data + (other.data if isinstance(other, Value) else other))
    __radd__ = __add__
    def __neg__(self):
        return Value(-self.data)
    def parts(self):
        return [self, Value(0.0)]

def double(x): return 2 * x
def shift(a): a += 1
def scale(layers): layers[0][0][:] *= 2; layers.append("new")
def each(f, values): return [f(value) for value in values]
def squares(n):
    for i in range(n):
        yield i * i
def adder(n): return lambda x: x + n
def fail(): raise KeyError("lost")
def odd(): raise type("OddError", (ValueError,), {})("odd")
def shuffle(rng): return rng.permutation(5)
def grow(x): return np.exp(x)
constant, table = 3.5, {"a": np.arange(4.0), "b": (1, None)}
"""
NAMES = (
    "Value",
    "double",
    "shift",
    "scale",
    "each",
    "squares",
    "adder",
    "fail",
    "odd",
    "shuffle",
    "grow",
    "constant",
    "table",
)

WORKS = {
    "numpy's own assertions": "np.testing.assert_allclose(double(np.array([1.0, 2.0])), [2.0, 4.0])",
    "data as it is": "assert constant == 3.5 and table['b'] == (1, None) and table['a'].sum() == 6",
    "types of numbers": "assert type(double(np.float32(1))) is np.float32 and type(double(1)) is int",
    "an argument changed in place": "a = np.zeros(2); shift(a); assert (a == 1).all()",
    "arrays inside arguments": "w = np.ones(2); l = [(w, 0)]; scale(l); assert (w == 2).all() and l[-1] == 'new'",
    "a test's function, called back": "assert each(lambda v: v + 1, [1, 2]) == [2, 3]",
    "a student's function, given back": "assert each(double, [1, 2]) == [2, 4]",
    "calls within calls": "assert each(lambda v: each(double, [v])[0], [1, 2]) == [2, 4]",
    "a generator of values": "assert list(squares(4)) == [0, 1, 4, 9]",
    "a function that makes functions": "assert adder(2)(3) == 5",
    "built-in exceptions": "with pytest.raises(KeyError, match='lost'): fail()",
    "exceptions below built-in ones": "with pytest.raises(ValueError, match='odd'): odd()",
    "a random generator": "assert (shuffle(rng(3)) == rng(3).permutation(5)).all()",
    "a generator used twice": "r = rng(3); assert not (shuffle(r) == shuffle(r)).all()",
    "numpy's error state": "with np.errstate(over='raise'), pytest.raises(FloatingPointError): grow(np.array([1e4]))",
    "attributes, read and set": "v = Value(3.0); v.grad = 2.0; assert v.grad == 2.0",
    "arithmetic": "v = Value(3.0) + Value(4.0); assert v.data == 7.0 and (1 + v).data == 8.0 and (-v).data == -7.0",
    "an array beside an object": "assert (np.float64(1) + Value(2.0)).data == 3.0",
    "objects in containers": "v = Value(3.0); assert [p.data for p in v.parts()] == [3.0, 0.0] and v.parts()[0] is v",
    "copy, change, assign": "v = Value(1.0); w = v.weights.copy(); w[0] = 5; v.weights = w; assert v.weights[0] == 5",
    "no attribute": "assert not hasattr(Value(1.0), 'nothing')",
}
SETUP = "import numpy as np, pytest\nrng = np.random.default_rng"


def job(*cells, contract=None, limits=PATIENT, names=NAMES):
    """Return a job of (side, source) pairs."""
    made = tuple(Cell(i, f"cell {i}", source, side) for i, (side, source) in enumerate(cells))
    return Job(made, limits, names, contract)


def as_tests(*sources):
    return [("setup", SETUP), *(("test", source) for source in sources)]


@pytest.fixture(scope="module")
def isolated():
    with Launcher(isolated=True, trusted=True) as launcher:
        yield launcher


@pytest.fixture(scope="module")
def contract(isolated):
    """What the reference gives, recorded by running every test that works."""
    outcome = execute(job(("student", ANSWERS), *as_tests(*WORKS.values())), isolated)
    assert [cell.error for cell in outcome.cells if cell.error] == []
    return outcome.contract


def graded(launcher, contract, changed, *sources, **options):
    """Return the outcomes of tests after a student's cell took the place of some answers."""
    cells = ("student", ANSWERS), ("student", changed), *as_tests(*sources)
    return execute(job(*cells, contract=contract, **options), launcher).cells[2:]


def test_plain_idioms_work_with_the_contract_in_force(isolated, contract):
    outcomes = graded(isolated, contract, "", *WORKS.values())
    assert {name: cell.error for name, cell in zip(WORKS, outcomes, strict=True) if cell.error} == {}


def test_the_contract_tells_data_from_objects(contract):
    assert contract["double()"] == ["data"]
    assert contract["Value()"] == ["<Value>"]
    assert set(contract["<Value>.parts()"]) == {"[<Value>]", "data"}
    assert "shift() argument 0" in contract
    assert "double() argument 0" not in contract


FORGED = {
    "always equal": "class E:\n    def __eq__(self, o): return True\ndef double(x): return E()",
    "asked for an array": "class E:\n    def __array__(self, *a, **k): return np.array([2.0, 4.0])\ndef double(x): return E()",
    "a subclass of array": "class E(np.ndarray):\n    def __eq__(self, o): return True\ndef double(x): return np.zeros(2).view(E)",
    "a subclass of float": "class E(float):\n    def __eq__(self, o): return True\ndef double(x): return E()",
    "an array of objects": "def double(x): return np.array([object(), None])",
    "patched numpy": "np.testing.assert_allclose = lambda *a, **k: None\ndef double(x): return 0",
    "patched builtins": "import builtins\nbuiltins.AssertionError = Exception\nbuiltins.all = lambda x: True\ndef double(x): return 0",
    "nothing at all": "def double(x): return np.zeros(0)",
    "a list of nothing": "def double(x): return [[], ()]",
    "a range of nothing": "def double(x): return range(0)",
    "an empty array beside a number": "def double(x): return {'a': np.zeros(0), 'b': 1}",
    "the end of a loop": "def double(x): raise StopIteration",
    "an argument changed so that the formula agrees": "def double(x):\n    x[:] = 0\n    return x",
    "a reply that is none": "import os\ndef double(x):\n    [os.write(i, b'[1]' * 99) for i in range(3, 60) if not os.set_blocking(i, False)]",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=list(FORGED))
def test_forgery_earns_nothing_even_where_exceptions_are_swallowed(isolated, contract, forged):
    honest = "x = np.array([1.0, 2.0])\nnp.testing.assert_allclose(double(x), 2 * x)"
    lenient = f"try:\n    x = np.array([1.0, 2.0])\n    y = double(x)\n    assert y is not None\nexcept Exception:\n    pass\n{honest}"
    equal = "for got, wanted in zip(map(double, [2]), [4]):\n    assert got == wanted"
    for cell in graded(isolated, contract, f"import numpy as np\n{forged}", honest, lenient, equal):
        assert cell.status in ("error", "stopped"), cell


@pytest.mark.parametrize(
    ("misuse", "said"),
    [
        ("assert Value(1.0)", "truth"),
        ("assert Value(1.0) == Value(1.0)", "equality"),
        ("float(Value(1.0))", "value"),
        ("np.asarray(Value(1.0))", "array"),
        ("np.add(1, np.allclose(Value(1.0), 1))", "array"),
        ("Value(1.0) in [Value(1.0)]", "equality"),
        ("double(np.array([object()]))", "ndarray"),
        ("double(np.random.RandomState(1))", "RandomState"),
    ],
)
def test_misuse_of_an_object_fails_for_good(isolated, contract, misuse, said):
    swallowed = f"try:\n    {misuse}\nexcept Exception:\n    pass"
    for cell in graded(isolated, contract, "", misuse, swallowed):
        assert cell.status == "error"
        assert cell.error.ename == "IsolationError"
        assert said in cell.error.evalue


def test_only_the_references_names_are_there(isolated, contract):
    student = "import os as double_os\nassert_allclose = np = lambda *a: None\nextra = 1"
    seen = "import numpy as real\nassert np is real\nassert 'extra' not in globals() and 'double_os' not in globals()"
    assert [cell.error for cell in graded(isolated, contract, student, seen)] == [None]


def test_a_missing_answer_is_not_found_among_names_that_tests_and_setup_left(isolated):
    cells = (
        ("student", "other = 1"),
        ("setup", "def triple(x): return 3 * x"),
        ("test", "def double(x): return 2 * x\nassert double(1) == 2 and other == 1"),
        ("test", "assert double(3) == 6"),
        ("test", "assert triple(3) == 9"),
    )
    outcome = execute(job(*cells, names=("double", "triple", "other")), isolated)
    errors = [cell.error and cell.error.evalue for cell in outcome.cells]
    assert errors == [None, None, "name 'double' is not defined", "name 'triple' is not defined"]


def test_nothing_of_a_test_is_in_the_students_process(isolated, contract):
    spy = """
import gc, sys, glob
def double(x):
    seen = [o for o in gc.get_objects() if isinstance(o, (str, bytes, dict, list))]
    found = any('xyzzy' in str(o)[:10**6] for o in seen if 'def double' not in str(o)[:10**6])
    frame = sys._getframe()
    while frame:
        found |= 'secret' in frame.f_code.co_names
        frame = frame.f_back
    return 1.0 if found else 0.0
"""
    secret = "secret = 'xy' + 'zzy'  # xyzzy\nassert double(2) == 0.0, double(2)"
    assert [cell.error for cell in graded(isolated, contract, spy, secret)] == [None]


def test_a_hang_costs_its_test_only(isolated, contract):
    stubborn = "import signal\ndef double(x):\n    signal.pthread_sigmask(signal.SIG_BLOCK, [14])\n    while True: pass"
    for answer in ("def double(x):\n    while True: pass", stubborn):
        hung, fine = graded(isolated, contract, answer, "double(1)", "assert constant == 3.5", limits=HASTY)
        assert hung.status == "stopped"
        assert fine.status == "ok"


def test_a_dead_process_costs_its_test_only(isolated, contract):
    dead, fine = graded(
        isolated, contract, "import os\ndef double(x): os._exit(0)", "double(1)", "assert constant == 3.5"
    )
    assert (dead.status, fine.status) == ("stopped", "ok")


def test_a_failing_callback_fails_the_cell(isolated, contract):
    swallowing = (
        "def each(f, values):\n    try:\n        f('wrong')\n    except Exception:\n        pass\n    return [2, 3]"
    )
    (cell,) = graded(isolated, contract, swallowing, "assert each(lambda v: v / 1, [1, 2]) == [2, 3]")
    assert "TypeError" in cell.error.evalue


def test_a_flood_of_callbacks_ends_in_time(isolated, contract):
    flood = "def each(f, values):\n    while True:\n        try:\n            f(1)\n        except BaseException:\n            pass"
    flooded, fine = graded(isolated, contract, flood, "each(lambda v: v, [1])", "assert constant == 3.5", limits=HASTY)
    assert (flooded.status, fine.status) == ("stopped", "ok")


def test_the_calls_of_one_test_share_its_time(isolated, contract):
    slow = "import time\ndef double(x):\n    end = time.process_time() + 0.6\n    while time.process_time() < end: pass"
    often, once = graded(isolated, contract, slow, "for _ in range(9): double(1)", "double(1)", limits=HASTY)
    assert (often.status, often.error.ename, once.status) == ("stopped", "CellTimeoutError", "ok")


def test_no_message_is_cut_by_the_end_of_the_time(isolated, contract):
    """Nearly all the time goes into large messages: a timer that ran out within one made nonsense of the next."""
    large = "def each(f, values):\n    x = np.zeros(2 * 10**6)\n    while True: f(x)"
    limits = Limits(cell_seconds=0.5, notebook_seconds=60.0, wall_factor=40.0)
    sources = ["each(lambda v: None, [1])", "assert constant == 3.5"] * 4
    cells = ("student", ANSWERS), ("student", large), *as_tests(*sources)
    outcome = execute(job(*cells, contract=contract, limits=limits), isolated)
    assert [cell.status for cell in outcome.cells[2:]] == ["stopped", "ok"] * 4
    assert outcome.restarts == 0


def test_errors_of_the_students_code_keep_their_place(isolated, contract):
    (cell,) = graded(isolated, contract, "def double(x):\n    return x.nothing", "double(2)")
    assert cell.error.ename == "AttributeError"
    assert [(frame.key, frame.line) for frame in cell.error.frames] == [(3, 1), (1, 2)]


def test_claimed_places_in_tests_are_not_believed(isolated, contract):
    forged = "code = compile('def double(x):\\n\\n\\n  raise ValueError', '<cell 3>', 'exec')\nexec(code)"
    (cell,) = graded(isolated, contract, forged, "double(2)")
    assert [(frame.key, frame.line) for frame in cell.error.frames] == [(3, 1)]


def test_an_outcome_with_large_pictures_arrives(isolated, contract):
    picture = (
        "from IPython.display import display\nfor _ in range(4):\n    display({'image/png': 'A' * 1_900_000}, raw=True)"
    )
    outcome = execute(job(("student", picture), contract=contract), isolated)
    assert [len(output["data"]["image/png"]) for output in outcome.cells[0].outputs] == [1_900_000] * 4


def test_meddling_with_the_process_itself_costs_its_cell_only(isolated, contract):
    meddling = "import autograder.execute.codec as c\nc.encode = None\ndef double(x): return 2 * x"
    cells = ("student", ANSWERS), ("student", meddling), *as_tests("assert double(1) == 2")
    outcome = execute(job(*cells, contract=contract), isolated)
    assert [cell.status for cell in outcome.cells] == ["ok", "stopped", "ok"]


def test_what_is_too_large_is_an_error_of_its_own(isolated, contract):
    big = "def double(x): return np.zeros(10**8)\nconstant = 'x' * 10**8"
    large, name = graded(isolated, contract, f"import numpy as np\n{big}", "double(1)", "assert constant == 3.5")
    assert "at once" in large.error.evalue
    assert name.status == "error"


@pytest.mark.parametrize(
    "definitions",
    [
        "constant = 'x' * 1_500_000\ntable = ['y' * 1_500_000]",
        "constant = 1\nfor _ in range(48): constant = [constant]",
    ],
    ids=["too large together", "as deep as can be"],
)
def test_names_that_cannot_be_sent_cost_the_tests_that_use_them_only(isolated, contract, definitions):
    code = f"def double(x): return 2 * x\n{definitions}"
    right, other, again = graded(
        isolated, contract, code, "assert double(1) == 2", "assert constant == 3.5", "double(2)"
    )
    assert (right.status, other.status, again.status) == ("ok", "error", "ok")


def test_prints_of_the_students_code_in_tests_are_withheld(isolated, contract):
    (cell,) = graded(isolated, contract, "def double(x):\n    print('leak')\n    return 2 * x", "double(1); print('t')")
    assert [output["text"] for output in cell.outputs] == ["t\n"]


LIARS = """
import numpy as np, sys
class Meta(type):
    def mro(cls): return [cls, object]
    def __instancecheck__(cls, other): return True
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
    __name__ = property(lambda cls: 'float')
class Value(metaclass=Meta):
    __module__ = 3
    __class__ = float
    def __init__(self, data): self.data = data
    def __eq__(self, other): return True
    __lt__ = __gt__ = __ne__ = __eq__
    def __bool__(self): return True
    def __float__(self): return 2.0
    def __hash__(self): return hash(2.0)
    def __str__(self): return 'x' * 10**6
    def __len__(self): return -1
Value.__qualname__ = '\\x1b[31m' * 1000
def double(x): return Value(4.0)
"""


@pytest.mark.parametrize(
    "test",
    [
        "assert double(2) == 4",
        "assert double(2)",
        "v = Value(1.0); assert v == 1",
        "v = Value(1.0); assert v.data == 1.0 and not v != 2",
        "v = Value(1.0); assert v < 3",
        "v = Value(1.0); assert 2.0 in {v}",
        "v = Value(1.0); assert v in [3]",
        "v = Value(1.0); assert float(v) == 2.0",
        "v = Value(1.0); assert isinstance(v, float) or isinstance(v, type(Value))",
        "v = Value(1.0); assert type(v) == float or type(v).__name__ == 'float'",
        "v = Value(1.0); assert len(v)",
        "assert isinstance(2.0, Value)",
    ],
)
def test_what_a_class_claims_earns_nothing_that_a_wrong_value_would_not(isolated, contract, test):
    (cell,) = graded(isolated, contract, LIARS, test)
    assert cell.status == "error", cell


def test_a_class_that_changes_between_tests_is_described_anew(isolated, contract):
    cells = (
        ("student", "class Value:\n    pass\ndef double(x): return 2 * x"),
        ("test", "assert not hasattr(type(Value()), '__len__') and double(2) == 4"),
        ("student", "Value.__len__ = lambda self: 5"),
        ("test", "assert len(Value()) == 5 and double(2) == 4"),
    )
    assert [cell.error for cell in execute(job(*cells), isolated).cells] == [None] * 4


def test_the_class_of_functions_is_described_once():
    told = []
    student = Student(None, Contract(), frozenset())
    for number, kind in enumerate((FunctionType, dict, np.ufunc)):
        student._claims[number] = Claim.from_data(claims.told(kind, frozenset()), frozenset())
    student._order = lambda reached, request, number: told.append(number) or claims.told(object, frozenset())
    student.begin(1.0)
    for number in range(3):
        student.claim(number)
    assert told == [1, 2], "of the others, the name can be that of a class of the student's"


def test_the_tests_own_generators_are_not_the_students_to_set(isolated, contract):
    meddling = "def double(x):\n    import random\n    np.random.seed(1); random.seed(1)\n    np.random.set_state(('MT19937', np.zeros(624, np.uint32), 0))\n    return 2 * x"
    test = "import random\nnp.random.seed(5); random.seed(5); wanted = np.random.rand(), random.random()\nnp.random.seed(5); random.seed(5); double(1)\nassert (np.random.rand(), random.random()) == wanted"
    assert [cell.error for cell in graded(isolated, contract, f"import numpy as np\n{meddling}", test)] == [None]


def test_what_is_written_into_a_tests_stream_is_bounded(isolated, contract):
    flood = "def double(x):\n    print('x' * 10**7)\n    return 2 * x"
    test = "import io, contextlib\nwith contextlib.redirect_stdout(io.StringIO()) as out:\n    assert double(1) == 2\nassert len(out.getvalue()) == 100_000"
    assert [cell.error for cell in graded(isolated, contract, flood, test)] == [None]


OWN = "class Own:\n    limit, _secret = 3, 'xyzzy'\n    def go(self): return 1\n    def check(self): raise AssertionError('wrong')\n"


@pytest.mark.parametrize(
    ("attempt", "test", "ename"),
    [
        ("f._secret", "each(Own(), [1])", "AttributeError"),
        ("f.go.__globals__", "each(Own(), [1])", "AttributeError"),
        ("f.go.__func__", "each(Own(), [1])", "AttributeError"),
        ("f.__class__.go", "each(Own(), [1])", "AttributeError"),
        ("setattr(f, 'limit', 9)", "each(Own, [1])", "AttributeError"),
        ("setattr(f, 'limit', 9)", "each(Own(), [1])", "IsolationError"),
        ("f.check", "each(Own(), [1])", "IsolationError"),
        ("f.check()", "each(Own(), [1])", "IsolationError"),
        ("f.np.load('/etc/passwd', allow_pickle=True)", "o = Own(); o.np = np; each(o, [1])", "IsolationError"),
    ],
)
def test_an_object_of_the_tests_gives_no_more_than_it_shows(isolated, contract, attempt, test, ename):
    swallowed = "" if ename == "AttributeError" else "try: "
    body = f"    {swallowed}return {attempt}\n" + ("    except Exception: return 1\n" if swallowed else "")
    (cell,) = graded(isolated, contract, f"def each(f, values):\n{body}", f"{OWN}{test}")
    if attempt == "f.check":  # a method can be handed about, and that is all
        assert cell.error is None or cell.error.ename == ename
    else:
        assert (cell.status, cell.error.ename) == ("error", ename)


def test_a_function_of_the_tests_under_the_students_name_is_not_found_there(isolated, contract):
    """The reference does not call it, so it is what the test computes its expectation with."""
    spying = "def double(x): return globals()['grow'](x)\ndef grow(x): return 0"
    test = "def grow(x): return 2 * x\nassert double(4) == grow(4)"
    (cell,) = graded(isolated, contract, spying, test)
    assert cell.status == "error"


def test_input_that_no_test_answers_is_the_students_own_error(isolated, contract):
    asking = "def double(x):\n    try:\n        input()\n    except EOFError:\n        return 2 * x"
    assert [cell.error for cell in graded(isolated, contract, asking, "assert double(2) == 4")] == [None]


def test_an_object_of_the_students_does_not_pass_for_one_of_the_tests():
    with pytest.raises(CodecError, match="malformed"):
        described(0, GUEST, "function", 0, -1)
