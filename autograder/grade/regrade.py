"""Grading again after tests were corrected: only what the correction touches is run, and nothing counts at first.

What comes of it is kept beside the journal. The differences can be looked at; applying records these very results.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.course import Course, CourseError, calling_nbgrader, only_writer
from autograder.execute.session import Launch
from autograder.grade.basis import changed_tests, completed, is_stale, shortened, tests_of
from autograder.grade.engines import Engine, Remote
from autograder.grade.journal import Journal
from autograder.grade.monitor import Monitor
from autograder.grade.prepare import Prepared
from autograder.grade.record import Recorder
from autograder.grade.results import Result, Run
from autograder.grade.run import Grading, grade
from autograder.grade.students import chosen_students
from autograder.grade.task import Release, Task
from autograder.plan import Job, Outcome

FOLDER = "regrade"


@dataclass(frozen=True)
class Retry(Task):
    """A submission that was graded before: of each notebook, only what changed tests need is run.

    Attributes
    ----------
    earlier : Result or None
        What was graded before.
    """

    earlier: Result | None = field(default=None)

    def execute(self, name: str, job: Job, launch: Launch | Remote) -> Outcome:
        """Execute what the changed tests of one notebook need, and take the rest from before."""
        before = self._before(name)
        prepared, basis = self.prepared[name], self.basis
        if before is None or basis is None or not isinstance(prepared, Prepared):
            return super().execute(name, job, launch)
        earlier = None if self.earlier is None else self.earlier.basis
        changed = changed_tests(earlier, basis)
        if changed is None or not job.names:
            return super().execute(name, job, launch)
        own = [test.partition("/")[2] for test in changed if test.partition("/")[0] == name]
        part = shortened(job, prepared, own)
        if not part.cells:
            return before
        return completed(job, super().execute(name, part, launch), before)

    def _before(self, name: str) -> Outcome | None:
        found = (one.outcome for one in (self.earlier.notebooks if self.earlier else ()) if one.name == name)
        return next(found, None)


class Regrading(Grading):
    """A run over what was graded before; its results go to a journal of their own and not to the gradebook.

    Parameters
    ----------
    release, recorder, journal, students, progress, monitor
        As for `Grading`; the journal is the one to keep the results in.
    graded : Journal
        What was graded before.
    """

    def __init__(
        self,
        release: Release,
        recorder: Recorder,
        journal: Journal,
        students: list[str],
        *,
        graded: Journal,
        progress: Callable[[int, int], object],
        monitor: Monitor | None,
    ) -> None:
        super().__init__(release, recorder, journal, students, progress=progress, monitor=monitor)
        self.graded = graded

    def begin(self, student: str) -> Task | None:
        """Return the task of a submission whose result is out of date; None if there is nothing to run."""
        submission, key = self.take_in(student)
        before, ready = self.graded.load(student), self.journal.load(student)
        if before is None or before.key == key:
            self.run.kept += 1
            self.monitor.kept()
        elif ready is not None and ready.key == key:
            self.run.results[student] = ready.in_brief()
            self.monitor.kept()
        else:
            prepared = self.release.prepare(submission)
            return Retry(submission, key, prepared, basis=self.basis.of(submission.digest()), earlier=before)
        return None

    def record(self, result: Result, task: Task) -> None:
        """Keep a result without recording it."""
        self.run.results[result.student] = result.in_brief()

    @property
    def done(self) -> int:
        """How many submissions are done, those with nothing to do among them."""
        return super().done + self.run.kept


def regrade(
    course: Course,
    assignment: str,
    *,
    students: Iterable[str] | None = None,
    engine: Engine,
    require_sandbox: bool = False,
    trusted: bool = False,
    progress: Callable[[int, int], object] = lambda done, total: None,
    monitor: Monitor | None = None,
) -> Run:
    """Grade what was graded with other tests, without counting it; see `grade` for the parameters.

    A submission that itself has changed, or that was graded under other limits, is run as a whole. One that was
    never graded is left to `grade`.

    Returns
    -------
    Run
        The new results; `kept` is the number of submissions with nothing to do.
    """
    release = Release.load(course, assignment)
    chosen = chosen_students(course, assignment, students)
    launcher = release.launcher(require_sandbox, trusted, engine.launcher)
    graded, ready = Journal(course.state(assignment)), Journal(_folder(course, assignment))
    with only_writer(course), calling_nbgrader(), Recorder(course, assignment) as recorder, launcher as launch:
        watched: dict[str, Any] = {"progress": progress, "monitor": monitor}
        return Regrading(release, recorder, ready, chosen, graded=graded, **watched).execute(engine, launch)


def apply(course: Course, assignment: str, run: Run, *, engine: Engine, trusted: bool = False) -> Run:
    """Record the results of `regrade`: they count from now on, and nothing is executed for it."""
    graded, ready = Journal(course.state(assignment)), Journal(_folder(course, assignment))
    with only_writer(course):
        for student in run.results:
            result = ready.load(student)
            if result is not None:
                graded.save(result)
    done = grade(course, assignment, students=list(run.results), engine=engine, trusted=trusted)
    shutil.rmtree(_folder(course, assignment), ignore_errors=True)
    return done


def differences(
    run: Run, before: Mapping[str, Mapping[tuple[str, str], float | None]], by_hand: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str], dict[float, list[str]]]:
    """Return by cell, and by the points that are gained or lost, the students.

    Parameters
    ----------
    run : Run
        What came of regrading.
    before : mapping
        By student, the points of each cell that count now; None where a person has yet to give some.
    by_hand : iterable of (str, str, str)
        Student, notebook and cell of the points that a person gave, which stay.
    """
    fixed = set(by_hand)
    found: dict[tuple[str, str], dict[float, list[str]]] = {}
    for student, result in sorted(run.results.items()):
        for notebook in result.notebooks:
            for one in notebook.grades:
                old = before.get(student, {}).get((notebook.name, one.name))
                if (student, notebook.name, one.name) in fixed or one.score is None or old is None:
                    continue
                if change := round(one.score - old, 9):
                    found.setdefault((notebook.name, one.name), {}).setdefault(change, []).append(student)
    return found


def earlier_release(course: Course, assignment: str, results: Iterable[Result]) -> list[str]:
    """Return the students whose results rest on tests that the release no longer has in that form; none without one."""
    try:
        release = Release.handed_out(course, assignment)
    except CourseError:  # it is gone since it was graded
        return []
    with calling_nbgrader():
        tests = tests_of(release)
    return [result.student for result in results if is_stale(result, tests)]


def _folder(course: Course, assignment: str) -> Path:
    return course.state(assignment) / FOLDER
