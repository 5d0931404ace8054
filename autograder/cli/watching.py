"""What is seen of a run while it runs, and what Ctrl-C does: the first ends it in order, the second at once."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autograder.characters import one_line, printable
from autograder.cli.group import INTERRUPTED
from autograder.cli.main import err

if TYPE_CHECKING:
    from autograder.grade.monitor import Event, Monitor, Progress

TICK_SECONDS = 0.25
FIRST_SECONDS, PROGRESS_SECONDS = 2.0, 10.0
"""When a line, or an event, says for the first time how far a run is, and how often after that."""


@contextmanager
def watching(monitor: Monitor, title: str, log: Path, *, as_json: bool) -> Iterator[None]:
    """Show what a run is doing, and keep its events, for as long as the context lasts.

    Parameters
    ----------
    monitor : Monitor
        Of the run.
    title : str
        What is done.
    log : Path
        The folder for the file of its events.
    as_json : bool
        Whether to print events instead of a bar or lines.
    """
    from autograder.grade.runlog import RunLog

    with ExitStack() as stack:
        listeners: list[Any] = [stack.enter_context(RunLog(log))]
        if as_json:
            listeners.append(print_event)
        elif not err.is_terminal:
            listeners.append(lambda event: _line(event, title))
        monitor.listeners[:] = listeners
        stack.callback(monitor.listeners.clear)
        ticker = Ticker(monitor, title, shown=err.is_terminal and not as_json)
        ticker.start()
        stack.callback(ticker.end)
        yield


@contextmanager
def interrupts(monitor: Monitor) -> Iterator[None]:
    """Let the first Ctrl-C stop a run in order, and the second end this process, for as long as the context lasts."""
    if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        yield
        return

    def hear(*_: object) -> None:
        if monitor.stopping:
            said = f"\nEnded at once. What is recorded is kept; to go on: {same_command()}\n"
            os.write(2, printable(said).encode())
            os._exit(INTERRUPTED)  # the workers die with this process; waiting for them could take minutes
        monitor.stop()

    before = signal.signal(signal.SIGINT, hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def same_command(words: Sequence[str] | None = None) -> str:
    """Return the command line of this process, as it can be typed again."""
    program, *rest = sys.argv if words is None else words
    called = "python -m autograder" if Path(program).name == "__main__.py" else Path(program).name
    return f"{called} {shlex.join(rest)}"


class Ticker(threading.Thread):
    """Says again and again how far a run is.

    Parameters
    ----------
    monitor : Monitor
        Of the run.
    title : str
        What is done.
    shown : bool
        Whether there is a terminal to show a bar on.
    """

    def __init__(self, monitor: Monitor, title: str, *, shown: bool) -> None:
        super().__init__(name="progress", daemon=True)
        self._monitor, self._title, self._shown = monitor, title, shown
        self._ended = threading.Event()

    def run(self) -> None:
        """Show a bar on a terminal; tell the listeners now and then; answer an interrupt."""
        from rich import progress

        columns = (
            progress.TextColumn("{task.description}"),
            progress.BarColumn(bar_width=20),
            progress.MofNCompleteColumn(),
            progress.TextColumn("{task.fields[more]}", markup=False),
        )
        said, task = False, None
        due = time.monotonic() + FIRST_SECONDS
        bar = progress.Progress(*columns, console=err, disable=not self._shown, refresh_per_second=4)
        try:
            while not self._ended.wait(TICK_SECONDS):
                now = self._monitor.look()
                if now.submissions and task is None:  # a command that is refused before it begins shows no bar
                    bar.start()
                    task = bar.add_task(self._title, total=now.submissions, more="")
                self._show(bar, task)
                if self._monitor.stopping and not said:
                    said = True
                    self._monitor.tell("stopping", running=now.running)
                    if self._shown:
                        err.print(stopping(now.running), markup=False)
                if now.submissions and time.monotonic() >= due:
                    due = time.monotonic() + PROGRESS_SECONDS
                    self._monitor.report()
            self._show(bar, task)
        finally:
            bar.stop()

    def _show(self, bar: Any, task: Any) -> None:
        if task is not None:
            now = self._monitor.look()
            bar.update(task, total=now.submissions, completed=now.done, more=printable(more_of(now)))

    def end(self) -> None:
        """End the thread."""
        self._ended.set()
        self.join()


def more_of(now: Progress) -> str:
    """Return in words how fast a run is, how long it still takes, what failed and what runs longest."""
    parts = []
    if now.rate:
        parts.append(f"{now.rate:.3g} a second" if now.rate >= 1 else f"{1 / now.rate:.3g} s each")
    if now.seconds_left is not None and now.done < now.submissions:
        parts.append(f"{spoken(now.seconds_left)} left")
    if now.failures:
        parts.append(f"{now.failures} could not be run")
    if now.longest is not None and now.longest[1] >= 1:
        parts.append(f"longest: {one_line(now.longest[0], 40)}, {spoken(now.longest[1])}")
    return "; ".join(parts)


def spoken(seconds: float) -> str:
    """Return a time as people say it: 12 s, 3 min, 2 h 05 min."""
    if seconds < 99.5:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def stopping(running: int) -> str:
    """Return what is said at the first interrupt."""
    return f"Stopping: {running} running are finished and recorded, nothing new begins. Ctrl-C again ends at once."


def print_event(event: Event) -> None:
    """Print an event as a line of JSON on standard error."""
    click.echo(json.dumps(event).replace("\x7f", "\\u007f"), err=True)


def _line(event: Event, title: str) -> None:
    """Print a plain line of an event that somebody who watches wants to know of."""
    if event["event"] == "stopping":
        err.print(stopping(event["running"]), markup=False)
    elif event["event"] == "progress":
        from autograder.grade.monitor import Progress

        found = {name: value for name, value in event.items() if name not in ("event", "time")}
        longest = found.pop("longest")
        now = Progress(**found, longest=longest and (longest["student"], longest["seconds"]))
        err.print(f"{title}: {event['done']} of {event['submissions']}; {more_of(now)}", markup=False, soft_wrap=True)
