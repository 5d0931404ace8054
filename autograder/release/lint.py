"""A linter for test idioms that cannot work where the tests do not share a process with the answers.

Each finding names the cell, the line, what stands there, and the form that works.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from IPython.core.inputtransformer2 import TransformerManager
from nbformat.notebooknode import NotebookNode

from autograder.execute.handles import ASKED
from autograder.execute.proxy import BASES, JUDGED, READABLE
from autograder.grade.isolation import Isolation
from autograder.notebook.roles import is_answer, is_test, nbgrader
from autograder.notebook.symbols import symbols

SINGLETONS = (None, True, False, ...)
HISTORY = ("In", "_ih", "Out", "_oh")
CODE = (
    "getsource",
    "getsourcelines",
    "getsourcefile",
    "getfile",
    "getcomments",
    "getclosurevars",
)
PYPLOT, CURRENT = ("plt", "pyplot", "matplotlib"), ("gcf", "gca", "get_fignums", "fignum_exists")
WORKING = {"__class__", "__doc__", "__module__", *BASES, *ASKED, *(f"__{name}__" for name in READABLE)}
WORKING |= {f"__{name}__" for name in (*JUDGED, "str", "repr", "format", "hash", "dir", "init", "code")}
"""Attributes of Python's own that an object of the student's has in a test."""
SAME_MEMORY = ("shares_memory", "may_share_memory", "byte_bounds")


def lint(notebook: NotebookNode, isolation: Isolation) -> list[str]:
    """Return the findings in an instructor's notebook, one line each.

    Parameters
    ----------
    notebook : NotebookNode
        The reference: answers filled in, instructor cells removed.
    isolation : Isolation
        The names that tests have from the student's side.
    """
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    found = []
    for index, cell in enumerate(cells):
        name = nbgrader(cell).get("grade_id", cell.get("id", ""))
        if is_test(cell):
            found += [f"{name}, line {line}: {idiom}" for line, idiom in _idioms(cell.source, set(isolation.names))]
            found += [f"{name}: {missing}" for missing in _missing_imports(cell, cells[:index])]
        else:
            found += [f"{name}: {missing}" for missing in _from_tests(cell, cells[:index])]
    return found


def _missing_imports(test: NotebookNode, before: list[NotebookNode]) -> Iterator[str]:
    """Yield the modules that a test has only because an answer imports them."""
    here = symbols(test.source)
    instructors = [symbols(cell.source) for cell in before if not is_answer(cell)]
    known = here.imported.union(*(one.imported | one.defined for one in instructors))
    for cell in before:
        if is_answer(cell):
            for name in sorted(here.used & symbols(cell.source).imported - known):
                answer = nbgrader(cell).get("grade_id", "an answer")
                yield f"uses {name}, which only the answer {answer} imports: import it in the test, too"


def _from_tests(cell: NotebookNode, before: list[NotebookNode]) -> Iterator[str]:
    """Yield the names that a student's cell has only from a test."""
    tests = [one for one in before if is_test(one)]
    others = [symbols(one.source) for one in before if not is_test(one)]
    known = frozenset().union(*(one.imported | one.defined for one in others))
    for test in tests:
        bound = symbols(test.source)
        for name in sorted(symbols(cell.source).used & (bound.defined | bound.imported) - known):
            where = nbgrader(test)["grade_id"]
            yield f"uses {name}, which only the test {where} defines: define it in a cell that students run, too"


def _idioms(source: str, names: set[str]) -> Iterator[tuple[int, str]]:
    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except SyntaxError:  # running the reference tells it
        return
    received = names | _derived(tree, names)
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt | ast.expr | ast.excepthandler) and (advice := _advice(node, names, received)):
            yield node.lineno, f"`{ast.unparse(node).splitlines()[0]}` {advice}"


def _advice(node: ast.AST, names: set[str], received: set[str]) -> str:
    """Return why a piece of a test cannot work and what to write instead; empty if it can.

    Parameters
    ----------
    node : ast.AST
        The piece.
    names : set of str
        The student's names.
    received : set of str
        These, and the variables that hold what came from the student's code.
    """
    if isinstance(node, ast.Compare) and any(isinstance(one, ast.Is | ast.IsNot) for one in node.ops):
        sides = [node.left, *node.comparators]
        asked = [side for side in sides if _asks_type(side, received)]
        if asked and not any(_is_class(side, names) for side in sides if side not in asked):
            return ""  # as with data
        if asked:
            return "compares a class by identity, but it is in another process: write isinstance(x, C) or type(x) == C"
        if not any(_is_singleton(side) for side in sides) and any(_root(side) in received for side in sides):
            return "compares identities, but values arrive as copies: compare what they hold"
    if isinstance(node, ast.AugAssign | ast.Assign | ast.Delete):
        targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
        for changed in filter(None, map(_changed_attribute, _single(targets))):
            if _root(changed) in received:
                held = ast.unparse(changed)
                return f"changes a copy: write `a = {held}.copy()`, change a, then `{held} = a`"
    if isinstance(node, ast.Call):
        return _advice_on_call(node, received)
    if isinstance(node, ast.Attribute) and _root(node) in received and _is_out_of_reach(node.attr):
        return "asks for Python's own attribute of a student's object: test what it does, or inspect.signature(f)"
    if isinstance(node, ast.ExceptHandler) and node.type is not None and _mentions(node.type, names):
        return "catches a student's exception class: write pytest.raises(C), or name the built-in class below it"
    if isinstance(node, ast.ClassDef) and any(_mentions(base, names) for base in node.bases):
        return "derives from a student's class: define the derived class in an instructor's cell before the test"
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in HISTORY:
        return "reads what cells were run, which another process knows: test what the answers do"
    return ""


def _advice_on_call(node: ast.Call, received: set[str]) -> str:
    """Return the same for a call of a function whose answer says nothing in isolation."""
    called = ast.unparse(node.func)
    last = called.split(".")[-1]
    if last in SAME_MEMORY:
        return "asks about memory, but arrays arrive as copies: change one and see whether a second result changes"
    if last in CODE or called == "dis.dis":
        return "reads code that is in another process: test what it does, or inspect.signature(f)"
    if called == "id" and any(_root(one) in received for one in node.args):
        return "compares identities, but values arrive as copies: compare what they hold"
    if last in CURRENT and _root(node.func) in PYPLOT:
        return "asks for a figure of this process: let the answer return its figure or axes, and test that"
    return ""


def _is_out_of_reach(attribute: str) -> bool:
    return attribute.startswith("__") and attribute.endswith("__") and attribute not in WORKING


def _asks_type(node: ast.AST, received: set[str]) -> bool:
    """Return whether an expression is the class of what came from the student's code."""
    if isinstance(node, ast.Attribute):
        return node.attr == "__class__" and _root(node) in received
    if isinstance(node, ast.Call) and ast.unparse(node.func) == "type" and len(node.args) == 1:
        return _root(node.args[0]) in received
    return False


def _is_class(node: ast.AST, names: set[str]) -> bool:
    """Return whether an expression names a class whose objects cross as handles."""
    return isinstance(node, ast.Name | ast.Attribute) and (_root(node) in names or _root(node) in PYPLOT)


def _single(targets: Iterable[ast.expr]) -> Iterator[ast.expr]:
    """Yield the targets of an assignment one by one, also where it unpacks."""
    for target in targets:
        if isinstance(target, ast.Tuple | ast.List):
            yield from _single(target.elts)
        else:
            yield target.value if isinstance(target, ast.Starred) else target


def _changed_attribute(target: ast.expr) -> ast.Attribute | None:
    """Return the attribute of which an assignment changes an item: ``layer.W`` for ``layer.W[0][1]``."""
    held = target
    while isinstance(held, ast.Subscript):
        held = held.value
    return held if isinstance(held, ast.Attribute) and held is not target else None


def _is_singleton(node: ast.AST) -> bool:
    """Return whether an expression is written as an object that exists once; ``1`` equals True, but is none."""
    return isinstance(node, ast.Constant) and any(node.value is one for one in SINGLETONS)


def _derived(tree: ast.Module, names: set[str]) -> set[str]:
    """Return the variables of a test that hold what came from the student's code."""
    derived: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _root(node.value) in names | derived:
            for target in node.targets:
                derived |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)}
    return derived


def _root(node: ast.AST) -> str:
    """Return the name that an expression begins with: ``layer`` for ``layer.W[0]`` and ``layer(x).y``."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else ""


def _mentions(node: ast.AST, names: set[str]) -> bool:
    return any(isinstance(one, ast.Name) and one.id in names for one in ast.walk(node))
