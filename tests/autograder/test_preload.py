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
    code = f"import {module}, os; print(os.listdir('/proc/self/task') if os.path.exists('/proc/self/task') else [0])"
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MPLBACKEND": "agg"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert len(eval(done.stdout)) == 1
