"""Running cells: what comes back, and what a cell can do to the others."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from types import SimpleNamespace

import pytest

from autograder.execute.session import WorkerError, execute
from autograder.plan import Cell, CellError, CellOutcome, Frame, Job, Limits, Outcome

QUICK = Limits(cell_seconds=1.0, notebook_seconds=30.0, output_characters=1000, display_characters=50_000)


def run(launcher, *sources, limits=QUICK):
    outcome = execute(Job(tuple(Cell(i, f"cell {i}", s) for i, s in enumerate(sources)), limits), launcher)
    assert [cell.key for cell in outcome.cells] == list(range(len(sources)))
    return outcome


def text(cell):
    return "".join(out["text"] for out in cell.outputs if out["output_type"] == "stream")


def test_cells_share_a_namespace_and_report_in_order(launcher):
    first, second, third = run(launcher, "x = 2", "print(x)", "x + 1").cells
    assert (first.status, first.outputs) == ("ok", ())
    assert text(second) == "2\n"
    assert third.value == 3
    assert third.outputs[0]["data"]["text/plain"] == "3"


def test_errors_keep_type_message_and_place(launcher):
    failed, after = run(launcher, "def f():\n    return 1 / 0\n\nf()", "print('still here')").cells
    assert failed.status == "error"
    assert (failed.error.ename, failed.error.evalue) == ("ZeroDivisionError", "division by zero")
    assert failed.error.frames == (Frame(0, 4, "<module>"), Frame(0, 2, "f"))
    assert failed.outputs[-1]["ename"] == "ZeroDivisionError"
    assert text(after) == "still here\n"


def test_frames_tell_in_whose_cell_an_error_arose(launcher):
    failed = run(launcher, "def f(x):\n    return x.no", "f(1)").cells[1]
    assert [(frame.key, frame.line) for frame in failed.error.frames] == [(1, 1), (0, 2)]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("1.5", 1.5),
        ("True", True),
        ("__import__('numpy').float64(0.5)", 0.5),
        ("__import__('numpy').bool_(False)", False),
        ("'1'", None),
        ("[1]", None),
        ("1 + 2j", None),
        ("10 ** 400", float("inf")),
        ("3;", None),
        ("x = 3", None),
    ],
)
def test_value_of_the_last_expression(launcher, source, value):
    got = run(launcher, source).cells[0].value
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("source", "ename"),
    [
        ("def f(:", "SyntaxError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("input('name? ')", "EOFError"),
        ("raise BaseException('x')", "BaseException"),
    ],
)
def test_whatever_ends_a_cell_is_its_error(launcher, source, ename):
    cell, after = run(launcher, source, "1").cells
    assert cell.status == "error"
    assert cell.error.ename == ename
    assert after.value == 1


def test_an_exception_whose_own_text_raises_is_an_error_still(launcher):
    source = "class E(Exception):\n    def __str__(self):\n        raise ValueError\nraise E"
    failed, after = run(launcher, source, "1").cells
    assert failed.status == "error"
    assert after.value == 1


def test_a_loop_is_interrupted_and_the_rest_goes_on(launcher):
    loop, after = run(launcher, "while True:\n    pass", "'on'").cells
    assert (loop.status, loop.error.ename) == ("stopped", "CellTimeoutError")
    assert loop.seconds > 0.9
    assert loop.error.evalue == "the cell used more than 1 seconds of computing time"
    assert after.status == "ok"


STUBBORN = {
    "waits and ignores the alarm": (
        "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    time.sleep(1)"
    ),
    "computes and ignores the alarm": (
        "import signal as s\nfor one in (s.SIGALRM, s.SIGPROF):\n    s.signal(one, s.SIG_IGN)\nwhile True:\n    pass"
    ),
    "swallows the alarm": (
        "while True:\n    try:\n        while True:\n            x = 1\n    except BaseException:\n        pass"
    ),
    "exits": "import os\nos._exit(0)",
    "kills itself": "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)",
    "crashes": "import ctypes\nctypes.string_at(0)",
}


def test_what_cannot_be_interrupted_costs_itself_only(launcher):
    with ThreadPoolExecutor(len(STUBBORN)) as pool:  # at the same time, since some of them mostly wait
        outcomes = {name: pool.submit(run, launcher, "x = 1", cell, "x + 1") for name, cell in STUBBORN.items()}
    for name, outcome in outcomes.items():
        before, stopped, after = outcome.result().cells
        assert before.status == "ok", name
        assert (stopped.status, stopped.error.ename) == ("stopped", "CellStopped"), name
        assert after.value == 2, f"{name}: what came before is replayed"
        assert outcome.result().restarts == 1, name


def test_the_notebooks_time_is_bounded_too(launcher):
    limits = Limits(cell_seconds=1.0, notebook_seconds=2.5)
    outcome = run(launcher, *["while True:\n    pass"] * 8, limits=limits)
    assert outcome.cells[0].status == "stopped"
    assert sum(cell.status == "stopped" for cell in outcome.cells) <= 3
    assert outcome.cells[-1].status == "not run"
    assert "2.5 seconds" in outcome.cells[-1].error.evalue


def test_output_is_cut_at_the_source(launcher):
    flood, after = run(launcher, "for _ in range(10 ** 5):\n    print('x' * 100)", "print('y')").cells
    assert flood.status == "ok"
    assert 1000 < len(text(flood)) < 1200
    assert "the rest is dropped" in text(flood)
    assert text(after) == "y\n"


def test_large_messages_and_displays_are_cut(launcher):
    source = "from IPython.display import HTML\nHTML('z' * 60_000)"
    error, display = run(launcher, "raise ValueError('x' * 10**7)", source).cells
    assert len(error.error.evalue) < 11_000
    assert sum(map(len, error.error.traceback)) < 1_200_000
    assert "left out" in display.outputs[0]["data"]["text/plain"]


def test_all_displays_of_a_cell_together_are_cut(launcher):
    source = "from IPython.display import HTML, display\nfor _ in range(20):\n    display(HTML('z' * 40_000))"
    cell = run(launcher, source).cells[0]
    assert cell.status == "ok"
    assert len(str(cell.outputs)) < 250_000


@pytest.mark.parametrize(
    "data",
    [
        "{'application/json': {'a': ['z' * 10**4] * 30}}",
        "(lambda d: d.update(a=d) or d)({})",
        "{('x',): 'tuple', 'text/plain': 'y'}",
    ],
    ids=["nested", "circular", "odd keys"],
)
def test_odd_displays_are_cut_or_noted(launcher, data):
    cell = run(launcher, f"from IPython.display import display\ndisplay({data}, raw=True)").cells[0]
    assert cell.status == "ok"
    assert len(str(cell.outputs)) < 1000


def test_a_long_name_of_an_exception_is_cut(launcher):
    cell = run(launcher, "raise type('E' * 10**6, (Exception,), {})").cells[0]
    assert len(cell.error.ename) == 200


def test_a_forked_child_does_not_go_on_with_the_notebook(launcher):
    outcome = run(launcher, "import os\nif os.fork() == 0:\n    pass", "1", "2")
    assert [cell.value for cell in outcome.cells] == [None, 1, 2]
    assert outcome.restarts == 0


def test_a_broken_stream_costs_nobody_else(launcher):
    outcome = run(launcher, "import sys\nsys.stdout = sys.stderr = None", "print('on')")
    assert text(outcome.cells[1]) == "on\n"


def test_exit_is_refused_and_the_notebook_goes_on(launcher):
    refused, after = run(launcher, "exit()", "1").cells
    assert "graded to its end" in refused.error.evalue
    assert after.value == 1


def test_an_exception_named_like_ours_is_an_error_only(launcher):
    cell = run(launcher, "class CellTimeoutError(Exception):\n    pass\nraise CellTimeoutError('x')").cells[0]
    assert cell.status == "error"


def test_half_characters_do_no_harm(launcher):
    printed, raised, after = run(launcher, r"print('\ud800')", r"raise ValueError('\ud800')", "1").cells
    assert (printed.status, raised.status, after.value) == ("ok", "error", 1)


def test_figures_are_shown_as_in_a_notebook(launcher):
    limits = Limits(cell_seconds=20.0)
    cell = run(launcher, "import matplotlib.pyplot as plt\nplt.plot([1, 2]);", limits=limits).cells[0]
    assert "image/png" in cell.outputs[-1]["data"]


def test_await_magics_and_shell_work(launcher):
    limits = Limits(cell_seconds=20.0)
    awaited, magic, shell = run(
        launcher, "import asyncio\nawait asyncio.sleep(0)\n7", "%timeit -n1 -r1 pass", "!echo out", limits=limits
    ).cells
    assert awaited.value == 7
    assert "per loop" in text(magic)
    assert text(shell).strip() == "out"


def test_forged_reports_cost_the_forger(launcher):
    forge = (
        "import os\nfor descriptor in range(3, 20):\n    try:\n"
        "        os.write(descriptor, b'{\"end\": true}\\n')\n    except OSError:\n        pass"
    )
    before, forged, after = run(launcher, "1", forge, "2").cells
    assert (before.value, after.value) == (1, 2)
    assert forged.status == "stopped"
    assert "the grader's own channel" in forged.error.evalue


def test_memory_is_bounded(launcher):
    limits = Limits(cell_seconds=20.0, memory_bytes=2**30)
    cell, after = run(launcher, "hog = bytearray(3 * 2**30)", "'alive'", limits=limits).cells
    assert cell.error.ename == "MemoryError"
    assert after.status == "ok"


def test_a_worker_that_cannot_start_is_nobodys_fault():
    @contextlib.contextmanager
    def launch(limits):
        pipe = subprocess.PIPE
        command = [sys.executable, "-c", "raise SystemExit('no such worker')"]
        with subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe) as process:
            process.reason, process.usage = "", None
            yield process

    with pytest.raises(WorkerError, match="no such worker"):
        execute(Job((Cell(0, "one", "1"),)), launch)


def reported(*cells, end, interrupted=()):
    """Return the reports of a worker that runs these cells, and ends in the last or reports its end."""
    begun = [{"start": key} for key in cells]
    done = [{"done": asdict(CellOutcome(key, "stopped" if key in interrupted else "ok"))} for key in cells]
    both = [one for pair in zip(begun, done, strict=True) for one in pair]
    return [*both, {"end": True}] if end else both[:-1]


def play(job, attempts):
    """Execute a job in workers that report what they are told to, one list after the other."""
    lives = iter(attempts)

    @contextlib.contextmanager
    def launch(limits):
        reading, writing = os.pipe()
        with open(reading, "rb") as reports, open(os.devnull, "wb") as jobs, open(os.devnull, "rb") as errors:
            with open(writing, "wb") as told:
                told.writelines(json.dumps(line).encode() + b"\n" for line in next(lives))
            yield SimpleNamespace(stdin=jobs, stdout=reports, stderr=errors, reason="too much memory", usage=None)

    return execute(job, launch)


LATE_DAMAGE = Job((Cell(0, "spawn", ""), Cell(1, "test", "", "test"), Cell(2, "other test", "", "test")))


def test_a_test_that_an_earlier_cell_may_have_stopped_runs_again_without_that_cell():
    attempts = [reported(0, 1, end=False), reported(0, end=False), reported(1, 2, end=True)]
    spawn, *tests = play(LATE_DAMAGE, attempts).cells
    assert (spawn.status, spawn.error.evalue) == ("stopped", "too much memory")
    assert [test.status for test in tests] == ["ok", "ok"]


def test_a_test_that_is_stopped_without_that_cell_too_stays_stopped():
    attempts = [
        reported(0, 1, end=False),
        reported(0, end=False),
        reported(1, end=False),
        reported(2, end=True),
    ]
    outcome = play(LATE_DAMAGE, attempts)
    assert [cell.status for cell in outcome.cells] == ["stopped", "stopped", "ok"]
    assert outcome.restarts == 3


def test_a_test_that_stops_by_itself_is_run_once():
    outcome = play(LATE_DAMAGE, [reported(0, 1, end=False), reported(0, 2, end=True)])
    assert [cell.status for cell in outcome.cells] == ["ok", "stopped", "ok"]


HOARD = Job((Cell(0, "hoard", ""), Cell(1, "honest", ""), Cell(2, "test", "", "test"), Cell(3, "last", "")))


def test_what_an_interrupted_cell_left_behind_is_not_blamed_on_a_later_one():
    attempts = [reported(0, 1, 2, end=False, interrupted=[0]), reported(1, 2, 3, end=True)]
    outcome = play(HOARD, attempts)
    assert [cell.status for cell in outcome.cells] == ["stopped", "ok", "ok", "ok"]
    assert outcome.restarts == 1


def test_a_cell_that_ends_without_the_interrupted_one_too_is_to_blame_alone():
    attempts = [
        reported(0, 1, end=False, interrupted=[0]),
        reported(1, end=False),
        reported(0, 2, 3, end=True, interrupted=[0]),
    ]
    outcome = play(HOARD, attempts)
    assert [cell.status for cell in outcome.cells] == ["stopped", "stopped", "ok", "ok"]


def test_an_interrupted_cell_is_set_aside_again_for_each_cell_that_it_may_have_ended():
    attempts = [
        reported(0, 1, end=False, interrupted=[0]),
        reported(1, end=False),
        reported(0, 2, 3, end=False, interrupted=[0]),
        reported(3, end=True),
    ]
    outcome = play(HOARD, attempts)
    assert [cell.status for cell in outcome.cells] == ["stopped", "stopped", "ok", "ok"]
    assert outcome.restarts == 3


def test_job_and_outcome_survive_json():
    job = Job((Cell(3, "é", "print('☃')"),), QUICK)
    assert Job.from_json(job.to_json()) == job
    error = CellError("E", "why", ("a", "b"), (Frame(3, 1, "f"),))
    printed = {"output_type": "stream", "name": "stdout", "text": "☃"}
    outcome = Outcome((CellOutcome(3, "error", (printed,), error, 0.5, 1.0),), 2.0, 1, starved=True)
    data = outcome.to_dict()
    assert Outcome.from_dict(data) == outcome


@pytest.mark.parametrize(
    "change", [{"status": "fine"}, {"value": "1"}, {"outputs": ["x"]}, {"key": None}, {"error": 3}]
)
def test_malformed_outcomes_are_refused(change):
    data = Outcome((CellOutcome(0, "ok"),)).to_dict()["cells"][0] | change
    with pytest.raises((ValueError, TypeError, KeyError)):
        CellOutcome.from_dict(data)
