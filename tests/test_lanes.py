"""The lanes hold what CONTRIBUTING says: nothing falls out of all of them, and the quick one stays quick."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
QUICK = re.search(r"^QUICK := (.+)$", MAKEFILE, re.MULTILINE)[1]


def collected(*options: str) -> set[str]:
    """Return the tests that pytest would run."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-qq", "-o", "addopts=", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode in (0, 5), done.stdout[-2000:] + done.stderr[-2000:]
    return set(re.findall(r"^(tests/\S+?)(?:: \d+)?$", done.stdout, re.MULTILINE)) - {""}


def names(*options: str) -> set[str]:
    """Return the names of the tests in the folder of the attacks."""
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-o", "addopts=", "tests/hostile", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    return {line for line in done.stdout.splitlines() if "::" in line}


@pytest.fixture(scope="module")
def every_attack() -> set[str]:
    return names()


def test_each_attack_is_in_both_variants_with_bubblewrap(every_attack):
    in_test = names("-m", "not slow")
    for file in ("test_as_root.py", "test_as_user.py"):
        assert {name for name in every_attack if file in name} == {name for name in in_test if file in name} != set()


def test_an_attack_without_bubblewrap_is_left_out_only_if_nothing_special_is_expected(every_attack):
    left_out = every_attack - names("-m", "not slow")
    assert left_out
    assert all("without_bubblewrap.py" in name for name in left_out)
    for name in left_out:
        case = re.search(r"\[(\w+)-(\w+)\]$", name)
        assert "without bubblewrap" not in (ROOT / "tests" / "hostile" / case[1] / f"{case[2]}.py").read_text()


def test_the_quick_lane_holds_the_unit_tests_and_nothing_that_is_slow():
    files = collected("-m", QUICK)
    assert not {file for file in files if re.match("tests/(hostile|browser|notebooks)/", file)}
    assert {f"tests/mlpkit/{path.name}" for path in (ROOT / "tests" / "mlpkit").glob("test_*.py")} - files <= {
        f"tests/mlpkit/test_parity_{what}.py" for what in ("layers", "optimizers", "torch")
    }
    assert {"tests/autograder/test_points.py", "tests/autograder/test_codec.py"} <= files


def test_make_and_the_page_for_contributors_say_the_same():
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    lanes = dict(re.findall(r"^\| `make ([\w-]+)` \| (.+?) \|", page, re.MULTILINE))
    assert set(lanes) == {"quick", "test", "test-all"}
    assert all(re.search(rf"^{lane}:", MAKEFILE, re.MULTILINE) for lane in lanes)
    assert "make test\n" in (ROOT / ".ci" / "run").read_text()
    assert "make test-all" in (ROOT / ".github" / "workflows" / "nightly.yml").read_text()
