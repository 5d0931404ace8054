"""Grade the instructor's own notebooks, to see whether a release is right; nothing is recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from autograder.course import calling_nbgrader
from autograder.grade.engines import Engine
from autograder.grade.results import Result
from autograder.grade.task import Release, Task, run_all
from autograder.intake.submission import Submission


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

    def tasks(labels: Iterable[str]) -> Iterator[Task]:
        for label in labels:
            submission = Submission(label, dict(trials[label]))
            yield Task(submission, "", release.prepare(submission))

    results: dict[str, Result] = {}
    with release.launcher(trusted=True) as launch, calling_nbgrader():
        for task, result in run_all(engine, release, launch, tasks, trials):
            if isinstance(result, Exception):
                raise result
            results[task.submission.student] = result
            progress(len(results), len(trials))
    return results
