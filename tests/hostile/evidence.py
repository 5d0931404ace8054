"""What a grading run left behind: results, texts, files and processes."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

import fortress
from catalogue import Case

WATCHED = (
    "/",
    "/tmp",
    "/var/tmp",
    "/dev/shm",
    "/run",
    "/etc",
    "/home",
    "/root",
    sys.prefix,
    os.__file__[: -len("/os.py")],
)
KEPT = ("solutions", "release", "submitted", "nbgrader_config.py")
"""What grading must leave as it is in the course folder."""
OWN_CACHES = (".cache", ".config", ".local", ".jupyter", ".ipython")
"""What the grader's own libraries make in a new home folder."""


@dataclass
class Campaign:
    """One run of `grade` over the catalogue, and what it left behind."""

    variant: str
    graded: dict[str, dict[str, Any]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    points: dict[str, dict[str, float]] = field(default_factory=dict)
    private: dict[str, str] = field(default_factory=dict)
    public: dict[str, str] = field(default_factory=dict)
    log: str = ""
    report: str = ""
    left_running: list[str] = field(default_factory=list)
    left_files: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    marks: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def summary(self, student: str) -> tuple[float, str]:
        """Return a student's score and status."""
        one = self.graded.get(student)
        return (-1.0, self.failures.get(student, "lost")) if one is None else (one["score"], one["status"])


def student(case: Case) -> str:
    """Return the name under which a case hands in: what waits for its limits comes first, and nobody waits for it."""
    return f"a-{case.name}" if case.path.parent.name == "stalling" else case.name


def canary(case: Case) -> str:
    """Return the name of the honest student who is graded after a case."""
    return f"{student(case)}~canary"


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of each file that must stay as it is."""
    kept = [folder / name for name in KEPT] if (folder / KEPT[0]).exists() else [folder]
    files = [path for one in kept for path in ([one] if one.is_file() else sorted(one.rglob("*")))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "" for path in files}


def collect(campaign: Campaign, work: Path, course: Path, cases: list[Case]) -> None:
    done = json.loads((work / "report.json").read_text())
    for step in done:
        if step["code"] != 0 and "grade" not in step["command"]:
            raise RuntimeError(f"{step['command']} failed:\n{step['out']}\n{step['err']}")
    grading = next(step for step in done if "grade" in step["command"])
    if grading["code"] not in (0, 1):
        raise RuntimeError(f"grade failed with {grading['code']}:\n{grading['out'][-2000:]}\n{grading['err'][-4000:]}")
    campaign.seconds = grading["seconds"]
    campaign.left_running = [name for step in done for name in step["left"]]
    said = json.loads(grading["out"])
    campaign.graded = {one["student"]: one for one in said["submissions"]}
    campaign.failures = said["failures"]
    campaign.log = "\n".join(step["out"] + step["err"] for step in done)
    campaign.log += (course / ".autograder" / fortress.NAME / "journal.jsonl").read_text()
    campaign.report = "\n".join(path.read_text() for path in sorted((course / "report").iterdir()))
    names = [student(case) for case in cases] + [canary(case) for case in cases if case.followed(campaign.variant)]
    for name in names:
        kept = course / ".autograder" / fortress.NAME / "results" / f"{name}.json"
        kept_text = kept.read_text() if kept.exists() else "{}"
        notebooks = json.loads(kept_text).get("notebooks", [])
        campaign.points[name] = {grade["name"]: grade["score"] for one in notebooks for grade in one["grades"]}
        pages = sorted((course / "feedback" / name).rglob("*.html"))
        campaign.public[name] = "\n".join(page.read_text() for page in pages)
        campaign.private[name] = kept_text + "".join(_outputs(course / "autograded" / name))
    campaign.left_files = [str(path) for path in marked(work)]
    campaign.left_files += [str(path) for path in (work / "tmp").iterdir()]
    campaign.left_files += [str(path) for path in (work / "home").iterdir() if path.name not in OWN_CACHES]
    campaign.left_files += [str(path) for path in (work / "home").rglob(f"*{work.name}*")]


def _outputs(folder: Path) -> Iterator[str]:
    """Yield what the cells of autograded notebooks put out; their sources hold the hidden tests by right."""
    for path in sorted(folder.rglob("*.ipynb")):
        for cell in nbformat.read(path, as_version=4).cells:
            yield json.dumps(cell.get("outputs", []))


def marked(work: Path) -> Iterator[Path]:
    """Yield what lies in a watched folder, or one level deeper, and has a name with a mark of this run."""
    for place in map(Path, WATCHED):
        try:
            entries = list(place.iterdir())
        except OSError:
            continue
        for entry in entries:
            if entry.name.startswith(work.name + "-"):
                yield entry
            elif entry != work and entry.name.startswith(("autograder", "site-packages", "student")) and entry.is_dir():
                yield from entry.glob(f"*{work.name}-*")
