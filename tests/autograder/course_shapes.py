"""Courses as other people make them, for nbgrader alone: what they have in common is that nbgrader takes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from course_maker import KERNEL, nbgrader_cell, with_task
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from autograder.course import Course

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "somebodys"
c.Autograder.require_sandbox = False
c.Autograder.workers = 2
"""
FRAME = """
c.IncludeHeaderFooter.header = "source/header.ipynb"
c.IncludeHeaderFooter.footer = "source/footer.ipynb"
"""
STUBS = """
c.ClearSolutions.code_stub = {"python": "# Deine Lösung:\\nraise NotImplementedError('noch nicht gelöst')"}
c.ClearSolutions.text_stub = "Deine Antwort"
"""
OWN_STEP = """
from nbgrader.preprocessors import NbGraderPreprocessor
class Licence(NbGraderPreprocessor):
    def preprocess_cell(self, cell, resources, index):
        if index == 0:
            cell.source += "\\nHanded out under a licence of our own."
        return cell, resources
c.GenerateAssignment.preprocessors.append(Licence)
"""


def answer(name: str, source: str) -> NotebookNode:
    """Return an autograded answer whose solution is all of it."""
    return nbgrader_cell(name, f"### BEGIN SOLUTION\n{source}\n### END SOLUTION", solution=True)


def checks(name: str, source: str, points: float = 1) -> NotebookNode:
    """Return autograder tests."""
    return nbgrader_cell(name, source, grade=True, locked=True, points=points)


def notebook(*cells: NotebookNode, **kernel: str) -> NotebookNode:
    """Return a notebook with a title and these cells."""
    return new_notebook(metadata={"kernelspec": KERNEL | kernel}, cells=[new_markdown_cell("# A", id="title"), *cells])


@dataclass(frozen=True)
class Shape:
    """A course of one assignment.

    Attributes
    ----------
    notebooks : dict of str to NotebookNode
        Its notebooks, by name.
    wrong : dict of str to str
        Answers by cell, which a student gives wrongly.
    assignment, config : str
        The assignment's name; lines of the configuration.
    files : dict of str to str
        Files beside the notebooks.
    warned : tuple of str
        What the warnings must hold, each once; no other may be given.
    """

    notebooks: dict[str, NotebookNode]
    wrong: dict[str, str]
    assignment: str = "ps1"
    config: str = ""
    files: dict[str, str] = field(default_factory=dict)
    warned: tuple[str, ...] = ()

    def make(self, root: Path) -> Course:
        """Write the course into a folder."""
        folder = root / "source" / self.assignment
        folder.mkdir(parents=True)
        (root / "nbgrader_config.py").write_text(CONFIG + self.config, "utf-8")
        for name, made in self.notebooks.items():
            nbformat.write(made, folder / f"{name}.ipynb")
        for name, text in self.files.items():
            (folder / name).write_text(text, "utf-8")
        for name in ("header", "footer"):
            cells = [new_markdown_cell(f"The {name}", id=name), new_code_cell(f"{name.upper()} = 3", id=f"{name}-code")]
            nbformat.write(new_notebook(cells=cells), root / "source" / f"{name}.ipynb")
        return Course.find(root)


F = answer("f", "def f(x):\n    return x + 1")
TEST_F = checks("test_f", "assert f(1) == 2\n### BEGIN HIDDEN TESTS\nassert f(-5) == -4\n### END HIDDEN TESTS", 2)
PARTS = "points = 0.25\npoints += 0.5 * (f(3) == 4)\npoints"
WRONG_F = {"f": "def f(x):\n    return 2"}


def endings() -> NotebookNode:
    """Return a notebook whose tests end as tests do elsewhere."""
    help_ = nbgrader_cell("help", "def assert_equal(a, b):\n    assert a == b, (a, b)", locked=True)
    ends = (
        "assert f(1) == 2\nprint('Success!')",
        "assert_equal(f(4), 5)",
        "def test_f():\n    assert f(9) == 10\ntest_f()",
        "assert f(3) == 4\n'all is well'",
        "import matplotlib.pyplot as plt\nassert f(3) == 4\nplt.plot([1, f(1)])",
        "assert f(0) == 1\n### BEGIN HIDDEN TESTS\nprint(f(7))\nassert f(7) == 8\nprint('ok')\n### END HIDDEN TESTS",
        "%%time\nassert f(5) == 6\nprint('in time')",
        "assert f(6) == 7;",
        "from IPython.display import display\nassert f(7) == 8\ndisplay(f(7))",
    )
    return notebook(help_, F, *(checks(f"end_{number}", source) for number, source in enumerate(ends)))


def magics() -> NotebookNode:
    """Return a notebook with answers that are not plain Python."""
    return notebook(
        new_code_cell("%matplotlib inline", id="inline"),
        answer("f", "%matplotlib inline\n!echo begun\ndef f(x):\n    return x + 1"),
        checks("test_f", "%matplotlib inline\nassert f(1) == 2"),
        answer("g", "%%time\ng = f(2)"),
        checks("test_g", "assert g == 3"),
    )


def unpythonic() -> NotebookNode:
    """Return a notebook with answers that no parser reads."""
    return notebook(
        F,
        TEST_F,
        nbgrader_cell("skeleton", "def repair_me(:\n    retrun 1", solution=True),
        nbgrader_cell("pseudo", "for each pupil: count!", solution=True),
    )


def by_hand_and_not() -> NotebookNode:
    """Return a notebook with everything that can be graded."""
    essay = "### BEGIN SOLUTION\nBecause.\n### END SOLUTION"
    plot = "### BEGIN SOLUTION\nprint(f(3))\n### END SOLUTION"
    return with_task(
        notebook(
            F,
            TEST_F,
            nbgrader_cell("essay", essay, markdown=True, grade=True, solution=True, points=3),
            nbgrader_cell("plot", plot, grade=True, solution=True, points=1.5),
        )
    )


SHAPES = {
    "header and footer": Shape(
        {"p": notebook(answer("f", "def f(x):\n    return x + HEADER - 2"), TEST_F)}, WRONG_F, config=FRAME
    ),
    "stubs of its own": Shape({"p": by_hand_and_not()}, WRONG_F, config=STUBS),
    "zero points": Shape(
        {"p": notebook(F, checks("t", "assert f(1) == 2", 0), checks("u", "assert f(2) == 3"))}, WRONG_F
    ),
    "answers without tests": Shape(
        {"p": notebook(answer("play", "a = 1"), F, TEST_F, answer("end", "b = f(1)"))},
        WRONG_F,
        warned=("play has no", "end has no"),
    ),
    "tests before answers": Shape(
        {"p": notebook(checks("early", "assert 1 + 1 == 2"), F, TEST_F)},
        WRONG_F,
        warned=("early stands", "early gives 1"),
    ),
    "points for nothing": Shape(
        {"p": notebook(F, TEST_F, checks("free", "try:\n    f(1)\nexcept Exception:\n    pass"))},
        WRONG_F,
        warned=("free gives 1",),
    ),
    "several notebooks, odd names": Shape(
        {"Teil 1 (leicht)": notebook(F, TEST_F), "Übung ß": notebook(F, TEST_F)}, WRONG_F, assignment="Übung 1, größer"
    ),
    "endings": Shape({"p": endings()}, WRONG_F),
    "magics": Shape({"p": magics()}, {"f": "def f(x):\n    return 2"}),
    "no Python": Shape({"p": unpythonic()}, WRONG_F, warned=("skeleton has no tests", "pseudo has no tests")),
    "data beside it": Shape(
        {"p": notebook(answer("f", "def f(x):\n    return len(open('d.csv').read().split()) + x - 2"), TEST_F)},
        WRONG_F,
        files={"d.csv": "a b c"},
    ),
    "by hand and not": Shape({"p": by_hand_and_not()}, WRONG_F),
    "names of cells": Shape(
        {"p": notebook(answer("1", "def f(x):\n    return x + 1"), checks("a_B-c__", "assert f(1) == 2"))},
        {"1": "def f(x):\n    return 7"},
    ),
    "parts of points": Shape(
        {
            "p": notebook(
                F,
                checks("t", "points = 0.25\npoints += 0.5 * (f(3) == 4)\npoints", 0.75),
                checks("u", "f(1) + 0.5", 2.5),
            )
        },
        WRONG_F,
        warned=("t, line 3: the number that `points` gives", "u, line 1: the number that `f(1) + 0.5` gives"),
    ),
    "a step of its own": Shape({"p": notebook(F, TEST_F)}, WRONG_F, config=OWN_STEP),
}
