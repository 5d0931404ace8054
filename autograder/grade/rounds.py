"""The order in which submissions are run, and which of them are run once more."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from autograder.execute.session import Launch
from autograder.grade.engines import Engine, Remote
from autograder.grade.monitor import Monitor
from autograder.grade.results import Result
from autograder.grade.task import Release, Task


def run_all(
    engine: Engine,
    release: Release,
    launch: Launch | Remote,
    tasks: Callable[[Iterable[str]], Iterator[Task]],
    students: Iterable[str],
    monitor: Monitor | None = None,
) -> Iterator[tuple[Task, Result | Exception]]:
    """Run tasks and yield each with its result, or with the exception that it raised.

    A result that a lack of processors has spoilt is not used: when all others are done, that submission
    is run once more, with nothing beside it, and what comes then is yielded.

    Parameters
    ----------
    engine : Engine
        Where to run.
    release : Release
        What the submissions are graded against.
    launch : callable or Remote
        Starts the workers, or executes jobs elsewhere.
    tasks : callable
        Takes the names of students and yields their tasks.
    students : iterable of str
        The names.
    monitor : Monitor, optional
        Told what runs. When it says that the run is to stop, what has not begun ends in `NotBegunError`.
    """
    watch = monitor or Monitor()

    def run(task: Task) -> Result:
        with watch.running(task.submission.student):
            return task.run(release, launch)

    starved = []
    for task, result in engine.map(run, tasks(students)):
        if isinstance(result, Result) and result.starved:
            starved.append(task.submission.student)
        else:
            yield task, result
    for student in starved:
        yield from engine.map(run, tasks([student]))
