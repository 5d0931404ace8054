"""Modules that hold the answers cannot be had by a student's process, in whatever way it tries."""

from __future__ import annotations

import importlib
import importlib.util
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest
from sandboxes import needs_bubblewrap

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox import masks
from autograder.sandbox.launch import Launcher
from autograder.sandbox.probe import Probe

SECRET = "heptadecagon"
WAYS = {
    "import": "import kit.answers",
    "from": "from kit import answers",
    "name": "from kit.answers import reference",
    "submodule": "import kit.deep.inner",
    "importlib": "import importlib; importlib.import_module('kit.answers').reference()",
    "reload": "import importlib, kit; importlib.reload(importlib.import_module('kit.answers'))",
    "neighbour": "import kit.uses",
    "inspect": "import importlib, inspect; inspect.getsource(importlib.import_module('kit.answers'))",
    "pkgutil": "import pkgutil; pkgutil.resolve_name('kit.answers:reference')()",
    "runpy": "import runpy; runpy.run_module('kit.answers')",
}
READING = """
import importlib.machinery, importlib.util, marshal, os, sys, zipimport
import kit
found = []
top = os.path.dirname(kit.__file__)
for folder, _, names in os.walk(top):
    for name in names:
        found.append(open(os.path.join(folder, name), "rb").read())
for path in (os.path.join(top, "answers.py"), os.path.join(top, "deep", "inner.py")):
    for read in (
        lambda: open(importlib.util.cache_from_source(path), "rb").read(),
        lambda: importlib.machinery.SourceFileLoader("answers", path).get_data(path),
        lambda: importlib.machinery.SourceFileLoader("answers", path).get_code("answers").co_consts,
        lambda: importlib.machinery.SourcelessFileLoader("a", importlib.util.cache_from_source(path)).get_code("a"),
        lambda: zipimport.zipimporter(top).get_source("answers"),
        lambda: os.popen(f"cat {top}/answers* {top}/*/answers* {top}/deep/* {top}/deep/*/*").read(),
    ):
        try:
            found.append(repr(read()).encode())
        except Exception:
            pass
sum(b"hepta" in text for text in found)
"""


@pytest.fixture
def kit(tmp_path, monkeypatch) -> Path:
    """A package with answers in a module and in a subpackage, all of it compiled."""
    top = tmp_path / "library" / "kit"
    (top / "deep").mkdir(parents=True)
    answer = f"def reference():\n    return {SECRET!r}\n"
    (top / "__init__.py").write_text("")
    (top / "answers.py").write_text(answer)
    (top / "open.py").write_text("value = 3\n")
    (top / "uses.py").write_text("from kit.answers import reference\n")
    (top / "deep" / "__init__.py").write_text("")
    (top / "deep" / "inner.py").write_text(answer)
    for path in top.rglob("*.py"):
        py_compile.compile(str(path), doraise=True)
        py_compile.compile(str(path), doraise=True, optimize=2)
    py_compile.compile(str(top / "answers.py"), cfile=str(top / "answers.pyc"), doraise=True)
    monkeypatch.syspath_prepend(str(top.parent))
    importlib.invalidate_caches()
    return top


@pytest.fixture(params=["bubblewrap", "none"])
def masking(request, kit) -> Launcher:
    """A launcher that masks the answers, once with bubblewrap and once without."""
    names = ("kit.answers", "kit.deep", "kit.deep.inner")
    if request.param == "bubblewrap":
        needs_bubblewrap()
        return Launcher(packages=("kit",), masked=names)
    return Launcher(packages=("kit",), masked=names, trusted=True, probe=Probe("none", reason="left out by the test"))


def last(launcher: Launcher, kit: Path, code: str):
    """Run a cell that finds the package, and return its outcome."""
    return execute(Job((Cell(0, "c", f"import sys; sys.path.append({str(kit.parent)!r})\n{code}"),)), launcher).cells[0]


@pytest.mark.parametrize("way", WAYS)
def test_no_way_of_importing_leads_there(masking, kit, way):
    outcome = last(masking, kit, WAYS[way])
    assert outcome.status == "error"
    assert outcome.error.ename == "ImportError"
    assert "is not there while this assignment is graded: it holds the answers" in outcome.error.evalue
    assert SECRET not in str(outcome)


def test_the_rest_of_the_package_is_there(masking, kit):
    assert last(masking, kit, "import kit.open; kit.open.value").value == 3


def test_nothing_of_the_answers_can_be_read(kit):
    needs_bubblewrap()
    masking = Launcher(packages=("kit",), masked=("kit.answers", "kit.deep"))
    assert last(masking, kit, READING).value == 0
    assert last(Launcher(packages=("kit",)), kit, READING).value > 10  # the same code finds them where they are


def test_what_is_compiled_later_does_not_appear(kit):
    masking = ("kit.answers", "kit.deep")
    late = kit / "__pycache__" / "answers.late.pyc"
    view = masks.view([kit], masking)
    late.write_text(SECRET)
    assert "open.py" in view.rebuilt[kit]
    assert not any("answers" in name for names in view.rebuilt.values() for name in names)


def test_a_whole_package_can_be_masked(kit):
    needs_bubblewrap()
    outcome = last(Launcher(packages=("kit",), masked=("kit",)), kit, "import kit.open")
    assert "kit is not there while this assignment is graded" in outcome.error.evalue


def test_an_installed_module_can_be_masked():
    needs_bubblewrap()
    spec = importlib.util.find_spec("traitlets")
    view = masks.view([Path(sys.prefix)], ("traitlets.utils",))
    assert Path(spec.origin).parent in view.rebuilt
    code = "import rich, os; print(os.listdir(os.path.dirname(rich.__file__))); import rich.tree"
    outcome = execute(Job((Cell(0, "c", code),), Limits()), Launcher(masked=("rich.tree",))).cells[0]
    assert "rich.tree is not there" in outcome.error.evalue
    assert "'tree.py'" in outcome.outputs[0]["text"]  # the stub


def test_a_folder_seen_through_a_link_is_masked_where_it_is_seen(kit, tmp_path):
    link = tmp_path / "link"
    link.symlink_to(kit.parent)
    view = masks.view([link], ("kit.answers",))
    assert set(view.rebuilt) == {link / "kit", link / "kit" / "__pycache__"}


@pytest.mark.parametrize("name", ["kit.no_such", "no_such_package.at_all", "kit.deep.no_such"])
def test_a_name_that_does_not_exist_is_refused_at_once(kit, name):
    with pytest.raises(ValueError, match=f"'{name}' is to be masked, but there is no such module here"):
        Launcher(packages=("kit",), masked=(name,))


def test_the_real_answers_stay_where_they_are(masking, kit):
    last(masking, kit, "import kit")
    code = "import kit.answers; print(kit.answers.reference())"
    printed = subprocess.run([sys.executable, "-c", code], cwd=kit.parent, capture_output=True, text=True, check=True)
    assert printed.stdout.strip() == SECRET
