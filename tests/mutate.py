"""Mutation testing: ``make mutate``, or ``make mutate MODULE=losses`` for one row of the table.

mutmut changes one thing of the code at a time and runs the tests that reach it. A change that no test notices
survived. What can be noticed by nobody stands in ``mutants.toml`` with the reason. The exit status is 1 if a module
has fewer than 90 % of the others killed, or if ``mutants.toml`` says something that is no longer so.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "mutants"
GOAL = 0.9
PARTS = {
    "optimizers": "mlpkit.optimizers.*",
    "layers": "mlpkit.layers.*",
    "losses": "mlpkit.losses.*",
    "minibatches": "mlpkit.minibatches.*",
    "training": "mlpkit.training.*",
    "callbacks": "mlpkit.callbacks.*",
    "tensorboard": "mlpkit.tensorboard.*",
    "metrics": "mlpkit.metrics.*",
    "recording": "mlpkit.recording.*",
    "points": "autograder.grade.points.*",
    "withhold": "autograder.grade.withhold.*",
    "secret": "autograder.notebook.secret.*",
    "lint": "autograder.release.lint.*",
    "codec": "autograder.execute.codec.*",
    "contract": "autograder.execute.contract.*",
    "intake": "autograder.intake.*",
    "journal": "autograder.grade.journal.*",
    "record": "autograder.grade.record.*",
    "run": "autograder.grade.run.*",
    "task": "autograder.grade.task.*",
    "trials": "autograder.grade.trials.*",
}
"""A row of the table: its name, and the functions that belong to it."""
NOTICED = {1, 3, 24, -24, 36, 37, 152, 255}
"""Exit codes of a mutant that the tests noticed: failed, or did not come to an end."""
SURVIVED, UNREACHED = 0, 33


@dataclass
class Row:
    """What became of the mutants of one part."""

    killed: int = 0
    equivalent: int = 0
    survivors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """The share of killed mutants among those that can be noticed."""
        return self.killed / max(1, self.killed + len(self.survivors))


@dataclass(frozen=True)
class Change:
    """What a mutant is, in words that do not depend on how many there are: function, old and new lines."""

    function: str
    before: str
    after: str


def main(arguments: list[str]) -> int:
    """Run mutmut for the chosen parts and print the table; return the exit status."""
    chosen = arguments or list(PARTS)
    if unknown := set(chosen) - set(PARTS):
        print(f"there is no part {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    patterns = [PARTS[name] for name in chosen]
    log = ROOT / "build" / "mutmut.log"
    log.parent.mkdir(exist_ok=True)
    shutil.rmtree(KEPT, ignore_errors=True)  # mutmut would go on with its old copy of the tests
    print(f"Changing and testing; {log.relative_to(ROOT)} shows how far it is.", flush=True)
    with log.open("w") as file:
        done = subprocess.run([sys.executable, "-m", "mutmut", "run", *patterns], cwd=ROOT, stdout=file, check=False)
    if done.returncode != 0:
        print(f"mutmut failed: see the end of {log.relative_to(ROOT)}", file=sys.stderr)
        return done.returncode
    known = equivalents()
    seen: set[Change] = set()
    table = {name: Row() for name in chosen}
    for name, code in outcomes():
        row = next((table[part] for part in chosen if matches(name, PARTS[part])), None)
        if row is None:
            continue
        if code in NOTICED:
            row.killed += 1
            continue
        if code not in (SURVIVED, UNREACHED):  # it counts as one that nobody noticed
            print(f"mutmut ended {name} with the exit code {code}, which this script does not know", file=sys.stderr)
        change = change_of(name)
        seen.add(change)
        if change in known:
            row.equivalent += 1
        else:
            row.survivors.append(name)
    stale = [change for change in known if change not in seen and any(matches(change.function, p) for p in patterns)]
    return report(table, stale)


def matches(name: str, pattern: str) -> bool:
    """Return whether a function or mutant belongs to a part."""
    return name.startswith(pattern.removesuffix("*"))


def outcomes() -> Iterator[tuple[str, int | None]]:
    """Yield the name of every mutant and the exit code of its tests."""
    for path in sorted(KEPT.rglob("*.meta")):
        yield from json.loads(path.read_text())["exit_code_by_key"].items()


@cache
def change_of(name: str) -> Change:
    """Return what a mutant changes, from mutmut's own description."""
    shown = subprocess.run(
        [sys.executable, "-m", "mutmut", "show", name], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    lines = shown.splitlines()
    old = [line[1:].strip() for line in lines if line.startswith("-") and not line.startswith("---")]
    new = [line[1:].strip() for line in lines if line.startswith("+") and not line.startswith("+++")]
    return Change(function_of(name), "\n".join(old), "\n".join(new))


def function_of(name: str) -> str:
    """Return the dotted name of the function that a mutant changes."""
    module, _, mangled = re.sub(r"__mutmut_\d+$", "", name).rpartition(".")
    parts = mangled.split("ǁ")[1:] if "ǁ" in mangled else [mangled.removeprefix("x_")]
    return ".".join([module, *parts])


def equivalents() -> dict[Change, str]:
    """Return the changes that nobody can notice, with the reasons."""
    path = ROOT / "tests" / "mutants.toml"
    entries = tomllib.loads(path.read_text(encoding="utf-8")).get("equivalent", [])
    return {Change(one["function"], one["before"], one.get("after", "")): one["reason"] for one in entries}


def report(table: dict[str, Row], stale: list[Change]) -> int:
    """Print what survived and the table; return the exit status."""
    for part, row in table.items():
        for name in row.survivors:
            change = change_of(name)
            print(f"\n{part}: {change.function} survived\n- {change.before}\n+ {change.after}")
    print(f"\n{'part':12} {'mutants':>8} {'killed':>8} {'equivalent':>11} {'survived':>9} {'rate':>7}")
    for part, row in table.items():
        number = row.killed + row.equivalent + len(row.survivors)
        print(f"{part:12} {number:8} {row.killed:8} {row.equivalent:11} {len(row.survivors):9} {row.rate:7.1%}")
    for change in stale:
        print(f"mutants.toml: no mutant of {change.function} like this survives: {change.before!r} -> {change.after!r}")
    return 1 if stale or any(row.rate < GOAL for row in table.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
