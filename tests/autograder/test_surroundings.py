"""What a notebook finds around it is what Jupyter gives it: modules and files in its folder, and arrays of its own."""

# ruff: noqa: E501 (a cell on a line reads better than one spread out)

from __future__ import annotations

import os
import sys
import tempfile

import pytest

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox import surroundings
from autograder.sandbox.inside import hook
from autograder.sandbox.launch import Launcher
from autograder.sandbox.probe import Probe, probe

LIMITS = Limits(cell_seconds=15.0, notebook_seconds=120.0)
NONE = Probe("none", reason="the test wants none")

MODULES = {
    "helper.py": "import json\n\ndef two():\n    return 2\n\nFOUND = json.dumps([1])\n",
    "kit/__init__.py": "from .inner import three\n",
    "kit/inner.py": "def three():\n    return 3\n",
    "plain/part.py": "four = 4\n",
    "json.py": "raise RuntimeError('not the one of the standard library')\n",
    "random.py": "raise RuntimeError('not the one of the standard library')\n",
    "numpy.py": "raise RuntimeError('not the one that the grader has loaded')\n",
    "words.txt": "some words",
}
IMPORTS = {
    "a module": "from helper import two, FOUND\nassert two() == 2 and FOUND == '[1]'",
    "a package": "import kit\nfrom kit.inner import three\nassert kit.three() == three() == 3",
    "a folder": "import plain.part\nassert plain.part.four == 4",
    "none that shadows": "import json, random, numpy\nassert json.dumps(1) == '1' and numpy.zeros(1)[0] < random.random() + 1",
    "a data file": "assert open('words.txt').read() == 'some words'",
}
WRITES = {
    "by a magic": ("%%writefile made.py\nvalue = 1", "import made\nassert made.value == 1"),
    "by open": (
        "with open('opened.py', 'w') as f:\n    f.write('value = 2')\nimport opened\nassert opened.value == 2",
        "",
    ),
    "one directly after another": (
        "for n in range(5):\n    with open(f'quick{n}.py', 'w') as f:\n        _ = f.write(f'n = {n}')",
        "import quick0",
        "with open('late.py', 'w') as f:\n    _ = f.write('n = 7')",
        "import late, quick4\nassert (late.n, quick4.n) == (7, 4)",
    ),
    "again": (
        "with open('again.py', 'w') as f:\n    _ = f.write('n = 1')",
        "import again, importlib",
        "with open('again.py', 'w') as f:\n    _ = f.write('n = 2')",
        "importlib.reload(again)\nassert again.n == 2",
    ),
}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("beside")
    for name, text in MODULES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return {name: folder / name for name in MODULES}


WAYS = {
    f"{mode}, {wall}, {start}": (mode == "isolated", found, start == "forked")
    for mode in ("shared", "isolated")
    for wall, found in (("as found", None), ("without bubblewrap", NONE))
    for start in ("forked", "alone")
    if wall == "as found" or start == "alone"
}


@pytest.fixture(params=WAYS.values(), ids=list(WAYS))
def run(request, files):
    """A function that runs cells, each a source or (side, source), and returns the errors."""
    isolated, found, forked = request.param
    launcher = Launcher(files=files, isolated=isolated, trusted=True, probe=found or probe())

    def run(*cells, names=()):
        pairs = [("student", cell) if isinstance(cell, str) else cell for cell in cells]
        made = tuple(
            Cell(i, str(i), source, side if isolated else "student") for i, (side, source) in enumerate(pairs) if source
        )
        outcome = execute(Job(made, LIMITS, names, None), launcher)
        return [cell.error and f"{cell.error.ename}: {cell.error.evalue}" for cell in outcome.cells]

    if forked:
        with launcher:
            yield run
    else:
        yield run


def test_the_folder_can_be_imported_from(run):
    cells = [cell for written in WRITES.values() for cell in written]
    assert set(run(*IMPORTS.values(), *cells)) == {None}
    assert set(run(*(("test", source) for source in IMPORTS.values()))) == {None}


OVERWRITES = """
import glob, os
lie = "def two():\\n    return 'a lie'\\ndef three(): return 'a lie'\\ndef __getattr__(name): return lambda *a: True\\n"
places = [os.getcwd(), *glob.glob("FOLDERS/autograder-*")]
for place in places:
    for name in ("helper.py", "kit/__init__.py", "kit/inner.py", "own.py", "json.py", "numpy.py", "secrets.py"):
        try:
            os.makedirs(os.path.dirname(f"{place}/{name}"), exist_ok=True)
            if os.path.exists(f"{place}/{name}"):
                os.replace(f"{place}/{name}", f"{place}/{name}.old")
            with open(f"{place}/{name}", "w") as file:
                file.write(lie)
        except OSError:
            pass
"""
"""Writes over every module that a test could import, in all folders of workers that it finds."""


def test_a_test_imports_no_module_that_a_student_wrote(files, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))  # where workers without bubblewrap have their folders
    for found in (probe(), NONE):
        launcher = Launcher(files=files, isolated=True, trusted=True, probe=found)
        cells = (
            ("student", OVERWRITES.replace("FOLDERS", str(tmp_path))),
            ("test", IMPORTS["a module"]),
            ("test", IMPORTS["a package"]),
            ("test", "import json, secrets, numpy\nassert json.dumps(1) == '1' and secrets.randbits(2) < 4"),
            ("test", "import own"),
        )
        made = tuple(Cell(i, str(i), source, side) for i, (side, source) in enumerate(cells))
        outcome = execute(Job(made, LIMITS, (), None), launcher)
        errors = [cell.error and cell.error.ename for cell in outcome.cells]
        assert errors[:4] == [None] * 4
        assert errors[4] in ("ModuleNotFoundError", "ImportError", "OSError")


def test_frozen_modules_are_those_that_were_there(tmp_path, monkeypatch):
    (tmp_path / "frozen_one.py").write_text("value = 1")
    monkeypatch.setattr(sys, "path_hooks", list(sys.path_hooks))
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    hook.freeze(str(tmp_path))
    (tmp_path / "frozen_one.py").write_text("value = 2")
    (tmp_path / "frozen_two.py").write_text("value = 2")
    import frozen_one

    assert frozen_one.value == 1
    with pytest.raises(OSError, match="was not there when grading began"):
        import frozen_two  # noqa: F401
    sys.path_importer_cache.pop(str(tmp_path))
    assert os.fspath(tmp_path) in frozen_one.__file__


ANSWERS = """
import numpy as np

class Layer:
    def __init__(self):
        self.W, self.parts = np.zeros((2, 2)), {"b": np.zeros(2)}
    def values(self):
        return self.W

def grid(n): return np.arange(n * n, 0.0, -1).reshape(n, n)
def pair(): return [np.ones(2), {"a": np.ones(2)}]
def each(f): return f(np.zeros(2))
table = np.array([3.0, 1.0, 2.0])
"""
NAMES = ("Layer", "grid", "pair", "each", "table")
CHANGES = {
    "an item": "a = grid(2); a[0, 0] = 5; assert a[0, 0] == 5",
    "sorting": "a = grid(2); a.sort(); assert (np.diff(a) > 0).all()",
    "a flat view": "a = grid(2); a.flat[0] = 9; assert a[0, 0] == 9",
    "a diagonal": "a = grid(3); np.fill_diagonal(a, 0); assert a.trace() == 0",
    "arithmetic": "a = grid(2); a -= 1; a /= 2; assert a[1, 1] == 0",
    "inside containers": "a, b = pair(); a += 1; b['a'][0] = 7; assert a[0] == 2 and b['a'][0] == 7",
    "a name": "table.sort(); assert (table == [1, 2, 3]).all()",
    "what a method returns": "a = Layer().values(); a[0] = 1; assert a.sum() == 2",
}
REFUSED = {
    "an attribute": "layer = Layer(); layer.W[0] = 1",
    "an attribute's part": "layer = Layer(); layer.parts['b'][0] = 1",
    "a callback's argument": "def change(a):\n    a[0] = 1\n    return 0\neach(change)",
}


def test_a_test_may_change_arrays_that_belong_to_nobody_else():
    cells = [("student", ANSWERS), ("setup", "import numpy as np")]
    cells += [("test", source) for source in (*CHANGES.values(), *REFUSED.values())]
    made = tuple(Cell(i, str(i), source, side) for i, (side, source) in enumerate(cells))
    outcome = execute(Job(made, LIMITS, NAMES, None), Launcher(isolated=True, trusted=True))
    changed = [cell.error for cell in outcome.cells[1 : 1 + len(CHANGES)]]
    assert changed == [None] * len(CHANGES)
    refused = [cell.error.evalue for cell in outcome.cells[1 + len(CHANGES) :] if cell.error]
    assert len(refused) == len(REFUSED)
    assert all("read-only" in one for one in refused)


def test_an_object_that_is_asked_for_an_array_says_so():
    cells = [("student", ANSWERS), ("setup", "import numpy as np"), ("test", "np.array(Layer())")]
    made = tuple(Cell(i, str(i), source, side) for i, (side, source) in enumerate(cells))
    outcome = execute(Job(made, LIMITS, NAMES, None), Launcher(isolated=True, trusted=True))
    assert "has no array here: ask it for data" in outcome.cells[-1].error.evalue


@pytest.mark.parametrize("forbidden", [False, True])
def test_modules_are_compiled_for_workers_unless_python_is_told_not_to(tmp_path, monkeypatch, capfd, forbidden):
    monkeypatch.setattr(sys, "dont_write_bytecode", forbidden)
    package = tmp_path / "package"
    (package / "inner").mkdir(parents=True)
    for name, text in {"a.py": "x = 1", "inner/b.py": "y = '\\d'", "c.py": "no python", "inner/d.txt": "z"}.items():
        (package / name).write_text(text)
    (tmp_path / "alone.py").write_text("x = 1")
    course = tmp_path / "with_a_course"
    (course / "submitted").mkdir(parents=True)
    (course / "submitted" / "theirs.py").write_text("x = 1")
    paths = [package, tmp_path / "alone.py", tmp_path / "missing.py", course]
    surroundings.compile_modules(paths, [course / "submitted"])
    made = {path.name.split(".")[0] for path in tmp_path.rglob("*.pyc")}
    assert made == (set() if forbidden else {"a", "b", "alone"})
    assert capfd.readouterr() == ("", "")
