"""A submission on its way through preparing and execution, and the release it belongs to."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from nbformat.notebooknode import NotebookNode

from autograder.course import ANY_STUDENT, Course, CourseError
from autograder.execute.session import Launch, execute
from autograder.grade.engines import Remote
from autograder.grade.isolation import Isolation, job, load
from autograder.grade.own import read_own
from autograder.grade.points import assess, nothing
from autograder.grade.prepare import Prepared, prepare, resources, with_hidden_tests
from autograder.grade.results import Basis, NotebookResult, Result
from autograder.intake.submission import Submission
from autograder.notebook.read import NotGradable
from autograder.notebook.symbols import imported_modules
from autograder.plan import Job, Outcome
from autograder.sandbox.launch import Launcher
from autograder.sandbox.preload import slow_modules

FORMAT = 5
"""Raise it when the same submission would get another result: what was graded before is graded again."""


@dataclass(frozen=True)
class Release:
    """The release of an assignment: what students were given, and the wall that its tests have.

    Attributes
    ----------
    notebooks : mapping of str to NotebookNode
        The released notebooks, by name.
    files : mapping of str to Path
        The files beside them.
    isolation : mapping of str to Isolation, or None
        How each notebook's tests see the students' code; None if they run in the student's process.
    """

    course: Course
    assignment: str
    notebooks: Mapping[str, NotebookNode]
    files: Mapping[str, Path]
    isolation: Mapping[str, Isolation] | None = None
    _graded: dict[str, NotebookNode] = field(default_factory=dict, init=False, repr=False, compare=False)

    @classmethod
    def load(cls, course: Course, assignment: str) -> Release:
        """Read the release of an assignment.

        Raises
        ------
        CourseError
            If it was not released, or a notebook of the release cannot be read.
        """
        release = cls.handed_out(course, assignment)
        if assignment in course.settings.shared:
            return release
        isolations = load(course, assignment)
        if missing := release.notebooks.keys() - isolations.keys():
            raise CourseError(
                f"{', '.join(sorted(missing))} of {assignment!r} came after the last release: "
                f"run `autograder release {assignment}`"
            )
        return replace(release, isolation=isolations)

    @classmethod
    def handed_out(cls, course: Course, assignment: str) -> Release:
        """Read the released notebooks and files alone; raise `CourseError` as `load`."""
        folder = course.folder("release", assignment)
        paths = sorted(folder.glob("*.ipynb"))
        if not paths:
            course.check_assignment(assignment)
            raise CourseError(
                f"{assignment!r} is not released: {folder} holds no notebook; run `autograder release {assignment}`"
            )
        files = {
            str(path.relative_to(folder)): path
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix != ".ipynb" and ".ipynb_checkpoints" not in path.parts
        }
        return cls(course, assignment, {path.stem: read_own(path) for path in paths}, files)

    def launcher(
        self,
        require_sandbox: bool = False,
        trusted: bool = False,
        make: Callable[..., AbstractContextManager[Launch | Remote]] | None = None,
    ) -> AbstractContextManager[Launch | Remote]:
        """Return what executes this assignment's jobs.

        Parameters
        ----------
        require_sandbox : bool
            Whether there must be a sandbox, whatever the course says.
        trusted : bool
            Whether the code is the instructor's own.
        make : callable, optional
            An engine's `launcher`; workers on this machine by default.
        """
        settings = self.course.settings
        try:
            return (make or Launcher)(
                packages=tuple(settings.packages),
                files=self.files,
                require_sandbox=require_sandbox or (settings.require_sandbox and not trusted),
                isolated=self.isolation is not None,
                masked=() if self.isolation is None else tuple(settings.masked.get(self.assignment, ())),
                trusted=trusted,
                preload=(*slow_modules(self._texts()), *self._own_modules()),
                private=private_folders(self.course),
            )
        except ValueError as error:
            raise CourseError(str(error)) from error

    def _texts(self) -> Iterator[str]:
        """Yield what may name the packages that a submission uses; a package of the course's own may draw, too."""
        yield from (cell.source for notebook in self.notebooks.values() for cell in notebook.cells)
        yield from (path.read_text("utf-8", "replace") for path in self.files.values() if path.suffix == ".py")
        if self.course.settings.packages:
            yield "matplotlib"

    def _own_modules(self) -> Iterator[str]:
        """Yield what the released notebooks import of the course's own packages."""
        cells = (cell for notebook in self.notebooks.values() for cell in notebook.cells if cell.cell_type == "code")
        names = dict.fromkeys(name for cell in cells for name in imported_modules(cell.source))
        yield from (name for name in names if name.split(".")[0] in self.course.settings.packages)

    def digest(self) -> str:
        """Return a digest of the released notebooks, the files and the limits."""
        parts = [json.dumps(notebook, sort_keys=True).encode() for _, notebook in sorted(self.notebooks.items())]
        parts += [path.read_bytes() for _, path in sorted(self.files.items())]
        walls = None if self.isolation is None else {name: asdict(one) for name, one in sorted(self.isolation.items())}
        masked = self.course.settings.masked.get(self.assignment, [])
        parts.append(json.dumps([FORMAT, asdict(self.course.limits), walls, masked]).encode())
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    def prepare(self, submission: Submission) -> dict[str, Prepared | NotGradable]:
        """Prepare each notebook of a submission, or say why it cannot be."""
        prepared: dict[str, Prepared | NotGradable] = {}
        for name, data in submission.notebooks.items():
            if isinstance(data, NotGradable):
                prepared[name] = data
                continue
            try:
                prepared[name] = prepare(data, self.notebooks[name], self.graded(name))
            except NotGradable as reason:
                prepared[name] = reason
        return prepared

    def graded(self, name: str) -> NotebookNode:
        """Return a released notebook with its hidden tests, which nbgrader is asked for once.

        Raises
        ------
        CourseError
            If nbgrader refuses it.
        """
        if name not in self._graded:
            information = resources(self.course, self.assignment, name, ANY_STUDENT)
            self._graded[name] = with_hidden_tests(self.notebooks[name], information, self.course.config)
        return self._graded[name]

    def job(self, name: str, prepared: Prepared) -> Job:
        """Return the job of a prepared notebook: its cells, the limits and the wall."""
        isolation = None if self.isolation is None else self.isolation[name]
        return job(prepared, self.notebooks[name], self.course.limits, isolation)

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
    basis: Basis | None = None

    def run(self, release: Release, launch: Launch | Remote) -> Result:
        """Execute the notebooks and return the result; the only step that untrusted code takes part in."""
        phases = {"prepared": self.began, "started": time.time()}
        notebooks: list[NotebookResult] = []
        for name, one in self.prepared.items():
            if isinstance(one, NotGradable):
                notebooks.append(nothing(name, release.notebooks[name], str(one)))
            else:
                notebooks.append(assess(name, one, self.execute(name, release.job(name, one), launch)))
        phases["executed"] = time.time()
        student, refused = self.submission.student, self.submission.refused
        return Result(student, release.assignment, self.key, tuple(notebooks), refused, phases, self.basis)

    def execute(self, name: str, job: Job, launch: Launch | Remote) -> Outcome:
        """Execute one of the notebooks."""
        return launch.execute(job) if isinstance(launch, Remote) else execute(job, launch)


def private_folders(course: Course) -> tuple[Path, ...]:
    """Return the folders with the course, its steps and its gradebook, which students' code may not see."""
    settings = course.directories
    steps = ("source", "release", "submitted", "autograded", "feedback")
    names = [str(getattr(settings, f"{step}_directory")) for step in steps]
    url = course.db_url
    if url.startswith("sqlite:///") and url != "sqlite:///":
        names.append(str(Path(url.removeprefix("sqlite:///")).parent))
    folders = [course.root, *(course.root / name for name in names)]
    return tuple(folder for folder in folders if folder != Path("/"))
