"""What a zygote imports beforehand."""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from autograder.sandbox.preload import ALWAYS, SLOW, slow_modules

INSTALLED = [module for name, modules in SLOW.items() if importlib.util.find_spec(name) for module in modules]


def test_what_is_named_is_loaded_and_nothing_else():
    assert slow_modules([]) == slow_modules(["x = 1", "import mymatplotlib"]) == ()
    assert slow_modules(["import numpy as np", "%matplotlib inline\nimport pandas as pd"]) == (
        "matplotlib.pyplot",
        "matplotlib.backends.backend_agg",
        "pandas",
    )


@pytest.mark.parametrize("module", [*ALWAYS, *INSTALLED])
def test_a_module_exists_and_starts_no_thread(module):
    """A thread of the zygote's would be missing in its forks."""
    tasks = "os.listdir('/proc/self/task') if os.path.exists('/proc/self/task') else [0]"
    code = f"import os, {module.split(':')[0]}; print({tasks})"
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert len(eval(done.stdout)) == 1


LEAVES_NO_TRACE = """
import os, sys
from autograder.execute.capture import Shell, warm_up
main, hooks = sys.modules["__main__"], (sys.displayhook, sys.excepthook)
folder, environment = os.getcwd(), dict(os.environ)
warm_up()
assert sys.modules["__main__"] is main and main.__name__ == "__main__"
assert (sys.displayhook, sys.excepthook) == hooks
assert not hasattr(sys, "last_value")
assert (os.getcwd(), dict(os.environ)) == (folder, environment)
loaded = set(sys.modules)
from autograder.plan import Cell, Limits
shell = Shell.of_this_process(Limits(output_characters=20))
assert sys.modules["__main__"] is shell.user_module and "f" not in shell.user_ns and shell.execution_count == 1
outcome = shell.run(Cell(0, "", "def f():\\n    1 / 0\\nf()"))
assert outcome.error.ename == "ZeroDivisionError" and [frame.line for frame in outcome.error.frames] == [3, 2]
assert "20 characters" in shell.run(Cell(1, "", "get_ipython().streams[0].write(30 * 'a')")).outputs[0]["text"]
print(len(set(sys.modules) - loaded))
"""


def test_a_shell_that_was_tried_leaves_its_modules_and_nothing_else(tmp_path):
    environment = {"HOME": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", LEAVES_NO_TRACE], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout.strip()) == (0, "0"), done.stderr
