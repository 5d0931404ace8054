"""What the project says that it needs, in several files, is the same everywhere, and is what the code imports."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ADDRESS = PROJECT["urls"]["Repository"]
PROGRAMS = {
    "axe-playwright-python": "the browser tests, which skip without it",
    "build": "the test of the wheel",
    "import-linter": "make lint",
    "jupyterlab": "make lab",
    "mutmut": "make mutate",
    "mypy": "make lint",
    "nbstripout": "pre-commit",
    "nbval": "the tests of the notebooks",
    "pre-commit": "contributors",
    "psycopg": "SQLAlchemy, for PostgreSQL",
    "pytest-xdist": "make test",
    "ruff": "make lint",
    "sphinx-book-theme": "docs/conf.py names it",
    "sphinx-mathjax-offline": "docs/conf.py copies a file of it",
    "matplotlib-inline": "the grader names it as a backend",
    "myst-nb": "docs/conf.py names it",
    "uv": "make lock",
}
"""What is run or named, not imported, and by what."""


def requirements(lines: list[str]) -> dict[str, Requirement]:
    parsed = (Requirement(line) for line in lines)
    return {canonicalize_name(one.name): one for one in parsed}


RUNTIME = requirements(PROJECT["dependencies"])
EXTRAS = {name: requirements(lines) for name, lines in PROJECT["optional-dependencies"].items()}
OWN = canonicalize_name(PROJECT["name"])


def with_base(extra: str) -> dict[str, Requirement]:
    """Return what installing an extra brings, by the extras that it includes."""
    found = RUNTIME | {name: one for name, one in EXTRAS[extra].items() if name != OWN}
    for part in EXTRAS[extra][OWN].extras if OWN in EXTRAS[extra] else ():
        found |= with_base(part)
    return found


EVERYTHING = with_base("dev")


def locked(file: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;\\]+)", (ROOT / file).read_text(), re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


OTHER_NAMES = {"msgpack-python": "msgpack"}
"""conda-forge's names, where they are not PyPI's."""


def conda() -> dict[str, Requirement]:
    lines = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    found = requirements([line for line in lines if isinstance(line, str) and line != "pip"])
    return {OTHER_NAMES.get(name, name): requirement for name, requirement in found.items()}


def imported(*folders: str) -> set[str]:
    """Return the distributions that the Python files of these folders import."""
    modules = set()
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add(str(node.module).partition(".")[0])
    known = packages_distributions()
    return {canonicalize_name(known[name][0]) for name in modules - set(sys.stdlib_module_names) if name in known}


def test_the_extras_are_those_promised():
    assert set(EXTRAS) == {"lab", "grader", "cluster", "site", "dev"}
    assert set(EVERYTHING) == set().union(RUNTIME, *EXTRAS.values()) - {OWN}


def test_a_students_machine_needs_no_grader():
    assert not {"jupyterlab", "nbgrader", "sqlalchemy", "click"} & set(RUNTIME)
    assert not {"sqlalchemy", "rich", "sphinx", "pytest"} & set(with_base("lab"))


def test_what_the_code_imports_is_declared():
    assert imported("mlpkit") - {OWN} <= set(with_base("lab")) | {"cycler"}  # `lint-imports` says which file needs it
    assert imported("autograder") - {OWN} <= set(with_base("cluster"))  # the grader, and what a cluster needs
    assert imported("docs") - {OWN} <= set(with_base("site"))


def test_what_is_declared_is_used():
    used = imported("mlpkit", "autograder", "docs", "tests") | set(PROGRAMS)
    assert set(EVERYTHING) - used == set()
    assert set(PROGRAMS) <= set(EVERYTHING)


@pytest.mark.parametrize(("file", "extra"), [("requirements.lock", "dev"), ("requirements-lab.lock", "lab")])
def test_a_lock_holds_versions_within_the_ranges(file, extra):
    versions = locked(file)
    wanted = with_base(extra)
    assert wanted.keys() - versions.keys() == set(), "run `make lock`"
    wrong = {
        name: versions[name]
        for name, one in wanted.items()
        if not all(one.specifier.contains(version) for version in versions[name])
    }
    assert wrong == {}
    text = (ROOT / file).read_text()
    assert len(re.findall(r"^[\w.-]+==", text, re.MULTILINE)) == len(re.findall(r"\\\n(?:    --hash.*\n)+", text))


def test_students_and_contributors_get_the_same_versions():
    everything = locked("requirements.lock")
    assert {name: one for name, one in locked("requirements-lab.lock").items() if one != everything.get(name)} == {}


def test_ranges_not_pins():
    assert [str(one) for one in EVERYTHING.values() if "==" in str(one.specifier)] == []


def test_conda_has_the_same_ranges():
    theirs = conda()
    assert str(theirs.pop("python").specifier) == PROJECT["requires-python"]
    ours = with_base("lab") | with_base("grader") | {"nbval": EVERYTHING["nbval"]}  # the user's list has nbval
    assert {name: str(one.specifier) for name, one in theirs.items()} == {
        name: str(one.specifier) for name, one in ours.items()
    }


def test_the_hooks_have_the_locked_versions():
    hooks = {
        repo["repo"].rpartition("/")[2]: repo.get("rev", "").removeprefix("v")
        for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
    }
    assert {hooks["ruff-pre-commit"]} == locked("requirements.lock")["ruff"]
    assert {hooks["nbstripout"]} == locked("requirements.lock")["nbstripout"]


def test_nothing_names_a_registry():
    for name in ("requirements.lock", "requirements-lab.lock", "environment.yml", "pyproject.toml", "Makefile"):
        assert not re.search(r"(index-url|find-links|extra-index).*://", (ROOT / name).read_text()), name


# ---- GitHub's files ----

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def jobs():
    for path in WORKFLOWS:
        for name, job in yaml.safe_load(path.read_text())["jobs"].items():
            yield f"{path.stem}: {name}", job


def test_every_job_ends():
    assert [name for name, job in jobs() if "timeout-minutes" not in job] == []


def test_every_workflow_has_few_rights_and_runs_once():
    for path in WORKFLOWS:
        workflow = yaml.safe_load(path.read_text())
        assert workflow["permissions"]["contents"] == "read", path.name
        assert "concurrency" in workflow, path.name


def test_every_action_is_pinned_by_its_commit():
    lines = [line.strip() for path in WORKFLOWS for line in path.read_text().splitlines() if "uses:" in line]
    assert [line for line in lines if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d", line)] == []


def test_what_the_workflows_call_is_there():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name, job in jobs():
        for step in job["steps"]:
            called = set(re.findall(r"\bmake (?:--[\w-]+ )*([a-z-]+)", step.get("run", "")))
            assert called <= targets, (name, called - targets)
            for file in re.findall(r"bash (\S+)", step.get("run", "")):
                assert (ROOT / file).exists()


# ---- the version and the address, each in one place ----


def test_the_version_is_said_once():
    import mlpkit

    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    released = re.findall(r"^## \[(\d[^\]]*)\] - (\d{4}-\d\d-\d\d)$", changes, re.MULTILINE)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert (citation["version"], citation["date-released"]) == released[0]
    assert ".dev" in mlpkit.__version__ or mlpkit.__version__ == released[0][0]
    assert PROJECT["dynamic"] == ["version", "readme"]


def test_the_citation_has_what_the_format_asks_for():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
    assert (citation["cff-version"], citation["type"], citation["license"]) == ("1.2.0", "software", PROJECT["license"])
    assert citation["repository-code"] == ADDRESS


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not names:
        pytest.skip("this is no clone of the repository")
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def test_the_address_is_changed_in_one_go(tmp_path):
    """`make address` leaves no mention of the old one, and the setting that others read is the new one."""
    if shutil.which("make") is None or shutil.which("git") is None:
        pytest.skip("needs make and git")
    copy = tmp_path / "copy"
    for path in tracked():
        if path.stat().st_size < 200_000:
            target = copy / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    for command in (["git", "init", "-q"], ["git", "add", "."], ["make", "address", "URL=https://example.org/a/b"]):
        subprocess.run(command, cwd=copy, check=True, capture_output=True)
    files = [path for path in copy.rglob("*") if path.is_file() and ".git" not in path.relative_to(copy).parts]
    assert [path.name for path in files if ADDRESS.encode() in path.read_bytes()] == []
    project = tomllib.loads((copy / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert all(url.startswith("https://example.org/a/b") for url in project["urls"].values())

    from autograder.course import Course

    assert Course.find(copy).settings.repository == "https://example.org/a/b"
    placeholder = ADDRESS.endswith("/owner/name")
    assert Course.find(ROOT).settings.repository == ("" if placeholder else ADDRESS)
