"""The three steps in order, for one submission and for a class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from autograder.course import Course, CourseError, calling_nbgrader, only_writer
from autograder.execute.session import Launch, WorkerError
from autograder.files import DISK_ERRORS
from autograder.grade.basis import basis_of
from autograder.grade.engines import Engine, EngineError, LocalEngine, QuarantinedError, Remote
from autograder.grade.journal import Journal
from autograder.grade.monitor import Monitor, NotBegunError
from autograder.grade.points import nothing
from autograder.grade.record import Recorder, copy_files
from autograder.grade.results import Result, Run
from autograder.grade.rounds import run_all
from autograder.grade.students import chosen_students
from autograder.grade.task import Release, Task
from autograder.intake.misplaced import misplaced
from autograder.intake.submission import Submission, take_in
from autograder.notebook.read import NotGradable


def grade(
    course: Course,
    assignment: str,
    *,
    students: Iterable[str] | None = None,
    force: bool = False,
    engine: Engine | None = None,
    require_sandbox: bool = False,
    trusted: bool = False,
    progress: Callable[[int, int], object] = lambda done, total: None,
    monitor: Monitor | None = None,
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
    trusted : bool
        Whether the submissions are the instructor's own and may run even as root without a sandbox.
    progress : callable
        Called with the number of submissions done and of all.
    monitor : Monitor, optional
        Told of every step; when it says so, nothing new begins.

    Raises
    ------
    CourseError
        If the assignment is not released, a student is unknown, or another run is under way.
    SandboxUnavailable
        If a sandbox is required and there is none, or if students' code would run as root.
    """
    release = Release.load(course, assignment)
    chosen = chosen_students(course, assignment, students)
    engine = engine or LocalEngine(course.settings.workers)
    launcher = release.launcher(require_sandbox, trusted, engine.launcher)
    with only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder, launcher as launch:
        options: Any = {"force": force, "progress": progress, "monitor": monitor}
        grading = Grading(release, recorder, Journal(course.state(assignment)), chosen, **options)
        grading.execute(engine, launch).misplaced = misplaced(course, assignment)
        return grading.run


class Grading:
    """The steps of a run, for one submission each.

    Parameters
    ----------
    release : Release
        What the submissions are graded against.
    recorder : Recorder
        The gradebook, open for writing.
    journal : Journal
        What earlier runs did, and where this one notes what it does.
    students : sequence of str
        Whose submissions to grade, in this order.
    force : bool
        Grade again what is already graded.
    progress, monitor
        As for `grade`.

    Attributes
    ----------
    run : Run
        What was done so far.
    """

    def __init__(
        self,
        release: Release,
        recorder: Recorder,
        journal: Journal,
        students: Sequence[str],
        *,
        force: bool = False,
        progress: Callable[[int, int], object] = lambda done, total: None,
        monitor: Monitor | None = None,
    ) -> None:
        self.release = release
        self.recorder = recorder
        self.journal = journal
        self.students = students
        self.force = force
        self.progress = progress
        self.monitor = monitor or Monitor()
        self.run = Run()
        self._in_gradebook = recorder.students()
        self._base = release.digest() + recorder.source_digest()
        self.basis = basis_of(release)

    def execute(self, engine: Engine, launch: Launch | Remote) -> Run:
        """Execute and record the unfinished submissions; return `run`."""
        with self.monitor.watching(self.release.assignment, len(self.students)):
            self.show_progress()
            for task, result in run_all(engine, self.release, launch, self.unfinished, self.students, self.monitor):
                student = task.submission.student
                try:
                    if isinstance(result, Exception):
                        raise result
                    self.journal.save(result)
                    self.record(result, task)
                    self.monitor.finished(self.run.results[student])
                except NotBegunError:
                    continue
                except Exception as error:  # whatever is wrong with one submission must not stop the others
                    self.fail(student, error, task.key)
                self.show_progress()
        self.run.left = len(self.students) - self.done
        return self.run

    def unfinished(self, students: Iterable[str]) -> Iterator[Task]:
        """Yield the submissions that have to be executed; the others are completed on the way."""
        for student in students:
            if self.monitor.stopping:
                return
            try:
                task = self.begin(student)
            except Exception as error:  # as above
                self.fail(student, error)
                task = None
            if task is None:
                self.show_progress()
            else:
                yield task

    def take_in(self, student: str) -> tuple[Submission, str]:
        """Return a student's submission and the digest of all that its result will depend on."""
        course, release = self.release.course, self.release
        try:
            student.encode()
        except UnicodeEncodeError:
            raise CourseError("the folder's name is no UTF-8, which the gradebook cannot hold: rename it") from None
        folder = course.folder("submitted", release.assignment, student)
        submission = take_in(folder, student, release.notebooks, course.settings.submission_bytes, release.files)
        key = submission.digest(self._base)
        if self.journal.is_quarantined(student, key) and not self.force:
            raise CourseError(
                "it ended two workers in an earlier run and is not tried again unless it changes, or with --force"
            )
        return submission, key

    def begin(self, student: str) -> Task | None:
        """Take a submission in; return the task if it has to be executed, else complete it and return None."""
        submission, key = self.take_in(student)
        old = None if self.force else self.journal.load(student)
        if old is not None and old.key == key and self.is_complete(old):
            self.run.results[student] = old.in_brief()
            self.run.kept += 1
            self.monitor.kept()
            return None
        task = Task(submission, key, self.release.prepare(submission), basis=self.basis.of(submission.digest()))
        if old is None or old.key != key:
            return task
        self.record(old, task)
        self.monitor.finished(self.run.results[student])
        return None

    def is_complete(self, result: Result) -> bool:
        """Return whether a result is in the gradebook and its notebooks are in ``autograded/``."""
        folder = self._autograded(result.student)
        files = all((folder / f"{name}.ipynb").exists() for name in self.release.notebooks)
        return self.journal.is_recorded(result) and result.student in self._in_gradebook and files

    def record(self, result: Result, task: Task) -> None:
        """Put an executed submission into the gradebook and into ``autograded/``.

        If that fails and neither the disk nor the gradebook is to blame, it is recorded as not gradable.
        """
        try:
            self._put(result, task)
        except (OSError, SQLAlchemyError):
            raise
        except Exception as error:
            reason = f"what came of it cannot be recorded ({type(error).__name__}: {error}); ask your instructor"
            names = self.release.notebooks
            result = replace(result, notebooks=tuple(nothing(name, names[name], reason) for name in names))
            try:
                self._put(result, replace(task, prepared={name: NotGradable(reason) for name in names}))
            except Exception:  # the fault lies elsewhere: what was executed is recorded by the next run
                raise error from None
            self.journal.save(result)
        self.run.results[result.student] = self.journal.mark_recorded(result).in_brief()

    def _put(self, result: Result, task: Task) -> None:
        self.recorder.record(result, self.release.to_record(task.prepared), task.submission.timestamp)
        copy_files(self.release.files, self._autograded(result.student))

    def fail(self, student: str, error: Exception, key: str = "") -> None:
        """Note that a submission could not be graded; one in quarantine also under its key.

        Raises
        ------
        CourseError
            If the error would meet every other submission, too.
        """
        if isinstance(error, QuarantinedError):
            try:
                self.journal.quarantine(student, key)
            except OSError as other:
                error = other
        if isinstance(error, EngineError):
            raise error
        if isinstance(error, OSError) and error.errno in DISK_ERRORS:
            raise CourseError(f"{error.filename or 'the disk'} cannot be written: {error.strerror}") from error
        reason = str(error) if isinstance(error, WorkerError | CourseError) else f"{type(error).__name__}: {error}"
        self.run.failures[student] = reason
        self.monitor.failed(student, reason)

    @property
    def done(self) -> int:
        """How many submissions are done."""
        return len(self.run.results) + len(self.run.failures)

    def show_progress(self) -> None:
        """Report the number of submissions done."""
        self.progress(self.done, len(self.students))

    def _autograded(self, student: str) -> Path:
        return self.release.course.folder("autograded", self.release.assignment, student)
