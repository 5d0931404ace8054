"""What looks after a notebook, in IPython itself: output with an end, short tracebacks, checks on record."""

from __future__ import annotations

import io
import sys
import threading

import pytest
from IPython.core.interactiveshell import InteractiveShell

from mlpkit.course.standing import CHECKED
from mlpkit.notebook import guard, tracebacks
from mlpkit.notebook.output import CHARACTERS, IN_CHECKS, LINES, Limited

CHECK = "from mlpkit.testing import Check\nwith Check('{name}(x)', globals()) as check:\n    check.case(3, expected=6)"


class Notebook:
    """IPython as in a kernel: cells with ids; what is shown is kept."""

    def __init__(self):
        InteractiveShell.clear_instance()
        self.shell = InteractiveShell.instance(colors="nocolor")
        self.published, self.shown = [], []
        self.shell.display_pub.publish = lambda data, **more: self.published.append((data["text/plain"], more))
        self.shell._showtraceback = lambda kind, error, lines: self.shown.append("\n".join(lines))
        self.shell.history_manager.enabled = False
        guard.install(self.shell)

    def run(self, source, cell_id=None):
        """Run a cell; return what it printed."""
        before, sys.stdout = sys.stdout, io.StringIO()
        try:
            self.shell.run_cell(source, store_history=True, cell_id=cell_id)
            return sys.stdout.getvalue()
        finally:
            sys.stdout = before


@pytest.fixture
def notebook(monkeypatch):
    monkeypatch.setattr(guard, "_guard", None)
    monkeypatch.setattr(guard, "CHECKED", CHECKED)
    CHECKED.clear()
    yield Notebook()
    CHECKED.clear()
    InteractiveShell.clear_instance()


def test_output_of_a_check_ends_after_a_hundred_lines_and_its_verdict_is_shown(notebook):
    notebook.run("def double(x):\n    for i in range(200_000):\n        print(i)\n    return 2 * x")
    lines = notebook.run(CHECK.format(name="double"), "double-test").splitlines()
    assert lines[:2] == ["0", "1"]
    assert lines[-2:] == ["… The rest is not shown. Is there a print in a loop?", "double: 1 check passed"]
    assert len(lines) == IN_CHECKS + 2
    assert CHECKED == {"double-test": "passed"}
    assert len(notebook.run("for i in range(10_000):\n    print(i)").splitlines()) == LINES + 1
    assert not isinstance(sys.stdout, Limited)


def test_one_endless_line_ends_too():
    stream = io.StringIO()
    limited = Limited(stream)
    limited.limit(10)
    for _ in range(1000):
        assert limited.write("x" * 50) == 50
    limited.writelines(["more\n"])
    assert len(stream.getvalue()) < 11 * CHARACTERS
    assert limited.getvalue() == stream.getvalue(), "all else is that of the stream"


def test_a_syntax_error_before_a_check_is_told(notebook):
    notebook.run("def double(x):\n    return 2 * x")
    notebook.run("def double(x):\n    return 3 *")
    notebook.run(CHECK.format(name="double"), "double-test")
    assert (
        "The cell with double could not be run: it has a mistake that Python calls SyntaxError." in notebook.shown[-1]
    )
    assert CHECKED == {"double-test": "failed"}
    notebook.run("def double(x):\n    return 2 * x", "double")
    assert CHECKED == {"double-test": "not checked"}
    assert notebook.run(CHECK.format(name="double"), "double-test") == "double: 1 check passed\n"


def test_a_traceback_has_the_students_lines_only(notebook):
    notebook.run("import numpy as np\nviz = None\ndef double(x):\n    return np.dot(unknown, x)")
    notebook.run(CHECK.format(name="double"), "double-test")
    said = notebook.shown[-1]
    assert "return np.dot(unknown, x)" in said
    assert "name 'unknown' is not defined" in said
    assert "This happened in double(x) with" in said
    assert "check.case" not in said
    assert "hidden" not in said
    assert "testing" not in said
    assert len(said.splitlines()) < 15
    notebook.run("import json\njson.loads('{')")
    assert "json.loads('{')" in notebook.shown[-1]
    assert "decoder.py" not in notebook.shown[-1]


def test_chained_errors_are_short_too(notebook):
    body = "try:\n        json.loads('{')\n    except ValueError as e:\n        raise KeyError(1) from e"
    notebook.run(f"import json\ndef load():\n    {body}")
    notebook.run("load()")
    assert "decoder.py" not in notebook.shown[-1]
    assert "direct cause" in notebook.shown[-1]


def test_the_power_sign_is_explained_once(notebook):
    notebook.run("viz = None\ndef double(x):\n    return x ^ 1.5")
    notebook.run("double(2.0)")
    assert notebook.shown[-1].count("In Python a power is written with **") == 1
    notebook.run(CHECK.format(name="double").replace("3", "3.0"), "double-test")
    assert notebook.shown[-1].count("In Python a power is written with **") == 1


def test_a_name_of_the_first_cell_after_a_restart(notebook):
    notebook.run("plt.plot([1])")
    assert notebook.shown[-1].endswith("Run it, then this one.")
    notebook.run("viz = 1\nunknown")
    assert "first cell" not in notebook.shown[-1]


def test_a_stopped_loop_says_where_it_was(notebook):
    notebook.run("def double(x):\n    while True:\n        raise KeyboardInterrupt")
    notebook.run(CHECK.format(name="double"), "double-test")
    said = notebook.shown[-1]
    assert "raise KeyboardInterrupt" in said
    assert said.endswith(tracebacks.STOPPED)


def test_a_long_cell_is_spoken_of_and_the_word_is_taken_back(notebook, monkeypatch):
    notebook.shell.user_ns["spoken"] = spoken = threading.Event()
    publish = notebook.shell.display_pub.publish
    notebook.shell.display_pub.publish = lambda *words, **more: (publish(*words, **more), spoken.set())
    monkeypatch.setattr(guard, "PATIENCE", 0.05)
    notebook.run("spoken.wait()", "slow")
    (said, shown), (nothing, cleared) = notebook.published
    assert said.startswith("Still running after 0 s.")
    assert nothing == ""
    assert cleared["update"]
    assert cleared["transient"] == shown["transient"]
    notebook.run("import time; time.sleep(0.2)")
    monkeypatch.setattr(guard, "PATIENCE", 3600)
    notebook.run("1", "quick")
    for timer in [one for one in threading.enumerate() if isinstance(one, threading.Timer)]:
        timer.join(60)
        assert not timer.is_alive(), "it was cancelled with the cell"
    assert len(notebook.published) == 2, "not where nobody looks on, nor after the cell has ended"


def test_progress_is_there_and_overwrites_nothing(notebook):
    assert "did not find the file" in notebook.run("print(repr(progress()))")
    notebook.run("progress = 3")
    guard.install(notebook.shell)
    assert notebook.run("print(progress)") == "3\n"


def test_outside_a_kernel_nothing_is_set_up(monkeypatch):
    """As where answers are graded."""
    from mlpkit import notebook

    monkeypatch.setattr(guard, "_guard", None)
    notebook.begin()
    assert guard._guard is None
    assert notebook.check_begins("double") is None
    assert notebook.verdicts() is sys.stdout
