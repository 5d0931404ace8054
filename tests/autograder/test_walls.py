"""The structure that `lint-imports` cannot see."""

from __future__ import annotations

import ast
import importlib.util
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

    def when_loaded(module: str, imported: str) -> bool:
        """Whether the import stands at the top of the module, not in a function that needs it later."""
        lines = [detail["line_contents"] for detail in graph.get_import_details(importer=module, imported=imported)]
        source = Path(importlib.util.find_spec(module).origin).read_text().splitlines()
        return any(line in source for line in lines)

    imports = {
        module: {other for other in graph.find_modules_directly_imported_by(module) if when_loaded(module, other)}
        for module in graph.modules
    }
    assert sum(map(len, imports.values())) > 30
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
