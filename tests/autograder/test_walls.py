"""The structure that `lint-imports` cannot see."""

from __future__ import annotations

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autograder", "mlpkit")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_circle(package):
    graph = grimp.build_graph(package, cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # raises CycleError and names the circle


def test_only_two_modules_open_the_gradebook():
    """One writes, one reads; nbgrader's own converters and preprocessors do as they do."""
    openers = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "nbgrader.api":
                openers.add(path.relative_to(ROOT).as_posix())
    assert openers == {"autograder/grade/record.py", "autograder/results/scores.py"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_module_grows_too_long(path):
    assert len(path.read_text().splitlines()) <= 260
