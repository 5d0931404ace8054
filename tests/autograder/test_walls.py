"""The structure that `lint-imports` cannot see."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("autograder", "mlpkit")
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", PACKAGES)
def test_no_import_circle(package):
    """Every import counts, also one that stands in a function."""
    left_out = CONTRACTS.get("exclude_type_checking_imports", False)
    graph = grimp.build_graph(package, cache_dir=None, exclude_type_checking_imports=left_out)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert sum(map(len, imports.values())) > 30
    TopologicalSorter(imports).prepare()  # raises CycleError and names the circle


@pytest.mark.parametrize("package", PACKAGES)
def test_an_import_in_a_function_is_found_if_it_leads_upward(package, tmp_path):
    """Plant one in a copy of the project, from the lowest floor to the highest, and have it linted."""
    (floors,) = (one["layers"] for one in CONTRACTS["contracts"] if one.get("containers") == [package])
    highest, lowest = (floors[end].split()[0] for end in (0, -1))
    for copied in PACKAGES:
        shutil.copytree(ROOT / copied, tmp_path / copied, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    below = tmp_path / package / lowest
    module = below / "__init__.py" if below.is_dir() else below.with_suffix(".py")
    whole = module.read_text()
    module.write_text(f"{whole}\n\ndef planted():\n    from {package}.{highest} import anything\n")
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    linted = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, "COLUMNS": "200"})
    line = len(whole.splitlines()) + 4
    assert linted.returncode == 1, linted.stdout + linted.stderr
    assert f"{package}.{lowest} -> {package}.{highest} (l.{line})" in linted.stdout


def test_only_three_modules_open_the_gradebook():
    """One writes, two read; nbgrader's own converters and preprocessors do as they do."""
    openers = set()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text())):
            names = {one.name for one in node.names} if isinstance(node, ast.ImportFrom) else set()
            if "Gradebook" in names and node.module == "nbgrader.api":
                openers.add(path.relative_to(ROOT).as_posix())
    assert openers == {f"autograder/{name}.py" for name in ("grade/record", "results/roster", "results/scores")}


def test_no_module_grows_too_long():
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in MODULES}
    assert {name: length for name, length in lengths.items() if length > 260} == {}
