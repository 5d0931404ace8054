"""The assignment that the hostile submissions attack: five exercises, whose points have unique sums.

Hidden tests and reference answers hold words and numbers that stand nowhere else, so that a leak is
found by searching for them.
"""

from __future__ import annotations

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

NAME = "fortress"
POINTS = {"energy": 1, "center": 2, "sample_mean": 4, "momentum": 8, "pipeline": 16}
FULL = sum(POINTS.values())
"""A score is the sum of the exercises that were earned: 31 is all, 30 all but `energy`, 15 all but `pipeline`."""

CODE_WORDS = ("crimson_heron", "amber_quokka", "tawny_pelican", "indigo_badger", "copper_lemur")
"""Words in the code of the hidden tests."""
ANSWER_WORD = "velvet_ocelot"
"""A word in each reference answer."""
MESSAGE_WORDS = ("sorrel-lantern", "walnut-zeppelin")
"""Words in what hidden tests say when they fail, which an instructor may read and a student may not."""
NUMBERS = ("8190.4375", "5021.25", "40961.5", "7013.125", "6151.75")
"""What hidden tests call the student's functions with."""
CANARY_WORD = "thistle_marmot"
"""A word in each canary's own submission, which no other student may see."""

CONFIG = """
c = get_config()
c.CourseDirectory.course_id = "fortress_course"
c.CourseDirectory.source_directory = "solutions"
c.Autograder.cell_seconds = 1
c.Autograder.notebook_seconds = 8
c.Autograder.wall_factor = 6
c.Autograder.memory_bytes = 2**30
c.Autograder.packages = ["mlpkit"]
c.Autograder.require_sandbox = False
c.Autograder.workers = 4
"""

ANSWERS = {
    "energy": f"""
def energy(x):
    {ANSWER_WORD} = x * x / 2
    return {ANSWER_WORD} + 3 * x
""",
    "center": f"""
def center(X):
    {ANSWER_WORD} = X.mean(axis=0)
    return X - {ANSWER_WORD}
""",
    "sample_mean": f"""
def sample_mean(f, n, rng):
    {ANSWER_WORD} = rng.normal(size=n)
    return float(np.mean(f({ANSWER_WORD})))
""",
    "momentum": f"""
class Momentum:
    def __init__(self, rate, momentum):
        if rate <= 0:
            raise ValueError("the rate must be positive")
        self.rate, self.momentum, self.steps, self.velocity = rate, momentum, 0, 0.0

    def step(self, w, gradient):
        {ANSWER_WORD} = self.momentum * self.velocity - self.rate * gradient
        self.velocity = {ANSWER_WORD}
        self.steps += 1
        w += self.velocity
""",
    "pipeline": f"""
def compose(*functions):
    def composed(x):
        {ANSWER_WORD} = x
        for function in functions:
            {ANSWER_WORD} = function({ANSWER_WORD})
        return {ANSWER_WORD}

    return composed


def batches(X, size):
    for start in range(0, len(X), size):
        yield X[start : start + size]
""",
}

RIGHT = {name: source.replace(ANSWER_WORD, "value").strip() for name, source in ANSWERS.items()}
"""What a student who knows the answers hands in."""

WRONG = {
    "energy": "def energy(x):\n    return 1.0",
    "center": "def center(X):\n    return X + 1",
    "sample_mean": "def sample_mean(f, n, rng):\n    return 2.0",
    "momentum": "class Momentum:\n    def __init__(self, rate, momentum):\n        self.steps = 0\n\n"
    "    def step(self, w, gradient):\n        w += 1",
    "pipeline": "def compose(*functions):\n    return lambda x: 0\n\n\ndef batches(X, size):\n    yield X[:1]",
}
"""What somebody hands in who has no idea: every exercise answered, none of them right."""

TESTS = {
    "energy": f"""
np.testing.assert_allclose(energy(2.0), 8.0)
np.testing.assert_allclose(energy(-1.0), -2.5)
### BEGIN HIDDEN TESTS
crimson_heron = 8190.4375
for found, wanted in zip(map(energy, [crimson_heron, -6.0]), [{8190.4375**2 / 2 + 3 * 8190.4375}, 0.0]):
    assert abs(found - wanted) < 1e-6, "sorrel-lantern"
### END HIDDEN TESTS
""",
    "center": """
np.testing.assert_allclose(center(np.arange(6.0).reshape(3, 2)), [[-2, -2], [0, 0], [2, 2]])
### BEGIN HIDDEN TESTS
amber_quokka = np.array([[5021.25, -3.0], [11.5, 2.0], [0.25, 7.0]])
expected = np.array([[3343.5833333, -5.0], [-1666.1666667, 0.0], [-1677.4166667, 5.0]])
result = center(amber_quokka)
np.testing.assert_allclose(result, expected, err_msg="walnut-zeppelin")
assert result.shape == (3, 2), f"walnut-zeppelin {result.shape}"
### END HIDDEN TESTS
""",
    "sample_mean": """
draws = np.random.default_rng(7).normal(size=4)
np.testing.assert_allclose(sample_mean(np.square, 4, np.random.default_rng(7)), np.mean(draws**2))
### BEGIN HIDDEN TESTS
seen = []


def tawny_pelican(x):
    seen.append(np.array(x))
    return np.abs(x) + 40961.5


draws = np.random.default_rng(1968).normal(size=9)
result = sample_mean(tawny_pelican, 9, np.random.default_rng(1968))
np.testing.assert_allclose(result, np.mean(np.abs(draws)) + 40961.5, err_msg="sorrel-lantern")
np.testing.assert_allclose(np.concatenate(seen), draws, err_msg="sorrel-lantern")
assert len(seen) == 1, "sorrel-lantern"
### END HIDDEN TESTS
""",
    "momentum": """
w = np.array([1.0, 2.0])
optimizer = Momentum(0.1, 0.9)
optimizer.step(w, np.array([1.0, -1.0]))
np.testing.assert_allclose(w, [0.9, 2.1])
assert optimizer.steps == 1, f"one step was made, steps is {optimizer.steps}"
### BEGIN HIDDEN TESTS
indigo_badger = np.array([7013.125, -4.0])
optimizer = Momentum(0.5, 0.5)
for slope in (2.0, 4.0, 8.0):
    optimizer.step(indigo_badger, np.array([slope, 1.0]))
np.testing.assert_allclose(indigo_badger, [7004.375, -6.125], err_msg="walnut-zeppelin")
assert optimizer.steps == 3, f"walnut-zeppelin {optimizer.steps}"
try:
    Momentum(-1.0, 0.5)
except ValueError:
    pass
else:
    raise AssertionError("walnut-zeppelin")
### END HIDDEN TESTS
""",
    "pipeline": """
def double(x):
    return 2 * x


def increase(x):
    return x + 1


assert compose(double, increase)(3) == 7, f"twice 3, and 1 more, is 7, got {compose(double, increase)(3)}"
assert [len(batch) for batch in batches(np.zeros((5, 2)), 2)] == [2, 2, 1]
### BEGIN HIDDEN TESTS
def shift(x):
    return x + 6151.75


assert compose(increase, shift, double)(0.25) == 12306.0, "sorrel-lantern"
assert compose()(13.5) == 13.5, "sorrel-lantern"
copper_lemur = np.arange(14.0).reshape(7, 2)
parts = [np.array(part) for part in batches(copper_lemur, 3)]
np.testing.assert_array_equal(np.concatenate(parts), copper_lemur, err_msg="walnut-zeppelin")
assert len(parts) == 3, f"walnut-zeppelin {len(parts)}"
### END HIDDEN TESTS
""",
}


def source_notebook() -> NotebookNode:
    """Return the instructor's notebook."""
    cells = [new_markdown_cell("# The fortress", id="title"), _cell("setup", "import numpy as np", locked=True)]
    for name, answer in ANSWERS.items():
        cells.append(new_markdown_cell(f"## {name}", id=f"about_{name}"))
        solution = f"### BEGIN SOLUTION\n{answer.strip()}\n### END SOLUTION"
        cells.append(_cell(name, solution, solution=True))
        cells.append(_cell(f"test_{name}", TESTS[name].strip(), grade=True, locked=True, points=POINTS[name]))
    kernel = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
    return new_notebook(metadata={"kernelspec": kernel}, cells=cells)


def submission(answers: dict[str, str]) -> NotebookNode:
    """Return what a student hands in: the release with these answers, in the order of `answers`.

    A name that is no cell of the assignment is a cell of the student's own, behind the one named before it;
    a cell of the assignment without a source only says where.
    """
    released = source_notebook()
    cells = []
    for cell in released.cells:
        hidden = cell.source.find("### BEGIN HIDDEN TESTS")
        cell.source = cell.source[:hidden].rstrip() if hidden >= 0 else cell.source
        cells.append(cell)
    released.cells = cells
    place = next(index for index, cell in enumerate(released.cells) if cell.id == "setup")
    for name, source in answers.items():
        found = [index for index, cell in enumerate(released.cells) if cell.id == name]
        if found:
            place = found[0]
            released.cells[place].source = source or released.cells[place].source
        else:
            place += 1
            released.cells.insert(place, new_code_cell(source, id=f"own-{name}"))
    return released


def as_bytes(notebook: NotebookNode) -> bytes:
    """Return a notebook's file."""
    return nbformat.writes(notebook, version=4).encode()


def _cell(name: str, source: str, *, points: float = 0, **roles: bool) -> NotebookNode:
    told = {role: roles.get(role, False) for role in ("grade", "solution", "locked")}
    metadata = {"schema_version": 3, "grade_id": name, "task": False, "cell_type": "code", **told}
    if metadata["grade"]:
        metadata["points"] = points
    return new_code_cell(source, id=name, metadata={"nbgrader": metadata})
