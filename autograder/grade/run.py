"""The three steps in order, for one submission and for a class."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout
from nbformat.notebooknode import NotebookNode

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.execute.session import Launch, execute
from autograder.grade.engines import Engine, LocalEngine
from autograder.grade.journal import Journal
from autograder.grade.notebooks import read_notebook
from autograder.grade.points import assess, nothing
from autograder.grade.prepare import Prepared, prepare, resources
from autograder.grade.record import Recorder, copy_files
from autograder.grade.results import NotebookResult, Result
from autograder.intake.submission import NotGradable, Submission, take_in
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


def grade_trials(
    release: Release,
    trials: Mapping[str, Mapping[str, bytes]],
    engine: Engine,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> dict[str, Result]:
    """Grade notebooks as if they had been handed in, without recording anything.

    Parameters
    ----------
    release : Release
        The assignment; its gradebook is read for the hidden tests.
    trials : mapping of str to mapping of str to bytes
        Label of each trial to its notebooks by name.
    engine : Engine
        Where to run.
    progress : callable
        Called with the number of trials done and of all.

    Raises
    ------
    WorkerError
        If a worker cannot be started.
    """
    launch = release.launcher()
    submissions = (Submission(label, dict(notebooks)) for label, notebooks in trials.items())
    tasks = (Task(submission, "", release.prepare(submission)) for submission in submissions)
    results: dict[str, Result] = {}
    with calling_nbgrader():
        for task, result in engine.map(lambda task: task.run(release, launch), tasks):
            if isinstance(result, Exception):
                raise result
            results[task.submission.student] = result
            progress(len(results), len(trials))
    return results


@dataclass
class Run:
    """What a call of `grade` did: the results by student, and what could not be run at all."""

    results: dict[str, Result] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    kept: int = 0


def grade(
    course: Course,
    assignment: str,
    *,
    students: Iterable[str] | None = None,
    force: bool = False,
    engine: Engine | None = None,
    require_sandbox: bool = False,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> Run:
    """Grade every submission of an assignment that is new, changed or unfinished.

    A killed run is continued by calling `grade` again: what was executed is not executed again.

    Parameters
    ----------
    course : Course
        Where everything is.
    assignment : str
        Name of a released assignment.
    students : iterable of str, optional
        Only these; all with a folder by default.
    force : bool
        Grade again what is already graded.
    engine : Engine, optional
        Where to run; local processes, as many as cores, by default.
    require_sandbox : bool
        Refuse to run without bubblewrap.
    progress : callable
        Called with the number of submissions done and of all.

    Raises
    ------
    CourseError
        If the assignment is not released, a student is unknown, or another run is under way.
    SandboxUnavailable
        If a sandbox is required and there is none.
    """
    release = Release.load(course, assignment)
    chosen = _chosen(course, assignment, students)
    launch = release.launcher(require_sandbox)
    journal = Journal(course.state(assignment))
    engine = engine or LocalEngine(course.settings.workers)
    run = Run()
    with _only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder:
        known = recorder.students()
        base = release.digest() + recorder.source_digest()

        def finish(result: Result, task: Task) -> None:
            recorder.record(result, release.to_record(task.prepared), task.submission.timestamp)
            copy_files(release.files, course.folder("autograded", assignment, result.student))
            journal.mark_recorded(result)
            run.results[result.student] = result
            progress(len(run.results) + len(run.failures), len(chosen))

        def unfinished() -> Iterator[Task]:
            for student in chosen:
                folder = course.folder("submitted", assignment, student)
                submission = take_in(folder, student, release.notebooks, course.settings.submission_bytes)
                key = _key(base, submission)
                old = None if force else journal.load(student)
                if old is None or old.key != key:
                    yield Task(submission, key, release.prepare(submission))
                elif journal.is_recorded(old) and student in known:
                    run.results[student] = old
                    run.kept += 1
                    progress(len(run.results) + len(run.failures), len(chosen))
                else:
                    finish(old, Task(submission, key, release.prepare(submission)))

        for task, result in engine.map(lambda task: task.run(release, launch), unfinished()):
            if isinstance(result, Exception):
                run.failures[task.submission.student] = str(result)
                progress(len(run.results) + len(run.failures), len(chosen))
            else:
                journal.save(result)
                finish(result, task)
    return run


def _chosen(course: Course, assignment: str, students: Iterable[str] | None) -> list[str]:
    submitted = course.students(assignment)
    if students is None:
        return submitted
    unknown = sorted(set(students) - set(submitted))
    if unknown:
        where = course.folder("submitted", assignment, "STUDENT")
        raise CourseError(f"no submission of {assignment!r} by {', '.join(unknown)}: there is no folder {where}")
    return sorted(set(students))


def _key(base: str, submission: Submission) -> str:
    digest = hashlib.sha256(base.encode())
    for name, data in sorted(submission.notebooks.items()):
        content = data if isinstance(data, bytes) else str(data).encode()
        digest.update(hashlib.sha256(name.encode()).digest() + hashlib.sha256(content).digest())
    digest.update(repr((submission.refused, submission.timestamp)).encode())
    return digest.hexdigest()


class _only_writer:  # noqa: N801  (reads as a phrase where it is used)
    """Holds the course's lock; the operating system frees it even when the process is killed."""

    def __init__(self, course: Course) -> None:
        path = course.state(".") / "lock"
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = FileLock(path, timeout=0)

    def __enter__(self) -> None:
        try:
            self._lock.acquire()
        except Timeout:
            raise CourseError(
                "another grading run is writing to this course's gradebook; wait until it has ended"
            ) from None

    def __exit__(self, *error: object) -> None:
        self._lock.release()
