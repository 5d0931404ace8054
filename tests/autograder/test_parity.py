"""What a student sees in JupyterLab is what is graded: the same cells under nbclient and in a worker.

The cells that differ on purpose are listed with the reason; `docs/threat-model.md` tells them, too.
"""

# ruff: noqa: E501 (a cell on a line reads better than one spread out)

from __future__ import annotations

import os
import re

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.execute.session import execute
from autograder.plan import Cell, Job, Limits
from autograder.sandbox.launch import Launcher

SAME = [
    "import sys, warnings, numpy as np",
    "1 + 1",
    "_ + 1",
    "print('one'); print('two', file=sys.stderr)",
    "sys.stdout.write('no newline'); None",
    "x = 3",
    "x;",
    "np.arange(6.0).reshape(2, 3)",
    "{'a': [1, 2], 'b': None}",
    "'a text'",
    "def f(n):\n    return 1 if n == 0 else n * f(n - 1)\nf(5)",
    "f('x')",
    "1 / 0",
    "raise ValueError('said ' + 'so')",
    "assert x == 4, 'x is three'",
    "def broken(:\n    pass",
    "undefined_name",
    "from IPython.display import HTML, Latex, Markdown, display\nHTML('<b>bold</b>')",
    "display(Markdown('*text*'), Latex('$x$'), {'text/plain': 'raw', 'text/html': '<i>raw</i>'})",
    "display({'text/plain': 'raw', 'text/html': '<i>raw</i>'}, raw=True)",
    "class Rich:\n    def _repr_html_(self):\n        return '<p>rich</p>'\n    def __repr__(self):\n        return 'Rich()'\nRich()",
    "from IPython.display import Image\nImage(data=b'\\x89PNG', format='png', width=40)",
    "handle = display('before', display_id='one')\nhandle.update('after')",
    "from IPython.display import clear_output\nprint('gone'); clear_output(); print('stays')",
    "%matplotlib inline\nimport matplotlib.pyplot as plt",
    "plt.plot([1, 2, 3]); plt.title('inline')\nplt.show()",
    "fig, ax = plt.subplots(); ax.plot([3, 1]); None",
    "import asyncio\nawait asyncio.sleep(0.01)\n'awaited'",
    "async def later():\n    return 42\nawait later()",
    "[await later() for _ in range(2)]",
    "!echo from the shell",
    "files = !printf 'a\\nb'\nlist(files)",
    "%%capture kept\nprint('kept away')",
    "kept.stdout",
    "%%bash\necho in bash",
    "%env PARITY=yes\nimport os\nos.environ['PARITY']",
    "get_ipython().run_line_magic('precision', '3')",
    "for n in range(3):\n    print(n, end=' ')\n    n",
    "from IPython.core.interactiveshell import InteractiveShell\nInteractiveShell.ast_node_interactivity = 'all'\n1\n2",
    "3\n4",
    "InteractiveShell.ast_node_interactivity = 'last_expr'\nNone",
    "exec('y = 5')\ny",
    "class Quiet:\n    def __repr__(self):\n        raise RuntimeError('no')\nrepr(3)",
    "import threading\nthread = threading.Thread(target=print, args=('in a thread',)); thread.start(); thread.join()",
    "__name__, In[-1][:8], len(Out) > 5",
    "if True:\n    raise KeyError('k')",
    "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    raise RuntimeError('chained') from error",
    "def gen():\n    yield 1\nnext(gen())",
    "from tqdm import tqdm\nlen(list(tqdm(range(3), disable=True)))",
    "%pwd\n'a magic in the middle'",
]

DIFFERENT = {
    "input('your name: ')": "an EOFError that says nobody is at the keyboard; nbclient raises StdinNotImplementedError",
    "import os, time\nos.system('echo past Python')\ntime.sleep(0.5)": "what a program writes past Python is dropped, so that it cannot fill the grader's disk",
    "exit()": "refused: the rest of the notebook is graded",
    "warnings.warn('careful')": "the same text; the file it names is the cell's own name here",
}


def normal(output):
    """Return an output without what differs between any two runs."""
    kind = output["output_type"]
    if kind == "stream":
        return kind, output["name"], output["text"]
    if kind == "error":
        return kind, output["ename"], re.sub(r"\(.+, line", "(<cell>, line", output["evalue"])
    data = {mime: "…" if mime.startswith("image/") else value for mime, value in output["data"].items()}
    return kind, re.sub(r"0x[0-9a-f]+", "0x…", str(data)), output["metadata"]


def joined(outputs):
    """Join neighbouring pieces of one stream, which arrive in as many messages as chance will have it."""
    kept = []
    for output in map(normal, outputs):
        if kept and output[0] == "stream" and kept[-1][:2] == output[:2]:
            kept[-1] = (*output[:2], kept[-1][2] + output[2])
        else:
            kept.append(output)
    return kept


@pytest.fixture(scope="module")
def both():
    sources = [*SAME, *DIFFERENT]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    os.environ.pop("PYTEST_CURRENT_TEST", None)  # ipykernel leaves out what programs print where it sees this
    NotebookClient(notebook, allow_errors=True, kernel_name="python3", timeout=600).execute()
    job = Job(tuple(Cell(i, str(i), source) for i, source in enumerate(sources)), Limits(cell_seconds=30), (), {})
    with Launcher(isolated=True, trusted=True) as launcher:
        outcome = execute(job, launcher)
    return {
        source: (joined(cell.outputs), joined(ours.outputs))
        for source, cell, ours in zip(sources, notebook.cells, outcome.cells, strict=True)
    }


def test_there_are_enough_cells():
    assert len(SAME) >= 30


@pytest.mark.parametrize("source", SAME)
def test_the_same_outputs(both, source):
    jupyter, ours = both[source]
    assert ours == jupyter


@pytest.mark.parametrize("source", DIFFERENT)
def test_what_differs_differs_as_said(both, source):
    jupyter, ours = both[source]
    assert ours != jupyter
    said = {
        "input": (
            "error",
            "EOFError",
            "input() cannot be used here: the notebook is graded without anybody at the keyboard",
        ),
        "exit()": ("error", "RuntimeError", "exit() cannot be used here: the notebook is graded to its end"),
    }
    for begin, output in said.items():
        if source.startswith(begin):
            assert ours == [output]
