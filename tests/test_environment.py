"""pyproject.toml, requirements.lock and environment.yml tell the same story."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def requirements(lines: list[str]) -> dict[str, Requirement]:
    parsed = (Requirement(line) for line in lines)
    return {canonicalize_name(one.name): one for one in parsed}


RUNTIME = requirements(PROJECT["dependencies"])
EVERYTHING = RUNTIME | requirements([line for extra in EXTRAS.values() for line in extra])


def locked() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE):
        found.setdefault(canonicalize_name(name), set()).add(version)
    return found


OTHER_NAMES = {"msgpack-python": "msgpack"}
"""conda-forge's names, where they are not PyPI's."""


def conda() -> dict[str, Requirement]:
    lines = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    found = requirements([line for line in lines if isinstance(line, str) and line != "pip"])
    return {OTHER_NAMES.get(name, name): requirement for name, requirement in found.items()}


def test_the_extras_are_those_promised():
    assert set(EXTRAS) == {"cluster", "site", "dev"}


@pytest.mark.parametrize("name", sorted(EVERYTHING))
def test_lock_holds_a_version_within_the_range(name):
    versions = locked().get(name)
    assert versions, f"{name} is not in requirements.lock: run `make lock`"
    assert all(EVERYTHING[name].specifier.contains(version) for version in versions), versions


def test_ranges_not_pins():
    assert [str(one) for one in EVERYTHING.values() if "==" in str(one.specifier)] == []


def test_conda_has_the_same_ranges():
    theirs = conda()
    assert str(theirs.pop("python").specifier) == PROJECT["requires-python"]
    ours = RUNTIME | {"nbval": EVERYTHING["nbval"]}  # the user's list has nbval in the environment
    assert {name: str(one.specifier) for name, one in theirs.items()} == {
        name: str(one.specifier) for name, one in ours.items()
    }


def test_nothing_names_a_registry():
    for name in ("requirements.lock", "environment.yml", "pyproject.toml", "Makefile"):
        assert not re.search(r"(index-url|find-links|extra-index).*://", (ROOT / name).read_text()), name
