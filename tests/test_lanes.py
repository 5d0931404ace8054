"""The lanes hold what CONTRIBUTING says: nothing falls out of all of them, and the quick one stays quick."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections import defaultdict
from pathlib import Path

import patience
import pytest

ROOT = Path(__file__).resolve().parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
QUICK = re.search(r"^QUICK := (.+)$", MAKEFILE, re.MULTILINE)[1]
ONLY_LONG = {
    "tests/autograder/test_kill.py",
    "tests/autograder/test_same_scores.py",
    "tests/hostile/test_as_root_without_bubblewrap.py",
}
"""What is tried often in these files is tried once, or as an ordinary user, in others that `make test` runs."""
COLLECT = """
import json, sys
import pytest

class Marks:
    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items):
        with open(sys.argv[1], "w", encoding="utf-8") as file:
            json.dump({item.nodeid: [mark.name for mark in item.iter_markers()] for item in items}, file)

sys.exit(pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider", "-o", "addopts="], plugins=[Marks()]))
"""
"""Collect the whole suite as pytest does, and write down each test with its marks."""


@pytest.fixture(scope="module")
def marks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """All tests, and the marks of each."""
    found = tmp_path_factory.mktemp("lanes") / "marks.json"
    command = [sys.executable, "-c", COLLECT, str(found)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=patience.SECONDS)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return json.loads(found.read_text(encoding="utf-8"))


def lane(marks: dict[str, list[str]], expression: str) -> set[str]:
    """Return the tests that ``pytest -m expression`` runs; such an expression is one of Python, too."""
    code = compile(expression, "-m", "eval")
    return {test for test, own in marks.items() if eval(code, {}, defaultdict(bool, dict.fromkeys(own, True)))}


def test_each_attack_is_in_both_variants_with_bubblewrap(marks):
    lands = lane(marks, "not slow")
    cases = {path.parent.name + "-" + path.stem for path in (ROOT / "tests" / "hostile").glob("*/*.py")}
    for who in ("root", "user"):
        file = f"tests/hostile/test_as_{who}.py::"
        assert {test for test in marks if test.startswith(file)} <= lands
        scored = {re.search(r"test_score_and_status\[(.+)\]$", test) for test in lands if test.startswith(file)}
        assert {found[1] for found in scored if found} == cases != set()


def test_an_attack_without_bubblewrap_is_left_out_only_if_nothing_special_is_expected(marks):
    left_out = {test for test in marks if test.startswith("tests/hostile/")} - lane(marks, "not slow")
    as_user = {test for test in left_out if "test_as_user_without_bubblewrap.py" in test}
    assert as_user
    assert all("test_as_root_without_bubblewrap.py" in test for test in left_out - as_user)
    for test in as_user:
        case = re.search(r"\[(\w+)-(\w+)\]$", test)
        assert "without bubblewrap" not in (ROOT / "tests" / "hostile" / case[1] / f"{case[2]}.py").read_text()


def test_the_quick_lane_holds_the_unit_tests_and_nothing_that_is_slow(marks):
    quick = lane(marks, QUICK)
    assert quick <= lane(marks, "not slow") < set(marks)
    assert not {test for test in quick if re.match("tests/(hostile|browser|notebooks)/", test)}
    assert {test for test in marks if re.match("tests/mlpkit/(?!test_viz|test_course_fresh|test_own)", test)} <= quick
    files = {test.partition("::")[0] for test in quick}
    assert {f"tests/autograder/test_{name}.py" for name in ("points", "codec", "lint", "journal", "walls")} <= files


def test_every_folder_is_in_the_lane_that_lands(marks):
    lands = {test.partition("::")[0] for test in lane(marks, "not slow")}
    assert {test.partition("::")[0] for test in marks} - lands == ONLY_LONG


def test_make_and_the_page_for_contributors_say_the_same():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lanes = dict(re.findall(r"^\| `make ([\w-]+)` \| (.+?) \|", page, re.MULTILINE))
    assert set(lanes) == {"quick", "test", "test-all"}
    assert all(re.search(rf"^{lane}:", MAKEFILE, re.MULTILINE) for lane in lanes)
    landing = (ROOT / ".ci" / "run").read_text()
    workflows = ROOT / ".github" / "workflows"
    nightly = (workflows / "nightly.yml").read_text()
    assert "make test\n" in landing
    assert "make test-all" in nightly
    assert all("bash .ci/install\n" in steps for steps in (landing, nightly))
    other_systems = QUICK.replace("pictures or ", "").replace("lengthy or ", "")  # they have no other lane
    assert f'-m "{other_systems}"' in (workflows / "ci.yml").read_text()


@pytest.mark.slow
def test_what_mutmut_runs_needs_nothing_that_its_copy_lacks(tmp_path):
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
    for name in (*settings["source_paths"], *settings["also_copy"], "tests", "pyproject.toml"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tmp_path / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, tmp_path / name)
    chosen = [*settings["pytest_add_cli_args"], *settings["pytest_add_cli_args_test_selection"]]
    command = [sys.executable, "-m", "pytest", "-x", *chosen]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=patience.SECONDS)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
