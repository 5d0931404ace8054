"""Grade the instructor's own notebooks, to see whether a release is right; nothing is recorded."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import cast

from autograder.course import calling_nbgrader
from autograder.grade.engines import Engine
from autograder.grade.prepare import Prepared
from autograder.grade.results import Result
from autograder.grade.rounds import run_all
from autograder.grade.task import Release, Task
from autograder.intake.submission import Submission
from autograder.notebook.read import NotGradable
from autograder.notebook.roles import grade_id, is_test
from autograder.sandbox.launch import Launcher


def trial_launcher(release: Release) -> AbstractContextManager[Launcher]:
    """Return what starts the workers of an assignment's trials on this machine.

    The tests run in a process of their own, as when grading, unless the course lets them share one with the
    answers; what the release itself says of that does not matter.
    """
    shared = release.assignment in release.course.settings.shared
    launcher = replace(release, isolation=None if shared else {}).launcher(trusted=True)
    return cast("AbstractContextManager[Launcher]", launcher)  # only engines have others


def grade_trials(
    release: Release,
    trials: Mapping[str, Mapping[str, bytes]],
    engine: Engine,
    progress: Callable[[int, int], object] = lambda done, total: None,
    tests: Mapping[str, Collection[str]] | None = None,
    launch: Launcher | None = None,
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
    tests : mapping of str to collection of str, optional
        Label of each trial to the tests that are run, by name; without it, all are.
    launch : Launcher, optional
        What starts the workers, as `trial_launcher` gives it; without it, one that fits the release is made.

    Raises
    ------
    WorkerError
        If a worker cannot be started.
    """

    def tasks(labels: Iterable[str]) -> Iterator[Task]:
        for label in labels:
            submission = Submission(label, dict(trials[label]))
            prepared = release.prepare(submission)
            if tests is not None:
                prepared = {name: _with_tests(one, tests[label]) for name, one in prepared.items()}
            yield Task(submission, "", prepared)

    results: dict[str, Result] = {}
    launcher = release.launcher(trusted=True) if launch is None else contextlib.nullcontext(launch)
    with launcher as launching, calling_nbgrader():
        for task, result in run_all(engine, release, launching, tasks, trials):
            if isinstance(result, Exception):
                raise result
            results[task.submission.student] = result
            progress(len(results), len(trials))
    return results


def _with_tests(prepared: Prepared | NotGradable, wanted: Collection[str]) -> Prepared | NotGradable:
    """Return a prepared notebook of which only some tests are run."""
    if isinstance(prepared, NotGradable):
        return prepared
    names = {name for cell in prepared.notebook.cells if is_test(cell) and (name := grade_id(cell))}
    return replace(prepared, left_out=frozenset(names.difference(wanted)))
