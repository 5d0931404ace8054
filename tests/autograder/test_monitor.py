"""What a run says of itself: events, rate and time left, what runs longest, the lines for people, and the log."""

from __future__ import annotations

import errno
import json
import signal
import stat
import threading

import patience
import pytest

from autograder.cli import watching as watching_module
from autograder.cli.watching import interrupts, more_of, print_event, same_command, spoken, watching
from autograder.grade.monitor import Monitor, NotBegunError, Progress
from autograder.grade.results import GradeResult, NotebookResult, Result
from autograder.grade.runlog import MOST_FILES, RunLog


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def result(student, points=3.0):
    grades = (GradeResult("one", 4.0, points, "ok"), GradeResult("why", 2.0, None, "manual"))
    return Result(
        student, "small", "key", (NotebookResult("small", "graded", "", grades),), (), {"started": 5.0, "executed": 7.5}
    )


def heard(monitor):
    events = []
    monitor.listeners.append(events.append)
    return events


def test_rate_and_time_left_are_those_of_what_was_run():
    clock = Clock()
    monitor = Monitor(clock)
    with monitor.watching("small", 106):
        assert monitor.look() == Progress(0, 106, 0, 0, None, None, 0, None)
        for _ in range(4):
            monitor.kept()
        clock.now += 50  # taking in what was done before says nothing of the rate
        for number in range(2):
            with monitor.running(f"s{number}"):
                clock.now += 2
            monitor.finished(result(f"s{number}"))
        assert monitor.look() == Progress(6, 106, 4, 0, 0.5, 200.0, 0, None)
        with monitor.running("slow"):
            clock.now += 1
            with monitor.running("quick"):
                clock.now += 3
                now = monitor.look()
                assert (now.running, now.longest) == (2, ("slow", 4.0))
        monitor.failed("slow", "no worker")
        assert (monitor.look().done, monitor.look().failures) == (7, 1)


def test_the_events_of_a_run_in_order():
    monitor = Monitor(Clock())
    events = heard(monitor)
    with monitor.watching("small", 3):
        monitor.kept()
        monitor.finished(result("ada"))
        monitor.failed("bob", "why")
        monitor.report()
    assert [one["event"] for one in events] == ["start", "submission", "failure", "progress", "end"]
    assert all(one.pop("time").endswith("Z") for one in events)
    start, submission, failure, progress, end = ({**one, "event": ""} for one in events)
    assert start == {"event": "", "assignment": "small", "submissions": 3}
    assert submission == {
        "event": "",
        "student": "ada",
        "status": "graded",
        "score": 3.0,
        "max_score": 6.0,
        "needs_manual_grade": True,
        "seconds": 2.5,
    }
    assert failure == {"event": "", "student": "bob", "reason": "why"}
    assert (progress["done"], progress["kept"], progress["failures"]) == (3, 1, 1)
    assert end == {
        "event": "",
        "graded": 1,
        "kept": 1,
        "failures": 1,
        "left": 0,
        "interrupted": False,
        "error": "",
    }


def test_a_run_that_breaks_says_so_and_how_many_are_left():
    monitor = Monitor()
    events = heard(monitor)
    with pytest.raises(ValueError, match="gone"), monitor.watching("small", 3):
        raise ValueError("the scheduler is gone")
    assert (events[-1]["event"], events[-1]["left"], events[-1]["error"]) == ("end", 3, "the scheduler is gone")


def test_nothing_begins_after_a_stop_and_what_runs_goes_on():
    monitor = Monitor()
    with monitor.running("ada"):
        monitor.stop()
        assert monitor.look().running == 1
        with pytest.raises(NotBegunError), monitor.running("bob"):
            pass
    assert monitor.look().running == 0


def test_events_of_many_threads_come_one_at_a_time():
    monitor = Monitor()
    events = heard(monitor)
    with monitor.watching("small", 200):

        def work(thread):
            for number in range(50):
                with monitor.running(f"{thread}-{number}"):
                    pass
                monitor.finished(result(f"{thread}-{number}"))

        threads = [threading.Thread(target=work, args=(one,)) for one in range(4)]
        for one in threads:
            one.start()
        for one in threads:
            one.join()
    assert (events[-1]["graded"], len(events)) == (200, 202)


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.4, "0 s"), (99, "99 s"), (100, "2 min"), (3599, "1 h 00 min"), (7500, "2 h 05 min")]
)
def test_times_as_people_say_them(seconds, said):
    assert spoken(seconds) == said


def test_a_line_says_rate_rest_failures_and_what_runs_longest():
    now = Progress(120, 1000, 3, 2, 3.44, 256.0, 2, ("ada\x1b[2J", 12.0))
    assert more_of(now).startswith("3.44 a second; 4 min left; 2 could not be run; longest: ada")
    assert "\x1b" not in more_of(now)
    assert more_of(Progress(1, 2, 0, 0, 0.2, 5.0, 1, ("ada", 0.1))) == "5 s each; 5 s left"
    assert more_of(Progress(0, 2, 0, 0, None, None, 0, None)) == ""


def test_without_a_terminal_there_are_plain_lines(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(watching_module, "TICK_SECONDS", 0.005)
    monkeypatch.setattr(watching_module, "FIRST_SECONDS", 0.01)
    monitor, seen = Monitor(), threading.Event()
    with watching(monitor, "Grading", tmp_path, as_json=False), monitor.watching("small", 2), monitor.running("ada"):
        monitor.listeners.append(lambda event: seen.set() if event["event"] == "stopping" else None)
        monitor.stop()
        assert seen.wait(patience.SECONDS)
    said = capsys.readouterr().err
    assert "Stopping: 1 running are finished and recorded, nothing new begins." in said
    [log] = tmp_path.iterdir()
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    assert {json.loads(line)["event"] for line in log.read_text().splitlines()} >= {"start", "stopping", "end"}


def test_an_event_is_one_line_whatever_a_student_is_called(capsys):
    print_event({"event": "failure", "student": "a\n\x1b\x7f\u2028b"})
    said = capsys.readouterr().err
    assert said.isascii()
    assert said.count("\n") == 1
    assert "\x1b" not in said
    assert json.loads(said)["student"] == "a\n\x1b\x7f\u2028b"


def test_the_log_keeps_the_last_runs_and_gives_way_to_a_full_disk(tmp_path, monkeypatch):
    for number in range(MOST_FILES + 5):
        (tmp_path / f"2020-01-{number + 1:02}T00-00-00Z.jsonl").touch()
    with RunLog(tmp_path) as log:
        log({"event": "start"})
        assert len(list(tmp_path.iterdir())) == MOST_FILES

        def full(*_):
            raise OSError(errno.ENOSPC, "full")

        monkeypatch.setattr("autograder.grade.runlog.json.dumps", full)
        log({"event": "submission"})
        monkeypatch.undo()
        log({"event": "end"})  # the run goes on, without a log
    newest = max(tmp_path.iterdir())
    assert newest.read_text() == '{"event": "start"}\n'


def test_a_run_that_was_refused_leaves_no_log(tmp_path):
    with RunLog(tmp_path / "logs"):
        pass
    assert not (tmp_path / "logs").exists()


def test_the_first_interrupt_stops_and_the_handler_is_put_back():
    before = signal.getsignal(signal.SIGINT)
    monitor = Monitor()
    with interrupts(monitor):
        if before is not signal.SIG_IGN:
            signal.raise_signal(signal.SIGINT)
    assert monitor.stopping is (before is not signal.SIG_IGN)
    assert signal.getsignal(signal.SIGINT) is before


def test_the_command_to_go_on_can_be_typed():
    assert same_command(["/a/bin/autograder", "grade", "01 neuron", "--json"]) == "autograder grade '01 neuron' --json"
    assert same_command(["/x/autograder/__main__.py", "grade", "a"]) == "python -m autograder grade a"
