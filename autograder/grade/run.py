"""The three steps in order, for one submission and for a class."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from filelock import FileLock, Timeout

from autograder.course import Course, CourseError, calling_nbgrader
from autograder.execute.session import WorkerError
from autograder.grade.engines import Engine, LocalEngine
from autograder.grade.journal import Journal
from autograder.grade.record import Recorder, copy_files
from autograder.grade.results import Result
from autograder.grade.task import Release, Task
from autograder.intake.submission import Submission, take_in


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
    """What a call of `grade` did: the results by student, without outputs, and what could not be run at all."""

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
    engine = engine or LocalEngine(course.settings.workers)
    run = Run()
    with _only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder:
        journal = Journal(course.state(assignment))
        known = recorder.students()
        base = release.digest() + recorder.source_digest()

        def finish(result: Result, task: Task) -> None:
            recorder.record(result, release.to_record(task.prepared), task.submission.timestamp)
            copy_files(release.files, course.folder("autograded", assignment, result.student))
            journal.mark_recorded(result)
            run.results[result.student] = result.without_outputs()
            progress(len(run.results) + len(run.failures), len(chosen))

        def unfinished() -> Iterator[Task]:
            for student in chosen:
                folder = course.folder("submitted", assignment, student)
                submission = take_in(folder, student, release.notebooks, course.settings.submission_bytes)
                key = submission.digest(base)
                old = None if force else journal.load(student)
                if old is None or old.key != key:
                    yield Task(submission, key, release.prepare(submission))
                elif journal.is_recorded(old) and student in known:
                    run.results[student] = old.without_outputs()
                    run.kept += 1
                    progress(len(run.results) + len(run.failures), len(chosen))
                else:
                    finish(old, Task(submission, key, release.prepare(submission)))

        for task, result in engine.map(lambda task: task.run(release, launch), unfinished()):
            if isinstance(result, Exception):
                said = str(result) if isinstance(result, WorkerError) else f"{type(result).__name__}: {result}"
                run.failures[task.submission.student] = said
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


@contextmanager
def _only_writer(course: Course) -> Iterator[None]:
    """Hold the course's lock; the operating system frees it even when the process is killed."""
    path = course.state(".") / "lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise CourseError(
            "another grading run is writing to this course's gradebook; wait until it has ended"
        ) from None
    try:
        yield
    finally:
        lock.release()
