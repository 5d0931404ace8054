"""Small releases of a chapter, as nbgrader makes them, and what students do with them."""

from __future__ import annotations

import copy
import itertools

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.utils import compute_checksum

STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
_counter = itertools.count()


def prose(name, source):
    return dict(new_markdown_cell(source, id=name))


def demo(name, source):
    return dict(new_code_cell(source, id=name, metadata={"tags": ["demo"]}))


def _graded(name, source, **roles):
    metadata = {
        "grade_id": name,
        "schema_version": 3,
        "grade": False,
        "solution": False,
        "locked": False,
        "task": False,
    }
    cell = (new_markdown_cell if roles.pop("written", False) else new_code_cell)(source, id=name)
    cell.metadata["nbgrader"] = nbformat.from_dict({**metadata, **roles, "cell_type": cell.cell_type})
    cell.metadata["nbgrader"]["checksum"] = compute_checksum(cell)
    cell.metadata["deletable"] = False
    if not roles.get("solution"):
        cell.metadata["editable"] = False
    return dict(cell)


def answer(name, given=""):
    return _graded(name, f"def {name}(x):\n    {given or STUB}", solution=True)


def check(name, source="", points=2):
    return _graded(f"{name}-test", source or f"assert {name}(1) == 1", grade=True, locked=True, points=points)


def written(name, points=4):
    return _graded(name, "YOUR ANSWER HERE", written=True, solution=True, grade=True, points=points)


def exercise(number, name, given="", test="", points=2):
    """Text, answer and check of an exercise."""
    heading = prose(f"{name}-text", f"### Exercise {number}: the {name} ({points} points)\n\nWrite `{name}(x)`.")
    return [heading, answer(name, given), check(name, test, points)]


def release(*cells):
    """A chapter of these cells."""
    title = prose("title", "# Neurons\n\nYou need Python. Allow two to three hours.")
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    made = new_notebook(cells=[nbformat.from_dict(copy.deepcopy(cell)) for cell in (title, *cells)], metadata=kernel)
    nbformat.validate(made)
    return plain(made)


def plain(notebook):
    """As JSON has it."""
    if isinstance(notebook, dict):
        return {name: plain(value) for name, value in notebook.items()}
    return [plain(one) for one in notebook] if isinstance(notebook, list) else notebook


def cell(notebook, name):
    """The cell with an id."""
    [found] = [one for one in notebook["cells"] if one.get("id") == name]
    return found


def sources(notebook):
    return [one["source"] for one in notebook["cells"]]


def own(source, name=None):
    """A cell that the student adds."""
    return plain(new_code_cell(source, id=name or f"own{next(_counter)}"))


def ran(one, count, *outputs):
    """A cell after it was run."""
    one.update(execution_count=count, outputs=list(outputs))


def printed(text):
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def failed(name, text):
    return {"output_type": "error", "ename": name, "evalue": text, "traceback": [f"{name}: {text}"]}
