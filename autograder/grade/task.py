"""A submission on its way through preparing and execution, and the release it belongs to."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from autograder.course import Course, CourseError
from autograder.execute.session import Launch, execute
from autograder.grade.notebooks import read_notebook
from autograder.grade.points import assess, nothing
from autograder.grade.prepare import Prepared, prepare, resources
from autograder.grade.results import NotebookResult, Result
from autograder.intake.submission import NotGradable, Submission
from autograder.plan import Job, Outcome
from autograder.sandbox.launch import Launcher

FORMAT = 1
"""Raise it when the same submission would get another result: what was graded before is graded again."""


@dataclass(frozen=True)
class Release:
    """What was handed out: the released notebooks by name, and the files beside them."""

    course: Course
    assignment: str
    notebooks: Mapping[str, NotebookNode]
    files: Mapping[str, Path]

    @classmethod
    def load(cls, course: Course, assignment: str) -> Release:
        """Read the release of an assignment.

        Raises
        ------
        CourseError
            If it was not released.
        """
        folder = course.folder("release", assignment)
        paths = sorted(folder.glob("*.ipynb"))
        if not paths:
            raise CourseError(
                f"{assignment!r} is not released: {folder} holds no notebook; run `autograder release {assignment}`"
            )
        files = {
            str(path.relative_to(folder)): path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
        }
        return cls(course, assignment, {path.stem: read_notebook(path.read_bytes()) for path in paths}, files)

    def launcher(self, require_sandbox: bool = False) -> Launcher:
        """Return what starts this assignment's workers."""
        settings = self.course.settings
        return Launcher(tuple(settings.packages), self.files, require_sandbox or settings.require_sandbox)

    def digest(self) -> str:
        """Return a digest of the released notebooks, the files and the limits."""
        parts = [json.dumps(notebook, sort_keys=True).encode() for _, notebook in sorted(self.notebooks.items())]
        parts += [path.read_bytes() for _, path in sorted(self.files.items())]
        parts.append(json.dumps([FORMAT, asdict(self.course.limits)]).encode())
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def prepare(self, submission: Submission) -> dict[str, Prepared | NotGradable]:
        """Prepare each notebook of a submission, or say why it cannot be."""
        prepared: dict[str, Prepared | NotGradable] = {}
        for name, data in submission.notebooks.items():
            if isinstance(data, NotGradable):
                prepared[name] = data
                continue
            information = resources(self.course, self.assignment, name, submission.student)
            try:
                prepared[name] = prepare(data, self.notebooks[name], information, self.course.config)
            except NotGradable as reason:
                prepared[name] = reason
        return prepared

    def to_record(self, prepared: Mapping[str, Prepared | NotGradable]) -> dict[str, NotebookNode]:
        """Return the notebooks that go to ``autograded/``: prepared ones, or the released one in their place."""
        return {
            name: self.notebooks[name] if isinstance(one, NotGradable) else one.notebook
            for name, one in prepared.items()
        }


@dataclass(frozen=True)
class Task:
    """A submission on its way: what was taken in and prepared, and when."""

    submission: Submission
    key: str
    prepared: Mapping[str, Prepared | NotGradable]
    began: float = field(default_factory=time.time)

    def run(self, release: Release, launch: Launch) -> Result:
        """Execute the notebooks and return the result; the only step that untrusted code takes part in."""
        phases = {"prepared": self.began, "started": time.time()}
        notebooks: list[NotebookResult] = []
        for name, one in self.prepared.items():
            if isinstance(one, NotGradable):
                notebooks.append(nothing(name, release.notebooks[name], str(one)))
            else:
                outcome: Outcome = execute(Job(one.cells, release.course.limits), launch)
                notebooks.append(assess(name, one, outcome))
        phases["executed"] = time.time()
        student, refused = self.submission.student, self.submission.refused
        return Result(student, release.assignment, self.key, tuple(notebooks), refused, phases)
