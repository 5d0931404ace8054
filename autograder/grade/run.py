"""The three steps in order, for one submission and for a class."""

from __future__ import annotations

import errno
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from autograder.course import Course, CourseError, calling_nbgrader, only_writer
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
    """Grade the instructor's own notebooks as if they had been handed in, without recording anything.

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
    submissions = (Submission(label, dict(notebooks)) for label, notebooks in trials.items())
    tasks = (Task(submission, "", release.prepare(submission)) for submission in submissions)
    results: dict[str, Result] = {}
    with release.launcher(trusted=True) as launch, calling_nbgrader():
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
    trusted: bool = False,
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
    trusted : bool
        Whether the submissions are the instructor's own and may run even as root without a sandbox.
    progress : callable
        Called with the number of submissions done and of all.

    Raises
    ------
    CourseError
        If the assignment is not released, a student is unknown, or another run is under way.
    SandboxUnavailable
        If a sandbox is required and there is none, or if students' code would run as root.
    """
    release = Release.load(course, assignment)
    chosen = _chosen(course, assignment, students)
    launcher = release.launcher(require_sandbox, trusted)
    engine = engine or LocalEngine(course.settings.workers)
    run = Run()
    with only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder, launcher as launch:
        journal = Journal(course.state(assignment))
        known = recorder.students()
        base = release.digest() + recorder.source_digest()

        def finish(result: Result, task: Task) -> None:
            recorder.record(result, release.to_record(task.prepared), task.submission.timestamp)
            copy_files(release.files, course.folder("autograded", assignment, result.student))
            run.results[result.student] = journal.mark_recorded(result).without_outputs()

        def begin(student: str) -> Task | None:
            """Take a submission in; return the task if it has to be run, else finish what is left to do."""
            folder = course.folder("submitted", assignment, student)
            submission = take_in(folder, student, release.notebooks, course.settings.submission_bytes, release.files)
            key = submission.digest(base)
            old = None if force else journal.load(student)
            if old is None or old.key != key:
                return Task(submission, key, release.prepare(submission))
            if kept(old):
                run.results[student] = old.without_outputs()
                run.kept += 1
            else:
                finish(old, Task(submission, key, release.prepare(submission)))
            return None

        def kept(old: Result) -> bool:
            folder = course.folder("autograded", assignment, old.student)
            files = all((folder / f"{name}.ipynb").exists() for name in release.notebooks)
            return journal.is_recorded(old) and old.student in known and files

        def report(student: str, error: Exception | None = None) -> None:
            if error is not None:
                run.failures[student] = _said(error)
            progress(len(run.results) + len(run.failures), len(chosen))

        def unfinished() -> Iterator[Task]:
            for student in chosen:
                try:
                    task = begin(student)
                except Exception as error:  # whatever is wrong with one submission must not stop the others
                    report(student, error)
                else:
                    if task is not None:
                        yield task
                    else:
                        report(student)

        for task, result in engine.map(lambda task: task.run(release, launch), unfinished()):
            student = task.submission.student
            try:
                if isinstance(result, Exception):
                    raise result
                journal.save(result)
                finish(result, task)
            except Exception as error:
                report(student, error)
            else:
                report(student)
    return run


def _said(error: Exception) -> str:
    """Return an error in words; raise it anew if it would meet every other submission, too."""
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EROFS, errno.EDQUOT):
        raise CourseError(f"{error.filename or 'the disk'} cannot be written: {error.strerror}") from error
    return str(error) if isinstance(error, WorkerError) else f"{type(error).__name__}: {error}"


def _chosen(course: Course, assignment: str, students: Iterable[str] | None) -> list[str]:
    submitted = course.students(assignment)
    if students is None:
        return submitted
    unknown = sorted(set(students) - set(submitted))
    if unknown:
        where = course.folder("submitted", assignment, "STUDENT")
        raise CourseError(f"no submission of {assignment!r} by {', '.join(unknown)}: there is no folder {where}")
    return sorted(set(students))
